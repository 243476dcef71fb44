import { ChangeSet, Text } from "@codemirror/state";
import type { Suggestion } from "@cloud-code/completion";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { follow, nextWord, preferContinuation, toGhost } from "./suggestion.ts";

/** A document as a picture: `[` and `]` enclose what the suggestion replaces, `|` is the cursor. */
function parse(
  picture: string,
  text: string,
): { doc: Text; cursor: number; suggestion: Suggestion } {
  const start = picture.indexOf("[");
  const cursor = picture.replaceAll(/[[\]]/g, "").indexOf("|");
  const end = picture.replaceAll(/[[|]/g, "").indexOf("]");
  const doc = Text.of(picture.replaceAll(/[[\]|]/g, "").split("\n"));
  return {
    doc,
    cursor,
    suggestion: { text, rank: 1, probability: 0.5, source: "file", replace: { start, end } },
  };
}

describe("drawing a suggestion", () => {
  /** The expected picture has grey text in `<>` and struck text in `~~`. */
  function check(picture: string, text: string, expected: string | undefined): void {
    const { doc, cursor, suggestion } = parse(picture, text);
    const ghost = toGhost(doc, suggestion, cursor);
    let drawn = doc.toString();
    for (const piece of ghost?.pieces.toReversed() ?? [])
      drawn = `${drawn.slice(0, piece.at)}<${piece.text}>${drawn.slice(piece.at)}`;
    if (ghost?.struck)
      drawn = `${drawn.slice(0, ghost.struck.from)}~${drawn.slice(ghost.struck.from, ghost.struck.to)}~${drawn.slice(ghost.struck.to)}`;
    expect(ghost && drawn).toBe(expected);
  }

  test("what follows the typed text is grey", () => {
    check("return [|]", "value;", "return <value;>");
    check("return [val|]", "value;", "return val<ue;>");
  });

  test("brackets the editor closed by itself stay where they are", () => {
    check("log([|)]", "name);", "log(<name>)<;>");
    check("a([f(|))]", "f(x));", "a(f(<x>))<;>");
    check("log([|)]", ")", undefined);
  });

  test("a re-spelled word and dropped text are struck", () => {
    check("[vlaue|]", "value;", "~vlaue~<value;>");
    check("a[|xyz]", "b", "a~xyz~<b>");
  });
});

describe("following an edit", () => {
  function check(
    picture: string,
    text: string,
    edit: { from: number; to?: number; insert: string },
    cursor: number,
    expected: string | undefined,
  ): void {
    const { doc, suggestion } = parse(picture, text);
    const changes = ChangeSet.of(edit, doc.length);
    const after = changes.apply(doc);
    const followed = follow(suggestion, changes, after, cursor);
    const result =
      followed &&
      after
        .replace(followed.replace.start, followed.replace.end, Text.of(followed.text.split("\n")))
        .toString();
    expect(result).toBe(expected);
  }

  test("typing along keeps it", () => {
    check("return [|]", "value;", { from: 7, insert: "v" }, 8, "return value;");
    check("log([|)]", "name);", { from: 4, insert: "na" }, 6, "log(name);");
  });

  test("a bracket closed by the editor falls into the range", () => {
    check("[|]", "log(name);", { from: 0, insert: "l" }, 1, "log(name);");
    check("[log|]", "log(name);", { from: 3, insert: "()" }, 4, "log(name);");
  });

  test("deleting what was typed along keeps it", () => {
    check("return [va|]", "value;", { from: 8, to: 9, insert: "" }, 8, "return value;");
  });

  test("another letter, another place or the end of it ends it", () => {
    check("return [|]", "value;", { from: 7, insert: "x" }, 8, undefined);
    check("return [|]", "value;", { from: 0, insert: "v" }, 1, undefined);
    check("return [va|]", "value;", { from: 5, to: 6, insert: "" }, 8, undefined);
    check("return [valu|]", "value", { from: 11, insert: "e" }, 12, undefined);
  });

  test("typing any suggestion letter by letter never loses it before its end", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 2, unit: "grapheme-ascii" }),
        fc.string({ unit: "grapheme-ascii" }),
        (text, before) => {
          let doc: Text = Text.of([before]);
          let suggestion: Suggestion | undefined = {
            text,
            rank: 1,
            probability: 1,
            source: "file",
            replace: { start: before.length, end: before.length },
          };
          for (let typed = 0; typed < text.length - 1; typed++) {
            const at = before.length + typed;
            const changes = ChangeSet.of({ from: at, insert: text.charAt(typed) }, doc.length);
            doc = changes.apply(doc);
            suggestion = follow(suggestion, changes, doc, at + 1);
            if (!suggestion) throw new Error(`Lost after ${typed + 1} of ${text.length} letters.`);
            expect(toGhost(doc, suggestion, at + 1)?.pieces).toEqual([
              { at: at + 1, text: text.slice(typed + 1) },
            ]);
          }
        },
      ),
    );
  });
});

test("a word is taken with the blanks before it, punctuation by itself, and the words join to the whole", () => {
  function check(text: string, expected: readonly string[]): void {
    const words: string[] = [];
    for (let rest = text; rest !== ""; rest = rest.slice(words.at(-1)?.length))
      words.push(nextWord(rest));
    expect(words).toEqual(expected);
  }
  check("foo.bar(baz);", ["foo", ".", "bar", "(", "baz", ");"]);
  check(" = new Map<string>()", [" =", " new", " Map", "<", "string", ">()"]);
  check("数据.长度  ", ["数据", ".", "长度", "  "]);
});

test("the first in grey is the best that continues what was typed", () => {
  const { doc, cursor, suggestion } = parse("[vl|]", "value");
  expect(preferContinuation(doc, [suggestion, { ...suggestion, text: "vlan" }], cursor)).toBe(1);
  expect(preferContinuation(doc, [suggestion], cursor)).toBe(0);
});
