import { describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-languageserver-protocol/node";
import { codeOf, Editor, finding, span, until, uri } from "./editor.ts";

describe("the completion list", () => {
  it("has our order, one start for all, and every fact an editor needs", async () => {
    const completionItem = { labelDetailsSupport: true };
    const editor = await Editor.start({
      capabilities: { textDocument: { completion: { completionItem } } },
    });
    const { isIncomplete, items } = await editor.list(8, { triggerKind: 2 });
    expect(isIncomplete).toBe(true);
    expect(items[0]).toEqual({
      label: "getName()",
      kind: 1,
      labelDetails: { description: "90 % · this project" },
      documentation: "Cloud Code\n90 %\nthis project",
      sortText: "0001",
      filterText: "getName",
      preselect: true,
      insertTextFormat: 1,
      textEdit: { range: span(5, 8), newText: "getName()" },
      data: { requestId: "1", rank: 1 },
      command: {
        title: "Suggestion accepted",
        command: "cloud-code.accepted",
        arguments: [{ requestId: "1", rank: 1 }],
      },
    });
    expect(items.map(({ sortText, label }) => [sortText, label])).toEqual([
      ["0001", "getName()"],
      ["0002", "getSize()"],
    ]);
  });

  it("keeps a re-spelled word in the editor's own filter, and overwrites what was closed automatically", async () => {
    const editor = await Editor.start({ text: "user.gtN)\n" });
    editor.engine.find = finding([["getName()", 0.8]], 3, 1);
    const { items } = await editor.list();
    expect(items[0]).toMatchObject({
      filterText: "gtNgetName",
      textEdit: { range: span(5, 9), newText: "getName()" },
    });
  });

  it("outlives no more than its first word, so that Enter after a finished line is a new line", async () => {
    const check = async (
      line: string,
      text: string,
      over: number,
      expected: string,
    ): Promise<void> => {
      const editor = await Editor.start({ text: `${line}\n` });
      editor.engine.find = finding([[text, 0.8]], over);
      const { items } = await editor.list(line.length);
      expect(items[0]?.filterText).toBe(expected);
    };
    await check("def f(req", "request: Request):", 3, "request");
    await check("def f(request", "request: Request):", 7, "request");
    await check("order.", "lines.map((line) => line.name);", 0, "lines");
    await check("x = ", "(one, two)", 0, "(one");
    await check("x = ", "[]", 0, "[]");
  });

  it("shows every candidate when asked by hand and the likely ones while typing", async () => {
    const editor = await Editor.start();
    const count = async (character: number, context?: object): Promise<number> =>
      (await editor.list(character, context)).items.length;
    expect(await count(8)).toBe(3);
    expect(await count(8, { triggerKind: 1 })).toBe(3);
    expect(await count(8, { triggerKind: 3 })).toBe(2);
    editor.type(2, 8, "A");
    expect(await count(9, { triggerKind: 1 })).toBe(2);
    expect(await count(9, { triggerKind: 1 })).toBe(3);
    expect(editor.sessions[0]?.questions.map(({ explicit }) => explicit)).toEqual([true, false]);
  });

  it("counts characters in the encoding the editor prefers", async () => {
    const check = async (encoding: string, character: number): Promise<void> => {
      const general = { positionEncodings: ["utf-7", encoding, "utf-16"] };
      const editor = await Editor.start({ capabilities: { general }, text: "é𝕏x.g\n" });
      expect(editor.capabilities["positionEncoding"]).toBe(encoding);
      const { items } = await editor.list(character);
      expect(editor.sessions[0]?.questions[0]?.offset).toBe(6);
      expect(items[0]?.textEdit).toEqual({
        range: span(character - 1, character),
        newText: "gName()",
      });
    };
    await check("utf-8", 9);
    await check("utf-16", 6);
    await check("utf-32", 5);
  });
});

describe("ghost text", () => {
  it("is what is likely while typing, and every candidate by hand, under the list's request id and ranks", async () => {
    const editor = await Editor.start();
    const automatic = await editor.ghost();
    expect(automatic.items).toMatchObject([{ insertText: "Name()", range: span(8, 8) }]);
    const byHand = await editor.ghost(8, { triggerKind: 1 });
    expect(byHand.items.map(({ insertText }) => insertText)).toEqual(["Name()", "Size()", "Me"]);
    const { items } = await editor.list();
    expect(byHand.items.map(({ command }) => command)).toEqual(items.map(({ command }) => command));
    expect(editor.sessions[0]?.questions.length).toBe(1);
  });

  it("extends the list's selected item over its range", async () => {
    const editor = await Editor.start();
    const selectedCompletionInfo = { range: span(5, 8), text: "getN" };
    const { items } = await editor.ghost(8, { triggerKind: 2, selectedCompletionInfo });
    expect(items).toMatchObject([{ insertText: "getName()", range: span(5, 8) }]);
  });

  it("continues another provider's selected item as if it were accepted", async () => {
    const editor = await Editor.start({ text: "user.get)\n" });
    const selectedCompletionInfo = { range: span(5, 8), text: "getter" };
    const check = async (version: number, ending: string, expected: unknown): Promise<void> => {
      const known = finding([[ending, 0.8]], 0, 1);
      editor.engine.find = (question) =>
        question.text === "user.getter)\n" ? known(question) : finding([])(question);
      editor.type(version, 0, "");
      const { items } = await editor.ghost(8, { triggerKind: 2, selectedCompletionInfo });
      expect(items.map(({ insertText, range }) => ({ insertText, range }))).toEqual(expected);
    };
    await check(2, "(1)", [{ insertText: "getter(1", range: span(5, 8) }]);
    // The parenthesis that is there cannot be overwritten inside the selected item's range.
    await check(3, "();", []);
  });

  it("is silent right after a deletion, unless asked", async () => {
    const editor = await Editor.start();
    editor.type(2, 7, "", 8);
    expect((await editor.ghost(7)).items).toEqual([]);
    expect((await editor.status()).last).toMatchObject({
      view: "ghost",
      shown: 0,
      reason: "just-deleted",
    });
    expect((await editor.ghost(7, { triggerKind: 1 })).items.length).toBe(3);
  });
});

describe("an editor that does not count versions", () => {
  it("gets answers for the text it has", async () => {
    const editor = await Editor.start();
    expect((await editor.list(8, { triggerKind: 3 })).items[0]?.label).toBe("getName()");
    editor.engine.find = finding([["()", 0.9]]);
    editor.type(1, 5, "set", 8);
    expect((await editor.list(8, { triggerKind: 3 })).items[0]?.label).toBe("set()");
    editor.engine.find = finding([["ty()", 0.9]]);
    editor.notify("textDocument/didClose", { textDocument: { uri } });
    editor.open("user.pre\n");
    expect((await editor.list(8, { triggerKind: 3 })).items[0]?.label).toBe("prety()");
  });
});

describe("accepting", () => {
  it("[A5] is counted once a request, by rank and length", async () => {
    const editor = await Editor.start();
    const { items } = await editor.list();
    const execute = (command: string, reference: unknown): Promise<unknown> =>
      editor.ask("workspace/executeCommand", { command, arguments: [reference] });
    await execute("cloud-code.accepted", items[1]?.data);
    await execute("cloud-code.accepted", items[0]?.data);
    for (const nonsense of [null, {}, { requestId: "77", rank: 1 }, { requestId: 1, rank: "1" }]) {
      await execute("cloud-code.accepted", nonsense);
    }
    await expect
      .poll(() => acceptances(editor))
      .toEqual([{ kind: "accept", rank: 2, characters: 6 }]);
    expect(await codeOf(execute("other", items[0]?.data))).toBe(-32602);
  });

  it("is counted for what was shown before the index changed", async () => {
    const editor = await Editor.start();
    const { items } = await editor.list();
    editor.sessions[0]?.become({ kind: "ready" });
    await editor.ask("workspace/executeCommand", {
      command: "cloud-code.accepted",
      arguments: [items[0]?.data],
    });
    await expect
      .poll(() => acceptances(editor))
      .toEqual([{ kind: "accept", rank: 1, characters: 6 }]);
  });
});

describe("requests in flight", () => {
  const late = { id: 900, method: "textDocument/completion" };
  const position = { line: 0, character: 4 };

  it("are answered without any work when they were cancelled before it", async () => {
    const editor = await Editor.start();
    await editor.list();
    const cancel = { method: "$/cancelRequest", params: { id: 900 } };
    const question = { ...late, params: { textDocument: { uri }, position } };
    expect(await editor.writeTogether(900, [question, cancel])).toBe(-32800);
    expect(editor.sessions[0]?.questions.length).toBe(1);
  });

  it("tell the engine when they are cancelled during it", async () => {
    const editor = await Editor.start();
    editor.engine.find = async ({ signal }) => {
      await until(() => signal?.aborted === true);
      return { candidates: [], why: "cancelled", latencyMs: 1 };
    };
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri }, position };
    const request = editor.connection.sendRequest("textDocument/completion", params, source.token);
    await until(() => editor.sessions[0]?.questions.length === 1);
    source.cancel();
    expect(await codeOf(request)).toBe(-32800);
  });

  it("give way when a newer version of the document is in the queue, without any work", async () => {
    const editor = await Editor.start();
    await editor.list();
    const question = { ...late, params: { textDocument: { uri }, position } };
    const contentChanges = [{ range: span(8, 8), text: "N" }];
    const change = {
      method: "textDocument/didChange",
      params: { textDocument: { uri, version: 2 }, contentChanges },
    };
    expect(await editor.writeTogether(900, [question, change])).toBe(-32801);
    expect(editor.sessions[0]?.questions.length).toBe(1);
    expect((await editor.list(9)).items.length).toBe(3);
  });

  it("share one question when list and ghost text come together", async () => {
    const editor = await Editor.start();
    const [list, ghost] = await Promise.all([editor.list(8, { triggerKind: 2 }), editor.ghost()]);
    expect(editor.sessions[0]?.questions.length).toBe(1);
    expect(ghost.items[0]?.command).toEqual(list.items[0]?.command);
  });

  it("are answered with nothing and a reason while a document is out of step", async () => {
    const editor = await Editor.start();
    editor.type(5, 8, "x");
    editor.type(4, 8, "x");
    expect((await editor.list()).items).toEqual([]);
    expect((await editor.status()).last).toMatchObject({ reason: "out-of-step" });
    editor.open("user.get\n");
    expect((await editor.list()).items.length).toBe(3);
  });
});

function acceptances(editor: Editor): readonly object[] {
  return editor.counted.filter(({ kind }) => kind === "accept");
}
