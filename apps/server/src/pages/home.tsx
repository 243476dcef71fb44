import type { Language } from "@cloud-code/policy";
import { describeRetention, inventory, promises, purposes } from "@cloud-code/policy";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerContext } from "../environment.ts";
import { assetPath } from "./assets.ts";
import { ButtonLink } from "./components.tsx";
import type { MeasuredFigures } from "./figures.ts";
import { readFigures } from "./figures.ts";
import { Icon } from "./icons.tsx";
import { renderPage } from "./layout.tsx";
import { readProof } from "./proof.tsx";
import { formatDate, formatNumber, say } from "./words.ts";

const words = {
  heading: { en: "Code completion that keeps its word.", zh: "说到做到的代码补全。" },
  lead: {
    en: "Cloud Code finishes your lines from your own project, in milliseconds, on your own machine. Its privacy policy is a program: what it does not allow, the product cannot do.",
    zh: "Cloud Code 根据您自己的项目补全代码，在您自己的计算机上以毫秒完成。它的隐私政策就是一段程序：政策不允许的，产品做不到。",
  },
  start: { en: "Set it up", zh: "开始安装" },
  seeProof: { en: "See every promise proved", zh: "查看每项承诺的证明" },
  shot: {
    en: "Cloud Code in the browser: a half-written line, its continuation in grey, and the ranked list below it; the status bar says that no byte left the machine",
    zh: "浏览器中的 Cloud Code：写到一半的代码、灰色的续写及其下方的候选列表；状态栏显示没有任何字节离开本机",
  },
  measured: { en: "Measured, not claimed", zh: "以测量说话" },
  connections: {
    en: "connections opened during a recorded session of completing, searching and accepting",
    zh: "条连接：在全程记录的补全、搜索、采纳过程中由助手打开",
  },
  promises: {
    en: "promises, each tied to tests that fail when it is broken",
    zh: "项承诺，每项都有违反即失败的测试",
  },
  howTitle: {
    en: "One list. The notice, the permit and the test all read it.",
    zh: "一份清单，声明、许可与测试都由它而来。",
  },
  howLead: {
    en: "A privacy policy is usually a text about a program. Here it is part of the program: change one entry, and the notice changes with it, the permission changes with it, and consents given to something else stop counting.",
    zh: "隐私政策通常只是关于程序的文字。在这里，它是程序的一部分：修改一处条目，声明随之改变，许可随之改变，针对旧内容的同意也不再有效。",
  },
  step1: { en: "The inventory names a datum", zh: "清单列明一项数据" },
  step2: { en: "The notice prints it", zh: "声明据此生成" },
  step3: { en: "The program asks before every use", zh: "每次使用前程序都要询问" },
  data: { en: "Data", zh: "数据" },
  usedFor: { en: "Used for", zh: "用途" },
  kept: { en: "Kept", zh: "保存" },
  partsTitle: { en: "Four parts, one policy", zh: "四个部分，一套政策" },
  assistant: { en: "The assistant", zh: "编程助手" },
  assistantText: {
    en: "Ghost text, ranked lists and code search for any editor that speaks LSP, and in the browser. No account, no model to download, no connection.",
    zh: "为任何支持 LSP 的编辑器以及浏览器提供灰字补全、候选列表与代码搜索。无需账户，无需下载模型，不联网。",
  },
  gateway: { en: "The gateway", zh: "网关" },
  gatewayText: {
    en: "One address for any model: chat, embeddings, rerank, speech. Keys, limits and fallback, and nothing of what passes is stored, cached or logged.",
    zh: "一个地址通往任何模型：对话、向量、重排序、语音。支持密钥、限额与备援，经过的内容不存储、不缓存、不记录。",
  },
  plugin: { en: "The Dify plugin", zh: "Dify 插件" },
  pluginText: {
    en: "Alibaba Cloud AI Gateway as a model provider in Dify. It talks to the endpoint you configured and to nobody else.",
    zh: "在 Dify 中将阿里云 AI 网关作为模型供应商。只与您配置的端点通信。",
  },
  service: { en: "This service", zh: "本服务" },
  serviceText: {
    en: "Accounts, consents and requests for teams. Every cookie and every column is on the list; what you agreed to can be withdrawn with one click.",
    zh: "面向团队的账户、同意与请求管理。每个 Cookie、每个数据列都在清单上；您的同意一键即可撤回。",
  },
  notice: { en: "Read its notice", zh: "阅读其声明" },
  install: { en: "How to set it up", zh: "如何安装" },
  searchTitle: { en: "Ask in words, find the code", zh: "用语言提问，找到代码" },
  ready: { en: "Your code stays yours.", zh: "您的代码，始终属于您。" },
  readyLead: {
    en: "Free software. Node 20 and one command.",
    zh: "自由软件。只需 Node 20 和一条命令。",
  },
} as const;

