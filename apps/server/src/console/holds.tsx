/** The console's page of legal holds: placing one, reviewing it in time, and lifting it. */
import { everyone, type HoldEvent, inventory, isItemKey } from "@cloud-code/policy";
import { Hono } from "hono";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields } from "../forms.tsx";
import {
  Button,
  Chip,
  Day,
  DeadlineChip,
  Field,
  Form,
  pageTitle,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { readDay, say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import type { HoldLine } from "../retention/holds.ts";
import type { Services } from "../services.ts";
import { type Desk, deskPage, enter, enterToChange } from "./desk.tsx";
import { holdProblems } from "./problems.ts";
import { createSubjectFinder } from "./subject.ts";
import { holdEventTitles, words } from "./words.ts";

/** The pages. */
export function holdRoutes({
  rights,
  database,
  now,
}: Pick<Services, "database" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const findSubject = createSubjectFinder(database, rights);

  app.get("/console/holds", async (context) => holdsPage(context, await enter(context, rights)));
  app.post("/console/holds", async (context) => {
    const desk = await enterToChange(context, rights);
    const text = say(words, context.var.language);
    const fields = await readFields(context);
    const { subject = "", items = "", reason = "", review = "" } = fields;
    const refuse = async (problem: string): Promise<Response> =>
      holdsPage(context, desk, { problem, typed: fields });
    // A hold that names nobody, or not the item that was meant, keeps nothing; that would be found out when the evidence is gone.
    const named = items.split(/[\s,]+/).filter((key) => key !== "");
    const unknown = named.filter((key) => !isItemKey(key));
    if (unknown.length > 0) return refuse(`${text.holdItemUnknown} ${unknown.join(", ")}`);
    const whose = subject.trim() === "" ? "" : await findSubject(subject);
    if (whose === undefined) return refuse(text.holdWhoseUnknown);
    const atMs = now();
    const moved = await rights.holds.place(
      {
        kind: "placed",
        atMs,
        reason,
        reviewMs: readDay(review, context.var) ?? atMs,
        scope: { subject: whose, items: named.length === 0 ? "all" : named.filter(isItemKey) },
      },
      desk.actor,
    );
    return moved.kind === "done"
      ? context.redirect("/console/holds", 303)
      : refuse(holdProblems[moved.because][context.var.language]);
  });
  app.post("/console/holds/:id/review", async (context) => {
    const desk = await enterToChange(context, rights);
    const { reason = "", review = "" } = await readFields(context);
    const atMs = now();
    const reviewMs = readDay(review, context.var) ?? atMs;
    return move(context, desk, { kind: "reviewed", atMs, reason, reviewMs });
  });
  app.post("/console/holds/:id/lift", async (context) => {
    const desk = await enterToChange(context, rights);
    const { reason = "" } = await readFields(context);
    return move(context, desk, { kind: "lifted", atMs: now(), reason });
  });

  return app;

  async function move(context: ServerContext, desk: Desk, event: HoldEvent): Promise<Response> {
    const moved = await rights.holds.move(context.req.param("id") ?? "", event, desk.actor);
    return moved.kind === "done"
      ? context.redirect("/console/holds", 303)
      : holdsPage(context, desk, {
          problem: holdProblems[moved.because][context.var.language],
        });
  }

  async function holdsPage(
    context: ServerContext,
    desk: Desk,
    {
      problem,
      typed = {},
    }: {
      readonly problem?: string;
      /** What was typed into a form that was refused. */
      readonly typed?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const holds = await rights.holds.list();
    return deskPage(
      context,
      desk,
      {
        title: text.holds,
        path: "/console/holds",
        lead: text.holdsLead,
        shows: { what: "holds", purpose: "keep-records" },
        problem,
      },
      <>
        {holds.length === 0 ? <p>{text.noEntries}</p> : null}
        {holds.length === 0 ? null : (
          <Table
            labelledBy={pageTitle}
            columns={[text.placed, text.subject, text.items, text.state, text.timeline, text.what]}
            rows={holds.map((line) => [
              <Day atMs={line.hold.placedMs} reader={reader} />,
              line.hold.scope.subject === everyone
                ? text.everyone
                : line.hold.scope.subject.slice(0, 8),
              line.hold.scope.items === "all"
                ? text.all
                : line.hold.scope.items.map((key) => inventory[key].title[language]).join(", "),
              line.hold.status === "active" ? (
                <>
                  <Chip tone="warn">{text.active}</Chip>{" "}
                  <span class="soft small">{text.review}</span>{" "}
                  <DeadlineChip dueMs={line.hold.reviewMs} nowMs={now()} reader={reader} />
                </>
              ) : (
                <Chip tone="neutral">{text.lifted}</Chip>
              ),
              <>
                {line.events.map((event) => (
                  <p>
                    <Day atMs={event.atMs} reader={reader} />{" "}
                    {`${holdEventTitles[event.kind][language]}: ${event.reason}`}
                  </p>
                ))}
              </>,
              desk.mayChange && line.hold.status === "active" ? (
                <HoldForms context={context} line={line} />
              ) : (
                "–"
              ),
            ])}
          />
        )}
        {desk.mayChange ? (
          <Form context={context} action="/console/holds">
            <h2>{text.place}</h2>
            <Field
              context={context}
              name="subject"
              label={text.subject}
              hint={text.holdWhose}
              value={typed["subject"]}
            />
            <TextArea
              context={context}
              name="items"
              label={text.items}
              hint={text.holdItems}
              rows={3}
              value={typed["items"]}
              optional
            />
            <TextArea
              context={context}
              name="reason"
              label={text.reasonInside}
              rows={3}
              value={typed["reason"]}
            />
            <Field
              context={context}
              name="review"
              label={text.review}
              placeholder="YYYY-MM-DD"
              value={typed["review"]}
            />
            <Button>{text.place}</Button>
          </Form>
        ) : null}
      </>,
    );
  }
}

/** What an officer can do with a hold that is active. */
function HoldForms({
  context,
  line: { id },
}: {
  readonly context: ServerContext;
  readonly line: HoldLine;
}) {
  const text = say(words, context.var.language);
  return (
    <div class="stack">
      <details>
        <summary>{text.reviewHold}</summary>
        <Form context={context} action={`/console/holds/${id}/review`}>
          <Field
            context={context}
            id={`review-reason-${id}`}
            name="reason"
            label={text.stillNeeded}
          />
          <Field
            context={context}
            id={`review-${id}`}
            name="review"
            label={text.review}
            placeholder="YYYY-MM-DD"
          />
          <Button kind="quiet">{text.reviewHold}</Button>
        </Form>
      </details>
      <details>
        <summary>{text.lift}</summary>
        <Form context={context} action={`/console/holds/${id}/lift`}>
          <Field context={context} id={`lift-${id}`} name="reason" label={text.reasonInside} />
          <Button kind="quiet">{text.lift}</Button>
        </Form>
      </details>
    </div>
  );
}
