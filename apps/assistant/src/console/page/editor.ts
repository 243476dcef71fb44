import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  scrollPastEnd,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Language } from "@cloud-code/syntax";
import type { Locale } from "../../errors.ts";
import type { OpenedFile } from "../protocol.ts";
import { narrow } from "./elements.ts";
import { say } from "./words.ts";

/** Each in a chunk of its own: a Python project loads no PHP grammar. */
const grammars: Readonly<Record<Language, () => Promise<Extension>>> = {
  typescript: async () =>
    (await import("@codemirror/lang-javascript")).javascript({ typescript: true }),
  tsx: async () =>
    (await import("@codemirror/lang-javascript")).javascript({ typescript: true, jsx: true }),
  javascript: async () => (await import("@codemirror/lang-javascript")).javascript({ jsx: true }),
  java: async () => (await import("@codemirror/lang-java")).java(),
  python: async () => (await import("@codemirror/lang-python")).python(),
  go: async () => (await import("@codemirror/lang-go")).go(),
  rust: async () => (await import("@codemirror/lang-rust")).rust(),
  c: async () => (await import("@codemirror/lang-cpp")).cpp(),
  cpp: async () => (await import("@codemirror/lang-cpp")).cpp(),
  php: async () => (await import("@codemirror/lang-php")).php(),
  csharp: async () =>
    new LanguageSupport(
      StreamLanguage.define((await import("@codemirror/legacy-modes/mode/clike")).csharp),
    ),
  ruby: async () =>
    new LanguageSupport(
      StreamLanguage.define((await import("@codemirror/legacy-modes/mode/ruby")).ruby),
    ),
  generic: () => Promise.resolve([]),
};

/** Class names only: the colours are in the style sheet, once for light and once for dark. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.self], class: "tok-keyword" },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character],
    class: "tok-string",
  },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: "tok-number" },
  { tag: [tags.comment, tags.meta, tags.docComment], class: "tok-comment" },
  { tag: [tags.typeName, tags.className, tags.namespace, tags.tagName], class: "tok-type" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.definition(tags.function(tags.variableName)),
    ],
    class: "tok-function",
  },
  { tag: [tags.propertyName, tags.attributeName], class: "tok-property" },
  { tag: tags.invalid, class: "tok-invalid" },
]);

/** Parts of the editor that change with the file or with the person's language. */
const wording = new Compartment();

/** The words of the editor's own panels; English is built in. */
const panelPhrases: Readonly<Record<Locale, Record<string, string>>> = {
  en: {},
  zh: {
    Find: "查找",
    Replace: "替换",
    next: "下一个",
    previous: "上一个",
    all: "全部",
    "match case": "区分大小写",
    "by word": "全词匹配",
    regexp: "正则表达式",
    replace: "替换",
    "replace all": "全部替换",
    close: "关闭",
    "Go to line": "转到行",
    go: "转到",
    "current match": "当前匹配",
    "on line": "位于行",
    "replaced match on line $": "已替换第 $ 行的匹配",
    "replaced $ matches": "已替换 $ 处匹配",
    "Control character": "控制字符",
  },
};

function wordingFor(path: string, locale: Locale): Extension {
  return [
    EditorState.phrases.of(panelPhrases[locale]),
    EditorView.contentAttributes.of({
      "aria-label": say("editorOf", locale, { path }),
      tabindex: "0",
    }),
  ];
}

/** The nonce that the server put into the page: the editor's style sheets are let in by it. An empty editor needs it too. */
export function styleNonce(): Extension {
  const meta = document.querySelector<HTMLMetaElement>("meta[name=style-nonce]");
  return EditorView.cspNonce.of(meta?.content ?? "");
}

/** The editor's state for a file just opened. */
export async function createFileState(
  file: OpenedFile,
  locale: Locale,
  extra: Extension,
): Promise<EditorState> {
  return EditorState.create({
    doc: file.text,
    extensions: [
      extra,
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightActiveLine(),
      highlightSpecialChars(),
      highlightSelectionMatches(),
      history(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      indentUnit.of(indentationOf(file.text)),
      syntaxHighlighting(highlighting),
      await grammars[file.language](),
      wording.of(wordingFor(file.path, locale)),
      // With mixed endings every carriage return stays a character of its own, so that a save changes only what was edited.
      file.lineEnding === "mixed" ? EditorState.lineSeparator.of("\n") : [],
      styleNonce(),
      scrollPastEnd(),
      matchMedia(narrow).matches ? EditorView.lineWrapping : [],
      keymap.of([
        ...closeBracketsKeymap,
        ...defaultKeymap,
        ...searchKeymap,
        ...historyKeymap,
        indentWithTab,
      ]),
    ],
  });
}

/** Changes the language of the editor's own words. */
export function setEditorWords(view: EditorView, path: string, locale: Locale): void {
  view.dispatch({ effects: wording.reconfigure(wordingFor(path, locale)) });
}

/** What the file indents by: a tab, or the smallest run of two to eight blanks at the start of a line. */
function indentationOf(text: string): string {
  let blanks = 9;
  for (const match of text.slice(0, 50_000).matchAll(/^(\t| {2,8})\S/gm)) {
    if (match[1] === "\t") return "\t";
    blanks = Math.min(blanks, match[1]?.length ?? blanks);
  }
  return " ".repeat(blanks === 9 ? 4 : blanks);
}
