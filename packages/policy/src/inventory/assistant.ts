import type { Item, UsedItem } from "./item.ts";
import { deleted } from "./item.ts";
import type { Text } from "../text.ts";

/** What the assistant handles apart from the figures. */
export type WorkItemKey =
  | "assistant.source-code"
  | "assistant.completion-index"
  | "assistant.recent-queries"
  | "assistant.model-answer"
  | "assistant.model-credentials"
  | "assistant.consent-choices"
  | "assistant.report.schema-version"
  | "assistant.report.consent-version"
  | "assistant.report.week";

/** The twelve counters behind the eight figures. */
export type CounterItemKey =
  | "assistant.figures.triggers"
  | "assistant.figures.accepts"
  | "assistant.figures.accept-rank-sum"
  | "assistant.figures.accept-char-sum"
  | "assistant.figures.response-ms-sum"
  | "assistant.figures.responses"
  | "assistant.figures.search-prompts"
  | "assistant.figures.searches"
  | "assistant.figures.search-accepts"
  | "assistant.figures.search-accept-rank-sum"
  | "assistant.figures.snippet-clicks"
  | "assistant.figures.page-turns";

/** Every datum of the assistant. */
export type AssistantItemKey = WorkItemKey | CounterItemKey;

/** A field of the weekly report: anonymous, optional, at rest for a year at most. */
function reported(title: Text, detail: Text): UsedItem {
  return {
    title,
    detail,
    category: "system.operations",
    subject: "anonymous_user",
    product: "assistant",
    state: "collected",
    origin: "observed",
    personal: false,
    purposes: ["usage-statistics"],
    recipients: ["statistics-receiver"],
    retention: { kind: "days", days: 365, after: "collected", ending: "delete" },
    erasure: deleted,
    export: true,
    level: "internal",
  };
}

const workItems: Readonly<Record<WorkItemKey, Item>> = {
  "assistant.source-code": {
    title: { en: "Source code", zh: "源代码" },
    detail: {
      en: "The files of the workspace and the text being edited. They are read on your computer and stay there, unless you choose a model service; files that hold secrets are never read.",
      zh: "工作区中的文件和正在编辑的文本。仅在您的计算机上读取并留存于本机，除非您选定某个模型服务；含有机密的文件一律不读取。",
    },
    category: "user.content.private",
    subject: "customer",
    product: "assistant",
    state: "collected",
    origin: "workspace",
    personal: true,
    purposes: ["complete", "search", "ask-local-model", "ask-chosen-model"],
    recipients: ["local-model", "chosen-model"],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "confidential",
  },
  "assistant.completion-index": {
    title: { en: "Completion and search index", zh: "补全与搜索索引" },
    detail: {
      en: "Paths of files and the words of their code, in the cache folder of your user account on your computer.",
      zh: "文件路径及其代码中的词元，存放在您计算机上用户账户的缓存文件夹内。",
    },
    category: "user.content.private",
    subject: "customer",
    product: "assistant",
    state: "collected",
    origin: "workspace",
    personal: true,
    purposes: ["complete", "search"],
    recipients: [],
    retention: { kind: "own-machine" },
    erasure: deleted,
    export: false,
    level: "confidential",
  },
  "assistant.recent-queries": {
    title: { en: "Search queries", zh: "搜索词" },
    detail: {
      en: "What you asked the code search: offered again while the assistant runs, and shown to an embedding model if you set one up.",
      zh: "您在代码搜索中输入的内容：在助手运行期间供再次选用；如您设置了嵌入模型，也会交给该模型。",
    },
    category: "user.content.private",
    subject: "customer",
    product: "assistant",
    state: "collected",
    origin: "provided",
    optional: true,
    without: { en: "Code search has nothing to look for.", zh: "代码搜索将没有可查找的内容。" },
    personal: true,
    purposes: ["search", "ask-local-model", "ask-chosen-model"],
    recipients: ["local-model", "chosen-model"],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "confidential",
  },
  "assistant.model-answer": {
    title: { en: "Answers of a model", zh: "模型的应答" },
    detail: {
      en: "Code that a model suggested, until you accept or dismiss it.",
      zh: "模型建议的代码，保留至您采纳或忽略为止。",
    },
    category: "user.content.private",
    subject: "customer",
    product: "assistant",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["ask-local-model", "ask-chosen-model"],
    recipients: [],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "confidential",
  },
  "assistant.model-credentials": {
    title: { en: "Key for the model service you chose", zh: "所选模型服务的密钥" },
    detail: {
      en: "Read from your editor's secret storage or your environment, and sent to that service alone.",
      zh: "从编辑器的机密存储或环境变量中读取，仅发送给该服务。",
    },
    category: "system.authentication",
    subject: "customer",
    product: "assistant",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "A model service that asks for a key cannot be used; everything else works.",
      zh: "无法使用需要密钥的模型服务；其他功能不受影响。",
    },
    personal: true,
    purposes: ["ask-local-model", "ask-chosen-model"],
    recipients: ["local-model", "chosen-model"],
    retention: { kind: "memory" },
    erasure: deleted,
    export: false,
    level: "secret",
  },
  "assistant.consent-choices": {
    title: { en: "Your choices", zh: "您的选择" },
    detail: {
      en: "What you allowed, refused or withdrew, when, for which receiver, and under which version of the notice; kept on your computer.",
      zh: "您允许、拒绝或撤回了什么，以及时间、接收方和当时的声明版本；保存在您的计算机上。",
    },
    category: "user.privacy_preferences",
    subject: "customer",
    product: "assistant",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "Nothing is sent and nothing is counted: silence means no.",
      zh: "不发送也不统计任何内容：未作选择即视为不同意。",
    },
    personal: true,
    purposes: ["prove-consent"],
    recipients: [],
    retention: { kind: "own-machine" },
    erasure: deleted,
    export: true,
    level: "internal",
  },
  "assistant.report.schema-version": reported(
    { en: "Version of the report's format", zh: "报告格式版本" },
    { en: "So that the receiver can read the report.", zh: "供接收方解析报告。" },
  ),
  "assistant.report.consent-version": reported(
    { en: "Version of the notice you agreed to", zh: "您所同意的声明版本" },
    {
      en: "So that the receiver can turn away a report without a valid consent.",
      zh: "供接收方拒收没有有效同意的报告。",
    },
  ),
  "assistant.report.week": reported(
    { en: "Calendar week of the report", zh: "报告所属的日历周" },
    { en: "Year and ISO week; no day and no time.", zh: "年份与 ISO 周序号；不含日期与时刻。" },
  ),
};

