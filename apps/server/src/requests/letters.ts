/** The words of the letters about requests. None of them says what the data is. */
import { clockRules, type Language, type Right, type Text } from "@cloud-code/policy";
import type { Letter } from "../mail/mail.ts";
import { formatTime, readerAt } from "../pages/words.ts";
import type { Config } from "../services.ts";
import type { RequestLine } from "./store.ts";

/** The names of the rights. */
export const rightTitles: Readonly<Record<Right, Text>> = {
  access: { en: "See my data", zh: "查阅我的数据" },
  correct: { en: "Correct my data", zh: "更正我的数据" },
  transfer: { en: "Take my data along", zh: "转移我的数据" },
  restrict: { en: "Restrict what is done with it", zh: "限制处理" },
  object: { en: "Object to a use", zh: "反对某项处理" },
  delete: { en: "Delete my data and my account", zh: "删除我的数据和账户" },
};

/** What a letter is about. */
export type LetterSubject =
  | "received"
  | "identity"
  | "answered"
  | "erased"
  | "partly"
  | "denied"
  | "extended"
  | "lifting"
  | "lifted"
  | "revoked";

const bodies: Readonly<Record<LetterSubject, Text>> = {
  received: {
    en: "We have received your request. It is due on {due}; on this page you see at any time where it stands, even after your account is gone:",
    zh: "我们已收到您的请求，办理期限为 {due}。您可随时在以下页面查看进展，账户删除后仍然有效：",
  },
  identity: {
    en: "Somebody, probably you, asked for this about your account. Open this page and confirm within 30 days; nothing more is needed. If it was not you, do nothing.",
    zh: "有人（可能是您本人）就您的账户提出了该请求。请在 30 天内打开以下页面确认，无需提供其他信息。如非本人操作，请忽略。",
  },
  answered: {
    en: "Your request is answered. What was done, and a copy where you asked for one, is here:",
    zh: "您的请求已办结。处理结果及您索取的副本见：",
  },
  erased: {
    en: "Your data is deleted. Afterwards every table and every file was searched for what names you, and nothing was found. The receipt stays here:",
    zh: "您的数据已删除。随后我们检索了所有数据表和文件，未发现能够指向您的内容。回执见：",
  },
  partly: {
    en: "Your data is deleted, but for a part that a legal claim or procedure needs. What it is, why, and where you can complain or go to court, is here; you are told when it is gone, too:",
    zh: "您的数据已删除，但有一部分因法律诉求或程序需要而保留。保留内容、理由及投诉和诉讼途径如下；该部分删除后也会告知您：",
  },
  denied: {
    en: "Your request was not granted. Why, and where you can complain or go to court, is here:",
    zh: "您的请求未获同意。理由以及投诉和诉讼途径见：",
  },
  extended: {
    en: "Your request takes longer than we hoped; the new date is {due}. The reason is here:",
    zh: "您的请求需要更长时间，新的期限为 {due}。理由见：",
  },
  lifting: {
    en: "The restriction you asked for will end in seven days, unless you object. Details:",
    zh: "您要求的限制将在七天后解除，除非您提出异议。详情：",
  },
  lifted: { en: "The restriction you asked for has ended.", zh: "您要求的限制已解除。" },
  revoked: {
    en: "You called your request off; nothing was done.",
    zh: "您已撤回请求，未作任何处理。",
  },
};

/** Writes a letter about a request. With a secret it carries the address of the request's page, without one only its number. */
export function writeRequestLetter(
  subject: LetterSubject,
  to: string,
  request: Pick<RequestLine, "number" | "right" | "language" | "dueMs">,
  config: Pick<Config, "origin" | "operator">,
  secret?: string,
): Letter {
  const { language, number, right, dueMs } = request;
  const title = `${rightTitles[right][language]} (${number})`;
  const body = bodies[subject][language].replace(
    "{due}",
    formatTime(dueMs, readerAt(config.operator, language)),
  );
  const link =
    secret === undefined
      ? `${config.origin}/privacy/requests`
      : `${config.origin}/privacy/requests/${secret}`;
  return { to, subject: title, text: `${body}\n\n${link}\n\n${closing[language]}\n` };
}

/** Tells an officer that a request is due soon. It names nobody. */
export function writeRequestEscalation(
  to: string,
  request: Pick<RequestLine, "number" | "right" | "dueMs" | "id">,
  language: Language,
  config: Pick<Config, "origin" | "operator">,
): Letter {
  const said = {
    en: `Request ${request.number} (${rightTitles[request.right].en}) is due on ${formatTime(request.dueMs, readerAt(config.operator, "en"))} (${clockRules["promise.answer"].source.en}).`,
    zh: `请求 ${request.number}（${rightTitles[request.right].zh}）应于${formatTime(request.dueMs, readerAt(config.operator, "zh"))}前办结（${clockRules["promise.answer"].source.zh}）。`,
  };
  const subject = { en: `Due soon: ${request.number}`, zh: `即将到期：${request.number}` };
  return {
    to,
    subject: subject[language],
    text: `${said[language]}\n\n${config.origin}/console/requests/${request.id}\n`,
  };
}

const closing: Text = {
  en: "Cloud Code. This letter answers a request about your data; it is not advertising.",
  zh: "Cloud Code。本邮件答复您的个人信息请求，并非广告。",
};
