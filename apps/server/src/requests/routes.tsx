/** The person's pages: the six rights, the page of each request, the copies, and the authorities. */
import {
  authoritiesCheckedOn,
  authorityPlaces,
  exemptions,
  findAuthorities,
  inventory,
  isEnded,
  type Language,
  purposes,
  type Right,
  rights as allRights,
} from "@cloud-code/policy";
import { Hono } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import { z } from "zod";
import { requireFresh, requireSignedIn } from "../accounts/guard.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import {
  ActionButton,
  Banner,
  Button,
  ButtonLink,
  Checkbox,
  Chip,
  Day,
  DeadlineChip,
  Facts,
  Field,
  Form,
  Moment,
  Page,
  pageTitle,
  Select,
  Table,
  TextArea,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { formatDate, type Reader, say } from "../pages/words.ts";
import { limitedPage } from "../refusals.tsx";
import type { Services } from "../services.ts";
import { copySchema, toCopyCsv } from "./copy.ts";
import type { ErasureProgress } from "./erasure.ts";
import { askingLimit, objectionable } from "./handling.ts";
import { rightTitles } from "./letters.ts";
import type { Rights } from "./rights.ts";
import type { RequestLine } from "./store.ts";
import { eventTitles, rightLeads, statusTitles, words } from "./words.ts";

const base = "/privacy/requests";

/** Whether a word is one of the rights. */
function isRight(word: string): word is Right {
  return allRights.some((right) => right === word);
}

/** The pages of requests. */
export function routes({
  rights,
  limits,
  now,
}: Pick<Services, "limits" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const { handling, store, erasure } = rights;

  app.get("/privacy/authorities", async (context) => authoritiesPage(context));

  app.get(base, async (context) => {
    const { signedIn } = context.var;
    const mine = signedIn === undefined ? [] : await store.ofPerson(signedIn.userId);
    return listPage(context, mine, now());
  });

  app.get(`${base}/schema.json`, (context) => context.json(copySchema));

  app.get(`${base}/new/:right`, async (context) => {
    const right = context.req.param("right");
    if (!isRight(right)) return notFoundPage(context);
    const { signedIn } = context.var;
    if (signedIn === undefined) return formPage(context, right, {});
    requireFresh(context, now());
    const plan = right === "delete" ? (await erasure.plan(signedIn.userId)).counts : undefined;
    return formPage(context, right, { plan });
  });

  app.post(`${base}/new/:right`, async (context) => {
    const right = context.req.param("right");
    if (!isRight(right)) return notFoundPage(context);
    const { language, signedIn } = context.var;
    const text = say(words, language);
    const taken = limits.take(askingLimit, "requests", signedIn?.userId ?? context.var.address);
    if (taken.kind === "limited") return limitedPage(context, taken.retryAfterMs);
    const form = await readForm(
      context,
      z.object({
        email: signedIn === undefined ? z.email(text.badEmail).max(254) : z.string().optional(),
        text:
          right === "correct"
            ? z.string().trim().min(10, text.short).max(5000)
            : z.string().optional(),
        purpose: z.string().optional(),
        sure:
          right === "delete" && signedIn !== undefined
            ? z.literal("yes", text.sureMissing)
            : z.string().optional(),
      }),
    );
    if (form.kind === "invalid") {
      const plan =
        right === "delete" && signedIn !== undefined
          ? (await erasure.plan(signedIn.userId)).counts
          : undefined;
      return formPage(context, right, {
        problems: form.problems,
        entered: form.entered,
        plan,
      });
    }
    const chosen = objectionable.filter((purpose) => purpose === form.value.purpose);
    const asking = {
      right,
      language,
      ...(form.value.text === undefined ? {} : { text: form.value.text }),
      ...(right === "object" ? { purposes: chosen } : {}),
    };
    if (signedIn === undefined) {
      // The same words for an address nobody has, before anybody has looked: who has an account is nobody else's business.
      handling.askLater(form.value.email ?? "", asking);
      return sentPage(context);
    }
    requireFresh(context, now());
    const { secret } = await handling.ask(signedIn.userId, asking);
    return context.redirect(`${base}/${secret}`, 303);
  });

  app.get(`${base}/:secret`, async (context) => {
    const request = await store.findBySecret(context.req.param("secret"));
    if (request === undefined) return notFoundPage(context);
    const progress = await erasure.progress(request);
    return requestPage(context, request, progress, context.req.param("secret"), now());
  });

  app.post(`${base}/:secret/confirm`, async (context) => {
    const moved = await handling.confirmIdentity(context.req.param("secret"));
    if (moved.kind === "refused" && moved.because === "unknown") return notFoundPage(context);
    return context.redirect(`${base}/${context.req.param("secret")}`, 303);
  });

  app.post(`${base}/:secret/revoke`, async (context) => {
    const request = await store.findBySecret(context.req.param("secret"));
    if (request === undefined) return notFoundPage(context);
    await handling.revoke(request);
    return context.redirect(`${base}/${context.req.param("secret")}`, 303);
  });

  app.get(`${base}/:secret/:file{copy\\.(json|csv)}`, async (context) => {
    const request = await store.findBySecret(context.req.param("secret"));
    if (request === undefined) return notFoundPage(context);
    // Who asked with a session fetches with one; who was confirmed by a letter has nothing but the address of this page.
    if (request.source === "person" && request.state.identityAskedMs === undefined) {
      if (requireSignedIn(context).userId !== request.userId) return notFoundPage(context);
      requireFresh(context, now());
    }
    const copy = await handling.copyOf(request, context.var.language);
    if (copy === undefined) return notFoundPage(context);
    const csv = context.req.param("file") === "copy.csv";
    context.header("cache-control", "no-store");
    context.header(
      "content-disposition",
      `attachment; filename="${request.number}.${csv ? "csv" : "json"}"`,
    );
    context.header("content-type", csv ? "text/csv; charset=utf-8" : "application/json");
    return context.body(csv ? toCopyCsv(copy) : JSON.stringify(copy, undefined, 2));
  });

  return app;
}

