import type { Text } from "./text.ts";

/**
 * Where a person is, as far as the law differs for this product: the European Economic Area, the United Kingdom,
 * mainland China, the United States, and everywhere else.
 */
export type Region = "eu" | "uk" | "cn" | "us" | "other";

/**
 * The legal grounds on which data may be used in a region. China's Personal Information Protection Law, article 13, knows no
 * legitimate interests, so that ground cannot be written for `cn`; its articles 23 and 39 ask for a consent of its own when
 * data goes to another handler or abroad, which the other regions do not know by that name.
 */
export type Basis<Where extends Region = Region> =
  | "consent"
  | "contract"
  | "legal-obligation"
  | (Where extends "cn" ? "separate-consent" : "legitimate-interests");

/** The ground in every region. A region left out does not compile. */
export type Bases = { readonly [Where in Region]: Basis<Where> };

/** What a notice says about a region: its name and the law that governs there. */
export interface Regime {
  readonly title: Text;
  readonly law: Text;
}

/** The regions and their laws. */
export const regimes: Readonly<Record<Region, Regime>> = {
  eu: {
    title: { en: "European Economic Area", zh: "欧洲经济区" },
    law: { en: "General Data Protection Regulation (GDPR)", zh: "《通用数据保护条例》（GDPR）" },
  },
  uk: {
    title: { en: "United Kingdom", zh: "英国" },
    law: {
      en: "UK GDPR and Data Protection Act 2018",
      zh: "英国《通用数据保护条例》与《2018 年数据保护法》",
    },
  },
  cn: {
    title: { en: "Mainland China", zh: "中国大陆" },
    law: {
      en: "Personal Information Protection Law (PIPL)",
      zh: "《中华人民共和国个人信息保护法》",
    },
  },
  us: {
    title: { en: "United States", zh: "美国" },
    law: {
      en: "State privacy laws, among them the California CCPA",
      zh: "各州隐私法，例如《加州消费者隐私法》（CCPA）",
    },
  },
  other: {
    title: { en: "Other regions", zh: "其他地区" },
    law: { en: "The law of the place", zh: "当地法律" },
  },
};

/** The words for each legal ground. */
export const basisTitles: Readonly<Record<Basis, Text>> = {
  consent: { en: "your consent", zh: "您的同意" },
  "separate-consent": { en: "your separate consent", zh: "您的单独同意" },
  contract: { en: "providing what you asked for (contract)", zh: "提供您所要求的服务（履行合同）" },
  "legal-obligation": { en: "a duty by law", zh: "履行法定义务" },
  "legitimate-interests": { en: "legitimate interests", zh: "正当利益" },
};

/** Whether a ground is a consent of either kind: then nothing happens before the person has said yes. */
export function isConsent(basis: Basis): boolean {
  return basis === "consent" || basis === "separate-consent";
}

/** ISO 3166-1 codes of the European Economic Area: the 27 members of the Union, Iceland, Liechtenstein and Norway. */
export const economicArea: ReadonlySet<string> = new Set(
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(
    " ",
  ),
);

/** The region of a country by its ISO 3166-1 code, two capital letters; every code that is not one of the four regions is `other`. */
export function regionOfCountry(code: string): Region {
  if (economicArea.has(code)) return "eu";
  if (code === "GB") return "uk";
  if (code === "CN") return "cn";
  return code === "US" ? "us" : "other";
}
