import type { Retention } from "../retention.ts";
import type { Text } from "../text.ts";
import type { Category, Item, RefusedItem } from "./item.ts";
import { deleted } from "./item.ts";

/** What the person gives to the service, and what arises while they use it. */
export type UsedServiceItemKey =
  | "service.username"
  | "service.password-hash"
  | "service.email"
  | "service.phone"
  | "service.company.name"
  | "service.company.region"
  | "service.company.website"
  | "service.company.contact"
  | "service.support-messages"
  | "service.rights-requests"
  | "service.age-answer"
  | "service.sessions"
  | "service.ip-address"
  | "service.user-agent"
  | "service.language"
  | "service.cookies.session"
  | "service.cookies.csrf"
  | "service.cookies.language"
  | "service.cookies.consent-choice"
  | "service.consent-records"
  | "service.audit-entries"
  | "service.feature-use";

/** What the service names in order to refuse it. */
export type RefusedServiceItemKey =
  | "service.device.imei"
  | "service.device.exsn"
  | "service.device.meid"
  | "service.device.serial-number"
  | "service.device.model"
  | "service.device.installed-apps"
  | "service.device.owner"
  | "service.wifi.ssid"
  | "service.wifi.password"
  | "service.network-adapter";

/** Every datum of the service. */
export type ServiceItemKey = UsedServiceItemKey | RefusedServiceItemKey;

const withAccount: Retention = {
  kind: "days",
  days: 30,
  after: "account-closed",
  ending: "delete",
};

// Six months: what China's Cybersecurity Law asks for network logs, and enough to look into an incident.
const securityLog: Retention = { kind: "days", days: 180, after: "collected", ending: "delete" };

// Three years: the usual limitation period for claims, and what PIPL article 56 asks for records.
const proofDays = 1095;

