import {
  clockPlace,
  endOfDay,
  instantOf,
  type Language,
  type Operator,
  parseDay,
  type Text,
} from "@cloud-code/policy";

/** The words of a page in every language. A missing translation does not compile, because `Text` asks for all of them. */
export type Words = Readonly<Record<string, Text>>;

type Said = Readonly<Record<string, string>>;

// Every component of every page asks; what it asks for never changes.
const known = new WeakMap<Words, Partial<Record<Language, Said>>>();

/** Takes one language out of a page's words: `say(words, "zh").title`. */
export function say<W extends Words>(
  words: W,
  language: Language,
): Readonly<Record<keyof W, string>> {
  const kept = known.get(words) ?? {};
  known.set(words, kept);
  const said = (kept[language] ??= Object.fromEntries(
    Object.entries(words).map(([key, text]) => [key, text[language]]),
  ));
  return said as Record<keyof W, string>;
}

const locale: Readonly<Record<Language, string>> = { en: "en-GB", zh: "zh-CN" };

/** Who reads: in which language, and in whose time zone moments are told. Everybody sees the same day: the operator's, whose clocks count. */
export interface Reader {
  readonly language: Language;
  /** A name of the IANA time zone database. */
  readonly timeZone: string;
}

/** Somebody who reads a letter or a page of an operator's. */
export function readerAt(operator: Operator, language: Language): Reader {
  return { language, timeZone: clockPlace(operator).timeZone };
}

// Making a format costs fifty times what using it does.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(
  { language, timeZone }: Reader,
  shape: "day" | "minute" | "zone",
): Intl.DateTimeFormat {
  const key = `${shape} ${language} ${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale[language], { ...shapes[shape], timeZone });
  formats.set(key, made);
  return made;
}

const shapes = {
  day: { dateStyle: "long" },
  minute: { dateStyle: "long", timeStyle: "short" },
  zone: { timeZoneName: "short" },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

/** A day in words: "22 November 2026", "2026年11月22日". */
export function formatDate(atMs: number, reader: Reader): string {
  return formatOf(reader, "day").format(atMs);
}

/** A day and minute with the name the zone has then: "22 November 2026 at 10:00 CET", "2026年11月22日 10:00 GMT+8". */
export function formatTime(atMs: number, reader: Reader): string {
  const zone = formatOf(reader, "zone")
    .formatToParts(atMs)
    .find(({ type }) => type === "timeZoneName");
  return `${formatOf(reader, "minute").format(atMs)} ${zone?.value ?? reader.timeZone}`;
}

/** Reads `YYYY-MM-DD` as the moment at which that day begins; undefined for what is no day. */
export function readDay(text: string, { timeZone }: Pick<Reader, "timeZone">): number | undefined {
  try {
    return endOfDay(parseDay(text.trim()) - 1, timeZone) + 1;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads a day and minute, `2026-11-22 10:00`, as the clocks of the zone show it; with an offset or a Z it says itself which are meant. */
export function readMoment(
  text: string,
  { timeZone }: Pick<Reader, "timeZone">,
): number | undefined {
  const parts =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?) ?(Z|[+-]\d{2}:\d{2})?$/i.exec(
      text.trim(),
    );
  if (parts === null) return readDay(text, { timeZone });
  const [, day = "", clock = "", zone] = parts;
  const shown = Date.parse(`${day}T${clock}${zone?.toUpperCase() ?? "Z"}`);
  if (Number.isNaN(shown) || readDay(day, { timeZone }) === undefined) return undefined;
  return zone === undefined ? instantOf(shown, timeZone) : shown;
}

const numbers = new Map<string, Intl.NumberFormat>();

/** A number as people of the language write it. */
export function formatNumber(value: number, language: Language, digits = 0): string {
  const key = `${language} ${digits}`;
  const known = numbers.get(key);
  if (known !== undefined) return known.format(value);
  const made = new Intl.NumberFormat(locale[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  numbers.set(key, made);
  return made.format(value);
}
