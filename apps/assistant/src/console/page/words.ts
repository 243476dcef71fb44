import type { Locale } from "../../errors.ts";
import type { ConsoleErrorCode } from "../protocol.ts";

/** Every text of the page in both languages. `{name}` is filled in. */
const words = {
  title: { en: "Cloud Code: try completion", zh: "Cloud Code：试用补全" },
  files: { en: "Files", zh: "文件" },
  hideFiles: { en: "Show or hide the file list", zh: "显示或隐藏文件列表" },
  filter: { en: "Find a file", zh: "查找文件" },
  noMatch: { en: "No file matches.", zh: "没有匹配的文件。" },
  moreMatches: {
    en: "{count} more. Type more of the name.",
    zh: "还有 {count} 个。请多输入几个字。",
  },
  noFiles: { en: "No source file in this folder.", zh: "此文件夹中没有源文件。" },
  noFilesNext: {
    en: "Start it on another folder: cloud-code try DIR",
    zh: "换一个文件夹启动：cloud-code try 目录",
  },
  editor: { en: "Editor", zh: "编辑器" },
  editorOf: { en: "Editor: {path}", zh: "编辑器：{path}" },
  save: { en: "Save", zh: "保存" },
  saved: { en: "{path} saved.", zh: "已保存 {path}。" },
  unsaved: { en: "unsaved", zh: "未保存" },
  language: { en: "中文", zh: "English" },
  languageLabel: { en: "中文: switch to Chinese", zh: "English：切换到英文" },
  themeDark: { en: "Switch to dark colours", zh: "切换到深色" },
  themeLight: { en: "Switch to light colours", zh: "切换到浅色" },
  help: { en: "Keys and facts", zh: "按键与说明" },
  close: { en: "Close", zh: "关闭" },

  tryTitle: { en: "Try it", zh: "试一试" },
  tryType: {
    en: "Put the cursor at the end of a line and type.",
    zh: "把光标放在行尾，然后输入。",
  },
  tryAccept: { en: "takes the grey text", zh: "采纳灰色文字" },
  tryList: { en: "shows the ranked list", zh: "显示排序列表" },
  tryShow: { en: "Show me", zh: "演示" },
  tryHide: { en: "Hide this hint", zh: "隐藏提示" },
  tryShown: {
    en: "A line was begun for you. {accept} takes the rest, {undo} takes it back.",
    zh: "已为您起了一行。按 {accept} 采纳其余部分，{undo} 撤销。",
  },
  tryNothing: {
    en: "No line here lends itself to it. Open a longer file.",
    zh: "此文件没有合适的行。请打开更长的文件。",
  },

  search: { en: "Search code", zh: "搜索代码" },
  panelLabel: { en: "Search, statistics, status and data", zh: "搜索、统计、状态与数据" },
  panelClose: { en: "Close the panel", zh: "关闭面板" },
  modelLocal: {
    en: "Suggestions come from an index of your own files, on this machine.",
    zh: "建议来自本机上您自己文件的索引。",
  },
  keySearch: { en: "search the code and its dependencies", zh: "搜索代码及其依赖" },

  accept: { en: "Accept", zh: "采纳" },
  word: { en: "Word", zh: "单词" },
  next: { en: "Next", zh: "下一个" },
  list: { en: "List", zh: "列表" },
  dismiss: { en: "Dismiss", zh: "取消" },
  suggestions: { en: "Suggestion", zh: "建议" },
  listLabel: { en: "Suggestions, best first", zh: "建议（最佳在前）" },
  announce: { en: "Suggestion: {text}", zh: "建议：{text}" },
  sourceFile: { en: "this file", zh: "此文件" },
  sourceProject: { en: "project", zh: "项目" },
  sourceModel: { en: "model", zh: "模型" },
  probability: {
    en: "Probability that this is the whole rest of the line",
    zh: "这正是本行剩余内容的概率",
  },

  whyStart: {
    en: "Type at the end of a line to get a suggestion.",
    zh: "在行尾输入即可获得建议。",
  },
  whyWaiting: { en: "Looking …", zh: "正在查找……" },
  whyDeleting: { en: "Nothing is suggested while you delete.", zh: "删除时不给出建议。" },
  whyCursors: {
    en: "Nothing is suggested for a selection or several cursors.",
    zh: "有选区或多个光标时不给出建议。",
  },
  whyDismissed: {
    en: "Dismissed. Type on, or ask with {key}.",
    zh: "已取消。继续输入，或按 {key} 请求。",
  },
  whyMoved: {
    en: "The cursor moved. Type, or ask with {key}.",
    zh: "光标已移动。请输入，或按 {key} 请求。",
  },
  whyUnsure: {
    en: "There are suggestions, but none is likely enough. {key} shows them.",
    zh: "有候选建议，但可能性都不够高。按 {key} 查看。",
  },
  nothingHere: { en: "Nothing to suggest", zh: "没有建议" },

  index: {
    en: "{files} files · {tokens} tokens · {size}",
    zh: "{files} 个文件 · {tokens} 个词元 · {size}",
  },
  indexInMemory: { en: "{files} files · {tokens} tokens", zh: "{files} 个文件 · {tokens} 个词元" },
  progress: { en: "Indexing progress", zh: "索引进度" },
  latency: { en: "Last answer: {ms} ms", zh: "上次回答：{ms} 毫秒" },
  noByte: { en: "No byte left this machine", zh: "没有一个字节离开本机" },
  statusLabel: { en: "State of the program", zh: "程序状态" },
  statusStopped: { en: "Stopped", zh: "已停止" },
  stopped: {
    en: "The program has stopped. Start it again and open the address it shows; unsaved text stays in this page.",
    zh: "程序已停止。请重新启动并打开它显示的地址；未保存的文本仍保留在此页面中。",
  },

  conflictTitle: { en: "Changed on disk", zh: "磁盘上的文件已更改" },
  conflictChanged: {
    en: "{path} was changed by another program since you opened it.",
    zh: "自您打开 {path} 后，它已被其他程序更改。",
  },
  conflictGone: {
    en: "{path} was deleted by another program since you opened it.",
    zh: "自您打开 {path} 后，它已被其他程序删除。",
  },
  overwrite: { en: "Save mine", zh: "保存我的版本" },
  reload: { en: "Load from disk", zh: "从磁盘加载" },
  keep: { en: "Keep editing", zh: "继续编辑" },

  enterTitle: { en: "This page needs its key", zh: "此页面需要密钥" },
  enterBody: {
    en: "Open the full address that the terminal shows, with everything after the # sign. The key keeps other pages and other users of this machine out.",
    zh: "请打开终端中显示的完整地址，包括 # 之后的全部内容。密钥可防止其他页面和本机其他用户进入。",
  },

  keysTitle: { en: "Keys", zh: "按键" },
  keyAccept: { en: "Accept all", zh: "全部采纳" },
  keyWord: { en: "Accept a word", zh: "采纳一个单词" },
  keyCycle: { en: "Next, previous suggestion", zh: "下一个、上一个建议" },
  keyList: { en: "Ranked list", zh: "排序列表" },
  keyDismiss: { en: "Dismiss", zh: "取消" },
  keySave: { en: "Save", zh: "保存" },
  keyFilter: { en: "Find a file", zh: "查找文件" },
  keyLeave: { en: "Leave the editor", zh: "离开编辑器" },
  privacyTitle: { en: "What leaves this machine", zh: "哪些内容会离开本机" },
  privacyBody: {
    en: "Nothing. Suggestions come from an index of your own files, made and read on this machine. This page talks to 127.0.0.1 alone, its rules forbid the browser any other address, and files that may hold secrets are never opened.",
    zh: "没有。建议来自您自己文件的索引，索引在本机生成和读取。此页面只与 127.0.0.1 通信，其规则禁止浏览器访问任何其他地址，可能含有机密的文件从不打开。",
  },
  indexTitle: { en: "What is indexed", zh: "索引了什么" },
  skippedNone: { en: "No file was skipped.", zh: "没有跳过任何文件。" },
  skipped: { en: "Skipped: {list}", zh: "已跳过：{list}" },
} as const satisfies Record<string, Record<Locale, string>>;

