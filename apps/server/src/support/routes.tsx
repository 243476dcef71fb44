import { answerDays, answerDeadline } from "@cloud-code/policy";
import type { Language } from "@cloud-code/policy";
import { Hono } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import { z } from "zod";
import { requireSignedIn } from "../accounts/guard.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { NoticeLine, readCollected } from "../notices/gate.tsx";
import type { PublishedNotice } from "../notices/store.ts";
import {
  ActionButton,
  Banner,
  Button,
  Field,
  Form,
  Page,
  Select,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { formatTime, type Reader, say } from "../pages/words.ts";
import { limitedPage } from "../refusals.tsx";
import type { Services } from "../services.ts";
import { writeReceived } from "./letters.ts";
import type { Ticket, TicketStore } from "./store.ts";
import { ticketKinds } from "./store.ts";
import { bodySchema, Thread, TicketFacts, TicketState, ticketWords } from "./ticket.tsx";

const words = {
  ...ticketWords,
  title: { en: "How can we help?", zh: "需要什么帮助？" },
  lead: {
    en: "Ask, suggest, complain: with or without an account, a person answers within 15 days.",
    zh: "提问、建议或投诉：无论是否有账户，均由专人在 15 天内答复。",
  },
  kind: { en: "What is it about?", zh: "来信类型" },
  message: { en: "Your message", zh: "内容" },
  messageHint: {
    en: "Please leave out passwords and code that is secret.",
    zh: "请勿填写密码或机密代码。",
  },
  name: { en: "How shall we call you?", zh: "如何称呼您" },
  email: { en: "E-mail address", zh: "电子邮箱" },
  send: { en: "Send", zh: "发送" },
  badEmail: {
    en: "This is not an e-mail address. Leave it empty to read the answer on the private page.",
    zh: "邮箱格式不正确。留空则可在专属页面查看答复。",
  },
  badKind: { en: "Please choose what it is about.", zh: "请选择来信类型。" },
  longName: { en: "Please keep it under 100 characters.", zh: "请勿超过 100 个字符。" },
  ifNow: { en: "Write now and the answer is due by", zh: "现在来信，最迟答复日期为" },
  warned: {
    en: "If nobody has answered five days before, the privacy officer is warned. With an e-mail address you get the answer by mail; without one it waits on a private page that only you know.",
    zh: "若届满前五天仍无人答复，系统会提醒隐私负责人。留下邮箱可通过邮件收到答复；不留则在仅您知晓的专属页面查看。",
  },
  mine: { en: "Your messages", zh: "您的来信" },
  arrived: { en: "Your message has arrived.", zh: "您的来信已收到。" },
  keepAddress: {
    en: "Keep the address of this page: it is the only way to this message without an account. Whoever has it can read it.",
    zh: "请保存本页地址：没有账户时，这是查看此来信的唯一途径。持有该地址者均可查看。",
  },
  mailed: { en: "We have sent it to you by e-mail as well.", zh: "我们也已通过邮件将其发送给您。" },
  reply: { en: "Add something", zh: "补充内容" },
  settle: { en: "My question is settled", zh: "问题已解决" },
  notMine: { en: "I did not write this: delete it", zh: "并非本人来信：删除" },
  removed: { en: "The message is deleted.", zh: "来信已删除。" },
  noCare: { en: "Not satisfied?", zh: "不满意？" },
  noCareText: {
    en: "You may complain to your data protection authority at any time, before or after our answer.",
    zh: "无论我们是否已答复，您均可随时向数据保护主管机关投诉。",
  },
} as const;

const hourMs = 3_600_000;
const limit = { max: 10, windowMs: hourMs };

/** The pages of support: the form, the private page of a ticket, and the desk where tickets are answered. */
export function routes({
  config,
  mail,
  limits,
  notices,
  now,
  store,
  emailOf,
}: Pick<Services, "config" | "mail" | "limits" | "notices" | "now"> & {
  readonly store: TicketStore;
  /** The address of an account, for answering its owner. */
  readonly emailOf: (userId: string) => Promise<string | undefined>;
}): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const gate = { notices, product: "service", now } as const;

  app.get("/support", async (context) => supportPage(context, {}));

  app.post("/support", async (context) => {
    const taken = limits.take(limit, "support", context.var.address);
    if (taken.kind === "limited") return limitedPage(context, taken.retryAfterMs);
    const { language, signedIn } = context.var;
    const form = await readCollected(context, gate, ticketSchema(language));
    if (form.kind === "invalid") return supportPage(context, form);
    const { kind, body, name, email } = form.value;
    const address = signedIn === undefined ? email : await emailOf(signedIn.userId);
    const { ticket, secret } = await store.open(
      { userId: signedIn?.userId, name, email: address, kind, language, body },
      form.shown,
    );
    const path = `/support/tickets/${secret}`;
    // One address is not flooded by many forms: the message is kept, the letter is not sent.
    if (
      address !== undefined &&
      limits.take({ max: 3, windowMs: hourMs }, "letter", address).kind === "allowed"
    ) {
      mail.send({
        to: address,
        ...writeReceived(ticket, `${config.origin}${path}`, config.operator),
      });
    }
    return context.redirect(`${path}?new=1`, 303);
  });

  app.get("/support/tickets/:secret", async (context) => {
    const secret = context.req.param("secret");
    const ticket = await store.findBySecret(secret);
    if (ticket === undefined) return notFoundPage(context);
    return ticketPage(context, ticket, `/support/tickets/${secret}`);
  });

  app.get("/support/mine/:id", async (context) => {
    const { userId } = requireSignedIn(context);
    const ticket = await store.find(context.req.param("id"), userId);
    if (ticket === undefined) return notFoundPage(context);
    return ticketPage(context, ticket, `/support/mine/${ticket.id}`);
  });

  for (const [path, find] of [
    [
      "/support/tickets/:key",
      (context: ServerContext) => store.findBySecret(context.req.param("key") ?? ""),
    ],
    [
      "/support/mine/:key",
      (context: ServerContext) =>
        store.find(context.req.param("key") ?? "", requireSignedIn(context).userId),
    ],
  ] as const) {
    app.post(`${path}/reply`, async (context) => {
      const ticket = await find(context);
      if (ticket === undefined) return notFoundPage(context);
      const taken = limits.take(limit, "support", context.var.address);
      if (taken.kind === "limited") return limitedPage(context, taken.retryAfterMs);
      const form = await readCollected(
        context,
        gate,
        z.object({ body: bodySchema(context.var.language) }),
      );
      const page = context.req.path.replace(/\/reply$/, "");
      if (form.kind === "invalid")
        return ticketPage(context, ticket, page, form.entered, form.problems);
      await store.ask(ticket, form.value.body, form.shown);
      return context.redirect(page, 303);
    });
    app.post(`${path}/close`, async (context) => {
      const ticket = await find(context);
      if (ticket === undefined) return notFoundPage(context);
      await store.close(ticket.id);
      return context.redirect(context.req.path.replace(/\/close$/, ""), 303);
    });
    app.post(`${path}/delete`, async (context) => {
      const ticket = await find(context);
      if (ticket === undefined) return notFoundPage(context);
      await store.remove(ticket.id);
      return context.redirect("/support?removed=1", 303);
    });
  }
  return app;

  async function supportPage(
    context: ServerContext,
    form: Partial<Extract<Awaited<ReturnType<typeof readCollected>>, { kind: "invalid" }>>,
  ): Promise<Response> {
    const { language, signedIn } = context.var;
    const text = say(words, language);
    const notice = await notices.current("service");
    if (notice === undefined) return notFoundPage(context);
    const own = signedIn === undefined ? [] : await store.ofPerson(signedIn.userId);
    const { entered = {}, problems = {}, noticeChanged = false } = form;
    return renderPage(
      context,
      {
        title: text.title,
        description: text.lead,
        personal: signedIn !== undefined,
        status: form.kind === undefined ? 200 : 400,
      },
      <Page title={text.title} lead={text.lead}>
        {context.req.query("removed") === "1" ? (
          <Banner tone="good" title={text.removed} announce />
        ) : null}
        <div class="split">
          <Form context={context} action="/support">
            <Select
              context={context}
              name="kind"
              label={text.kind}
              value={entered["kind"] ?? context.req.query("about") ?? "question"}
              options={ticketKinds.map((kind) => [kind, text[kind]])}
              problem={problems["kind"]}
            />
            <TextArea
              context={context}
              name="body"
              label={text.message}
              hint={text.messageHint}
              value={entered["body"]}
              maxlength={5000}
              problem={problems["body"]}
            />
            {signedIn === undefined ? (
              <>
                <Field
                  context={context}
                  name="name"
                  label={text.name}
                  optional
                  autocomplete="name"
                  maxlength={100}
                  value={entered["name"]}
                  problem={problems["name"]}
                />
                <Field
                  context={context}
                  name="email"
                  type="email"
                  label={text.email}
                  item="service.support-contact"
                  autocomplete="email"
                  maxlength={254}
                  value={entered["email"]}
                  problem={problems["email"]}
                />
              </>
            ) : null}
            <NoticeLine context={context} notice={notice} changed={noticeChanged} />
            <Button>{text.send}</Button>
          </Form>
          <div class="stack">
            {own.length === 0 ? null : (
              <OwnTickets reader={context.var} tickets={own} now={now()} />
            )}
            <div class="card">
              <h2>
                {answerDays} {language === "zh" ? "天" : "days"}
              </h2>
              <p>
                {text.ifNow} <strong>{formatTime(answerDeadline(now()).dueMs, context.var)}</strong>
              </p>
              <p>{text.warned}</p>
            </div>
            <div class="card">
              <h3>{text.noCare}</h3>
              <p>{text.noCareText}</p>
            </div>
            {config.operator.contactUrl === undefined ? null : (
              <p class="soft small">
                {config.operator.name[language]}:{" "}
                <a href={config.operator.contactUrl}>{config.operator.contact[language]}</a>
              </p>
            )}
          </div>
        </div>
      </Page>,
    );
  }

  async function ticketPage(
    context: ServerContext,
    ticket: Ticket,
    path: string,
    entered: Readonly<Record<string, string>> = {},
    problems?: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { language } = context.var;
    const text = say(words, language);
    const messages = await store.messages(ticket.id);
    const notice = await notices.current("service");
    return renderPage(
      context,
      { title: ticket.number, personal: true, status: problems === undefined ? 200 : 400 },
      <Page title={text[ticket.kind]} eyebrow={<a href="/support">{words.title[language]}</a>}>
        <div class="stack-wide">
          {context.req.query("new") === "1" ? (
            <Banner tone="good" title={text.arrived} announce>
              {text.keepAddress} {ticket.email === undefined ? null : text.mailed}
            </Banner>
          ) : null}
          <TicketFacts reader={context.var} ticket={ticket} nowMs={now()} />
          <Thread reader={context.var} messages={messages} />
          {ticket.closedMs === undefined ? (
            <ReplyForm
              context={context}
              path={path}
              notice={notice}
              value={entered["body"]}
              problem={problems?.["body"]}
            />
          ) : null}
          <div class="actions">
            {ticket.closedMs === undefined ? (
              <ActionButton context={context} action={`${path}/close`} label={text.settle} />
            ) : null}
            <ActionButton
              context={context}
              action={`${path}/delete`}
              label={text.notMine}
              kind="danger"
            />
          </div>
        </div>
      </Page>,
    );
  }
}

