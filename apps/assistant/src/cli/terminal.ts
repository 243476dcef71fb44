import type { Readable, Writable } from "node:stream";
import { type ErrorCode, type ErrorDetails, type Locale, wordError } from "../errors.ts";
import { toLocale } from "../words.ts";

/** A text in each language. */
export type Words = Readonly<Record<Locale, string>>;

/** Where a command reads and writes, and for whom. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly locale: Locale;
  /** Whether the output may be coloured. */
  readonly isColored: boolean;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The person's language: `--lang`, else the environment, else what the system says. */
export function chooseLocale(asked: string | undefined, environment: NodeJS.ProcessEnv): Locale {
  const tags = [asked, environment["LC_ALL"], environment["LC_MESSAGES"], environment["LANG"]];
  const tag = tags.find((each) => each !== undefined && each !== "");
  return toLocale(tag ?? new Intl.DateTimeFormat().resolvedOptions().locale);
}

/** Writes a line for the person. */
export function print(terminal: Terminal, line: string): void {
  terminal.output.write(`${line}\n`);
}

/** Writes one JSON value for a program. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.output.write(`${JSON.stringify(value)}\n`);
}

/** Says on the error stream what the person should know; standard output stays for the answer. */
export function warn(terminal: Terminal, code: ErrorCode, details: ErrorDetails): void {
  terminal.errors.write(`cloud-code: ${wordError(code, details, terminal.locale)}\n`);
}

/** `text` in a muted colour, where colours are welcome. */
export function dim(terminal: Terminal, text: string): string {
  return terminal.isColored ? `\u001b[2m${text}\u001b[22m` : text;
}

/** A number with the separators of the person's language. */
export function toDigits(terminal: Terminal, value: number): string {
  return value.toLocaleString(terminal.locale === "zh" ? "zh-CN" : "en-US");
}
