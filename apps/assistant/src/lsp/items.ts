import type { Suggestion } from "@cloud-code/completion";
import { CompletionItemKind, InsertTextFormat } from "vscode-languageserver-protocol/node";
import type {
  Command,
  CompletionItem,
  InlineCompletionItem,
} from "vscode-languageserver-protocol/node";
import type { Locale } from "../words.ts";
import type { Asked } from "./answers.ts";
import type { OpenDocument } from "./document.ts";
import { wordAccepted, wordProbability, wordSource } from "./words.ts";

/** The command that an editor runs after it inserted a suggestion; its one argument is an {@link AcceptedReference}. */
export const acceptedCommand = "cloud-code.accepted";

/** Which suggestion was accepted: `data` of a list item, and the argument of {@link acceptedCommand}. */
interface AcceptedReference {
  readonly requestId: string;
  readonly rank: number;
  /** How much of it was inserted, where that was not all: UTF-16 units. The editor's extension adds it. */
  readonly characters?: number;
}

/** A longer word is no identifier; looking further back would make a 50 MB line slow. */
const maxWord = 256;

/** A stretch of the document and what it becomes. Offsets are UTF-16 units. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a list item needs to know beside the suggestion. */
export interface ListStyle {
  readonly locale: Locale;
  /** Whether the editor shows `labelDetails`; others get the same words in `detail`. */
  readonly labelDetails: boolean;
  /** From this probability on, the first item is selected beforehand. */
  readonly preselectFrom: number;
}

/**
 * The suggestions as a list, in their order.
 *
 * With `user.na|` before the cursor and the suggestion "me);", the item is "name);" over "na": every item starts where the half-typed
 * word starts, because editors filter by the text between the start of the range and the cursor, and Neovim wants one start for all.
 */
export function toListItems(
  document: OpenDocument,
  offset: number,
  asked: Asked,
  shown: readonly Suggestion[],
  style: ListStyle,
): CompletionItem[] {
  const { text } = document;
  const starts = shown.map((suggestion) => suggestion.replace.start);
  const start = Math.min(wordStart(text, offset), ...starts);
  const typed = text.slice(start, offset);
  return shown.map((suggestion) => {
    const edit = startAt(text, start, toEdit(suggestion));
    const facts = [
      wordProbability(suggestion.probability, style.locale),
      wordSource(suggestion.source, style.locale),
    ];
    const description = facts.join(" · ");
    return {
      label: edit.text,
      kind: CompletionItemKind.Text,
      ...(style.labelDetails ? { labelDetails: { description } } : { detail: description }),
      documentation: ["Cloud Code", ...facts].join("\n"),
      sortText: String(suggestion.rank).padStart(4, "0"),
      filterText: toFilter(typed, edit.text),
      ...(suggestion.rank === 1 && suggestion.probability >= style.preselectFrom
        ? { preselect: true }
        : {}),
      insertTextFormat: InsertTextFormat.PlainText,
      textEdit: toTextEdit(document, edit),
      data: toReference(asked, suggestion),
      command: toCommand(asked, suggestion, style.locale),
    };
  });
}

/**
 * What the editor filters an item by while the person goes on typing: no more than its first word. With all of "request: Request):" the item
 * would outlive a typed "request):", whose letters are all in it, and take the next Enter for itself.
 */
function toFilter(typed: string, text: string): string {
  // A re-spelled word does not begin with what was typed; said so here, it survives the filter.
  if (!text.startsWith(typed)) return typed + (firstWord.exec(text)?.[0] ?? text);
  const rest = text.slice(typed.length);
  const goesOn = typed === "" ? firstWord : restOfWord;
  return typed + (goesOn.exec(rest)?.[0] ?? "");
}

/** What stands before the first word belongs to it: an item is filtered by something. */
const firstWord = /^[^\p{L}\p{N}_$]*[\p{L}\p{N}_$]*/u;
const restOfWord = /^[\p{L}\p{N}_$]*/u;

