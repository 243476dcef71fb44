import type { RecipientKey } from "./recipient.ts";
import type { Bases, Basis, Region } from "./regimes.ts";
import { isConsent } from "./regimes.ts";
import type { Text } from "./text.ts";

/** Everything data is ever used for. What is not listed is not done. */
export type PurposeKey =
  | "complete"
  | "search"
  | "ask-local-model"
  | "ask-chosen-model"
  | "usage-statistics"
  | "relay"
  | "measure-use"
  | "keep-account"
  | "keep-company-profile"
  | "recover-account"
  | "sign-in"
  | "secure-service"
  | "support"
  | "service-mail"
  | "remember-language"
  | "remember-display"
  | "count-visits"
  | "protect-children"
  | "prove-consent"
  | "keep-records"
  | "answer-authorities";

/**
 * Data uses of the Fideslang taxonomy (see NOTICE), the ones that apply. Advertising, selling and training of AI systems are
 * absent on purpose: a purpose of that kind does not compile.
 */
export type DataUse =
  | "analytics.reporting.system.performance"
  | "essential.legal_obligation"
  | "essential.service"
  | "essential.service.authentication"
  | "essential.service.notifications.email"
  | "essential.service.operations.support"
  | "essential.service.security"
  | "functional.service"
  | "functional.storage"
  | "third_party_sharing.legal_obligation";

/** A switch outside the product that forbids a purpose whatever was answered inside it. */
export type Signal = "editor-telemetry" | "do-not-track";

/** Why data is used, on which ground, and who may receive it for that. */
export interface Purpose {
  readonly title: Text;
  /** What is done, in a sentence that begins the way a list item does; printed as the list of uses. */
  readonly description: Text;
  readonly use: DataUse;
  readonly bases: Bases;
  /** Who may receive data for this purpose; empty when nobody does. */
  readonly recipients: readonly RecipientKey[];
  /** Whether the product's current notice has to be shown to the person before the first use. */
  readonly noticeFirst: boolean;
  /** The outside switches this purpose obeys. */
  readonly signals: readonly Signal[];
}

const contract: Bases = {
  eu: "contract",
  uk: "contract",
  cn: "contract",
  us: "contract",
  other: "contract",
};

const consent: Bases = {
  eu: "consent",
  uk: "consent",
  cn: "consent",
  us: "consent",
  other: "consent",
};

const duty: Bases = {
  eu: "legal-obligation",
  uk: "legal-obligation",
  cn: "legal-obligation",
  us: "legal-obligation",
  other: "legal-obligation",
};

const interests = {
  eu: "legitimate-interests",
  uk: "legitimate-interests",
  us: "legitimate-interests",
  other: "legitimate-interests",
} as const;

