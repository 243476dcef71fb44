import type { ApiName, Reason, Understanding } from "@cloud-code/search";
import type { Locale } from "../errors.ts";

/** How a question was understood, as a sentence. */
export function wordUnderstanding(understood: Understanding, locale: Locale): string {
  const english = locale === "en";
  switch (understood.kind) {
    case "api":
      return english
        ? `The API name ${nameOf(understood.name)}: what it is, and where it is used.`
        : `API 名称 ${nameOf(understood.name)}：其定义及用法。`;
    case "description": {
      const names = understood.apis.map(nameOf).join(english ? " and " : "、");
      if (names === "")
        return english ? "A description of what the code does." : "对代码功能的描述。";
      return english
        ? `A description of what the code does, among code that mentions ${names}.`
        : `对代码功能的描述，仅限提及 ${names} 的代码。`;
    }
    case "selection":
      return english ? "A selection: code with the same words." : "所选内容：含有相同词语的代码。";
    case "literal":
      return english ? "Text as it is." : "原文文本。";
    case "regex":
      return english ? "A regular expression." : "正则表达式。";
    case "error": {
      const frames = understood.trace.frames.length;
      const what = understood.trace.exception === "" ? "" : ` ${understood.trace.exception}`;
      return english
        ? `An error${what} with ${frames} places: your own code first, then where the message comes from.`
        : `错误${what}，涉及 ${frames} 处位置：首先是您自己的代码，然后是消息的来源。`;
    }
  }
}

/** Why something was found, as a phrase. */
export function wordReason(why: Reason, locale: Locale): string {
  const english = locale === "en";
  switch (why.kind) {
    case "definition":
      return english ? `defines ${why.name}` : `定义 ${why.name}`;
    case "use":
      return english ? `uses ${why.name}` : `使用 ${why.name}`;
    case "words":
      return english ? `has ${why.words.join(", ")}` : `含有 ${why.words.join("、")}`;
    case "match":
      return english
        ? `${why.count} ${why.count === 1 ? "match" : "matches"}`
        : `${why.count} 处匹配`;
    case "frame":
      return english
        ? `line ${why.line} is in the stack trace`
        : `第 ${why.line} 行出现在堆栈跟踪中`;
    case "message":
      return english ? "has the message" : "含有该消息";
  }
}

function nameOf({ parts }: ApiName): string {
  return parts.join(".");
}
