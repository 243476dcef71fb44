import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { codeOf, Editor, finding, root, uri } from "./editor.ts";
import type { StatusReport } from "./protocol.ts";

describe("life of a connection", () => {
  it("answers initialize once, and nothing before it or after shutdown", async () => {
    const editor = new Editor();
    expect(await codeOf(editor.list())).toBe(-32002);
    const { connection } = editor;
    const initialize = (): Promise<unknown> =>
      connection.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
    expect(await initialize()).toMatchObject({
      serverInfo: { name: "Cloud Code", version: "1.2.3" },
    });
    expect(await codeOf(initialize())).toBe(-32600);
    expect(await codeOf(connection.sendRequest("textDocument/hover", {}))).toBe(-32601);
    expect(await connection.sendRequest("shutdown")).toBeNull();
    expect(await codeOf(editor.list())).toBe(-32600);
    void connection.sendNotification("exit");
    expect(await editor.exitCode).toBe(0);
  });

  it("ends with 1 without shutdown, and when the editor is gone in the middle of a message", async () => {
    const impatient = await Editor.start();
    void impatient.connection.sendNotification("exit");
    expect(await impatient.exitCode).toBe(1);
    const dying = await Editor.start();
    await dying.list();
    dying.die("Content-Length: 900\r\n\r\n{");
    expect(await dying.exitCode).toBe(1);
    expect(dying.sessions[0]?.closed).toBe(true);
  });

  it("survives any parameters", async () => {
    const editor = await Editor.start();
    const methods = ["didOpen", "didChange", "didClose", "didSave"].map(
      (method) => `textDocument/${method}`,
    );
    const others = [
      "$/setTrace",
      "$/cancelRequest",
      "initialized",
      "textDocument/unknown",
      "$/unknown",
    ];
    const workspace = [
      "didChangeWatchedFiles",
      "didChangeConfiguration",
      "didChangeWorkspaceFolders",
    ].map((method) => `workspace/${method}`);
    for (const method of [...methods, ...others, ...workspace]) {
      for (const params of [
        undefined,
        {},
        [],
        { textDocument: null },
        { textDocument: { uri }, contentChanges: 7 },
      ]) {
        editor.notify(method, params);
      }
    }
    for (const params of [
      {},
      { textDocument: { uri } },
      { textDocument: { uri }, position: { line: -1, character: 0 } },
    ]) {
      expect(await codeOf(editor.ask("textDocument/completion", params))).toBe(-32602);
      expect(await codeOf(editor.ask("textDocument/inlineCompletion", params))).toBe(-32602);
    }
    editor.open("user.get\n");
    expect((await editor.list()).items.length).toBe(3);
  });

  it("answers initialize with any parameters", async () => {
    for (const params of [
      {},
      [],
      { capabilities: null },
      { capabilities: { textDocument: 7 }, workspaceFolders: [{}, null, { uri: "file://%%%" }] },
    ]) {
      const { connection } = new Editor();
      expect(await connection.sendRequest("initialize", params)).toMatchObject({
        capabilities: { positionEncoding: "utf-16" },
      });
    }
  });

  it("goes on after noise, and puts nothing of it in a log", async () => {
    const editor = await Editor.start();
    await editor.list();
    editor.write("SECRET\r\n\r\n");
    editor.write('Content-Length: 9\r\n\r\n{"SECRET"');
    expect((await editor.list()).items.length).toBe(3);
    await editor.wait("window/logMessage");
    expect(JSON.stringify(editor.told)).not.toContain("SECRET");
  });

  it("goes on when a session fails, and keeps the error's text to itself", async () => {
    const editor = await Editor.start();
    await editor.list();
    editor.engine.find = () => Promise.reject(new TypeError("SECRET"));
    editor.type(2, 8, "x");
    expect((await editor.list(9)).items).toEqual([]);
    expect((await editor.status()).last).toMatchObject({
      reason: "failed",
      sentence: "Completion failed; the status says more.",
    });
    expect(await editor.wait("window/logMessage")).toMatchObject([
      { message: expect.stringContaining("[session-failed]") },
    ]);
    editor.engine.find = finding([["y", 0.9]]);
    expect((await editor.list(9)).items.length).toBe(1);
    expect(JSON.stringify(editor.told)).not.toContain("SECRET");
  });

  it("goes on when a folder cannot be opened, and says so once where the person can help", async () => {
    const check = async (name: string, messages: unknown): Promise<void> => {
      const folder = join(root, name);
      const editor = await Editor.start({ folders: [folder] });
      const inside = pathToFileURL(join(folder, "b.ts")).href;
      editor.open("a.b", inside);
      expect((await editor.list(3, undefined, inside)).items).toEqual([]);
      expect((await editor.list(3, undefined, inside)).items).toEqual([]);
      expect((await editor.status()).last).toMatchObject({ reason: "failed" });
      expect(editor.told.filter(({ method }) => method === "window/showMessage")).toMatchObject(
        messages as object,
      );
      expect(JSON.stringify(editor.told)).not.toContain("SECRET");
    };
    await check("broken", []);
    await check("missing", [
      { params: { type: 1, message: expect.stringContaining("(WORKSPACE_NOT_FOUND)") } },
    ]);
  });
});

