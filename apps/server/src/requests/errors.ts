import type { RequestRefusal, Text } from "@cloud-code/policy";

/** Why something about a request was not done, in the words of the page that says so. */
export type RequestProblem = RequestRefusal | "unknown" | "nothing-chosen" | "purpose-not-open";

/** What each problem means, and what to do next. */
export const requestProblems: Readonly<Record<RequestProblem, Text>> = {
  unknown: { en: "There is no such request.", zh: "没有该请求。" },
  "nothing-chosen": { en: "Choose what it is about.", zh: "请选择具体内容。" },
  "purpose-not-open": {
    en: "This use cannot be objected to here; write to us and an officer will look at it.",
    zh: "该用途无法在此反对；请来信，由专员处理。",
  },
  "not-received": { en: "There is no such request.", zh: "没有该请求。" },
  "received-before": { en: "It was received already.", zh: "该请求已收到。" },
  "time-reversed": {
    en: "Something later has happened already. Load the page again.",
    zh: "已有更晚的记录，请刷新页面。",
  },
  "already-ended": { en: "The request has ended.", zh: "该请求已办结。" },
  "already-begun": {
    en: "The work has begun and cannot be called off.",
    zh: "处理已开始，无法撤回。",
  },
  "identity-missing": {
    en: "First it has to be certain who is asking. Ask for confirmation.",
    zh: "须先确认请求人身份，请先请求确认。",
  },
  "identity-known": {
    en: "It is already certain who is asking; nothing more may be asked for.",
    zh: "请求人身份已确认，不得再索取更多信息。",
  },
  "identity-wait-running": {
    en: "The person has 30 days to show who they are.",
    zh: "请求人有 30 天时间确认身份。",
  },
  "not-begun": { en: "Begin with it first.", zh: "请先开始处理。" },
  "check-missing": {
    en: "The search for what is left has not come back empty yet.",
    zh: "残留检查尚未确认无残留。",
  },
  "reason-missing": {
    en: "Give the reason; the person will read it.",
    zh: "请填写理由，请求人会看到。",
  },
  "extension-too-late": {
    en: "More time can be announced only once, inside the first period, and only where the law knows it.",
    zh: "延期只能在首个期限内告知一次，且须当地法律允许。",
  },
  "exemption-missing": {
    en: "Choose the ground of the law; the right reaches as far as no ground stands against it.",
    zh: "请选择法律依据；没有依据时不得拒绝该权利。",
  },
  "nothing-withheld": { en: "Nothing of it is kept.", zh: "没有保留的内容。" },
  "explanation-missing": { en: "Say why it is refused.", zh: "请说明拒绝的理由。" },
  "remedies-missing": {
    en: "Name the authority and the court the person can turn to.",
    zh: "请写明请求人可求助的主管机关和法院。",
  },
  "evidence-missing": {
    en: "Say what shows that the request is unfounded or excessive.",
    zh: "请说明认定请求明显无理或过度的依据。",
  },
  "nothing-restricted": { en: "Nothing is restricted.", zh: "没有正在限制的处理。" },
  "lifting-unannounced": {
    en: "Tell the person first that the restriction will end.",
    zh: "请先告知本人限制即将解除。",
  },
};
