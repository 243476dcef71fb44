/** The console's page of what the search after an erasure found in other people's words, and its redaction. */
import { Hono } from "hono";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields } from "../forms.tsx";
import { Button, Checkbox, Form, Select } from "../pages/components.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { say } from "../pages/words.ts";
import { type Occurrence, type RedactionReason, redactionReasons } from "../requests/redaction.ts";
import type { Rights } from "../requests/rights.ts";
import type { RequestLine } from "../requests/store.ts";
import { type Desk, deskPage, enterToChange } from "./desk.tsx";
import { words } from "./words.ts";

const reasons = Object.keys(redactionReasons) as RedactionReason[];

// A box for each place; a browser sends the names of those that are ticked.
const prefix = "place-";

/** The page. Only officers see it: it shows what people wrote. */
export function leftoverRoutes({ rights }: { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const { store, redaction, erasure } = rights;

  app.get("/console/requests/:id/leftovers", async (context) => {
    const desk = await enterToChange(context, rights);
    const request = await store.find(context.req.param("id"));
    return request === undefined ? notFoundPage(context) : leftoversPage(context, desk, request);
  });

  app.post("/console/requests/:id/leftovers", async (context) => {
    const desk = await enterToChange(context, rights);
    const request = await store.find(context.req.param("id"));
    if (request === undefined) return notFoundPage(context);
    const fields = await readFields(context);
    const chosen = Object.keys(fields).flatMap((name) =>
      name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
    );
    const reason = reasons.find((each) => each === fields["reason"]);
    if (chosen.length === 0 || reason === undefined)
      return leftoversPage(context, desk, request, words.nothingChosen[context.var.language]);
    await redaction.redact(request, chosen, reason, desk.actor);
    await erasure.run(request, desk.actor);
    return context.redirect(`/console/requests/${request.id}`, 303);
  });

  return app;

  async function leftoversPage(
    context: ServerContext,
    desk: Desk,
    request: RequestLine,
    problem?: string,
  ): Promise<Response> {
    const { language } = context.var;
    const text = say(words, language);
    const own = `/console/requests/${request.id}`;
    const found = await redaction.find(request);
    return deskPage(
      context,
      desk,
      {
        title: `${text.leftoversTitle} · ${request.number}`,
        path: own,
        lead: text.leftoversLead,
        shows: {
          what: `${request.number} leftovers`,
          purpose: "keep-records",
          subject: store.contentOf(request)?.pseudonym,
        },
        problem,
      },
      <>
        {found.length === 0 ? (
          <p>{text.nothingToRedact}</p>
        ) : (
          <Form context={context} action={`${own}/leftovers`} wide>
            {found.map((occurrence) =>
              occurrence.kept === undefined ? (
                <Checkbox
                  name={`${prefix}${occurrence.id}`}
                  label={`${occurrence.table} · ${occurrence.column}`}
                  why={<Pieces occurrence={occurrence} />}
                />
              ) : (
                <div class="choice">
                  <strong>{`${occurrence.table} · ${occurrence.column}`}</strong>
                  <p class="why">
                    <Pieces occurrence={occurrence} />
                  </p>
                  <p class="why">{text[occurrence.kept === "held" ? "placeHeld" : "placeFixed"]}</p>
                </div>
              ),
            )}
            <Select
              context={context}
              name="reason"
              label={text.redactionReason}
              options={reasons.map((reason) => [reason, redactionReasons[reason][language]])}
            />
            <Button kind="danger">{text.redact}</Button>
          </Form>
        )}
        <p>
          <a href={own}>{`${text.requests}: ${request.number}`}</a>
        </p>
      </>,
    );
  }
}

function Pieces({ occurrence }: { readonly occurrence: Occurrence }) {
  return <>{occurrence.pieces.map(({ text, named }) => (named ? <mark>{text}</mark> : text))}</>;
}
