import type { Language } from "@cloud-code/policy";
import { and, eq, isNull, sql } from "drizzle-orm";
import { users } from "../accounts/tables.ts";
import type { Letter } from "../mail/mail.ts";
import { formatDate } from "../pages/words.ts";
import type { Services } from "../services.ts";
import type { PublishedNotice } from "./store.ts";
import { noticesAnnounced } from "./tables.ts";

const batch = 200;

/**
 * Tells everybody with a confirmed address of the releases that are coming, each person once per release. Who was told is noted with
 * the letter, so a call after a crash goes on where the last one stopped. Returns how many letters were sent.
 */
export async function announceNotices({
  database: { orm },
  notices,
  mail,
  config,
  now,
}: Pick<Services, "database" | "notices" | "mail" | "config" | "now">): Promise<number> {
  let sent = 0;
  for (const notice of await notices.upcoming()) {
    if (notice.kind === "editorial") continue;
    for (;;) {
      const untold = await orm
        .select({ id: users.id, email: users.email, language: users.language })
        .from(users)
        .leftJoin(
          noticesAnnounced,
          and(eq(noticesAnnounced.userId, users.id), eq(noticesAnnounced.noticeId, notice.id)),
        )
        .where(
          and(
            eq(users.emailVerified, true),
            isNull(users.disabledAt),
            isNull(noticesAnnounced.userId),
          ),
        )
        .orderBy(sql`${users.id}`)
        .limit(batch);
      if (untold.length === 0) break;
      const announcedAt = new Date(now());
      await orm
        .insert(noticesAnnounced)
        .values(untold.map(({ id }) => ({ noticeId: notice.id, userId: id, announcedAt })))
        .onConflictDoNothing();
      for (const { email, language } of untold) {
        mail.send(writeAnnouncement(email, language, notice, config.origin));
      }
      sent += untold.length;
    }
  }
  return sent;
}

function writeAnnouncement(
  to: string,
  language: Language,
  notice: PublishedNotice,
  origin: string,
): Letter {
  const { title } = notice.texts[language];
  const day = formatDate(notice.effectiveMs, language);
  const changes = notice.changes
    .filter(({ kind }) => kind !== "editorial")
    .map(({ text }) => `- ${text[language]}`)
    .join("\n");
  const url = `${origin}/privacy/archive/${notice.id}/changes`;
  const words = {
    en: {
      subject: `Our notice changes on ${day}`,
      body: `“${title}” changes on ${day}.\n\n${changes}\n\nThe whole difference, word by word:\n${url}\n\nWhere you had given a consent that this reaches, it will not count until you have answered again. If you do not agree, you can close your account at any time.`,
    },
    zh: {
      subject: `我们的声明将于${day}变更`,
      body: `《${title}》将于${day}变更。\n\n${changes}\n\n逐字对比：\n${url}\n\n如变更涉及您此前给予的同意，在您重新回答之前该同意不再有效。如您不同意，可随时注销账户。`,
    },
  }[language];
  return { to, subject: words.subject, text: `${words.body}\n` };
}
