import { languageTag } from "@cloud-code/policy";
import type { Child } from "hono/jsx";
import type { ServerContext } from "../environment.ts";

/** What a page says about itself. */
export interface PageHead {
  readonly title: string;
  /** HTTP status; 200 unless told. */
  readonly status?: 200 | 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 500 | 503;
}

/** Answers with a whole page: header, content, footer. */
export function renderPage(
  context: ServerContext,
  head: PageHead,
  content: Child,
): Response | Promise<Response> {
  return context.html(
    <html lang={languageTag[context.var.language]}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{head.title}</title>
      </head>
      <body>
        <main>{content}</main>
      </body>
    </html>,
    head.status ?? 200,
  );
}