const counterItems: Readonly<Record<CounterItemKey, Item>> = {
  "assistant.figures.triggers": reported(
    { en: "Completion requests", zh: "补全触发次数" },
    {
      en: "How often suggestions were computed; single keystrokes do not count.",
      zh: "计算建议的次数；单次按键不计入。",
    },
  ),
  "assistant.figures.accepts": reported(
    { en: "Accepted completions", zh: "补全采纳次数" },
    { en: "How often you accepted a suggestion.", zh: "您采纳建议的次数。" },
  ),
  "assistant.figures.accept-rank-sum": reported(
    { en: "Ranks of accepted completions, added up", zh: "被采纳补全的名次之和" },
    {
      en: "Rank 1 is the first of the list.",
      zh: "列表首位的名次为 1。",
    },
  ),
  "assistant.figures.accept-char-sum": reported(
    { en: "Lengths of accepted completions, added up", zh: "被采纳补全的长度之和" },
    {
      en: "In characters.",
      zh: "以字符计。",
    },
  ),
  "assistant.figures.response-ms-sum": reported(
    { en: "Response times, added up", zh: "响应时间之和" },
    {
      en: "In milliseconds, from the request to the first suggestion.",
      zh: "以毫秒计，自触发至出现首条建议。",
    },
  ),
  "assistant.figures.responses": reported(
    { en: "Answered completion requests", zh: "补全应答次数" },
    {
      en: "How often a suggestion was ready to show.",
      zh: "成功给出建议的次数。",
    },
  ),
  "assistant.figures.search-prompts": reported(
    { en: "Keyword prompts in code search", zh: "代码搜索关键词提示次数" },
    { en: "How often keywords were offered while you typed.", zh: "在您输入时提示关键词的次数。" },
  ),
  "assistant.figures.searches": reported(
    { en: "Code searches", zh: "代码搜索次数" },
    { en: "How often a search was started.", zh: "发起搜索的次数。" },
  ),
  "assistant.figures.search-accepts": reported(
    { en: "Adopted snippets", zh: "代码片段采用次数" },
    {
      en: "How often you took over a snippet that was found.",
      zh: "您采用搜索到的代码片段的次数。",
    },
  ),
  "assistant.figures.search-accept-rank-sum": reported(
    { en: "Ranks of adopted snippets, added up", zh: "被采用片段的名次之和" },
    {
      en: "Rank 1 is the first result.",
      zh: "首条结果的名次为 1。",
    },
  ),
  "assistant.figures.snippet-clicks": reported(
    { en: "Clicks on snippets", zh: "代码片段点击次数" },
    { en: "How often a result was opened.", zh: "打开搜索结果的次数。" },
  ),
  "assistant.figures.page-turns": reported(
    { en: "Page turns in results", zh: "结果翻页次数" },
    { en: "How often the next or previous page was shown.", zh: "显示上一页或下一页的次数。" },
  ),
};

/** The assistant's part of the inventory. */
export const assistantItems: Readonly<Record<AssistantItemKey, Item>> = {
  ...workItems,
  ...counterItems,
};
