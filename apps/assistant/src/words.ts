import type { Locale } from "./errors.ts";
import type { Activity, SkipReason, Why } from "./session.ts";

export { type Locale, wordError } from "./errors.ts";

const WHY: Record<Why, Record<Locale, string>> = {
  cancelled: { en: "The request was cancelled.", zh: "请求已取消。" },
  "inside-comment": { en: "The cursor is inside a comment.", zh: "光标位于注释中。" },
  "inside-string": { en: "The cursor is inside a string.", zh: "光标位于字符串中。" },
  "inside-word": { en: "The cursor is in the middle of a word.", zh: "光标位于单词中间。" },
  "line-finished": { en: "The line is already complete.", zh: "此行已经完整。" },
  "no-evidence": {
    en: "Nothing in this file or project looks like this place.",
    zh: "此文件和项目中没有与此处相似的代码。",
  },
  "all-rejected-by-parser": {
    en: "Every candidate would have broken the syntax here.",
    zh: "所有候选都会破坏此处的语法。",
  },
  "out-of-time": {
    en: "Checking the candidates here takes too long while typing; ask by hand to wait for them.",
    zh: "此处检查候选耗时过长，未在输入时完成；可手动触发并等待结果。",
  },
  "unsupported-language": { en: "This type of file is not supported.", zh: "不支持此类型的文件。" },
  "refused-file": {
    en: "Files with this name may hold secrets, so they are left alone.",
    zh: "此名称的文件可能含有机密，因此不作处理。",
  },
  "file-too-large": { en: "The file is too large for completion.", zh: "文件过大，无法补全。" },
  indexing: {
    en: "The project is still being indexed, and this file alone had nothing to offer.",
    zh: "项目仍在建立索引，仅凭此文件没有可用的建议。",
  },
  failed: { en: "Completion failed; the status says more.", zh: "补全失败；详情见状态。" },
};

const SKIPPED: Record<SkipReason, Record<Locale, string>> = {
  ignored: { en: "ignored by rules", zh: "被忽略规则排除" },
  secret: { en: "may hold secrets (never opened)", zh: "可能含有机密（从不打开）" },
  symlink: { en: "symbolic links", zh: "符号链接" },
  unsupported: { en: "unsupported type", zh: "不支持的类型" },
  "too-large": { en: "too large", zh: "过大" },
  generated: { en: "generated", zh: "自动生成" },
  minified: { en: "minified", zh: "已压缩" },
  binary: { en: "binary", zh: "二进制" },
  "not-utf8": { en: "not UTF-8", zh: "非 UTF-8" },
  unreadable: { en: "unreadable", zh: "无法读取" },
  "over-budget": { en: "beyond the size limit of the index", zh: "超出索引大小上限" },
};

/** Why nothing is shown, as a sentence. */
export function wordWhy(why: Why, locale: Locale): string {
  return WHY[why][locale];
}

/** Why files were skipped, as a phrase after their number; an unknown reason is returned as it is. */
export function wordSkipped(reason: string, locale: Locale): string {
  return reason in SKIPPED ? SKIPPED[reason as SkipReason][locale] : reason;
}

/** What a session is doing, as a short phrase. */
export function wordActivity(activity: Activity, locale: Locale): string {
  const english = locale === "en";
  switch (activity.kind) {
    case "starting":
      return english ? "starting" : "正在启动";
    case "indexing": {
      const share = `${activity.filesDone}/${activity.filesTotal}`;
      return english ? `indexing ${share} files` : `正在建立索引：${share} 个文件`;
    }
    case "ready":
      return english ? "ready" : "就绪";
    case "failed":
      return english ? `failed (${activity.code})` : `失败（${activity.code}）`;
  }
}

/** The language for a tag such as "zh_CN.UTF-8", "zh-Hans" or "en-GB": Chinese for every "zh", otherwise English. */
export function toLocale(tag: string | undefined): Locale {
  return tag !== undefined && /^zh\b|^zh[_-]/i.test(tag) ? "zh" : "en";
}