/** The suggestions as ghost text, in their order. */
export function toInlineItems(
  document: OpenDocument,
  asked: Asked,
  shown: readonly Suggestion[],
  locale: Locale,
): InlineCompletionItem[] {
  return shown.map((suggestion) =>
    toInlineItem(document, asked, suggestion, toEdit(suggestion), locale),
  );
}

/** The list's selected item: accepting it makes `start … end` of the document `text`. */
export interface Selected extends Edit {
  /** The document's text as it would be with the item accepted. */
  readonly after: string;
}

/** The suggestions that begin with the list's selected text, over exactly its range, as the protocol demands. */
export function toExtendingItems(
  document: OpenDocument,
  asked: Asked,
  shown: readonly Suggestion[],
  selected: Selected,
  locale: Locale,
): InlineCompletionItem[] {
  return shown.flatMap((suggestion) => {
    const edit = extend(document.text, toEdit(suggestion), selected);
    return edit === undefined ? [] : [toInlineItem(document, asked, suggestion, edit, locale)];
  });
}

/** As {@link toExtendingItems}, for suggestions that were asked of the text with the selected item accepted (`selected.after`). */
export function toContinuingItems(
  document: OpenDocument,
  asked: Asked,
  shown: readonly Suggestion[],
  selected: Selected,
  locale: Locale,
): InlineCompletionItem[] {
  const accepted = {
    start: selected.start,
    end: selected.start + selected.text.length,
    text: selected.text,
  };
  return shown.flatMap((suggestion) => {
    const edit = extend(selected.after, toEdit(suggestion), accepted);
    if (edit === undefined) return [];
    const over = { ...edit, end: selected.end };
    return [toInlineItem(document, asked, suggestion, over, locale)];
  });
}

/** Rewrites `edit` so that it replaces exactly the range of `selected` and begins with its text; undefined when it cannot. */
function extend(text: string, edit: Edit, selected: Edit): Edit | undefined {
  if (edit.start < selected.start) return undefined;
  const whole = startAt(text, selected.start, edit);
  // What the suggestion overwrites behind the selected range can only stay where the suggestion ends in the same characters.
  const behind = text.slice(selected.end, Math.max(edit.end, selected.end));
  const kept = text.slice(edit.end, Math.max(edit.end, selected.end));
  if (!whole.text.endsWith(behind)) return undefined;
  const result = whole.text.slice(0, whole.text.length - behind.length) + kept;
  const grows = result.length > selected.text.length && result.startsWith(selected.text);
  return grows ? { start: selected.start, end: selected.end, text: result } : undefined;
}

function toInlineItem(
  document: OpenDocument,
  asked: Asked,
  suggestion: Suggestion,
  edit: Edit,
  locale: Locale,
): InlineCompletionItem {
  const { range, newText } = toTextEdit(document, edit);
  return { insertText: newText, range, command: toCommand(asked, suggestion, locale) };
}

function toTextEdit(
  document: OpenDocument,
  edit: Edit,
): { range: { start: Position; end: Position }; newText: string } {
  return {
    range: { start: document.positionAt(edit.start), end: document.positionAt(edit.end) },
    newText: edit.text,
  };
}

type Position = ReturnType<OpenDocument["positionAt"]>;

function toEdit(suggestion: Suggestion): Edit {
  return { start: suggestion.replace.start, end: suggestion.replace.end, text: suggestion.text };
}

/** The same edit begun earlier, at `start`. */
function startAt(text: string, start: number, edit: Edit): Edit {
  return { start, end: edit.end, text: text.slice(start, edit.start) + edit.text };
}

function toReference(asked: Asked, suggestion: Suggestion): AcceptedReference {
  return { requestId: asked.requestId, rank: suggestion.rank };
}

function toCommand(asked: Asked, suggestion: Suggestion, locale: Locale): Command {
  return {
    title: wordAccepted(locale),
    command: acceptedCommand,
    arguments: [toReference(asked, suggestion)],
  };
}

function wordStart(text: string, offset: number): number {
  const line = text.slice(
    Math.max(text.lastIndexOf("\n", offset - 1) + 1, offset - maxWord),
    offset,
  );
  return offset - (/[\p{L}\p{N}_$]*$/u.exec(line)?.[0].length ?? 0);
}
