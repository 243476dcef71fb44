/** The words of the officer's console. */
import type {
  ChinaTier,
  HoldEvent,
  RequestDenial,
  Incident,
  IncidentEvent,
  NoticeExemption,
  Risk,
  Task,
  Text,
  TransferGround,
} from "@cloud-code/policy";
import type { AuditAction } from "../audit/trail.ts";
import type { WebhookKind } from "../requests/webhooks.ts";

export const words = {
  title: { en: "Privacy desk", zh: "隐私工作台" },
  lead: { en: "What is due, the most urgent first.", zh: "待办事项，最紧急的排在最前。" },
  overview: { en: "Overview", zh: "概览" },
  requests: { en: "Requests", zh: "请求" },
  holds: { en: "Legal holds", zh: "法定保全" },
  incidents: { en: "Incidents", zh: "安全事件" },
  retention: { en: "Retention", zh: "保存期限" },
  record: { en: "Record of processing", zh: "处理活动记录" },
  trail: { en: "Audit trail", zh: "审计记录" },
  consents: { en: "Consents", zh: "同意" },
  children: { en: "Children", zh: "儿童" },
  strip: { en: "The next thirty days", zh: "未来三十天" },
  late: { en: "late", zh: "逾期" },
  none: { en: "Nothing is waiting.", zh: "没有待办事项。" },
  number: { en: "Number", zh: "编号" },
  what: { en: "What", zh: "事项" },
  due: { en: "Due", zh: "期限" },
  law: { en: "The law's own limit", zh: "法定期限" },
  state: { en: "State", zh: "状态" },
  region: { en: "Region", zh: "地区" },
  byState: { en: "Requests by state", zh: "按状态统计的请求" },
  count: { en: "Number", zh: "数量" },
  content: { en: "In the person's words", zh: "请求人原话" },
  contentWhy: {
    en: "Shown for answering this request; that you looked is written in the trail.",
    zh: "仅为答复本请求而显示；您的查看已记入审计记录。",
  },
  show: { en: "Show what the person wrote", zh: "显示请求人所写内容" },
  begin: { en: "Begin", zh: "开始处理" },
  fulfil: { en: "It is done", zh: "办结" },
  again: { en: "Go on with it", zh: "继续处理" },
  askIdentity: { en: "Ask who it is", zh: "请求确认身份" },
  extend: { en: "More time", zh: "延期" },
  reason: { en: "Reason, for the person to read", zh: "理由（请求人可见）" },
  deny: { en: "Do not grant", zh: "不予同意" },
  because: { en: "Ground", zh: "依据" },
  explanation: { en: "Why, in words the person understands", zh: "以请求人能理解的语言说明理由" },
  authority: { en: "Authority to complain to", zh: "可投诉的主管机关" },
  court: { en: "Court", zh: "可起诉的法院" },
  evidence: {
    en: "What shows it (unfounded or excessive requests)",
    zh: "认定依据（明显无理或过度的请求）",
  },
  announce: { en: "Announce the end of the restriction", zh: "告知即将解除限制" },
  lift: { en: "Lift", zh: "解除" },
  writeDown: { en: "Write a request down", zh: "登记请求" },
  writeDownLead: {
    en: "For somebody who wrote or called. A letter to the address we know asks whether it was them; nothing happens before.",
    zh: "用于登记来信或来电提出的请求。系统会向已知邮箱发送确认信，确认前不会处理。",
  },
  email: { en: "E-mail address of the account", zh: "账户邮箱" },
  right: { en: "Right", zh: "权利" },
  receivedOn: { en: "When it came", zh: "收到日期" },
  receivedHint: {
    en: "The clocks run from this day. Empty: today.",
    zh: "期限自该日起算。留空表示今天。",
  },
  badReceived: {
    en: "Give the day it came as YYYY-MM-DD, not later than today.",
    zh: "请按 YYYY-MM-DD 填写收到日期，不得晚于今天。",
  },
  writtenDown: {
    en: "Written down. It goes on when the person has used the link in the letter.",
    zh: "请求已登记，待本人使用邮件中的链接确认后继续办理。",
  },
  childLead: {
    en: "A child's data is deleted at once and everywhere. Nothing is asked of anybody, and nothing but the number of the request is kept.",
    zh: "儿童的数据将立即在所有位置删除，不要求任何人提供任何信息，仅保留请求编号。",
  },
  deleteChild: { en: "Delete everything of this account now", zh: "立即删除该账户的全部数据" },
  childDone: {
    en: "Deleted, and searched for afterwards. Proof:",
    zh: "已删除并完成残留检查。凭证：",
  },
  childChecking: {
    en: "Deleted; every table and file is being searched for what is left. Proof:",
    zh: "已删除，正在检索所有数据表和文件确认没有残留。凭证：",
  },
  accountUnknown: { en: "There is no such account.", zh: "没有该账户。" },
  pseudonym: { en: "Pseudonym", zh: "化名" },
  everyone: { en: "everyone", zh: "所有人" },
  items: { en: "Items", zh: "数据项" },
  all: { en: "all of them", zh: "全部" },
  review: { en: "Look at it again on", zh: "复核日期" },
  place: { en: "Place the hold", zh: "设置保全" },
  placed: { en: "Placed", zh: "设置时间" },
  active: { en: "holds", zh: "生效中" },
  lifted: { en: "lifted", zh: "已解除" },
  recordIncident: { en: "Record an incident", zh: "登记安全事件" },
  incidentTitle: { en: "What happened, in a line", zh: "一句话描述" },
  aware: { en: "Known since", zh: "知悉时间" },
  drill: {
    en: "This is an exercise: nobody outside is told.",
    zh: "这是演练：不通知任何外部人员。",
  },
  clocks: { en: "Clocks", zh: "时限" },
  timeline: { en: "Timeline", zh: "时间线" },
  assess: { en: "Assess", zh: "评估" },
  risk: { en: "Risk to people", zh: "对个人的风险" },
  nothingOverdue: { en: "Nothing is overdue.", zh: "没有到期数据。" },
  holdsLead: {
    en: "What a claim, a court or an authority needs: it neither expires nor is erased. Everything else of the person is.",
    zh: "因诉讼、法院或主管机关需要而保全的内容，既不到期清除也不删除；该人的其他内容照常处理。",
  },
  holdWhose: {
    en: "The e-mail address of the account, or a pseudonym; “everyone” where the claim is not about one person",
    zh: "账户的电子邮箱或化名；如不限于一人，填写 everyone",
  },
  whose: {
    en: "The e-mail address of the account, or a pseudonym",
    zh: "账户的电子邮箱或化名",
  },
  holdWhoseUnknown: {
    en: "There is no such account and no such pseudonym. A hold on nobody keeps nothing.",
    zh: "没有该账户或化名。未指明数据主体的保全不起作用。",
  },
  holdItemUnknown: { en: "The inventory has no such item:", zh: "数据清单中没有该项：" },
  reviewHold: { en: "Review", zh: "复核" },
  stillNeeded: { en: "Why it is still needed", zh: "仍需保全的理由" },
  holdItems: {
    en: "Keys of the inventory, for example service.support-messages; empty: everything",
    zh: "数据清单中的键，例如 service.support-messages；留空表示全部",
  },
  byAge: { en: "Waiting requests by age", zh: "待办请求按等待时间" },
  age: { en: "Age", zh: "等待时间" },
  ageBetween: { en: "{} days", zh: "{} 天" },
  ageAbove: { en: "over {} days", zh: "超过 {} 天" },
  leftovers: {
    en: "something that names the person is still in",
    zh: "以下位置仍有指向本人的内容：",
  },
  exemption: { en: "Ground of the law", zh: "法律依据" },
  exemptionHint: {
    en: "Obligatory where the right does not reach that far; the person reads it with its source.",
    zh: "以“不属于该权利范围”拒绝时必填，请求人可见其出处。",
  },
  exercise: { en: "exercise", zh: "演练" },
  people: { en: "People", zh: "人数" },
  endpointAdded: { en: "endpoint added", zh: "添加接收地址" },
  endpointRemoved: { en: "endpoint removed", zh: "移除接收地址" },
  awareHint: {
    en: "When anybody of yours first knew that data was touched: 2026-11-22 10:00 in {}, or with an offset of its own. The clocks run from here. Empty: now.",
    zh: "贵方任何人最早知悉数据受影响的时刻：{} 的 2026-11-22 10:00，或自带时区偏移；时限由此起算。留空表示现在。",
  },
  titleMissing: { en: "Say in a line what happened.", zh: "请用一句话描述事件。" },
  badMoment: {
    en: "Write the moment as YYYY-MM-DDThh:mmZ, for example 2026-11-22T08:30Z.",
    zh: "请按 YYYY-MM-DDThh:mmZ 填写时刻，例如 2026-11-22T08:30Z。",
  },
  noIncidents: { en: "No incident is on record.", zh: "没有登记的事件。" },
  incidentsLead: {
    en: "Every breach of the security of data, also those of which nobody has to be told.",
    zh: "登记所有数据安全事件，包括无需通知任何人的事件。",
  },
  concerned: { en: "People it concerns", zh: "涉及人数" },
  doneChip: { en: "done", zh: "已完成" },
  reasonInside: { en: "Reason, for the register", zh: "理由（记入登记簿）" },
  tellLead: {
    en: "Everybody of whom an affected item is kept gets this letter, once, in their language.",
    zh: "凡保存有受影响数据项的人员，均以其语言收到一次本通知。",
  },
  tellDrill: {
    en: "In an exercise the addressees are counted and nobody is written to.",
    zh: "演练中仅统计收件人数，不实际发送。",
  },
  sentNotice: { en: "The notice", zh: "通知内容" },
  measures: { en: "What was done and will be done", zh: "已采取和将采取的措施" },
  lessons: { en: "What was learned, and what will be otherwise", zh: "经验教训与改进" },
  transfers: { en: "Transfers", zh: "跨境传输" },
  transfersLead: {
    en: "Nothing personal leaves for a recipient whose place is unknown, nor across a border without a mechanism.",
    zh: "接收方所在地不明，或跨境而无机制的，一律不得传输个人信息。",
  },
  places: { en: "Where recipients are", zh: "接收方所在地" },
  setPlace: { en: "Say where a recipient is", zh: "设置接收方所在地" },
  unknownPlace: { en: "unknown: receives nothing", zh: "未知：不予传输" },
  recipient: { en: "Recipient", zh: "接收方" },
  country: { en: "Country", zh: "国家" },
  countryHint: { en: "Two capital letters, like IE or CN", zh: "两位大写字母，如 IE 或 CN" },
  address: { en: "Address", zh: "地址" },
  mechanisms: { en: "Mechanisms", zh: "传输机制" },
  noMechanisms: {
    en: "None is on record. Within a region none is needed.",
    zh: "尚未登记。同一地区内无需机制。",
  },
  addMechanism: { en: "Record a mechanism", zh: "登记机制" },
  mechanism: { en: "Mechanism", zh: "机制" },
  reference: { en: "Reference", zh: "编号或依据" },
  referenceHint: {
    en: "The demand or contract it rests on, with its number",
    zh: "所依据的要求或合同及其编号",
  },
  assessment: { en: "Transfer assessment", zh: "传输影响评估" },
  assessmentHint: { en: "Obligatory with contract clauses", zh: "采用合同条款时必填" },
  signed: { en: "In force from", zh: "生效日期" },
  ends: { en: "In force until", zh: "失效日期" },
  china: { en: "From mainland China, this year", zh: "本年度自中国大陆出境" },
  chinaLead: {
    en: "People whose data went abroad since 1 January, each counted once. From the numbers on, another mechanism is needed.",
    zh: "自 1 月 1 日起数据出境的人数，每人计一次。达到门槛后须采用其他机制。",
  },
  chinaWarning: {
    en: "Four fifths of the current tier are used. Prepare the next mechanism now.",
    zh: "已用去当前档次的五分之四，请立即准备下一档机制。",
  },
  chinaPeople: { en: "people", zh: "人数" },
  chinaSensitive: { en: "of them with sensitive data", zh: "其中敏感信息" },
  chinaTier: { en: "What is needed now", zh: "当前所需机制" },
  register: { en: "Register", zh: "登记簿" },
  registerLead: {
    en: "What crossed a border, and what was refused.",
    zh: "跨境的传输以及被拒绝的传输。",
  },
  noEntries: { en: "There is nothing yet.", zh: "暂无记录。" },
  outcome: { en: "Outcome", zh: "结果" },
  disclosures: { en: "Disclosures", zh: "披露" },
  disclosuresLead: {
    en: "Every time data was given to somebody outside, with what it rests on and whether the person was told.",
    zh: "每次向外部提供数据的记录，包括依据以及是否已告知本人。",
  },
  recordDisclosure: { en: "Record a disclosure", zh: "登记披露" },
  itemsHint: {
    en: "Keys of the inventory, for example service.email service.username",
    zh: "数据清单中的键，例如 service.email service.username",
  },
  told: { en: "The person was told", zh: "是否已告知本人" },
  toldNow: { en: "yes", zh: "是" },
  notTold: { en: "no", zh: "否" },
  untold: { en: "Why not", zh: "未告知的理由" },
  webhooks: { en: "Webhooks", zh: "回调通知" },
  webhooksLead: {
    en: "Recipients are told of erasures, corrections and restrictions until they confirm (GDPR, article 19). What a message says of the person is forgotten when it is confirmed.",
    zh: "删除、更正和限制会通知各接收方，直至其确认（GDPR 第 19 条）。确认后即清除消息中涉及个人的内容。",
  },
  endpoints: { en: "Endpoints", zh: "接收地址" },
  noEndpoints: { en: "None.", zh: "无。" },
  addEndpoint: { en: "Add an endpoint", zh: "添加接收地址" },
  remove: { en: "Remove", zh: "移除" },
  keyOnce: {
    en: "The key of its signatures. It is shown this once; give it to the recipient.",
    zh: "签名密钥仅显示这一次，请交给接收方。",
  },
  deliveries: { en: "Messages", zh: "消息" },
  tries: { en: "Tries", zh: "尝试次数" },
  waits: { en: "waits", zh: "等待确认" },
  nextTry: { en: "Next try:", zh: "下次尝试：" },
  retry: { en: "Try now", zh: "立即重试" },
  unconfirmed: { en: "It was not confirmed.", zh: "未得到确认。" },
  addressRefused: {
    en: "The address may not be called: not HTTPS, or on a private network.",
    zh: "该地址不可访问：非 HTTPS 或位于内网。",
  },
  transferRefused: {
    en: "The transfer was refused. Look at the page of transfers.",
    zh: "传输被拒绝，请查看跨境传输页面。",
  },
  notKept: {
    en: "The message is confirmed. What it said of the person is forgotten, so it cannot be sent again.",
    zh: "该消息已确认，其中涉及个人的内容已清除，无法再次发送。",
  },
  confirmed: { en: "confirmed", zh: "已确认" },
  processors: { en: "Sub-processors", zh: "受托处理方" },
  processorsLead: {
    en: "Who handles data for you, as the operator's file says. A change is announced thirty days ahead: on every page, by letter, and in the notice.",
    zh: "代您处理数据的公司，以运营者文件为准。变更须提前三十天公告：页面横幅、邮件和声明。",
  },
  unannounced: {
    en: "The operator's file says something else than the notice.",
    zh: "运营者文件与声明不一致。",
  },
  unannouncedText: {
    en: "Announce the change; it takes effect thirty days later. Until then the new companies may receive nothing.",
    zh: "请公告该变更，三十天后生效。此前新的公司不得接收任何数据。",
  },
  announceNow: { en: "Announce it now", zh: "立即公告" },
  inFile: { en: "In the operator's file", zh: "运营者文件所列" },
  noProcessors: { en: "None.", zh: "无。" },
  processorChanges: { en: "Changes", zh: "变更记录" },
  company: { en: "Company", zh: "公司" },
  task: { en: "Task", zh: "任务" },
  announcedOn: { en: "Announced", zh: "公告日期" },
  effectiveOn: { en: "In effect from", zh: "生效日期" },
  tickets: { en: "Questions and complaints", zh: "咨询与投诉" },
  within: { en: "Within thirty days", zh: "未来三十天内" },
  noPlace: {
    en: "CLOUD_CODE_COUNTRY and CLOUD_CODE_TIME_ZONE are not both set: deadlines are counted in UTC and without holidays.",
    zh: "未同时设置 CLOUD_CODE_COUNTRY 和 CLOUD_CODE_TIME_ZONE：期限按 UTC 计算，且不计节假日。",
  },
  grade: { en: "Grade", zh: "级别" },
  regions: { en: "Where the people are", zh: "受影响者所在地区" },
  affected: { en: "Affected data", zh: "受影响的数据" },
  notified: { en: "The authority was notified", zh: "已通知主管机关" },
  report: { en: "The final report was filed", zh: "已提交总结报告" },
  delay: { en: "Why it is late (if it is)", zh: "如逾期，说明原因" },
  contain: { en: "It is contained", zh: "已控制" },
  close: { en: "Close", zh: "结案" },
  tell: { en: "Tell the people", zh: "通知受影响者" },
  toldCount: { en: "People told", zh: "已通知人数" },
  exempt: { en: "They need not be told one by one", zh: "无需逐一通知" },
  sweepNow: { en: "Sweep now", zh: "立即清理" },
  overdue: { en: "Overdue now", zh: "当前到期" },
  overdueLead: {
    en: "What the next sweep will delete or empty.",
    zh: "下次清理将删除或清空的内容。",
  },
  certificates: { en: "Certificates", zh: "清理凭证" },
  rows: { en: "Rows", zh: "行数" },
  held: { en: "Held", zh: "保全" },
  table: { en: "Table", zh: "数据表" },
  item: { en: "Item", zh: "数据项" },
  when: { en: "When", zh: "时间" },
  actor: { en: "Who", zh: "操作者" },
  action: { en: "What was done", zh: "操作" },
  details: { en: "About", zh: "对象" },
  subject: { en: "Whose data", zh: "数据主体" },
  purpose: { en: "For what", zh: "目的" },
  intact: { en: "The trail is intact.", zh: "审计记录完整。" },
  broken: { en: "The trail was tampered with at entry", zh: "审计记录在以下条目被篡改：" },
  verify: { en: "Verify the whole trail", zh: "校验全部记录" },
  search: { en: "Search", zh: "查询" },
  answer: { en: "Answer", zh: "回答" },
  byPurpose: { en: "Consents by purpose", zh: "按目的统计的同意" },
  map: { en: "Data map", zh: "数据流向图" },
  mapLead: {
    en: "From where data comes, over what it is used for, to who receives it. The width of a line is the number of items.",
    zh: "数据的来源、用途与接收方。线条宽度表示数据项数量。",
  },
  from: { en: "From", zh: "从" },
  to: { en: "To", zh: "到" },
  provided: { en: "given by people", zh: "由个人提供" },
  observed: { en: "arises in use", zh: "使用中产生" },
  received: { en: "comes with a request", zh: "随请求收到" },
  workspace: { en: "read from the files", zh: "读取自文件" },
  refused: { en: "Not done:", zh: "未执行：" },
  lookAgain: { en: "Look again at", zh: "请核对：" },
  leftoversTitle: { en: "Named by others", zh: "他人内容中的提及" },
  leftoversLead: {
    en: "The search after the erasure found the person in what others wrote. Choose where the name goes; the other words stay. That you looked is written in the trail.",
    zh: "删除后的检索发现他人所写内容中仍提及本人。请选择要隐去的位置，其余文字保持不变。您的查看已记入审计记录。",
  },
  nothingToRedact: {
    en: "Nothing of ours names the person.",
    zh: "我们的数据中没有提及本人的内容。",
  },
  nothingChosen: { en: "Choose at least one place.", zh: "请至少选择一处。" },
  placeHeld: {
    en: "A legal hold keeps this. It can be redacted when the hold is lifted.",
    zh: "该内容处于法定保全中，解除后方可隐去。",
  },
  placeFixed: {
    en: "This is no free text and cannot be redacted here; it goes with the record that it belongs to.",
    zh: "此处并非自由文本，无法在此隐去，将随所属记录一并删除。",
  },
  redactionReason: { en: "Reason, for the trail", zh: "理由（记入审计记录）" },
  redact: { en: "Replace by “[erased]”", zh: "替换为“[erased]”" },
  redactLink: { en: "Look at what is left, and redact it", zh: "查看残留内容并隐去" },
  readOnly: { en: "You may look, and change nothing.", zh: "您仅可查看，不可更改。" },
} as const satisfies Readonly<Record<string, Text>>;

