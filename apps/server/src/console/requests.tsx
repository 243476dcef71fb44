/** The console's pages about requests: the overview, one request with what an officer can do, writing one down, and children. */
import {
  clockRules,
  type ExemptionKey,
  exemptions,
  exemptionsFor,
  findAuthorities,
  isEnded,
  regimes,
  type RequestDenial,
  type RequestEvent,
  requestDeadline,
  rights as allRights,
} from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { z } from "zod";
import { usersClassified } from "../accounts/tables.ts";
import { readFor } from "../database/reading.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields, readForm } from "../forms.tsx";
import {
  ActionButton,
  Banner,
  Button,
  ButtonLink,
  DeadlineChip,
  Facts,
  Field,
  Form,
  Moment,
  Select,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { readDay, say } from "../pages/words.ts";
import type { ErasureOutcome } from "../requests/erasure.ts";
import { requestProblems } from "../requests/errors.ts";
import { rightTitles } from "../requests/letters.ts";
import type { Rights } from "../requests/rights.ts";
import { History, StatusChip } from "../requests/routes.tsx";
import type { RequestLine } from "../requests/store.ts";
import { statusTitles } from "../requests/words.ts";
import type { Services } from "../services.ts";
import { TicketStore } from "../support/store.ts";
import { Bars, DeadlineStrip } from "./charts.tsx";
import { type Desk, deskPage, enter, enterToChange } from "./desk.tsx";
import { denialTitles, incidentStatusTitles, taskTitles, words } from "./words.ts";

const denialGrounds: readonly RequestDenial[] = [
  "claim_not_covered",
  "no_match",
  "insuf_verification",
  "suspected_fraud",
  "too_many_requests",
  "outside_jurisdiction",
  "other",
];

/** The pages. */
export function requestRoutes({
  rights,
  database,
  config,
  now,
}: Pick<Services, "database" | "config" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const tickets = new TicketStore({ database, now });
  const { store, handling, erasure } = rights;

  app.get("/console", async (context) => {
    const desk = await enter(context, rights);
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const waiting = await store.waiting();
    const newest = await store.newest();
    const incidents = (await rights.incidents.list()).flatMap((line) =>
      line.clocks
        .filter(({ done }) => !done && line.incident.status !== "closed")
        .map((clock) => ({ line, clock })),
    );
    const holds = (await rights.holds.list()).filter(({ hold }) => hold.status === "active");
    const states = Object.entries(statusTitles).map(
      ([status, title]) =>
        [title[language], newest.filter(({ state }) => state.status === status).length] as const,
    );
    const nowMs = now();
    const asked = await tickets.waiting();
    const due = waiting.length + incidents.length + asked.length + holds.length;
    const { country, timeZone } = config.operator;
    const ages = toAges(waiting, nowMs, language);
    return deskPage(
      context,
      desk,
      {
        title: text.title,
        path: "/console",
        lead: text.lead,
        shows: { what: "requests", purpose: "keep-records" },
      },
      <>
        {country === undefined || timeZone === undefined ? (
          <Banner tone="warn" title={text.noPlace} />
        ) : null}
        <section class="stack">
          <h2>{text.strip}</h2>
          <DeadlineStrip
            title={text.strip}
            late={text.late}
            nowMs={nowMs}
            dues={[
              ...waiting.map(({ number, dueMs }) => ({ label: number, dueMs })),
              ...asked.map(({ number, dueMs }) => ({ label: number, dueMs })),
              ...incidents.map(({ line, clock }) => ({
                label: line.number,
                dueMs: clock.deadline.dueMs,
              })),
              ...holds.map(({ hold }) => ({ label: text.holds, dueMs: hold.reviewMs })),
            ]}
          />
          {due === 0 ? <p>{text.none}</p> : null}
          {due === 0 ? null : (
            <Table
              caption={<span class="visually-hidden">{text.requests}</span>}
              columns={[text.number, text.what, text.state, text.due]}
              rows={[
                ...incidents.map(({ line, clock }) => ({
                  dueMs: clock.deadline.dueMs,
                  cells: [
                    <a href={`/console/incidents/${line.id}`}>{line.number}</a>,
                    `${taskTitles[clock.task][language]} (${regimes[clock.region].title[language]})`,
                    incidentStatusTitles[line.incident.status][language],
                  ],
                })),
                ...waiting.map((request) => ({
                  dueMs: request.dueMs,
                  cells: [
                    <a href={`/console/requests/${request.id}`}>{request.number}</a>,
                    rightTitles[request.right][language],
                    <StatusChip request={request} language={language} />,
                  ],
                })),
                ...holds.map(({ hold }) => ({
                  dueMs: hold.reviewMs,
                  cells: [<a href="/console/holds">{text.holds}</a>, text.review, text.active],
                })),
                ...asked.map(({ id, number, dueMs }) => ({
                  dueMs,
                  cells: [
                    // Auditors do not answer, and a ticket shows more than they need.
                    desk.mayChange ? <a href={`/support/desk/${id}`}>{number}</a> : number,
                    text.tickets,
                    statusTitles.open[language],
                  ],
                })),
              ]
                .toSorted((a, b) => a.dueMs - b.dueMs)
                .map(({ cells, dueMs }) => [
                  ...cells,
                  <DeadlineChip dueMs={dueMs} nowMs={nowMs} reader={reader} />,
                ])}
            />
          )}
        </section>
        <section class="stack">
          <h2 id="list-by-state">{text.byState}</h2>
          <Bars title={text.byState} bars={states} />
          <Table
            labelledBy="list-by-state"
            columns={[text.state, text.count]}
            numbers={[1]}
            rows={states.map(([title, count]) => [title, String(count)])}
          />
        </section>
        <section class="stack">
          <h2 id="list-by-age">{text.byAge}</h2>
          <Bars title={text.byAge} bars={ages} />
          <Table
            labelledBy="list-by-age"
            columns={[text.age, text.count]}
            numbers={[1]}
            rows={ages.map(([title, count]) => [title, String(count)])}
          />
        </section>
        {desk.mayChange ? (
          <section class="stack">
            <h2>{text.writeDown}</h2>
            <p>{text.writeDownLead}</p>
            <WriteDown context={context} />
          </section>
        ) : null}
      </>,
    );
  });

  app.post("/console/requests", async (context) => {
    const desk = await enterToChange(context, rights);
    const text = say(words, context.var.language);
    const form = await readForm(
      context,
      z.object({ email: z.email(), right: z.enum(allRights), received: z.string().default("") }),
    );
    const refuse = async (problem: string): Promise<Response> =>
      deskPage(
        context,
        desk,
        { title: text.writeDown, path: "/console", shows: "nobody", problem },
        <WriteDown
          context={context}
          entered={form.kind === "invalid" ? form.entered : form.value}
        />,
      );
    if (form.kind === "invalid") return refuse(text.accountUnknown);
    const { email, right, received } = form.value;
    const receivedMs = received.trim() === "" ? now() : readDay(received, context.var);
    if (receivedMs === undefined || receivedMs > now()) return refuse(text.badReceived);
    const request = await handling.askUnverified(
      email,
      { right, language: context.var.language },
      { actor: desk.actor, source: "officer", receivedMs },
    );
    if (request === undefined) return refuse(text.accountUnknown);
    return deskPage(
      context,
      desk,
      { title: text.writeDown, path: "/console", shows: "nobody" },
      <Banner tone="good" title={text.writtenDown} announce>
        <a href={`/console/requests/${request.id}`}>{request.number}</a>
      </Banner>,
    );
  });

  app.get("/console/requests/:id", async (context) => {
    const desk = await enter(context, rights);
    const request = await store.find(context.req.param("id"));
    return request === undefined ? notFoundPage(context) : showRequest(context, desk, request, {});
  });

  app.post("/console/requests/:id/show", async (context) => {
    const desk = await enterToChange(context, rights);
    const request = await store.find(context.req.param("id"));
    if (request === undefined) return notFoundPage(context);
    const content = store.contentOf(request);
    return showRequest(context, desk, request, { content: content?.text ?? "" });
  });

  app.post("/console/requests/:id/:event", async (context) => {
    const desk = await enterToChange(context, rights);
    const request = await store.find(context.req.param("id"));
    if (request === undefined) return notFoundPage(context);
    const entered = await readFields(context);
    const event = toEvent(context.req.param("event"), entered, now());
    if (event === undefined) return notFoundPage(context);
    if (event.kind === "begun" && request.right === "delete") {
      const outcome = await erasure.run(request, desk.actor);
      const problem = describeOutcome(outcome, context.var.language);
      return problem === undefined
        ? context.redirect(`/console/requests/${request.id}`, 303)
        : showRequest(context, desk, (await store.find(request.id)) ?? request, { problem });
    }
    const moved = await handling.decide(request, event, desk.actor);
    if (moved.kind === "refused")
      return showRequest(context, desk, request, {
        problem: requestProblems[moved.because][context.var.language],
        entered: event.kind === "denied" ? entered : {},
      });
    return context.redirect(`/console/requests/${request.id}`, 303);
  });

  app.get("/console/children", async (context) =>
    childPage(context, await enterToChange(context, rights), undefined),
  );

  app.post("/console/children", async (context) => {
    const desk = await enterToChange(context, rights);
    const form = await readForm(context, z.object({ email: z.email() }));
    const text = say(words, context.var.language);
    if (form.kind === "invalid") return childPage(context, desk, text.accountUnknown);
    const [row] = await readFor(database, "keep-account", usersClassified, ["id"], {
      where: (table) => eq(table.email, form.value.email.toLowerCase()),
    });
    const request = row === undefined ? undefined : await handling.deleteChild(row.id, desk.actor);
    if (request === undefined) return childPage(context, desk, text.accountUnknown);
    return deskPage(
      context,
      desk,
      { title: text.children, path: "/console/children", shows: "nobody" },
      request.state.status === "fulfilled" ? (
        <Banner tone="good" title={text.childDone} announce>
          <a href={`/console/requests/${request.id}`}>{request.number}</a>
        </Banner>
      ) : (
        // Not before the search came back empty.
        <Banner tone="info" title={text.childChecking} announce>
          <a href={`/console/requests/${request.id}`}>{request.number}</a>
        </Banner>
      ),
    );
  });

  return app;

  async function childPage(
    context: ServerContext,
    desk: Desk,
    problem: string | undefined,
  ): Promise<Response> {
    const text = say(words, context.var.language);
    return deskPage(
      context,
      desk,
      {
        title: text.children,
        path: "/console/children",
        lead: text.childLead,
        shows: "nobody",
        problem,
      },
      <Form context={context} action="/console/children">
        <Field context={context} name="email" type="email" label={text.email} />
        <Button kind="danger">{text.deleteChild}</Button>
      </Form>,
    );
  }

  /** Whether a search found the person after their rows were erased, or a hold still keeps the erasure from its end. */
  async function mayBeNamed(request: RequestLine): Promise<boolean> {
    if ((await erasure.progress(request)) === "left") return true;
    return (
      request.right === "delete" && request.endedMs !== undefined && request.sealed !== undefined
    );
  }

  async function showRequest(
    context: ServerContext,
    desk: Desk,
    request: RequestLine,
    more: {
      readonly problem?: string | undefined;
      readonly content?: string;
      /** What was typed into a refusal that was not taken. */
      readonly entered?: Readonly<Record<string, string>>;
    },
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const own = `/console/requests/${request.id}`;
    const due = requestDeadline(request.state, rights.place, now());
    const { state } = request;
    const { entered = {} } = more;
    const authority = findAuthorities(
      state.region === "cn" ? "CN" : state.region === "uk" ? "GB" : "IE",
    )[0];
    const pseudonym = store.contentOf(request)?.pseudonym;
    const act = (event: string, label: string) => (
      <ActionButton context={context} action={`${own}/${event}`} label={label} />
    );
    return deskPage(
      context,
      desk,
      {
        title: `${rightTitles[request.right][language]} · ${request.number}`,
        path: own,
        shows: {
          what: request.number,
          purpose: "keep-records",
          subject: pseudonym,
        },
        problem: more.problem,
      },
      <>
        <Facts
          facts={[
            [text.state, <StatusChip request={request} language={language} />],
            [text.pseudonym, pseudonym === undefined ? "–" : <code>{pseudonym}</code>],
            [text.region, state.region === undefined ? "–" : regimes[state.region].title[language]],
            [
              text.due,
              due === undefined ? (
                "–"
              ) : (
                <>
                  <DeadlineChip dueMs={due.dueMs} nowMs={now()} reader={reader} />{" "}
                  <span class="soft small">
                    <Moment atMs={due.dueMs} reader={reader} />
                  </span>
                </>
              ),
            ],
            [
              text.law,
              due?.lawfulUntilMs === undefined ? (
                "–"
              ) : (
                <Moment atMs={due.lawfulUntilMs} reader={reader} />
              ),
            ],
            ...(due?.rules ?? []).map(
              ({ rule, dueMs }) =>
                [
                  clockRules[rule].source[language],
                  <Moment atMs={dueMs} reader={reader} />,
                ] as const,
            ),
          ]}
        />
        {more.content === undefined ? null : (
          <section class="stack">
            <h2>{text.content}</h2>
            <p class="soft">{text.contentWhy}</p>
            <p>{more.content}</p>
          </section>
        )}
        {desk.mayChange && (await mayBeNamed(request)) ? (
          <p>
            <ButtonLink href={`${own}/leftovers`} kind="quiet">
              {text.redactLink}
            </ButtonLink>
          </p>
        ) : null}
        <History request={request} reader={reader} />
        {desk.mayChange ? (
          <div class="stack">
            <div class="actions">
              {request.sealed === undefined ? null : act("show", text.show)}
              {isEnded(state) ? null : act("begin", state.begun ? text.again : text.begin)}
              {isEnded(state) || !state.begun || request.right === "delete"
                ? null
                : act("fulfil", text.fulfil)}
              {isEnded(state) || state.verified ? null : act("identity", text.askIdentity)}
              {state.restriction === "active" ? act("announce", text.announce) : null}
              {state.restriction === "lifting-announced" ? act("lift", text.lift) : null}
            </div>
            {due?.extendUntilMs === undefined ? null : (
              <Form context={context} action={`${own}/extend`}>
                <TextArea context={context} name="reason" label={text.reason} rows={3} />
                <Button kind="quiet">{text.extend}</Button>
              </Form>
            )}
            {isEnded(state) ? null : (
              <Form context={context} action={`${own}/deny`}>
                <Select
                  context={context}
                  name="because"
                  label={text.because}
                  value={entered["because"]}
                  options={denialGrounds.map((ground) => [ground, denialTitles[ground][language]])}
                />
                <Select
                  context={context}
                  name="exemption"
                  label={text.exemption}
                  hint={text.exemptionHint}
                  value={entered["exemption"]}
                  options={[
                    ["", "–"] as const,
                    ...exemptionsFor(request.right, state.region).map(
                      (key) =>
                        [
                          key,
                          `${exemptions[key].title[language]} (${exemptions[key].source[language]})`,
                        ] as const,
                    ),
                  ]}
                />
                <TextArea
                  context={context}
                  name="explanation"
                  label={text.explanation}
                  rows={3}
                  value={entered["explanation"]}
                />
                <Field
                  context={context}
                  name="authority"
                  label={text.authority}
                  value={
                    entered["authority"] ??
                    (authority === undefined ? "" : `${authority.name}, ${authority.web}`)
                  }
                />
                <Field context={context} name="court" label={text.court} value={entered["court"]} />
                <Field
                  context={context}
                  name="evidence"
                  label={text.evidence}
                  value={entered["evidence"]}
                  optional
                />
                <Button kind="danger">{text.deny}</Button>
              </Form>
            )}
          </div>
        ) : null}
      </>,
    );
  }
}

/** A request that came by letter or by telephone. */
function WriteDown({
  context,
  entered = {},
}: {
  readonly context: ServerContext;
  readonly entered?: Readonly<Record<string, string>>;
}) {
  const { language } = context.var;
  const text = say(words, language);
  return (
    <Form context={context} action="/console/requests">
      <Field
        context={context}
        name="email"
        type="email"
        label={text.email}
        value={entered["email"]}
      />
      <Select
        context={context}
        name="right"
        label={text.right}
        value={entered["right"]}
        options={allRights.map((right) => [right, rightTitles[right][language]])}
      />
      <Field
        context={context}
        name="received"
        label={text.receivedOn}
        hint={text.receivedHint}
        placeholder="YYYY-MM-DD"
        value={entered["received"]}
        optional
      />
      <Button>{text.writeDown}</Button>
    </Form>
  );
}

/** How long the requests that wait have waited. */
function toAges(
  waiting: readonly RequestLine[],
  nowMs: number,
  language: "en" | "zh",
): readonly (readonly [string, number])[] {
  const days = waiting.map(({ state }) => (nowMs - state.receivedMs) / 86_400_000);
  return (
    [
      [0, 7],
      [7, 14],
      [14, 30],
      [30, Number.POSITIVE_INFINITY],
    ] as const
  ).map(([from, to]) => [
    Number.isFinite(to)
      ? words.ageBetween[language].replace("{}", `${from}–${to}`)
      : words.ageAbove[language].replace("{}", String(from)),
    days.filter((day) => day >= from && day < to).length,
  ]);
}

/** What an erasure that did not end says to the officer; nothing when there is nothing to do. */
function describeOutcome(outcome: ErasureOutcome, language: "en" | "zh"): string | undefined {
  const text = say(words, language);
  switch (outcome.kind) {
    case "done":
    case "checking":
      return undefined;
    case "left":
      return `${text.leftovers} ${outcome.leftovers.map(({ where, count }) => `${where}: ${count}`).join(", ")}`;
    case "not-begun":
      return requestProblems[outcome.because][language];
  }
}

/** What a form of the console means, in the words of the state machine. */
function toEvent(
  name: string,
  fields: Readonly<Record<string, string>>,
  atMs: number,
): RequestEvent | undefined {
  const field = (key: string): string => fields[key] ?? "";
  switch (name) {
    case "begin":
      return { kind: "begun", atMs };
    case "fulfil":
      return { kind: "fulfilled", atMs };
    case "identity":
      return { kind: "identity-asked", atMs };
    case "announce":
      return { kind: "lifting-announced", atMs };
    case "lift":
      return { kind: "lifted", atMs };
    case "extend":
      return { kind: "extended", atMs, reason: field("reason") };
    case "deny":
      return {
        kind: "denied",
        atMs,
        because: denialGrounds.find((ground) => ground === field("because")) ?? "other",
        exemption: (Object.keys(exemptions) as ExemptionKey[]).find(
          (key) => key === field("exemption"),
        ),
        explanation: field("explanation"),
        authority: field("authority"),
        court: field("court"),
        evidence: field("evidence"),
      };
    default:
      return undefined;
  }
}
