/** The OpenAPI document, built from the same zod schemas that the handlers check with: it cannot describe something else. */
import { z } from "zod";

/** One JSON endpoint. */
export interface Endpoint {
  readonly method: "get" | "post" | "delete";
  /** As Hono writes it: `/api/items/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  /** What it answers, by status. */
  readonly answers: Readonly<
    Record<number, { readonly description: string; readonly schema?: z.ZodType }>
  >;
}

/** One message that the service sends to others. */
export interface WebhookDescription {
  readonly name: string;
  readonly summary: string;
  readonly body: z.ZodType;
}

/** The document of these endpoints and messages (OpenAPI 3.1). */
export function toOpenApi(
  endpoints: readonly Endpoint[],
  webhooks: readonly WebhookDescription[],
  origin: string,
): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, body, answers } of endpoints) {
    const template = path.replace(/:(\w+)/g, "{$1}");
    const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
    (paths[template] ??= {})[method] = {
      summary,
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(body === undefined
        ? {}
        : { requestBody: { required: true, content: json(body, "input") } }),
      responses: Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema }]) => [
          status,
          { description, ...(schema === undefined ? {} : { content: json(schema, "output") }) },
        ]),
      ),
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Cloud Code service", version: "1" },
    servers: [{ url: origin }],
    paths,
    webhooks: Object.fromEntries(
      webhooks.map(({ name, summary, body }) => [
        name,
        {
          post: {
            summary,
            requestBody: { required: true, content: json(body, "output") },
            responses: { "2XX": { description: "Confirmed; it is not sent again" } },
          },
        },
      ]),
    ),
  };
}

function json(schema: z.ZodType, io: "input" | "output"): object {
  return { "application/json": { schema: z.toJSONSchema(schema, { io }) } };
}
