import fc from "fast-check";
import { expect, it } from "vitest";
import { ThinkingText, withoutThoughts } from "./thinking.ts";

it("every tag that is opened is closed, and nothing is lost, however thought and answer alternate", () => {
  const word = fc.stringMatching(/^[a-z ]{0,5}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word)), (pieces) => {
      const thinking = new ThinkingText();
      const text =
        pieces.map(([thought, answer]) => thinking.add(thought, answer)).join("") + thinking.end();
      expect(text.split("<think>").length).toBe(text.split("</think>").length);
      const order = text.match(/<\/?think>/g) ?? [];
      order.forEach((tag, index) => expect(tag).toBe(index % 2 === 0 ? "<think>" : "</think>"));
      expect(text.replaceAll(/<think>\n|\n<\/think>\n\n/g, "")).toBe(pieces.flat().join(""));
      expect(thinking.end()).toBe("");
    }),
  );
});

it("earlier thoughts are taken out of the conversation", () => {
  const check = (text: string, expected: string): void =>
    expect(withoutThoughts(text)).toBe(expected);
  check("plain", "plain");
  check("<think>\na\n</think>\n\nb", "b");
  check("<think>a</think>b<think>c</think>d", "bd");
  check("b<think>never closed", "b");
});