/** What has to be done in time. */
export const taskTitles: Readonly<Record<Task, Text>> = {
  answer: { en: "answer", zh: "答复" },
  acknowledge: { en: "acknowledge", zh: "确认收到" },
  "opt-out": { en: "stop the use", zh: "停止处理" },
  "close-account": { en: "close the account", zh: "注销账户" },
  support: { en: "answer", zh: "答复" },
  "notify-authority": { en: "notify the authority", zh: "通知主管机关" },
  "notify-people": { en: "tell the people", zh: "通知受影响者" },
  "final-report": { en: "file the final report", zh: "提交总结报告" },
  "collection-notice": { en: "tell where data came from", zh: "告知数据来源" },
};

/** Where an incident stands. */
export const incidentStatusTitles: Readonly<Record<Incident["status"], Text>> = {
  recorded: { en: "recorded", zh: "已登记" },
  assessed: { en: "assessed", zh: "已评估" },
  contained: { en: "contained", zh: "已控制" },
  closed: { en: "closed", zh: "已结案" },
};

/** What happened to an incident. */
export const incidentEventTitles: Readonly<Record<IncidentEvent["kind"], Text>> = {
  recorded: { en: "Recorded", zh: "登记" },
  assessed: { en: "Assessed", zh: "评估" },
  "authority-notified": { en: "Authority notified", zh: "已通知主管机关" },
  "final-report": { en: "Final report filed", zh: "已提交总结报告" },
  "people-notified": { en: "People told", zh: "已通知受影响者" },
  "people-exempt": { en: "People need not be told one by one", zh: "无需逐一通知" },
  contained: { en: "Contained", zh: "已控制" },
  closed: { en: "Closed", zh: "结案" },
};

