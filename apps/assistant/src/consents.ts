import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ConsentEvent, type Circumstances, products, strictest } from "@cloud-code/policy";
import { defaultPaths } from "@cloud-code/telemetry";
import { AssistantError, reasonOf } from "./errors.ts";

/** The file of the answers, beside that of the answers about usage statistics. */
export function consentsPath(environment: NodeJS.ProcessEnv): string {
  return join(dirname(defaultPaths(environment, process.platform).choices), "models.jsonl");
}

/** An answer to the question whether a model service may see code; `origin` as `new URL(address).origin` prints it. */
type ModelConsent = ConsentEvent & {
  readonly purpose: "ask-chosen-model";
  readonly origin: string;
};

/**
 * The answers in a file, oldest first: one JSON object a line, only ever added to. What cannot be read may have been a no to any service, and so it is one.
 * Throws `CHOICES_UNREADABLE`.
 */
export function readConsents(path: string): readonly ConsentEvent[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === "ENOENT") return [];
    throw new AssistantError("CHOICES_UNREADABLE", { path, reason }, { cause: error });
  }
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseConsent(line) ?? NO_TO_ALL);
}

/** Adds an answer, and returns once the disk has it. Throws `CHOICES_UNWRITABLE`. */
function recordConsent(path: string, consent: ModelConsent): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, "a", 0o600);
    try {
      // With a line break before it too: a line that a crash cut short spoils itself and not this one.
      writeSync(file, `\n${JSON.stringify(consent)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new AssistantError(
      "CHOICES_UNWRITABLE",
      { path, reason: reasonOf(error) },
      { cause: error },
    );
  }
}

/** Records a yes to a model service, given with the notice of now on the screen. Throws `CHOICES_UNWRITABLE`. */
export function allowModel(origin: string, environment: NodeJS.ProcessEnv): void {
  recordConsent(consentsPath(environment), {
    answer: "given",
    purpose: "ask-chosen-model",
    origin,
    noticeVersion: products.assistant.notice.version,
    atMs: Date.now(),
  });
}

/** Records a no, which holds from the next request. Throws `CHOICES_UNREADABLE` and `CHOICES_UNWRITABLE`. */
export function forbidModel(origin: string, environment: NodeJS.ProcessEnv): void {
  const path = consentsPath(environment);
  const before = readConsents(path).findLast((event) => event.origin === origin);
  const answer = before?.answer === "given" ? "withdrawn" : "refused";
  recordConsent(path, { answer, purpose: "ask-chosen-model", origin, atMs: Date.now() });
}

/** What is known when a chosen model is to be asked. A yes is recorded with the notice that was on the screen, so that one was shown. */
export function modelCircumstances(
  consents: readonly ConsentEvent[],
  known: Pick<Circumstances, "workspaceTrusted" | "organisation">,
): Circumstances {
  const hasSeen = consents.some(
    (event) =>
      event.answer === "given" && event.noticeVersion === products.assistant.notice.version,
  );
  return {
    ...strictest,
    ...known,
    consents,
    noticesShown: hasSeen ? { assistant: products.assistant.notice.version } : {},
  };
}

const NO_TO_ALL: ConsentEvent = { answer: "refused", purpose: "ask-chosen-model", atMs: 0 };

function parseConsent(line: string): ModelConsent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Cut short by a crash, or edited by hand; the caller reads it as a no.
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { answer, purpose, origin, noticeVersion, atMs } = value as Record<string, unknown>;
  if (purpose !== "ask-chosen-model" || typeof origin !== "string") return undefined;
  if (typeof atMs !== "number" || !Number.isFinite(atMs)) return undefined;
  if (answer === "refused" || answer === "withdrawn") return { answer, purpose, origin, atMs };
  return answer === "given" && typeof noticeVersion === "number"
    ? { answer, purpose, origin, noticeVersion, atMs }
    : undefined;
}
