import { parseArgs } from "node:util";
import type { Locale } from "../errors.ts";
import { type Command, type Given, usage } from "./command.ts";
import { COMMANDS, COMMON } from "./commands.ts";

/** What a command line asks for. */
export type Asked =
  | { readonly kind: "version" }
  | { readonly kind: "help"; readonly topic: Command | string | undefined }
  | { readonly kind: "run"; readonly command: Command; readonly given: Given };

/**
 * Takes `--lang` out of a command line: it decides in which language the rest is criticised. `--lang python` stays: that is a filter of `search`, and no
 * programming language is called "en" or "zh".
 */
export function takeLanguage(words: readonly string[]): {
  readonly words: readonly string[];
  readonly language?: string;
} {
  const at = words.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = words[at];
  if (word === undefined) return { words };
  const isInline = word.includes("=");
  const language = isInline ? word.slice(word.indexOf("=") + 1) : words[at + 1];
  // Nothing follows: the parser below says that a value is missing.
  if (language === undefined) return { words };
  if (!/^(?:en|zh)\b/i.test(language) && words[0] === "search") return { words };
  const rest = words.filter((_, each) => each !== at && (isInline || each !== at + 1));
  return { words: rest, language };
}

/** Throws `USAGE` unless `--lang` named a language that the program speaks. */
export function checkLanguage(language: string | undefined): void {
  if (language === undefined || /^(?:en|zh)(?:[-_.]|$)/i.test(language)) return;
  throw usage(`\`--lang\` takes en or zh (en 或 zh), not \`${language}\`.`);
}

/** Understands a command line without `--lang`; throws `USAGE` in the person's language. */
export function parseCommandLine(words: readonly string[], locale: Locale): Asked {
  const [first, second] = words;
  if (first === undefined) return { kind: "help", topic: undefined };
  if (first === "--version" || first === "-v") return { kind: "version" };
  if (first === "--help" || first === "-h") return { kind: "help", topic: undefined };
  if (first === "help")
    return {
      kind: "help",
      topic: second === undefined ? undefined : findCommand(words.slice(1), locale).topic,
    };
  const { topic, rest } = findCommand(words, locale);
  if (rest.includes("--help") || rest.includes("-h")) return { kind: "help", topic };
  if (typeof topic === "string") {
    throw usage(
      locale === "en" ? `\`${topic}\` needs a command.` : `\`${topic}\` 需要一个命令。`,
      topic,
    );
  }
  return { kind: "run", command: topic, given: parseOptions(topic, rest, locale) };
}

function findCommand(
  words: readonly string[],
  locale: Locale,
): { topic: Command | string; rest: readonly string[] } {
  const [first = "", second = ""] = words;
  const two = COMMANDS.find(({ name }) => name === `${first} ${second}`);
  if (two !== undefined) return { topic: two, rest: words.slice(2) };
  const one = COMMANDS.find(({ name }) => name === first);
  if (one !== undefined) return { topic: one, rest: words.slice(1) };
  const inGroup = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (inGroup.length > 0 && (second === "" || second.startsWith("-")))
    return { topic: first, rest: words.slice(1) };
  const typed = inGroup.length > 0 ? `${first} ${second}` : first;
  const near = nearest(
    typed,
    COMMANDS.map(({ name }) => name),
  );
  const reason = locale === "en" ? `There is no command \`${typed}\`.` : `没有命令 \`${typed}\`。`;
  throw usage(reason + suggest(near, locale));
}

function parseOptions(command: Command, words: readonly string[], locale: Locale): Given {
  const specs = { ...command.options, ...COMMON };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { short, value }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  // Not strict: its complaints are in English only.
  const { tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const texts: Record<string, string> = {};
  const switches = new Set<string>();
  const positionals: string[] = [];
  const english = locale === "en";
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = specs[token.name];
    if (spec === undefined) {
      const near = token.rawName.startsWith("--")
        ? nearest(
            token.rawName,
            Object.keys(specs).map((name) => `--${name}`),
          )
        : undefined;
      const reason = english
        ? `There is no option \`${token.rawName}\`.`
        : `没有选项 \`${token.rawName}\`。`;
      throw usage(reason + suggest(near, locale), command.name);
    }
    if (spec.value === undefined) {
      if (token.value !== undefined) {
        throw usage(
          english ? `\`--${token.name}\` takes no value.` : `\`--${token.name}\` 不接受值。`,
          command.name,
        );
      }
      switches.add(token.name);
    } else {
      if (token.value === undefined || token.value === "") {
        throw usage(
          english ? `\`--${token.name}\` needs a value.` : `\`--${token.name}\` 需要一个值。`,
          command.name,
        );
      }
      texts[token.name] = token.value;
    }
  }
  const takesMany = command.positional?.endsWith("…") === true;
  const surplus = takesMany ? undefined : positionals[command.positional === undefined ? 0 : 1];
  if (surplus !== undefined) {
    throw usage(
      english ? `\`${surplus}\` is not expected here.` : `此处不应有 \`${surplus}\`。`,
      command.name,
    );
  }
  return { texts, switches, positionals };
}

function suggest(near: string | undefined, locale: Locale): string {
  if (near === undefined) return "";
  return locale === "en" ? ` Did you mean \`${near}\`?` : `您是指 \`${near}\` 吗？`;
}

/** The candidate that is at most a third of its letters away from what was typed. */
function nearest(typed: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, best.name.length / 3)
    ? best.name
    : undefined;
}

/** Edits between two words: insert, delete, replace, or swap neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
