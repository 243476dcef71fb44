/** Usage statistics in words: what the terminal prints and what editors are told. */
import {
  type AskedPurpose,
  consentQuestion,
  counters,
  type DenialReason,
  denials,
  figures,
  inventory,
  products,
  renderNotice,
  toMarkdown,
} from "@cloud-code/policy";
import {
  type Counts,
  type Export,
  type NextReport,
  parseReport,
  type PastWeek,
  type Paths,
  type Standing,
  type TelemetryError,
  toFigures,
} from "@cloud-code/telemetry";
import { AssistantError, type Locale } from "../errors.ts";
import type {
  PrivacyNotice,
  TelemetryExport,
  TelemetryFigure,
  TelemetryQuestion,
  TelemetryReport,
  TelemetryState,
  TelemetryWeek,
} from "../lsp/protocol.ts";

/** How things stand, for a person who reads `locale`. */
export function toState(standing: Standing, paths: Paths, locale: Locale): TelemetryState {
  const { mode, decision, isForbidden, receiver, next } = standing;
  const canAsk = receiver !== undefined && !isForbidden;
  return {
    mode,
    sentence: wordStanding(standing, locale),
    sends: decision?.kind === "granted",
    ...(decision?.kind === "denied" ? { because: decision.because } : {}),
    locked: isForbidden,
    answered: standing.isAnswered,
    ...(canAsk ? { question: toQuestion("usage-statistics", receiver, locale) } : {}),
    ...(next === undefined ? {} : { next: toReport(next) }),
    waiting: standing.waiting.map(toReport),
    ...(mode === "off" ? {} : { figures: defineFigures(standing.counts, locale) }),
    choicesPath: paths.choices,
    figuresPath: paths.figures,
  };
}

/** The question that a yes answers. */
export function toQuestion(
  purpose: AskedPurpose,
  receiver: string,
  locale: Locale,
): TelemetryQuestion {
  const { title, body, allow, refuse, more, origin, noticeVersion } = consentQuestion(
    purpose,
    receiver,
  );
  return {
    receiver: origin,
    noticeVersion,
    title: title[locale],
    body: body[locale],
    allow: allow[locale],
    refuse: refuse[locale],
    more: more[locale],
  };
}

/** Why nothing was sent, and what to do about it. */
export function wordDenial(because: DenialReason, locale: Locale): string {
  return denials[because][locale];
}

/** The notice as Markdown. */
export function toNotice(locale: Locale): PrivacyNotice {
  const { version } = products.assistant.notice;
  return { version, markdown: toMarkdown(renderNotice("assistant", locale)) };
}

/** A week before this one. */
export function toWeek(past: PastWeek, locale: Locale): TelemetryWeek {
  const { week, outcome, bytes } = past;
  return {
    week,
    outcome,
    ...(bytes === undefined ? {} : { bytes }),
    figures: wordFigures(past.counts ?? countsOf(past.bytes), locale),
  };
}

/** Everything that is kept, as a document. */
export function toExport(kept: Export): TelemetryExport {
  return {
    fileName: "cloud-code-usage-statistics.json",
    text: `${JSON.stringify(kept, undefined, 2)}\n`,
  };
}

/** The same failure in words of the assistant. */
export function toAssistantError(error: TelemetryError): AssistantError {
  const { code, details } = error;
  // A receiver's store is no part of this program.
  if (code === "TELEMETRY_STORE_UNUSABLE")
    return new AssistantError("TELEMETRY_UNREADABLE", details, { cause: error });
  return new AssistantError(code, details, { cause: error });
}

/** The eight figures, worded. */
function wordFigures(counts: Counts | undefined, locale: Locale): TelemetryFigure[] {
  if (counts === undefined) return [];
  const digits = new Intl.NumberFormat(locale === "zh" ? "zh-CN" : "en-US", {
    maximumFractionDigits: 1,
  });
  return toFigures(counts).map(({ figure, values }) => ({
    title: figures[figure].title[locale],
    value: (values ?? []).map((value) => digits.format(value)).join(" / "),
  }));
}

/** The eight figures with what each counts, in the words of the inventory. */
function defineFigures(counts: Counts, locale: Locale): TelemetryFigure[] {
  const definitions = Object.values(figures).map(({ value }) =>
    (value.kind === "counts" ? value.of : [value.sum, value.by])
      .map((key) => inventory[counters[key].item].detail?.[locale] ?? "")
      .join(locale === "en" ? " " : ""),
  );
  return wordFigures(counts, locale).map((figure, index) => ({
    ...figure,
    definition: definitions[index] ?? "",
  }));
}

/** One line: what is counted and sent, or why nothing is. */
function wordStanding(standing: Standing, locale: Locale): string {
  const { mode, decision, choices, isForbidden, hasSwitch } = standing;
  const english = locale === "en";
  const latest = choices.at(-1);
  const receiver = latest?.mode === "on" ? latest.receiver : "";
  if (mode === "on" && decision?.kind === "granted") {
    return english
      ? `Usage statistics are on: eight figures go to ${receiver} once a week.`
      : `使用统计已开启：每周向 ${receiver} 发送一次八项数据。`;
  }
  if (decision?.kind === "denied" && decision.because === "editor-forbids" && !hasSwitch) {
    return english
      ? `Usage statistics are on: eight figures go to ${receiver} once a week, from editors whose own telemetry switch allows it. There is no such switch here, so what is counted here stays here.`
      : `使用统计已开启：每周向 ${receiver} 发送一次八项数据，仅由自身遥测开关允许的编辑器发送。此处没有这样的开关，因此此处的统计不会发出。`;
  }
  if (mode === "on" && decision?.kind === "denied") {
    const reason = denials[decision.because][locale];
    return english ? `Usage statistics are on. ${reason}` : `使用统计已开启。${reason}`;
  }
  const lock = !isForbidden
    ? ""
    : english
      ? " Your organisation does not allow sending them."
      : "您的组织不允许发送。";
  if (mode === "local") {
    const sentence = english
      ? "Usage is counted on this machine and never sent."
      : "使用情况仅在本机统计，绝不发送。";
    return sentence + lock;
  }
  return (
    (english
      ? "Usage statistics are off: nothing is counted and nothing is sent."
      : "使用统计已关闭：不统计，也不发送任何内容。") + lock
  );
}

function toReport({ week, bytes, isEnough, dueMs }: NextReport): TelemetryReport {
  return {
    week,
    bytes,
    enough: isEnough,
    ...(dueMs === undefined ? {} : { dueAt: new Date(dueMs).toISOString() }),
  };
}

function countsOf(bytes: string | undefined): Counts | undefined {
  const parsed = bytes === undefined ? undefined : parseReport(bytes);
  return parsed?.kind === "report" ? parsed.report.counts : undefined;
}
