import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complete } from "./complete.ts";
import { encodeSegment } from "./codec.ts";
import { Project } from "./project.ts";
import { buildSegment } from "./segment.ts";
import type { SourceFile, CountErrors } from "./suggestion.ts";

const NO_PARSER: CountErrors = () => undefined;

const LINES = [
  "total = 0",
  "for item in items:",
  "    total += item.price",
  "return total",
  "print(total)",
];

function toFile(path: string, lines: readonly number[]): SourceFile {
  const text = lines.map((line) => `${LINES[line] ?? ""}\n`).join("");
  return { path, language: "python", stamp: lines.join(), text };
}

describe("a project", () => {
  const change = fc.record({
    path: fc.constantFrom("a.py", "b.py", "c.py"),
    lines: fc.option(fc.array(fc.nat(LINES.length - 1), { maxLength: 6 })),
  });

  it("after any edits holds exactly what an index from scratch holds", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const project = new Project();
        const live = new Map<string, SourceFile>();
        for (const { path, lines } of changes) {
          live.delete(path);
          if (lines === null) {
            project.hide(path);
          } else {
            live.set(path, toFile(path, lines));
            project.attach(buildSegment([toFile(path, lines)]));
          }
        }
        const files = [...live.values()];
        expect(new Map(project.stamps())).toEqual(
          new Map(files.map(({ path, stamp }) => [path, stamp])),
        );
        expect(encodeSegment(project.compact())).toEqual(encodeSegment(buildSegment(files)));
        expect(project.tokenCount).toBe(buildSegment(files).tokens.length);
        expect(project.segmentCount).toBeLessThanOrEqual(files.length + 1);
      }),
    );
  });

  it("answers the same in many segments as in one", () => {
    const files = ["a.py", "b.py", "c.py"].map((path, i) => toFile(path, [0, 1, 2, 3, 4].slice(i)));
    const many = new Project();
    for (const file of files) many.attach(buildSegment([file]));
    const one = new Project();
    one.attach(many.compact());
    const text = "for item in items:\n    total +";
    const ask = (project: Project): unknown =>
      complete(
        project,
        { path: "new.py", language: "python", text, offset: text.length },
        NO_PARSER,
      ).candidates.map(({ text: insert, probability }) => [insert, probability.toFixed(6)]);
    expect(ask(many)).toEqual(ask(one));
    expect(ask(one)).toMatchObject({ 0: ["= item.price", expect.any(String)] });
  });

  it("forgets a file that was deleted or replaced", () => {
    const project = new Project();
    project.attach(
      buildSegment([{ path: "a.py", language: "python", stamp: "1", text: "secret_word(1)\n" }]),
    );
    project.attach(
      buildSegment([{ path: "a.py", language: "python", stamp: "2", text: "public_word(2)\n" }]),
    );
    const ask = (text: string): readonly string[] =>
      complete(
        project,
        { path: "b.py", language: "python", text, offset: text.length },
        NO_PARSER,
      ).candidates.map((candidate) => candidate.text);
    expect(ask("secret_")).toEqual([]);
    expect(ask("public_")).toEqual(["word(2)"]);
    project.hide("a.py");
    expect(ask("public_")).toEqual([]);
    expect(project.segmentCount).toBe(0);
  });
});