/** The home page: what the product is, what was measured, and how a promise becomes a test. */
export function homePage(context: ServerContext): Response | Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  const figures = readFigures();
  return renderPage(
    context,
    { title: "Cloud Code", description: text.lead },
    <>
      <section class="wrap hero">
        <h1>{text.heading}</h1>
        <p class="lead">{text.lead}</p>
        <div class="actions">
          <ButtonLink href="/download" large>
            {text.start}
          </ButtonLink>
          <ButtonLink href="/proof" kind="quiet" large>
            {text.seeProof}
          </ButtonLink>
        </div>
      </section>
      <section class="wrap" aria-label={text.shot}>
        <div class="shot">
          <Screenshot context={context} alt={text.shot} />
        </div>
      </section>
      <section class="wrap band" aria-labelledby="measured">
        <div class="intro">
          <h2 id="measured">{text.measured}</h2>
        </div>
        <Statistics language={language} figures={figures} />
      </section>
      <section class="band sunk" aria-labelledby="how">
        <div class="wrap">
          <div class="intro">
            <h2 id="how">{text.howTitle}</h2>
            <p class="lead">{text.howLead}</p>
          </div>
          <Chain language={language} />
        </div>
      </section>
      <section class="wrap band" aria-labelledby="parts">
        <div class="intro">
          <h2 id="parts">{text.partsTitle}</h2>
        </div>
        <div class="cards four">
          {(
            [
              ["editor", text.assistant, text.assistantText, "/download", "/privacy/assistant"],
              ["gateway", text.gateway, text.gatewayText, "/download/gateway", "/privacy/gateway"],
              ["plug", text.plugin, text.pluginText, "/download/dify", "/privacy/gateway"],
              ["shield", text.service, text.serviceText, "/privacy/center", "/privacy"],
            ] as const
          ).map(([icon, title, body, href, notice]) => (
            <article class="card">
              <Icon name={icon} />
              <h3>
                <a href={href}>{title}</a>
              </h3>
              <p>{body}</p>
              <p class="more">
                <a href={notice} aria-label={`${text.notice}: ${title}`}>
                  {text.notice}
                </a>
              </p>
            </article>
          ))}
        </div>
      </section>
      <section class="band sunk closing" aria-labelledby="ready">
        <div class="wrap stack">
          <h2 id="ready">{text.ready}</h2>
          <p class="lead">{text.readyLead}</p>
          <div class="actions">
            <ButtonLink href="/download" large>
              {text.start}
            </ButtonLink>
          </div>
        </div>
      </section>
    </>,
  );
}

/** The picture in the colours of the page; where a colour scheme was picked, that one. */
function Screenshot({
  context,
  alt,
}: {
  readonly context: ServerContext;
  readonly alt: string;
}): JSX.Element {
  const theme = context.var.page?.theme;
  const light = assetPath("images/try-light.png");
  const dark = assetPath("images/try-dark.png");
  return (
    <picture>
      {theme === undefined ? <source srcset={dark} media="(prefers-color-scheme: dark)" /> : null}
      <img src={theme === "dark" ? dark : light} alt={alt} width={1280} height={800} />
    </picture>
  );
}

