import type { Language, Operator } from "@cloud-code/policy";
import { answerDays } from "@cloud-code/policy";
import { formatTime, readerAt } from "../pages/words.ts";
import type { Config } from "../services.ts";
import type { Ticket } from "./store.ts";

/** Subject and text of a letter. */
export interface Words {
  readonly subject: string;
  readonly text: string;
}

/** Confirms that a message arrived, with the date of the answer and the private address. */
export function writeReceived(ticket: Ticket, url: string, operator: Operator): Words {
  const due = formatTime(ticket.dueMs, readerAt(operator, ticket.language));
  return inLanguage(ticket.language, {
    en: {
      subject: `We received your message ${ticket.number}`,
      text: `Your message has arrived. You get an answer by ${due} at the latest, which is ${answerDays} days.\n\nThis address shows it and its answer. Whoever has the address can read it, so keep it to yourself:\n${url}\n\nIf you did not write to us, tell us there and we delete it.`,
    },
    zh: {
      subject: `我们已收到您的来信 ${ticket.number}`,
      text: `您的来信已收到。我们最迟将于${due}（${answerDays} 天内）答复。\n\n您可通过以下地址查看来信及答复。持有该地址者均可查看，请妥善保管：\n${url}\n\n如并非您本人来信，请在该页面告知，我们会予以删除。`,
    },
  });
}

/** Brings an answer. */
export function writeAnswer(ticket: Ticket, answer: string, origin: string): Words {
  return inLanguage(ticket.language, {
    en: {
      subject: `Our answer to your message ${ticket.number}`,
      text: `${answer}\n\nYou can write back on the private page of your message; its address is in our first letter. If you are not satisfied, you may complain to your data protection authority at any time.\n${origin}/support`,
    },
    zh: {
      subject: `关于您来信 ${ticket.number} 的答复`,
      text: `${answer}\n\n您可在该来信的专属页面继续回复，地址见我们的第一封邮件。如您不满意，可随时向您的数据保护主管机关投诉。\n${origin}/support`,
    },
  });
}

/** Tells an officer that an answer is due. It carries no word of the message. */
export function writeEscalation(
  ticket: Ticket,
  language: Language,
  { origin, operator }: Pick<Config, "origin" | "operator">,
): Words {
  const due = formatTime(ticket.dueMs, readerAt(operator, language));
  return inLanguage(language, {
    en: {
      subject: `Message ${ticket.number} has to be answered by ${due}`,
      text: `Nobody has answered it yet.\n${origin}/support/desk/${ticket.id}`,
    },
    zh: {
      subject: `来信 ${ticket.number} 须在${due}前答复`,
      text: `尚无人答复。\n${origin}/support/desk/${ticket.id}`,
    },
  });
}

function inLanguage(language: Language, words: Readonly<Record<Language, Words>>): Words {
  return words[language];
}
