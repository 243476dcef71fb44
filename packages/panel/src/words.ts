import type { PanelLanguage } from "./protocol.ts";

/** Every text of the panel in both languages. `{name}` is filled in. */
const words = {
  tabs: { en: "Pages of Cloud Code", zh: "Cloud Code 页面" },
  search: { en: "Search", zh: "搜索" },
  statistics: { en: "Statistics", zh: "统计" },
  status: { en: "Status", zh: "状态" },
  data: { en: "Data", zh: "数据" },
  connecting: { en: "Waiting for the assistant …", zh: "正在等待助手……" },
  connectingNext: {
    en: "It starts with the first source file you open. If nothing comes, look into its log.",
    zh: "打开第一个源文件时助手会启动。若一直没有响应，请查看其日志。",
  },
  dismiss: { en: "Dismiss", zh: "关闭提示" },

  query: { en: "Search code", zh: "搜索代码" },
  queryHint: { en: "A name, a description, an error …", zh: "名称、描述、错误信息……" },
  queryHelp: {
    en: "Enter searches, Shift+Enter begins a new line, the arrow keys choose a suggestion.",
    zh: "按 Enter 搜索，Shift+Enter 换行，方向键选择建议。",
  },
  suggestions: { en: "Suggestions", zh: "建议" },
  suggestionsCount: { en: "{count} suggestions", zh: "{count} 条建议" },
  clear: { en: "Clear", zh: "清除" },
  filters: { en: "Filters", zh: "筛选" },
  filtersActive: { en: "Filters, {count} active", zh: "筛选，{count} 项生效" },
  filtersReset: { en: "Reset filters", zh: "重置筛选" },
  source: { en: "Where", zh: "范围" },
  workspace: { en: "Workspace", zh: "工作区" },
  dependencies: { en: "Dependencies", zh: "依赖" },
  team: { en: "Team", zh: "团队" },
  language: { en: "Language", zh: "语言" },
  anyLanguage: { en: "Any language", zh: "任意语言" },
  otherLanguage: { en: "Other", zh: "其他" },
  package: { en: "Package", zh: "软件包" },
  packageHint: { en: "e.g. zod", zh: "例如 zod" },
  path: { en: "Path", zh: "路径" },
  pathHint: { en: "e.g. src/**/*.ts", zh: "例如 src/**/*.ts" },
  mode: { en: "Read as", zh: "理解为" },
  modeAuto: { en: "Automatic", zh: "自动判断" },
  modeApi: { en: "API name", zh: "API 名称" },
  modeDescription: { en: "Description", zh: "描述" },
  modeLiteral: { en: "Exact text", zh: "原文文本" },
  modeRegex: { en: "Regular expression", zh: "正则表达式" },
  modeError: { en: "Error message", zh: "错误信息" },
  modeSelection: { en: "Piece of code", zh: "代码片段" },

  introTitle: { en: "Find code that is already there", zh: "查找已有的代码" },
  introBody: {
    en: "In this workspace and in the packages it depends on. Nothing leaves this machine.",
    zh: "在此工作区及其依赖的软件包中查找。任何内容都不会离开本机。",
  },
  introName: { en: "a name, or its beginning", zh: "名称或其开头" },
  introDescription: { en: "what the code does", zh: "代码的功能" },
  introText: { en: "exact text", zh: "原文文本" },
  introPattern: { en: "a regular expression", zh: "正则表达式" },
  introError: { en: "an error, pasted whole", zh: "整段粘贴的错误信息" },
  exampleDescription: { en: "read a file line by line", zh: "逐行读取文件" },
  exampleError: { en: "TypeError: x is not …", zh: "TypeError: x is not …" },
  recent: { en: "Recent questions", zh: "最近的搜索" },
  recentForget: { en: "Forget all", zh: "全部清除" },
  recentForgotten: { en: "Recent questions are forgotten.", zh: "最近的搜索已清除。" },
  keep: { en: "Keep them for next time", zh: "保留到下次" },
  keepOff: { en: "They are in memory only.", zh: "仅保存在内存中。" },
  keepOn: { en: "They are kept on this machine.", zh: "保存在本机。" },

  searching: { en: "Searching …", zh: "正在搜索……" },
  searchingFirst: {
    en: "The first search builds the index; the next ones take milliseconds.",
    zh: "首次搜索会建立索引，之后只需几毫秒。",
  },
  cancel: { en: "Cancel", zh: "取消" },
  cancelled: { en: "Search cancelled", zh: "搜索已取消" },
  cancelledNext: { en: "Press Enter to ask again.", zh: "按 Enter 可重新搜索。" },
  again: { en: "Search again", zh: "重新搜索" },
  failed: { en: "The search did not work", zh: "搜索未成功" },
  nothing: { en: "Nothing found", zh: "没有找到结果" },
  nothingFewer: { en: "Use fewer or other words.", zh: "请减少或更换词语。" },
  nothingFilters: {
    en: "Filters are active and may hide answers.",
    zh: "筛选条件可能隐藏了结果。",
  },
  nothingMode: {
    en: "The question was forced to be read as “{mode}”.",
    zh: "该问题被指定理解为“{mode}”。",
  },
  modeReset: { en: "Let it find out", zh: "改为自动判断" },
  results: { en: "Results", zh: "结果" },
  count: { en: "{first}–{last} of {total}", zh: "第 {first}–{last} 条，共 {total} 条" },
  countAbout: {
    en: "{first}–{last} of about {total}",
    zh: "第 {first}–{last} 条，共约 {total} 条",
  },
  countAll: { en: "{total} results", zh: "{total} 条结果" },
  countOne: { en: "1 result", zh: "1 条结果" },
  found: { en: "{total} results. {sentence}", zh: "{total} 条结果。{sentence}" },
  foundAbout: { en: "About {total} results. {sentence}", zh: "约 {total} 条结果。{sentence}" },
  foundOne: { en: "1 result. {sentence}", zh: "1 条结果。{sentence}" },
  stillIndexing: {
    en: "Dependencies are still being indexed.",
    zh: "仍在为依赖建立索引。",
  },
  foundNothing: { en: "Nothing found. {sentence}", zh: "没有找到结果。{sentence}" },
  result: { en: "Result {rank}: {place}", zh: "第 {rank} 条结果：{place}" },
  line: { en: "line {line}", zh: "第 {line} 行" },
  licence: { en: "Licence: {licence}", zh: "许可证：{licence}" },
  licenceUnknown: { en: "licence not stated", zh: "未声明许可证" },
  copies: { en: "and {count} more like it", zh: "另有 {count} 处相同" },
  showAll: { en: "Show all {count} lines", zh: "显示全部 {count} 行" },
  showLess: { en: "Show less", zh: "收起" },
  open: { en: "Open", zh: "打开" },
  preview: { en: "Preview", zh: "预览" },
  copy: { en: "Copy", zh: "复制" },
  insert: { en: "Insert", zh: "插入" },
  actions: { en: "What to do with result {rank}", zh: "第 {rank} 条结果的操作" },
  copied: { en: "Copied.", zh: "已复制。" },
  inserted: { en: "Inserted at the cursor.", zh: "已插入光标处。" },
  pages: { en: "Pages of results", zh: "结果分页" },
  pageNext: { en: "Next page", zh: "下一页" },
  pageBack: { en: "Previous page", zh: "上一页" },
  page: { en: "Page {page} of {pages}", zh: "第 {page} 页，共 {pages} 页" },
  pageOpen: { en: "Page {page}", zh: "第 {page} 页" },

  previewOf: { en: "Preview of {path}", zh: "{path} 预览" },
  previewBack: { en: "Back to the results", zh: "返回结果" },
  previewLoading: { en: "Reading the file …", zh: "正在读取文件……" },
  previewLines: { en: "{count} lines", zh: "共 {count} 行" },

  keys: { en: "Keys", zh: "按键" },
  keySearch: { en: "to the search box from anywhere", zh: "随时转到搜索框" },
  keyBox: { en: "to the search box", zh: "转到搜索框" },
  keyMove: { en: "through the results", zh: "在结果间移动" },
  keyOpen: { en: "open", zh: "打开" },
  keyPreview: { en: "preview the whole file", zh: "预览整个文件" },
  keyCopy: { en: "copy", zh: "复制" },
  keyInsert: { en: "insert at the cursor", zh: "插入光标处" },
  keyMore: { en: "show all lines, or less", zh: "展开或收起" },
  keyPages: { en: "next, previous page", zh: "下一页、上一页" },
  keyTabs: { en: "between the pages above", zh: "切换上方页面" },

  statisticsTitle: { en: "Usage statistics", zh: "使用统计" },
  statisticsBody: {
    en: "Eight figures about how suggestions and search are used. No code, no names, no identifiers.",
    zh: "关于补全与搜索使用情况的八项数字。不含代码、名称或任何标识。",
  },
  collecting: { en: "Collection", zh: "收集方式" },
  modeOff: { en: "Off", zh: "关闭" },
  modeOffBody: {
    en: "Nothing is counted. No file exists.",
    zh: "不统计任何内容，也不存在任何文件。",
  },
  modeLocal: { en: "On this machine only", zh: "仅在本机" },
  modeLocalBody: { en: "Counted for your own eyes. Never sent.", zh: "仅供您自己查看，从不发送。" },
  modeOn: { en: "Allow sending", zh: "允许发送" },
  modeOnBody: {
    en: "Counted, and sent once a week as shown below.",
    zh: "统计并每周发送一次，内容如下所示。",
  },
  modeOnTo: {
    en: "Counted, and sent once a week to {receiver} as shown below.",
    zh: "统计并每周向 {receiver} 发送一次，内容如下所示。",
  },
  modeOnLocked: {
    en: "Your organization has ruled this out.",
    zh: "您的组织已禁止此项。",
  },
  noReceiver: {
    en: "Nobody is set up to receive reports, so there is nothing to allow.",
    zh: "尚未配置报告的接收方，因此无需允许。",
  },
  thisWeek: { en: "The eight figures, this week", zh: "本周的八项数字" },
  figure: { en: "Figure", zh: "指标" },
  value: { en: "This week", zh: "本周" },
  figuresOff: {
    en: "Nothing is counted while statistics are off.",
    zh: "统计关闭时不统计任何内容。",
  },
  noValue: { en: "none yet", zh: "暂无" },
  milliseconds: { en: "{value} ms", zh: "{value} 毫秒" },
  nextReport: { en: "The next report, byte for byte", zh: "下一份报告（逐字节）" },
  nextReportWeek: { en: "Week {week} · {bytes}", zh: "{week} 周 · {bytes}" },
  nextReportNone: {
    en: "There is no report: nothing has been counted.",
    zh: "没有报告：尚未统计任何内容。",
  },
  nextReportOff: {
    en: "There is no report: statistics are off.",
    zh: "没有报告：统计已关闭。",
  },
  bytes: { en: "{bytes} bytes", zh: "{bytes} 字节" },
  due: { en: "goes out {at}", zh: "将于 {at} 发送" },
  tooFew: {
    en: "Too few events so far. Such a week is never sent, so that nobody can be singled out.",
    zh: "目前事件过少，不足以保证无法识别个人：这样的一周从不发送。",
  },
  waiting: { en: "Waiting to be sent", zh: "待发送" },
  history: { en: "Earlier weeks", zh: "往期" },
  historyNone: {
    en: "There is no earlier week. No report was ever sent.",
    zh: "没有往期记录，从未发送过报告。",
  },
  historyRow: { en: "Week {week}", zh: "{week} 周" },
  outcomeSent: { en: "sent", zh: "已发送" },
  outcomeRefused: { en: "refused by the receiver", zh: "接收方拒收" },
  outcomeWaiting: { en: "waiting", zh: "待发送" },
  outcomeKept: { en: "never sent", zh: "从未发送" },
  yours: { en: "It is yours", zh: "数据归您所有" },
  exportAll: { en: "Export …", zh: "导出……" },
  exported: { en: "Exported.", zh: "已导出。" },
  purge: { en: "Delete everything …", zh: "全部删除……" },
  purgeAsk: {
    en: "Delete all figures, what waits to be sent, and the copies of sent reports? This cannot be undone.",
    zh: "删除所有数字、待发送内容以及已发送报告的副本？此操作无法撤销。",
  },
  purgeYes: { en: "Delete everything", zh: "全部删除" },
  purgeNo: { en: "Keep it", zh: "保留" },
  purged: { en: "Everything is deleted.", zh: "已全部删除。" },
  keptIn: { en: "Kept in", zh: "统计保存在" },
  choiceIn: { en: "your choice in", zh: "您的选择保存在" },
  notice: { en: "Privacy notice", zh: "隐私声明" },
  noticeShow: { en: "Read the privacy notice", zh: "阅读隐私声明" },
  loading: { en: "Loading …", zh: "正在加载……" },

  statusTitle: { en: "What it is doing", zh: "当前状态" },
  suggesting: { en: "Suggestions", zh: "补全建议" },
  engineOn: { en: "On", zh: "开启" },
  engineOff: { en: "Off", zh: "关闭" },
  engineSnoozed: { en: "Off until {time}", zh: "暂停至 {time}" },
  engineSnoozedFor: { en: "Off for a while", zh: "暂停中" },
  snooze: { en: "Pause {minutes} min", zh: "暂停 {minutes} 分钟" },
  lastRequest: { en: "Latest request", zh: "最近一次请求" },
  lastNone: { en: "No suggestion has been asked for yet.", zh: "尚未请求过建议。" },
  lastShown: { en: "{count} shown", zh: "显示了 {count} 条" },
  lastNothing: { en: "Nothing was shown", zh: "未显示任何建议" },
  modelTitle: { en: "Model", zh: "模型" },
  local: { en: "local", zh: "本机" },
  remote: { en: "remote", zh: "远程" },
  foldersTitle: { en: "Index", zh: "索引" },
  foldersNone: {
    en: "No folder is open. Open one to index it.",
    zh: "没有打开的文件夹。打开文件夹即可建立索引。",
  },
  starting: { en: "Starting", zh: "正在启动" },
  ready: { en: "Ready", zh: "就绪" },
  indexing: { en: "Indexing {done} of {total} files", zh: "正在建立索引：{done}/{total} 个文件" },
  indexingProgress: { en: "Indexing progress of {root}", zh: "{root} 的索引进度" },
  indexFailed: { en: "Failed", zh: "失败" },
  files: { en: "Files", zh: "文件" },
  tokens: { en: "Tokens", zh: "词元" },
  size: { en: "Size on disk", zh: "磁盘占用" },
  inMemory: { en: "in memory", zh: "在内存中" },
  languages: { en: "Languages", zh: "语言" },
  cacheFolder: { en: "Kept in", zh: "保存位置" },
  leftOut: { en: "Left out, and why", zh: "被排除的文件及原因" },
  leftOutNone: { en: "No file was left out.", zh: "没有排除任何文件。" },
  rebuild: { en: "Build the index again", zh: "重建索引" },
  rebuilding: { en: "The index is being built again.", zh: "正在重建索引。" },
  showSettings: { en: "Settings", zh: "设置" },
  showLog: { en: "Log", zh: "日志" },

  dataTitle: { en: "Where data went", zh: "数据去向" },
  dataNone: { en: "Nothing has left this machine", zh: "没有任何内容离开本机" },
  dataNoneBody: {
    en: "There is no record of any connection. Completion and search work here, on your files.",
    zh: "没有任何连接记录。补全与搜索都在本机基于您的文件完成。",
  },
  dataSome: { en: "Connections: {count}", zh: "共 {count} 次连接" },
  permits: { en: "What may be sent", zh: "允许发送的内容" },
  permitsNone: {
    en: "Nothing. No destination is permitted; without your permission no connection can be opened.",
    zh: "无。没有任何许可的目的地；未经您的许可不会建立任何连接。",
  },
  permitSince: { en: "permitted on {date}", zh: "{date} 许可" },
  connections: { en: "Connections, latest first", zh: "连接记录（最新在前）" },
  sent: { en: "sent", zh: "已发送" },
  notSent: { en: "failed", zh: "失败" },
} as const satisfies Record<string, Record<PanelLanguage, string>>;

