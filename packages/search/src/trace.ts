/** A place that a stack trace names. */
export interface Frame {
  /** As printed, with forward slashes. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The function as printed, "" if it is not said. */
  readonly name: string;
}

/** An error as a console prints it, taken apart. */
export interface Trace {
  /** What went wrong in words, without the paths, numbers, addresses and quoted values that are of this one run. */
  readonly message: string;
  /** The pieces of the message that the program's source may hold as they are, longest first. */
  readonly pieces: readonly string[];
  /** The error's class, for example "java.lang.IllegalStateException"; "" if there is none. */
  readonly exception: string;
  /** Where it went: the place that failed first, then who called it. */
  readonly frames: readonly Frame[];
}

/**
 * Frames of Node.js and browsers, Python, Java, Go, Rust, C#, Ruby and PHP, compilers and linters. Every part that may begin anywhere has a limit: without one, a page
 * of "at at at" would be read once for each of its words.
 */
const FRAMES: readonly RegExp[] = [
  /\bat (?:async )?(?:new )?(?<name>[\w$.<>[\] #]{1,200}?) \((?:file:\/\/)?(?<path>[^()\n]{1,500}?):(?<line>\d+):\d+\)/g,
  /\bat (?:async )?(?:file:\/\/)?(?<path>(?:\/|[A-Za-z]:[\\/]|\.{0,2}\/)[^()\n]{1,500}?):(?<line>\d+):\d+/g,
  /\bFile "(?<path>[^"\n]+)", line (?<line>\d+)(?:, in (?<name>[^\n]+))?/g,
  /\bat (?<name>[\w$.<>/@]+)\((?<path>[\w$]+\.(?:java|kt|scala|groovy)):(?<line>\d+)\)/g,
  /\bat (?<name>[\w.<>`[\]]{1,200})\([^)\n]{0,500}\) in (?<path>[^\n]{1,500}?):line (?<line>\d+)/g,
  /^[ \t]*from (?<path>[^\s:]+):(?<line>\d+):in [`'](?<name>[^'\n]+)'/gm,
  /#\d+ (?<path>[^\s(]+)\((?<line>\d+)\)/g,
  /(?<![\w/\\.:"(@+-])(?<path>(?:[A-Za-z]:)?[\w@./\\+-]{0,500}[\w+-]\.[A-Za-z]{1,6})(?::(?<line>\d+)(?::\d+)?|\((?<line2>\d+)(?:,\d+)?\))/g,
];
const EXCEPTION =
  /(?:^|[\s"])(?<class>(?:[a-z_][\w$]*\.)*[A-Z][\w$]*(?:Error|Exception|Warning|Failure|Interrupt|Panic))\b/;
/** Between an error and the one that caused it, in Java and in Node.js. */
const CAUSED_BY = /^[ \t]*(?:Caused by:|\[cause\]:)/m;
const NOISE: readonly RegExp[] = [
  /(?:[A-Za-z]:)?(?:[/\\][\w.@+-]+){2,}(?::\d+)*/g,
  /\bhttps?:\/\/\S+/g,
  /\b0x[\da-f]+\b/gi,
  /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi,
  /\b\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\b/g,
  /'[^'\n]{0,200}'|"[^"\n]{0,200}"|`[^`\n]{0,200}`/g,
  /\b\d[\d.,:]*\b/g,
];
const MAX_FRAMES = 50;
/** What goes wrong says so at the beginning. */
const MAX_LENGTH = 20_000;
const EDGE = " \t:,;.()[]-";

/** Whether a pasted text looks like what a console prints when something fails. */
export function isTrace(whole: string): boolean {
  const text = whole.slice(0, MAX_LENGTH);
  if (
    /^[ \t]*(?:Traceback \(most recent call last\)|panic:|thread '.*' panicked at|Caused by:|Uncaught |Unhandled |error(?:\[\w+\])?:|npm ERR!|fatal(?: error)?:|Exception in thread)/im.test(
      text,
    )
  )
    return true;
  if (
    /^[ \t]+at [\w$.<>[\] ]+ ?\(.{0,500}:\d+(?::\d+)?\)/m.test(text) ||
    /^[ \t]*File ".{0,500}", line \d+/m.test(text)
  )
    return true;
  const [first = ""] = text.trim().split("\n");
  return /^(?:[\w$.]+: )?(?:[a-z_][\w$]*\.)*[A-Z][\w$]*(?:Error|Exception|Warning): /.test(first);
}

/** Takes a console error apart. Bounded by 50 frames and the first 20,000 characters. */
export function readTrace(text: string): Trace {
  const head = text.slice(0, MAX_LENGTH);
  // What is caused by something else is told first, the cause last.
  const parts = head.split(CAUSED_BY);
  const cause = parts.at(-1) ?? "";
  const exception =
    EXCEPTION.exec(isPython(head) ? lastLine(head) : cause)?.groups?.["class"] ?? "";
  const message = messageOf(cause, exception);
  const pieces = NOISE.reduce((rest, noise) => rest.replace(noise, "\0"), message)
    .split("\0")
    .map(trimEdges)
    .filter((piece) => piece.length >= 6)
    .sort((a, b) => b.length - a.length);
  const frames = isPython(head)
    ? framesOf(head).toReversed()
    : parts.toReversed().flatMap((part) => framesOf(part));
  return {
    message: pieces.join(" "),
    pieces,
    exception,
    frames: frames.slice(0, MAX_FRAMES),
  };
}

/** Python alone tells the place that failed last. */
function isPython(text: string): boolean {
  return /Traceback \(most recent call last\)/.test(text);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

function trimEdges(piece: string): string {
  let [from, to] = [0, piece.length];
  while (from < to && EDGE.includes(piece[from] ?? "")) from++;
  while (to > from && EDGE.includes(piece[to - 1] ?? "")) to--;
  return piece.slice(from, to);
}

function framesOf(text: string): Frame[] {
  const found = new Map<number, Frame>();
  const taken = new Set<string>();
  for (const pattern of FRAMES) {
    for (const match of text.matchAll(pattern)) {
      const { path = "", line, line2, name = "" } = match.groups ?? {};
      const frame = {
        path: path.replaceAll("\\", "/"),
        line: Number(line ?? line2),
        name: name.trim(),
      };
      const key = `${frame.path}:${frame.line}`;
      if (taken.has(key) || path === "") continue;
      taken.add(key);
      found.set(match.index, frame);
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, frame]) => frame);
}

/** The line that says what went wrong: that of the exception (the last one in Python, where it ends the trace), or the first that is no frame. */
function messageOf(text: string, exception: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const simple = exception.slice(exception.lastIndexOf(".") + 1);
  const named =
    exception === ""
      ? undefined
      : lines.find((line) => line.includes(simple) && !/^(?:at|File) /.test(line));
  const panic = lines.find((line) => /^(?:panic:|thread '.*' panicked)/.test(line));
  const line =
    (isPython(text) ? lines.at(-1) : undefined) ??
    panic ??
    named ??
    lines.find((each) => !/^(?:at |File |Traceback|\^|\|)/.test(each)) ??
    "";
  const behind = simple === "" ? -1 : line.indexOf(simple);
  const said = behind < 0 ? line : line.slice(behind + simple.length);
  return said.replace(
    /^\s*(?:panic|error|fatal|fatal error|uncaught|npm ERR!)?\s*(?:\[\w+\])?\s*[:!]?\s*/i,
    "",
  );
}
