/**
 * Why the law lets a request be refused, in whole or in part. Whoever refuses because a right does not reach that far names one of these; the
 * person reads it with its source. That a request is unfounded or excessive (GDPR, article 12(5)) is no ground here but a reason of its
 * own that needs evidence (`too_many_requests`).
 *
 * Compared on `exemptionsCheckedOn`. Read in the text: GDPR, articles 11(2), 17(3) and 20(1); PIPL, articles 18, 35 and 45 to 47 (as
 * adopted on 20 August 2021); the Chinese Regulations on Network Data Security Management, article 25 (State Council, no. 790 of 2024);
 * California Civil Code, § 1798.105(d). Read as quoted by others: Data Protection Act 2018, schedule 2, paragraph 19; CCPA Regulations,
 * §§ 7023 and 7024. Known but not read again: GDPR, articles 15(4), 16, 18(1), 20(4) and 21(1), and the articles of the UK GDPR, which
 * have the numbers of the Union's.
 */
import type { Region } from "../regimes.ts";
import type { Text } from "../text.ts";
import type { Right } from "./right.ts";

/** One ground. */
export interface Exemption {
  /** Where it holds; `other` has no law of its own here and takes the ground of any region. */
  readonly region: Exclude<Region, "other">;
  readonly rights: readonly Right[];
  readonly title: Text;
  readonly source: Text;
}

/** The key of a ground. */
export type ExemptionKey =
  | "eu.legal-claims"
  | "eu.legal-obligation"
  | "eu.expression"
  | "eu.public-interest"
  | "eu.rights-of-others"
  | "eu.not-portable"
  | "eu.compelling-grounds"
  | "eu.not-identifiable"
  | "eu.accurate"
  | "uk.legal-claims"
  | "uk.legal-obligation"
  | "uk.expression"
  | "uk.public-interest"
  | "uk.rights-of-others"
  | "uk.not-portable"
  | "uk.not-identifiable"
  | "uk.privilege"
  | "uk.compelling-grounds"
  | "uk.accurate"
  | "cn.retention-period"
  | "cn.secrecy"
  | "cn.not-portable"
  | "cn.accurate"
  | "us.legal-obligation"
  | "us.security"
  | "us.transaction"
  | "us.never-disclosed"
  | "us.accurate";

/** The day on which the table was last compared with the laws. */
export const exemptionsCheckedOn = "2026-11-22";

const claims = {
  en: "needed to establish, exercise or defend legal claims",
  zh: "为确立、行使或抗辩法律请求所必需",
};
const obligation = { en: "a law obliges us to keep it", zh: "法律要求保存" };
const others = {
  en: "it would harm the rights of others",
  zh: "会损害他人的权利",
};
const compelling = {
  en: "compelling legitimate grounds that override yours",
  zh: "存在优先于您权益的重大正当理由",
};
const expression = { en: "freedom of expression and information", zh: "言论和信息自由" };
const publicInterest = {
  en: "public health, archiving or research in the public interest",
  zh: "公共卫生、公共利益存档或研究",
};
const notPortable = {
  en: "it rests on neither a contract nor a consent",
  zh: "并非基于合同或同意处理",
};
const notIdentifiable = {
  en: "we cannot tell which data is yours",
  zh: "我们无法识别哪些数据属于您",
};
const accurate = { en: "what is stored is accurate", zh: "所存内容准确" };

