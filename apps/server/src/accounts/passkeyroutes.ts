/** The endpoints the passkey script talks to, and removing a passkey, which needs no script. */
import { Hono } from "hono";
import { z } from "zod";
import type { Endpoint } from "../api/document.ts";
import type { ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import { limitedPage } from "../refusals.tsx";
import type { Services } from "../services.ts";
import { isFresh, requireSignedIn, toBrowser } from "./guard.ts";
import { takeTry } from "./limits.ts";

const base = z.object({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal("public-key"),
});
const bytes = z.string().max(20_000);
const registration = z.object({
  name: z.string().trim().min(1).max(60),
  response: base.extend({
    response: z.object({
      clientDataJSON: bytes,
      attestationObject: bytes,
      transports: z.array(z.string().max(40)).max(10).exactOptional(),
    }),
    clientExtensionResults: z.object({}),
  }),
});
const assertion = z.object({
  response: base.extend({
    response: z.object({
      clientDataJSON: bytes,
      authenticatorData: bytes,
      signature: bytes,
      userHandle: bytes.exactOptional(),
    }),
    clientExtensionResults: z.object({}),
  }),
});
const refused = z.object({ error: z.string() });
const done = z.object({ done: z.literal(true) });
const options = z.record(z.string(), z.unknown());

/** The passkey endpoints, for the OpenAPI document. */
export const passkeyEndpoints: readonly Endpoint[] = [
  endpoint("/api/passkeys/start", "Begin to add a passkey", options),
  endpoint("/api/passkeys/finish", "Add the passkey the browser made", done, registration),
  endpoint("/api/passkeys/sign-in/start", "Begin to sign in with a passkey", options),
  endpoint("/api/passkeys/sign-in/finish", "Sign in with what the passkey signed", done, assertion),
];

function endpoint(path: string, summary: string, schema: z.ZodType, body?: z.ZodType): Endpoint {
  return {
    method: "post",
    path,
    summary,
    ...(body === undefined ? {} : { body }),
    answers: {
      200: { description: "Done", schema },
      400: { description: "It does not fit", schema: refused },
      401: { description: "Sign in, or confirm that it is you", schema: refused },
    },
  };
}

/** Adding passkeys, signing in with one, and removing one. */
export function routes({
  accounts,
  limits,
  now,
}: Pick<Services, "accounts" | "limits" | "now">): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.post("/api/passkeys/start", async (context) => {
    const { signedIn } = context.var;
    if (signedIn === undefined || !isFresh(signedIn, now()))
      return context.json({ error: "confirm" }, 401);
    return context.json(await accounts.startPasskey(signedIn));
  });
  app.post("/api/passkeys/finish", async (context) => {
    const { signedIn } = context.var;
    if (signedIn === undefined || !isFresh(signedIn, now()))
      return context.json({ error: "confirm" }, 401);
    const body = registration.safeParse(await readJson(context.req.raw));
    if (!body.success) return context.json({ error: "malformed" }, 400);
    const { name, response } = body.data;
    return (await accounts.finishPasskey(signedIn.userId, name, response))
      ? context.json({ done: true })
      : context.json({ error: "refused" }, 400);
  });
  app.post("/api/passkeys/sign-in/start", async (context) =>
    context.json(await accounts.startPasskeySignIn()),
  );
  app.post("/api/passkeys/sign-in/finish", async (context) => {
    const body = assertion.safeParse(await readJson(context.req.raw));
    if (!body.success) return context.json({ error: "malformed" }, 400);
    const waitMs = takeTry(limits, context, "sign-in", body.data.response.id);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const outcome = await accounts.finishPasskeySignIn(body.data.response, toBrowser(context));
    if (outcome.kind === "refused") return context.json({ error: "refused" }, 400);
    for (const cookie of outcome.cookies) context.header("Set-Cookie", cookie, { append: true });
    return context.json({ done: true });
  });
  app.post("/account/passkeys/remove", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(context, z.object({ id: z.string().max(2000) }));
    if (form.kind === "valid") await accounts.removePasskey(userId, form.value.id);
    return context.redirect("/account/security?done", 303);
  });
  return app;
}

/** The body as JSON, or `undefined` when it is none. */
async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
