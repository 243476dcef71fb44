/** The words of the pages about requests. */
import type { RequestEvent, RequestStatus, Right, Text } from "@cloud-code/policy";

/** What each right gives, in a sentence. */
export const rightLeads: Readonly<Record<Right, Text>> = {
  access: {
    en: "A copy of everything we have about you, with what each datum is for, who receives it and how long it is kept.",
    zh: "我们持有的关于您的全部数据副本，并说明每项数据的用途、接收方和保存期限。",
  },
  correct: {
    en: "Tell us what is wrong. Most things you can change yourself on your account's page, at once.",
    zh: "告诉我们哪里有误。大多数内容您可在账户页面自行即时更改。",
  },
  transfer: {
    en: "What you gave us or caused, in a form that other services read: JSON and CSV, with a schema.",
    zh: "您提供或产生的数据，以其他服务可读取的 JSON 和 CSV 格式提供，并附结构说明。",
  },
  restrict: {
    en: "We keep your data and do nothing else with it. You are told before this ends.",
    zh: "我们仅保存您的数据，不作其他处理。解除前会告知您。",
  },
  object: {
    en: "We stop a use that rests on our interests and not on your consent.",
    zh: "停止基于我们的利益而非您的同意所进行的处理。",
  },
  delete: {
    en: "Your account and everything that belongs to it. It cannot be undone. What the law makes us keep as proof stays, without your name.",
    zh: "删除您的账户及其全部数据，不可恢复。法律要求留存的证明将保留，但不含您的姓名。",
  },
};

/** Where a request stands. */
export const statusTitles: Readonly<Record<RequestStatus, Text>> = {
  open: { en: "received", zh: "已收到" },
  in_progress: { en: "in progress", zh: "处理中" },
  fulfilled: { en: "done", zh: "已办结" },
  revoked: { en: "called off", zh: "已撤回" },
  denied: { en: "not granted", zh: "未获同意" },
  expired: { en: "closed without confirmation", zh: "因未确认而关闭" },
};

/** What happened to a request. */
export const eventTitles: Readonly<Record<RequestEvent["kind"], Text>> = {
  received: { en: "Received", zh: "收到请求" },
  "identity-asked": { en: "Asked who you are", zh: "请求确认身份" },
  "identity-given": { en: "It is certain who asks", zh: "身份已确认" },
  begun: { en: "Begun", zh: "开始处理" },
  extended: { en: "More time, with a reason", zh: "附理由延期" },
  checked: { en: "Searched for what is left", zh: "检查残留" },
  fulfilled: { en: "Done", zh: "办结" },
  denied: { en: "Not granted", zh: "未获同意" },
  withheld: { en: "A part is kept", zh: "保留一部分" },
  released: { en: "That part is deleted, too", zh: "保留部分已删除" },
  revoked: { en: "Called off", zh: "撤回" },
  expired: { en: "Closed without confirmation", zh: "因未确认而关闭" },
  "lifting-announced": { en: "End of the restriction announced", zh: "已告知即将解除限制" },
  lifted: { en: "Restriction ended", zh: "限制已解除" },
};

