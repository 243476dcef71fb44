import { describe, expect, it } from "vitest";
import { complete } from "./complete.ts";
import { Project } from "./project.ts";
import { buildSegment } from "./segment.ts";
import type { CompletionRequest, CompletionResult, CountErrors } from "./suggestion.ts";

const SHOP = `
class Cart:
    def total(self):
        amount = 0
        for item in self.items:
            amount += item.price * item.count
        return amount

    def weight(self):
        amount = 0
        for item in self.items:
            amount += item.weight * item.count
        return amount
`;

const NO_PARSER: CountErrors = () => undefined;

function projectOf(...texts: readonly string[]): Project {
  const project = new Project();
  const files = texts.map((text, i) => ({
    path: `${i}.py`,
    language: "python" as const,
    stamp: "",
    text,
  }));
  project.attach(buildSegment(files));
  return project;
}

/** Completes at the `▮` of `text`. */
function ask(
  text: string,
  project: Project = projectOf(SHOP),
  syntax: CountErrors = NO_PARSER,
  more: Partial<CompletionRequest> = {},
): CompletionResult {
  const offset = text.indexOf("▮");
  const document = text.replace("▮", "");
  return complete(
    project,
    { path: "new.py", language: "python", text: document, offset, ...more },
    syntax,
  );
}

/** The document after taking the first suggestion. */
function take(text: string, result: CompletionResult): string {
  const [first] = result.candidates;
  const document = text.replace("▮", "");
  return first === undefined
    ? document
    : document.slice(0, first.replace.start) + first.text + document.slice(first.replace.end);
}

describe("completing a line", () => {
  function check(text: string, expected: string, project?: Project): void {
    expect(take(text, ask(text, project))).toBe(expected);
  }

  it("suggests what the project does in such a place", () => {
    check("for ▮", "for item in self.items:");
    check("x = 1\nfor item▮", "x = 1\nfor item in self.items:");
    const loop = "def sum(self):\n    for item in self.items:\n        amount ";
    check(`${loop}▮`, `${loop}+= item.price * item.count`);
  });

  it("learns from the document itself, above and below the cursor", () => {
    const empty = projectOf("");
    check(
      "connect(host, port)\nx\nconnect(▮",
      "connect(host, port)\nx\nconnect(host, port)",
      empty,
    );
    const below = "y\nconnect(host, port)\n";
    check(`x\nconnect(▮\n${below}`, `x\nconnect(host, port)\n${below}`, empty);
  });

  it("carries exchanged names over", () => {
    const text = "self.width = width\nself.depth = depth\nself.height = ▮";
    check(`height = 3\n${text}`, `height = 3\n${text.replace("▮", "height")}`, projectOf(""));
  });

  it("completes half-typed words by prefix, in another case and by humps", () => {
    const project = projectOf("raise NullPointerError(name)\nraise NullPointerError(name)\n");
    check("raise Null▮", "raise NullPointerError(name)", project);
    check("raise null▮", "raise NullPointerError(name)", project);
    check("raise nPE▮", "raise NullPointerError(name)", project);
  });

  it("types over what the editor closed, and stops before code", () => {
    const project = projectOf("open(path, mode)\nopen(path, mode)\n");
    check("open(▮)", "open(path, mode)", project);
    check("open(▮, mode)", "open(path, mode)", project);
  });
});

describe("a list of suggestions", () => {
  it("is ranked by probability, without doubles, and no longer than asked", () => {
    const { candidates } = ask("            amount += item.▮", undefined, undefined, { limit: 2 });
    expect(candidates.map(({ text }) => text)).toEqual([
      "price * item.count",
      "weight * item.count",
    ]);
    expect(candidates.map(({ rank }) => rank)).toEqual([1, 2]);
    const [first, second] = candidates.map(({ probability }) => probability) as [number, number];
    expect(first).toBeGreaterThanOrEqual(second);
    expect(first).toBeLessThan(1);
  });

  it("is the same for the same question", () => {
    const project = projectOf(SHOP);
    expect(ask("for ▮", project)).toEqual(ask("for ▮", project));
  });

  it("holds nothing that the parser refuses", () => {
    const refuses = (word: string): CountErrors => {
      return (_start, _end, text) => (text.includes(word) ? 1 : 0);
    };
    const shown = ask("            amount += item.▮", undefined, refuses("price")).candidates;
    expect(shown.map(({ text }) => text)).toContain("weight * item.count");
    expect(shown.some(({ text }) => text.includes("price"))).toBe(false);
  });

  it("leaves errors alone that stand elsewhere", () => {
    const syntax: CountErrors = () => 2;
    expect(ask("for ▮", undefined, syntax).candidates).not.toEqual([]);
  });

  it("goes on inside a block whose end is not written yet", () => {
    const project = new Project();
    const source = "function f() {\n  const total = sum(items);\n}\n";
    project.attach(
      buildSegment([{ path: "a.ts", language: "typescript", stamp: "", text: source }]),
    );
    const text = "function g() {\n  const tot";
    const balance: CountErrors = (start, end, insert) => {
      const whole = text.slice(0, start) + insert + text.slice(end);
      return Math.abs(whole.split("{").length - whole.split("}").length);
    };
    const request = { path: "b.ts", language: "typescript" as const, text, offset: text.length };
    expect(complete(project, request, balance).candidates[0]?.text).toBe("al = sum(items);");
  });

  it("closes brackets where the parser wants them closed", () => {
    const wantsClosed: CountErrors = (_start, _end, text) =>
      text.split("(").length === text.split(")").length ? 0 : 1;
    const project = projectOf("items = sorted(\n    items)\nitems = sorted(\n    items)\n");
    expect(take("items ▮", ask("items ▮", project, wantsClosed))).toBe("items = sorted()");
  });
});

describe("silence", () => {
  function check(
    text: string,
    why: string,
    more: Partial<CompletionRequest> = {},
    syntax = NO_PARSER,
  ): void {
    expect([text, ask(text, undefined, syntax, more)]).toEqual([text, { candidates: [], why }]);
  }

  it("always has a reason", () => {
    check("# for ▮", "inside-comment");
    check('x = "for ▮', "inside-string");
    check('x = """\nfor ▮', "inside-string");
    check("fo▮r", "inside-word");
    check("zebra %▮", "no-evidence");
    check("for ▮", "cancelled", { signal: { aborted: true } });
    check("for ▮", "all-rejected-by-parser", {}, (_start, _end, text) => (text === "" ? 0 : 9));
  });

  it("says when the parser ran out of time", () => {
    let trials = 0;
    check("for ▮", "out-of-time", {}, (_start, _end, text) => {
      trials += 1;
      return trials > 2 ? undefined : text === "" ? 1 : 2;
    });
  });

  it("ends inside a word when the person asks by hand", () => {
    expect(ask("fo▮r item in self.items:", undefined, NO_PARSER, { explicit: true }).why).not.toBe(
      "inside-word",
    );
  });
});

describe("any cursor in any text", () => {
  it("is answered", () => {
    const project = projectOf(SHOP);
    for (const text of [
      "",
      "\n",
      "\r\n",
      "\u0000",
      "\ud800",
      "(((((",
      "))))",
      "x".repeat(100_000),
      '"'.repeat(99),
    ]) {
      for (const offset of new Set([0, text.length >> 1, text.length])) {
        const result = complete(
          project,
          { path: "x.py", language: "python", text, offset },
          NO_PARSER,
        );
        expect(result.candidates.length > 0 || result.why !== undefined).toBe(true);
      }
    }
  });
});
