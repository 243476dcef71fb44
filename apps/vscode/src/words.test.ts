import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

// What people read is in two languages, wherever the editor looks for it.

const folder = new URL("../", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

function keysOf(name: string): string[] {
  return Object.keys(JSON.parse(read(name)) as object).toSorted();
}

test("every sentence of the code has words in Chinese, and no other has", () => {
  const used = new Set<string>();
  for (const name of readdirSync(new URL("src/", folder)).filter(
    (each) => !each.includes(".test."),
  ))
    for (const [, sentence] of read(`src/${name}`).matchAll(/l10n\.t\(\s*("(?:[^"\\]|\\.)*")/g))
      used.add(JSON.parse(sentence ?? '""') as string);
  expect(used.size).toBeGreaterThan(50);
  expect(keysOf("l10n/bundle.l10n.zh-cn.json")).toEqual([...used].toSorted());
});

test("every place that is left for a value has one in Chinese too", () => {
  const words = JSON.parse(read("l10n/bundle.l10n.zh-cn.json")) as Record<string, string>;
  const places = (text: string): string[] => (text.match(/\{\d\}|\$\([\w~-]+\)/g) ?? []).toSorted();
  for (const [english, chinese] of Object.entries(words))
    expect(places(chinese), english).toEqual(places(english));
});

test("every key of the manifest has words in English and Chinese, and no other has", () => {
  const used = [...read("package.json").matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? "");
  const expected = [...new Set(used)].toSorted();
  expect(keysOf("package.nls.json")).toEqual(expected);
  expect(keysOf("package.nls.zh-cn.json")).toEqual(expected);
});

test("every command of the manifest is registered, and every other one is the editor's own", () => {
  const { contributes } = JSON.parse(read("package.json")) as {
    contributes: { commands: { command: string }[]; keybindings: { command: string }[] };
  };
  const declared = contributes.commands.map(({ command }) => command.replace("cloudCode.", ""));
  const deeds = /deeds: Readonly<.*?> = \{(.*?)\n  \};/s.exec(read("src/main.ts"))?.[1] ?? "";
  const registered = [...deeds.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
  expect(registered.toSorted()).toEqual(declared.toSorted());
  for (const { command } of contributes.keybindings)
    if (command.startsWith("cloudCode."))
      expect(declared).toContain(command.replace("cloudCode.", ""));
});

test("nothing wakes the extension but a file of a language it knows", () => {
  const { activationEvents } = JSON.parse(read("package.json")) as { activationEvents: string[] };
  for (const event of activationEvents) expect(event).toMatch(/^onLanguage:[\w-]+$/);
  expect(new Set(activationEvents).size).toBe(activationEvents.length);
});
