/** The endpoints for programs. They take and answer JSON. */
import { sql } from "drizzle-orm";
import { Hono } from "hono";
import { z } from "zod";
import type { ServerEnv } from "../environment.ts";
import type { Services } from "../services.ts";
import { type Endpoint, toOpenApi, type WebhookDescription } from "./document.ts";

const health = z.strictObject({ status: z.enum(["ok", "failing"]) });
const session = z.strictObject({
  signedIn: z.boolean(),
  username: z.string().optional(),
  role: z.enum(["person", "officer", "auditor", "admin"]).optional(),
  language: z.enum(["en", "zh"]),
});

const own: readonly Endpoint[] = [
  {
    method: "get",
    path: "/api/health",
    summary: "Whether the service and its database answer",
    answers: {
      200: { description: "It works", schema: health },
      503: { description: "The database does not answer", schema: health },
    },
  },
  {
    method: "get",
    path: "/api/session",
    summary: "Who the session cookie belongs to",
    answers: { 200: { description: "The person, or nobody", schema: session } },
  },
];

/** The endpoints of the service itself, and the document of all, to which other capabilities add theirs. */
export function routes(
  { database, config }: Pick<Services, "database" | "config">,
  others: readonly Endpoint[] = [],
  webhooks: readonly WebhookDescription[] = [],
): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const document = toOpenApi([...own, ...others], webhooks, config.origin);
  app.get("/api/openapi.json", (context) => context.json(document));
  app.get("/api/health", async (context) => {
    try {
      await database.orm.execute(sql`SELECT 1`);
    } catch {
      // What is wrong is in the log of the database; whoever asks here can only wait or call somebody.
      return context.json({ status: "failing" } satisfies z.input<typeof health>, 503);
    }
    return context.json({ status: "ok" } satisfies z.input<typeof health>);
  });
  app.get("/api/session", (context) => {
    const { signedIn, language } = context.var;
    context.header("Cache-Control", "no-store");
    const answer: z.input<typeof session> =
      signedIn === undefined
        ? { signedIn: false, language }
        : { signedIn: true, username: signedIn.username, role: signedIn.role, language };
    return context.json(answer);
  });
  return app;
}
