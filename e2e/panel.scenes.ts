import type {
  EgressView,
  HostMessage,
  PanelAnswer,
  PanelResult,
  PanelSettings,
  StatusView,
  TelemetryView,
} from "@cloud-code/panel/protocol";
import { toColours } from "../apps/assistant/src/search/colours.ts";

// What hosts say in the tests of the panel, in both languages.

const java = `/**
 * Reads every row of the first sheet.
 */
public List<Row> readRows(Path file) throws IOException {
    try (Workbook workbook = WorkbookFactory.create(file.toFile())) {
        List<Row> rows = new ArrayList<>();
        for (Row row : workbook.getSheetAt(0)) {
            if (row.getPhysicalNumberOfCells() > 0) {
                rows.add(row);
            }
        }
        return List.copyOf(rows);
    } catch (EncryptedDocumentException error) {
        throw new IOException("The sheet " + file.getFileName() + " is protected by a password", error);
    }
}`;

const typescript = `export function readExcel(path: string): Promise<readonly Row[]> {
  return open(path).then((book) => book.sheets[0]?.rows ?? []);
}`;

const python = `def read_excel(path, sheet_name=0, header=0):
    """Read an Excel file into a frame."""
    with ExcelFile(path) as book:
        return book.parse(sheet_name, header=header)`;

const markdown = `Read a file:

\`\`\`js
const rows = await readExcel("orders.xlsx");
\`\`\``;

/** A result; what is not given is as in a workspace. */
export function resultOf(
  path: string,
  language: string,
  snippet: string,
  more: Partial<PanelResult> = {},
): PanelResult {
  const marks = [...snippet.matchAll(/excel|readRows|read/gi)].map(({ index, 0: text }) => ({
    start: index,
    end: index + text.length,
  }));
  return {
    path,
    startLine: 42,
    endLine: 41 + snippet.split("\n").length,
    snippet,
    marks,
    language,
    source: "workspace",
    score: 1,
    why: "has read, excel",
    copies: 0,
    colours: toColours(snippet, language),
    ...more,
  };
}

/** Four results as a search would find them. */
const results: readonly PanelResult[] = [
  resultOf("src/main/java/com/example/orders/importing/SheetReader.java", "java", java, {
    symbol: { name: "SheetReader.readRows", kind: "method" },
    copies: 2,
  }),
  resultOf("src/excel.ts", "typescript", typescript, {
    startLine: 7,
    endLine: 9,
    symbol: { name: "readExcel", kind: "function" },
  }),
  resultOf("pandas/io/excel/_base.py", "python", python, {
    source: "dependencies",
    startLine: 1203,
    endLine: 1206,
    symbol: { name: "read_excel", kind: "function" },
    package: { ecosystem: "pypi", name: "pandas", version: "2.2.3", licence: "BSD-3-Clause" },
  }),
  resultOf("README.md", "markdown", markdown, {
    source: "dependencies",
    startLine: 18,
    endLine: 22,
    package: { ecosystem: "npm", name: "@scope/read-excel-file", version: "5.8.7", licence: "" },
  }),
];

/** A page of results out of many. */
export function answerOf(page: number, language: "en" | "zh", found = results): PanelAnswer {
  return {
    understoodAs: {
      kind: "description",
      sentence: language === "zh" ? "对代码功能的描述。" : "A description of what the code does.",
    },
    results: found,
    page,
    total: 1_000,
    isTotalExact: true,
  };
}

/** What the host can do: everything. */
export function settingsOf(language: "en" | "zh"): PanelSettings {
  return {
    language,
    sources: ["workspace", "dependencies"],
    can: {
      open: true,
      openPackages: true,
      insert: true,
      switchEngine: true,
      rebuildIndex: true,
      showNotice: true,
      showSettings: true,
      showLog: true,
      keepQueries: true,
    },
    keys: { focusSearch: "Ctrl+Alt+S" },
  };
}

const bytes =
  '{"schemaVersion":1,"consentVersion":3,"week":"2026-W47","triggers":1200,"accepts":310,"acceptRankSum":390,"acceptCharSum":8700,"responseMsSum":19000,"responses":1100,"searchPrompts":64,"searches":41,"searchAccepts":12,"searchAcceptRankSum":21,"snippetClicks":26,"pageTurns":5}';

const figures = {
  en: [
    ["Number of completion triggers and acceptances", "1,204 / 312"],
    ["Average rank of accepted completions", "1.3"],
    ["Average length of accepted completions, in characters", "27.9"],
    ["Average response time of completions", "17 ms"],
    ["Number of keyword prompts in code search", "64"],
    ["Number of code searches", "41"],
    ["Average rank of adopted snippets", ""],
    ["Number of clicks on snippets and of page turns", "26 / 5"],
  ],
  zh: [
    ["代码补全的触发次数与采纳次数", "1,204 / 312"],
    ["被采纳补全候选项的平均名次", "1.3"],
    ["被采纳补全候选项的平均字符长度", "27.9"],
    ["代码补全的平均响应时间", "17 毫秒"],
    ["代码搜索的关键词提示次数", "64"],
    ["代码搜索的触发次数", "41"],
    ["被采用代码片段的平均名次", ""],
    ["代码片段的点击次数与翻页次数", "26 / 5"],
  ],
} as const;

