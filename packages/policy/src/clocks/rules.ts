/**
 * The periods of the law, and the ones the service promises, as data. A change of the law is one line here. Every row is exercised by a
 * test with a moved clock.
 */
import { answerDays } from "../clock.ts";
import type { Region } from "../regimes.ts";
import type { Text } from "../text.ts";

/**
 * What has to be done in time. `answer` a request about one's data · `acknowledge` that it came in · `opt-out` an objection to
 * optional uses · `close-account` · `support` a question or complaint · `notify-authority`, `notify-people` and `final-report` of an
 * incident · `collection-notice` for data that came from elsewhere.
 */
export type Task =
  | "answer"
  | "acknowledge"
  | "opt-out"
  | "close-account"
  | "support"
  | "notify-authority"
  | "notify-people"
  | "final-report"
  | "collection-notice";

/** How long a period is. Hours run through nights and holidays; the others end with the end of a day. */
export type Period =
  | { readonly unit: "hours"; readonly count: number }
  | { readonly unit: "days"; readonly count: number }
  | { readonly unit: "working-days"; readonly count: number }
  | { readonly unit: "months"; readonly count: number };

/** One period: which task, where, how long, and what may change its length. */
export interface ClockRule {
  readonly task: Task;
  /** Where the rule holds; `promise` is what the service promises everybody. */
  readonly region: Region | "promise";
  readonly period: Period;
  /** The day of the event is the first day of the period; otherwise the period begins with the day after (Regulation 1182/71, article 3(1)). */
  readonly countsFirstDay?: true;
  /** A period that ends on a free day ends with the next working day instead (Regulation 1182/71, article 3(4)). */
  readonly endsOnWorkingDay: boolean;
  /** Whether the clock stands still while the person was asked, without delay, who they are. */
  readonly pausable: boolean;
  /** One extension, possible only when the person is told with a reason inside the first period. */
  readonly extension?: Period;
  /** Holds only for incidents of this grade or above; absent means every one. */
  readonly grade?: "significant";
  /** Holds only for an operator of critical infrastructure. */
  readonly critical?: true;
  /** Where it is written. */
  readonly source: Text;
}

/** The key of a rule. */
export type ClockRuleKey =
  | "promise.answer"
  | "promise.support"
  | "eu.answer"
  | "eu.collection-notice"
  | "eu.notify-authority"
  | "uk.answer"
  | "uk.support"
  | "uk.notify-authority"
  | "cn.answer"
  | "cn.close-account"
  | "cn.notify-authority"
  | "cn.notify-authority-critical"
  | "cn.final-report"
  | "us.answer"
  | "us.acknowledge"
  | "us.opt-out"
  | "us.notify-people"
  | "promise.opt-out"
  | "promise.notify-people";

