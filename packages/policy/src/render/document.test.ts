import fc from "fast-check";
import { expect, test } from "vitest";
import type { Block, Notice } from "./document.ts";
import { toMarkdown, toPlainText } from "./document.ts";

function notice(...blocks: readonly Block[]): Notice {
  return {
    product: "gateway",
    language: "en",
    title: "Title",
    version: 1,
    revision: 0,
    lastUpdated: "2026-11-22",
    effective: "2026-11-22",
    dateline: "Version 1.0.",
    sections: [{ id: "one", heading: "One", blocks }],
  };
}

function check(block: Block, markdown: string, plainText: string): void {
  expect(toMarkdown(notice(block))).toBe(`# Title\n\nVersion 1.0.\n\n## One\n\n${markdown}\n`);
  expect(toPlainText(notice(block))).toBe(`Title\n\nVersion 1.0.\n\nOne\n\n${plainText}\n`);
}

test("paragraphs, links, lists and tables", () => {
  check(
    { kind: "paragraph", content: ["Read ", { text: "this", href: "https://a.example/b c" }, "."] },
    "Read [this](<https://a.example/b%20c>).",
    "Read this <https://a.example/b c>.",
  );
  check({ kind: "list", items: [["one"], ["two"]] }, "- one\n- two", "- one\n- two");
  check(
    {
      kind: "table",
      columns: ["A", "B"],
      rows: [
        ["1", "2"],
        ["3", "4"],
      ],
    },
    "| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |",
    "A: 1\nB: 2\n\nA: 3\nB: 4",
  );
});

test("text stays text in Markdown", () => {
  const content = ["*a* _b_ `c` [d](e) <f> g|h \\ DO_NOT_TRACK"];
  check(
    { kind: "paragraph", content },
    "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> g\\|h \\\\ DO_NOT_TRACK",
    content.join(""),
  );
});

test("whatever a cell holds, a row keeps its line and its number of cells", () => {
  const cell = fc.string({ unit: fc.constantFrom("|", "\\", "\n", "a", " ", "`", "_", "中") });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), (row) => {
      const columns = row.map(() => "x");
      const lines = toMarkdown(notice({ kind: "table", columns, rows: [row] })).split("\n");
      expect(lines).toHaveLength(10);
      const bars = (line: string | undefined): number =>
        (line ?? "").replace(/\\[\\|`_]/g, "").split("|").length;
      expect(bars(lines[8])).toBe(bars(lines[6]));
    }),
  );
});
