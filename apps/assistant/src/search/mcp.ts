import type { Readable, Writable } from "node:stream";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { SearchAnswer, SearchResult } from "@cloud-code/search";
import { AssistantError } from "../errors.ts";
import { LiveSearch } from "./live.ts";
import { findMistake, LANGUAGES, MODES, parseSearch, SOURCES } from "./request.ts";
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
            items: { type: "string", enum: [...LANGUAGES] },
            description: "generic is every language without a lexer of its own.",
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

/** What an agent can read at once, in characters. */
const MAX_ANSWER = 60_000;

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
    const mistake = findMistake(params.arguments);
    if (mistake !== undefined) return failure(`In the filter, ${mistake}`);
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

function success({
  understoodAs,
  results,
  page,
  total,
  isTotalExact,
  isIndexing,
}: SearchAnswer & { readonly isIndexing?: boolean }): {
  content: { type: "text"; text: string }[];
  structuredContent: Record<string, unknown>;
} {
  const count = `${total}${isTotalExact ? "" : " or so"} results, page ${page}.`;
  const wait =
    isIndexing === true ? " The dependencies are still being indexed: ask again for more." : "";
  const texts: string[] = [`${wordUnderstanding(understoodAs, "en")} ${count}${wait}`];
  let length = 0;
  for (const result of results) {
    const text = toText(result);
    length += text.length;
    texts.push(length <= MAX_ANSWER ? text : `${placeOf(result)} (left out for length)`);
  }
  return {
    content: [{ type: "text", text: texts.join("\n\n") }],
    // Where and what, for programs; the code stands in the text, once.
    structuredContent: {
      results: results.map(
        ({ path, startLine, endLine, language, source, package: facts, why }) => ({
          path,
          startLine,
          endLine,
          language,
          source,
          ...(facts === undefined ? {} : { package: facts }),
          why: wordReason(why, "en"),
        }),
      ),
      page,
      total,
      isTotalExact,
    },
  };
}

function placeOf({ path, startLine, endLine }: SearchResult): string {
  return `${path}:${startLine}-${endLine}`;
}

function toText(result: SearchResult): string {
  const { snippet, language, package: facts, why } = result;
  const origin =
    facts === undefined
      ? ""
      : ` in ${facts.name}@${facts.version} (${facts.licence === "" ? "licence not stated" : facts.licence})`;
  return `${placeOf(result)}${origin}, ${wordReason(why, "en")}\n\`\`\`${language}\n${snippet}\n\`\`\``;
}

function failure(text: string): { content: { type: "text"; text: string }[]; isError: true } {
  return { content: [{ type: "text", text }], isError: true };
}
