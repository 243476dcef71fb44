import type { Suggestion } from "@cloud-code/completion";
import type { Why } from "../session.ts";
import { type Locale, wordWhy } from "../words.ts";

/** Why an editor shows nothing: the session's reasons and those of the language server around it. */
export type Reason = Why | OwnReason;

type OwnReason =
  | "off"
  | "language-off"
  | "view-off"
  | "below-threshold"
  | "just-deleted"
  | "not-open"
  | "out-of-step"
  | "changed-meanwhile";

const REASONS: Record<OwnReason, Record<Locale, string>> = {
  off: {
    en: "Completion is switched off. Set cloudCode.enabled to true to switch it on.",
    zh: "补全已关闭。将 cloudCode.enabled 设为 true 即可开启。",
  },
  "language-off": {
    en: "Completion is switched off for this language in cloudCode.languages.",
    zh: "此语言的补全已在 cloudCode.languages 中关闭。",
  },
  "view-off": {
    en: "This kind of suggestion is switched off in cloudCode.show.",
    zh: "此类建议已在 cloudCode.show 中关闭。",
  },
  "below-threshold": {
    en: "There were suggestions, but none was likely enough. Ask by hand to see them, or lower the threshold.",
    zh: "有候选建议，但可能性都不够高。手动触发即可查看，或调低阈值。",
  },
  "just-deleted": {
    en: "Something was just deleted here; suggestions come back as you type.",
    zh: "此处刚刚删除了内容；继续输入时会恢复建议。",
  },
  "not-open": {
    en: "The editor has not opened this document with the language server.",
    zh: "编辑器尚未在语言服务器中打开此文档。",
  },
  "out-of-step": {
    en: "The editor's changes to this document could not be followed. Close the file and open it again.",
    zh: "无法跟上编辑器对此文档的修改。请关闭该文件后重新打开。",
  },
  "changed-meanwhile": {
    en: "The document changed while the answer was on its way.",
    zh: "在给出答案之前文档已发生变化。",
  },
};

const SOURCES: Record<Suggestion["source"], Record<Locale, string>> = {
  file: { en: "this file", zh: "此文件" },
  project: { en: "this project", zh: "此项目" },
  model: { en: "model", zh: "模型" },
};

/** Why nothing is shown, as a sentence. */
export function wordReason(reason: Reason, locale: Locale): string {
  return isOwn(reason) ? REASONS[reason][locale] : wordWhy(reason, locale);
}

/** A probability for people: "87 %". What is offered is never "0 %". */
export function wordProbability(probability: number, locale: Locale): string {
  const percent = Math.max(1, Math.round(probability * 100));
  return locale === "en" ? `${percent} %` : `${percent}%`;
}

/** Where a suggestion comes from, in two words. */
export function wordSource(source: Suggestion["source"], locale: Locale): string {
  return SOURCES[source][locale];
}

/** The title of the command that follows an acceptance; few editors ever show it. */
export function wordAccepted(locale: Locale): string {
  return locale === "en" ? "Suggestion accepted" : "已采纳建议";
}

/** The title of the progress that editors show while a project is indexed. */
export function wordIndexing(locale: Locale): string {
  return locale === "en" ? "Cloud Code: indexing" : "Cloud Code：正在建立索引";
}

/** What to do about settings that could not be used. */
export function wordRefusedSettings(names: readonly string[], locale: Locale): string {
  const list = names.map((name) => `cloudCode.${name}`).join(", ");
  return locale === "en"
    ? `Cloud Code cannot use the value of ${list} and goes on with the default. Correct it in the editor's settings.`
    : `Cloud Code 无法使用 ${list} 的值，已改用默认值。请在编辑器设置中更正。`;
}

function isOwn(reason: Reason): reason is OwnReason {
  return reason in REASONS;
}
