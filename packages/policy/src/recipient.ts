import type { Text } from "./text.ts";

/** Everyone who may ever receive a datum. Who is not listed receives nothing. */
export type RecipientKey =
  | "local-model"
  | "chosen-model"
  | "statistics-receiver"
  | "configured-service"
  | "calling-application"
  | "operator-monitoring"
  | "mail-service"
  | "competent-authority";

/**
 * What makes a transfer of personal data to another region lawful. `none` means that no such transfer happens: a recipient in
 * another region than the person is refused.
 */
export type Transfer = "contract-clauses" | "explicit-consent" | "anonymous" | "none";

/** What each mechanism is called. */
export const transferTitles: Readonly<Record<Transfer, Text>> = {
  "contract-clauses": { en: "standard contract clauses", zh: "标准合同条款" },
  "explicit-consent": { en: "explicit consent", zh: "明示同意" },
  anonymous: { en: "anonymous before it leaves", zh: "出境前已匿名" },
  none: { en: "never to another region", zh: "不向其他地区传输" },
};

/** Someone outside the program that holds the datum. */
export interface Recipient {
  readonly title: Text;
  /** The circumstance in which data is given to this recipient; printed as the list of disclosures. */
  readonly when: Text;
  /** `this-machine`: reachable over loopback only, so nothing leaves the computer. */
  readonly place: "this-machine" | "elsewhere";
  readonly transfer: Transfer;
}

/** The recipients. */
export const recipients: Readonly<Record<RecipientKey, Recipient>> = {
  "local-model": {
    title: { en: "A model on your own computer", zh: "您本机上的模型" },
    when: {
      en: "When suggestions come from a model that runs on the same computer, the code around the cursor is handed to it over the loopback interface.",
      zh: "当建议由同一台计算机上运行的模型生成时，光标附近的代码会通过本机回环接口交给该模型。",
    },
    place: "this-machine",
    transfer: "none",
  },
  "chosen-model": {
    title: { en: "The model service you chose", zh: "您选定的模型服务" },
    when: {
      en: "When you have chosen a model service by its address, and only in a workspace you trust.",
      zh: "当您按地址明确选定某个模型服务，并且仅在您信任的工作区内。",
    },
    place: "elsewhere",
    transfer: "explicit-consent",
  },
  "statistics-receiver": {
    title: {
      en: "The statistics receiver named in your settings",
      zh: "您的设置中指明的统计接收方",
    },
    when: {
      en: "When you have allowed usage statistics: your company's own receiver, or the Cloud Code service, whichever the question named.",
      zh: "当您允许使用统计时：接收方为询问中指明的贵公司自有接收端或 Cloud Code 服务。",
    },
    place: "elsewhere",
    transfer: "anonymous",
  },
  "configured-service": {
    title: { en: "The AI service configured by the operator", zh: "运营者所配置的 AI 服务" },
    when: {
      en: "When an application sends a request, it is forwarded to the one AI service that the operator configured for it.",
      zh: "当应用发出请求时，请求会被转发到运营者为其配置的那一个 AI 服务。",
    },
    place: "elsewhere",
    transfer: "contract-clauses",
  },
  "calling-application": {
    title: { en: "The application that sent the request", zh: "发出请求的应用" },
    when: {
      en: "The answer goes back to the application that asked, for example your Dify instance.",
      zh: "应答会返回给发出请求的应用，例如您的 Dify 实例。",
    },
    place: "elsewhere",
    transfer: "contract-clauses",
  },
  "operator-monitoring": {
    title: { en: "The operator's own monitoring", zh: "运营者自有的监控系统" },
    when: {
      en: "When the operator configured a collector of traces, or a counter store for limits that several machines share: numbers and request numbers go there, never content.",
      zh: "当运营者配置了链路追踪采集器，或配置了供多台机器共享限额的计数存储时：仅发送数字与请求编号，绝不发送内容。",
    },
    place: "elsewhere",
    transfer: "anonymous",
  },
  "mail-service": {
    title: { en: "The mail server configured by the operator", zh: "运营者所配置的邮件服务器" },
    when: {
      en: "When a message has to reach you by e-mail, for example to confirm your address or to answer a request; the server acts on the operator's instructions only.",
      zh: "当需要通过电子邮件联系您时，例如确认邮箱地址或答复您的请求；该服务器仅按运营者的指示处理。",
    },
    place: "elsewhere",
    transfer: "none",
  },
  "competent-authority": {
    title: { en: "A competent authority or court", zh: "主管机关或法院" },
    when: {
      en: "When a law that binds the operator demands it, to the extent it demands; the demand is examined, recorded in the disclosure register, and you are told unless the law forbids it.",
      zh: "当对运营者具有约束力的法律要求时，并仅以所要求的范围为限；该要求会经过审查并记入披露登记簿，除法律禁止外我们会告知您。",
    },
    place: "elsewhere",
    transfer: "none",
  },
};
