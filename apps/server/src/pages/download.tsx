import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerContext } from "../environment.ts";
import { Page, Tabs } from "./components.tsx";
import { renderPage } from "./layout.tsx";
import { say } from "./words.ts";

/** The three things there are to set up. */
export type SetUp = "editors" | "gateway" | "dify";

const words = {
  title: { en: "Set it up", zh: "安装" },
  lead: {
    en: "From the sources, with Node 20.19 or newer. Nothing is downloaded afterwards and nothing calls home.",
    zh: "使用 Node 20.19 或更高版本从源代码安装。之后不下载任何内容，也不向任何服务器回报。",
  },
  what: { en: "What to set up", zh: "安装内容" },
  editors: { en: "Editors", zh: "编辑器" },
  gateway: { en: "Gateway", zh: "网关" },
  dify: { en: "Dify", zh: "Dify" },
  before: { en: "Before it collects anything", zh: "收集任何数据之前" },
  try: { en: "Try it in the browser", zh: "在浏览器中试用" },
  tryText: {
    en: "Prints an address on this machine, opens it, and completes this repository's own code. For your own project, name its folder.",
    zh: "输出一个本机地址并打开，补全本仓库自身的代码。要用于您自己的项目，请指定其目录。",
  },
  inEditor: { en: "In your editor", zh: "在编辑器中" },
  inEditorText: {
    en: "The program is a language server; put it on your PATH, then tell the editor.",
    zh: "该程序是一个语言服务器：先加入 PATH，再在编辑器中配置。",
  },
  path: { en: "Onto the PATH", zh: "加入 PATH" },
  other: { en: "Any other editor", zh: "其他编辑器" },
  otherText: {
    en: "Every editor that speaks the Language Server Protocol: start the command over standard input and output.",
    zh: "任何支持语言服务器协议（LSP）的编辑器：通过标准输入输出启动该命令。",
  },
  keys: { en: "How to use it", zh: "使用方法" },
  keysText: {
    en: "Put the cursor at the end of a line and type. Tab takes the grey text, Ctrl+→ takes a word, Alt+] shows the next, Ctrl+Space the list.",
    zh: "将光标置于行尾并输入。Tab 采纳灰字，Ctrl+→ 采纳一个词，Alt+] 显示下一个，Ctrl+空格 显示列表。",
  },
  configure: { en: "Answer three questions", zh: "回答三个问题" },
  configureText: {
    en: "They make a configuration file and a key. A model that runs on this machine is found by itself.",
    zh: "据此生成配置文件和密钥。会自动发现本机运行的模型。",
  },
  check: { en: "Check, then run", zh: "检查并运行" },
  use: { en: "Use it", zh: "使用" },
  useText: {
    en: "The SDKs of OpenAI and Anthropic work unchanged with this base address and the key.",
    zh: "OpenAI 与 Anthropic 的 SDK 无需修改，使用此地址和密钥即可。",
  },
  package: { en: "Make the package", zh: "生成插件包" },
  packageText: {
    en: "Two packages come out: one with Node inside, one that uses Node on the server.",
    zh: "生成两个插件包：一个内置 Node，一个使用服务器上的 Node。",
  },
  install: { en: "Install it in Dify", zh: "在 Dify 中安装" },
  installText: {
    en: "Plugins → Install plugin → Local package file. Then open the model provider “Alibaba Cloud AI Gateway” and enter the endpoint and the credentials.",
    zh: "插件 → 安装插件 → 本地插件文件。然后打开模型供应商“阿里云 AI 网关”，填写端点与凭证。",
  },
  https: {
    en: "The endpoint has to be HTTPS. Plain HTTP is refused unless it is this machine or you allow it explicitly.",
    zh: "端点必须使用 HTTPS。除本机或经您明确允许外，明文 HTTP 一律拒绝。",
  },
} as const;

const notices: Readonly<
  Record<SetUp, { readonly href: string; readonly en: string; readonly zh: string }>
> = {
  editors: {
    href: "/privacy/assistant",
    en: "Privacy notice of the assistant: your code stays on your machine",
    zh: "编程助手隐私声明：代码留在您的计算机上",
  },
  gateway: {
    href: "/privacy/gateway",
    en: "Privacy notice of the gateway: nothing is kept on the way",
    zh: "网关隐私声明：途中不保留任何内容",
  },
  dify: {
    href: "/privacy/gateway",
    en: "Privacy notice of the plugin: what travels, and your own responsibilities",
    zh: "插件隐私声明：传输内容以及您自身的责任",
  },
};

