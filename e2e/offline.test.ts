import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { CompletionList, InlineCompletionList } from "vscode-languageserver-protocol/node";
import type { Answer } from "../apps/assistant/src/session.ts";
import { findChromium, startBrowser, visit } from "./browser.ts";
import { command, type Copy, environment, findGap, Served } from "./lsp.ts";
import {
  type Attempt,
  createEntrance,
  isolated,
  Recorder,
  whyNotIsolated,
  whyNotRecorded,
} from "./offline.ts";
import { createProject, enterFunction, ledger, startTry } from "./try.ts";

const notIsolated = await whyNotIsolated();
const notRecorded = await whyNotRecorded();
const chromium = await findChromium();
for (const reason of [notIsolated, notRecorded]) if (reason !== undefined) console.warn(reason);

let project: Copy;

beforeEach(() => {
  project = createProject();
});

afterEach(() => {
  project.remove();
});

/** The ledger with a line begun in its last function, and the cursor behind it. */
function beginLine(): { readonly text: string; readonly offset: number } {
  const text = ledger.replace(/ {2}\n\}\n$/, "  const total\n}\n");
  return { text, offset: text.length - "\n}\n".length };
}

/** What completes that line. */
const ending = "Cents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);";

interface Ended {
  readonly pid: number;
  readonly output: string;
  /** What was said beside the answer: on a busy machine, how far indexing is. */
  readonly said: string;
}

/** Runs a command line to its end. */
async function runToEnd(words: readonly string[], input = ""): Promise<Ended> {
  const [first = "", ...rest] = words;
  const child = spawn(first, rest, {
    cwd: project.folder,
    env: environment(project),
    stdio: "pipe",
  });
  let [output, said] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(input);
  await once(child, "close");
  return { pid: child.pid ?? 0, output, said };
}

/** A program that ended after it had answered. The answer is checked too: a program that does nothing also sends nothing. */
interface Answered {
  readonly pid: number;
  readonly shown: string | undefined;
  readonly expected: string;
}

/** `cloud-code complete` on an unsaved text. */
async function completeInTerminal(wrap: readonly string[]): Promise<Answered> {
  const { text, offset } = beginLine();
  const line = text.slice(0, offset).split("\n").length;
  const cloudCode = command.slice(0, -1);
  const options = ["--file", "ledger.ts", "--workspace", ".", "--stdin", "--json"];
  const place = ["--line", String(line), "--column", "13"];
  const words = [...wrap, ...cloudCode, "complete", ...options, ...place];
  const { pid, output } = await runToEnd(words, text);
  const answer = JSON.parse(output) as Pick<Answer, "candidates">;
  return { pid, shown: answer.candidates[0]?.text, expected: ending };
}

/** A session as an editor has it: indexing, the list, ghost text, accepting, and the end. */
async function completeInEditor(wrap: readonly string[]): Promise<Answered> {
  const served = new Served(project, wrap);
  onTestFinished(() => served.stop());
  await served.initialize(project.folder);
  await served.indexed();
  const { file, lineNumber, typed, word, missing } = findGap(project);
  const lines = project.read(file).split("\n");
  lines[lineNumber] = typed;
  const uri = project.uri(file);
  served.open(uri, lines.join("\n"));
  const params = { textDocument: { uri }, position: { line: lineNumber, character: typed.length } };
  const { items } = await served.ask<CompletionList>("textDocument/completion", params);
  const context = { triggerKind: 2 };
  const inline = { ...params, context };
  const ghost = await served.ask<InlineCompletionList>("textDocument/inlineCompletion", inline);
  const { command: name, arguments: details } = ghost.items[0]?.command ?? {};
  await served.ask("workspace/executeCommand", { command: name, arguments: details });
  await served.ask("shutdown");
  served.notify("exit");
  await served.ended();
  const { pid = 0 } = served.process;
  return { pid, shown: items[0]?.textEdit?.newText, expected: word + missing };
}

