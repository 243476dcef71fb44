/** The console's registers: holds, incidents, retention, consents, the record of processing and the audit trail. */
import {
  dataMap,
  everyone,
  type IncidentEvent,
  type IncidentNotice,
  isItemKey,
  noticeParts,
  processingRecord,
  type ProductKey,
  products,
  purposes,
  type PurposeKey,
  recipients,
  type RecipientKey,
  regimes,
  type Region,
  toRecordCsv,
} from "@cloud-code/policy";
import { sql } from "drizzle-orm";
import { Hono } from "hono";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields } from "../forms.tsx";
import {
  ActionButton,
  Banner,
  Button,
  Checkbox,
  Chip,
  DeadlineChip,
  Facts,
  Field,
  Form,
  Select,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { formatDate, formatTime, say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import type { Services } from "../services.ts";
import { Bars, DataMapChart } from "./charts.tsx";
import { type Desk, deskPage, enter, enterToChange, noteView } from "./desk.tsx";
import { words } from "./words.ts";

/** The pages. */
export function registerRoutes({
  rights,
  database,
  config,
  now,
}: Pick<Services, "database" | "config" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get("/console/holds", async (context) => holdsPage(context, await enter(context, rights)));
  app.post("/console/holds", async (context) => {
    const desk = await enterToChange(context, rights);
    const { subject = "", items = "", reason = "", review = "" } = await readFields(context);
    const named = items.split(/\s+/).filter(isItemKey);
    const atMs = now();
    const moved = await rights.holds.place(
      {
        kind: "placed",
        atMs,
        reason,
        reviewMs: toDate(review) ?? atMs,
        scope: { subject: subject.trim(), items: items.trim() === "" ? "all" : named },
      },
      desk.actor,
    );
    return holdsPage(context, desk, moved.kind === "refused" ? moved.because : undefined);
  });
  app.post("/console/holds/:id/lift", async (context) => {
    const desk = await enterToChange(context, rights);
    const { reason = "" } = await readFields(context);
    const moved = await rights.holds.move(
      context.req.param("id"),
      { kind: "lifted", atMs: now(), reason },
      desk.actor,
    );
    return holdsPage(context, desk, moved.kind === "refused" ? moved.because : undefined);
  });

  app.get("/console/incidents", async (context) =>
    incidentsPage(context, await enter(context, rights)),
  );
  app.post("/console/incidents", async (context) => {
    const desk = await enterToChange(context, rights);
    const { title = "", aware = "", drill } = await readFields(context);
    const atMs = now();
    const moved = await rights.incidents.record(
      title.slice(0, 200),
      { kind: "recorded", atMs, awareMs: toDate(aware) ?? atMs, drill: drill === "yes" },
      desk.actor,
    );
    return moved.kind === "done"
      ? context.redirect(`/console/incidents/${moved.id}`, 303)
      : incidentsPage(context, desk, moved.because);
  });
  app.get("/console/incidents/:id", async (context) =>
    incidentPage(context, await enter(context, rights), context.req.param("id")),
  );
  app.post("/console/incidents/:id/:event", async (context) => {
    const desk = await enterToChange(context, rights);
    const { id, event: name } = context.req.param();
    const fields = await readFields(context);
    if (name === "tell") {
      const moved = await rights.incidents.notifyPeople(id, toNotice(fields), desk.actor);
      return incidentPage(context, desk, id, moved.kind === "refused" ? moved.because : undefined);
    }
    const event = toIncidentEvent(name, fields, now());
    if (event === undefined) return notFoundPage(context);
    const moved = await rights.incidents.move(id, event, desk.actor);
    return incidentPage(context, desk, id, moved.kind === "refused" ? moved.because : undefined);
  });

  app.get("/console/retention", async (context) => {
    const desk = await enter(context, rights);
    const { language } = context.var;
    const text = say(words, language);
    const due = await rights.retention.dryRun();
    const certificates = await rights.retention.certificates(20);
    return deskPage(
      context,
      desk,
      { title: text.retention, path: "/console/retention", lead: text.overdueLead },
      <>
        <section>
          <h2>{text.overdue}</h2>
          <Bars title={text.overdue} bars={due.lines.map(({ table, rows }) => [table, rows])} />
          <Table
            caption={text.overdue}
            columns={[text.table, text.item, text.rows, text.held]}
            numbers={[2, 3]}
            rows={due.lines.map(({ table, item, rows, held }) => [
              table,
              item,
              String(rows),
              String(held),
            ])}
          />
          {desk.mayChange ? (
            <ActionButton context={context} action="/console/retention" label={text.sweepNow} />
          ) : null}
        </section>
        <section>
          <h2>{text.certificates}</h2>
          <Table
            caption={text.certificates}
            columns={[text.when, text.rows, text.held]}
            numbers={[1, 2]}
            rows={certificates.map(({ at, counts }) => [
              formatTime(at.getTime(), language),
              String(counts.reduce((sum, { rows }) => sum + rows, 0)),
              String(counts.reduce((sum, { held }) => sum + held, 0)),
            ])}
          />
        </section>
      </>,
    );
  });
  app.post("/console/retention", async (context) => {
    await enterToChange(context, rights);
    await rights.retention.sweep();
    return context.redirect("/console/retention", 303);
  });

  app.get("/console/consents", async (context) => {
    const desk = await enter(context, rights);
    const { language } = context.var;
    const text = say(words, language);
    const pseudonym = (context.req.query("pseudonym") ?? "").trim();
    const history = pseudonym === "" ? [] : await rights.ledger.history(pseudonym);
    if (pseudonym !== "") await noteView(rights, desk, "consents", pseudonym, "prove-consent");
    // Each person's last answer to each purpose counts.
    const { rows } = await database.orm.execute<{
      purpose: string;
      answer: string;
      count: string;
    }>(sql`
      SELECT purpose, answer, count(*) AS count
        FROM (SELECT DISTINCT ON (pseudonym, purpose) purpose, answer FROM consent_events ORDER BY pseudonym, purpose, number DESC) AS last
       GROUP BY 1, 2 ORDER BY 1, 2`);
    const lines = rows.map(
      ({ purpose, answer, count }) =>
        [`${purposeTitle(purpose, language)} · ${answer}`, Number(count)] as const,
    );
    return deskPage(
      context,
      desk,
      { title: text.consents, path: "/console/consents" },
      <>
        <form method="get" action="/console/consents" class="form">
          <Field context={context} name="pseudonym" label={text.pseudonym} value={pseudonym} />
          <Button>{text.search}</Button>
        </form>
        {history.length === 0 ? null : (
          <Table
            caption={pseudonym}
            columns={[text.when, text.purpose, text.answer]}
            rows={history.map(({ atMs, purpose, answer }) => [
              formatTime(atMs, language),
              purposeTitle(purpose, language),
              answer,
            ])}
          />
        )}
        <section>
          <h2>{text.byPurpose}</h2>
          <Bars title={text.byPurpose} bars={lines} />
          <Table
            caption={text.byPurpose}
            columns={[text.purpose, text.count]}
            numbers={[1]}
            rows={lines.map(([title, count]) => [title, String(count)])}
          />
        </section>
      </>,
    );
  });

  app.get("/console/record", async (context) => {
    const desk = await enter(context, rights);
    const { language } = context.var;
    const text = say(words, language);
    const product = toProduct(context.req.query("product"));
    const record = processingRecord(product, config.operator, language);
    const map = dataMap(product);
    const name = (key: string): string => nameOf(key, language);
    return deskPage(
      context,
      desk,
      { title: text.record, path: "/console/record", lead: record.controller },
      <>
        <p class="actions">
          {(Object.keys(products) as ProductKey[]).map((key) => (
            <a href={`/console/record?product=${key}`}>{products[key].title[language]}</a>
          ))}
          <a href={`/console/record.csv?product=${product}`}>CSV</a>
          <a href={`/console/record.json?product=${product}`}>JSON</a>
        </p>
        <section>
          <h2>{text.map}</h2>
          <p>{text.mapLead}</p>
          <DataMapChart title={text.map} map={map} name={name} />
          <Table
            caption={text.map}
            columns={[text.from, text.to, text.count]}
            numbers={[2]}
            rows={map.flows.map(({ from, to, count }) => [name(from), name(to), String(count)])}
          />
        </section>
        {record.activities.map((activity) => (
          <section>
            <h2>{activity.title}</h2>
            <p>{activity.description}</p>
            <Facts
              facts={[
                [text.because, activity.bases],
                [text.subject, activity.subjects.join(", ")],
                [text.items, activity.categories.join(", ")],
                [text.to, activity.transfers.join(", ") || "–"],
                [text.retention, activity.periods.join("; ")],
              ]}
            />
          </section>
        ))}
      </>,
    );
  });
  app.get("/console/:file{record\\.(csv|json)}", async (context) => {
    await enter(context, rights);
    const product = toProduct(context.req.query("product"));
    const record = processingRecord(product, config.operator, context.var.language);
    const csv = context.req.param("file") === "record.csv";
    context.header(
      "content-disposition",
      `attachment; filename="record-${product}.${csv ? "csv" : "json"}"`,
    );
    context.header("content-type", csv ? "text/csv; charset=utf-8" : "application/json");
    return context.body(csv ? toRecordCsv(record) : JSON.stringify(record, undefined, 2));
  });

  app.get("/console/trail", async (context) =>
    trailPage(context, await enter(context, rights), undefined),
  );
  app.post("/console/trail", async (context) => {
    const desk = await enter(context, rights);
    const text = say(words, context.var.language);
    const check = await rights.trail.verify();
    return trailPage(
      context,
      desk,
      check.kind === "intact"
        ? { tone: "good", title: text.intact }
        : { tone: "bad", title: `${text.broken} ${check.number}` },
    );
  });

  return app;

  async function trailPage(
    context: ServerContext,
    desk: Desk,
    found: { readonly tone: "good" | "bad"; readonly title: string } | undefined,
  ): Promise<Response> {
    const { language } = context.var;
    const text = say(words, language);
    const entries = await rights.trail.newest(200);
    return deskPage(
      context,
      desk,
      { title: text.trail, path: "/console/trail" },
      <>
        {found === undefined ? null : <Banner tone={found.tone} title={found.title} announce />}
        <ActionButton context={context} action="/console/trail" label={text.verify} />
        <Table
          caption={text.trail}
          columns={[text.number, text.when, text.actor, text.action, text.subject, text.purpose]}
          rows={entries.map(({ number, at, actor, action, subject, purpose }) => [
            String(number),
            formatTime(at.getTime(), language),
            actor.slice(0, 8),
            action,
            subject?.slice(0, 8) ?? "–",
            purposeTitle(purpose, language),
          ])}
        />
      </>,
    );
  }

  async function holdsPage(
    context: ServerContext,
    desk: Desk,
    problem?: string,
  ): Promise<Response> {
    const { language } = context.var;
    const text = say(words, language);
    const holds = await rights.holds.list();
    return deskPage(
      context,
      desk,
      { title: text.holds, path: "/console/holds", problem },
      <>
        <Table
          caption={text.holds}
          columns={[text.placed, text.subject, text.items, text.state, text.review, text.what]}
          rows={holds.map(({ id, hold }) => [
            formatDate(hold.placedMs, language),
            hold.scope.subject === everyone ? text.everyone : hold.scope.subject.slice(0, 8),
            hold.scope.items === "all" ? text.all : hold.scope.items.join(", "),
            <Chip tone={hold.status === "active" ? "warn" : "neutral"}>
              {hold.status === "active" ? text.active : text.lifted}
            </Chip>,
            <DeadlineChip dueMs={hold.reviewMs} nowMs={now()} language={language} />,
            desk.mayChange && hold.status === "active" ? (
              <Form context={context} action={`/console/holds/${id}/lift`}>
                <Field context={context} name="reason" label={text.reason} />
                <Button kind="quiet">{text.lift}</Button>
              </Form>
            ) : (
              "–"
            ),
          ])}
        />
        {desk.mayChange ? (
          <Form context={context} action="/console/holds">
            <Field context={context} name="subject" label={text.pseudonym} hint={everyone} />
            <TextArea context={context} name="items" label={text.items} hint={text.all} rows={3} />
            <TextArea context={context} name="reason" label={text.reason} rows={3} />
            <Field context={context} name="review" label={text.review} placeholder="YYYY-MM-DD" />
            <Button>{text.place}</Button>
          </Form>
        ) : null}
      </>,
    );
  }

  async function incidentsPage(
    context: ServerContext,
    desk: Desk,
    problem?: string,
  ): Promise<Response> {
    const { language } = context.var;
    const text = say(words, language);
    const lines = await rights.incidents.list();
    return deskPage(
      context,
      desk,
      { title: text.incidents, path: "/console/incidents", problem },
      <>
        <Table
          caption={text.incidents}
          columns={[text.number, text.what, text.aware, text.state, text.toldCount]}
          numbers={[4]}
          rows={lines.map(({ id, number, title, incident, told }) => [
            <a href={`/console/incidents/${id}`}>{number}</a>,
            title,
            formatTime(incident.awareMs, language),
            incident.status,
            String(told),
          ])}
        />
        {desk.mayChange ? (
          <Form context={context} action="/console/incidents">
            <Field context={context} name="title" label={text.incidentTitle} maxlength={200} />
            <Field
              context={context}
              name="aware"
              label={text.aware}
              placeholder="YYYY-MM-DDThh:mmZ"
              optional
            />
            <Checkbox name="drill" label={text.drill} />
            <Button>{text.recordIncident}</Button>
          </Form>
        ) : null}
      </>,
    );
  }

  async function incidentPage(
    context: ServerContext,
    desk: Desk,
    id: string,
    problem?: string,
  ): Promise<Response> {
    const line = await rights.incidents.find(id);
    if (line === undefined) return notFoundPage(context);
    const { language } = context.var;
    const text = say(words, language);
    const { incident, clocks, events, number, title, told } = line;
    const own = `/console/incidents/${id}`;
    const one = (event: string, field: string, label: string) => (
      <Form context={context} action={`${own}/${event}`}>
        <TextArea context={context} name={field} label={label} rows={3} />
        <Button kind="quiet">{label}</Button>
      </Form>
    );
    return deskPage(
      context,
      desk,
      { title: `${number} · ${title}`, path: own, problem },
      <>
        {incident.drill ? <Banner tone="info" title={text.drill} /> : null}
        <Facts
          facts={[
            [text.state, incident.status],
            [text.aware, formatTime(incident.awareMs, language)],
            [text.risk, incident.risk ?? "–"],
            [text.toldCount, String(told)],
          ]}
        />
        <section>
          <h2>{text.clocks}</h2>
          <Table
            caption={text.clocks}
            columns={[text.what, text.region, text.due]}
            rows={clocks.map(({ task, region, deadline, done }) => [
              task,
              regimes[region].title[language],
              done ? (
                <Chip tone="good">✓</Chip>
              ) : (
                <>
                  {formatTime(deadline.dueMs, language)}{" "}
                  <DeadlineChip dueMs={deadline.dueMs} nowMs={now()} language={language} />
                </>
              ),
            ])}
          />
        </section>
        <section>
          <h2>{text.timeline}</h2>
          <Table
            caption={text.timeline}
            columns={[text.when, text.what]}
            rows={events.map(({ atMs, kind }) => [formatTime(atMs, language), kind])}
          />
        </section>
        {desk.mayChange && incident.status !== "closed" ? (
          <div class="stack">
            <Form context={context} action={`${own}/assess`}>
              <Select
                context={context}
                name="risk"
                label={text.risk}
                options={["none", "some", "high"].map((risk) => [risk, risk])}
              />
              <Select
                context={context}
                name="grade"
                label={text.grade}
                options={["minor", "significant"].map((grade) => [grade, grade])}
              />
              <Field context={context} name="regions" label={text.regions} />
              <TextArea context={context} name="items" label={text.affected} rows={3} />
              <TextArea context={context} name="reason" label={text.reason} rows={3} />
              <Button>{text.assess}</Button>
            </Form>
            {["authority", "report"].map((event) => (
              <Form context={context} action={`${own}/${event}`}>
                <Select
                  context={context}
                  name="region"
                  label={text.region}
                  options={(Object.keys(regimes) as Region[]).map((region) => [
                    region,
                    regimes[region].title[language],
                  ])}
                />
                {event === "authority" ? (
                  <Field context={context} name="delay" label={text.delay} optional />
                ) : null}
                <Button kind="quiet">{event === "authority" ? text.notified : text.report}</Button>
              </Form>
            ))}
            <Form context={context} action={`${own}/tell`}>
              {[...noticeParts, "cause" as const].flatMap((part) =>
                (["en", "zh"] as const).map((each) => (
                  <TextArea
                    context={context}
                    name={`${part}-${each}`}
                    label={`${part} (${each})`}
                    rows={2}
                    optional={part === "cause"}
                  />
                )),
              )}
              <Button>{text.tell}</Button>
            </Form>
            {one("exempt", "reason", text.exempt)}
            {one("contain", "measures", text.contain)}
            {one("close", "lessons", text.close)}
          </div>
        ) : null}
      </>,
    );
  }
}

function toDate(word: string): number | undefined {
  const ms = Date.parse(word);
  return Number.isNaN(ms) ? undefined : ms;
}

function toProduct(word: string | undefined): ProductKey {
  return (Object.keys(products) as ProductKey[]).find((key) => key === word) ?? "service";
}

function purposeTitle(key: string, language: "en" | "zh"): string {
  return Object.hasOwn(purposes, key) ? purposes[key as PurposeKey].title[language] : key;
}

function nameOf(key: string, language: "en" | "zh"): string {
  if (key === "provided" || key === "observed") return words[key][language];
  return Object.hasOwn(recipients, key)
    ? recipients[key as RecipientKey].title[language]
    : purposeTitle(key, language);
}

function toNotice(fields: Readonly<Record<string, string>>): IncidentNotice {
  const part = (name: string) => ({
    en: fields[`${name}-en`] ?? "",
    zh: fields[`${name}-zh`] ?? "",
  });
  const cause = part("cause");
  return {
    basics: part("basics"),
    impact: part("impact"),
    measures: part("measures"),
    advice: part("advice"),
    remedies: part("remedies"),
    contact: part("contact"),
    ...(cause.en === "" ? {} : { cause }),
  };
}

/** What a form of the console means, in the words of the state machine. */
function toIncidentEvent(
  name: string,
  fields: Readonly<Record<string, string>>,
  atMs: number,
): IncidentEvent | undefined {
  const field = (key: string): string => fields[key] ?? "";
  const region =
    (Object.keys(regimes) as Region[]).find((each) => each === field("region")) ?? "other";
  switch (name) {
    case "assess":
      return {
        kind: "assessed",
        atMs,
        risk: (["none", "some", "high"] as const).find((risk) => risk === field("risk")) ?? "high",
        grade: field("grade") === "minor" ? "minor" : "significant",
        items: field("items").split(/\s+/).filter(isItemKey),
        regions: (Object.keys(regimes) as Region[]).filter((each) =>
          field("regions").split(/\W+/).includes(each),
        ),
        reason: field("reason"),
      };
    case "authority":
      return { kind: "authority-notified", atMs, region, delayReason: field("delay") };
    case "report":
      return { kind: "final-report", atMs, region };
    case "exempt":
      return { kind: "people-exempt", atMs, exemption: "unreadable", reason: field("reason") };
    case "contain":
      return { kind: "contained", atMs, measures: field("measures") };
    case "close":
      return { kind: "closed", atMs, lessons: field("lessons") };
    default:
      return undefined;
  }
}
