/** Why something was not done, in words an officer can act on. */
import type { HoldRefusal, IncidentRefusal, Text, TransferRefusal } from "@cloud-code/policy";

/** Refusals of incidents. */
export const incidentProblems: Readonly<Record<IncidentRefusal, Text>> = {
  "not-recorded": { en: "There is no such incident.", zh: "没有该事件。" },
  "recorded-before": { en: "It is recorded already.", zh: "该事件已登记。" },
  "already-closed": {
    en: "The incident is closed. Record a new one.",
    zh: "该事件已结案，请另行登记。",
  },
  "time-reversed": {
    en: "Something later has happened already. Load the page again.",
    zh: "已有更晚的记录，请刷新页面。",
  },
  "aware-later": {
    en: "“Known since” lies in the future. Give the moment somebody first knew, in UTC.",
    zh: "“知悉时间”不能晚于现在，请填写最早知悉的时刻（UTC）。",
  },
  "not-assessed": { en: "Assess it first.", zh: "请先评估。" },
  "assessment-empty": {
    en: "Choose at least one affected item and one region, or no risk at all.",
    zh: "请至少选择一个受影响的数据项和一个地区，或选择“无风险”。",
  },
  "reason-missing": { en: "Give the reason.", zh: "请填写理由。" },
  "delay-unexplained": {
    en: "The time for the authority is over. Say why it is late; the authority asks for it.",
    zh: "通知主管机关的时限已过，请说明迟延原因。",
  },
  "notice-incomplete": {
    en: "Fill in all parts in both languages: people read it in theirs.",
    zh: "请以两种语言填写全部内容，收件人将以各自语言阅读。",
  },
  "cause-missing": {
    en: "People in China are affected: the notice has to say why it happened.",
    zh: "涉及中国境内人员，通知须说明事件原因。",
  },
  "authority-untold": {
    en: "An authority has not been notified yet; see the clocks.",
    zh: "尚有主管机关未通知，见时限表。",
  },
  "report-missing": {
    en: "The final report is missing; see the clocks.",
    zh: "缺少总结报告，见时限表。",
  },
  "people-untold": {
    en: "The people have neither been told nor is it on record why they need not be.",
    zh: "尚未通知受影响者，也未记录无需通知的理由。",
  },
  "not-contained": { en: "Say first how it was contained.", zh: "请先记录已采取的控制措施。" },
  "lessons-missing": { en: "Say what was learned.", zh: "请填写经验教训。" },
};

/** Refusals of holds. */
export const holdProblems: Readonly<Record<HoldRefusal, Text>> = {
  "not-placed": { en: "There is no such hold.", zh: "没有该保全。" },
  "placed-before": { en: "It is placed already.", zh: "该保全已设置。" },
  "already-lifted": { en: "It was lifted already.", zh: "该保全已解除。" },
  "reason-missing": {
    en: "Give the reason: the claim, the court, the number.",
    zh: "请填写理由：诉求、法院、案号。",
  },
  "review-missing": {
    en: "Give the day of the next review, at most a year from now (YYYY-MM-DD).",
    zh: "请填写下次复核日期，最晚一年之内（YYYY-MM-DD）。",
  },
  "scope-empty": {
    en: "Say whose data it is, and choose what it keeps.",
    zh: "请写明数据主体，并选择需保全的内容。",
  },
  "time-reversed": {
    en: "Something later has happened already. Load the page again.",
    zh: "已有更晚的记录，请刷新页面。",
  },
};

/** Refusals of transfers, as they stand in the register. */
export const transferProblems: Readonly<Record<TransferRefusal, Text>> = {
  "item-unknown": { en: "not in the inventory", zh: "不在数据清单中" },
  "recipient-not-declared": {
    en: "not declared for this recipient and purpose",
    zh: "未就该接收方和用途声明",
  },
  "mechanism-missing": { en: "no mechanism on record", zh: "没有已记录的机制" },
  "clauses-ended": { en: "the clauses have ended", zh: "合同条款已失效" },
  "security-assessment-needed": {
    en: "China asks for a security assessment",
    zh: "须通过数据出境安全评估",
  },
  "separate-consent-missing": { en: "no separate consent", zh: "缺少单独同意" },
};