describe("settings", () => {
  it("are pulled from the editor, and decide what is registered", async () => {
    const dynamicRegistration = true;
    const editor = new Editor();
    let settings: unknown = { show: "both" };
    editor.replies.set("workspace/configuration", () => [settings]);
    const { capabilities } = await editor.connection.sendRequest<{ capabilities: object }>(
      "initialize",
      {
        processId: null,
        workspaceFolders: [{ uri: pathToFileURL(root).href, name: "x" }],
        capabilities: {
          workspace: {
            configuration: true,
            didChangeConfiguration: { dynamicRegistration },
            didChangeWatchedFiles: { dynamicRegistration },
          },
          textDocument: {
            completion: { dynamicRegistration },
            inlineCompletion: { dynamicRegistration },
          },
        },
      },
    );
    expect(capabilities).not.toHaveProperty("completionProvider");
    expect(capabilities).not.toHaveProperty("inlineCompletionProvider");
    const methods = (params: unknown): unknown => {
      const { registrations, unregisterations } = params as Record<
        string,
        { method: string }[] | undefined
      >;
      return (registrations ?? unregisterations)?.map(({ method }) => method);
    };
    editor.notify("initialized", {});
    const [first] = await editor.wait("client/registerCapability");
    expect(methods(first)).toEqual([
      "workspace/didChangeConfiguration",
      "workspace/didChangeWatchedFiles",
      "textDocument/completion",
      "textDocument/inlineCompletion",
    ]);
    expect(editor.sessions[0]?.watch).toBe(false);
    const change = async (next: unknown, method: string, count: number): Promise<unknown> => {
      settings = next;
      editor.notify("workspace/didChangeConfiguration", {
        settings: null,
      });
      return methods((await editor.wait(method, count)).at(-1));
    };
    expect(await change({ show: "list" }, "client/unregisterCapability", 1)).toEqual([
      "textDocument/inlineCompletion",
    ]);
    expect(await change({ enabled: false }, "client/unregisterCapability", 2)).toEqual([
      "textDocument/completion",
    ]);
    expect((await editor.status()).sentence).toContain("switched off");
    expect(await change({}, "client/registerCapability", 2)).toEqual([
      "textDocument/completion",
      "textDocument/inlineCompletion",
    ]);
  });

  it("come from initializationOptions or a push where the editor cannot be asked", async () => {
    const editor = await Editor.start({
      initializationOptions: { cloudCode: { candidates: 2, ghostThreshold: 0.2 } },
    });
    expect((await editor.ghost()).items.length).toBe(2);
    expect(editor.sessions[0]?.questions[0]?.limit).toBe(2);
    const push = (settings: unknown): void =>
      editor.notify("workspace/didChangeConfiguration", { settings });
    const reason = async (settings: unknown, request: () => Promise<unknown>): Promise<unknown> => {
      push(settings);
      await request();
      return (await editor.status()).last?.reason;
    };
    expect(await reason({ cloudCode: { enabled: false } }, () => editor.list())).toBe("off");
    expect(
      await reason({ cloudCode: { languages: { typescript: false } } }, () => editor.list()),
    ).toBe("language-off");
    expect(await reason({ cloudCode: { show: "ghost" } }, () => editor.list())).toBe("view-off");
    expect(await reason({ cloudCode: { show: "list" } }, () => editor.ghost())).toBe("view-off");
    expect(await reason({ cloudCode: { ghostThreshold: 0.95 } }, () => editor.ghost())).toBe(
      "below-threshold",
    );
    expect(
      await reason({ cloudCode: { show: "everything" } }, () => editor.ghost()),
    ).toBeUndefined();
    expect(await editor.wait("window/showMessage")).toMatchObject([
      { type: 2, message: expect.stringContaining("cloudCode.show") },
    ]);
  });
});

