/** Languages that the assistant speaks to people. */
export type Locale = "en" | "zh";

/** The code of a failure: stable, for programs. */
export type ErrorCode =
  | "FILE_NOT_FOUND"
  | "NOT_A_FILE"
  | "FILE_UNREADABLE"
  | "FILE_TOO_LARGE"
  | "FILE_REFUSED"
  | "FILE_OUTSIDE"
  | "NOT_UTF8"
  | "NOT_TEXT"
  | "POSITION_OUTSIDE"
  | "WORKSPACE_NOT_FOUND"
  | "FOLDER_UNREADABLE"
  | "WORKSPACE_UNREADABLE"
  | "INDEX_CORRUPT"
  | "INDEX_VERSION"
  | "INDEX_UNWRITABLE"
  | "INDEX_LOCKED"
  | "INDEXER_FAILED"
  | "GRAMMAR_UNREADABLE"
  | "WATCH_LIMITED"
  | "SEARCH_CORRUPT"
  | "SEARCH_VERSION"
  | "SEARCH_UNWRITABLE"
  | "SEARCH_BUSY"
  | "SEARCH_FAILED"
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
  POSITION_OUTSIDE: {
    en: "Line {line}, column {column} is outside {path}, which has {lines} lines and {columns} columns on that line. Lines count from 1, columns from 0.",
    zh: "第 {line} 行第 {column} 列超出 {path} 的范围：该文件共 {lines} 行，该行共 {columns} 列。行号从 1 开始，列号从 0 开始。",
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
  return SENTENCES[code][locale].replace(/\{(\w+)\}/g, (mark, name: string) =>
    String(details[name] ?? mark),
  );
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
