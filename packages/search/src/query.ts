import { hasChinese } from "./chinese.ts";
import { SearchError } from "./errors.ts";
import { type TextPattern, toRegExp } from "./pattern.ts";
import { isTrace, readTrace, type Trace } from "./trace.ts";

/** How a question was understood; every surface says it. */
export type Understanding =
  | { readonly kind: "api"; readonly name: ApiName }
  | {
      readonly kind: "description";
      readonly language: "en" | "zh" | "mixed";
      readonly text: string;
      /** Only code that mentions all of these is an answer. */
      readonly apis: readonly ApiName[];
    }
  | { readonly kind: "literal"; readonly pattern: TextPattern & { readonly kind: "literal" } }
  | { readonly kind: "regex"; readonly pattern: TextPattern & { readonly kind: "regex" } }
  | { readonly kind: "error"; readonly trace: Trace }
  | { readonly kind: "selection"; readonly text: string; readonly apis: readonly ApiName[] };

/** A name as people type it: `java.util.HashMap.pu` has the parts java, util, HashMap and pu. */
export interface ApiName {
  /** Without separators; the last may be the beginning of a name, and is "" behind a trailing separator. */
  readonly parts: readonly string[];
}

/** How a question may be forced to be read. */
export type Mode = "auto" | "api" | "description" | "literal" | "regex" | "error";

/** A question may be this long; the rest is not read. */
export const MAX_QUERY_LENGTH = 100_000;

/** A question that has more names than this is a text. */
const MAX_NAMES = 8;
/** Of a longer text the beginning says what is asked. */
const MAX_TEXT = 4_000;

const SEPARATOR = /\.|::|#|->|\\/;
const API =
  /^[\p{L}_$@][\p{L}\p{N}_$]*(?:(?:\.|::|#|->|\\)[\p{L}_$][\p{L}\p{N}_$]*)*(?:\.|::|#)?(?:\(\s*\))?$/u;
/** An identifier that no sentence has: a hump inside, an underscore, a separator or an empty call. */
const MARKED = /\p{Ll}\p{Lu}|\p{L}_\p{L}|\p{L}(?:\.|::|#|->)\p{L}|\(\s*\)$|^[A-Z]{2,}[a-z]/u;
/** Signs that code has and sentences do not. */
const CODE_SIGNS = /[{};=<>]|=>|\w\(|\)\.|\[\w*\]|&&|\|\||\/\/|"\s*[,:)]/;

/** Understands a question; throws a {@link SearchError} `QUERY_EMPTY` or `PATTERN_INVALID`. */
export function understand(
  query: string,
  mode: Mode = "auto",
  apis: readonly string[] = [],
): Understanding {
  const text = query.slice(0, MAX_QUERY_LENGTH).normalize("NFC").trim();
  const named = apis.map(toApiName);
  if (text === "" && named.length === 0) throw new SearchError("QUERY_EMPTY");
  if (text === "")
    return named.length === 1 && named[0] !== undefined
      ? { kind: "api", name: named[0] }
      : describe("", named);
  switch (mode) {
    case "api":
      return { kind: "api", name: toApiName(text) };
    case "description":
      return describe(text, named);
    case "literal":
      return literal(text);
    case "regex":
      return regex(text, "");
    case "error":
      return { kind: "error", trace: readTrace(text) };
    case "auto":
      return guess(text, named);
  }
}

/** Takes a typed name apart. */
function toApiName(text: string): ApiName {
  return {
    parts: text
      .trim()
      .replace(/\(\s*\)$/, "")
      .replace(/^@/, "")
      .split(SEPARATOR),
  };
}

function guess(text: string, named: readonly ApiName[]): Understanding {
  const pattern = /^\/(.+)\/([dimsuv]*)$/s.exec(text);
  if (pattern !== null) return regex(pattern[1] ?? "", pattern[2] ?? "");
  const quoted = /^(["'`])(.+)\1$/s.exec(text);
  if (quoted !== null && !quoted[2]?.includes(quoted[1] ?? "")) return literal(quoted[2] ?? "");
  if (isTrace(text)) return { kind: "error", trace: readTrace(text) };
  if (text.includes("\n")) return { kind: "selection", text: text.slice(0, MAX_TEXT), apis: named };
  if (API.test(text) && !hasChinese(text))
    return named.length === 0 ? { kind: "api", name: toApiName(text) } : describe(text, named);
  const words = text.split(/\s+/);
  const isSentence =
    hasChinese(text) || words.every((word) => /^[\p{L}\p{N}'’+#.,?!_$:()/@-]+$/u.test(word));
  if (!isSentence && CODE_SIGNS.test(text)) return literal(text);
  const marked = hasChinese(text)
    ? (text.match(/[A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*(?:\(\s*\))?/g) ?? [])
    : words;
  const names = marked
    .map((word) => word.replace(/(?<![,?!:])[,?!:]+$/, ""))
    .filter((word) => API.test(word) && MARKED.test(word) && !isFileName(word));
  const [name = ""] = names;
  if (names.length === 1 && text.replace(name, "").trim() === "")
    return { kind: "api", name: toApiName(name) };
  return describe(text, [...named, ...names.slice(0, MAX_NAMES).map(toApiName)]);
}

function isFileName(word: string): boolean {
  return /\.(?:js|ts|py|java|go|rs|json|csv|xml|html?|txt|md|ya?ml|pdf|docx?|xlsx?|net|io)$/i.test(
    word,
  );
}

function describe(text: string, apis: readonly ApiName[]): Understanding {
  const language = !hasChinese(text) ? "en" : /[a-z]{2}/i.test(text) ? "mixed" : "zh";
  return { kind: "description", language, text: text.slice(0, MAX_TEXT), apis };
}

function literal(text: string): Understanding {
  // As in editors: capitals are meant when they are typed.
  return {
    kind: "literal",
    pattern: { kind: "literal", text, ignoreCase: text === text.toLowerCase() },
  };
}

function regex(source: string, flags: string): Understanding {
  toRegExp({ source, flags });
  return { kind: "regex", pattern: { kind: "regex", source, flags } };
}
