/** The console's pages about incidents: the register, and one incident from its record to its end. */
import {
  type IncidentEvent,
  type IncidentNotice,
  inventory,
  isItemKey,
  type ItemKey,
  noticeParts,
  noticeTitles,
  printIncidentNotice,
  regimes,
  type Region,
} from "@cloud-code/policy";
import { Hono } from "hono";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields } from "../forms.tsx";
import type { IncidentLine } from "../incidents/store.ts";
import {
  Banner,
  Button,
  Checkbox,
  Chip,
  DeadlineChip,
  Facts,
  Field,
  Form,
  Moment,
  pageTitle,
  Select,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { readMoment, say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import type { Services } from "../services.ts";
import { type Desk, deskPage, enter, enterToChange } from "./desk.tsx";
import { incidentProblems } from "./problems.ts";
import {
  exemptionTitles,
  gradeTitles,
  incidentEventTitles,
  incidentStatusTitles,
  riskTitles,
  taskTitles,
  words,
} from "./words.ts";

const regions = Object.keys(regimes) as readonly Region[];

/** What the service really keeps, so what an incident can touch. */
const touchable: readonly ItemKey[] = (Object.keys(inventory) as ItemKey[]).filter((key) => {
  const item = inventory[key];
  return item.product === "service" && item.state !== "refused" && item.personal;
});

/** The pages. */
export function incidentRoutes({
  rights: { incidents, ...rights },
  config,
  now,
}: Pick<Services, "config" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get("/console/incidents", async (context) =>
    listPage(context, await enter(context, rights), {}),
  );
  app.post("/console/incidents", async (context) => {
    const desk = await enterToChange(context, rights);
    const { title = "", aware = "", drill } = await readFields(context);
    const text = say(words, context.var.language);
    const atMs = now();
    const awareMs = aware.trim() === "" ? atMs : readMoment(aware, context.var);
    if (title.trim() === "") return listPage(context, desk, { problem: text.titleMissing });
    if (awareMs === undefined) return listPage(context, desk, { problem: text.badMoment });
    const moved = await incidents.record(
      title.slice(0, 200),
      { kind: "recorded", atMs, awareMs, drill: drill === "yes" },
      desk.actor,
    );
    return moved.kind === "done"
      ? context.redirect(`/console/incidents/${moved.id}`, 303)
      : listPage(context, desk, {
          problem: incidentProblems[moved.because][context.var.language],
        });
  });
  app.get("/console/incidents/:id", async (context) =>
    onePage(context, await enter(context, rights), context.req.param("id"), {}),
  );
  app.post("/console/incidents/:id/:event", async (context) => {
    const desk = await enterToChange(context, rights);
    const { id, event: name } = context.req.param();
    const fields = await readFields(context);
    const event = name === "tell" ? undefined : toIncidentEvent(name, fields, now());
    if (event === undefined && name !== "tell") return notFoundPage(context);
    const moved =
      event === undefined
        ? await incidents.notifyPeople(id, toNotice(fields), desk.actor)
        : await incidents.move(id, event, desk.actor);
    return moved.kind === "done"
      ? context.redirect(`/console/incidents/${id}`, 303)
      : onePage(context, desk, id, {
          entered: fields,
          problem: incidentProblems[moved.because][context.var.language],
        });
  });
  return app;

  async function listPage(
    context: ServerContext,
    desk: Desk,
    { problem }: { readonly problem?: string },
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const lines = await incidents.list();
    return deskPage(
      context,
      desk,
      {
        title: text.incidents,
        path: "/console/incidents",
        lead: text.incidentsLead,
        shows: "nobody",
        problem,
      },
      <>
        {lines.length === 0 ? <p>{text.noIncidents}</p> : null}
        {lines.length === 0 ? null : (
          <Table
            labelledBy={pageTitle}
            columns={[text.number, text.what, text.aware, text.state, text.toldCount]}
            numbers={[4]}
            rows={lines.map(({ id, number, title, incident, told }) => [
              <a href={`/console/incidents/${id}`}>{number}</a>,
              <>
                {title} {incident.drill ? <Chip tone="info">{text.exercise}</Chip> : null}
              </>,
              <Moment atMs={incident.awareMs} reader={reader} />,
              incidentStatusTitles[incident.status][language],
              String(told),
            ])}
          />
        )}
        {desk.mayChange ? (
          <section class="stack">
            <h2>{text.recordIncident}</h2>
            <Form context={context} action="/console/incidents">
              <Field context={context} name="title" label={text.incidentTitle} maxlength={200} />
              <Field
                context={context}
                name="aware"
                label={text.aware}
                hint={text.awareHint.replace("{}", context.var.timeZone)}
                placeholder={`${new Date(now()).toISOString().slice(0, 16)}Z`}
                optional
              />
              <Checkbox name="drill" label={text.drill} />
              <Button>{text.recordIncident}</Button>
            </Form>
          </section>
        ) : null}
      </>,
    );
  }

  async function onePage(
    context: ServerContext,
    desk: Desk,
    id: string,
    {
      problem,
      entered = {},
    }: { readonly problem?: string; readonly entered?: Readonly<Record<string, string>> },
  ): Promise<Response> {
    const line = await incidents.find(id);
    if (line === undefined) return notFoundPage(context);
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const { incident, clocks, events, number, title, told } = line;
    const own = `/console/incidents/${id}`;
    const concerned =
      incident.items.length === 0 ? undefined : await incidents.count(incident.items);
    return deskPage(
      context,
      desk,
      { title: `${number} · ${title}`, path: own, shows: "nobody", problem },
      <>
        {incident.drill ? <Banner tone="info" title={text.drill} /> : null}
        <Facts
          facts={[
            [text.state, incidentStatusTitles[incident.status][language]],
            [text.aware, <Moment atMs={incident.awareMs} reader={reader} />],
            [text.risk, incident.risk === undefined ? "–" : riskTitles[incident.risk][language]],
            [
              text.affected,
              incident.items.map((key) => inventory[key].title[language]).join(", ") || "–",
            ],
            [text.concerned, concerned === undefined ? "–" : String(concerned)],
            [text.toldCount, String(told)],
          ]}
        />
        <section class="stack">
          <h2 id="list-clocks">{text.clocks}</h2>
          {clocks.length === 0 ? <p>{text.none}</p> : null}
          {clocks.length === 0 ? null : (
            <Table
              labelledBy="list-clocks"
              columns={[text.what, text.region, text.due]}
              rows={clocks.map(({ task, region, deadline, done }) => [
                taskTitles[task][language],
                regimes[region].title[language],
                done ? (
                  <Chip tone="good">{text.doneChip}</Chip>
                ) : (
                  <>
                    <Moment atMs={deadline.dueMs} reader={reader} />{" "}
                    <DeadlineChip dueMs={deadline.dueMs} nowMs={now()} reader={reader} />
                  </>
                ),
              ])}
            />
          )}
        </section>
        <section class="stack">
          <h2 id="list-timeline">{text.timeline}</h2>
          <Table
            labelledBy="list-timeline"
            columns={[text.when, text.what]}
            rows={events.map((event) => [
              <Moment atMs={event.atMs} reader={reader} />,
              `${incidentEventTitles[event.kind][language]}${describe(event, language)}`,
            ])}
          />
        </section>
        <Notice line={line} language={language} />
        {desk.mayChange && incident.status !== "closed" ? (
          <Steps context={context} line={line} own={own} entered={entered} />
        ) : null}
      </>,
    );
  }

  /** The forms, in the order in which they are usually needed. */
  function Steps({
    context,
    line: { incident, clocks },
    own,
    entered,
  }: {
    readonly context: ServerContext;
    readonly line: IncidentLine;
    readonly own: string;
    readonly entered: Readonly<Record<string, string>>;
  }) {
    const { language } = context.var;
    const text = say(words, language);
    const waiting = (task: string): readonly Region[] =>
      clocks.filter((clock) => clock.task === task && !clock.done).map(({ region }) => region);
    const regionOptions = (keys: readonly Region[]) =>
      keys.map((each) => [each, regimes[each].title[language]] as const);
    const [untold, unreported] = [waiting("notify-authority"), waiting("final-report")];
    return (
      <div class="stack-wide">
        <section class="stack">
          <h2>{text.assess}</h2>
          <Form context={context} action={`${own}/assess`}>
            <Select
              context={context}
              name="risk"
              label={text.risk}
              value={entered["risk"] ?? incident.risk ?? "high"}
              options={(["none", "some", "high"] as const).map((risk) => [
                risk,
                riskTitles[risk][language],
              ])}
            />
            <Select
              context={context}
              name="grade"
              label={text.grade}
              value={
                entered["grade"] ?? (incident.risk === undefined ? "significant" : incident.grade)
              }
              options={(["minor", "significant"] as const).map((grade) => [
                grade,
                gradeTitles[grade][language],
              ])}
            />
            <fieldset>
              <legend>{text.regions}</legend>
              <div class="stack">
                {regions.map((each) => (
                  <Checkbox
                    name={`region-${each}`}
                    label={regimes[each].title[language]}
                    checked={
                      entered[`region-${each}`] === "yes" ||
                      incident.regions?.includes(each) === true
                    }
                  />
                ))}
              </div>
            </fieldset>
            <details open={incident.items.length === 0}>
              <summary>{text.affected}</summary>
              <fieldset>
                <legend class="visually-hidden">{text.affected}</legend>
                <div class="stack">
                  {touchable.map((key) => (
                    <Checkbox
                      name={`item-${key}`}
                      label={inventory[key].title[language]}
                      checked={entered[`item-${key}`] === "yes" || incident.items.includes(key)}
                    />
                  ))}
                </div>
              </fieldset>
            </details>
            <TextArea
              context={context}
              name="reason"
              label={text.reasonInside}
              rows={3}
              value={entered["reason"]}
            />
            <Button>{text.assess}</Button>
          </Form>
        </section>
        {untold.length === 0 ? null : (
          <section class="stack">
            <h2>{text.notified}</h2>
            <Form context={context} action={`${own}/authority`}>
              <Select
                context={context}
                name="region"
                label={text.region}
                options={regionOptions(untold)}
              />
              <Field context={context} name="delay" label={text.delay} optional />
              <Button kind="quiet">{text.notified}</Button>
            </Form>
          </section>
        )}
        {incident.risk === undefined || incident.peopleTold ? null : (
          <section class="stack">
            <h2>{text.tell}</h2>
            <p>{incident.drill ? text.tellDrill : text.tellLead}</p>
            <Form context={context} action={`${own}/tell`} wide>
              {[...noticeParts, "cause" as const].flatMap((part) =>
                (["en", "zh"] as const).map((each) => (
                  <TextArea
                    context={context}
                    name={`${part}-${each}`}
                    label={`${noticeTitles[part][language]} (${each === "en" ? "English" : "中文"})`}
                    rows={2}
                    value={
                      entered[`${part}-${each}`] ??
                      (part === "contact" ? config.operator.contact[each] : "")
                    }
                    optional={part === "cause" && incident.regions?.includes("cn") !== true}
                  />
                )),
              )}
              <Button>{text.tell}</Button>
            </Form>
            <details>
              <summary>{text.exempt}</summary>
              <Form context={context} action={`${own}/exempt`}>
                <Select
                  context={context}
                  name="exemption"
                  label={text.because}
                  options={(["unreadable", "risk-removed", "public-notice"] as const).map(
                    (each) => [each, exemptionTitles[each][language]],
                  )}
                />
                <TextArea context={context} name="reason" label={text.reasonInside} rows={3} />
                <Button kind="quiet">{text.exempt}</Button>
              </Form>
            </details>
          </section>
        )}
        {incident.status === "contained" ? null : (
          <section class="stack">
            <h2>{text.contain}</h2>
            <Form context={context} action={`${own}/contain`}>
              <TextArea context={context} name="measures" label={text.measures} rows={3} />
              <Button kind="quiet">{text.contain}</Button>
            </Form>
          </section>
        )}
        {unreported.length === 0 ? null : (
          <section class="stack">
            <h2>{text.report}</h2>
            <Form context={context} action={`${own}/report`}>
              <Select
                context={context}
                name="region"
                label={text.region}
                options={regionOptions(unreported)}
              />
              <Button kind="quiet">{text.report}</Button>
            </Form>
          </section>
        )}
        {incident.status === "contained" ? (
          <section class="stack">
            <h2>{text.close}</h2>
            <Form context={context} action={`${own}/close`}>
              <TextArea
                context={context}
                name="lessons"
                label={text.lessons}
                rows={3}
                value={entered["lessons"]}
              />
              <Button kind="quiet">{text.close}</Button>
            </Form>
          </section>
        ) : null}
      </div>
    );
  }

  /** The notice as people got it, or in an exercise would have. */
  function Notice({
    line: { events, incident },
    language,
  }: {
    readonly line: IncidentLine;
    readonly language: "en" | "zh";
  }) {
    const sent = events.findLast((event) => event.kind === "people-notified");
    if (sent?.kind !== "people-notified") return null;
    return (
      <section class="stack">
        <h2>{words.sentNotice[language]}</h2>
        <pre tabindex={0}>{printIncidentNotice(sent.notice, language, incident.drill)}</pre>
      </section>
    );
  }
}

/** What an event says beside its name. */
function describe(event: IncidentEvent, language: "en" | "zh"): string {
  const said = ((): string => {
    switch (event.kind) {
      case "assessed":
        return `${riskTitles[event.risk][language]}. ${event.reason}`;
      case "authority-notified":
        return [regimes[event.region].title[language], event.delayReason ?? ""]
          .filter(Boolean)
          .join(". ");
      case "final-report":
        return regimes[event.region].title[language];
      case "people-exempt":
        return `${exemptionTitles[event.exemption][language]}. ${event.reason}`;
      case "contained":
        return event.measures;
      case "closed":
        return event.lessons;
      case "recorded":
      case "people-notified":
        return "";
    }
  })();
  return said.trim() === "" ? "" : ` · ${said}`;
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
    ...(cause.en === "" && cause.zh === "" ? {} : { cause }),
  };
}

/** What a form of the console means, in the words of the state machine. */
function toIncidentEvent(
  name: string,
  fields: Readonly<Record<string, string>>,
  atMs: number,
): IncidentEvent | undefined {
  const field = (key: string): string => fields[key] ?? "";
  const region = regions.find((each) => each === field("region"));
  const chosen = (prefix: string): readonly string[] =>
    Object.keys(fields).flatMap((key) =>
      key.startsWith(prefix) && fields[key] === "yes" ? [key.slice(prefix.length)] : [],
    );
  switch (name) {
    case "assess":
      return {
        kind: "assessed",
        atMs,
        risk: (["none", "some", "high"] as const).find((risk) => risk === field("risk")) ?? "high",
        grade: field("grade") === "minor" ? "minor" : "significant",
        items: chosen("item-").filter(isItemKey),
        regions: regions.filter((each) => chosen("region-").includes(each)),
        reason: field("reason"),
      };
    case "authority":
      return region === undefined
        ? undefined
        : { kind: "authority-notified", atMs, region, delayReason: field("delay") };
    case "report":
      return region === undefined ? undefined : { kind: "final-report", atMs, region };
    case "exempt":
      return {
        kind: "people-exempt",
        atMs,
        exemption:
          (["unreadable", "risk-removed", "public-notice"] as const).find(
            (each) => each === field("exemption"),
          ) ?? "unreadable",
        reason: field("reason"),
      };
    case "contain":
      return { kind: "contained", atMs, measures: field("measures") };
    case "close":
      return { kind: "closed", atMs, lessons: field("lessons") };
    default:
      return undefined;
  }
}