async function listPage(
  context: ServerContext,
  mine: readonly RequestLine[],
  nowMs: number,
): Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  return renderPage(
    context,
    { title: text.title, personal: true },
    <Page title={text.title} lead={text.lead} eyebrow={<a href="/privacy/center">{text.center}</a>}>
      <div class="stack-wide">
        <div class="cards">
          {allRights.map((right) => (
            <section class="card">
              <h2>{rightTitles[right][language]}</h2>
              <p>{rightLeads[right][language]}</p>
              <ButtonLink href={`${base}/new/${right}`} kind="quiet">
                {`${text.choose}: ${rightTitles[right][language]}`}
              </ButtonLink>
            </section>
          ))}
        </div>
        {mine.length === 0 ? null : (
          <section>
            <h2 id="list-mine">{text.mine}</h2>
            <Table
              labelledBy="list-mine"
              columns={[text.number, text.right, text.state, text.due]}
              rows={mine.map((request) => [
                request.number,
                rightTitles[request.right][language],
                <StatusChip request={request} language={language} />,
                request.endedMs === undefined ? (
                  <DeadlineChip dueMs={request.dueMs} nowMs={nowMs} reader={reader} />
                ) : (
                  <>
                    {`${text.ended}: `}
                    <Day atMs={request.endedMs} reader={reader} />
                  </>
                ),
              ])}
            />
          </section>
        )}
        <p>
          <a href="/privacy/authorities">{text.complain}</a>
        </p>
      </div>
    </Page>,
  );
}

interface FormState {
  readonly problems?: Readonly<Record<string, string>>;
  readonly entered?: Readonly<Record<string, string>>;
  readonly plan?: Readonly<Record<string, number>> | undefined;
}