/** How likely and how bad the harm is. */
export const riskTitles: Readonly<Record<Risk, Text>> = {
  none: { en: "none: nobody has to be told", zh: "无风险：无需通知" },
  some: { en: "some: the authority is told", zh: "有风险：通知主管机关" },
  high: { en: "high: the people are told, too", zh: "高风险：同时通知个人" },
};

/** How grave it is for China's rules. */
export const gradeTitles: Readonly<Record<Incident["grade"], Text>> = {
  minor: { en: "minor", zh: "一般" },
  significant: {
    en: "significant (China: relatively major or above)",
    zh: "重大（中国：较大及以上）",
  },
};

/** Why people need not be told one by one. */
export const exemptionTitles: Readonly<Record<NoticeExemption, Text>> = {
  unreadable: { en: "Nobody can read the data (encrypted)", zh: "数据无法读取（已加密）" },
  "risk-removed": { en: "The high risk was removed", zh: "高风险已消除" },
  "public-notice": {
    en: "Too many to reach: a public notice was given",
    zh: "人数过多：已发布公告",
  },
};

/** On what a transfer rests. */
export const groundTitles: Readonly<Record<TransferGround | ChinaTier, Text>> = {
  anonymous: { en: "anonymous", zh: "匿名" },
  "same-region": { en: "same region", zh: "同一地区" },
  exempt: { en: "exempt (below the threshold)", zh: "豁免（低于门槛）" },
  adequacy: { en: "adequacy", zh: "充分性认定" },
  clauses: { en: "contract clauses", zh: "标准合同" },
  "security-assessment": { en: "security assessment", zh: "安全评估" },
  "separate-consent": { en: "separate consent", zh: "单独同意" },
};