describe("workspace folders", () => {
  it("have a session each; the innermost answers, and one that is removed is closed", async () => {
    const inner = join(root, "packages", "inner");
    const editor = await Editor.start({ folders: [root, inner] });
    const innerUri = pathToFileURL(join(inner, "src", "b.ts")).href;
    editor.open("a.b", innerUri);
    await editor.list(3, undefined, innerUri);
    const [outer, second] = editor.sessions;
    expect([outer?.questions.length, second?.questions[0]?.path]).toEqual([0, "src/b.ts"]);
    const folder = { uri: pathToFileURL(inner).href, name: "inner" };
    editor.notify("workspace/didChangeWorkspaceFolders", {
      event: { added: [], removed: [folder] },
    });
    await editor.list(3, undefined, innerUri);
    expect(outer?.questions[0]?.path).toBe("packages/inner/src/b.ts");
    expect(second?.closed).toBe(true);
    const changes = [{ uri: innerUri, type: 2 }];
    editor.notify("workspace/didChangeWatchedFiles", { changes });
    await editor.list();
    expect(outer?.changes).toEqual(["packages/inner/src/b.ts"]);
  });

  it("lend a document outside them its repository, for as long as it is open", async () => {
    const repository = mkdtempSync(join(tmpdir(), "cloud-code-lsp-"));
    mkdirSync(join(repository, ".git"));
    mkdirSync(join(repository, "lib"));
    writeFileSync(join(repository, "lib", "c.py"), "");
    const editor = await Editor.start();
    const outside = pathToFileURL(join(repository, "lib", "c.py")).href;
    editor.open("a.b", outside, "python");
    expect((await editor.list(3, undefined, outside)).items.length).toBe(3);
    expect(editor.sessions.map((session) => session.root)).toEqual([root, repository]);
    editor.notify("textDocument/didClose", {
      textDocument: { uri: outside },
    });
    await editor.list();
    expect(editor.sessions.map(({ closed }) => closed)).toEqual([false, true]);
    rmSync(repository, { recursive: true });
  });

  it("are not needed: a document outside any project is answered from itself alone, and a secret is still known for one", async () => {
    const editor = await Editor.start({ folders: [] });
    const nowhere = pathToFileURL(join(tmpdir(), ".ssh", "d.py")).href;
    editor.open("a.b", nowhere, "python");
    await editor.list(3, undefined, nowhere);
    await editor.list();
    const [session, ...others] = editor.sessions;
    expect(others).toEqual([]);
    expect(session?.questions[0]?.path).toMatch(/\/\.ssh\/d\.py$/);
    expect((await editor.status()).sessions).toEqual([]);
    const folder = session?.root ?? "";
    expect(readdirSync(folder)).toEqual([]);
    await editor.ask("shutdown", undefined);
    expect(existsSync(folder)).toBe(false);
  });

  it("answer for a document that has no file yet, under a name of its language", async () => {
    const editor = await Editor.start();
    for (const [name, languageId] of [
      ["untitled:Untitled-1", "python"],
      ["untitled:/x/%2Eenv", "python"],
      ["untitled:", "java"],
    ] as const) {
      editor.open("a.b", name, languageId);
      await editor.list(3, undefined, name);
    }
    expect(editor.sessions[0]?.questions.map(({ path }) => path)).toEqual([
      "Untitled-1.py",
      ".env",
      "Untitled.java",
    ]);
  });
});

