import { mkdtemp, realpath, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, parse, relative, resolve, sep } from "node:path";
import { languageOf } from "@cloud-code/syntax";
import { AssistantError } from "../errors.ts";
import type { Answer, Session } from "../session.ts";
import { wordWhy } from "../words.ts";
import { parseDocument, readDocument, toOffset } from "../workspace/document.ts";
import { isSecret } from "../workspace/denied.ts";
import { openSession, resolveWorkspace } from "../workspace/open.ts";
import { findProject, isTooBroad } from "../workspace/root.ts";
import { MAX_FILE_BYTES } from "../workspace/source.ts";
import { type Given, parseNumber, requireText } from "./command.ts";
import { Progress } from "./progress.ts";
import { dim, print, printJson, type Terminal } from "./terminal.ts";

const COMMAND = "complete";
const MAX_CANDIDATES = 50;

/** `cloud-code complete`: the suggestions at one place of one file. */
export async function runComplete(given: Given, terminal: Terminal): Promise<number> {
  const { locale, signal } = terminal;
  const named = requireText(given, "file", COMMAND, locale);
  requireText(given, "line", COMMAND, locale);
  requireText(given, "column", COMMAND, locale);
  const line = parseNumber(given, "line", 1, Number.MAX_SAFE_INTEGER, COMMAND, locale) ?? 1;
  const column = parseNumber(given, "column", 0, Number.MAX_SAFE_INTEGER, COMMAND, locale) ?? 0;
  const limit = parseNumber(given, "limit", 1, MAX_CANDIDATES, COMMAND, locale);
  const text = given.switches.has("stdin")
    ? await readInput(terminal, named)
    : await readDocument(named);
  const offset = toOffset(text, line, column, named);
  const file = await toRealPath(named);
  const folder = dirname(file);
  const project =
    given.texts["workspace"] ??
    (await findProject(folder)) ??
    (isTooBroad(folder) ? undefined : folder);
  const root = project === undefined ? undefined : await resolveWorkspace(project);
  // A file of no project is named by its whole path, so that a secret below a folder of secrets is still known for one.
  const top = root ?? parse(file).root;
  const path = relative(top, file).split(sep).join("/");
  if (path.startsWith("../") || resolve(top, path) !== file)
    throw new AssistantError("FILE_OUTSIDE", { path: named, root: top });

  if (languageOf(path) === undefined) {
    // Known before anything is indexed.
    const answer: Answer = { candidates: [], why: "unsupported-language", latencyMs: 0 };
    if (given.switches.has("json")) printJson(terminal, answer);
    else printAnswer(answer, terminal);
    return 0;
  }

  const progress = new Progress(terminal);
  if (root === undefined) progress.notice({ code: "PROJECT_NONE", details: { path: named } });
  const session = root === undefined ? await openEmpty() : await openSession({ root });
  session.onStatus(({ activity, notices = [] }) => {
    progress.update(activity);
    notices.forEach((notice) => progress.notice(notice));
  });
  try {
    await untilIndexed(session, signal);
    const answer = await session.complete({
      path,
      text,
      offset,
      explicit: true,
      signal,
      ...(limit === undefined ? {} : { limit }),
    });
    progress.end();
    if (given.switches.has("json")) printJson(terminal, answer);
    else printAnswer(answer, terminal);
    return answer.why === "failed" ? 1 : 0;
  } finally {
    progress.end();
    await session.close();
  }
}

/** A session that knows no file, and so answers from the document alone. */
async function openEmpty(): Promise<Session> {
  const root = await mkdtemp(join(tmpdir(), "cloud-code-"));
  const session = await openSession({ root, cache: null });
  await session.ready();
  await rmdir(root);
  return session;
}

/** Waits until the index is up to date, or fails: then the file alone answers. Throws `CANCELLED` at Ctrl-C. */
async function untilIndexed(session: Session, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    session.ready().then(resolve, reject);
    session.onStatus(({ activity }) => activity.kind === "failed" && resolve());
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  if (signal.aborted) throw new AssistantError("CANCELLED");
}

async function readInput(terminal: Terminal, path: string): Promise<string> {
  if (isSecret(path.split(sep).join("/"))) throw new AssistantError("FILE_REFUSED", { path });
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = (): unknown => terminal.input.destroy();
  terminal.signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of terminal.input as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Whatever follows is too much as well.
      if (bytes > MAX_FILE_BYTES) break;
    }
  } catch (error) {
    if (!terminal.signal.aborted) throw error;
  } finally {
    terminal.signal.removeEventListener("abort", stop);
  }
  if (terminal.signal.aborted) throw new AssistantError("CANCELLED");
  return parseDocument(Buffer.concat(chunks), path);
}

/** The real path of a file that may not be on disk yet: that of its folder, with its name. */
async function toRealPath(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    // A file that exists only in an editor has no real path of its own.
    const folder = await resolveWorkspace(dirname(absolute));
    return resolve(folder, absolute.slice(dirname(absolute).length).replace(/^[/\\]/, ""));
  }
}

function printAnswer({ candidates, why }: Answer, terminal: Terminal): void {
  for (const { rank, probability, source, text } of candidates) {
    const share = `${Math.round(probability * 100)} %`.padStart(5);
    print(
      terminal,
      `${String(rank).padStart(2)}  ${share}  ${dim(terminal, source.padEnd(7))}  ${toVisible(text)}`,
    );
  }
  if (candidates.length > 0) return;
  const nothing = terminal.locale === "en" ? "No suggestion." : "没有建议。";
  print(
    terminal,
    why === undefined
      ? nothing
      : `${nothing}${terminal.locale === "en" ? " " : ""}${wordWhy(why, terminal.locale)}`,
  );
}

/** Code may hold control characters; a terminal must not obey them. */
function toVisible(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) =>
    control === "\t" ? control : `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
