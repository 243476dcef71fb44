import type { Operator } from "../operator.ts";
import {
  changesSection,
  contactSection,
  disclosuresSection,
  measuresSection,
  purposesSection,
} from "./sections.ts";
import type { SectionDraft } from "./draft.ts";
import { list, paragraph } from "./draft.ts";
import { envelopeList, figuresTable, itemsTable } from "./tables.ts";

/** The notice of the assistant. */
export function assistantSections(operator: Operator): readonly SectionDraft[] {
  return [
    {
      id: "scope",
      heading: { en: "What this notice covers", zh: "适用范围" },
      blocks: [
        paragraph({
          en: "This notice covers the Cloud Code assistant only. The editor (IDE) you use it in has a privacy policy of its own, by its own maker, and so has every model service you may choose. Read those too.",
          zh: "本声明仅适用于 Cloud Code 编程助手。您所使用的编辑器（IDE）另有其开发者制定的隐私政策，您可能选用的各模型服务亦然。请一并阅读。",
        }),
      ],
    },
    {
      id: "summary",
      heading: { en: "In short", zh: "要点" },
      blocks: [
        list([
          {
            en: "As installed, the assistant works on your computer alone and opens no connection to any other. Without your authorization no code and no personal data is obtained, stored or shared.",
            zh: "安装后，助手仅在您的计算机上工作，不连接任何其他计算机。未经您的授权，不获取、不存储、不共享任何代码或个人信息。",
          },
          {
            en: "Usage statistics are off until you allow them. If you do, eight anonymous figures are sent once a week.",
            zh: "在您允许之前，使用统计处于关闭状态。允许之后，每周发送一次八项匿名数据。",
          },
          {
            en: "Code goes to a model service only if you choose that service by its address, and only from workspaces you trust.",
            zh: "只有在您按地址选定某个模型服务之后，并且仅限您信任的工作区，代码才会发送至该服务。",
          },
          {
            en: "You can change your mind at any time in the settings, with effect at once.",
            zh: "您可以随时在设置中更改选择，立即生效。",
          },
        ]),
      ],
    },
    {
      id: "data",
      heading: { en: "What is handled on your computer", zh: "在您的计算机上处理的内容" },
      blocks: [itemsTable("assistant", "collected")],
    },
    {
      id: "statistics",
      heading: { en: "Usage statistics", zh: "使用统计" },
      blocks: [
        paragraph({
          en: "When the editor starts for the first time you are asked whether you allow usage statistics. Only an explicit “Allow” turns them on; closing the question leaves them off. With your authorization exactly these eight figures are collected:",
          zh: "编辑器首次启动时会询问您是否允许使用统计。只有明确选择“允许”才会开启；关闭提示则保持关闭。经您授权后，仅收集以下八项数据：",
        }),
        figuresTable(),
        paragraph({
          en: "A report covers a week and carries nothing else but:",
          zh: "每份报告对应一周，除此之外仅包含：",
        }),
        envelopeList(),
        paragraph({ en: "For all of it holds:", zh: "对此统一适用以下规则：" }),
        list([
          {
            en: "The figures identify no natural person. They are never joined to an account, a device or an address, and the receiver stores no address. Were a joining ever configured, the figures would be personal data and would be de-identified first.",
            zh: "这些数据不识别任何自然人，绝不与账户、设备或地址关联，接收方也不存储地址。如有此类关联配置，则这些数据视为个人信息，并须先行去标识化。",
          },
          {
            en: "They are sent only while all of this holds: you allowed it for this receiver, your editor allows telemetry, DO_NOT_TRACK is not set, and your organisation does not forbid it. A single no is enough to send nothing.",
            zh: "仅当以下条件同时满足时才会发送：您已就该接收方表示允许，编辑器允许遥测，未设置 DO_NOT_TRACK，且您所在组织未予禁止。只要有一项为否，就不发送任何内容。",
          },
          {
            en: "The figures belong to you or your company. You can see every report before and after it is sent, export it and delete it; a company can use a receiver of its own.",
            zh: "这些数据归您或贵公司所有。您可以在发送前后查看每一份报告，并可导出和删除；公司可以使用自有接收端。",
          },
          {
            en: "Switching off takes effect at once and drops what was not sent. What was counted before you allowed it is never sent.",
            zh: "关闭立即生效，并丢弃尚未发送的内容。您允许之前的计数绝不会发送。",
          },
          {
            en: "Since a report carries no identifier, a report that was sent cannot be told apart from others and picked out; the receiver deletes all reports after 365 days.",
            zh: "由于报告不含任何标识符，已发送的报告无法与其他报告区分并单独取出；接收方会在 365 天后删除全部报告。",
          },
        ]),
      ],
    },
    purposesSection("assistant"),
    disclosuresSection("assistant"),
    measuresSection("assistant"),
    changesSection(),
    contactSection(operator),
  ];
}