/** Statistics that are sent, with a history. */
export function telemetryOf(language: "en" | "zh", mode: TelemetryView["mode"]): TelemetryView {
  const isChinese = language === "zh";
  const shown = figures[language].map(([title, value]) => ({
    title,
    value,
    definition: isChinese
      ? "计算建议的次数；单次按键不计入。"
      : "How often suggestions were computed; single keystrokes do not count.",
  }));
  const question = {
    receiver: "https://statistics.example",
    noticeVersion: 3,
    title: isChinese ? "是否允许发送使用统计？" : "May usage statistics be sent?",
    body: isChinese
      ? "每周一次，八项数字，不含代码与标识。\n随时可以关闭。"
      : "Once a week, eight figures, no code and no identifier.\nYou can switch it off at any time.",
    allow: isChinese ? "允许" : "Allow",
    refuse: isChinese ? "暂不" : "Not now",
  };
  const common = {
    mode,
    locked: false,
    question,
    waiting: [],
    choicesPath: "/home/ada/.config/cloud-code/choices.json",
    figuresPath: "/home/ada/.local/state/cloud-code/figures",
  };
  if (mode === "off")
    return {
      ...common,
      sentence: isChinese ? "不统计任何内容。" : "Nothing is counted.",
      history: [],
    };
  return {
    ...common,
    sentence: isChinese
      ? "统计并每周发送至 statistics.example。"
      : "Counted, and sent weekly to statistics.example.",
    next: { week: "2026-W47", bytes, enough: false },
    figures: shown,
    history: [
      { week: "2026-W46", outcome: "sent", bytes: bytes.replace("W47", "W46"), figures: shown },
      { week: "2026-W45", outcome: "kept", figures: shown },
    ],
  };
}

/** What the assistant is doing: one folder ready, one being indexed. */
function statusOf(language: "en" | "zh"): StatusView {
  const isChinese = language === "zh";
  return {
    sentence: isChinese ? "光标位于注释中。" : "The cursor is inside a comment.",
    engine: "on",
    model: {
      kind: "local",
      sentence: isChinese
        ? "建议来自本机上您自己文件的索引。"
        : "Suggestions come from an index of your own files, on this machine.",
    },
    last: {
      shown: 0,
      sentence: isChinese ? "光标位于注释中。" : "The cursor is inside a comment.",
      latencyMs: 3.2,
    },
    folders: [
      {
        root: "/home/ada/projects/orders-service-with-a-long-name",
        activity: { kind: "ready" },
        files: 1_204,
        tokens: 2_310_442,
        bytes: 18_400_000,
        cacheFolder: "/home/ada/.cache/cloud-code/orders-service-with-a-long-name-3f9a",
        leftOut: [
          { reason: isChinese ? "被忽略规则排除" : "ignored by rules", files: 212 },
          {
            reason: isChinese ? "可能含有机密（从不打开）" : "may hold secrets (never opened)",
            files: 3,
          },
        ],
        languages: { typescript: 800, java: 310, python: 94 },
        notices: [],
      },
      {
        root: "/home/ada/projects/site",
        activity: { kind: "indexing", filesDone: 310, filesTotal: 870 },
        files: 310,
        tokens: 90_000,
        bytes: 0,
        leftOut: [],
        notices: [
          isChinese
            ? "无法监视文件变化（ENOSPC），改为每 30 秒检查一次工作区。"
            : "Changes of files cannot be watched (ENOSPC); the workspace is looked through every 30 seconds instead.",
        ],
      },
    ],
  };
}

/** Connections to a model service that the person chose. */
function egressOf(language: "en" | "zh"): EgressView {
  const isChinese = language === "zh";
  const purpose = isChinese ? "使用您选定的模型" : "ask the model you chose";
  return {
    permits: [
      {
        destination: "models.example:443",
        purpose,
        items: isChinese
          ? ["源代码", "模型服务的密钥"]
          : ["Source code", "Key for the model service"],
        since: "2026-11-02",
      },
    ],
    connections: [
      {
        destination: "models.example:443",
        purpose,
        at: "2026-11-22 13:04",
        bytesSent: 18_233,
        outcome: "sent",
      },
      {
        destination: "models.example:443",
        purpose,
        at: "2026-11-22 12:58",
        bytesSent: 0,
        outcome: "failed",
      },
    ],
  };
}

/** Everything a host says at first. */
export function firstWords(language: "en" | "zh"): readonly HostMessage[] {
  return [
    { kind: "settings", settings: settingsOf(language) },
    { kind: "telemetry", telemetry: telemetryOf(language, "on") },
    { kind: "status", status: statusOf(language) },
    { kind: "egress", egress: egressOf(language) },
  ];
}
