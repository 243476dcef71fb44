/** What the person's page of a ticket and the desk's show alike. */
import type { Language } from "@cloud-code/policy";
import type { JSX } from "hono/jsx/jsx-runtime";
import { z } from "zod";
import { Chip, DeadlineChip, Facts, Moment } from "../pages/components.tsx";
import { type Reader, say } from "../pages/words.ts";
import type { Ticket, TicketMessage } from "./store.ts";

/** The words both pages need. */
export const ticketWords = {
  question: { en: "A question", zh: "咨询" },
  suggestion: { en: "A suggestion", zh: "建议" },
  complaint: { en: "A complaint", zh: "投诉" },
  privacy: { en: "My data and my rights", zh: "我的数据与权利" },
  child: { en: "Data of a child", zh: "儿童的数据" },
  security: { en: "A weakness I found", zh: "安全漏洞" },
  short: { en: "Please write at least ten characters.", zh: "请至少填写 10 个字符。" },
  long: { en: "Please keep it under 5,000 characters.", zh: "请勿超过 5000 个字符。" },
  number: { en: "Number", zh: "编号" },
  received: { en: "Received", zh: "收到日期" },
  state: { en: "State", zh: "状态" },
  answered: { en: "answered", zh: "已答复" },
  closed: { en: "closed", zh: "已结束" },
  you: { en: "You", zh: "您" },
  us: { en: "Cloud Code", zh: "Cloud Code" },
  from: { en: "From", zh: "来信人" },
  anonymous: { en: "nobody in particular", zh: "未具名" },
} as const;

/** What somebody writes: long enough to be answered, short enough to be read. */
export function bodySchema(language: Language): z.ZodString {
  const text = say(ticketWords, language);
  return z.string({ error: text.short }).trim().min(10, text.short).max(5000, text.long);
}

/** Where a ticket stands; until it is answered, when the answer is due. */
export function TicketState({
  reader,
  ticket,
  nowMs,
}: {
  readonly reader: Reader;
  readonly ticket: Ticket;
  readonly nowMs: number;
}): JSX.Element {
  const text = say(ticketWords, reader.language);
  if (ticket.closedMs !== undefined) return <Chip>{text.closed}</Chip>;
  if (ticket.answeredMs !== undefined) return <Chip tone="good">{text.answered}</Chip>;
  return <DeadlineChip dueMs={ticket.dueMs} nowMs={nowMs} reader={reader} />;
}

/** A ticket in a few lines; `desk` adds who wrote. */
export function TicketFacts({
  reader,
  ticket,
  nowMs,
  desk = false,
}: {
  readonly reader: Reader;
  readonly ticket: Ticket;
  readonly nowMs: number;
  readonly desk?: boolean;
}): JSX.Element {
  const text = say(ticketWords, reader.language);
  return (
    <Facts
      facts={[
        [text.number, ticket.number],
        [text.state, <TicketState reader={reader} ticket={ticket} nowMs={nowMs} />],
        [text.received, <Moment atMs={ticket.receivedMs} reader={reader} />],
        ...(desk ? [[text.from, ticket.name ?? ticket.email ?? text.anonymous] as const] : []),
      ]}
    />
  );
}

/** The conversation, oldest first; at the `desk` the person who wrote is not who reads. */
export function Thread({
  reader,
  messages,
  desk = false,
}: {
  readonly reader: Reader;
  readonly messages: readonly TicketMessage[];
  readonly desk?: boolean;
}): JSX.Element {
  const text = say(ticketWords, reader.language);
  return (
    <ol class="thread">
      {messages.map(({ author, body, writtenMs }) => (
        <li class={author === "service" ? "ours" : undefined}>
          <p class="soft small">
            <strong>{author === "service" ? text.us : text[desk ? "from" : "you"]}</strong> ·{" "}
            <Moment atMs={writtenMs} reader={reader} />
          </p>
          <p class="body">{body}</p>
        </li>
      ))}
    </ol>
  );
}
