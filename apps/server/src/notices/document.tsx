import type { Block, DifferenceLine, Inline, Language, Notice } from "@cloud-code/policy";
import type { JSX } from "hono/jsx/jsx-runtime";
import { Table } from "../pages/components.tsx";

const words = {
  contents: { en: "Contents", zh: "目录" },
  unchanged: { en: "unchanged lines left out", zh: "行未变更，已省略" },
} as const;

/** A notice as a page: its contents beside it, every section with an address of its own. */
export function NoticeDocument({ notice }: { readonly notice: Notice }): JSX.Element {
  return (
    <div class="document">
      <nav class="contents" aria-label={words.contents[notice.language]}>
        <details open>
          <summary>{words.contents[notice.language]}</summary>
          <ol>
            {notice.sections.map(({ id, heading }) => (
              <li>
                <a href={`#${id}`}>{heading}</a>
              </li>
            ))}
          </ol>
        </details>
      </nav>
      <div class="prose">
        {notice.sections.map(({ id, heading, blocks }) => (
          <section id={id} aria-labelledby={`${id}-heading`}>
            <h2 id={`${id}-heading`}>{heading}</h2>
            {blocks.map((block) => (
              <BlockOf block={block} labelledBy={`${id}-heading`} />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

function BlockOf({
  block,
  labelledBy,
}: {
  readonly block: Block;
  readonly labelledBy: string;
}): JSX.Element {
  switch (block.kind) {
    case "paragraph":
      return <p>{inlines(block.content)}</p>;
    case "list":
      return (
        <ul>
          {block.items.map((item) => (
            <li>{inlines(item)}</li>
          ))}
        </ul>
      );
    case "table":
      return <Table labelledBy={labelledBy} columns={block.columns} rows={block.rows} />;
  }
}

function inlines(content: readonly Inline[]): (string | JSX.Element)[] {
  return content.map((part) =>
    typeof part === "string" ? part : <a href={part.href}>{part.text}</a>,
  );
}

/** The changed lines of a difference, each with what was removed and added; how many equal lines lie between is said. */
export function Difference({
  lines,
  language,
}: {
  readonly lines: readonly DifferenceLine[];
  readonly language: Language;
}): JSX.Element {
  const shown: (JSX.Element | null)[] = [];
  let equal = 0;
  for (const line of [...lines, undefined]) {
    if (line !== undefined && !line.changed) {
      equal += line.passages.some(({ text }) => text !== "") ? 1 : 0;
      continue;
    }
    if (equal > 0) {
      shown.push(
        <p class="soft small">
          {equal} {words.unchanged[language]}
        </p>,
      );
      equal = 0;
    }
    if (line === undefined || line.passages.every(({ text }) => text === "")) continue;
    shown.push(
      <ul>
        <li>
          {line.passages.map(({ kind, text }) =>
            kind === "same" ? text : kind === "added" ? <ins>{text}</ins> : <del>{text}</del>,
          )}
        </li>
      </ul>,
    );
  }
  return <div class="difference stack">{shown}</div>;
}
