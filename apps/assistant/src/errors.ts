import { denials, type DenialReason } from "@cloud-code/policy";

/** Languages that the assistant speaks to people. */
export type Locale = "en" | "zh";

/** The code of a failure: stable, for programs. */
export type ErrorCode =
  | "FILE_NOT_FOUND"
  | "NOT_A_FILE"
  | "FILE_UNREADABLE"
  | "FILE_TOO_LARGE"
  | "FILE_REFUSED"
  | "LINK_REFUSED"
  | "FILE_OUTSIDE"
  | "NOT_UTF8"
  | "NOT_TEXT"
  | "LINE_OUTSIDE"
  | "COLUMN_OUTSIDE"
  | "PROJECT_NONE"
  | "WORKSPACE_NOT_FOUND"
  | "FOLDER_UNREADABLE"
  | "WORKSPACE_UNREADABLE"
  | "INDEX_CORRUPT"
  | "INDEX_VERSION"
  | "INDEX_UNWRITABLE"
  | "INDEX_UNDELETABLE"
  | "INDEX_LOCKED"
  | "INDEXER_FAILED"
  | "GRAMMAR_UNREADABLE"
  | "WATCH_LIMITED"
  | "SEARCH_CORRUPT"
  | "SEARCH_VERSION"
  | "SEARCH_UNWRITABLE"
  | "SEARCH_BUSY"
  | "SEARCH_FAILED"
  | "CHOICES_UNREADABLE"
  | "CHOICES_UNWRITABLE"
  | "MEANING_DENIED"
  | "MEANING_FAILED"
  | "SETTING_INVALID"
  | "PACKAGE_UNREADABLE"
  | "QUERY_EMPTY"
  | "PATTERN_INVALID"
  | "PATTERN_TOO_BROAD"
  | "CORPUS_UNREADABLE"
  | "PAGE_NOT_BUILT"
  | "PORT_TAKEN"
  | "PORT_REFUSED"
  | "BENCH_ROW"
  | "BENCH_BLOB"
  | "BENCH_GOLD"
  | "TELEMETRY_CHOICE_UNWRITABLE"
  | "TELEMETRY_UNDELETABLE"
  | "TELEMETRY_RECEIVER_INVALID"
  | "TELEMETRY_RECEIVER_MISSING"
  | "TELEMETRY_QUESTION_OUTDATED"
  | "TELEMETRY_FORBIDDEN"
  | "TELEMETRY_UNREADABLE"
  | "FILE_UNWRITABLE"
  | "CANCELLED"
  | "USAGE"
  | "INTERNAL";

/**
 * Every failure of the assistant by its code: what failed, with what, and what to do next. `{name}` is filled from the error's details.
 * Details are paths, counts and reasons of the operating system, never code of the user.
 */