const usedItems: Readonly<Record<UsedServiceItemKey, Item>> = {
  "service.username": {
    title: { en: "Username", zh: "用户名" },
    category: "user.account.username",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: false,
    without: { en: "No account can be opened.", zh: "无法开立账户。" },
    personal: true,
    purposes: ["keep-account", "sign-in", "answer-authorities"],
    recipients: ["competent-authority"],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.password-hash": {
    title: { en: "Password", zh: "密码" },
    detail: {
      en: "Kept only as a salted Argon2id hash, from which it cannot be read back.",
      zh: "仅以加盐的 Argon2id 散列值保存，无法还原。",
    },
    category: "user.authorization.password",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: false,
    without: { en: "No account can be opened.", zh: "无法开立账户。" },
    personal: true,
    purposes: ["sign-in"],
    recipients: [],
    retention: { kind: "days", days: 0, after: "account-closed", ending: "delete" },
    erasure: deleted,
    export: false,
    level: "secret",
  },
  "service.email": {
    title: { en: "E-mail address", zh: "电子邮箱" },
    category: "user.contact.email",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: false,
    without: { en: "No account can be opened.", zh: "无法开立账户。" },
    personal: true,
    purposes: ["keep-account", "sign-in", "service-mail", "support", "answer-authorities"],
    recipients: ["mail-service", "competent-authority"],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.phone": {
    title: { en: "Phone number", zh: "电话号码" },
    category: "user.contact.phone_number",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "Your account cannot be recovered by phone.",
      zh: "无法通过电话找回账户。",
    },
    personal: true,
    purposes: ["recover-account"],
    recipients: [],
    retention: { kind: "days", days: 0, after: "withdrawn", ending: "delete" },
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.company.name": {
    title: { en: "Company name", zh: "公司名称" },
    category: "user.contact.organization",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "The account is a private one; team functions are missing.",
      zh: "账户为个人账户，不提供团队功能。",
    },
    personal: true,
    purposes: ["keep-company-profile"],
    recipients: [],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "internal",
  },
  "service.company.region": {
    title: { en: "Country or region", zh: "国家或地区" },
    detail: {
      en: "Decides which law applies and which authority is yours.",
      zh: "用于确定适用的法律和您的主管机关。",
    },
    category: "user.contact.address.country",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "The strictest of the rules we know is applied to you.",
      zh: "将对您适用我们所知的最严格规则。",
    },
    personal: true,
    purposes: ["keep-account", "keep-company-profile"],
    recipients: [],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "internal",
  },
  "service.company.website": {
    title: { en: "Company website", zh: "公司网站" },
    category: "user.contact.url",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: { en: "Nothing is lost.", zh: "不影响任何功能。" },
    personal: true,
    purposes: ["keep-company-profile"],
    recipients: [],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "internal",
  },
  "service.company.contact": {
    title: { en: "Company contact", zh: "公司联系人及联系方式" },
    category: "user.workplace",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "Questions about the company's account go to your own e-mail address.",
      zh: "有关公司账户的事项将发送至您本人的邮箱。",
    },
    personal: true,
    purposes: ["keep-company-profile"],
    recipients: [],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.support-messages": {
    title: { en: "Questions and support messages", zh: "咨询与支持消息" },
    detail: {
      en: "What you write to us and what we answer, with its dates.",
      zh: "您给我们的来信、我们的答复及相应日期。",
    },
    category: "user.content.private",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: { en: "We cannot answer what we were not asked.", zh: "未收到咨询则无法答复。" },
    personal: true,
    purposes: ["support"],
    recipients: ["mail-service"],
    retention: { kind: "days", days: 365, after: "ticket-closed", ending: "delete" },
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.rights-requests": {
    title: { en: "Requests about your data", zh: "个人信息权利请求" },
    detail: {
      en: "Which right you exercised, when, and how it was answered; not the data itself.",
      zh: "您行使了何种权利、时间及答复结果；不含数据本身。",
    },
    category: "user.privacy_preferences",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: { en: "The right is not exercised.", zh: "相应权利未被行使。" },
    personal: true,
    purposes: ["keep-records", "service-mail", "answer-authorities"],
    recipients: ["mail-service", "competent-authority"],
    retention: { kind: "days", days: proofDays, after: "ticket-closed", ending: "delete" },
    erasure: {
      kind: "keep",
      because: {
        en: "It proves that your request was answered; your name is replaced by a number without a key.",
        zh: "用于证明您的请求已得到答复；您的姓名会被替换为无法还原的编号。",
      },
    },
    export: true,
    level: "confidential",
  },
  "service.age-answer": {
    title: { en: "Answer to the age question", zh: "年龄问题的回答" },
    detail: { en: "Yes or no; no date of birth.", zh: "仅记录是或否，不记录出生日期。" },
    category: "user.childrens",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: false,
    without: { en: "No account can be opened.", zh: "无法开立账户。" },
    personal: true,
    purposes: ["protect-children"],
    recipients: [],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.sessions": {
    title: { en: "Sessions", zh: "登录会话" },
    detail: {
      en: "When you signed in and were last active; the session's token is kept as a hash.",
      zh: "您的登录时间与最近活动时间；会话令牌仅以散列值保存。",
    },
    category: "system.authentication",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["sign-in", "secure-service"],
    recipients: [],
    retention: { kind: "days", days: 7, after: "session-ended", ending: "delete" },
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.ip-address": {
    title: { en: "IP address", zh: "IP 地址" },
    category: "user.device.ip_address",
    subject: "visitor",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["secure-service", "answer-authorities"],
    recipients: ["competent-authority"],
    retention: securityLog,
    erasure: deleted,
    export: true,
    level: "confidential",
  },
  "service.user-agent": {
    title: { en: "Browser and operating system", zh: "浏览器与操作系统" },
    detail: {
      en: "As your browser names itself, so that you recognise your own sessions.",
      zh: "以浏览器自报的信息为准，便于您辨认自己的会话。",
    },
    category: "user.device",
    subject: "visitor",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["secure-service"],
    recipients: [],
    retention: securityLog,
    erasure: deleted,
    export: true,
    level: "internal",
  },
  "service.language": {
    title: { en: "Language preference", zh: "语言偏好" },
    category: "user.demographic.language",
    subject: "visitor",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "Pages appear in the language your browser asks for.",
      zh: "页面将以浏览器请求的语言显示。",
    },
    personal: true,
    purposes: ["remember-language", "service-mail"],
    recipients: [],
    retention: withAccount,
    erasure: deleted,
    export: true,
    level: "internal",
  },
  "service.cookies.session": {
    title: { en: "Cookie: sign-in", zh: "Cookie：登录" },
    detail: { en: "Necessary. Keeps you signed in.", zh: "必要。保持您的登录状态。" },
    category: "user.device.cookie",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["sign-in"],
    recipients: [],
    retention: { kind: "days", days: 7, after: "collected", ending: "delete" },
    erasure: deleted,
    export: false,
    level: "secret",
  },
  "service.cookies.csrf": {
    title: { en: "Cookie: form protection", zh: "Cookie：表单防护" },
    detail: {
      en: "Necessary. Proves that a form was sent from our own page; gone when the browser is closed.",
      zh: "必要。证明表单由本站页面提交；关闭浏览器后即失效。",
    },
    category: "user.device.cookie",
    subject: "visitor",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["secure-service"],
    recipients: [],
    retention: { kind: "days", days: 0, after: "session-ended", ending: "delete" },
    erasure: deleted,
    export: false,
    level: "secret",
  },
  "service.cookies.language": {
    title: { en: "Cookie: language", zh: "Cookie：语言" },
    detail: {
      en: "Set only when you pick a language; holds nothing else.",
      zh: "仅在您选择语言时设置，不含其他内容。",
    },
    category: "user.device.cookie",
    subject: "visitor",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "Pages appear in the language your browser asks for.",
      zh: "页面将以浏览器请求的语言显示。",
    },
    personal: true,
    purposes: ["remember-language"],
    recipients: [],
    retention: { kind: "days", days: 180, after: "collected", ending: "delete" },
    erasure: deleted,
    export: false,
    level: "internal",
  },
  "service.cookies.consent-choice": {
    title: { en: "Cookie: your choice about cookies", zh: "Cookie：您的 Cookie 选择" },
    detail: {
      en: "Necessary. Remembers what you chose, so that we do not ask again for six months.",
      zh: "必要。记住您的选择，六个月内不再询问。",
    },
    category: "user.privacy_preferences",
    subject: "visitor",
    product: "service",
    state: "collected",
    origin: "provided",
    optional: true,
    without: {
      en: "Cookies that are not necessary stay off, and the question comes again.",
      zh: "非必要 Cookie 保持关闭，并会再次询问。",
    },
    personal: true,
    purposes: ["prove-consent"],
    recipients: [],
    retention: { kind: "days", days: 183, after: "collected", ending: "delete" },
    erasure: deleted,
    export: false,
    level: "internal",
  },
  "service.consent-records": {
    title: { en: "Consent records", zh: "同意记录" },
    detail: {
      en: "What was asked, in which version of the text, what you answered and when.",
      zh: "询问的内容及文本版本、您的回答及时间。",
    },
    category: "user.privacy_preferences",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["prove-consent", "answer-authorities"],
    recipients: ["competent-authority"],
    retention: { kind: "days", days: proofDays, after: "withdrawn", ending: "delete" },
    erasure: {
      kind: "keep",
      because: {
        en: "It proves what you allowed and refused; your name is replaced by a number without a key.",
        zh: "用于证明您允许和拒绝的内容；您的姓名会被替换为无法还原的编号。",
      },
    },
    export: true,
    level: "confidential",
  },
  "service.audit-entries": {
    title: { en: "Audit entries", zh: "审计记录" },
    detail: {
      en: "Who did what with personal data, and every disclosure; persons appear as numbers, never by name.",
      zh: "谁对个人信息做了何种操作，以及每一次披露；人员仅以编号出现，不记姓名。",
    },
    category: "user.unique_id.pseudonymous",
    subject: "customer",
    product: "service",
    state: "collected",
    origin: "observed",
    personal: true,
    purposes: ["keep-records", "secure-service", "answer-authorities"],
    recipients: ["competent-authority"],
    retention: { kind: "days", days: proofDays, after: "collected", ending: "delete" },
    erasure: {
      kind: "keep",
      because: {
        en: "A record that could be erased would prove nothing; the key from number to person is erased instead.",
        zh: "可被删除的记录无法起到证明作用；我们会改为删除编号与本人之间的对应关系。",
      },
    },
    export: true,
    level: "confidential",
  },
  "service.feature-use": {
    title: { en: "Use of the website's functions", zh: "网站功能使用情况" },
    detail: {
      en: "Totals per page and day, about nobody in particular.",
      zh: "按页面和日期汇总的总数，不涉及特定个人。",
    },
    category: "system.operations",
    subject: "anonymous_user",
    product: "service",
    state: "declared",
    origin: "observed",
    personal: false,
    purposes: ["secure-service"],
    recipients: [],
    retention: { kind: "days", days: 365, after: "collected", ending: "delete" },
    erasure: deleted,
    export: false,
    level: "internal",
  },
};

