import type { Language } from "@cloud-code/policy";
import { and, asc, eq, gt, inArray, isNull } from "drizzle-orm";
import { usersClassified } from "../accounts/tables.ts";
import { readFor } from "../database/reading.ts";
import type { Letter } from "../mail/mail.ts";
import { formatDate, readerAt } from "../pages/words.ts";
import type { Config, Services } from "../services.ts";
import type { PublishedNotice } from "./store.ts";
import { noticesAnnounced } from "./tables.ts";

const batch = 200;

/**
 * Tells everybody with a confirmed address of the releases that are coming, each person once per release. Who was told is noted before
 * the letters go, so a call after a crash goes on where the last one stopped. Returns how many letters were sent.
 */
export async function announceNotices(
  services: Pick<Services, "database" | "notices" | "mail" | "config" | "now">,
): Promise<number> {
  const { notices, mail, config } = services;
  let sent = 0;
  for (const notice of await notices.upcoming()) {
    if (notice.kind === "editorial") continue;
    for await (const people of untold(services, notice.id)) {
      for (const { email, language } of people)
        mail.send(writeAnnouncement(email, language, notice, config));
      sent += people.length;
    }
  }
  return sent;
}

/** The people who were not told of a release, some at a time; they are noted as told when they are handed out. */
async function* untold(
  { database, now }: Pick<Services, "database" | "now">,
  noticeId: string,
): AsyncGenerator<readonly { readonly email: string; readonly language: Language }[]> {
  for (let last = ""; ;) {
    const confirmed = await readFor(database, "keep-account", usersClassified, ["id"], {
      where: ({ id, emailVerified, disabledAt }) =>
        and(gt(id, last), eq(emailVerified, true), isNull(disabledAt)),
      orderBy: ({ id }) => asc(id),
      limit: batch,
    });
    const ids = confirmed.map(({ id }) => id);
    last = ids.at(-1) ?? "";
    if (last === "") return;
    const announcedAt = new Date(now());
    const noted = await database.orm
      .insert(noticesAnnounced)
      .values(ids.map((userId) => ({ noticeId, userId, announcedAt })))
      .onConflictDoNothing()
      .returning({ userId: noticesAnnounced.userId });
    if (noted.length === 0) continue;
    yield readFor(database, "service-mail", usersClassified, ["email", "language"], {
      where: ({ id }) =>
        inArray(
          id,
          noted.map(({ userId }) => userId),
        ),
    });
  }
}

function writeAnnouncement(
  to: string,
  language: Language,
  notice: PublishedNotice,
  { origin, operator }: Pick<Config, "origin" | "operator">,
): Letter {
  const { title } = notice.texts[language];
  const day = formatDate(notice.effectiveMs, readerAt(operator, language));
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