const SENTENCES: Readonly<Record<ErrorCode, Readonly<Record<Locale, string>>>> = {
  FILE_NOT_FOUND: {
    en: "There is no file {path}. Check the path, or give the unsaved text with --stdin.",
    zh: "找不到文件 {path}。请检查路径，或用 --stdin 传入未保存的文本。",
  },
  NOT_A_FILE: {
    en: "{path} is not a regular file. Name a source file.",
    zh: "{path} 不是普通文件。请指定一个源文件。",
  },
  FILE_UNREADABLE: {
    en: "{path} cannot be read ({reason}). Check its permissions.",
    zh: "无法读取 {path}（{reason}）。请检查其权限。",
  },
  FILE_TOO_LARGE: {
    en: "{path} has {bytes} bytes, and files over {maxBytes} bytes are not completed. Split the file, or work without completion in it.",
    zh: "{path} 有 {bytes} 字节，超过 {maxBytes} 字节的文件不提供补全。请拆分该文件，或在其中不使用补全。",
  },
  FILE_REFUSED: {
    en: "{path} has a name that secrets are kept under, so it is never read. Rename it if it holds none.",
    zh: "{path} 的名称通常用于存放机密，因此绝不读取。若其中没有机密，请改名。",
  },
  LINK_REFUSED: {
    en: "{path} is a link to a file whose name secrets are kept under, so it is never read. Rename that file if it holds none.",
    zh: "{path} 是一个链接，其目标文件的名称通常用于存放机密，因此绝不读取。若其中没有机密，请为目标文件改名。",
  },
  FILE_OUTSIDE: {
    en: "{path} is outside the workspace {root}. Choose the workspace that holds it with --workspace.",
    zh: "{path} 不在工作区 {root} 内。请用 --workspace 指定包含它的工作区。",
  },
  NOT_UTF8: {
    en: "{path} is not valid UTF-8. Convert it to UTF-8 and try again.",
    zh: "{path} 不是有效的 UTF-8 文本。请转换为 UTF-8 后重试。",
  },
  NOT_TEXT: {
    en: "{path} is a binary file. Name a source file.",
    zh: "{path} 是二进制文件。请指定一个源文件。",
  },
  LINE_OUTSIDE: {
    en: "{path} has no line {line}: it has {lines} lines, counted from 1.",
    zh: "{path} 没有第 {line} 行：该文件共 {lines} 行，行号从 1 开始。",
  },
  COLUMN_OUTSIDE: {
    en: "Line {line} of {path} has no column {column}: it has {columns} columns, counted from 0 in UTF-16 units.",
    zh: "{path} 第 {line} 行没有第 {column} 列：该行共 {columns} 列，以 UTF-16 单位计，列号从 0 开始。",
  },
  PROJECT_NONE: {
    en: "{path} is in no project, so suggestions come from this file alone. Name a folder to learn from with --workspace.",
    zh: "{path} 不属于任何项目，因此仅依据此文件给出建议。若要从某个文件夹学习，请用 --workspace 指定。",
  },
  WORKSPACE_NOT_FOUND: {
    en: "There is no folder {path}. Name an existing folder with --workspace.",
    zh: "找不到文件夹 {path}。请用 --workspace 指定一个存在的文件夹。",
  },
  FOLDER_UNREADABLE: {
    en: "The folder {path} cannot be read ({reason}). Check its permissions; the rest of the workspace is used.",
    zh: "无法读取文件夹 {path}（{reason}）。请检查其权限；工作区的其余部分照常使用。",
  },
  WORKSPACE_UNREADABLE: {
    en: "The workspace {path} cannot be read ({reason}). Check its permissions, or name another folder with --workspace.",
    zh: "无法读取工作区 {path}（{reason}）。请检查其权限，或用 --workspace 指定其他文件夹。",
  },
  INDEX_CORRUPT: {
    en: "The index in {path} was damaged; the damaged part is built again from your files. Nothing needs to be done.",
    zh: "{path} 中的索引已损坏，正在根据您的文件重建损坏的部分。无需任何操作。",
  },
  INDEX_VERSION: {
    en: "The index in {path} was written by another version of Cloud Code and is built again. Nothing needs to be done.",
    zh: "{path} 中的索引由其他版本的 Cloud Code 写入，正在重建。无需任何操作。",
  },
  INDEX_UNWRITABLE: {
    en: "The index cannot be kept in {path} ({reason}), so it lives in memory and is built again at the next start. Free some space, or set CLOUD_CODE_CACHE_DIR to a folder that can be written.",
    zh: "索引无法保存在 {path}（{reason}），因此只保留在内存中，下次启动时会重建。请释放空间，或将 CLOUD_CODE_CACHE_DIR 设为可写的文件夹。",
  },
  INDEX_UNDELETABLE: {
    en: "The index in {path} cannot be deleted ({reason}). Check the permissions of that folder and try again.",
    zh: "无法删除 {path} 中的索引（{reason}）。请检查该文件夹的权限后重试。",
  },
  INDEX_LOCKED: {
    en: "Process {pid} keeps the index in {path} at the moment. Close that program and try again.",
    zh: "进程 {pid} 正在维护 {path} 中的索引。请关闭该程序后重试。",
  },
  INDEXER_FAILED: {
    en: "Indexing stopped ({reason}). Completion goes on with what is indexed so far; `cloud-code index rebuild` builds the index again.",
    zh: "索引过程已停止（{reason}）。补全会继续使用已有的索引；运行 `cloud-code index rebuild` 可重建索引。",
  },
  GRAMMAR_UNREADABLE: {
    en: "The grammar for {language} could not be loaded ({reason}), so its suggestions are not checked for syntax. Install Cloud Code again.",
    zh: "无法加载 {language} 的语法（{reason}），因此不检查其建议的语法。请重新安装 Cloud Code。",
  },
  WATCH_LIMITED: {
    en: "Changes of files cannot be watched ({reason}); the workspace is looked through every {seconds} seconds instead.",
    zh: "无法监视文件变化（{reason}），改为每 {seconds} 秒检查一次工作区。",
  },
  SEARCH_CORRUPT: {
    en: "The search index {path} was damaged and is built again from your files. Nothing needs to be done.",
    zh: "搜索索引 {path} 已损坏，正在根据您的文件重建。无需任何操作。",
  },
  SEARCH_VERSION: {
    en: "The search index {path} was written by another version of Cloud Code and is built again. Nothing needs to be done.",
    zh: "搜索索引 {path} 由其他版本的 Cloud Code 写入，正在重建。无需任何操作。",
  },
  SEARCH_UNWRITABLE: {
    en: "The search index cannot be kept in {path} ({reason}). Free some space, or set CLOUD_CODE_CACHE_DIR to a folder that can be written.",
    zh: "搜索索引无法保存在 {path}（{reason}）。请释放空间，或将 CLOUD_CODE_CACHE_DIR 设为可写的文件夹。",
  },
  SEARCH_BUSY: {
    en: "Process {pid} is bringing the search index up to date; what it has so far is searched.",
    zh: "进程 {pid} 正在更新搜索索引；目前搜索已有的内容。",
  },
  SEARCH_FAILED: {
    en: "The search stopped ({reason}). Try again; `cloud-code index rebuild` builds its index again.",
    zh: "搜索已停止（{reason}）。请重试；运行 `cloud-code index rebuild` 可重建索引。",
  },
  CHOICES_UNREADABLE: {
    en: "Your choices in {path} cannot be read ({reason}), so nothing is allowed. Check the file's permissions.",
    zh: "无法读取 {path} 中您的选择（{reason}），因此视为均不允许。请检查该文件的权限。",
  },
  CHOICES_UNWRITABLE: {
    en: "Your choice could not be written to {path} ({reason}); it was not taken. Check the folder's permissions and try again.",
    zh: "无法将您的选择写入 {path}（{reason}），该选择未生效。请检查文件夹权限后重试。",
  },
  MEANING_DENIED: {
    en: "Descriptions are searched by words alone, without the embedding model at {origin}. {because} `cloud-code model --help` tells how to allow or forbid a model.",
    zh: "描述仅按词语搜索，未使用 {origin} 的嵌入模型。{because}如何允许或禁止模型，请见 `cloud-code model --help`。",
  },
  MEANING_FAILED: {
    en: "The embedding model at {origin} gave no answer in time or none that fits ({reason}): this description was searched by words alone. Check CLOUD_CODE_EMBEDDINGS_URL and that the server runs.",
    zh: "{origin} 的嵌入模型未及时给出可用的答复（{reason}）：本次描述仅按词语搜索。请检查 CLOUD_CODE_EMBEDDINGS_URL 以及该服务是否在运行。",
  },
  SETTING_INVALID: {
    en: "{name} cannot be used. It looks like this: {expected}.",
    zh: "{name} 无法使用。正确的形式如：{expected}。",
  },
  PACKAGE_UNREADABLE: {
    en: "The package {name} in {path} cannot be read ({reason}) and is left out. Install it again, or check its permissions.",
    zh: "无法读取 {path} 中的软件包 {name}（{reason}），已跳过。请重新安装，或检查其权限。",
  },
  QUERY_EMPTY: {
    en: "There is nothing to search for. Type a name, a description, a /pattern/ or an error message.",
    zh: "没有可搜索的内容。请输入名称、描述、/正则表达式/ 或错误信息。",
  },
  PATTERN_INVALID: {
    en: 'The regular expression does not parse ({reason}). Put the text in "quotes" to search it as it is.',
    zh: "正则表达式无法解析（{reason}）。若要按原文搜索，请用英文引号括起来。",
  },
  PATTERN_TOO_BROAD: {
    en: "The regular expression takes too long ({reason}). Add three letters or digits in a row that every match has, or narrow the files with --path.",
    zh: "正则表达式耗时过长（{reason}）。请加入每个匹配都含有的三个连续字母或数字，或用 --path 缩小文件范围。",
  },
  CORPUS_UNREADABLE: {
    en: "The collection {path} cannot be read ({reason}). It consists of corpus.jsonl, queries.jsonl and qrels/test.tsv.",
    zh: "无法读取数据集 {path}（{reason}）。它由 corpus.jsonl、queries.jsonl 和 qrels/test.tsv 组成。",
  },
  PAGE_NOT_BUILT: {
    en: "The page is not built: {path} cannot be read ({reason}). Run `npm run build`.",
    zh: "页面尚未构建：无法读取 {path}（{reason}）。请运行 `npm run build`。",
  },
  PORT_TAKEN: {
    en: "Port {port} is taken by another program. Choose another with --port, or leave --port out and a free one is taken.",
    zh: "端口 {port} 已被其他程序占用。请用 --port 指定其他端口，或省略 --port 以使用空闲端口。",
  },
  PORT_REFUSED: {
    en: "The system does not let this program listen on port {port} ({reason}). Choose another with --port, above 1023.",
    zh: "系统不允许在端口 {port} 上监听（{reason}）。请用 --port 指定 1023 以上的端口。",
  },
  BENCH_ROW: {
    en: "{path}, line {line}: not a benchmark position ({reason}). Each line is one JSON object as bench/completion describes.",
    zh: "{path} 第 {line} 行不是有效的基准位置（{reason}）。每行应为 bench/completion 所述的一个 JSON 对象。",
  },
  BENCH_BLOB: {
    en: "{path} is not the file the positions were made from: its blob is {found}, not {expected}. Check out the version they name.",
    zh: "{path} 不是生成这些位置时的文件：其 blob 为 {found}，应为 {expected}。请检出所指定的版本。",
  },
  BENCH_GOLD: {
    en: "{path}, line {line}: the rest of the line is not what the position was made from. Make the positions again from this version.",
    zh: "{path} 第 {line} 行：该行剩余部分与生成位置时不同。请用此版本重新生成位置。",
  },
  TELEMETRY_CHOICE_UNWRITABLE: {
    en: "Your choice could not be written to {path} ({reason}), so nothing changed. Check its permissions and the free space.",
    zh: "无法将您的选择写入 {path}（{reason}），因此未作任何更改。请检查其权限和剩余空间。",
  },
  TELEMETRY_UNDELETABLE: {
    en: "Not everything in {path} could be deleted ({reason}). Close the programs that use it, or delete the folder yourself.",
    zh: "未能删除 {path} 中的全部内容（{reason}）。请关闭正在使用它的程序，或自行删除该文件夹。",
  },
  TELEMETRY_RECEIVER_INVALID: {
    en: "{address} is no receiver of statistics. Give the origin of an HTTPS address, such as https://statistics.example.",
    zh: "{address} 不是统计接收方。请给出 HTTPS 地址的源，例如 https://statistics.example。",
  },
  TELEMETRY_RECEIVER_MISSING: {
    en: "No receiver is named, so there is nobody to send statistics to. Name your company's or the service's with --receiver https://…, or count on this machine alone with `cloud-code telemetry local`.",
    zh: "未指明接收方，统计无处可发。请用 --receiver https://… 指明贵公司或服务的接收方，或运行 `cloud-code telemetry local` 仅在本机统计。",
  },
  TELEMETRY_QUESTION_OUTDATED: {
    en: "The question has changed since it was shown, so the answer does not count. Answer the one of now.",
    zh: "询问内容在显示之后已有变化，因此该回答无效。请回答当前的询问。",
  },
  TELEMETRY_FORBIDDEN: {
    en: "Your organisation's policy does not allow usage statistics for {receiver}. Ask whoever manages this computer.",
    zh: "您的组织的策略不允许向 {receiver} 发送使用统计。请咨询此计算机的管理者。",
  },
  TELEMETRY_UNREADABLE: {
    en: "The usage statistics in {path} cannot be read ({reason}). Check its permissions.",
    zh: "无法读取 {path} 中的使用统计（{reason}）。请检查其权限。",
  },
  FILE_UNWRITABLE: {
    en: "{path} cannot be written ({reason}). Name another file, or check the permissions and the free space.",
    zh: "无法写入 {path}（{reason}）。请指定其他文件，或检查权限和剩余空间。",
  },
  CANCELLED: { en: "Cancelled.", zh: "已取消。" },
  USAGE: { en: "{reason} See `{help}`.", zh: "{reason} 请参阅 `{help}`。" },
  INTERNAL: {
    en: "Something went wrong inside Cloud Code ({reason}). Run it again with CLOUD_CODE_DEBUG=1 and report what it prints.",
    zh: "Cloud Code 内部出错（{reason}）。请设置 CLOUD_CODE_DEBUG=1 后重试，并报告其输出。",
  },
};

/** What an error's sentence is filled with. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** The sentence for `code` in the person's language. */
export function wordError(code: ErrorCode, details: ErrorDetails, locale: Locale): string {
  return SENTENCES[code][locale].replace(/\{(\w+)\}/g, (mark, name: string) => {
    const value = details[name] ?? mark;
    return name === "because" && isDenialReason(value) ? denials[value][locale] : String(value);
  });
}

/** A failure with a stable code; `message` is the English sentence, `wordError(code, details, locale)` gives any language. */
export class AssistantError extends Error {
  /** See the table of sentences. */
  readonly code: ErrorCode;
  /** What the sentence is filled with. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(wordError(code, details, "en"), options);
    this.name = "AssistantError";
    this.code = code;
    this.details = details;
  }
}

/** The operating system's short code of a failure ("ENOSPC"), or the error's message: a reason fit for a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** Whether a value is one of the policy's reasons. */
export function isDenialReason(value: unknown): value is DenialReason {
  return typeof value === "string" && Object.hasOwn(denials, value);
}