/** The name of a text. */
export type Word = keyof typeof words;

/** What a text is filled with. */
export type Details = Readonly<Record<string, string | number>>;

/** The text in a language, filled in. */
export function say(word: Word, locale: Locale, details: Details = {}): string {
  return words[word][locale].replace(/\{(\w+)\}/g, (mark, name: string) =>
    String(details[name] ?? mark),
  );
}

const problems: Record<ConsoleErrorCode | "unreachable", Record<Locale, string>> = {
  "bad-request": {
    en: "The program did not understand the page. Load it again.",
    zh: "程序无法理解此页面的请求。请重新加载。",
  },
  "wrong-key": {
    en: "The key is from an earlier run. Open the address that the terminal shows.",
    zh: "密钥来自之前的运行。请打开终端中显示的地址。",
  },
  "used-ticket": {
    en: "This link was used already, or is older than two minutes. Open the address that the terminal shows.",
    zh: "此链接已使用过，或已超过两分钟。请打开终端中显示的地址。",
  },
  "foreign-request": {
    en: "This page was opened under a foreign address. Open the one that the terminal shows.",
    zh: "此页面是以其他地址打开的。请打开终端中显示的地址。",
  },
  "refused-file": {
    en: "{path} may hold secrets or is excluded by rules, so it is not opened.",
    zh: "{path} 可能含有机密或被规则排除，因此不打开。",
  },
  "read-only": {
    en: "{path} is write-protected. Change its permissions, then save again.",
    zh: "{path} 有写保护。请更改其权限后重新保存。",
  },
  "not-found": {
    en: "{path} is not there any more. Choose another file.",
    zh: "{path} 已不存在。请选择其他文件。",
  },
  "changed-on-disk": { en: "{path} was changed on disk.", zh: "{path} 在磁盘上已更改。" },
  "too-large": { en: "{path} is too large for this page.", zh: "{path} 过大，无法在此页面打开。" },
  "not-text": { en: "{path} is not UTF-8 text.", zh: "{path} 不是 UTF-8 文本。" },
  failed: {
    en: "The program failed at this. Its terminal says why; try again.",
    zh: "程序未能完成此操作，原因见终端；请重试。",
  },
  unreachable: {
    en: "The program does not answer. Is it still running?",
    zh: "程序没有响应。它还在运行吗？",
  },
};

/** A problem in words. */
export function sayProblem(
  code: ConsoleErrorCode | "unreachable",
  locale: Locale,
  path: string,
): string {
  return problems[code][locale].replace("{path}", path);
}

/** Fills every element below `root` that names a text: its content, its label, its tool tip, its placeholder. */
export function fillWords(root: ParentNode, locale: Locale): void {
  const fill = (attribute: string, apply: (element: HTMLElement, text: string) => void): void => {
    for (const element of root.querySelectorAll<HTMLElement>(`[${attribute}]`)) {
      const word = element.getAttribute(attribute);
      if (word !== null && isWord(word)) apply(element, say(word, locale));
    }
  };
  fill("data-word", (element, text) => (element.textContent = text));
  fill("data-label", (element, text) => {
    element.setAttribute("aria-label", text);
    element.title = text;
  });
  fill("data-placeholder", (element, text) => element.setAttribute("placeholder", text));
}

/** Whether a name from the document names a text. */
export function isWord(name: string): name is Word {
  return name in words;
}
