/** The console's page of webhooks: where recipients want to be told, and what they were told. */
import { recipients } from "@cloud-code/policy";
import { Hono } from "hono";
import { z } from "zod";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import {
  ActionButton,
  Banner,
  Button,
  Chip,
  Field,
  Form,
  Moment,
  Select,
  Table,
} from "../pages/components.tsx";
import { say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import { type Desk, deskPage, enter, enterToChange } from "./desk.tsx";
import { describeProblems, receivers, titleOf } from "./receivers.ts";
import { deliveryTitles, words } from "./words.ts";

const shownRows = 200;

/** The page. */
export function webhookRoutes({
  rights: { webhooks, ...rights },
}: {
  readonly rights: Rights;
}): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get("/console/webhooks", async (context) =>
    webhooksPage(context, await enter(context, rights), {}),
  );
  app.post("/console/webhooks", async (context) => {
    const desk = await enterToChange(context, rights);
    const form = await readForm(
      context,
      z.object({ recipient: z.enum(receivers), url: z.url({ protocol: /^https$/ }) }),
    );
    if (form.kind === "invalid")
      return webhooksPage(context, desk, {
        problem: describeProblems(form.problems, context.var.language),
      });
    const { key } = await webhooks.register(form.value.recipient, form.value.url, desk.actor);
    // Shown once: a redirect would lose it, and it is stored where nobody can read it.
    return webhooksPage(context, desk, { key });
  });
  app.post("/console/webhooks/:id/remove", async (context) => {
    const desk = await enterToChange(context, rights);
    await webhooks.remove(context.req.param("id"), desk.actor);
    return context.redirect("/console/webhooks", 303);
  });
  app.post("/console/webhooks/:id/again", async (context) => {
    const desk = await enterToChange(context, rights);
    if (!(await webhooks.sendAgain(context.req.param("id"), desk.actor)))
      return webhooksPage(context, desk, { problem: words.notKept[context.var.language] });
    await webhooks.deliver();
    return context.redirect("/console/webhooks", 303);
  });

  return app;

  async function webhooksPage(
    context: ServerContext,
    desk: Desk,
    { problem, key }: { readonly problem?: string; readonly key?: string },
  ): Promise<Response> {
    const { language } = context.var;
    const reader = context.var;
    const text = say(words, language);
    const endpoints = await webhooks.endpoints();
    const deliveries = await webhooks.deliveries(shownRows);
    return deskPage(
      context,
      desk,
      {
        title: text.webhooks,
        path: "/console/webhooks",
        lead: text.webhooksLead,
        shows: "nobody",
        problem,
      },
      <>
        {key === undefined ? null : (
          <Banner tone="good" title={text.keyOnce} announce>
            <p>
              <code>{key}</code>
            </p>
          </Banner>
        )}
        <section class="stack">
          <h2 id="list-endpoints">{text.endpoints}</h2>
          {endpoints.length === 0 ? <p>{text.noEndpoints}</p> : null}
          {endpoints.length === 0 ? null : (
            <Table
              labelledBy="list-endpoints"
              columns={[text.recipient, text.address, text.what]}
              rows={endpoints.map(({ id, recipient, url }) => [
                titleOf(recipient, language),
                url,
                desk.mayChange ? (
                  <ActionButton
                    context={context}
                    action={`/console/webhooks/${id}/remove`}
                    label={text.remove}
                  />
                ) : (
                  "–"
                ),
              ])}
            />
          )}
          {desk.mayChange ? (
            <Form context={context} action="/console/webhooks">
              <Select
                context={context}
                name="recipient"
                label={text.recipient}
                options={receivers.map((each) => [each, recipients[each].title[language]])}
              />
              <Field
                context={context}
                name="url"
                type="url"
                label={text.address}
                placeholder="https://"
              />
              <Button>{text.addEndpoint}</Button>
            </Form>
          ) : null}
        </section>
        <section class="stack">
          <h2 id="list-deliveries">{text.deliveries}</h2>
          {deliveries.length === 0 ? <p>{text.noEntries}</p> : null}
          {deliveries.length === 0 ? null : (
            <Table
              labelledBy="list-deliveries"
              columns={[
                text.number,
                text.what,
                text.recipient,
                text.tries,
                text.state,
                text.address,
              ]}
              numbers={[3]}
              rows={deliveries.map(
                ({
                  id,
                  number,
                  kind,
                  recipient,
                  url,
                  attempts,
                  deliveredMs,
                  nextMs,
                  problem: why,
                }) => [
                  <span class="nowrap">{number}</span>,
                  deliveryTitles[kind][language],
                  titleOf(recipient, language),
                  String(attempts),
                  <>
                    {deliveredMs === undefined ? (
                      <>
                        <Chip tone="warn">{text.waits}</Chip> {why === undefined ? "" : text[why]}{" "}
                        {text.nextTry} <Moment atMs={nextMs} reader={reader} />
                      </>
                    ) : (
                      <>
                        <Chip tone="good">{text.confirmed}</Chip>{" "}
                        <Moment atMs={deliveredMs} reader={reader} />
                      </>
                    )}
                    {desk.mayChange && deliveredMs === undefined ? (
                      <ActionButton
                        context={context}
                        action={`/console/webhooks/${id}/again`}
                        label={text.retry}
                      />
                    ) : null}
                  </>,
                  url,
                ],
              )}
            />
          )}
        </section>
      </>,
    );
  }
}
