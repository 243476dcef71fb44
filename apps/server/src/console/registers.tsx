/** The console's registers: retention, consents, the record of processing and the audit trail. */
import {
  dataMap,
  everyone,
  processingRecord,
  type ProductKey,
  products,
  purposes,
  type PurposeKey,
  recipients,
  type RecipientKey,
  toRecordCsv,
} from "@cloud-code/policy";
import { sql } from "drizzle-orm";
import { Hono } from "hono";
import type { ServerContext, ServerEnv } from "../environment.ts";
import type { AuditAction } from "../audit/trail.ts";
import {
  ActionButton,
  Banner,
  Button,
  Facts,
  Field,
  Moment,
  pageTitle,
  Table,
} from "../pages/components.tsx";
import { say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import type { Services } from "../services.ts";
import { describeDetail } from "./about.ts";
import { Bars, DataMapChart } from "./charts.tsx";
import { type Desk, deskPage, enter, enterToChange } from "./desk.tsx";
import { createSubjectFinder } from "./subject.ts";
import { actionTitles, answerTitles, words } from "./words.ts";

/** The pages. */
export function registerRoutes({
  rights,
  database,
  config,
  now,
}: Pick<Services, "database" | "config" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const findSubject = createSubjectFinder(database, rights);

  app.get("/console/retention", async (context) => {
    const desk = await enter(context, rights);
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const due = await rights.retention.dryRun();
    const later = await rights.retention.dryRun(now() + 30 * 86_400_000);
    const byTable = sumBy(later.lines);
    const certificates = await rights.retention.certificates(20);
    return deskPage(
      context,
      desk,
      {
        title: text.retention,
        path: "/console/retention",
        lead: text.overdueLead,
        shows: "nobody",
      },
      <>
        <section class="stack">
          <h2 id="list-overdue">{text.overdue}</h2>
          {due.lines.length === 0 ? <p>{text.nothingOverdue}</p> : null}
          {due.lines.length === 0 ? null : (
            <Table
              labelledBy="list-overdue"
              columns={[text.table, text.item, text.rows, text.held]}
              numbers={[2, 3]}
              rows={due.lines.map(({ table, item, rows, held }) => [
                table,
                item,
                String(rows),
                String(held),
              ])}
            />
          )}
          {desk.mayChange ? (
            <ActionButton context={context} action="/console/retention" label={text.sweepNow} />
          ) : null}
        </section>
        <section class="stack">
          <h2 id="list-within">{text.within}</h2>
          {byTable.length === 0 ? <p>{text.noEntries}</p> : null}
          {byTable.length === 0 ? null : (
            <>
              <Bars title={text.within} bars={byTable} />
              <Table
                labelledBy="list-within"
                columns={[text.table, text.rows]}
                numbers={[1]}
                rows={byTable.map(([table, rows]) => [table, String(rows)])}
              />
            </>
          )}
        </section>
        <section class="stack">
          <h2 id="list-certificates">{text.certificates}</h2>
          {certificates.length === 0 ? <p>{text.noEntries}</p> : null}
          <Table
            labelledBy="list-certificates"
            columns={[text.when, text.rows, text.held]}
            numbers={[1, 2]}
            rows={certificates.map(({ at, counts }) => [
              <Moment atMs={at.getTime()} reader={reader} />,
              String(counts.reduce((sum, { rows }) => sum + rows, 0)),
              String(counts.reduce((sum, { held }) => sum + held, 0)),
            ])}
          />
        </section>
      </>,
    );
  });
  app.post("/console/retention", async (context) => {
    const { actor } = await enterToChange(context, rights);
    await rights.retention.sweep(actor);
    return context.redirect("/console/retention", 303);
  });

  app.get("/console/consents", async (context) => {
    const desk = await enter(context, rights);
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const typed = (context.req.query("pseudonym") ?? "").trim();
    const pseudonym = typed === "" ? undefined : await findSubject(typed);
    const history = pseudonym === undefined ? [] : await rights.ledger.history(pseudonym);
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
        [
          `${purposeTitle(purpose, language)} · ${answerTitle(answer, language)}`,
          Number(count),
        ] as const,
    );
    return deskPage(
      context,
      desk,
      {
        title: text.consents,
        path: "/console/consents",
        shows:
          typed === ""
            ? "nobody"
            : { what: "consents", subject: pseudonym, purpose: "prove-consent" },
      },
      <>
        <form method="get" action="/console/consents" class="form">
          <Field context={context} name="pseudonym" label={text.pseudonym} value={typed} />
          <Button>{text.search}</Button>
        </form>
        {typed !== "" && history.length === 0 ? <p>{text.noEntries}</p> : null}
        {history.length === 0 ? null : (
          <Table
            caption={<span class="visually-hidden">{pseudonym}</span>}
            columns={[text.when, text.purpose, text.answer]}
            rows={history.map(({ atMs, purpose, answer }) => [
              <Moment atMs={atMs} reader={reader} />,
              purposeTitle(purpose, language),
              answerTitle(answer, language),
            ])}
          />
        )}
        <section class="stack">
          <h2 id="list-by-purpose">{text.byPurpose}</h2>
          <Bars title={text.byPurpose} bars={lines} />
          <Table
            labelledBy="list-by-purpose"
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
      { title: text.record, path: "/console/record", lead: record.controller, shows: "nobody" },
      <>
        <p class="actions">
          {(Object.keys(products) as ProductKey[]).map((key) => (
            <a href={`/console/record?product=${key}`}>{products[key].title[language]}</a>
          ))}
          <a href={`/console/record.csv?product=${product}`}>CSV</a>
          <a href={`/console/record.json?product=${product}`}>JSON</a>
        </p>
        <section class="stack">
          <h2 id="list-map">{text.map}</h2>
          <p>{text.mapLead}</p>
          <DataMapChart title={text.map} map={map} name={name} />
          <Table
            labelledBy="list-map"
            columns={[text.from, text.to, text.count]}
            numbers={[2]}
            rows={map.flows.map(({ from, to, count }) => [name(from), name(to), String(count)])}
          />
        </section>
        {record.activities.map((activity) => (
          <section class="stack">
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
    const reader = context.var;
    const text = say(words, language);
    const entries = await rights.trail.newest(200);
    return deskPage(
      context,
      desk,
      {
        title: text.trail,
        path: "/console/trail",
        shows: { what: "trail", purpose: "keep-records" },
      },
      <>
        {found === undefined ? null : <Banner tone={found.tone} title={found.title} announce />}
        <ActionButton context={context} action="/console/trail" label={text.verify} />
        <Table
          labelledBy={pageTitle}
          columns={[
            text.number,
            text.when,
            text.actor,
            text.action,
            text.details,
            text.subject,
            text.purpose,
          ]}
          rows={entries.map(({ number, at, actor, action, subject, purpose, detail }) => [
            String(number),
            <Moment atMs={at.getTime()} reader={reader} />,
            actor.slice(0, 8),
            actionTitle(action, language),
            describeDetail(detail, language),
            subject === null || subject === everyone ? (
              (subject ?? "–")
            ) : (
              <a href={`/console/consents?pseudonym=${encodeURIComponent(subject)}`}>
                {subject.slice(0, 8)}
              </a>
            ),
            purposeTitle(purpose, language),
          ])}
        />
      </>,
    );
  }
}

/** Rows by table. */
function sumBy(
  lines: readonly { readonly table: string; readonly rows: number }[],
): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const { table, rows } of lines) sums.set(table, (sums.get(table) ?? 0) + rows);
  return [...sums].filter(([, rows]) => rows > 0);
}

function toProduct(word: string | undefined): ProductKey {
  return (Object.keys(products) as ProductKey[]).find((key) => key === word) ?? "service";
}

function actionTitle(action: string, language: "en" | "zh"): string {
  return Object.hasOwn(actionTitles, action)
    ? actionTitles[action as AuditAction][language]
    : action;
}

function answerTitle(answer: string, language: "en" | "zh"): string {
  return answer === "given" || answer === "refused" || answer === "withdrawn"
    ? answerTitles[answer][language]
    : answer;
}

function purposeTitle(key: string, language: "en" | "zh"): string {
  return Object.hasOwn(purposes, key) ? purposes[key as PurposeKey].title[language] : key;
}

const origins = ["provided", "observed", "received", "workspace"] as const;

function nameOf(key: string, language: "en" | "zh"): string {
  const origin = origins.find((each) => each === key);
  if (origin !== undefined) return words[origin][language];
  return Object.hasOwn(recipients, key)
    ? recipients[key as RecipientKey].title[language]
    : purposeTitle(key, language);
}