describe("status", () => {
  it("is told to editors that want it, in their language, with progress for those that show it", async () => {
    const editor = await Editor.start({
      locale: "zh-cn",
      capabilities: {
        window: { workDoneProgress: true },
        experimental: { cloudCode: { status: true } },
      },
    });
    await editor.list();
    const session = editor.sessions[0];
    session?.become({ kind: "indexing", filesDone: 1, filesTotal: 4 });
    await editor.wait("window/workDoneProgress/create");
    await pause(150);
    session?.become({ kind: "indexing", filesDone: 2, filesTotal: 4 });
    await pause(150);
    session?.become({ kind: "ready" });
    await pause(150);
    const reports = (await editor.wait("cloud-code/status")) as StatusReport[];
    expect(reports.map(({ sentence }) => sentence)).toContain("正在建立索引：1/4 个文件");
    expect(reports.at(-1)?.sessions[0]?.activity).toEqual({ kind: "ready" });
    const progress = (await editor.wait("$/progress", 3)).map(
      (params) => (params as { value: unknown }).value,
    );
    expect(progress).toEqual([
      {
        kind: "begin",
        title: "Cloud Code：正在建立索引",
        cancellable: false,
        message: "1/4",
        percentage: 25,
      },
      { kind: "report", message: "2/4", percentage: 50 },
      { kind: "end" },
    ]);
    if (session !== undefined) {
      session.notices = [{ code: "INDEXER_FAILED", details: { reason: "ENOMEM" } }];
    }
    session?.become({ kind: "failed", code: "INDEXER_FAILED", message: "Indexing stopped." });
    session?.become({ kind: "failed", code: "INDEXER_FAILED", message: "Indexing stopped." });
    await pause(150);
    expect(await editor.wait("window/showMessage")).toEqual([
      {
        type: 1,
        message: expect.stringMatching(
          /^Cloud Code: 索引过程已停止（ENOMEM）.*\(INDEXER_FAILED\)$/,
        ),
      },
    ]);
  });

  it("is not pushed to a bare editor, which can ask for it", async () => {
    const editor = await Editor.start();
    await editor.list();
    editor.engine.find = () => ({ candidates: [], why: "refused-file", latencyMs: 0 });
    editor.type(2, 8, "x");
    await editor.list(9);
    await pause(150);
    expect(editor.told.map(({ method }) => method)).not.toContain("cloud-code/status");
    const report = await editor.status();
    expect(report.last).toEqual({
      view: "list",
      shown: 0,
      reason: "refused-file",
      sentence: "Files with this name may hold secrets, so they are left alone.",
      latencyMs: 0,
    });
    expect(report.sentence).toBe(report.last?.sentence);
  });

  it("traces requests by number and time alone", async () => {
    const editor = await Editor.start({ text: "SECRET.get\n" });
    editor.notify("$/setTrace", { value: "verbose" });
    await editor.list(10);
    expect(await editor.wait("$/logTrace")).toEqual([{ message: "list: 3 shown in 1.5 ms" }]);
    expect(JSON.stringify(editor.told)).not.toContain("SECRET");
  });
});
