import type { Operator } from "../operator.ts";
import { regimes } from "../regimes.ts";
import {
  changesSection,
  contactSection,
  disclosuresSection,
  measuresSection,
  purposesSection,
} from "./sections.ts";
import type { SectionDraft } from "./draft.ts";
import { list, paragraph } from "./draft.ts";
import { itemsTable, keptList, refusedTable, storageTable } from "./tables.ts";

/** The notice of the service: accounts, website, support. */
export function serviceSections(operator: Operator): readonly SectionDraft[] {
  return [
    {
      id: "scope",
      heading: { en: "What this notice covers", zh: "适用范围" },
      blocks: [
        paragraph({
          en: `This notice covers the Cloud Code websites, products and services that show it or link to it. The service is run by ${operator.name.en}. A product with a notice of its own, such as the assistant or the gateway, shows that notice before it collects anything; it supplements this one and prevails where they differ.`,
          zh: `本声明适用于展示或链接本声明的 Cloud Code 网站、产品和服务。本服务由${operator.name.zh}运营。设有专门声明的产品（例如编程助手或网关）会在收集任何数据之前展示其声明；该声明是对本声明的补充，如有不同，以该声明为准。`,
        }),
        paragraph({
          en: "Reading this notice is not consent. Where we need your consent we ask for it separately, for one purpose at a time, with nothing ticked beforehand, and a no costs you only what the purpose itself would have brought.",
          zh: "阅读本声明不等于同意。凡需要您的同意时，我们会针对每个目的分别征求，不预先勾选；拒绝只会使您无法获得该目的本身所对应的功能。",
        }),
      ],
    },
    {
      id: "data",
      heading: { en: "What data we use", zh: "我们使用的数据" },
      blocks: [
        paragraph({
          en: "What you provide is marked: where it says “if you wish” you may leave it out, and the table says what that costs.",
          zh: "由您提供的数据均有标注：注明“自愿提供”的可以不填，表中说明不提供的后果。",
        }),
        itemsTable("service", "collected"),
      ],
    },
    {
      id: "refused",
      heading: { en: "What we refuse to collect", zh: "我们拒绝收集的数据" },
      blocks: [
        paragraph({
          en: "Policies of this kind often list the following. No product of ours collects it, and it is turned away if a program sends it to us.",
          zh: "同类政策常列出以下数据。我们在任何产品中均不收集；如有程序发送，也一律拒收。",
        }),
        refusedTable("service"),
      ],
    },
    {
      id: "cookies",
      heading: { en: "Cookies", zh: "Cookie" },
      blocks: [
        paragraph({
          en: "This is everything the website keeps in your browser:",
          zh: "本网站在您的浏览器中保存的全部内容如下：",
        }),
        storageTable(),
        paragraph({
          en: "The necessary ones serve what you asked for and are set when you ask for it. The optional ones are set only after your consent, which you can change on the cookie page at any time; where the operator offers none, there is no banner. A Global Privacy Control signal of your browser counts as a no. We use no scripts and no storage of other companies.",
          zh: "必要项服务于您所要求的功能，仅在您使用该功能时设置。可选项仅在您同意之后设置，您可随时在 Cookie 页面更改；运营者未提供可选项时，不显示横幅。浏览器的全球隐私控制（GPC）信号视为拒绝。我们不使用其他公司的脚本或存储。",
        }),
      ],
    },
    purposesSection("service"),
    disclosuresSection("service", operator),
    {
      id: "rights",
      heading: { en: "Your rights", zh: "您的权利" },
      blocks: [
        paragraph({
          en: "Wherever you live, you may, free of charge:",
          zh: "无论您居住在何处，您均可免费：",
        }),
        list([
          { en: "see your data and get a copy;", zh: "查阅您的数据并获取副本；" },
          { en: "correct what is wrong or incomplete;", zh: "更正错误或不完整的数据；" },
          {
            en: "take what you provided with you, in a machine-readable form;",
            zh: "以机器可读的格式转移您所提供的数据；",
          },
          {
            en: "have the use of your data restricted while a dispute is open;",
            zh: "在争议期间要求限制使用您的数据；",
          },
          {
            en: "object to a use that rests on legitimate interests;",
            zh: "反对以正当利益为基础的使用；",
          },
          { en: "have your data deleted;", zh: "要求删除您的数据；" },
          {
            en: "withdraw a consent, as easily as you gave it. What was lawful before stays lawful, and what rests on another ground is not touched.",
            zh: "撤回同意，与给予同意同样便捷。撤回不影响此前处理的合法性，也不影响基于其他合法性基础的处理。",
          },
        ]),
        paragraph({
          en: "Your account page has all of them. We check that it is you, asking for no more than that takes, and answer within one month. If a request is complex we may take up to two further months; then we tell you so, and why, within the first. If we cannot do what you ask, we tell you the reason and where you can complain.",
          zh: "上述权利均可在账户页面行使。我们会以必要为限核实您的身份，并在一个月内答复。如请求较为复杂，可再延长至多两个月，届时会在首月内告知您并说明理由。如无法满足您的请求，我们会说明原因以及投诉途径。",
        }),
        paragraph({
          en: "You may complain to the data protection authority of your country at any time; the service has a page that finds it.",
          zh: "您可以随时向所在国家的数据保护主管机关投诉；本服务提供查询页面。",
        }),
      ],
    },
    {
      id: "retention",
      heading: { en: "How long data is kept", zh: "数据的保存期限" },
      blocks: [
        paragraph({
          en: "No longer than its purpose needs: the table above gives the period of each item. At its end the item is deleted or anonymized. Data that is evidence in a legal dispute is kept until the dispute is over, and used for nothing else. These survive an erasure:",
          zh: "不超过目的所需：各项期限见上表，期满即删除或匿名化。作为法律争议证据的数据保存至争议终结，且不作他用。以下数据在您要求删除后仍会保留：",
        }),
        keptList("service"),
      ],
    },
    {
      id: "transfers",
      heading: { en: "Transfers to other countries", zh: "跨境传输" },
      blocks: [
        paragraph({
          en: "Data stays in the region of the service. It goes to another one only under a recorded mechanism, which is a decision that the other region protects data adequately, contract clauses approved by the authority, or your explicit and separate consent after being told of the risks; or after it has been anonymized. Otherwise the program refuses the transfer. The regions and their laws:",
          zh: "数据保存在服务所在地区。仅在具备已记录的机制时才会传至其他地区，即：认定对方地区提供充分保护的决定、主管机关认可的合同条款，或在告知风险后取得您明确的单独同意；或在匿名化之后。否则程序会拒绝传输。各地区及其法律如下：",
        }),
        list(
          Object.values(regimes).map(({ title, law }) => ({
            en: `${title.en}: ${law.en}`,
            zh: `${title.zh}：${law.zh}`,
          })),
        ),
      ],
    },
    measuresSection("service"),
    {
      id: "incidents",
      heading: { en: "If something goes wrong", zh: "发生安全事件时" },
      blocks: [
        paragraph({
          en: "If data is lost, changed or seen by somebody who should not see it, we tell the authority within 72 hours of knowing, or sooner where the law wants that, and you without delay if it may harm you:",
          zh: "如数据丢失、被改动或被无权者知悉，我们会在知悉后 72 小时内（法律要求更短时从其规定）报告主管机关；如可能对您造成损害，会立即告知您：",
        }),
        list([
          {
            en: "what happened, its cause, and what it may mean for you;",
            zh: "事件的基本情况、原因及可能的影响；",
          },
          { en: "what we did and are going to do;", zh: "已采取和将采取的措施；" },
          { en: "what you can do to protect yourself;", zh: "您可以采取的自我保护措施；" },
          { en: "how it will be made good, and whom to ask.", zh: "补救措施以及联系人。" },
        ]),
      ],
    },
    {
      id: "children",
      heading: { en: "Children", zh: "儿童" },
      blocks: [
        paragraph({
          en: "The service is not for children. We ask at sign-up whether you are old enough to decide about your data by the law of your place, and keep the answer only. If we learn that data is a child's we delete it at once, everywhere. If you know of such data, please tell us.",
          zh: "本服务不面向儿童。注册时我们会询问您是否已达到当地法律规定可自行决定个人信息处理的年龄，并只保存该回答。一旦得知数据属于儿童，我们会立即在所有位置予以删除。如您知悉此类数据，请告知我们。",
        }),
      ],
    },
    changesSection(),
    contactSection(operator),
  ];
}
