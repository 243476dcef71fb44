import type { CounterItemKey } from "./inventory/assistant.ts";
import type { ItemKey } from "./inventory/index.ts";
import type { Text } from "./text.ts";

/** The counters of a report, by their names in the report. */
export type CounterKey =
  | "triggers"
  | "accepts"
  | "acceptRankSum"
  | "acceptCharSum"
  | "responseMsSum"
  | "responses"
  | "searchPrompts"
  | "searches"
  | "searchAccepts"
  | "searchAcceptRankSum"
  | "snippetClicks"
  | "pageTurns";

/** A counter: the item it is, and the most that one machine can count in a week. */
export interface Counter {
  readonly item: CounterItemKey;
  /** Both ends refuse a larger number: it is a fault or a message in disguise. A whole number, like every count. */
  readonly maxPerWeek: number;
}

/** The twelve counters. */
export const counters: Readonly<Record<CounterKey, Counter>> = {
  // A week has 604,800 seconds: one event a second, day and night, is beyond any person.
  triggers: { item: "assistant.figures.triggers", maxPerWeek: 604_800 },
  accepts: { item: "assistant.figures.accepts", maxPerWeek: 604_800 },
  acceptRankSum: { item: "assistant.figures.accept-rank-sum", maxPerWeek: 60_480_000 },
  acceptCharSum: { item: "assistant.figures.accept-char-sum", maxPerWeek: 604_800_000 },
  responseMsSum: { item: "assistant.figures.response-ms-sum", maxPerWeek: 604_800_000 },
  responses: { item: "assistant.figures.responses", maxPerWeek: 604_800 },
  searchPrompts: { item: "assistant.figures.search-prompts", maxPerWeek: 604_800 },
  searches: { item: "assistant.figures.searches", maxPerWeek: 604_800 },
  searchAccepts: { item: "assistant.figures.search-accepts", maxPerWeek: 604_800 },
  searchAcceptRankSum: {
    item: "assistant.figures.search-accept-rank-sum",
    maxPerWeek: 60_480_000,
  },
  snippetClicks: { item: "assistant.figures.snippet-clicks", maxPerWeek: 604_800 },
  pageTurns: { item: "assistant.figures.page-turns", maxPerWeek: 604_800 },
};

/** The eight figures that may be collected with authorization. */
export type FigureKey =
  | "triggers-and-accepts"
  | "accept-rank"
  | "accept-length"
  | "response-time"
  | "search-prompts"
  | "searches"
  | "snippet-rank"
  | "snippet-clicks-and-page-turns";

/** One of the eight: its words, and how it is computed from counters. */
export interface Figure {
  readonly title: Text;
  readonly value:
    | { readonly kind: "counts"; readonly of: readonly [CounterKey, ...CounterKey[]] }
    /** `sum` divided by `by`; nothing when `by` is 0. */
    | { readonly kind: "average"; readonly sum: CounterKey; readonly by: CounterKey };
}

/** The eight figures, in the order of promise A5. */
export const figures: Readonly<Record<FigureKey, Figure>> = {
  "triggers-and-accepts": {
    title: {
      en: "Number of completion triggers and acceptances",
      zh: "代码补全的触发次数与采纳次数",
    },
    value: { kind: "counts", of: ["triggers", "accepts"] },
  },
  "accept-rank": {
    title: { en: "Average rank of accepted completions", zh: "被采纳补全候选项的平均名次" },
    value: { kind: "average", sum: "acceptRankSum", by: "accepts" },
  },
  "accept-length": {
    title: {
      en: "Average length of accepted completions, in characters",
      zh: "被采纳补全候选项的平均字符长度",
    },
    value: { kind: "average", sum: "acceptCharSum", by: "accepts" },
  },
  "response-time": {
    title: { en: "Average response time of completions", zh: "代码补全的平均响应时间" },
    value: { kind: "average", sum: "responseMsSum", by: "responses" },
  },
  "search-prompts": {
    title: { en: "Number of keyword prompts in code search", zh: "代码搜索的关键词提示次数" },
    value: { kind: "counts", of: ["searchPrompts"] },
  },
  searches: {
    title: { en: "Number of code searches", zh: "代码搜索的触发次数" },
    value: { kind: "counts", of: ["searches"] },
  },
  "snippet-rank": {
    title: { en: "Average rank of adopted snippets", zh: "被采用代码片段的平均名次" },
    value: { kind: "average", sum: "searchAcceptRankSum", by: "searchAccepts" },
  },
  "snippet-clicks-and-page-turns": {
    title: {
      en: "Number of clicks on snippets and of page turns",
      zh: "代码片段的点击次数与翻页次数",
    },
    value: { kind: "counts", of: ["snippetClicks", "pageTurns"] },
  },
};

/**
 * Everything a weekly report consists of: its envelope and the counters, nothing else. This is what is asked of `decide` before
 * an upload.
 */
export const reportItems: readonly ItemKey[] = [
  "assistant.report.schema-version",
  "assistant.report.consent-version",
  "assistant.report.week",
  ...Object.values(counters).map((counter) => counter.item),
];
