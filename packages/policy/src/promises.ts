import type { ProductKey } from "./product.ts";
import type { Text } from "./text.ts";

/** The name of a promise: the product's letter and a number. A test that proves one carries it in its title: `[A3] …`. */
export type PromiseId =
  | `A${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `G${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `C${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}`;

/**
 * What kind of evidence a promise rests on: `notice` a text rendered from the inventory · `network` recorded connections or bytes
 * on a wire · `editor` a real editor · `browser` a real browser · `storage` a search through everything that was stored ·
 * `schema` a list that code and data are checked against · `refusal` a forbidden thing that was tried and refused ·
 * `clock` a moved clock · `document` a page people read.
 */
export type ProofKind =
  | "notice"
  | "network"
  | "editor"
  | "browser"
  | "storage"
  | "schema"
  | "refusal"
  | "clock"
  | "document";

/** A promise to the people who use the product, and what would convince a sceptic that it is kept. */
export interface Pledge {
  readonly product: ProductKey;
  readonly text: Text;
  readonly proofs: readonly [ProofKind, ...ProofKind[]];
  readonly proof: Text;
}

/** Every promise. The page that shows how they are kept, and the tests, read this table. */
export const promises: Readonly<Record<PromiseId, Pledge>> = {
  A1: {
    product: "assistant",
    text: {
      en: "The notice covers the assistant only; the editor has a policy of its own, and the notice says so before the first use.",
      zh: "本声明仅适用于编程助手；编辑器（IDE）另有其隐私政策，声明会在首次使用前说明这一点。",
    },
    proofs: ["notice", "editor"],
    proof: {
      en: "The notice, rendered from the inventory, as the extension shows it at its first start.",
      zh: "由数据清单生成、并由扩展在首次启动时显示的声明。",
    },
  },
  A2: {
    product: "assistant",
    text: {
      en: "Without authorization no code and no personal data is obtained, stored or shared.",
      zh: "未经授权，不获取、不存储、不共享任何代码或个人信息。",
    },
    proofs: ["network"],
    proof: {
      en: "A whole editing session with every outgoing connection recorded: there is none.",
      zh: "在记录全部对外连接的环境中完成一次完整的编辑过程：没有任何对外连接。",
    },
  },
  A3: {
    product: "assistant",
    text: {
      en: "Usage statistics are off by default. You are asked when the editor starts; only an explicit “Allow” turns them on, and closing the question is not consent.",
      zh: "使用统计默认关闭。编辑器启动时会征询您的意见；只有明确选择“允许”才会开启，关闭提示不视为同意。",
    },
    proofs: ["editor"],
    proof: {
      en: "In a real editor: the question appears, is closed, and nothing is counted.",
      zh: "在真实编辑器中：出现询问，关闭询问，不产生任何计数。",
    },
  },
  A4: {
    product: "assistant",
    text: {
      en: "The settings page allows and cancels at any time; cancelling takes effect at once and drops what was not sent.",
      zh: "可随时在设置页面允许或取消；取消立即生效，并丢弃尚未发送的内容。",
    },
    proofs: ["editor"],
    proof: {
      en: "In a real editor: switched off, the queue is empty and nothing is uploaded later.",
      zh: "在真实编辑器中：关闭后队列为空，此后没有任何上传。",
    },
  },
  A5: {
    product: "assistant",
    text: {
      en: "With authorization exactly eight figures are collected: completion triggers and acceptances; average rank and average length of accepted completions; average response time; keyword prompts; searches; average rank of adopted snippets; snippet clicks and page turns.",
      zh: "经授权后仅收集八项数据：补全触发与采纳次数；被采纳补全的平均名次与平均长度；平均响应时间；关键词提示次数；搜索次数；被采用片段的平均名次；片段点击与翻页次数。",
    },
    proofs: ["schema", "network"],
    proof: {
      en: "The report's format has these and nothing else, and the bytes sent equal what the inspector showed.",
      zh: "报告格式仅包含上述内容，且实际发送的字节与查看器所示完全一致。",
    },
  },
  A6: {
    product: "assistant",
    text: {
      en: "The figures identify no natural person. They are never joined to an account, device or address; were that ever configured, they would be personal data and de-identified first.",
      zh: "这些数据不识别任何自然人，绝不与账户、设备或地址关联；如有此类配置，则视为个人信息并须先行去标识化。",
    },
    proofs: ["schema", "storage"],
    proof: {
      en: "A report has no identifier and no finer time than a week; a dump of the receiver's database holds no identifier of the session.",
      zh: "报告不含标识符，时间粒度不细于一周；接收端数据库导出中查不到会话的任何标识。",
    },
  },
  A7: {
    product: "assistant",
    text: {
      en: "The figures belong to you or your company: they can be seen, exported and deleted, on your computer and at your company's own receiver.",
      zh: "这些数据归您或贵公司所有：可在本机以及贵公司自有接收端查看、导出和删除。",
    },
    proofs: ["editor", "storage"],
    proof: {
      en: "Inspector, export and deletion exercised from end to end.",
      zh: "端到端地实际执行查看、导出与删除。",
    },
  },
  A8: {
    product: "assistant",
    text: {
      en: "Nothing is stored in a data centre or shown to a third party without permission, and use stays within what was authorized.",
      zh: "未经许可，不在任何数据中心存储，也不向任何第三方展示；使用不超出授权范围。",
    },
    proofs: ["refusal", "network"],
    proof: {
      en: "The receiver rejects a report whose consent version is absent or withdrawn; no third-party host is contacted.",
      zh: "接收端拒收缺少同意版本或已撤回同意的报告；不联系任何第三方主机。",
    },
  },
  A9: {
    product: "assistant",
    text: {
      en: "Questions, suggestions and complaints get an answer within 15 days.",
      zh: "问题、建议与投诉将在 15 天内得到答复。",
    },
    proofs: ["clock", "browser"],
    proof: {
      en: "Tickets carry their due date, escalate before it, and overdue ones show on the officer's page.",
      zh: "工单标明到期日，在到期前升级提醒，逾期工单显示在负责人页面。",
    },
  },
  G1: {
    product: "gateway",
    text: {
      en: "The plugin itself collects, stores and retains no personal or user data.",
      zh: "插件自身不收集、不存储、不保留任何个人信息或用户数据。",
    },
    proofs: ["storage"],
    proof: {
      en: "Unmistakable strings sent through all five modalities are found afterwards in no file, database, log, metric, trace or memory dump.",
      zh: "通过五种模态发送独特字符串后，在任何文件、数据库、日志、指标、追踪或内存转储中均查不到。",
    },
  },
  G2: {
    product: "gateway",
    text: {
      en: "It is only a gateway between Dify and the AI service: it talks to the configured endpoint and to nobody else.",
      zh: "它仅是 Dify 与 AI 服务之间的网关：只与所配置的端点通信，不与其他任何方通信。",
    },
    proofs: ["network"],
    proof: {
      en: "Connections recorded under load: the endpoint alone.",
      zh: "负载下记录的连接：只有该端点。",
    },
  },
  G3: {
    product: "gateway",
    text: {
      en: "What travels: prompts and responses, text for embedding and reranking, audio and text for speech, API credentials and model parameters. Nothing else is added.",
      zh: "传输的内容为：提示词与应答、用于向量化和重排序的文本、语音识别的音频与语音合成的文本、API 凭证以及模型参数。不附加其他内容。",
    },
    proofs: ["schema", "network"],
    proof: {
      en: "Requests at the upstream, compared field by field with the inventory.",
      zh: "将上游收到的请求与数据清单逐字段比对。",
    },
  },
  G4: {
    product: "gateway",
    text: {
      en: "Content is not intercepted, stored or logged on the way, and there is no cache.",
      zh: "途中不截取、不存储、不记录任何内容，也没有缓存。",
    },
    proofs: ["storage"],
    proof: {
      en: "The same search for unmistakable strings, at every log level, on errors, crashes and aborts too.",
      zh: "以同样的独特字符串查找，覆盖所有日志级别以及错误、崩溃与中断情形。",
    },
  },
  G5: {
    product: "gateway",
    text: {
      en: "The applicable Alibaba Cloud policy is linked, for aliyun.com and for alibabacloud.com users.",
      zh: "为 aliyun.com 与 alibabacloud.com 用户分别提供适用的阿里云隐私政策链接。",
    },
    proofs: ["notice", "document"],
    proof: {
      en: "The credential form and the plugin's privacy page show both links.",
      zh: "凭证表单与插件隐私页面均显示相应链接。",
    },
  },
  G6: {
    product: "gateway",
    text: {
      en: "Your own responsibilities are stated where credentials are entered: the right to transmit, the law that applies, the provider's terms, and care of the credentials.",
      zh: "在输入凭证处说明您自身的责任：有权传输相关数据、遵守适用法律与服务商条款、妥善保管凭证。",
    },
    proofs: ["notice", "document"],
    proof: { en: "The plugin's form and its documentation.", zh: "插件表单及其文档。" },
  },
  G7: {
    product: "gateway",
    text: {
      en: "Credentials live in Dify's configuration only; traffic uses HTTPS, and a plain-HTTP endpoint is refused unless it is loopback or explicitly allowed.",
      zh: "凭证仅保存在 Dify 配置中；通信使用 HTTPS，明文 HTTP 端点一律拒绝，除非为本机回环地址或经明确允许。",
    },
    proofs: ["refusal", "storage"],
    proof: {
      en: "Refused with a clear error; the credentials are found nowhere else.",
      zh: "以清晰的错误信息拒绝；凭证在其他任何位置均查不到。",
    },
  },
  G8: {
    product: "gateway",
    text: {
      en: "The policy carries a “Last updated” date that changes when its text changes.",
      zh: "政策标有“最后更新”日期，文本变更时日期随之变更。",
    },
    proofs: ["notice"],
    proof: {
      en: "The notice is generated, and a test fails when the text changed and the date did not.",
      zh: "声明由程序生成；若文本变更而日期未变，测试即失败。",
    },
  },
  G9: {
    product: "gateway",
    text: {
      en: "There is a contact channel and a plain disclaimer about what the upstream provider does.",
      zh: "提供联系渠道，并就上游服务商的行为作出明确免责说明。",
    },
    proofs: ["notice", "document"],
    proof: { en: "The documentation and the plugin's page.", zh: "文档与插件页面。" },
  },
  C1: {
    product: "service",
    text: {
      en: "The policy applies to the Cloud Code websites, products and services that show or link it; product notices supplement it and are shown before that product collects anything.",
      zh: "本政策适用于展示或链接本政策的 Cloud Code 网站、产品和服务；产品补充声明会在该产品收集任何数据之前展示。",
    },
    proofs: ["refusal"],
    proof: {
      en: "No collecting endpoint accepts data of a person who has not been shown the current notice.",
      zh: "对于未被展示当前声明的个人，任何收集接口均不接受其数据。",
    },
  },
  C2: {
    product: "service",
    text: {
      en: "What you provide: account data, company data, and your questions and messages. What is optional is marked, and what withholding it costs is said.",
      zh: "您提供的信息：账户信息、公司信息以及咨询与消息。可选项均有标注，并说明不提供会失去哪些功能。",
    },
    proofs: ["browser"],
    proof: {
      en: "Sign-up, profile and support forms in a real browser.",
      zh: "真实浏览器中的注册、资料与支持表单。",
    },
  },
  C3: {
    product: "service",
    text: {
      en: "What use of the service collects, device, application and network information, is listed item by item with its purpose.",
      zh: "使用服务时收集的设备、应用与网络信息逐项列明，并注明用途。",
    },
    proofs: ["schema"],
    proof: {
      en: "Every column of the database and every field of every log is an item of the inventory, or the build fails.",
      zh: "数据库的每一列、日志的每一字段都对应数据清单中的一项，否则构建失败。",
    },
  },
  C4: {
    product: "service",
    text: {
      en: "Data is used for the stated purposes and on the stated lawful bases only.",
      zh: "数据仅用于所述目的，并仅基于所述的合法性基础。",
    },
    proofs: ["refusal", "schema"],
    proof: {
      en: "Access for an undeclared purpose is refused, in code and by the database.",
      zh: "代码与数据库均拒绝为未声明的目的访问数据。",
    },
  },
  C5: {
    product: "service",
    text: {
      en: "Each cookie is explained; those that are not necessary are set only after consent; the choice can be changed at any time; Global Privacy Control is honoured.",
      zh: "逐一说明每个 Cookie；非必要 Cookie 仅在同意后设置；可随时更改选择；尊重全球隐私控制（GPC）信号。",
    },
    proofs: ["browser"],
    proof: {
      en: "A browser with a clean profile: no unnecessary cookie or script before consent.",
      zh: "使用全新配置的浏览器：同意之前没有任何非必要 Cookie 或脚本。",
    },
  },
  C6: {
    product: "service",
    text: {
      en: "Data is not given to other companies or persons except in the declared circumstances, and every disclosure is recorded.",
      zh: "除所声明的情形外，不向其他公司或个人提供数据；每一次披露均有记录。",
    },
    proofs: ["schema", "refusal"],
    proof: {
      en: "The disclosure register; outgoing recipients come from the declared list only.",
      zh: "披露登记簿；对外接收方仅来自所声明的名单。",
    },
  },
  C7: {
    product: "service",
    text: {
      en: "You may access, correct, transfer, restrict, object to and delete; answered within one month, extendable by two further months with notice and reason.",
      zh: "您可以查阅、更正、转移、限制、反对和删除；一个月内答复，必要时可附理由通知后再延长两个月。",
    },
    proofs: ["browser", "clock"],
    proof: {
      en: "Each right exercised in a browser; the clock is shown to you and to the officer; a late request escalates.",
      zh: "在浏览器中逐一行使各项权利；期限向您与负责人展示；逾期请求会升级处理。",
    },
  },
  C8: {
    product: "service",
    text: {
      en: "Consent can be withdrawn as easily as it was given; what was lawful before stays lawful.",
      zh: "撤回同意与给予同意同样便捷；撤回不影响此前处理的合法性。",
    },
    proofs: ["browser", "refusal"],
    proof: {
      en: "One click; the record keeps its history and the processing stops.",
      zh: "一次点击即可；记录保留历史，处理随即停止。",
    },
  },
  C9: {
    product: "service",
    text: {
      en: "You can complain to the competent authority, and find it by country.",
      zh: "您可以向主管机关投诉，并可按国家查找主管机关。",
    },
    proofs: ["browser"],
    proof: { en: "The look-up of authorities.", zh: "主管机关查询功能。" },
  },
  C10: {
    product: "service",
    text: {
      en: "Data is protected against unauthorized access, disclosure, use, change, damage and loss; an incident is notified with its likely impact, the measures, what you can do, and remedies.",
      zh: "防止数据遭未经授权的访问、披露、使用、修改、损坏或丢失；发生安全事件时，告知可能的影响、处置措施、您可采取的行动以及补救措施。",
    },
    proofs: ["clock", "storage"],
    proof: {
      en: "The incident procedure with its 72-hour clock, notices to those affected, and backups that restore.",
      zh: "带 72 小时时限的事件处置流程、对受影响者的通知，以及可恢复的备份。",
    },
  },
  C11: {
    product: "service",
    text: {
      en: "No products for children; data found to be a child's is deleted as soon as we know.",
      zh: "不向儿童提供产品；一经发现属于儿童的数据，立即删除。",
    },
    proofs: ["browser", "storage"],
    proof: {
      en: "The age question at sign-up; the officer's deletion in one step, everywhere.",
      zh: "注册时的年龄询问；负责人一步完成的全面删除。",
    },
  },
  C12: {
    product: "service",
    text: {
      en: "Data is kept no longer than its purpose needs, then deleted or anonymized; a legal hold suspends this.",
      zh: "数据保存不超过目的所需期限，期满即删除或匿名化；法定保全措施会暂停该期限。",
    },
    proofs: ["clock", "storage"],
    proof: {
      en: "A moved clock and a million rows: nothing overdue remains, nothing held is lost.",
      zh: "调整时钟并使用一百万行数据：没有逾期残留，也没有丢失被保全的数据。",
    },
  },
  C13: {
    product: "service",
    text: {
      en: "Transfers between countries happen only under a recorded mechanism or after anonymization.",
      zh: "跨国传输仅在有已记录的机制或匿名化之后进行。",
    },
    proofs: ["refusal"],
    proof: {
      en: "A write or export towards a region without a mechanism is refused.",
      zh: "向没有相应机制的地区写入或导出会被拒绝。",
    },
  },
  C14: {
    product: "service",
    text: {
      en: "The policy is versioned; changes are announced beforehand, and a material change asks again where consent was the basis.",
      zh: "政策有版本管理；变更事先公告，凡以同意为基础的，发生重大变更时重新征求同意。",
    },
    proofs: ["notice", "browser", "refusal"],
    proof: {
      en: "The version history, the announcement on the site, and the renewed consent.",
      zh: "版本历史、网站公告以及重新取得的同意。",
    },
  },
  C15: {
    product: "service",
    text: {
      en: "There is a way to contact the service, and every question is tracked to an answer.",
      zh: "提供联系服务的渠道，每个问题都会跟踪至得到答复。",
    },
    proofs: ["browser"],
    proof: { en: "From the contact form to the closed ticket.", zh: "从联系表单到工单办结。" },
  },
};
