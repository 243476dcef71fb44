import type { Readable, Writable } from "node:stream";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { SearchAnswer, SearchResult } from "@cloud-code/search";
import { AssistantError } from "../errors.ts";
import { LiveSearch } from "./live.ts";
import { MODES, parseSearch, SOURCES } from "./request.ts";
import type { SearcherOptions } from "./searcher.ts";
import { wordReason, wordUnderstanding } from "./words.ts";

/** The one tool. Names and sentences are read by models, which are spoken to in English. */
const TOOL = {
  name: "search_code",
  title: "Search code",
  description:
    'Finds code in the open workspace and in its dependencies on disk, offline. The query is an API name (HashMap.put, java.util, Enum.CONST; prefixes and humps too), a description in English or Chinese, a /regular expression/, "literal text", or a whole console error. Answers with complete functions, their files and lines, package, version and licence.',
  inputSchema: {
    type: "object" as const,
    properties: {
      query: { type: "string", description: "What to look for." },
      mode: {
        type: "string",
        enum: [...MODES],
        description: "How to read the query; found out by default.",
      },
      apis: {
        type: "array",
        items: { type: "string" },
        description: "Only code that mentions all of these names.",
      },
      filter: {
        type: "object",
        properties: {
          sources: { type: "array", items: { type: "string", enum: [...SOURCES] } },
          languages: {
            type: "array",
            items: { type: "string" },
            description: "For example python or typescript.",
          },
          path: { type: "string", description: "A part of the path, or a pattern with * and **." },
          package: { type: "string", description: "Only this package." },
        },
      },
      page: { type: "integer", minimum: 1 },
      pageSize: { type: "integer", minimum: 1, maximum: 50 },
    },
    required: ["query"],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

/** Offers the search to agents by the Model Context Protocol over a pair of streams, until the other side closes or `signal` aborts. */
export async function serveMcp(
  options: SearcherOptions & { readonly version: string },
  input: Readable,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  const search = new LiveSearch({ ...options, isTold: false }, () => undefined);
  const server = new Server(
    { name: "cloud-code", version: options.version },
    { capabilities: { tools: {} } },
  );
  const running = new Set<Promise<unknown>>();
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [TOOL] }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal: cancelled }) => {
    const request = params.name === TOOL.name ? parseSearch(params.arguments) : undefined;
    if (request === undefined)
      return failure(`There is one tool, ${TOOL.name}, and its query is a text.`);
    const searching = search.search(request, cancelled);
    running.add(searching);
    try {
      return success(await searching);
    } catch (error) {
      if (!(error instanceof AssistantError)) throw error;
      return failure(error.message);
    } finally {
      running.delete(searching);
    }
  });
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
    input.once("close", resolve);
    input.once("end", resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.connect(new StdioServerTransport(input, output));
  await closed;
  // Whoever pipes a question in and closes the pipe still wants the answer.
  if (!signal.aborted) await Promise.allSettled(running);
  await server.close();
  await search.close();
}

function success(answer: SearchAnswer): {
  content: { type: "text"; text: string }[];
  structuredContent: Record<string, unknown>;
} {
  const { understoodAs, results, page, total } = answer;
  const head = `${wordUnderstanding(understoodAs, "en")} ${total} results, page ${page}.`;
  return {
    content: [{ type: "text", text: [head, ...results.map(toText)].join("\n\n") }],
    structuredContent: {
      results: results.map((result) => ({ ...result, why: wordReason(result.why, "en") })),
      page,
      total,
    },
  };
}

function toText({
  path,
  startLine,
  endLine,
  snippet,
  language,
  package: facts,
  why,
}: SearchResult): string {
  const origin =
    facts === undefined
      ? ""
      : ` in ${facts.name}@${facts.version} (${facts.licence === "" ? "licence not stated" : facts.licence})`;
  return `${path}:${startLine}-${endLine}${origin}, ${wordReason(why, "en")}\n\`\`\`${language}\n${snippet}\n\`\`\``;
}

function failure(text: string): { content: { type: "text"; text: string }[]; isError: true } {
  return { content: [{ type: "text", text }], isError: true };
}