async function formPage(context: ServerContext, right: Right, state: FormState): Promise<Response> {
  const { language, signedIn } = context.var;
  const text = say(words, language);
  const { problems = {}, entered = {}, plan } = state;
  const action = `${base}/new/${right}`;
  return renderPage(
    context,
    {
      title: rightTitles[right][language],
      personal: true,
      status: state.problems === undefined ? 200 : 400,
    },
    <Page
      title={rightTitles[right][language]}
      lead={rightLeads[right][language]}
      eyebrow={<a href={base}>{text.title}</a>}
    >
      <div class="stack">
        {signedIn === undefined ? (
          <Banner tone="info" title={text.signIn}>
            <p>
              <a href={`/sign-in?to=${encodeURIComponent(action)}`}>{text.signInLink}</a>
            </p>
            <p>
              <a href="/support?about=privacy">{text.noAccount}</a>
            </p>
          </Banner>
        ) : null}
        {plan === undefined ? null : (
          <Table
            caption={text.plan}
            columns={[text.table, text.rows]}
            numbers={[1]}
            rows={Object.entries(plan).map(([table, count]) => [
              table.replaceAll("_", " "),
              String(count),
            ])}
          />
        )}
        <Form context={context} action={action}>
          {signedIn === undefined ? (
            <Field
              context={context}
              name="email"
              type="email"
              autocomplete="email"
              label={text.email}
              value={entered["email"]}
              problem={problems["email"]}
            />
          ) : null}
          {right === "correct" ? (
            <TextArea
              context={context}
              name="text"
              label={text.what}
              value={entered["text"]}
              maxlength={5000}
              problem={problems["text"]}
            />
          ) : null}
          {right === "object" ? (
            <Select
              context={context}
              name="purpose"
              label={text.uses}
              value={entered["purpose"]}
              options={objectionable.map((purpose) => [purpose, purposes[purpose].title[language]])}
            />
          ) : null}
          {right === "delete" && signedIn !== undefined ? (
            <Checkbox name="sure" label={text.sure} problem={problems["sure"]} />
          ) : null}
          <Button kind={right === "delete" ? "danger" : "main"}>
            {right === "delete" && signedIn !== undefined ? text.deleteNow : text.send}
          </Button>
        </Form>
      </div>
    </Page>,
  );
}

async function sentPage(context: ServerContext): Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.title, personal: true },
    <Page title={text.title} eyebrow={<a href={base}>{text.title}</a>}>
      <Banner tone="good" title={text.sent} announce>
        <a href="/support?about=privacy">{text.noAccount}</a>
      </Banner>
    </Page>,
  );
}

async function requestPage(
  context: ServerContext,
  request: RequestLine,
  progress: ErasureProgress | undefined,
  secret: string,
  nowMs: number,
): Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const title = `${rightTitles[request.right][language]} · ${request.number}`;
  const own = `${base}/${secret}`;
  const { copyUntilMs, state } = request;
  return renderPage(
    context,
    { title, personal: true },
    <Page title={title} lead={text.keepAddress} eyebrow={<a href={base}>{text.title}</a>}>
      <div class="stack">
        <Facts
          facts={[
            [text.state, <StatusChip request={request} language={language} />],
            request.endedMs === undefined
              ? [
                  text.due,
                  <>
                    <DeadlineChip dueMs={request.dueMs} nowMs={nowMs} reader={reader} />{" "}
                    <span class="soft small">
                      <Moment atMs={request.dueMs} reader={reader} />
                    </span>
                  </>,
                ]
              : [text.ended, <Day atMs={request.endedMs} reader={reader} />],
          ]}
        />
        {progress === undefined ? null : (
          <Banner tone={progress === "left" ? "warn" : "info"} title={text[progress]}>
            <p>{text.progressText}</p>
          </Banner>
        )}
        {state.waitsFor === undefined ? null : (
          <Banner tone="warn" title={text.waitsForYou}>
            <p>{text.waitsText}</p>
            <ActionButton
              context={context}
              action={`${own}/confirm`}
              label={text.confirm}
              kind="main"
            />
          </Banner>
        )}
        {copyUntilMs === undefined ||
        copyUntilMs <= nowMs ||
        request.userId === undefined ? null : (
          <section>
            <h2>{text.copy}</h2>
            <p>{`${text.copyText} ${formatDate(copyUntilMs, reader)}`}</p>
            <div class="actions">
              <ButtonLink href={`${own}/copy.json`}>{text.json}</ButtonLink>
              <ButtonLink href={`${own}/copy.csv`} kind="quiet">
                {text.csv}
              </ButtonLink>
              <ButtonLink href={`${base}/schema.json`} kind="link">
                {text.schema}
              </ButtonLink>
            </div>
          </section>
        )}
        <History request={request} reader={reader} />
        {isEnded(state) || (request.right === "delete" && state.begun) ? null : (
          <ActionButton context={context} action={`${own}/revoke`} label={text.revoke} />
        )}
        <p>
          <a href="/privacy/authorities">{text.complain}</a>
        </p>
      </div>
    </Page>,
  );
}

