import type { Operator } from "../operator.ts";
import { publisher, unnamedOperator } from "../operator.ts";
import type { ProductKey } from "../product.ts";
import { products } from "../product.ts";
import type { Language, Text } from "../text.ts";
import { assistantSections } from "./assistant.ts";
import type { Notice } from "./document.ts";
import type { SectionDraft } from "./draft.ts";
import { inLanguage } from "./draft.ts";
import { gatewaySections } from "./gateway.ts";
import { serviceSections } from "./service.ts";

interface NoticeDraft {
  readonly title: Text;
  readonly operator: Operator;
  readonly sections: (operator: Operator) => readonly SectionDraft[];
}

const drafts: Readonly<Record<ProductKey, NoticeDraft>> = {
  assistant: {
    title: {
      en: "Privacy notice of the Cloud Code assistant",
      zh: "Cloud Code 编程助手隐私声明",
    },
    operator: publisher,
    sections: assistantSections,
  },
  gateway: {
    title: {
      en: "Privacy notice of the Cloud Code gateway and Dify plugin",
      zh: "Cloud Code 网关与 Dify 插件隐私声明",
    },
    operator: publisher,
    sections: gatewaySections,
  },
  service: {
    title: { en: "Privacy policy of the Cloud Code service", zh: "Cloud Code 服务隐私政策" },
    operator: unnamedOperator,
    sections: serviceSections,
  },
};

/**
 * Renders the notice of a product from the inventory. `operator` is who answers for the installation: by default the publisher of
 * the software, and for the service a stand-in, so whoever runs a service passes their own.
 */
export function renderNotice(
  product: ProductKey,
  language: Language,
  operator: Operator = drafts[product].operator,
): Notice {
  const { title, sections } = drafts[product];
  const { version, revision, lastUpdated, effective } = products[product].notice;
  const dateline: Text = {
    en: `Version ${version}.${revision}. Last updated: ${lastUpdated}. Effective from: ${effective}.`,
    zh: `版本 ${version}.${revision}。最后更新：${lastUpdated}。生效日期：${effective}。`,
  };
  return {
    product,
    language,
    title: title[language],
    version,
    revision,
    lastUpdated,
    effective,
    dateline: dateline[language],
    sections: sections(operator).map((section) => inLanguage(section, language)),
  };
}
