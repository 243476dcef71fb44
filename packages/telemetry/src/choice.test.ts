import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Choice, modeOf, parseChoices, toConsents, toLine } from "./choice.ts";

const atMs = fc.integer({ min: 0, max: 8e15 });
const anyChoice: fc.Arbitrary<Choice> = fc.oneof(
  fc.record({ mode: fc.constantFrom("off" as const, "local" as const), atMs }),
  fc.record({
    mode: fc.constant("on" as const),
    receiver: fc.webUrl(),
    noticeVersion: fc.integer({ min: 1, max: 99 }),
    atMs,
  }),
);

describe("choices", () => {
  it("are read as they were written, in order", () => {
    fc.assert(
      fc.property(fc.array(anyChoice), (choices) => {
        expect(parseChoices(choices.map(toLine).join(""))).toEqual(choices);
      }),
    );
  });

  it("[A4] are a no wherever the latest line was cut short, and the next line is whole again", () => {
    fc.assert(
      fc.property(fc.array(anyChoice), anyChoice, anyChoice, fc.nat(), (before, cut, next, at) => {
        const whole = before.map(toLine).join("");
        const line = toLine(cut);
        const short = line.slice(0, 2 + (at % (line.length - 3)));
        expect(modeOf(parseChoices(whole + short))).toBe("off");
        expect(parseChoices(whole + short + toLine(next)).at(-1)).toEqual(next);
      }),
    );
  });

  it("[A3] are a no where there are none, or none that can be understood", () => {
    const check = (text: string): void => expect(modeOf(parseChoices(text))).toBe("off");
    check("");
    check("\n\n");
    check('{"mode":"on","atMs":1}');
    check('{"mode":"on","receiver":"https://a.example","noticeVersion":1}');
    check('{"mode":"yes","atMs":1}');
    check("7");
    check("null");
  });

  it("withdraw a yes, and otherwise refuse", () => {
    const yes: Choice = { mode: "on", receiver: "https://a.example", noticeVersion: 1, atMs: 2 };
    const answers = toConsents([
      { mode: "off", atMs: 1 },
      yes,
      { mode: "local", atMs: 3 },
      { mode: "off", atMs: 4 },
    ]).map(({ answer }) => answer);
    expect(answers).toEqual(["refused", "given", "withdrawn", "refused"]);
  });
});