/** The purposes. */
export const purposes: Readonly<Record<PurposeKey, Purpose>> = {
  complete: {
    title: { en: "Completing code", zh: "代码补全" },
    description: {
      en: "to suggest how the line you are writing goes on, computed on your computer",
      zh: "在您的计算机上计算并建议正在编写的代码如何继续",
    },
    use: "functional.service",
    bases: contract,
    recipients: [],
    noticeFirst: false,
    signals: [],
  },
  search: {
    title: { en: "Searching code", zh: "代码搜索" },
    description: {
      en: "to find code that answers your question, computed on your computer",
      zh: "在您的计算机上查找能回答您问题的代码",
    },
    use: "functional.service",
    bases: contract,
    recipients: [],
    noticeFirst: false,
    signals: [],
  },
  "ask-local-model": {
    title: { en: "Asking a model on your computer", zh: "询问本机模型" },
    description: {
      en: "to let a model that runs on your computer suggest code, or judge which search results fit your question",
      zh: "由您本机上运行的模型建议代码，或判断哪些搜索结果符合您的问题",
    },
    use: "functional.service",
    bases: contract,
    recipients: ["local-model"],
    noticeFirst: false,
    signals: [],
  },
  "ask-chosen-model": {
    title: { en: "Asking the model service you chose", zh: "询问您选定的模型服务" },
    description: {
      en: "to let the model service you chose suggest code, or judge which search results fit your question; this is the only way by which code leaves your computer",
      zh: "由您选定的模型服务建议代码，或判断哪些搜索结果符合您的问题；这是代码离开您计算机的唯一途径",
    },
    use: "functional.service",
    bases: { ...consent, cn: "separate-consent" },
    recipients: ["chosen-model"],
    noticeFirst: true,
    signals: [],
  },
  "usage-statistics": {
    title: { en: "Usage statistics", zh: "使用统计" },
    description: {
      en: "to learn from eight anonymous figures whether suggestions and search results are useful, and improve them",
      zh: "通过八项匿名数据了解建议与搜索结果是否有用，并加以改进",
    },
    use: "analytics.reporting.system.performance",
    bases: consent,
    recipients: ["statistics-receiver"],
    noticeFirst: true,
    signals: ["editor-telemetry", "do-not-track"],
  },
  relay: {
    title: { en: "Passing requests on", zh: "转发请求" },
    description: {
      en: "to carry a request to the configured AI service and its answer back",
      zh: "将请求送达所配置的 AI 服务，并将应答带回",
    },
    use: "essential.service",
    bases: contract,
    recipients: ["configured-service", "calling-application"],
    // The credential form shows the notice to the operator; the people behind a request are the application's, not the gateway's.
    noticeFirst: false,
    signals: [],
  },
  "measure-use": {
    title: { en: "Measuring consumption", zh: "用量计量" },
    description: {
      en: "to show the operator how much of which model each consumer used, and to keep to limits",
      zh: "向运营者显示各调用方对各模型的用量，并执行限额",
    },
    use: "essential.service",
    bases: { ...interests, cn: "contract" },
    recipients: ["operator-monitoring"],
    noticeFirst: false,
    signals: [],
  },
  "keep-account": {
    title: { en: "Keeping your account", zh: "维护您的账户" },
    description: {
      en: "to open your account, show it to you, and keep it until you close it",
      zh: "为您开立账户、向您展示账户，并维护至您注销为止",
    },
    use: "essential.service",
    bases: contract,
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "keep-company-profile": {
    title: { en: "Keeping your company's profile", zh: "维护公司资料" },
    description: {
      en: "to know which company an account acts for and how to reach it",
      zh: "了解账户所代表的公司及其联系方式",
    },
    use: "functional.service",
    bases: { ...interests, cn: "consent" },
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "recover-account": {
    title: { en: "Recovering your account by phone", zh: "通过电话找回账户" },
    description: {
      en: "to help you back into your account when you have lost access to your e-mail",
      zh: "在您无法使用电子邮箱时帮助您找回账户",
    },
    use: "essential.service.authentication",
    bases: consent,
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "sign-in": {
    title: { en: "Signing you in", zh: "登录" },
    description: {
      en: "to recognise you when you sign in and while you are signed in",
      zh: "在您登录时及登录期间识别您的身份",
    },
    use: "essential.service.authentication",
    bases: contract,
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "secure-service": {
    title: { en: "Keeping the service secure", zh: "保障服务安全" },
    description: {
      en: "to notice and stop misuse, break-ins and faults",
      zh: "发现并阻止滥用、入侵和故障",
    },
    use: "essential.service.security",
    // Cybersecurity Law of China: network logs are kept for no less than six months.
    bases: { ...interests, cn: "legal-obligation" },
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  support: {
    title: { en: "Answering you", zh: "答复您的咨询" },
    description: {
      en: "to answer questions, suggestions and complaints, within 15 days",
      zh: "在 15 天内答复您的问题、建议与投诉",
    },
    use: "essential.service.operations.support",
    bases: contract,
    recipients: ["mail-service"],
    noticeFirst: true,
    signals: [],
  },
  "service-mail": {
    title: { en: "Messages about the service", zh: "服务通知" },
    description: {
      en: "to confirm your address, warn you of incidents, announce changes of this policy and answer your requests; never to advertise",
      zh: "确认您的邮箱、就安全事件发出警示、公告本政策的变更并答复您的请求；绝不用于广告",
    },
    use: "essential.service.notifications.email",
    bases: contract,
    recipients: ["mail-service"],
    noticeFirst: true,
    signals: [],
  },
  "remember-language": {
    title: { en: "Remembering your language", zh: "记住您的语言" },
    description: {
      en: "to show pages in the language you picked",
      zh: "以您选择的语言显示页面",
    },
    use: "functional.storage",
    bases: contract,
    recipients: [],
    noticeFirst: false,
    signals: [],
  },
  "remember-display": {
    title: { en: "Remembering light or dark", zh: "记住浅色或深色" },
    description: {
      en: "to show pages light or dark as you picked, whatever your system prefers",
      zh: "按您的选择以浅色或深色显示页面，不受系统设置影响",
    },
    use: "functional.storage",
    bases: consent,
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "count-visits": {
    title: { en: "Counting page views", zh: "统计页面访问量" },
    description: {
      en: "to see which pages are read, from totals without visitors",
      zh: "通过不区分访客的总数了解哪些页面被阅读",
    },
    use: "analytics.reporting.system.performance",
    // Totals concern nobody, so no ground is needed where the law knows no legitimate interests; running the site comes nearest.
    bases: { ...interests, cn: "contract" },
    recipients: [],
    noticeFirst: false,
    signals: ["do-not-track"],
  },
  "protect-children": {
    title: { en: "Keeping children out", zh: "保护儿童" },
    description: {
      en: "to open no account for a child, and to delete a child's data as soon as we know of it",
      zh: "不为儿童开立账户，并在知悉后立即删除儿童的数据",
    },
    use: "essential.legal_obligation",
    bases: duty,
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "prove-consent": {
    title: { en: "Proving what you agreed to", zh: "证明您的同意" },
    description: {
      en: "to know, and to be able to prove, what you allowed, refused and withdrew, and when",
      zh: "记录并能够证明您何时允许、拒绝或撤回了什么",
    },
    use: "essential.legal_obligation",
    bases: duty,
    recipients: [],
    noticeFirst: false,
    signals: [],
  },
  "keep-records": {
    title: { en: "Keeping the records the law asks for", zh: "保存法定记录" },
    description: {
      en: "to be able to show who did what with personal data, and that your requests were answered in time",
      zh: "能够说明谁对个人信息做了什么，以及您的请求是否按时得到答复",
    },
    use: "essential.legal_obligation",
    bases: duty,
    recipients: [],
    noticeFirst: true,
    signals: [],
  },
  "answer-authorities": {
    title: { en: "Answering lawful demands", zh: "应答合法要求" },
    description: {
      en: "to comply with a demand of an authority or court that the operator is bound by, after examining it",
      zh: "经审查后，依法应答对运营者具有约束力的主管机关或法院的要求",
    },
    use: "third_party_sharing.legal_obligation",
    bases: duty,
    recipients: ["competent-authority"],
    noticeFirst: true,
    signals: [],
  },
};

/**
 * Whether a purpose may begin only after the person said yes. Without a region the strictest answer counts: it needs a consent as
 * soon as any region asks for one.
 */
export function needsConsent(purpose: Purpose, region?: Region): boolean {
  const bases: readonly Basis[] =
    region === undefined ? Object.values(purpose.bases) : [purpose.bases[region]];
  return bases.some(isConsent);
}
