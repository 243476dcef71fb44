/** The console's pages of transfers and disclosures. */
import {
  chinaThresholds,
  inventory,
  isItemKey,
  type ItemKey,
  recipients,
  regimes,
  toCsv,
} from "@cloud-code/policy";
import { Hono } from "hono";
import { z } from "zod";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import {
  Banner,
  Button,
  Chip,
  Day,
  Facts,
  Field,
  Form,
  Moment,
  pageTitle,
  Select,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { readDay, type Reader, say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import type { Services } from "../services.ts";
import { Bars } from "./charts.tsx";
import { createSubjectFinder } from "./subject.ts";
import { type Desk, deskPage, enter, enterToChange, noteView, type View } from "./desk.tsx";
import { describeProblems, receivers, titleOf } from "./receivers.ts";
import { transferProblems } from "./problems.ts";
import { groundTitles, words } from "./words.ts";

const shownRows = 200;
const exportedRows = 100_000;
const transferView = { what: "transfers", purpose: "keep-records" } as const satisfies View;
const disclosureView = { what: "disclosures", purpose: "keep-records" } as const satisfies View;

const country = z
  .string()
  .trim()
  .regex(/^[A-Z]{2}$/);
/** A day as a form has it, read as the moment at which it begins at the operator's. */
function daySchema(reader: Pick<Reader, "timeZone">) {
  return z.iso.date().transform((text) => readDay(text, reader) ?? z.NEVER);
}

/** The pages. */
export function transferRoutes({
  rights: { transfers, ...rights },
  database,
  now,
}: Pick<Services, "database" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const findSubject = createSubjectFinder(database, rights);

  app.get("/console/transfers", async (context) =>
    transfersPage(context, await enter(context, rights)),
  );
  app.post("/console/transfers/place", async (context) => {
    const desk = await enterToChange(context, rights);
    const form = await readForm(
      context,
      z.object({ recipient: z.enum(receivers), country, origin: z.url() }),
    );
    if (form.kind === "invalid")
      return transfersPage(context, desk, describeProblems(form.problems, context.var.language));
    await transfers.place(form.value.recipient, form.value.country, form.value.origin, desk.actor);
    return context.redirect("/console/transfers", 303);
  });
  app.post("/console/transfers/agree", async (context) => {
    const desk = await enterToChange(context, rights);
    const form = await readForm(
      context,
      z
        .object({
          recipient: z.enum(receivers),
          kind: z.enum(["clauses", "security-assessment"]),
          reference: z.string().trim().min(1),
          assessment: z.string().trim(),
          signed: daySchema(context.var),
          ends: z.union([z.literal("").transform(() => undefined), daySchema(context.var)]),
        })
        .refine(({ kind, assessment }) => kind !== "clauses" || assessment !== "", {
          path: ["assessment"],
        })
        .refine(({ kind, ends }) => kind === "clauses" || ends !== undefined, { path: ["ends"] }),
    );
    if (form.kind === "invalid")
      return transfersPage(context, desk, describeProblems(form.problems, context.var.language));
    const { recipient, kind, reference, assessment, signed: signedMs, ends: endsMs } = form.value;
    await transfers.agree(
      recipient,
      kind === "clauses"
        ? { kind, reference, assessment, signedMs, endsMs }
        : { kind, reference, signedMs, endsMs: endsMs ?? signedMs },
      desk.actor,
    );
    return context.redirect("/console/transfers", 303);
  });
  app.get("/console/transfers.csv", async (context) => {
    await noteView(await enter(context, rights), transferView);
    const rows = await transfers.register(exportedRows);
    return csv(context, "transfers", [
      ["at", "subject", "from", "recipient", "country", "items", "ground", "refusal"],
      ...rows.map(({ at, subject, fromRegion, recipient, country: to, items, ground, refusal }) => [
        at.toISOString(),
        subject,
        fromRegion ?? "",
        recipient,
        to,
        items.join(" "),
        ground ?? "",
        refusal ?? "",
      ]),
    ]);
  });

  app.get("/console/disclosures", async (context) =>
    disclosuresPage(context, await enter(context, rights)),
  );
  app.post("/console/disclosures", async (context) => {
    const desk = await enterToChange(context, rights);
    const form = await readForm(
      context,
      z
        .object({
          recipient: z.enum(receivers),
          subject: z.string().trim(),
          // A word that is no item is refused and not left out: the register would say less than was given.
          items: z
            .string()
            .transform((text) => text.split(/[\s,]+/).filter((key) => key !== ""))
            .refine((keys): keys is ItemKey[] => keys.every(isItemKey)),
          reference: z.string().trim().min(1),
          told: z.enum(["yes", "no"]),
          because: z.string().trim(),
        })
        .refine(({ items }) => items.length > 0, { path: ["items"] })
        .refine(({ told, because }) => told === "yes" || because !== "", { path: ["because"] }),
    );
    if (form.kind === "invalid")
      return disclosuresPage(context, desk, describeProblems(form.problems, context.var.language));
    const { recipient, subject: typed, items, reference, told, because } = form.value;
    const subject = typed === "" ? undefined : await findSubject(typed);
    if (typed !== "" && subject === undefined)
      return disclosuresPage(
        context,
        desk,
        describeProblems({ subject: typed }, context.var.language),
      );
    await transfers.disclose(
      {
        recipient,
        subject,
        items,
        reference,
        told: told === "yes" ? { atMs: now() } : { because },
      },
      desk.actor,
    );
    return context.redirect("/console/disclosures", 303);
  });
  app.get("/console/disclosures.csv", async (context) => {
    await noteView(await enter(context, rights), disclosureView);
    const rows = await transfers.disclosed(exportedRows);
    return csv(context, "disclosures", [
      ["at", "recipient", "subject", "items", "reference", "told at", "not told because"],
      ...rows.map(({ at, recipient, subject, items, reference, toldAt, untold }) => [
        at.toISOString(),
        recipient,
        subject ?? "",
        items.join(" "),
        reference,
        toldAt?.toISOString() ?? "",
        untold ?? "",
      ]),
    ]);
  });

  return app;

  async function transfersPage(
    context: ServerContext,
    desk: Desk,
    problem?: string,
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const [targets, agreements, register, china] = [
      await transfers.targets(),
      await transfers.agreements(),
      await transfers.register(shownRows),
      await transfers.china(),
    ];
    const options = receivers.map((key) => [key, recipients[key].title[language]] as const);
    return deskPage(
      context,
      desk,
      {
        title: text.transfers,
        path: "/console/transfers",
        lead: text.transfersLead,
        shows: transferView,
        problem,
      },
      <>
        <section class="stack">
          <h2 id="list-places">{text.places}</h2>
          <Table
            labelledBy="list-places"
            columns={[text.recipient, text.country, text.address]}
            rows={receivers.map((key) => {
              const target = targets.find(({ recipient }) => recipient === key);
              return [
                recipients[key].title[language],
                target?.country ?? <Chip tone="warn">{text.unknownPlace}</Chip>,
                target?.origin ?? "–",
              ];
            })}
          />
          {desk.mayChange ? (
            <details>
              <summary>{text.setPlace}</summary>
              <Form context={context} action="/console/transfers/place">
                <Select
                  context={context}
                  id="placed-recipient"
                  name="recipient"
                  label={text.recipient}
                  options={options}
                />
                <Field
                  context={context}
                  name="country"
                  label={text.country}
                  hint={text.countryHint}
                  maxlength={2}
                />
                <Field
                  context={context}
                  name="origin"
                  type="url"
                  label={text.address}
                  placeholder="https://"
                />
                <Button>{text.setPlace}</Button>
              </Form>
            </details>
          ) : null}
        </section>
        <section class="stack">
          <h2 id="list-mechanisms">{text.mechanisms}</h2>
          {agreements.length === 0 ? <p>{text.noMechanisms}</p> : null}
          {agreements.length === 0 ? null : (
            <Table
              labelledBy="list-mechanisms"
              columns={[
                text.recipient,
                text.mechanism,
                text.reference,
                text.assessment,
                text.signed,
                text.ends,
              ]}
              rows={agreements.map(
                ({ recipient, kind, reference, assessment, signedAt, endsAt }) => [
                  titleOf(recipient, language),
                  groundTitles[kind][language],
                  reference,
                  assessment || "–",
                  <Day atMs={signedAt.getTime()} reader={reader} />,
                  endsAt === null ? "–" : <Day atMs={endsAt.getTime()} reader={reader} />,
                ],
              )}
            />
          )}
          {desk.mayChange ? (
            <details>
              <summary>{text.addMechanism}</summary>
              <Form context={context} action="/console/transfers/agree">
                <Select
                  context={context}
                  name="recipient"
                  label={text.recipient}
                  options={options}
                />
                <Select
                  context={context}
                  name="kind"
                  label={text.mechanism}
                  options={(["clauses", "security-assessment"] as const).map((kind) => [
                    kind,
                    groundTitles[kind][language],
                  ])}
                />
                <Field context={context} name="reference" label={text.reference} />
                <Field
                  context={context}
                  name="assessment"
                  label={text.assessment}
                  hint={text.assessmentHint}
                  optional
                />
                <Field
                  context={context}
                  name="signed"
                  label={text.signed}
                  placeholder="YYYY-MM-DD"
                />
                <Field
                  context={context}
                  name="ends"
                  label={text.ends}
                  placeholder="YYYY-MM-DD"
                  optional
                />
                <Button>{text.addMechanism}</Button>
              </Form>
            </details>
          ) : null}
        </section>
        <section class="stack">
          <h2>{text.china}</h2>
          <p>{text.chinaLead}</p>
          {china.warning ? <Banner tone="warn" title={text.chinaWarning} /> : null}
          <Bars
            title={text.china}
            bars={[
              [text.chinaPeople, china.people],
              [text.chinaSensitive, china.sensitivePeople],
            ]}
          />
          <Facts
            facts={[
              [text.chinaTier, groundTitles[china.tier][language]],
              [text.chinaPeople, `${china.people} / ${chinaThresholds.exemptBelow}`],
              [
                text.chinaSensitive,
                `${china.sensitivePeople} / ${chinaThresholds.sensitiveAssessmentFrom}`,
              ],
            ]}
          />
        </section>
        <section class="stack">
          <h2 id="list-register">{text.register}</h2>
          <p>{text.registerLead}</p>
          {register.length === 0 ? <p>{text.noEntries}</p> : null}
          {register.length === 0 ? null : (
            <Table
              labelledBy="list-register"
              columns={[
                text.when,
                text.subject,
                text.region,
                text.recipient,
                text.country,
                text.outcome,
              ]}
              rows={register.map(
                ({ at, subject, fromRegion, recipient, country: to, ground, refusal }) => [
                  <Moment atMs={at.getTime()} reader={reader} />,
                  subject.slice(0, 8),
                  fromRegion === null ? "–" : regimes[fromRegion].title[language],
                  titleOf(recipient, language),
                  to,
                  <Chip tone={ground === null ? "bad" : "good"}>
                    {outcomeOf(ground, refusal, language)}
                  </Chip>,
                ],
              )}
            />
          )}
          <p>
            <a href="/console/transfers.csv">CSV</a>
          </p>
        </section>
      </>,
    );
  }

  async function disclosuresPage(
    context: ServerContext,
    desk: Desk,
    problem?: string,
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const rows = await transfers.disclosed(shownRows);
    return deskPage(
      context,
      desk,
      {
        title: text.disclosures,
        path: "/console/disclosures",
        lead: text.disclosuresLead,
        shows: disclosureView,
        problem,
      },
      <>
        {rows.length === 0 ? <p>{text.noEntries}</p> : null}
        {rows.length === 0 ? null : (
          <Table
            labelledBy={pageTitle}
            columns={[
              text.when,
              text.recipient,
              text.subject,
              text.items,
              text.reference,
              text.told,
            ]}
            rows={rows.map(({ at, recipient, subject, items, reference, toldAt, untold }) => [
              <Moment atMs={at.getTime()} reader={reader} />,
              titleOf(recipient, language),
              subject?.slice(0, 8) ?? "–",
              items.map((key) => titleOfItem(key, language)).join(", "),
              reference,
              toldAt === null ? (
                `${text.notTold}: ${untold ?? ""}`
              ) : (
                <Day atMs={toldAt.getTime()} reader={reader} />
              ),
            ])}
          />
        )}
        <p>
          <a href="/console/disclosures.csv">CSV</a>
        </p>
        {desk.mayChange ? (
          <section class="stack">
            <h2>{text.recordDisclosure}</h2>
            <Form context={context} action="/console/disclosures">
              <Select
                context={context}
                name="recipient"
                label={text.recipient}
                options={receivers.map((key) => [key, recipients[key].title[language]])}
              />
              <Field
                context={context}
                name="subject"
                label={text.subject}
                hint={text.whose}
                optional
              />
              <TextArea
                context={context}
                name="items"
                label={text.items}
                hint={text.itemsHint}
                rows={2}
              />
              <Field
                context={context}
                name="reference"
                label={text.reference}
                hint={text.referenceHint}
              />
              <Select
                context={context}
                name="told"
                label={text.told}
                options={[
                  ["yes", text.toldNow],
                  ["no", text.notTold],
                ]}
              />
              <Field context={context} name="because" label={text.untold} optional />
              <Button>{text.recordDisclosure}</Button>
            </Form>
          </section>
        ) : null}
      </>,
    );
  }
}

function csv(context: ServerContext, name: string, rows: readonly (readonly string[])[]): Response {
  context.header("cache-control", "no-store");
  context.header("content-disposition", `attachment; filename="${name}.csv"`);
  context.header("content-type", "text/csv; charset=utf-8");
  return context.body(toCsv(rows));
}

function titleOfItem(key: string, language: "en" | "zh"): string {
  return isItemKey(key) ? inventory[key].title[language] : key;
}

function outcomeOf(ground: string | null, refusal: string | null, language: "en" | "zh"): string {
  const titles: Readonly<Record<string, { readonly en: string; readonly zh: string }>> =
    ground === null ? transferProblems : groundTitles;
  const word = ground ?? refusal ?? "";
  return titles[word]?.[language] ?? word;
}
