/** The desk where tickets are answered. A ticket is what somebody wrote: whoever looks stands in the trail, with the purpose. */
import { Hono } from "hono";
import { z } from "zod";
import { requireRole } from "../accounts/guard.ts";
import type { AuditTrail } from "../audit/trail.ts";
import type { ConsentLedger } from "../consent/ledger.ts";
import { type Desk, noteView } from "../console/desk.tsx";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import {
  ActionButton,
  Button,
  Chip,
  DeadlineChip,
  Form,
  Moment,
  Page,
  pageTitle,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { say } from "../pages/words.ts";
import type { Services } from "../services.ts";
import { writeAnswer } from "./letters.ts";
import type { Ticket, TicketStore } from "./store.ts";
import { bodySchema, Thread, TicketFacts, ticketWords } from "./ticket.tsx";

const words = {
  ...ticketWords,
  desk: { en: "Messages waiting for an answer", zh: "待答复的来信" },
  deskLead: { en: "The most urgent first.", zh: "最紧急的排在最前。" },
  none: { en: "Nothing is waiting.", zh: "没有待答复的来信。" },
  due: { en: "Due", zh: "期限" },
  about: { en: "About", zh: "类型" },
  escalated: { en: "escalated", zh: "已升级提醒" },
  answer: { en: "Answer", zh: "答复" },
  sendAnswer: { en: "Send the answer", zh: "发送答复" },
  byMail: {
    en: "Goes out by e-mail and stands on the private page.",
    zh: "通过邮件发送，并显示在专属页面。",
  },
  byPage: {
    en: "No e-mail address was left: the answer stands on the private page.",
    zh: "来信人未留邮箱：答复将显示在专属页面。",
  },
  close: { en: "Close without an answer", zh: "不答复并结束" },
} as const;

/** The pages of the desk, for officers and administrators. */
export function deskRoutes({
  config,
  mail,
  now,
  store,
  ledger,
  trail,
}: Pick<Services, "config" | "mail" | "now"> & {
  readonly store: TicketStore;
  readonly ledger: Pick<ConsentLedger, "pseudonymOf">;
  readonly trail: AuditTrail;
}): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get("/support/desk", async (context) => {
    const desk = await enter(context);
    await noteView(desk, { what: "tickets", purpose: "support" });
    return listPage(context, await store.waiting());
  });

  app.get("/support/desk/:id", async (context) => {
    const desk = await enter(context);
    const ticket = await store.find(context.req.param("id"));
    return ticket === undefined ? notFoundPage(context) : ticketPage(context, desk, ticket, {});
  });

  app.post("/support/desk/:id/answer", async (context) => {
    const desk = await enter(context);
    const ticket = await store.find(context.req.param("id"));
    if (ticket === undefined) return notFoundPage(context);
    const form = await readForm(context, z.object({ body: bodySchema(context.var.language) }));
    if (form.kind === "invalid") return ticketPage(context, desk, ticket, form.problems);
    await store.answer(ticket.id, form.value.body);
    await noteMove(desk, ticket, "answered");
    if (ticket.email !== undefined) {
      mail.send({ to: ticket.email, ...writeAnswer(ticket, form.value.body, config.origin) });
    }
    return context.redirect(`/support/desk/${ticket.id}`, 303);
  });

  app.post("/support/desk/:id/close", async (context) => {
    const desk = await enter(context);
    const ticket = await store.find(context.req.param("id"));
    if (ticket === undefined) return notFoundPage(context);
    await store.close(ticket.id);
    await noteMove(desk, ticket, "closed");
    return context.redirect("/support/desk", 303);
  });
  return app;

  async function enter(context: ServerContext): Promise<Visitor> {
    const { userId } = await requireRole(context, "officer", "admin");
    return { actor: await ledger.pseudonymOf(userId), trail };
  }

  /** The pseudonym of who wrote; a letter without an account has none. */
  async function subjectOf({ userId }: Ticket): Promise<string | undefined> {
    return userId === undefined ? undefined : ledger.pseudonymOf(userId);
  }

  async function noteMove(
    { actor }: Visitor,
    ticket: Ticket,
    event: "answered" | "closed",
  ): Promise<void> {
    await trail.record({
      actor,
      action: "ticket-moved",
      subject: await subjectOf(ticket),
      purpose: "support",
      detail: { ticket: ticket.number, event },
    });
  }

  async function ticketPage(
    context: ServerContext,
    desk: Visitor,
    ticket: Ticket,
    problems: Readonly<Record<string, string>>,
  ): Promise<Response> {
    await noteView(desk, {
      what: ticket.number,
      purpose: "support",
      subject: await subjectOf(ticket),
    });
    const reader = context.var;
    const text = say(words, reader.language);
    const messages = await store.messages(ticket.id);
    const failed = Object.keys(problems).length > 0;
    return renderPage(
      context,
      { title: ticket.number, personal: true, status: failed ? 400 : 200 },
      <Page title={ticket.number} eyebrow={<a href="/support/desk">{text.desk}</a>}>
        <div class="stack-wide">
          <TicketFacts reader={reader} ticket={ticket} nowMs={now()} desk />
          <Thread reader={reader} messages={messages} desk />
          <Form context={context} action={`/support/desk/${ticket.id}/answer`}>
            <TextArea
              context={context}
              name="body"
              label={text.answer}
              hint={ticket.email === undefined ? text.byPage : text.byMail}
              maxlength={5000}
              problem={problems["body"]}
            />
            <Button>{text.sendAnswer}</Button>
          </Form>
          {ticket.closedMs === undefined && ticket.answeredMs === undefined ? (
            <ActionButton
              context={context}
              action={`/support/desk/${ticket.id}/close`}
              label={text.close}
            />
          ) : null}
        </div>
      </Page>,
    );
  }

  function listPage(
    context: ServerContext,
    tickets: readonly Ticket[],
  ): Response | Promise<Response> {
    const reader = context.var;
    const text = say(words, reader.language);
    return renderPage(
      context,
      { title: text.desk, personal: true },
      <Page title={text.desk} lead={text.deskLead}>
        {tickets.length === 0 ? (
          <p>{text.none}</p>
        ) : (
          <Table
            labelledBy={pageTitle}
            columns={[text.number, text.about, text.received, text.due]}
            rows={tickets.map((ticket) => [
              <a href={`/support/desk/${ticket.id}`}>{ticket.number}</a>,
              text[ticket.kind],
              <Moment atMs={ticket.receivedMs} reader={reader} />,
              <>
                <DeadlineChip dueMs={ticket.dueMs} nowMs={now()} reader={reader} />{" "}
                {ticket.escalatedMs === undefined ? null : (
                  <Chip tone="warn">{text.escalated}</Chip>
                )}
              </>,
            ])}
          />
        )}
      </Page>,
    );
  }
}

/** Whoever is at the desk, as the trail knows them. */
type Visitor = Pick<Desk, "actor" | "trail">;
