import type { ProductKey } from "../product.ts";
import type { Language } from "../text.ts";

/** A run of text, or a link. */
export type Inline = string | { readonly text: string; readonly href: string };

/** A paragraph, a list or a table. Cells are plain text. */
export type Block =
  | { readonly kind: "paragraph"; readonly content: readonly Inline[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

/** A part of a notice under a heading. */
export interface Section {
  /** The same in every language and release, for anchors. */
  readonly id: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** A notice in one language, as structure: a page, an editor or a terminal gives it its looks. */
export interface Notice {
  readonly product: ProductKey;
  readonly language: Language;
  readonly title: string;
  /** See `Release`. */
  readonly version: number;
  /** See `Release`. */
  readonly revision: number;
  /** `YYYY-MM-DD`. */
  readonly lastUpdated: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Version and dates in words. */
  readonly dateline: string;
  readonly sections: readonly Section[];
}

/** Prints a notice as CommonMark with pipe tables, ending in one line break. */
export function toMarkdown(notice: Notice): string {
  const parts = [`# ${escapeMarkdown(notice.title)}`, escapeMarkdown(notice.dateline)];
  for (const section of notice.sections) {
    parts.push(`## ${escapeMarkdown(section.heading)}`, ...section.blocks.map(blockToMarkdown));
  }
  return `${parts.join("\n\n")}\n`;
}

/**
 * Prints a notice as plain text, ending in one line break. The same notice always gives the same characters, so this is also the
 * form to compare and to hash.
 */
export function toPlainText(notice: Notice): string {
  const parts = [notice.title, notice.dateline];
  for (const section of notice.sections) {
    parts.push(section.heading, ...section.blocks.map(blockToPlainText));
  }
  return `${parts.join("\n\n")}\n`;
}

function blockToMarkdown(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return inlinesToMarkdown(block.content);
    case "list":
      return block.items.map((item) => `- ${inlinesToMarkdown(item)}`).join("\n");
    case "table": {
      const lines = [block.columns, block.columns.map(() => "---"), ...block.rows];
      return lines
        .map(
          (cells, index) => `| ${cells.map(index === 1 ? String : escapeMarkdown).join(" | ")} |`,
        )
        .join("\n");
    }
  }
}

function inlinesToMarkdown(content: readonly Inline[]): string {
  return content
    .map((part) =>
      typeof part === "string"
        ? escapeMarkdown(part)
        : `[${escapeMarkdown(part.text)}](<${part.href.replace(/[<>\s\\]/g, encodeURIComponent)}>)`,
    )
    .join("");
}

/** Escapes what would begin emphasis, code, a link, a tag or a cell, and keeps the text on its line. */
function escapeMarkdown(text: string): string {
  const line = text.replace(/\s*[\r\n]\s*/g, " ");
  // An underscore inside a word, as in DO_NOT_TRACK, is an underscore.
  return line.replace(/[\\`*[\]<>|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&");
}

function blockToPlainText(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return inlinesToPlainText(block.content);
    case "list":
      return block.items.map((item) => `- ${inlinesToPlainText(item)}`).join("\n");
    case "table":
      // Columns do not line up in a narrow window, so every row becomes a short record.
      return block.rows
        .map((row) => row.map((cell, index) => `${block.columns[index] ?? ""}: ${cell}`).join("\n"))
        .join("\n\n");
  }
}

function inlinesToPlainText(content: readonly Inline[]): string {
  return content
    .map((part) => (typeof part === "string" ? part : `${part.text} <${part.href}>`))
    .join("");
}
