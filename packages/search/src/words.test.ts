import { describe, expect, it } from "vitest";
import { translate } from "./chinese.ts";
import { toGroups } from "./words.ts";

/** The own term of each group. */
function asked(text: string): string[] {
  return toGroups(text).map(([first]) => first?.[0] ?? "");
}

describe("toGroups", () => {
  it("asks for each word once, without what only questions have", () => {
    expect(asked("python how to read read a csv file example")).toEqual(["read", "csv", "file"]);
  });
  it("keeps a question that has nothing but such words", () => {
    expect(asked("python function")).toEqual(["python", "function"]);
  });
  it("lets words stand for each other, and two words for the one that is made of them", () => {
    const [data, frame] = toGroups("data frame");
    expect(data).toContainEqual(["datafram", 0.8]);
    expect(frame).toContainEqual(["datafram", 0.8]);
    expect(toGroups("directory")[0]).toContainEqual(["folder", 0.35]);
  });
  it("asks for Chinese in English and in Chinese", () => {
    expect(asked("读取 Excel 文件")).toEqual(["excel", "read", "file"]);
    const groups = toGroups("用魑魅魍魉读取");
    expect(groups.map(([first]) => first)).toEqual([
      ["read", 1],
      ["魑魅", 0.5],
      ["魅魍", 0.5],
      ["魍魉", 0.5],
    ]);
  });
  it("reads no more of a pasted page than its first words", () => {
    const page = Array.from(
      { length: 500 },
      (_, at) => `word${String.fromCharCode(97 + (at % 26))}${at}`,
    ).join(" ");
    expect(toGroups(page).length).toBe(24);
  });
});

describe("translate", () => {
  it("takes the longest entry at each place", () => {
    const firsts = (text: string): (string | undefined)[] =>
      translate(text).translations.map((choices) => choices[0]?.word);
    expect(firsts("线程池")).toEqual(["thread"]);
    expect(firsts("线程列表")).toEqual(["thread", "list"]);
    expect(firsts("二叉搜索树")).toEqual(["binary"]);
  });
  it("leaves what no entry covers, without the words that bind", () => {
    expect(translate("请问魑魅的文件").rest.trim()).toBe("魑魅");
  });
});