/** The name of a text. */
export type Word = keyof typeof words;

/** What a text is filled with. */
export type Details = Readonly<Record<string, string | number>>;

/** The text in a language, filled in. */
export function say(word: Word, language: PanelLanguage, details: Details = {}): string {
  return words[word][language].replace(/\{(\w+)\}/g, (mark, name: string) =>
    String(details[name] ?? mark),
  );
}

/** A whole number as people of the language write it. */
export function sayNumber(value: number, language: PanelLanguage, digits = 0): string {
  return new Intl.NumberFormat(toTag(language), { maximumFractionDigits: digits }).format(value);
}

/** A moment as a local date and time. */
export function sayMoment(iso: string, language: PanelLanguage): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return new Intl.DateTimeFormat(toTag(language), {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(moment);
}

/** A number of bytes in the largest unit that leaves something before the point. */
export function sayBytes(bytes: number, language: PanelLanguage): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return new Intl.NumberFormat(toTag(language), {
    style: "unit",
    unit: units[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power > 0 && value < 10 ? 1 : 0,
  }).format(value);
}

/** The language of a tag such as "zh-CN": Chinese for every "zh", otherwise English. */
export function toLanguage(tag: string): PanelLanguage {
  return /^zh\b/i.test(tag) ? "zh" : "en";
}

/** The tag for documents and formats. */
function toTag(language: PanelLanguage): string {
  return language === "zh" ? "zh-CN" : "en";
}

/** The name of a programming language as people write it; one that nobody named is returned as it is. */
export function sayLanguage(language: string): string {
  return languageNames[language] ?? language;
}

/** The programming languages that can be asked for, by the name the index gives them. */
export const languageNames: Readonly<Record<string, string>> = {
  c: "C",
  cpp: "C++",
  csharp: "C#",
  go: "Go",
  java: "Java",
  javascript: "JavaScript",
  markdown: "Markdown",
  php: "PHP",
  python: "Python",
  ruby: "Ruby",
  rust: "Rust",
  tsx: "TSX",
  typescript: "TypeScript",
};
