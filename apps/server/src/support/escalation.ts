import type { Officer } from "../accounts/officers.ts";
import type { Services } from "../services.ts";
import { writeEscalation } from "./letters.ts";
import type { TicketStore } from "./store.ts";

/**
 * Brings what will soon be late to the officers' attention, each ticket once. To be called at least daily; a call too many does
 * nothing. Returns how many tickets were escalated.
 */
export async function escalateTickets(
  store: TicketStore,
  {
    mail,
    config,
    officers,
  }: Pick<Services, "mail" | "config"> & { readonly officers: () => Promise<readonly Officer[]> },
): Promise<number> {
  const late = await store.takeEscalations();
  if (late.length === 0) return 0;
  for (const officer of await officers()) {
    for (const ticket of late) {
      mail.send({
        to: officer.email,
        ...writeEscalation(ticket, officer.language, config),
      });
    }
  }
  return late.length;
}
