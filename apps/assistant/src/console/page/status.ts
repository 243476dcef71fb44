import type { Notice, Status } from "../../session.ts";
import { type Locale, wordActivity, wordError, wordSkipped } from "../../words.ts";
import { find } from "./elements.ts";
import { say } from "./words.ts";

/** Draws what the program is doing, with a bar while it indexes, and what its index holds. */
export function drawStatus(status: Status, locale: Locale): void {
  const { activity, index } = status;
  const format = new Intl.NumberFormat(locale === "zh" ? "zh-CN" : "en");
  const compact = new Intl.NumberFormat(locale === "zh" ? "zh-CN" : "en", {
    notation: "compact",
    maximumFractionDigits: 1,
  });

  document.body.dataset["activity"] = activity.kind;
  setText(find("activity-words"), capitalize(wordActivity(activity, locale)));
  find("activity-words").title = activity.kind === "failed" ? activity.message : "";
  const progress = find<HTMLProgressElement>("progress");
  progress.hidden = activity.kind !== "indexing";
  if (activity.kind === "indexing") {
    progress.max = Math.max(1, activity.filesTotal);
    progress.value = activity.filesDone;
  }

  const facts = {
    files: format.format(index.files),
    tokens: compact.format(index.tokens),
    size: sayBytes(index.bytes, locale),
  };
  setText(find("index"), say(index.bytes > 0 ? "index" : "indexInMemory", locale, facts));
  drawNotices(status.notices ?? [], locale);
  setText(
    find("index-facts"),
    `${find("index").textContent}. ${saySkipped(index.skipped, locale, format)}`,
  );
}

/** Draws that the program is gone: what it last said of itself no longer holds. */
export function drawStopped(locale: Locale): void {
  setText(find("activity-words"), say("statusStopped", locale));
  find("progress").hidden = true;
}

/** The latest notice stands in the status bar, all of them among the facts. */
function drawNotices(notices: readonly Notice[], locale: Locale): void {
  const sentences = notices.map(({ code, details }) => wordError(code, details, locale));
  setText(find("notice"), sentences.at(-1) ?? "");
  const items = sentences.map((sentence) => {
    const item = document.createElement("li");
    item.textContent = sentence;
    return item;
  });
  find("notices").replaceChildren(...items);
}

/** Draws the time the last answer took, question to answer. */
export function drawLatency(latencyMs: number, locale: Locale): void {
  const ms = new Intl.NumberFormat(locale, {
    maximumFractionDigits: latencyMs < 10 ? 1 : 0,
  }).format(latencyMs);
  setText(find("latency"), say("latency", locale, { ms }));
}

function saySkipped(
  skipped: Status["index"]["skipped"],
  locale: Locale,
  format: Intl.NumberFormat,
): string {
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  if (reasons.length === 0) return say("skippedNone", locale);
  const separator = locale === "zh" ? "、" : ", ";
  return say("skipped", locale, {
    list: reasons
      .map(([reason, count]) => `${format.format(count)} ${wordSkipped(reason, locale)}`)
      .join(separator),
  });
}

function sayBytes(bytes: number, locale: Locale): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(
    units.length - 1,
    Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)),
  );
  const options = {
    style: "unit",
    unit: units[power],
    maximumFractionDigits: bytes / 1000 ** power < 10 ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(locale === "zh" ? "zh-CN" : "en", options).format(
    bytes / 1000 ** power,
  );
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A live region that is set to the same text again would be read again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
