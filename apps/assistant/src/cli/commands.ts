import type { Command, OptionSpec } from "./command.ts";

const workspace = {
  short: "w",
  value: "DIR",
  help: {
    en: "the project's folder (default: the nearest folder with .git, or the file's folder)",
    zh: "项目文件夹（默认：最近的含 .git 的文件夹，或文件所在的文件夹）",
  },
} as const;
const workspaceHere = {
  ...workspace,
  help: {
    en: "the project's folder (default: the nearest folder with .git, or this folder)",
    zh: "项目文件夹（默认：最近的含 .git 的文件夹，或当前文件夹）",
  },
} as const;
const json = { help: { en: "print JSON, errors too", zh: "输出 JSON，包括错误" } } as const;

/** Options that every command has. */
export const COMMON: Readonly<Record<string, OptionSpec>> = {
  lang: {
    value: "en|zh",
    help: { en: "language of the messages (default: from LANG)", zh: "消息语言（默认取自 LANG）" },
  },
  help: { short: "h", help: { en: "show this help", zh: "显示此帮助" } },
};

/** Every command. Each is loaded only when it runs, so that help and typing errors answer at once. */
export const COMMANDS: readonly Command[] = [
  {
    name: "complete",
    summary: { en: "suggest the rest of a line", zh: "为一行代码的剩余部分提供建议" },
    options: {
      file: {
        short: "f",
        value: "FILE",
        help: { en: "the source file (required)", zh: "源文件（必填）" },
      },
      line: {
        short: "l",
        value: "N",
        help: { en: "line of the cursor, from 1 (required)", zh: "光标所在行，从 1 开始（必填）" },
      },
      column: {
        short: "c",
        value: "N",
        help: {
          en: "column of the cursor in UTF-16 units, from 0 (required)",
          zh: "光标所在列，以 UTF-16 单位计，从 0 开始（必填）",
        },
      },
      workspace,
      limit: {
        short: "n",
        value: "N",
        help: {
          en: "how many suggestions, 1 to 50 (default 5)",
          zh: "建议数量，1 到 50（默认 5）",
        },
      },
      stdin: {
        help: {
          en: "take the file's unsaved text from standard input",
          zh: "从标准输入读取文件未保存的文本",
        },
      },
      json,
    },
    example: "cloud-code complete --file src/app.ts --line 12 --column 8",
    load: () => import("./complete.ts").then((module) => module.runComplete),
  },
  {
    name: "search",
    summary: {
      en: "find code by name, by description, by pattern or by an error message",
      zh: "按名称、描述、模式或错误信息查找代码",
    },
    positional: "QUERY…",
    options: {
      workspace: workspaceHere,
      source: {
        short: "s",
        value: "SOURCE",
        help: {
          en: "workspace or dependencies; several with commas (default: both)",
          zh: "workspace 或 dependencies，可用逗号分隔（默认：两者）",
        },
      },
      lang: {
        value: "LANGUAGE",
        help: {
          en: "only this programming language, for example python; en or zh chooses that of the messages",
          zh: "仅限此编程语言，例如 python；en 或 zh 则为消息语言",
        },
      },
      api: {
        short: "a",
        value: "NAME",
        help: {
          en: "only code that mentions this name; several with commas",
          zh: "仅限提及此名称的代码，可用逗号分隔",
        },
      },
      path: {
        value: "PART",
        help: {
          en: "only files with this in their path; * and ** stand for anything",
          zh: "仅限路径中含有此内容的文件；* 和 ** 为通配符",
        },
      },
      package: {
        value: "NAME",
        help: { en: "only this package", zh: "仅限此软件包" },
      },
      as: {
        value: "KIND",
        help: {
          en: "read the query as api, description, literal, regex or error (default: found out)",
          zh: "将查询视为 api、description、literal、regex 或 error（默认：自动判断）",
        },
      },
      page: {
        short: "p",
        value: "N",
        help: { en: "page, from 1 (default 1)", zh: "页码，从 1 开始（默认 1）" },
      },
      limit: {
        short: "n",
        value: "N",
        help: {
          en: "results on a page, 1 to 50 (default 10)",
          zh: "每页结果数，1 到 50（默认 10）",
        },
      },
      stdin: {
        help: {
          en: "take the query from standard input, for example a stack trace",
          zh: "从标准输入读取查询，例如堆栈跟踪",
        },
      },
      json,
    },
    example: 'cloud-code search "read an excel file" --api Workbook',
    load: () => import("./search.ts").then((module) => module.runSearch),
  },
  {
    name: "lsp",
    summary: {
      en: "serve an editor by the Language Server Protocol",
      zh: "以语言服务器协议为编辑器服务",
    },
    options: {
      stdio: {
        help: {
          en: "talk over standard input and output (always the case)",
          zh: "通过标准输入输出通信（总是如此）",
        },
      },
    },
    example: "cloud-code lsp",
    load: () => import("./serve.ts").then((module) => module.runLsp),
  },
  {
    name: "try",
    summary: {
      en: "try completion on your own code in the browser",
      zh: "在浏览器中用自己的代码试用补全",
    },
    positional: "[DIR]",
    options: {
      port: {
        value: "N",
        help: {
          en: "port on this machine (default: a free one)",
          zh: "本机端口（默认：空闲端口）",
        },
      },
      "no-open": { help: { en: "do not open the browser", zh: "不打开浏览器" } },
    },
    example: "cloud-code try .",
    load: () => import("./serve.ts").then((module) => module.runTry),
  },
  {
    name: "status",
    summary: {
      en: "show the index, what is left out, and why nothing would be shown",
      zh: "显示索引、被排除的文件以及无建议的原因",
    },
    options: {
      workspace: workspaceHere,
      file: {
        short: "f",
        value: "FILE",
        help: { en: "say whether this file is completed", zh: "说明此文件能否补全" },
      },
      json,
    },
    example: "cloud-code status --file src/app.ts",
    load: () => import("./status.ts").then((module) => module.runStatus),
  },
  {
    name: "mcp",
    summary: {
      en: "offer the search to agents by the Model Context Protocol",
      zh: "通过模型上下文协议向智能体提供搜索",
    },
    options: { workspace: workspaceHere },
    example: "cloud-code mcp --workspace .",
    load: () => import("./serve.ts").then((module) => module.runMcp),
  },
  {
    name: "index status",
    summary: {
      en: "show what the search can find, package by package",
      zh: "逐个软件包显示可搜索的内容",
    },
    options: { workspace: workspaceHere, json },
    example: "cloud-code index status",
    load: () => import("./maintain.ts").then((module) => module.runIndexStatus),
  },
  {
    name: "index rebuild",
    summary: { en: "build the index of a project anew", zh: "重新建立项目的索引" },
    options: { workspace: workspaceHere, json },
    example: "cloud-code index rebuild",
    load: () => import("./maintain.ts").then((module) => module.runRebuild),
  },
  {
    name: "index clear",
    summary: { en: "delete the index of a project from disk", zh: "从磁盘删除项目的索引" },
    options: { workspace: workspaceHere, json },
    example: "cloud-code index clear",
    load: () => import("./maintain.ts").then((module) => module.runClear),
  },
  {
    name: "privacy",
    summary: { en: "print the privacy notice", zh: "显示隐私声明" },
    options: {},
    example: "cloud-code privacy",
    load: () => import("./privacy.ts").then((module) => module.runPrivacy),
  },
  {
    name: "telemetry show",
    summary: {
      en: "show what is counted and sent, with the exact bytes of the next report",
      zh: "显示统计与发送的内容，以及下一份报告的完整字节",
    },
    options: { json },
    example: "cloud-code telemetry show",
    load: () => import("./telemetry.ts").then((module) => module.runShow),
  },
  {
    name: "telemetry on",
    summary: {
      en: "allow eight anonymous figures to be sent once a week, after a question",
      zh: "经询问后，允许每周发送一次八项匿名数据",
    },
    options: {
      receiver: {
        value: "ORIGIN",
        help: {
          en: "where they would go, https://… (default: the one of your organisation)",
          zh: "接收方地址，https://…（默认：您的组织所指定的）",
        },
      },
      yes: {
        short: "y",
        help: {
          en: "allow without being asked; read `cloud-code privacy` first",
          zh: "不经询问直接允许；请先阅读 `cloud-code privacy`",
        },
      },
      json,
    },
    example: "cloud-code telemetry on --receiver https://statistics.example",
    load: () => import("./telemetry.ts").then((module) => module.runOn),
  },
  {
    name: "telemetry local",
    summary: {
      en: "count on this machine and never send",
      zh: "仅在本机统计，绝不发送",
    },
    options: { json },
    example: "cloud-code telemetry local",
    load: () => import("./telemetry.ts").then((module) => module.runLocal),
  },
  {
    name: "telemetry off",
    summary: {
      en: "count nothing, and delete what was not sent (the default)",
      zh: "不统计，并删除尚未发送的内容（默认）",
    },
    options: { json },
    example: "cloud-code telemetry off",
    load: () => import("./telemetry.ts").then((module) => module.runOff),
  },
  {
    name: "telemetry history",
    summary: {
      en: "show earlier weeks, with the exact bytes of each report",
      zh: "显示之前各周，以及每份报告的完整字节",
    },
    options: { json },
    example: "cloud-code telemetry history",
    load: () => import("./telemetry.ts").then((module) => module.runHistory),
  },
  {
    name: "telemetry export",
    summary: {
      en: "print everything that is kept about usage, as JSON",
      zh: "以 JSON 输出所保存的全部使用统计",
    },
    options: {
      output: {
        short: "o",
        value: "FILE",
        help: { en: "write to this file instead", zh: "改为写入此文件" },
      },
      json,
    },
    example: "cloud-code telemetry export --output usage.json",
    load: () => import("./telemetry.ts").then((module) => module.runExport),
  },
  {
    name: "telemetry purge",
    summary: {
      en: "delete all counts and copies of reports from this machine",
      zh: "从本机删除全部统计和报告副本",
    },
    options: { json },
    example: "cloud-code telemetry purge",
    load: () => import("./telemetry.ts").then((module) => module.runPurge),
  },
  {
    name: "bench completion",
    summary: {
      en: "measure completion on held-out files",
      zh: "在留出的文件上测量补全质量与速度",
    },
    options: {
      workspace: {
        ...workspace,
        help: { en: "the project's folder (required)", zh: "项目文件夹（必填）" },
      },
      items: {
        value: "FILE",
        help: {
          en: "positions to complete, one JSON object a line (required)",
          zh: "要补全的位置，每行一个 JSON 对象（必填）",
        },
      },
      json,
    },
    example: "cloud-code bench completion --workspace . --items positions.jsonl",
    load: () => import("./bench.ts").then((module) => module.runBench),
  },
  {
    name: "bench search",
    summary: {
      en: "measure code search on a collection with judgements",
      zh: "在带有标注的数据集上测量代码搜索",
    },
    options: {
      beir: {
        value: "DIR",
        help: {
          en: "folder in the BEIR layout: corpus.jsonl, queries.jsonl, qrels/test.tsv (required)",
          zh: "BEIR 格式的文件夹：corpus.jsonl、queries.jsonl、qrels/test.tsv（必填）",
        },
      },
      json,
    },
    example: "cloud-code bench search --beir collection",
    load: () => import("./bench.ts").then((module) => module.runSearchBench),
  },
];
