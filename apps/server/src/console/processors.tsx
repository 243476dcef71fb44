/** The console's page of sub-processors: what the operator's file says, what was announced, and announcing a change. */
import { isProcessorChange } from "@cloud-code/policy";
import { Hono } from "hono";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { publishNotice } from "../notices/publish.ts";
import { ActionButton, Banner, Day, Table } from "../pages/components.tsx";
import { say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import type { Services } from "../services.ts";
import { type Desk, deskPage, enter, enterToChange } from "./desk.tsx";
import { words } from "./words.ts";

/** The page. */
export function processorRoutes({
  rights,
  notices,
  config,
  now,
}: Pick<Services, "notices" | "config" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get("/console/processors", async (context) =>
    processorsPage(context, await enter(context, rights)),
  );
  app.post("/console/processors", async (context) => {
    const desk = await enterToChange(context, rights);
    const published = await publishNotice(notices, { config, now }, "service");
    if (published.kind === "refused") return processorsPage(context, desk, published.advice);
    return context.redirect("/console/processors", 303);
  });

  return app;

  async function processorsPage(
    context: ServerContext,
    desk: Desk,
    problem?: string,
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const releases = (await notices.all(true)).filter(({ product }) => product === "service");
    const changes = releases
      .flatMap(({ id, publishedMs, effectiveMs, changes: list }) =>
        list.filter(isProcessorChange).map((change) => ({ id, publishedMs, effectiveMs, change })),
      )
      .toReversed();
    const announced = JSON.stringify(releases.at(-1)?.facts.processors ?? []);
    const unannounced = JSON.stringify(config.operator.processors ?? []) !== announced;
    return deskPage(
      context,
      desk,
      {
        title: text.processors,
        path: "/console/processors",
        lead: text.processorsLead,
        shows: "nobody",
        problem,
      },
      <>
        {unannounced ? (
          <Banner tone="warn" title={text.unannounced}>
            <p>{text.unannouncedText}</p>
            {desk.mayChange ? (
              <ActionButton
                context={context}
                action="/console/processors"
                label={text.announceNow}
                kind="main"
              />
            ) : null}
          </Banner>
        ) : null}
        <section class="stack">
          <h2 id="list-in-file">{text.inFile}</h2>
          {(config.operator.processors ?? []).length === 0 ? <p>{text.noProcessors}</p> : null}
          {(config.operator.processors ?? []).length === 0 ? null : (
            <Table
              labelledBy="list-in-file"
              columns={[text.company, text.task, text.country]}
              rows={(config.operator.processors ?? []).map(({ name, task, place }) => [
                name,
                task[language],
                place[language],
              ])}
            />
          )}
        </section>
        <section class="stack">
          <h2 id="list-processor-changes">{text.processorChanges}</h2>
          {changes.length === 0 ? <p>{text.noEntries}</p> : null}
          {changes.length === 0 ? null : (
            <Table
              labelledBy="list-processor-changes"
              columns={[text.what, text.announcedOn, text.effectiveOn]}
              rows={changes.map(({ id, publishedMs, effectiveMs, change }) => [
                <a href={`/privacy/archive/${id}/changes`}>{change.text[language]}</a>,
                <Day atMs={publishedMs} reader={reader} />,
                <Day atMs={effectiveMs} reader={reader} />,
              ])}
            />
          )}
        </section>
      </>,
    );
  }
}