/** What somebody answered to a question for consent. */
export const answerTitles: Readonly<Record<"given" | "refused" | "withdrawn", Text>> = {
  given: { en: "given", zh: "同意" },
  refused: { en: "refused", zh: "不同意" },
  withdrawn: { en: "withdrawn", zh: "已撤回" },
};

/** What happened to a hold. */
export const holdEventTitles: Readonly<Record<HoldEvent["kind"], Text>> = {
  placed: { en: "placed", zh: "设置" },
  reviewed: { en: "reviewed, still needed", zh: "复核，仍需保全" },
  lifted: { en: "lifted", zh: "解除" },
};

/** What recipients are told. */
export const deliveryTitles: Readonly<Record<WebhookKind, Text>> = {
  erased: { en: "erased", zh: "已删除" },
  corrected: { en: "corrected", zh: "已更正" },
  restricted: { en: "restricted", zh: "已限制" },
  unrestricted: { en: "no longer restricted", zh: "已解除限制" },
};

/** Why a request is refused, in the order in which they are offered. */
export const denialTitles: Readonly<Record<RequestDenial, Text>> = {
  claim_not_covered: { en: "The right does not reach that far", zh: "不属于该权利范围" },
  no_match: { en: "There is no such data", zh: "没有对应数据" },
  insuf_verification: { en: "It is not certain who asks", zh: "未能确认身份" },
  suspected_fraud: { en: "Somebody else seems to ask in their name", zh: "疑似冒名请求" },
  too_many_requests: { en: "Unfounded or excessive", zh: "明显无理或过度" },
  outside_jurisdiction: { en: "No law gives this right there", zh: "当地法律未规定该权利" },
  other: { en: "Another ground", zh: "其他" },
};

