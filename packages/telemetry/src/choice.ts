import type { ConsentEvent } from "@cloud-code/policy";

/** `off`: nothing is counted. `local`: counted on this machine and never sent. `on`: counted, and sent once a week. */
export type Mode = "off" | "local" | "on";

/** One answer of the person. Answers are only added, so the history of a choice stays visible. */
export type Choice =
  | { readonly mode: "off" | "local"; readonly atMs: number }
  | {
      readonly mode: "on";
      /** The one origin that the question named. */
      readonly receiver: string;
      /** The version of the notice that was on the screen. */
      readonly noticeVersion: number;
      readonly atMs: number;
    };

/**
 * The line for a choice. It begins with a line break as well: a line that a crash cut short then spoils itself and not the next.
 */
export function toLine(choice: Choice): string {
  return `\n${JSON.stringify(choice)}\n`;
}

/** Reads the lines of a file, oldest first. What cannot be read may have been a no, and so it is one. */
export function parseChoices(text: string): readonly Choice[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseChoice(line) ?? { mode: "off", atMs: 0 });
}

/** What holds: the latest answer, and `off` without one. */
export function modeOf(choices: readonly Choice[]): Mode {
  return choices.at(-1)?.mode ?? "off";
}

/** The answers as the policy understands them: `local` and `off` both refuse sending, and after a yes they withdraw it. */
export function toConsents(choices: readonly Choice[]): readonly ConsentEvent[] {
  let isGiven = false;
  return choices.map((choice): ConsentEvent => {
    const { atMs } = choice;
    const wasGiven = isGiven;
    isGiven = choice.mode === "on";
    if (choice.mode === "on") {
      const { receiver, noticeVersion } = choice;
      return {
        answer: "given",
        purpose: "usage-statistics",
        origin: receiver,
        noticeVersion,
        atMs,
      };
    }
    return { answer: wasGiven ? "withdrawn" : "refused", purpose: "usage-statistics", atMs };
  });
}

function parseChoice(line: string): Choice | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Cut short by a crash, or edited by hand; the caller reads it as a no.
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { mode, atMs, receiver, noticeVersion } = value as Record<string, unknown>;
  if (typeof atMs !== "number" || !Number.isFinite(atMs)) return undefined;
  if (mode === "off" || mode === "local") return { mode, atMs };
  const isYes = mode === "on" && typeof receiver === "string" && Number.isInteger(noticeVersion);
  return isYes ? { mode, receiver, noticeVersion: Number(noticeVersion), atMs } : undefined;
}
