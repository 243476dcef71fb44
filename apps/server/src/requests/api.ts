/**
 * Requests for programs, in the words of the Data Rights Protocol 0.9.4 (states, reasons and fields; its signed agents are not spoken
 * here). A person's session asks and sees their own; the secret of a request's private page, as a bearer token, sees that one.
 */
import {
  isEnded,
  limits as legalLimits,
  type PurposeKey,
  type Right,
  rights as allRights,
} from "@cloud-code/policy";
import { Hono } from "hono";
import { z } from "zod";
import { isFresh } from "../accounts/guard.ts";
import type { Endpoint, WebhookDescription } from "../api/document.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import type { Services } from "../services.ts";
import { askingLimit, objectionable } from "./handling.ts";
import type { Rights } from "./rights.ts";
import type { RequestLine } from "./store.ts";
import { webhookMessage } from "./webhooks.ts";

const base = "/api/v1/data-rights-request";
const dayMs = 86_400_000;

/** What the protocol calls each right; it knows the first two, the others follow its manner. */
const exercises: Readonly<Record<Right, string>> = {
  access: "access",
  delete: "deletion",
  correct: "correction",
  transfer: "portability",
  restrict: "restriction",
  object: "objection",
};

const asked = z.strictObject({
  exercise: z.enum(Object.values(exercises) as [string, ...string[]]),
  /** What is wrong and what is right, for a correction. */
  details: z.string().trim().min(10).max(5000).optional(),
  /** What is objected to. */
  purposes: z.array(z.string()).max(20).optional(),
});

const status = z.strictObject({
  request_id: z.uuid(),
  number: z.string(),
  exercise: z.string(),
  status: z.enum(["open", "in_progress", "fulfilled", "revoked", "denied", "expired"]),
  reason: z.string().optional(),
  received_at: z.iso.datetime(),
  expected_by: z.iso.datetime().optional(),
  processing_details: z.string().optional(),
  user_verification_url: z.url().optional(),
  results_url: z.url().optional(),
  expires_at: z.iso.datetime().optional(),
  /** The page of the request, given out once, in the answer to the request itself. */
  page_url: z.url().optional(),
});

const refusal = z.strictObject({ error: z.string() });

const refusals = {
  400: { description: "The body is not what it should be: malformed", schema: refusal },
  401: {
    description: "Sign in (sign-in), or confirm that it is you (confirm)",
    schema: refusal,
  },
  404: { description: "No such request for you: unknown", schema: refusal },
  409: {
    description: "It cannot be done now; the code is that of the state machine",
    schema: refusal,
  },
  429: { description: "Too many: often", schema: refusal },
} as const;

/** The endpoints, for the OpenAPI document. */
export const requestEndpoints: readonly Endpoint[] = [
  {
    method: "post",
    path: base,
    summary: "Exercise a right over one's own data",
    body: asked,
    answers: {
      201: { description: "Received; what can be done by itself is done", schema: status },
      400: refusals[400],
      401: refusals[401],
      429: refusals[429],
    },
  },
  {
    method: "get",
    path: base,
    summary: "One's own requests, newest first",
    answers: {
      200: { description: "The requests", schema: z.array(status) },
      401: refusals[401],
    },
  },
  {
    method: "get",
    path: `${base}/:id`,
    summary: "Where a request stands; with a session, or with its secret as bearer token",
    answers: { 200: { description: "Its status", schema: status }, 404: refusals[404] },
  },
  {
    method: "delete",
    path: `${base}/:id`,
    summary: "Call a request off",
    answers: {
      200: { description: "Its status, revoked", schema: status },
      404: refusals[404],
      409: refusals[409],
    },
  },
  {
    method: "get",
    path: `${base}/:id/results`,
    summary: "The copy of one's data, as long as it can be fetched",
    answers: {
      200: { description: "The copy; its schema is /privacy/requests/schema.json" },
      401: refusals[401],
      404: refusals[404],
    },
  },
];

/** What recipients are sent, for the OpenAPI document. */
export const requestWebhooks: readonly WebhookDescription[] = [
  {
    name: "personalData",
    summary:
      "A person's data was erased, corrected, restricted or unrestricted. Do the same, and answer 2xx. The header cloud-code-signature is v1= and the HMAC-SHA256, in hexadecimal, of cloud-code-time, a full stop and the body; refuse what is older than five minutes. cloud-code-delivery is the id again: a message may come more than once.",
    body: webhookMessage,
  },
];