describe.skipIf(notIsolated !== undefined)("in a network that has nothing but the loopback", () => {
  test("there is no way out of it", async () => {
    const { output, said } = await runToEnd([
      ...isolated,
      process.execPath,
      "-e",
      connecting("192.0.2.1", 80),
    ]);
    expect(output + said).toContain("ENETUNREACH");
  });

  test("[A2] the terminal command completes", async () => {
    const { shown, expected } = await completeInTerminal(isolated);
    expect(shown).toBe(expected);
  });

  test("[A2] an editor's session completes and accepts", async () => {
    const { shown, expected } = await completeInEditor(isolated);
    expect(shown).toBe(expected);
  });

  test.skipIf(chromium === undefined)(
    "[A2] the page completes, accepts and saves, in a browser that has no other network either",
    async () => {
      const running = await startTry(project, { wrap: isolated });
      const entrance = await createEntrance(running.pid, chromium ?? "");
      const browser = await startBrowser(entrance.path);
      try {
        const { page } = await visit(browser);
        await page.goto(running.url);
        await page.locator("[data-path='ledger.ts']").click();
        await enterFunction(page);
        await page.keyboard.type("const total");
        await page.locator(".ghost", { hasText: ending }).waitFor();
        await page.keyboard.press("Tab");
        await page.keyboard.press("Control+s");
        await expect
          .poll(() => project.read("ledger.ts"), { timeout: 10_000 })
          .toContain(`{\n  const total${ending}`);
      } finally {
        await browser.close();
        await entrance.remove();
        await running.stop();
      }
    },
  );
});

/** A script that connects, and prints the code of the error when it cannot. */
function connecting(host: string, port: number): string {
  return `require("node:net").connect(${port}, "${host}", function () { this.destroy(); }).on("error", (error) => console.log(error.code))`;
}

describe.skipIf(notRecorded !== undefined)("under a recorder of every connection", () => {
  let recorder: Recorder;

  beforeEach(async () => {
    recorder = await Recorder.create();
  });

  afterEach(async () => {
    await recorder.remove();
  });

  test("the recorder sees what a program, its threads and its children do", async () => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port.");
    const script = connecting("127.0.0.1", address.port);
    const everywhere = `
      ${script};
      new (require("node:worker_threads").Worker)(${JSON.stringify(script)}, { eval: true });
      require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(script)}]);
      const socket = require("node:dgram").createSocket("udp4");
      socket.send("x", ${address.port}, "127.0.0.1", () => socket.close());`;
    const { pid } = await runToEnd([...recorder.wrap, process.execPath, "-e", everywhere]);
    server.close();
    const attempts = await recorder.attempts(pid);
    const count = (call: string): number =>
      attempts.filter(
        (attempt) =>
          attempt.call === call && attempt.family === "AF_INET" && attempt.address === "127.0.0.1",
      ).length;
    expect(count("connect")).toBe(3);
    expect(count("sendmsg") + count("sendmmsg") + count("sendto")).toBe(1);
  });

  test.skipIf(notIsolated !== undefined)(
    "the recorder sees an attempt to leave the machine",
    async () => {
      const words = [...recorder.wrap, ...isolated, process.execPath];
      const { pid } = await runToEnd([...words, "-e", connecting("192.0.2.1", 80)]);
      expect(await recorder.attempts(pid)).toContainEqual({
        call: "connect",
        family: "AF_INET",
        address: "192.0.2.1",
      });
    },
  );

  test("[A2] the terminal command asks nothing of the network", async () => {
    const { pid, shown, expected } = await completeInTerminal(recorder.wrap);
    expect(shown).toBe(expected);
    expect(await recorder.attempts(pid)).toEqual([]);
  });

  test("[A2] an editor's session asks nothing of the network", async () => {
    const { pid, shown, expected } = await completeInEditor(recorder.wrap);
    expect(shown).toBe(expected);
    expect(await recorder.attempts(pid)).toEqual([]);
  });

  test("[A2] the page's program listens on 127.0.0.1 and connects to nothing", async () => {
    const running = await startTry(project, { wrap: recorder.wrap });
    onTestFinished(async () => void (await running.stop()));
    const address = new URL(running.url);
    const headers = {
      authorization: `Bearer ${address.hash.replace("#key=", "")}`,
      "content-type": "application/json",
    };
    const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
      const response = await fetch(new URL(path, address.origin), {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      expect(response.status).toBe(200);
      return response.json();
    };
    const opened = (await ask("GET", "/api/file?path=ledger.ts")) as { version: string };
    const begun = beginLine();
    const question = { path: "ledger.ts", ...begun };
    const answer = (await ask("POST", "/api/complete", question)) as Answer;
    expect(answer.candidates[0]?.text).toBe(ending);
    const completed = begun.text.slice(0, begun.offset) + ending + begun.text.slice(begun.offset);
    await ask("PUT", "/api/file?path=ledger.ts", { text: completed, version: opened.version });
    expect(project.read("ledger.ts")).toBe(completed);
    expect(await running.stop()).toBe(0);
    const listening: Attempt = { call: "bind", family: "AF_INET", address: "127.0.0.1" };
    expect(await recorder.attempts(running.pid)).toEqual([listening]);
  });
});
