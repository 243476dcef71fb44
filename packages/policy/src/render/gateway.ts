import type { Operator } from "../operator.ts";
import {
  changesSection,
  contactSection,
  disclosuresSection,
  measuresSection,
  purposesSection,
} from "./sections.ts";
import type { InlineDraft, SectionDraft } from "./draft.ts";
import { list, paragraph } from "./draft.ts";
import { itemsTable } from "./tables.ts";

/** Alibaba Cloud's own policy for accounts of aliyun.com. */
const aliyunPolicy =
  "https://terms.aliyun.com/legal-agreement/terms/suit_bu1_ali_cloud/suit_bu1_ali_cloud201902141711_54837.html";

/** Alibaba Cloud's own policy for accounts of alibabacloud.com. */
const alibabaCloudPolicy =
  "https://www.alibabacloud.com/help/en/legal/latest/alibaba-cloud-international-website-privacy-policy";

/** The notice of the gateway and the Dify plugin. */
export function gatewaySections(operator: Operator): readonly SectionDraft[] {
  return [
    {
      id: "scope",
      heading: { en: "What this notice covers", zh: "适用范围" },
      blocks: [
        paragraph({
          en: "This notice covers the Cloud Code gateway and its plugin for Dify. They are a way to an AI service and nothing more: they do not collect, store or retain any personal or user data. What the application before them and the AI service behind them do is covered by the policies of those.",
          zh: "本声明适用于 Cloud Code 网关及其 Dify 插件。它们仅是通往 AI 服务的通道：不收集、不存储、不保留任何个人信息或用户数据。其前端应用与后端 AI 服务的行为由各自的政策规定。",
        }),
      ],
    },
    {
      id: "data",
      heading: { en: "What passes through", zh: "经过的数据" },
      blocks: [
        paragraph({
          en: "This is what travels. Nothing is added to it, and all of it is in memory only while a request is under way, except for totals that hold no content.",
          zh: "传输的内容如下。不附加任何其他内容；除不含内容的累计值外，一切仅在请求处理期间留存于内存。",
        }),
        itemsTable("gateway", "collected"),
      ],
    },
    {
      id: "absent",
      heading: { en: "What does not happen", zh: "不会发生的事" },
      blocks: [
        list([
          {
            en: "Content is not read for any other end, not stored, not cached and not logged, at no log level, and not when something fails either.",
            zh: "不为其他目的读取内容，不存储、不缓存、不记录内容；在任何日志级别以及出错时均是如此。",
          },
          {
            en: "No other host is contacted than those the operator configured: the AI service and, where there is one, the operator's own monitoring, which gets no content. The plugin has no monitoring.",
            zh: "除运营者配置的主机外，不联系任何其他主机：即 AI 服务，以及（如有）运营者自有的监控系统，后者不会收到任何内容。插件没有监控功能。",
          },
          {
            en: "No usage statistics are gathered about the people behind a request.",
            zh: "不收集有关请求背后人员的使用统计。",
          },
        ]),
      ],
    },
    {
      id: "credentials",
      heading: { en: "Credentials and connections", zh: "凭证与连接" },
      blocks: [
        paragraph({
          en: "With the plugin, credentials live in Dify's configuration only; with the gateway, in the operator's. They are shown to the configured service and to nobody else. Connections use HTTPS; an address without it is refused, unless it is on the same computer or the operator explicitly allowed it.",
          zh: "使用插件时，凭证仅保存在 Dify 的配置中；使用网关时，仅保存在运营者的配置中。凭证只向所配置的服务出示。连接使用 HTTPS；未使用 HTTPS 的地址一律拒绝，除非其位于同一台计算机或经运营者明确允许。",
        }),
      ],
    },
    {
      id: "provider",
      heading: { en: "Alibaba Cloud and other AI services", zh: "阿里云及其他 AI 服务" },
      blocks: [
        paragraph({
          en: "The AI service handles what it receives under its own policy. If yours is Alibaba Cloud, the policy that applies depends on where your account is:",
          zh: "AI 服务按其自身政策处理所收到的数据。如果您使用阿里云，适用的政策取决于您的账户所属站点：",
        }),
        {
          kind: "list",
          items: [
            account(
              { en: "Accounts of aliyun.com: ", zh: "aliyun.com 账户：" },
              { en: "Alibaba Cloud privacy policy (in Chinese)", zh: "阿里云隐私政策" },
              aliyunPolicy,
            ),
            account(
              { en: "Accounts of alibabacloud.com: ", zh: "alibabacloud.com 账户：" },
              {
                en: "Alibaba Cloud International privacy policy",
                zh: "阿里云国际站隐私政策（英文）",
              },
              alibabaCloudPolicy,
            ),
          ],
        },
        paragraph({
          en: "If you configured another service, read the policy of its provider.",
          zh: "如果您配置了其他服务，请阅读其提供商的政策。",
        }),
      ],
    },
    {
      id: "responsibilities",
      heading: { en: "Your own responsibilities", zh: "您的责任" },
      blocks: [
        paragraph({
          en: "By entering credentials you take care that",
          zh: "填写凭证即表示由您负责：",
        }),
        list([
          {
            en: "you have the right to transmit the data you send, and have informed the people it concerns or asked them, where the law wants that;",
            zh: "您有权传输所发送的数据，并已在法律要求时告知相关个人或取得其同意；",
          },
          {
            en: "your use is lawful where you and they are;",
            zh: "您的使用符合您及相关个人所在地的法律；",
          },
          {
            en: "you keep to the terms of the AI service's provider;",
            zh: "您遵守 AI 服务提供商的条款；",
          },
          {
            en: "the credentials are kept safe, replaced when they may have leaked, and allowed to do no more than is needed.",
            zh: "妥善保管凭证，在可能泄露时及时更换，并仅授予必要的权限。",
          },
        ]),
      ],
    },
    {
      id: "disclaimer",
      heading: { en: "Disclaimer", zh: "免责说明" },
      blocks: [
        paragraph({
          en: "We answer for what the gateway and the plugin do. We have no influence on what the AI service's provider, Dify or another application does with data, how long it keeps it, in which country, or whether its answers are right; their terms and policies apply to that.",
          zh: "我们对网关与插件的行为负责。AI 服务提供商、Dify 或其他应用如何处理数据、保存多久、存放于哪个国家，以及其应答是否正确，均不受我们控制，适用其各自的条款与政策。",
        }),
      ],
    },
    purposesSection("gateway"),
    disclosuresSection("gateway"),
    measuresSection("gateway"),
    changesSection(),
    contactSection(operator),
  ];
}

function account(
  whose: { readonly en: string; readonly zh: string },
  text: { readonly en: string; readonly zh: string },
  href: string,
): readonly InlineDraft[] {
  return [whose, { text, href: { en: href, zh: href } }];
}