function Statistics({
  language,
  figures,
}: {
  readonly language: Language;
  readonly figures: MeasuredFigures | undefined;
}): JSX.Element {
  const text = say(words, language);
  const proof = readProof();
  // The figure stands here only as long as the tests that record every connection have not found one.
  const isSilent = proof.tests.A2.every(({ result }) => result !== "failed");
  const shown = Object.values(proof.tests).reduce((sum, tests) => sum + tests.length, 0);
  return (
    <>
      <dl class="stats">
        {isSilent ? (
          <div>
            <dt>
              <a href="/proof#A2">{text.connections}</a>
            </dt>
            <dd>0</dd>
          </div>
        ) : null}
        <div>
          <dt>{text.promises}</dt>
          <dd>
            {Object.keys(promises).length}{" "}
            <small>{language === "zh" ? `/ ${shown} 个测试` : `/ ${shown} tests`}</small>
          </dd>
        </div>
        {figures === undefined ? null : (
          <>
            <div>
              <dt>
                {language === "zh"
                  ? `在 ${figures.confirmProjects} 个未参与调校的项目中，首个建议恰为行中余下全部内容的比例`
                  : `of the time the first suggestion is the whole rest of the line, mid-line, in ${figures.confirmProjects} projects that played no part in tuning`}
              </dt>
              <dd>
                {formatNumber(figures.firstPercent, language, 1)} <small>%</small>
              </dd>
            </div>
            <div>
              <dt>
                {language === "zh"
                  ? `在 JDK java.base 上一次补全的处理器时间（中位数；95% 不超过 ${formatNumber(figures.completionCpuP95Ms, language)} 毫秒）`
                  : `processor time of a completion on the JDK's java.base, syntax checks included (median; 95 % within ${formatNumber(figures.completionCpuP95Ms, language)} ms)`}
              </dt>
              <dd>
                {formatNumber(figures.completionCpuMs, language, 1)}{" "}
                <small>{language === "zh" ? "毫秒" : "ms"}</small>
              </dd>
            </div>
            <div>
              <dt>
                {language === "zh"
                  ? `的提问第一条结果即为答案（${figures.searchQuestions} 个问题；ripgrep：${formatNumber(figures.searchFirstRipgrep * 100, language)} %）`
                  : `of ${figures.searchQuestions} questions in words are answered by the first search result (ripgrep: ${formatNumber(figures.searchFirstRipgrep * 100, language)} %)`}
              </dt>
              <dd>
                {formatNumber(figures.searchFirst * 100, language)} <small>%</small>
              </dd>
            </div>
            <div>
              <dt>
                {language === "zh"
                  ? "网关同时转发一千路流式应答时的最高内存"
                  : "of memory at most while the gateway carries a thousand streams at once"}
              </dt>
              <dd>
                {formatNumber(figures.gatewayStreamsMb, language)} <small>MB</small>
              </dd>
            </div>
          </>
        )}
      </dl>
      {figures === undefined ? null : (
        <p class="soft small figures-note">
          {language === "zh"
            ? `测于${formatDate(Date.parse(figures.date), { language, timeZone: "UTC" })}，双核共享机器，Node 20。结果与方法随源代码一并提交（bench/）。`
            : `Measured on ${formatDate(Date.parse(figures.date), { language, timeZone: "UTC" })}, two shared cores, Node 20. Results and method are committed with the source (bench/).`}
        </p>
      )}
    </>
  );
}

/** One datum on its way: the entry as the program holds it, the row of the notice, the question before a use. */
function Chain({ language }: { readonly language: Language }): JSX.Element {
  const text = say(words, language);
  const item = inventory["assistant.source-code"];
  if (item.state === "refused") throw new Error("The assistant works on source code.");
  return (
    <ol class="chain">
      <li>
        <h3>{text.step1}</h3>
        <pre tabindex={0}>
          <code>
            <span class="word">"assistant.source-code"</span>
            {`: {\n  purposes: [${item.purposes.map((purpose) => `\n    "${purpose}",`).join("")}\n  ],\n  recipients: [${item.recipients.map((recipient) => `"${recipient}"`).join(", ")}],\n  retention: { kind: "${item.retention.kind}" },\n}`}
          </code>
        </pre>
      </li>
      <li>
        <h3>{text.step2}</h3>
        <div class="card">
          <dl class="facts">
            <dt>{text.data}</dt>
            <dd>{item.title[language]}</dd>
            <dt>{text.usedFor}</dt>
            <dd>
              {item.purposes
                .map((key) => purposes[key].title[language])
                .join(language === "zh" ? "；" : "; ")}
            </dd>
            <dt>{text.kept}</dt>
            <dd>{describeRetention(item.retention)[language]}</dd>
          </dl>
        </div>
      </li>
      <li>
        <h3>{text.step3}</h3>
        <pre tabindex={0}>
          <code>
            {`const decision = `}
            <span class="word">decide</span>
            {`({\n  items: ["assistant.source-code"],\n  purpose: "usage-statistics",\n  …\n});\n\n// { kind: "denied",\n//   because: "purpose-not-declared" }`}
          </code>
        </pre>
      </li>
    </ol>
  );
}