/** The words of the person's pages. */
export const words = {
  title: { en: "Your rights", zh: "您的权利" },
  lead: {
    en: "Six rights, each one click away. Answered within a month; you see the date from the first moment.",
    zh: "六项权利，一键即可行使。一个月内答复，提交后立即显示期限。",
  },
  center: { en: "Privacy center", zh: "隐私中心" },
  choose: { en: "Choose", zh: "选择" },
  mine: { en: "Your requests", zh: "您的请求" },
  number: { en: "Number", zh: "编号" },
  right: { en: "Right", zh: "权利" },
  state: { en: "State", zh: "状态" },
  due: { en: "Due", zh: "期限" },
  ended: { en: "Ended", zh: "办结日期" },
  noAccount: {
    en: "You have no account, and wrote to us or were written about? Ask in a message",
    zh: "没有账户，但曾联系过我们或被他人提及？请通过消息提出",
  },
  send: { en: "Send the request", zh: "提交请求" },
  deleteNow: { en: "Delete everything now", zh: "立即删除全部" },
  what: { en: "What is wrong, and what is right?", zh: "哪里有误，正确内容是什么？" },
  short: { en: "Please write at least ten characters.", zh: "请至少填写 10 个字符。" },
  uses: { en: "Which use?", zh: "哪项处理？" },
  plan: { en: "What will be deleted", zh: "将被删除的内容" },
  table: { en: "Kept in", zh: "存放位置" },
  rows: { en: "Entries", zh: "条数" },
  sure: { en: "Yes, delete my account and all of this.", zh: "是，删除我的账户及以上全部内容。" },
  sureMissing: { en: "Tick the box if you are sure.", zh: "如确认，请勾选。" },
  signIn: {
    en: "Sign in to do this at once. Without a session, leave the address of your account; the letter we send there confirms that it is you.",
    zh: "登录后可立即办理。如无法登录，请填写账户邮箱，我们将发送确认邮件。",
  },
  signInLink: { en: "Sign in", zh: "登录" },
  email: { en: "E-mail address of the account", zh: "账户邮箱" },
  badEmail: { en: "This is not an e-mail address.", zh: "邮箱格式不正确。" },
  sent: {
    en: "If there is an account with this address, a letter with a link is on its way. Nothing happens before the link is used.",
    zh: "如果存在该邮箱的账户，确认邮件已发出。使用链接之前不会进行任何处理。",
  },
  keepAddress: {
    en: "Keep the address of this page. It shows where your request stands, even after your account is gone.",
    zh: "请保存本页地址。即使账户已删除，您仍可在此查看进展。",
  },
  confirm: { en: "Yes, this is me: go ahead", zh: "是我本人，请继续" },
  erasing: { en: "Your data is being deleted.", zh: "正在删除您的数据。" },
  checking: {
    en: "Your data is deleted. Now every table and every file is searched for what names you.",
    zh: "您的数据已删除，正在检索所有数据表和文件，确认没有残留。",
  },
  left: {
    en: "The search found something that names you. An officer takes care of it.",
    zh: "检索发现仍有指向您的内容，专员正在处理。",
  },
  progressText: {
    en: "It is called done when the search comes back empty, not before. This page shows it, and a letter tells you.",
    zh: "检索确认无残留后才会办结。本页面会更新，我们也会发信告知您。",
  },
  waitsForYou: { en: "We are waiting for you", zh: "等待您确认" },
  waitsText: {
    en: "Press the button to confirm that this request is yours. Nothing more is asked of you.",
    zh: "请点击按钮确认该请求由您提出，无需提供其他信息。",
  },
  copy: { en: "Your copy", zh: "您的副本" },
  copyText: {
    en: "It is made when you fetch it and stored nowhere. Until",
    zh: "副本在您下载时生成，不会存储。有效期至",
  },
  json: { en: "Download JSON", zh: "下载 JSON" },
  csv: { en: "Download CSV", zh: "下载 CSV" },
  schema: { en: "Schema", zh: "结构说明" },
  history: { en: "What happened", zh: "处理记录" },
  when: { en: "When", zh: "时间" },
  event: { en: "What", zh: "事项" },
  revoke: { en: "Call it off", zh: "撤回请求" },
  reason: { en: "Reason", zh: "理由" },
  explanation: { en: "Why", zh: "理由" },
  authority: { en: "You can complain to", zh: "您可以投诉至" },
  court: { en: "You can go to court", zh: "您可以提起诉讼" },
  complain: { en: "Find your authority", zh: "查找您的主管机关" },
  authoritiesTitle: { en: "Whom you can complain to", zh: "您可以向谁投诉" },
  authoritiesLead: {
    en: "You may complain to an authority at any time, whether or not you asked us before.",
    zh: "无论是否已联系我们，您均可随时向主管机关投诉。",
  },
  place: { en: "Country or region", zh: "国家或地区" },
  find: { en: "Find", zh: "查找" },
  name: { en: "Authority", zh: "主管机关" },
  web: { en: "Web site", zh: "网站" },
  languages: { en: "Languages", zh: "受理语言" },
  reviewed: { en: "Reviewed on", zh: "核对日期" },
  ground: { en: "Ground", zh: "依据" },
  kept: { en: "What is kept", zh: "保留内容" },
  nothing: { en: "Nothing is kept about this.", zh: "未保存此类内容。" },
} as const;
