import type { Language, Text } from "../text.ts";
import type { Block, Inline, Section } from "./document.ts";

/** A run of text or a link in both languages; a link may lead to a page per language. */
export type InlineDraft = Text | { readonly text: Text; readonly href: Text };

/** A block in both languages. */
export type BlockDraft =
  | { readonly kind: "paragraph"; readonly content: readonly InlineDraft[] }
  | { readonly kind: "list"; readonly items: readonly (readonly InlineDraft[])[] }
  | {
      readonly kind: "table";
      readonly columns: readonly Text[];
      readonly rows: readonly (readonly Text[])[];
    };

/** A section in both languages. */
export interface SectionDraft {
  readonly id: string;
  readonly heading: Text;
  readonly blocks: readonly BlockDraft[];
}

/** A paragraph of runs that follow each other without a space of their own. */
export function paragraph(...content: readonly InlineDraft[]): BlockDraft {
  return { kind: "paragraph", content };
}

/** A list of texts. */
export function list(items: readonly Text[]): BlockDraft {
  return { kind: "list", items: items.map((item) => [item]) };
}

/** Joins texts, each language with its own separator. */
export function join(texts: readonly Text[], separator: Text): Text {
  return {
    en: texts.map((text) => text.en).join(separator.en),
    zh: texts.map((text) => text.zh).join(separator.zh),
  };
}

/** Takes one language out of a section. */
export function inLanguage(draft: SectionDraft, language: Language): Section {
  return {
    id: draft.id,
    heading: draft.heading[language],
    blocks: draft.blocks.map((block) => blockIn(block, language)),
  };
}

function blockIn(block: BlockDraft, language: Language): Block {
  switch (block.kind) {
    case "paragraph":
      return { kind: "paragraph", content: inlinesIn(block.content, language) };
    case "list":
      return { kind: "list", items: block.items.map((item) => inlinesIn(item, language)) };
    case "table":
      return {
        kind: "table",
        columns: block.columns.map((text) => text[language]),
        rows: block.rows.map((row) => row.map((text) => text[language])),
      };
  }
}

function inlinesIn(content: readonly InlineDraft[], language: Language): readonly Inline[] {
  return content.map((part) =>
    "href" in part ? { text: part.text[language], href: part.href[language] } : part[language],
  );
}
