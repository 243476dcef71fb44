import { AssistantError, type Locale } from "../errors.ts";
import type { Terminal, Words } from "./terminal.ts";

/** An option of a command. `value` names what follows it; an option without is a switch. */
export interface OptionSpec {
  readonly short?: string;
  readonly value?: string;
  readonly help: Words;
}

/** What a command was given, by option name. */
export interface Given {
  readonly texts: Readonly<Record<string, string>>;
  readonly switches: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/** A command: its name as typed, its help, and how to load what it does. Resolves with the exit code. */
export interface Command {
  readonly name: string;
  readonly summary: Words;
  /** What may follow without a dash, for example "[DIR]"; absent: nothing. */
  readonly positional?: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly example: string;
  readonly load: () => Promise<(given: Given, terminal: Terminal) => Promise<number>>;
}

/** The whole number of an option between `min` and `max`; throws `USAGE`. */
export function parseNumber(
  given: Given,
  name: string,
  min: number,
  max: number,
  command: string,
  locale: Locale,
): number | undefined {
  const text = given.texts[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `≥ ${min}` : `${min}–${max}`;
  throw usage(
    locale === "en"
      ? `\`--${name}\` is a whole number ${range}, not \`${text}\`.`
      : `\`--${name}\` 应为整数（${range}），而不是 \`${text}\`。`,
    command,
  );
}

/** The text of an option that must be there; throws `USAGE`. */
export function requireText(given: Given, name: string, command: string, locale: Locale): string {
  const text = given.texts[name];
  if (text !== undefined) return text;
  throw usage(locale === "en" ? `\`--${name}\` is missing.` : `缺少 \`--${name}\`。`, command);
}

/** A complaint about a command line, with the help to read. */
export function usage(reason: string, command?: string): AssistantError {
  return new AssistantError("USAGE", {
    reason,
    help: `cloud-code ${command === undefined ? "" : `${command} `}--help`,
  });
}