const addresses: Readonly<Record<SetUp, string>> = {
  editors: "/download",
  gateway: "/download/gateway",
  dify: "/download/dify",
};

/** The page that says how to set one of the three up. Its commands are those of the packages' own README files. */
export function downloadPage(context: ServerContext, what: SetUp): Response | Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  const notice = notices[what];
  const steps = {
    editors: <Editors text={text} />,
    gateway: <Gateway text={text} />,
    dify: <Dify text={text} />,
  };
  return renderPage(
    context,
    { title: `${text.title}: ${text[what]}`, description: text.lead },
    <Page title={text.title} lead={text.lead}>
      <Tabs
        label={text.what}
        current={addresses[what]}
        tabs={(["editors", "gateway", "dify"] as const).map((each) => [
          addresses[each],
          text[each],
        ])}
      />
      <div class="steps">
        <div class="banner info">
          <strong>{text.before}</strong>
          <p>
            <a href={notice.href}>{notice[language]}</a>
          </p>
        </div>
        {steps[what]}
      </div>
    </Page>,
  );
}

type Said = Readonly<Record<keyof typeof words, string>>;

function Step({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: Child;
  readonly children?: Child;
}): JSX.Element {
  return (
    <section class="stack">
      <h2>{title}</h2>
      {lead === undefined ? null : <p class="soft">{lead}</p>}
      {children}
    </section>
  );
}

/** Commands to copy. The block can be reached by keyboard, since it may scroll sideways. */
function Commands({
  label,
  children,
}: {
  readonly label: string;
  readonly children: string;
}): JSX.Element {
  return (
    <pre tabindex={0} role="region" aria-label={label}>
      <code lang="en">{children}</code>
    </pre>
  );
}

function Editors({ text }: { readonly text: Said }): JSX.Element {
  return (
    <>
      <Step title={text.try} lead={text.tryText}>
        <Commands label={text.try}>{"npm ci && npm start\nnpm start -- ~/my/project"}</Commands>
      </Step>
      <Step title={text.inEditor} lead={text.inEditorText}>
        <h3>{text.path}</h3>
        <Commands label={text.path}>{"npm link -w apps/assistant\ncloud-code --help"}</Commands>
        <h3>Neovim 0.12</h3>
        <Commands label="Neovim 0.12">
          {
            'vim.lsp.config("cloud-code", {\n  cmd = { "cloud-code", "lsp" },\n  root_markers = { ".git" },\n  filetypes = { "python", "java", "typescript" },\n})\nvim.lsp.enable("cloud-code")\nvim.lsp.inline_completion.enable()'
          }
        </Commands>
        <h3>Helix</h3>
        <Commands label="Helix">
          {
            '# ~/.config/helix/languages.toml\n[language-server.cloud-code]\ncommand = "cloud-code"\nargs = ["lsp"]\n\n[[language]]\nname = "typescript"\nlanguage-servers = ["typescript-language-server", "cloud-code"]'
          }
        </Commands>
        <h3>{text.other}</h3>
        <p class="soft">{text.otherText}</p>
        <Commands label={text.other}>{"cloud-code lsp"}</Commands>
      </Step>
      <Step title={text.keys} lead={text.keysText} />
    </>
  );
}

function Gateway({ text }: { readonly text: Said }): JSX.Element {
  return (
    <>
      <Step title={text.configure} lead={text.configureText}>
        <Commands label={text.configure}>
          {"npm ci && npm run build\nnpx cloud-code-gateway init > gateway.yaml"}
        </Commands>
      </Step>
      <Step title={text.check}>
        <Commands label={text.check}>
          {"npx cloud-code-gateway check --connect\nnpx cloud-code-gateway run"}
        </Commands>
      </Step>
      <Step title={text.use} lead={text.useText}>
        <Commands label={text.use}>{"http://127.0.0.1:8787/v1"}</Commands>
      </Step>
    </>
  );
}

function Dify({ text }: { readonly text: Said }): JSX.Element {
  return (
    <>
      <Step title={text.package} lead={text.packageText}>
        <Commands label={text.package}>
          {"npm ci && npm run build\nnpm run package -w apps/dify-plugin"}
        </Commands>
      </Step>
      <Step title={text.install} lead={text.installText}>
        <p class="soft">{text.https}</p>
      </Step>
    </>
  );
}
