/** What every page of the console shares: who may see it, its tabs, and that what was seen is written down. */
import type { PurposeKey } from "@cloud-code/policy";
import type { Child } from "hono/jsx";
import { requireRole } from "../accounts/guard.ts";
import type { SignedIn } from "../accounts/port.ts";
import type { ServerContext } from "../environment.ts";
import { Banner, Page, Tabs } from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import { words } from "./words.ts";

/** Somebody at the desk. */
export interface Desk {
  readonly signedIn: SignedIn;
  /** Their own pseudonym, which stands in the trail. */
  readonly actor: string;
  readonly mayChange: boolean;
  readonly trail: Rights["trail"];
}

/** Lets officers and auditors in, with a second factor and nobody without; an auditor only looks. */
export async function enter(
  context: ServerContext,
  { ledger, trail }: Pick<Rights, "ledger" | "trail">,
): Promise<Desk> {
  const signedIn = await requireRole(context, "officer", "auditor");
  return {
    signedIn,
    actor: await ledger.pseudonymOf(signedIn.userId),
    mayChange: signedIn.role === "officer",
    trail,
  };
}

/** Lets only officers in: for everything that changes something. */
export async function enterToChange(
  context: ServerContext,
  { ledger, trail }: Pick<Rights, "ledger" | "trail">,
): Promise<Desk> {
  const signedIn = await requireRole(context, "officer");
  return { signedIn, actor: await ledger.pseudonymOf(signedIn.userId), mayChange: true, trail };
}

/** What somebody sees of persons on a page, and for what. */
export interface View {
  readonly what: string;
  readonly purpose: PurposeKey;
  /** The pseudonym, where it is one person. */
  readonly subject?: string | undefined;
}

/** What a page of the console is. */
export interface DeskPage {
  readonly title: string;
  readonly path: string;
  readonly lead?: string;
  readonly problem?: string | undefined;
  /** Every page says whether it shows data of persons; what it shows is written into the trail before it is shown. */
  readonly shows: View | "nobody";
}

/** Notes that somebody at the desk saw data of persons: for what is not a page, such as a file. */
export async function noteView(
  desk: Pick<Desk, "actor" | "trail">,
  { what, subject, purpose }: View,
): Promise<void> {
  await desk.trail.record({
    actor: desk.actor,
    action: "viewed",
    subject,
    purpose,
    detail: { what },
  });
}

/** Renders a page of the console. */
export async function deskPage(
  context: ServerContext,
  desk: Desk,
  page: DeskPage,
  children: Child,
): Promise<Response> {
  if (page.shows !== "nobody") await noteView(desk, page.shows);
  const text = say(words, context.var.language);
  const tabs: readonly (readonly [string, string])[] = [
    ["/console", text.overview],
    // Auditors do not answer, and a ticket shows more than they need.
    ...(desk.mayChange ? ([["/support/desk", text.tickets]] as const) : []),
    ["/console/holds", text.holds],
    ["/console/incidents", text.incidents],
    ["/console/retention", text.retention],
    ["/console/transfers", text.transfers],
    ["/console/disclosures", text.disclosures],
    ["/console/processors", text.processors],
    ["/console/webhooks", text.webhooks],
    ["/console/consents", text.consents],
    ["/console/record", text.record],
    ["/console/trail", text.trail],
    ...(desk.mayChange ? ([["/console/children", text.children]] as const) : []),
  ];
  const current = tabs.findLast(([path]) => page.path === path || page.path.startsWith(`${path}/`));
  return renderPage(
    context,
    { title: page.title, personal: true, status: page.problem === undefined ? 200 : 409 },
    <Page title={page.title} lead={page.lead} eyebrow={<a href="/console">{text.title}</a>}>
      <div class="stack-wide">
        <Tabs label={text.title} tabs={tabs} current={current?.[0] ?? "/console"} />
        {page.problem === undefined ? null : (
          <Banner tone="bad" title={`${text.refused} ${page.problem}`} announce />
        )}
        {desk.mayChange ? null : <Banner tone="info" title={text.readOnly} />}
        {children}
      </div>
    </Page>,
  );
}