function refused(title: Text, category: Category, because: Text): RefusedItem {
  return { title, category, subject: "customer", product: "service", state: "refused", because };
}

const deviceNumber: Text = {
  en: "A coding product has no need to tell devices apart for good.",
  zh: "编程产品无需永久识别设备。",
};

const network: Text = {
  en: "The service is reached over any network; how you are connected is no concern of ours.",
  zh: "任何网络均可使用本服务，您如何接入与我们无关。",
};

const refusedItems: Readonly<Record<RefusedServiceItemKey, Item>> = {
  "service.device.imei": refused(
    { en: "IMEI", zh: "国际移动设备识别码（IMEI）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.exsn": refused(
    { en: "Extended serial number (EXSN)", zh: "扩展序列号（EXSN）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.meid": refused(
    { en: "MEID", zh: "移动设备识别码（MEID）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.serial-number": refused(
    { en: "Serial number of the device (SN)", zh: "设备序列号（SN）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.model": refused(
    { en: "Name and hardware of the device", zh: "设备名称与硬件信息" },
    "user.device",
    {
      en: "The browser's own name is enough to show pages and to recognise a session.",
      zh: "浏览器自报的信息已足以显示页面和辨认会话。",
    },
  ),
  "service.device.installed-apps": refused(
    { en: "List of installed applications", zh: "已安装应用列表" },
    "user.device.cc_installed_apps",
    {
      en: "What else you use tells much about you and nothing about code.",
      zh: "您使用的其他软件会透露大量个人信息，却与编程无关。",
    },
  ),
  "service.device.owner": refused(
    { en: "Owner of the device", zh: "设备所有者信息" },
    "user.workplace",
    {
      en: "The account says for whom you act; the device need not.",
      zh: "账户已说明您代表谁，无需从设备获取。",
    },
  ),
  "service.wifi.ssid": refused(
    { en: "Name of the Wi-Fi network (SSID)", zh: "Wi-Fi 网络名称（SSID）" },
    "user.device.cc_wifi_credentials",
    network,
  ),
  "service.wifi.password": refused(
    { en: "Wi-Fi password", zh: "Wi-Fi 密码" },
    "user.device.cc_wifi_credentials",
    {
      en: "Nobody but you and your router has any business with it.",
      zh: "除您和您的路由器外，任何人都无需知道。",
    },
  ),
  "service.network-adapter": refused(
    { en: "Connection state and network adapter", zh: "网络连接状态与网卡型号" },
    "user.device",
    network,
  ),
};

/** The service's part of the inventory. */
export const serviceItems: Readonly<Record<ServiceItemKey, Item>> = {
  ...usedItems,
  ...refusedItems,
};