/** Every ground, by its key. */
export const exemptions: Readonly<Record<ExemptionKey, Exemption>> = {
  "eu.legal-claims": ground(
    "eu",
    ["delete"],
    claims,
    "GDPR, article 17(3)(e)",
    "GDPR 第 17(3)(e) 条",
  ),
  "eu.legal-obligation": ground(
    "eu",
    ["delete"],
    obligation,
    "GDPR, article 17(3)(b)",
    "GDPR 第 17(3)(b) 条",
  ),
  "eu.expression": ground(
    "eu",
    ["delete"],
    expression,
    "GDPR, article 17(3)(a)",
    "GDPR 第 17(3)(a) 条",
  ),
  "eu.public-interest": ground(
    "eu",
    ["delete"],
    publicInterest,
    "GDPR, article 17(3)(c) and (d)",
    "GDPR 第 17(3)(c)、(d) 条",
  ),
  "eu.rights-of-others": ground(
    "eu",
    ["access", "transfer"],
    others,
    "GDPR, articles 15(4) and 20(4)",
    "GDPR 第 15(4)、20(4) 条",
  ),
  "eu.not-portable": ground(
    "eu",
    ["transfer"],
    notPortable,
    "GDPR, article 20(1)",
    "GDPR 第 20(1) 条",
  ),
  "eu.compelling-grounds": ground(
    "eu",
    ["object"],
    compelling,
    "GDPR, article 21(1)",
    "GDPR 第 21(1) 条",
  ),
  "eu.not-identifiable": ground(
    "eu",
    ["access", "correct", "transfer", "restrict", "delete"],
    notIdentifiable,
    "GDPR, article 11(2)",
    "GDPR 第 11(2) 条",
  ),
  "eu.accurate": ground(
    "eu",
    ["correct", "restrict"],
    accurate,
    "GDPR, articles 16 and 18(1)(a)",
    "GDPR 第 16、18(1)(a) 条",
  ),
  "uk.legal-claims": ground(
    "uk",
    ["delete"],
    claims,
    "UK GDPR, article 17(3)(e)",
    "英国 GDPR 第 17(3)(e) 条",
  ),
  "uk.legal-obligation": ground(
    "uk",
    ["delete"],
    obligation,
    "UK GDPR, article 17(3)(b)",
    "英国 GDPR 第 17(3)(b) 条",
  ),
  "uk.expression": ground(
    "uk",
    ["delete"],
    expression,
    "UK GDPR, article 17(3)(a)",
    "英国 GDPR 第 17(3)(a) 条",
  ),
  "uk.public-interest": ground(
    "uk",
    ["delete"],
    publicInterest,
    "UK GDPR, article 17(3)(c) and (d)",
    "英国 GDPR 第 17(3)(c)、(d) 条",
  ),
  "uk.not-portable": ground(
    "uk",
    ["transfer"],
    notPortable,
    "UK GDPR, article 20(1)",
    "英国 GDPR 第 20(1) 条",
  ),
  "uk.not-identifiable": ground(
    "uk",
    ["access", "correct", "transfer", "restrict", "delete"],
    notIdentifiable,
    "UK GDPR, article 11(2)",
    "英国 GDPR 第 11(2) 条",
  ),
  "uk.rights-of-others": ground(
    "uk",
    ["access", "transfer"],
    others,
    "UK GDPR, articles 15(4) and 20(4); Data Protection Act 2018, schedule 2, paragraph 16",
    "英国 GDPR 第 15(4)、20(4) 条；《2018 年数据保护法》附表 2 第 16 段",
  ),
  "uk.privilege": ground(
    "uk",
    ["access"],
    { en: "legal professional privilege", zh: "法律职业特权" },
    "Data Protection Act 2018, schedule 2, paragraph 19",
    "《2018 年数据保护法》附表 2 第 19 段",
  ),
  "uk.compelling-grounds": ground(
    "uk",
    ["object"],
    compelling,
    "UK GDPR, article 21(1)",
    "英国 GDPR 第 21(1) 条",
  ),
  "uk.accurate": ground(
    "uk",
    ["correct", "restrict"],
    accurate,
    "UK GDPR, articles 16 and 18(1)(a)",
    "英国 GDPR 第 16、18(1)(a) 条",
  ),
  "cn.retention-period": ground(
    "cn",
    ["delete"],
    {
      en: "a law's retention period has not ended, or deletion is technically hard; it is only stored and protected",
      zh: "法律、行政法规规定的保存期限未届满，或者删除在技术上难以实现；仅存储并采取必要的安全保护措施",
    },
    "PIPL, article 47, second paragraph",
    "《个人信息保护法》第四十七条第二款",
  ),
  "cn.secrecy": ground(
    "cn",
    ["access", "transfer"],
    { en: "a law demands secrecy", zh: "法律、行政法规规定应当保密" },
    "PIPL, article 45 with articles 18 and 35",
    "《个人信息保护法》第四十五条及第十八、三十五条",
  ),
  // Whoever wants a copy has it by article 45 of the law; that it goes to another handler has conditions.
  "cn.not-portable": ground(
    "cn",
    ["transfer"],
    {
      en: "it was collected on neither your consent nor a contract, cannot technically be moved, or moving it would harm others",
      zh: "并非本人同意提供或者基于合同收集、转移不具备技术可行性，或者转移会损害他人合法权益",
    },
    "Regulations on Network Data Security Management, article 25; PIPL, article 45, third paragraph",
    "《网络数据安全管理条例》第二十五条；《个人信息保护法》第四十五条第三款",
  ),
  "cn.accurate": ground(
    "cn",
    ["correct"],
    { en: "verified: what is stored is accurate and complete", zh: "经核实，所存内容准确、完整" },
    "PIPL, article 46, second paragraph",
    "《个人信息保护法》第四十六条第二款",
  ),
  "us.legal-obligation": ground(
    "us",
    ["delete"],
    obligation,
    "California Civil Code, § 1798.105(d)(8)",
    "《加州民法典》第 1798.105(d)(8) 条",
  ),
  "us.security": ground(
    "us",
    ["delete"],
    { en: "needed for security and integrity", zh: "为安全和完整性所必需" },
    "California Civil Code, § 1798.105(d)(2)",
    "《加州民法典》第 1798.105(d)(2) 条",
  ),
  "us.transaction": ground(
    "us",
    ["delete"],
    { en: "needed to complete what you asked for", zh: "为完成您所请求的事项所必需" },
    "California Civil Code, § 1798.105(d)(1)",
    "《加州民法典》第 1798.105(d)(1) 条",
  ),
  "us.never-disclosed": ground(
    "us",
    ["access", "transfer"],
    {
      en: "a kind of data that may never be handed out, such as passwords",
      zh: "不得提供的数据，例如密码",
    },
    "CCPA Regulations, § 7024(d)",
    "CCPA 条例第 7024(d) 条",
  ),
  "us.accurate": ground(
    "us",
    ["correct"],
    {
      en: "more likely than not accurate, all things considered",
      zh: "综合判断，所存内容更可能准确",
    },
    "CCPA Regulations, § 7023(b)",
    "CCPA 条例第 7023(b) 条",
  ),
};

/** The grounds that fit a request. Where the law is not known, whatever fits the right somewhere. */
export function exemptionsFor(right: Right, region: Region | undefined): readonly ExemptionKey[] {
  return (Object.keys(exemptions) as ExemptionKey[]).filter((key) => {
    const each = exemptions[key];
    const holds = region === undefined || region === "other" || each.region === region;
    return holds && each.rights.includes(right);
  });
}

function ground(
  region: Exemption["region"],
  rights: readonly Right[],
  title: Text,
  en: string,
  zh: string,
): Exemption {
  return { region, rights, title, source: { en, zh } };
}