function ticketSchema(language: Language) {
  const text = say(words, language);
  // An empty field is a field left out.
  const emptied = (value: unknown): unknown =>
    typeof value === "string" && value.trim() === "" ? undefined : value;
  return z.object({
    kind: z.enum(ticketKinds, { error: text.badKind }),
    body: bodySchema(language),
    name: z.preprocess(emptied, z.string().trim().max(100, text.longName).optional()),
    email: z.preprocess(
      emptied,
      z.email({ error: text.badEmail }).trim().max(254, text.badEmail).optional(),
    ),
  });
}

function OwnTickets({
  reader,
  tickets,
  now,
}: {
  readonly reader: Reader;
  readonly tickets: readonly Ticket[];
  readonly now: number;
}): JSX.Element {
  const text = say(words, reader.language);
  return (
    <section class="stack">
      <h2 id="list-mine">{text.mine}</h2>
      <Table
        labelledBy="list-mine"
        columns={[text.number, text.state]}
        rows={tickets.map((ticket) => [
          <a href={`/support/mine/${ticket.id}`}>{ticket.number}</a>,
          <TicketState reader={reader} ticket={ticket} nowMs={now} />,
        ])}
      />
    </section>
  );
}

function ReplyForm({
  context,
  path,
  notice,
  value,
  problem,
}: {
  readonly context: ServerContext;
  readonly path: string;
  readonly notice: PublishedNotice | undefined;
  readonly value: string | undefined;
  readonly problem: string | undefined;
}): JSX.Element {
  const text = say(words, context.var.language);
  return (
    <Form context={context} action={`${path}/reply`}>
      <TextArea
        context={context}
        name="body"
        label={text.reply}
        rows={4}
        maxlength={5000}
        value={value}
        problem={problem}
      />
      {notice === undefined ? null : <NoticeLine context={context} notice={notice} />}
      <Button kind="quiet">{text.send}</Button>
    </Form>
  );
}
