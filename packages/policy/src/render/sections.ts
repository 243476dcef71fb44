import type { Operator } from "../operator.ts";
import type { ProductKey } from "../product.ts";
import type { InlineDraft, SectionDraft } from "./draft.ts";
import { list, paragraph } from "./draft.ts";
import { disclosuresList, measuresList, processorsTable, purposesTable } from "./tables.ts";

/** Why data is used, by purpose and lawful basis. */
export function purposesSection(product: ProductKey): SectionDraft {
  return {
    id: "purposes",
    heading: { en: "What data is used for", zh: "数据的使用目的" },
    blocks: [
      paragraph({
        en: "Data is used for the following and for nothing else. It is never used to advertise, never sold, and never used to train AI systems.",
        zh: "数据仅用于以下目的，不作他用；绝不用于广告，绝不出售，也绝不用于训练人工智能系统。",
      }),
      purposesTable(product),
    ],
  };
}

/** Who receives data, and when. */
export function disclosuresSection(product: ProductKey, operator?: Operator): SectionDraft {
  const processors = operator?.processors ?? [];
  return {
    id: "disclosures",
    heading: { en: "When data is given to others", zh: "向他人提供数据的情形" },
    blocks: [
      paragraph({
        en: "Nobody receives data except in these circumstances:",
        zh: "除以下情形外，不向任何人提供数据：",
      }),
      disclosuresList(product),
      ...(processors.length === 0
        ? []
        : [
            paragraph({
              en: "These companies handle data for the operator and on its instructions only:",
              zh: "下列公司仅按运营者的指示代为处理数据：",
            }),
            processorsTable(processors),
          ]),
    ],
  };
}

/** How data is protected. */
export function measuresSection(product: ProductKey): SectionDraft {
  return {
    id: "protection",
    heading: { en: "How data is protected", zh: "数据的保护措施" },
    blocks: [measuresList(product)],
  };
}

/** How the notice changes. */
export function changesSection(): SectionDraft {
  return {
    id: "changes",
    heading: { en: "Changes to this notice", zh: "本声明的变更" },
    blocks: [
      list([
        {
          en: "The date above changes whenever the text changes.",
          zh: "文本一经变更，上方的日期即随之变更。",
        },
        {
          en: "A material change, such as a new purpose, item or receiver or a longer period, gets a new version number and is announced before it takes effect.",
          zh: "重大变更（例如新增目的、数据项或接收方，或延长期限）会更新版本号，并在生效前公告。",
        },
        {
          en: "Where you had consented, you are asked again; until you answer, the consent does not count.",
          zh: "凡以您的同意为基础的，会重新征求同意；在您答复之前，原同意不再适用。",
        },
      ]),
    ],
  };
}

/** Where to turn to. */
export function contactSection(operator: Operator): SectionDraft {
  const contact: InlineDraft =
    operator.contactUrl === undefined
      ? operator.contact
      : {
          text: operator.contact,
          href: { en: operator.contactUrl, zh: operator.contactUrl },
        };
  return {
    id: "contact",
    heading: { en: "Contact", zh: "联系方式" },
    blocks: [
      paragraph(
        {
          en: `Responsible for this notice: ${operator.name.en}. Write to `,
          zh: `本声明的责任方：${operator.name.zh}。联系渠道：`,
        },
        contact,
        {
          en: ". Questions, suggestions and complaints are answered within 15 days.",
          zh: "。我们会在 15 天内答复您的问题、建议与投诉。",
        },
      ),
    ],
  };
}