/** Every period, by its key. */
export const clockRules: Readonly<Record<ClockRuleKey, ClockRule>> = {
  "promise.answer": {
    task: "answer",
    region: "promise",
    period: { unit: "months", count: 1 },
    // A promise is kept on its day, whatever day that is; only the law's own limit moves.
    endsOnWorkingDay: false,
    pausable: true,
    extension: { unit: "months", count: 2 },
    source: { en: "our promise C7", zh: "我们的承诺 C7" },
  },
  "promise.support": {
    task: "support",
    region: "promise",
    period: { unit: "days", count: answerDays },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "our promise A9", zh: "我们的承诺 A9" },
  },
  "eu.answer": {
    task: "answer",
    region: "eu",
    period: { unit: "months", count: 1 },
    endsOnWorkingDay: true,
    pausable: true,
    extension: { unit: "months", count: 2 },
    source: {
      en: "GDPR, article 12(3); Regulation (EEC) 1182/71, article 3",
      zh: "GDPR 第 12(3) 条；第 1182/71 号条例第 3 条",
    },
  },
  "eu.collection-notice": {
    task: "collection-notice",
    region: "eu",
    period: { unit: "months", count: 1 },
    endsOnWorkingDay: true,
    pausable: false,
    source: { en: "GDPR, article 14(3)", zh: "GDPR 第 14(3) 条" },
  },
  "eu.notify-authority": {
    task: "notify-authority",
    region: "eu",
    period: { unit: "hours", count: 72 },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "GDPR, article 33(1)", zh: "GDPR 第 33(1) 条" },
  },
  "uk.answer": {
    task: "answer",
    region: "uk",
    period: { unit: "months", count: 1 },
    endsOnWorkingDay: true,
    pausable: true,
    extension: { unit: "months", count: 2 },
    source: { en: "UK GDPR, article 12(3) and 12A", zh: "英国 GDPR 第 12(3)、12A 条" },
  },
  "uk.support": {
    task: "support",
    region: "uk",
    // The Act asks for an acknowledgement of a complaint in this time; an answer is one.
    period: { unit: "days", count: 30 },
    // "Within the period of 30 days beginning when the complaint is received."
    countsFirstDay: true,
    endsOnWorkingDay: false,
    pausable: false,
    source: {
      en: "Data (Use and Access) Act 2025, section 103 (Data Protection Act 2018, section 164A)",
      zh: "英国《2025 年数据（使用与访问）法》第 103 条",
    },
  },
  "uk.notify-authority": {
    task: "notify-authority",
    region: "uk",
    period: { unit: "hours", count: 72 },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "UK GDPR, article 33(1)", zh: "英国 GDPR 第 33(1) 条" },
  },
  "cn.answer": {
    task: "answer",
    region: "cn",
    period: { unit: "days", count: 30 },
    endsOnWorkingDay: false,
    pausable: false,
    source: {
      en: "PIPL, articles 45 and 50 (“timely”); GB/T 35273-2020, 8.7",
      zh: "《个人信息保护法》第四十五、五十条；GB/T 35273-2020 第 8.7 条",
    },
  },
  "cn.close-account": {
    task: "close-account",
    region: "cn",
    period: { unit: "working-days", count: 15 },
    endsOnWorkingDay: false,
    pausable: false,
    source: {
      en: "Determination of unlawful collection by apps (2019), 6; GB/T 35273-2020, 8.5",
      zh: "《App 违法违规收集使用个人信息行为认定方法》第六条；GB/T 35273-2020 第 8.5 条",
    },
  },
  "cn.notify-authority": {
    task: "notify-authority",
    region: "cn",
    period: { unit: "hours", count: 4 },
    endsOnWorkingDay: false,
    pausable: false,
    grade: "significant",
    source: {
      en: "National cybersecurity incident reporting measures (2025)",
      zh: "《国家网络安全事件报告管理办法》（2025）",
    },
  },
  "cn.notify-authority-critical": {
    task: "notify-authority",
    region: "cn",
    period: { unit: "hours", count: 1 },
    endsOnWorkingDay: false,
    pausable: false,
    grade: "significant",
    critical: true,
    source: {
      en: "National cybersecurity incident reporting measures (2025), critical infrastructure",
      zh: "《国家网络安全事件报告管理办法》（2025），关键信息基础设施",
    },
  },
  "cn.final-report": {
    task: "final-report",
    region: "cn",
    // Runs from the end of the handling, not from the discovery.
    period: { unit: "days", count: 30 },
    endsOnWorkingDay: false,
    pausable: false,
    grade: "significant",
    source: {
      en: "National cybersecurity incident reporting measures (2025), final report",
      zh: "《国家网络安全事件报告管理办法》（2025），总结报告",
    },
  },
  "us.answer": {
    task: "answer",
    region: "us",
    period: { unit: "days", count: 45 },
    endsOnWorkingDay: false,
    // The period runs from receipt, whatever time the verification takes.
    pausable: false,
    extension: { unit: "days", count: 45 },
    source: { en: "CCPA Regulations, § 7021(b)", zh: "CCPA 条例第 7021(b) 条" },
  },
  "us.acknowledge": {
    task: "acknowledge",
    region: "us",
    period: { unit: "working-days", count: 10 },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "CCPA Regulations, § 7021(a)", zh: "CCPA 条例第 7021(a) 条" },
  },
  "us.opt-out": {
    task: "opt-out",
    region: "us",
    period: { unit: "working-days", count: 15 },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "CCPA Regulations, § 7026(f)", zh: "CCPA 条例第 7026(f) 条" },
  },
  "us.notify-people": {
    task: "notify-people",
    region: "us",
    period: { unit: "days", count: 30 },
    endsOnWorkingDay: false,
    pausable: false,
    source: {
      en: "California Civil Code, § 1798.82 (SB 446, from 1 January 2026)",
      zh: "《加州民法典》第 1798.82 条（SB 446，2026 年 1 月 1 日起）",
    },
  },
  "promise.opt-out": {
    task: "opt-out",
    region: "promise",
    // An objection stops the use at once; nobody has to wait for a person to read it.
    period: { unit: "hours", count: 0 },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "our promise C8", zh: "我们的承诺 C8" },
  },
  "promise.notify-people": {
    task: "notify-people",
    region: "promise",
    // The law says "without undue delay"; a number can be missed, so we name one: no later than the authority.
    period: { unit: "hours", count: 72 },
    endsOnWorkingDay: false,
    pausable: false,
    source: { en: "our promise C10; GDPR, article 34", zh: "我们的承诺 C10；GDPR 第 34 条" },
  },
};

/** Facts of the law that are numbers, but not periods that end. */
export const limits: Readonly<
  Record<
    | "identityAskDays"
    | "identityWaitDays"
    | "reaskDays"
    | "proofDays"
    | "assessmentDays"
    | "reviewDays",
    number
  >
> = {
  /** Asking who somebody is stops the clock only if it is done without delay; later than this is not. */
  identityAskDays: 3,
  /** How long a person has to show who they are before the request is closed for want of it. */
  identityWaitDays: 30,
  /** A refused optional use is not asked about again within this time (CCPA 12 months is the longest we know). */
  reaskDays: 365,
  /** How long it can be proved that a request was answered (three years; the CCPA asks for two). */
  proofDays: 1095,
  /** How long an assessment is kept (PIPL, article 56). */
  assessmentDays: 1095,
  /** A policy is reviewed at least this often (CCPA Regulations, § 7011). */
  reviewDays: 365,
};
