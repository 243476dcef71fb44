/**
 * What a person is told before they enter credentials, from the one place where it is written: the policy.
 *
 * Dify shows labels and options of a form, not its help texts, so the notice is the label of the form's first question. The
 * policy speaks English and Chinese; the Japanese and Portuguese here say the same, and a test holds all four to their limit.
 */
import type { LocalizedText } from "@cloud-code/dify-sdk";
import {
  products,
  renderNotice,
  toMarkdown,
  type Block,
  type Inline,
  type Language,
} from "@cloud-code/policy";

const { lastUpdated } = products.gateway.notice;

/** The privacy notice as Markdown: English, then Chinese. */
export function privacyDocument(): string {
  return (["en", "zh"] as const)
    .map((language) => toMarkdown(renderNotice("gateway", language)))
    .join("\n---\n\n");
}

/** The person's own responsibilities, what the plugin does not answer for, and the date of the text. */
export function noticeLabel(): LocalizedText {
  const compose = (language: Language, question: string, dated: string): string =>
    `${question} ${plainText(language, "responsibilities")} ${plainText(language, "disclaimer")} ${dated}`;
  return {
    en_US: compose(
      "en",
      "Where is your account?",
      `Contact and full notice: PRIVACY.md. Last updated: ${lastUpdated}.`,
    ),
    zh_Hans: compose(
      "zh",
      "您的账户属于哪个站点？",
      `联系方式与完整声明见 PRIVACY.md。最后更新：${lastUpdated}。`,
    ),
    ja_JP: `アカウントはどのサイトのものですか。認証情報を入力することで、次のことに責任を負います：送信するデータを送る権利があり、法律が求める場合は関係者に知らせ、または同意を得ていること。利用が関係する国の法律に適っていること。AI サービス提供者の規約を守ること。認証情報を安全に保ち、漏れた恐れがあれば交換し、必要な権限だけを与えること。AI サービス提供者、Dify その他がデータをどう扱うかは、それぞれの規約とポリシーによります。連絡先と全文：PRIVACY.md。最終更新日：${lastUpdated}。`,
    pt_BR: `Onde está a sua conta? Ao inserir credenciais, você cuida de que: tenha o direito de transmitir os dados que envia e tenha informado as pessoas envolvidas ou pedido seu consentimento, quando a lei exigir; o uso seja lícito onde você e elas estão; os termos do provedor do serviço de IA sejam cumpridos; as credenciais sejam guardadas com segurança, trocadas se puderem ter vazado e limitadas ao necessário. O que o provedor do serviço de IA, o Dify ou outros fazem com os dados rege-se pelos seus próprios termos e políticas. Contato e texto completo: PRIVACY.md. Última atualização: ${lastUpdated}.`,
  };
}

/** One option for each site of Alibaba Cloud, with the policy that applies there, and one for any other provider. */
export function siteOptions(): readonly { value: string; label: LocalizedText }[] {
  const { aliyun, alibabaCloud } = policyLinks();
  return [
    {
      value: "aliyun",
      label: {
        en_US: `aliyun.com: ${aliyun}`,
        zh_Hans: `aliyun.com 隐私政策：${aliyun}`,
        ja_JP: `aliyun.com のポリシー：${aliyun}`,
        pt_BR: `Política de aliyun.com: ${aliyun}`,
      },
    },
    {
      value: "alibabacloud",
      label: {
        en_US: `alibabacloud.com: ${alibabaCloud}`,
        zh_Hans: `alibabacloud.com 隐私政策：${alibabaCloud}`,
        ja_JP: `alibabacloud.com のポリシー：${alibabaCloud}`,
        pt_BR: `Política de alibabacloud.com: ${alibabaCloud}`,
      },
    },
    {
      value: "other",
      label: {
        en_US: "Another provider: read its own policy",
        zh_Hans: "其他提供商：请阅读其政策",
        ja_JP: "その他：提供者のポリシーをお読みください",
        pt_BR: "Outro provedor: leia a política dele",
      },
    },
  ];
}

/** The two policies of Alibaba Cloud, as the notice links them. */
export function policyLinks(): { aliyun: string; alibabaCloud: string } {
  const links = sectionOf("en", "provider")
    .flatMap((block) => inlinesOf(block))
    .flatMap((inline) => (typeof inline === "string" ? [] : [inline.href]));
  const find = (host: RegExp): string => {
    const link = links.find((href) => host.test(new URL(href).hostname));
    if (link === undefined)
      throw new Error(
        `The gateway's notice no longer links a policy of ${host.source}. Restore it in packages/policy.`,
      );
    return link;
  };
  return { aliyun: find(/(^|\.)aliyun\.com$/), alibabaCloud: find(/(^|\.)alibabacloud\.com$/) };
}

function sectionOf(language: Language, id: string): readonly Block[] {
  const section = renderNotice("gateway", language).sections.find((one) => one.id === id);
  if (section === undefined)
    throw new Error(`The gateway's notice has no section ${id}. Restore it in packages/policy.`);
  return section.blocks;
}

function plainText(language: Language, id: string): string {
  const separator = language === "zh" ? "" : " ";
  return sectionOf(language, id)
    .map((block) =>
      block.kind === "list"
        ? block.items.map(textOf).join(separator)
        : inlinesOf(block).map(textOf).join(separator),
    )
    .join(separator);
}

function inlinesOf(block: Block): readonly Inline[] {
  switch (block.kind) {
    case "paragraph":
      return block.content;
    case "list":
      return block.items.flat();
    case "table":
      return [];
  }
}

function textOf(inline: Inline | readonly Inline[]): string {
  if (typeof inline === "string") return inline;
  return "text" in inline ? inline.text : inline.map(textOf).join("");
}
