/**
 * The periods of the law, and the ones the service promises, as data. A change of the law is one line here. Every row is exercised by a
 * test with a moved clock, whose dates were computed by hand from the texts.
 *
 * Compared on 2026-11-22 with the texts named at each row. Two rows could not be: `cn.answer` and `cn.close-account`, see there and
 * "What was compared with the law" in the package's README.
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
  /**
   * A period that ends on a Saturday, a Sunday or a public holiday ends with the next working day instead (Regulation 1182/71, article
   * 3(4)). Holidays are those of the rule's own region: article 2(1) means the days of the member state in which action is to be taken.
   */
  readonly endsOnWorkingDay: boolean;
  /**
   * What the clock does when the person was asked, without delay, who they are. `runs`: nothing. `stands`: it stops until they answer.
   * `restarts`: the whole period begins with the answer.
   */
  readonly whileUnidentified: "runs" | "stands" | "restarts";
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
    whileUnidentified: "stands",
    extension: { unit: "months", count: 2 },
    source: { en: "our promise C7", zh: "我们的承诺 C7" },
  },
  "promise.support": {
    task: "support",
    region: "promise",
    period: { unit: "days", count: answerDays },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: { en: "our promise A9", zh: "我们的承诺 A9" },
  },
  // "Within one month of receipt", "extended by two further months", the person told "within one month of receipt … with the reasons".
  // The month ends on "the same date as the day from which the period runs", else on the last day of the month (1182/71, article
  // 3(2)(c), OJ L 124, 8.6.1971). Asking who somebody is stops the clock according to the authorities (EDPB, Guidelines 01/2022), not
  // according to the Regulation, which only allows the question (article 12(6)).
  "eu.answer": {
    task: "answer",
    region: "eu",
    period: { unit: "months", count: 1 },
    endsOnWorkingDay: true,
    whileUnidentified: "stands",
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
    whileUnidentified: "runs",
    source: { en: "GDPR, article 14(3)", zh: "GDPR 第 14(3) 条" },
  },
  "eu.notify-authority": {
    task: "notify-authority",
    region: "eu",
    period: { unit: "hours", count: 72 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: { en: "GDPR, article 33(1)", zh: "GDPR 第 33(1) 条" },
  },
  // Article 12A (Data (Use and Access) Act 2025, section 76, in force since 5 February 2026, SI 2026/82, regulation 2): one month
  // beginning with the latest of the request, the answer to a question of identity, and a fee. So the month does not stand still, it
  // begins again. Asking what exactly is wanted stops it, too; that question does not exist here, so the clock runs on.
  "uk.answer": {
    task: "answer",
    region: "uk",
    period: { unit: "months", count: 1 },
    endsOnWorkingDay: true,
    whileUnidentified: "restarts",
    extension: { unit: "months", count: 2 },
    source: { en: "UK GDPR, article 12(3) and 12A", zh: "英国 GDPR 第 12(3)、12A 条" },
  },
  // In force since 19 June 2026 (SI 2026/82, regulation 3).
  "uk.support": {
    task: "support",
    region: "uk",
    // The Act asks for an acknowledgement of a complaint in this time; an answer is one.
    period: { unit: "days", count: 30 },
    // "Within the period of 30 days beginning when the complaint is received": the strict reading, by which that day is the first.
    countsFirstDay: true,
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
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
    whileUnidentified: "runs",
    source: { en: "UK GDPR, article 33(1)", zh: "英国 GDPR 第 33(1) 条" },
  },
  // The law says "timely" and names no number (read in the text of 20 August 2021). The 30 days of the recommended standard are known
  // from what is written about it; its text is not public, and was not seen.
  "cn.answer": {
    task: "answer",
    region: "cn",
    period: { unit: "days", count: 30 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: {
      en: "PIPL, articles 45 and 50 (“timely”); GB/T 35273-2020, 8.7",
      zh: "《个人信息保护法》第四十五、五十条；GB/T 35273-2020 第 8.7 条",
    },
  },
  // Not seen in the text of either document; the consumers' association of China measured apps by this number in 2021.
  "cn.close-account": {
    task: "close-account",
    region: "cn",
    period: { unit: "working-days", count: 15 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: {
      en: "Determination of unlawful collection by apps (2019), 6; GB/T 35273-2020, 8.5",
      zh: "《App 违法违规收集使用个人信息行为认定方法》第六条；GB/T 35273-2020 第 8.5 条",
    },
  },
  // Measures of 11 September 2025, in force since 1 November 2025, published by the Cyberspace Administration on 15 September 2025.
  // Article 4 counts from finding or learning of the incident, and asks only from the grade "relatively major" (较大) upwards: among
  // others the data of a million people. The 2 hours of state organs are not here.
  "cn.notify-authority": {
    task: "notify-authority",
    region: "cn",
    period: { unit: "hours", count: 4 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    grade: "significant",
    source: {
      en: "National cybersecurity incident reporting measures (2025), article 4",
      zh: "《国家网络安全事件报告管理办法》（2025）第四条",
    },
  },
  "cn.notify-authority-critical": {
    task: "notify-authority",
    region: "cn",
    period: { unit: "hours", count: 1 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    grade: "significant",
    critical: true,
    source: {
      en: "National cybersecurity incident reporting measures (2025), article 4, critical infrastructure",
      zh: "《国家网络安全事件报告管理办法》（2025）第四条，关键信息基础设施",
    },
  },
  "cn.final-report": {
    task: "final-report",
    region: "cn",
    // Runs from the end of the handling, not from the discovery.
    period: { unit: "days", count: 30 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    grade: "significant",
    source: {
      en: "National cybersecurity incident reporting measures (2025), article 8",
      zh: "《国家网络安全事件报告管理办法》（2025）第八条",
    },
  },
  "us.answer": {
    task: "answer",
    region: "us",
    period: { unit: "days", count: 45 },
    // It "will begin on the day that the business receives the request": the strict reading, by which that day is the first.
    countsFirstDay: true,
    endsOnWorkingDay: false,
    // "Regardless of time required to verify the request."
    whileUnidentified: "runs",
    extension: { unit: "days", count: 45 },
    source: {
      en: "California Civil Code, § 1798.130(a)(2)(A); CCPA Regulations, § 7021(b)",
      zh: "《加州民法典》第 1798.130(a)(2)(A) 条；CCPA 条例第 7021(b) 条",
    },
  },
  // The Regulations do not say what a business day is. Here: Monday to Friday without the holidays that the federation and California share.
  "us.acknowledge": {
    task: "acknowledge",
    region: "us",
    period: { unit: "working-days", count: 10 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: { en: "CCPA Regulations, § 7021(a)", zh: "CCPA 条例第 7021(a) 条" },
  },
  // Read in the wording of its predecessor, § 999.315(e), which became § 7026; § 7221 has the same period for automated decisions.
  "us.opt-out": {
    task: "opt-out",
    region: "us",
    period: { unit: "working-days", count: 15 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: { en: "CCPA Regulations, § 7026(f)", zh: "CCPA 条例第 7026(f) 条" },
  },
  // SB 446: "within 30 calendar days of discovery or notification of the breach". Read as quoted by others, not in the statute book.
  "us.notify-people": {
    task: "notify-people",
    region: "us",
    period: { unit: "days", count: 30 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: {
      en: "California Civil Code, § 1798.82(a) (SB 446, from 1 January 2026)",
      zh: "《加州民法典》第 1798.82(a) 条（SB 446，2026 年 1 月 1 日起）",
    },
  },
  "promise.opt-out": {
    task: "opt-out",
    region: "promise",
    // An objection stops the use at once; nobody has to wait for a person to read it.
    period: { unit: "hours", count: 0 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
    source: { en: "our promise C8", zh: "我们的承诺 C8" },
  },
  "promise.notify-people": {
    task: "notify-people",
    region: "promise",
    // The law says "without undue delay"; a number can be missed, so we name one: no later than the authority.
    period: { unit: "hours", count: 72 },
    endsOnWorkingDay: false,
    whileUnidentified: "runs",
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
  /** Asking who somebody is stops the clock only if it is done without delay; later than this is not. Our number: the law has none. */
  identityAskDays: 3,
  /** How long a person has to show who they are before the request is closed for want of it. Our number: the law has none. */
  identityWaitDays: 30,
  /** A refused optional use is not asked about again within this time: 12 months, leap years too (California Civil Code, § 1798.135(c)(4)). */
  reaskDays: 366,
  /** How long it can be proved that a request was answered: three years, our number; the CCPA Regulations, § 7101(a), ask for 24 months. */
  proofDays: 1095,
  /** How long an assessment is kept: at least three years, leap years too (PIPL, article 56). */
  assessmentDays: 1096,
  /** A policy is reviewed at least once every 12 months (California Civil Code, § 1798.130(a)(5)). */
  reviewDays: 365,
};