/** The endpoints. */
export function requestApi({
  rights: { handling, store, erasure },
  limits,
  config,
  now,
}: Pick<Services, "limits" | "config" | "now"> & { readonly rights: Rights }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.post(base, async (context) => {
    const { signedIn, language } = context.var;
    if (signedIn === undefined) return context.json({ error: "sign-in" }, 401);
    if (!isFresh(signedIn, now())) return context.json({ error: "confirm" }, 401);
    const taken = limits.take(askingLimit, "requests", signedIn.userId);
    if (taken.kind === "limited") {
      context.header("Retry-After", String(Math.ceil(taken.retryAfterMs / 1000)));
      return context.json({ error: "often" }, 429);
    }
    const body = asked.safeParse(await readJson(context));
    const right = allRights.find((each) => exercises[each] === body.data?.exercise);
    if (!body.success || right === undefined) return context.json({ error: "malformed" }, 400);
    const { details, purposes = [] } = body.data;
    const chosen: readonly PurposeKey[] = objectionable.filter((each) => purposes.includes(each));
    if ((right === "correct") !== (details !== undefined) || chosen.length !== purposes.length)
      return context.json({ error: "malformed" }, 400);
    const { request, secret } = await handling.ask(signedIn.userId, {
      right,
      language,
      ...(details === undefined ? {} : { text: details }),
      ...(right === "object" ? { purposes: chosen } : {}),
    });
    return context.json(
      {
        ...(await toStatus(request)),
        page_url: `${config.origin}/privacy/requests/${secret}`,
      },
      201,
    );
  });

  app.get(base, async (context) => {
    const { signedIn } = context.var;
    context.header("Cache-Control", "no-store");
    if (signedIn === undefined) return context.json({ error: "sign-in" }, 401);
    const mine = await store.ofPerson(signedIn.userId);
    return context.json(await Promise.all(mine.map(toStatus)));
  });

  app.get(`${base}/:id`, async (context) => {
    const found = await find(context);
    context.header("Cache-Control", "no-store");
    return found === undefined
      ? context.json({ error: "unknown" }, 404)
      : context.json(await toStatus(found));
  });

  app.delete(`${base}/:id`, async (context) => {
    const found = await find(context);
    if (found === undefined) return context.json({ error: "unknown" }, 404);
    const moved = await handling.revoke(found);
    return moved.kind === "refused"
      ? context.json({ error: moved.because }, 409)
      : context.json(await toStatus(moved.request));
  });

  app.get(`${base}/:id/results`, async (context) => {
    const found = await find(context);
    const { signedIn } = context.var;
    if (found === undefined) return context.json({ error: "unknown" }, 404);
    // As on the page: who asked with a session fetches with one, and has shown who they are just now.
    if (found.source === "person" && found.state.identityAskedMs === undefined) {
      if (signedIn === undefined || signedIn.userId !== found.userId)
        return context.json({ error: "sign-in" }, 401);
      if (!isFresh(signedIn, now())) return context.json({ error: "confirm" }, 401);
    }
    const copy = await handling.copyOf(found, context.var.language);
    if (copy === undefined) return context.json({ error: "unknown" }, 404);
    context.header("Cache-Control", "no-store");
    context.header("Link", `<${config.origin}/privacy/requests/schema.json>; rel="describedby"`);
    return context.json(copy);
  });

  return app;

  /** The request of an id, for whom it concerns: its person's session, or whoever holds its secret. */
  async function find(context: ServerContext): Promise<RequestLine | undefined> {
    const id = context.req.param("id") ?? "";
    const [, secret] = /^Bearer ([\w-]{43})$/.exec(context.req.header("authorization") ?? "") ?? [];
    if (secret !== undefined) {
      const request = await store.findBySecret(secret);
      return request?.id === id ? request : undefined;
    }
    const { signedIn } = context.var;
    const request = signedIn === undefined ? undefined : await store.find(id);
    return request?.userId === signedIn?.userId ? request : undefined;
  }

  async function toStatus(request: RequestLine): Promise<z.input<typeof status>> {
    const { id, number, right, state, dueMs, copyUntilMs, userId } = request;
    const denial = request.events.findLast(
      (event) => event.kind === "denied" || event.kind === "withheld",
    );
    const progress = await erasure.progress(request);
    const fetchable = copyUntilMs !== undefined && copyUntilMs > now() && userId !== undefined;
    const reason = state.status === "denied" ? state.denial : state.waitsFor;
    const details =
      denial?.kind === "denied" || denial?.kind === "withheld"
        ? `${denial.explanation} ${denial.authority} ${denial.court}`
        : progress;
    const waitsMs =
      state.waitsFor === undefined || state.identityAskedMs === undefined
        ? undefined
        : state.identityAskedMs + legalLimits.identityWaitDays * dayMs;
    const expiresMs = fetchable ? copyUntilMs : waitsMs;
    return {
      request_id: id,
      number,
      exercise: exercises[right],
      status: state.status,
      received_at: new Date(state.receivedMs).toISOString(),
      ...(reason === undefined ? {} : { reason }),
      ...(isEnded(state) ? {} : { expected_by: new Date(dueMs).toISOString() }),
      ...(details === undefined ? {} : { processing_details: details }),
      // The link itself is in the letter; whoever could read it here would need no letter.
      ...(waitsMs === undefined
        ? {}
        : { user_verification_url: `${config.origin}/privacy/requests` }),
      ...(fetchable ? { results_url: `${config.origin}${base}/${id}/results` } : {}),
      ...(expiresMs === undefined ? {} : { expires_at: new Date(expiresMs).toISOString() }),
    };
  }
}

/** The body as JSON, or `undefined` when it is none. */
async function readJson(context: ServerContext): Promise<unknown> {
  try {
    return await context.req.json();
  } catch {
    return undefined;
  }
}