/** What the trail says was done. */
export const actionTitles: Readonly<Record<AuditAction, Text>> = {
  viewed: { en: "looked at", zh: "查看" },
  searched: { en: "searched", zh: "查询" },
  "request-received": { en: "request received", zh: "收到请求" },
  "request-moved": { en: "request handled", zh: "处理请求" },
  exported: { en: "exported", zh: "导出" },
  downloaded: { en: "copy fetched", zh: "下载副本" },
  erased: { en: "erased", zh: "删除" },
  checked: { en: "searched for what is left", zh: "检索残留" },
  restricted: { en: "restricted", zh: "限制处理" },
  unrestricted: { en: "restriction ended", zh: "解除限制" },
  objected: { en: "objection", zh: "反对" },
  corrected: { en: "corrected", zh: "更正" },
  "hold-placed": { en: "hold placed", zh: "设置保全" },
  "hold-moved": { en: "hold changed", zh: "变更保全" },
  "retention-swept": { en: "periods ended", zh: "到期清理" },
  "incident-moved": { en: "incident handled", zh: "处理安全事件" },
  "people-told": { en: "people told", zh: "通知受影响者" },
  disclosed: { en: "disclosed", zh: "披露" },
  "transfer-granted": { en: "transfer allowed", zh: "允许传输" },
  "transfer-refused": { en: "transfer refused", zh: "拒绝传输" },
  "transfer-arranged": { en: "transfer arranged", zh: "登记传输机制" },
  "webhook-changed": { en: "webhook changed", zh: "变更回调地址" },
  "recipient-told": { en: "recipient told", zh: "通知接收方" },
  "sent-again": { en: "sent again", zh: "再次发送" },
  "tombstone-replayed": { en: "erased again after a restore", zh: "恢复备份后再次删除" },
  "child-reported": { en: "child reported", zh: "报告儿童数据" },
  "ticket-moved": { en: "message handled", zh: "处理来信" },
  redacted: { en: "redacted", zh: "隐去" },
};