/** What happened to a request, with the reasons the person is owed. */
export function History({
  request,
  reader,
}: {
  readonly request: RequestLine;
  readonly reader: Reader;
}): JSX.Element {
  const { language } = reader;
  const text = say(words, language);
  return (
    <section>
      <h2 id="list-history">{text.history}</h2>
      <Table
        labelledBy="list-history"
        columns={[text.when, text.event]}
        rows={request.events.map((event) => [
          <Moment atMs={event.atMs} reader={reader} />,
          <>
            {eventTitles[event.kind][language]}
            {event.kind === "extended" ? `: ${event.reason}` : ""}
            {event.kind === "checked" ? `: ${event.found}` : ""}
            {event.kind === "denied" || event.kind === "withheld" ? (
              <Facts
                facts={[
                  ...(event.kind === "withheld"
                    ? [
                        [
                          text.kept,
                          event.items.map((key) => inventory[key].title[language]).join(", "),
                        ] as const,
                      ]
                    : []),
                  ...(event.kind === "denied" && event.exemption !== undefined
                    ? [
                        [
                          text.ground,
                          `${exemptions[event.exemption].title[language]} (${exemptions[event.exemption].source[language]})`,
                        ] as const,
                      ]
                    : []),
                  [text.explanation, event.explanation],
                  [text.authority, event.authority],
                  [text.court, event.court],
                ]}
              />
            ) : null}
          </>,
        ])}
      />
    </section>
  );
}

/** Where a request stands, as a small label. */
export function StatusChip({
  request,
  language,
}: {
  readonly request: RequestLine;
  readonly language: Language;
}): JSX.Element {
  const { status } = request.state;
  const tone =
    status === "fulfilled" ? "good" : status === "denied" || status === "expired" ? "warn" : "info";
  return <Chip tone={tone}>{statusTitles[status][language]}</Chip>;
}

async function authoritiesPage(context: ServerContext): Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  const place = context.req.query("place") ?? "";
  const found = findAuthorities(place);
  return renderPage(
    context,
    { title: text.authoritiesTitle },
    <Page
      title={text.authoritiesTitle}
      lead={text.authoritiesLead}
      eyebrow={<a href="/privacy/center">{text.center}</a>}
    >
      <div class="stack">
        <form method="get" action="/privacy/authorities" class="form">
          <Select
            context={context}
            name="place"
            label={text.place}
            value={place}
            options={authorityPlaces(language).map(({ place: code, title }) => [code, title])}
          />
          <Button>{text.find}</Button>
        </form>
        {found.length === 0 ? null : (
          <Table
            labelledBy={pageTitle}
            columns={[text.name, text.web, text.languages]}
            rows={found.map(({ name, web, languages }) => [
              name,
              <a href={web} rel="noreferrer">
                {new URL(web).host}
              </a>,
              languages.join(", "),
            ])}
          />
        )}
        <p class="soft">{`${text.reviewed} ${authoritiesCheckedOn}`}</p>
      </div>
    </Page>,
  );
}
