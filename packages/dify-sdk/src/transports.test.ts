/** The example plugin, packaged and unpacked, behind each transport, driven by the daemon double. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDeclaration } from "./declaration.ts";
import { serveHttp } from "./http.ts";
import { createPlugin } from "./plugin.ts";
import { serveRemote, type RemoteState } from "./tcp.ts";
import {
  DebuggingDaemon,
  invokeOverHttp,
  LocalDaemon,
  type Invocation,
  type Invocations,
} from "./testing/index.ts";
import { createRuntimeFiles, packFiles, readArchive, readDescription } from "./tools/index.ts";

const example = fileURLToPath(new URL("../example", import.meta.url));
let folder = "";

beforeAll(async () => {
  // Unpacked as the daemon does: plain files, no execute permission, Node from outside the package.
  folder = await mkdtemp(join(tmpdir(), "dify-example-"));
  const files = new Map([
    ...(await readDescription(example)),
    ...(await createRuntimeFiles(join(example, "main.ts"), "system")),
  ]);
  for (const [path, content] of readArchive(packFiles(files).bytes).files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o644 });
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const launch = (environment: Record<string, string> = {}): Promise<LocalDaemon> =>
  LocalDaemon.start({
    command: "python3",
    args: ["-m", "main"],
    folder,
    environment: {
      HOME: process.env["HOME"] ?? "",
      DIFY_PLUGIN_NODE: process.execPath,
      ...environment,
    },
    launchMs: 20_000,
  });

const base = { provider: "morse", credentials: { callsign: "K1ABC" } };
const telegram = (content: string, stream = true): Invocation => ({
  action: "invoke_llm",
  data: {
    ...base,
    model: "telegraph",
    model_type: "llm",
    model_parameters: null,
    prompt_messages: [{ role: "user", content }],
    tools: null,
    stop: null,
    stream,
  },
});

async function read(invocations: Invocations, invocation: Invocation): Promise<string> {
  const messages = await invocations.all(invocation);
  return messages
    .map((message) => /"content":"([^"]*)"/.exec(JSON.stringify(message))?.[1])
    .join("");
}

describe("over stdio, started by the launcher", () => {
  it("every action works, and the recording of a text is read back", async () => {
    const daemon = await launch();
    const { invocations } = daemon;
    expect(daemon.launchedInMs).toBeLessThan(5_000);
    expect(await read(invocations, telegram("sos now"))).toBe("... --- ... / -. --- .--");
    expect(await invocations.all(telegram("sos now", false))).toHaveLength(1);
    expect(
      await invocations.one({
        action: "get_llm_num_tokens",
        data: { ...base, model: "telegraph", prompt_messages: [], tools: [] },
      }),
    ).toEqual({ num_tokens: 3 });
    expect(
      await invocations.one({ action: "validate_provider_credentials", data: base }),
    ).toMatchObject({ result: true });
    await expect(
      invocations.one({
        action: "validate_provider_credentials",
        data: { ...base, credentials: {} },
      }),
    ).rejects.toMatchObject({
      errorType: "CredentialsValidateFailedError",
    });
    const embedding = await invocations.one({
      action: "invoke_text_embedding",
      data: { ...base, model: "letters", texts: ["abc", "cab"], input_type: "document" },
    });
    expect(embedding).toMatchObject({ model: "letters", usage: { total_tokens: 6 } });
    const ranking = await invocations.one({
      action: "invoke_rerank",
      data: {
        ...base,
        model: "overlap",
        query: "red fox",
        docs: ["blue", "a red fox"],
        score_threshold: 0,
        top_n: 0,
      },
    });
    expect(ranking).toMatchObject({
      docs: [{ index: 1, text: "a red fox", score: 1 }, { index: 0 }],
    });
    const sound = await invocations.all({
      action: "invoke_tts",
      data: {
        ...base,
        model: "buzzer",
        content_text: "what hath god wrought",
        voice: "600",
        tenant_id: "t",
      },
    });
    const file = sound
      .map((message) => /"result":"([0-9a-f]*)"/.exec(JSON.stringify(message))?.[1])
      .join("");
    expect(
      await invocations.one({
        action: "invoke_speech2text",
        data: { ...base, model: "receiver", file },
      }),
    ).toEqual({ result: "what hath god wrought" });
    expect(
      await invocations.one({
        action: "invoke_moderation",
        data: { ...base, model: "whisper", text: "STOP" },
      }),
    ).toEqual({ result: true });
    expect(daemon.strayLines).toEqual([]);
    await daemon.stop();
  });

  it("finishes what is in flight when the input closes, then exits with 0", async () => {
    const daemon = await launch();
    const answer = read(daemon.invocations, telegram("sos"));
    expect(await daemon.closeInput()).toBe(0);
    expect(await answer).toBe("... --- ...");
  });

  it("takes a request of 20 MB, and answers others beside it", async () => {
    const daemon = await launch();
    const large = daemon.invocations.one({
      action: "invoke_moderation",
      data: { ...base, model: "whisper", text: "A".repeat(20_000_000) },
    });
    expect(await read(daemon.invocations, telegram("e"))).toBe(".");
    expect(await large).toEqual({ result: true });
    await daemon.stop();
  });

  it("gives Node nothing of the daemon's environment but what it needs", async () => {
    const daemon = await launch({
      DB_PASSWORD: "canary-secret",
      SERVER_KEY: "canary-secret",
      HTTPS_PROXY: "http://proxy:1",
      SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
    });
    const environment = (await readFile(`/proc/${daemon.processId}/environ`, "utf8"))
      .split("\0")
      .filter(Boolean);
    expect(environment.toSorted()).toEqual([
      "HTTPS_PROXY=http://proxy:1",
      "INSTALL_METHOD=local",
      "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
    ]);
    expect(await readFile(`/proc/${daemon.processId}/limits`, "utf8")).toMatch(
      /Max core file size\s+0\s+0/,
    );
    await daemon.stop();
  });

  it("fails with one sentence when there is no Node", async () => {
    const python = await realPython();
    const start = LocalDaemon.start({
      command: python,
      args: ["-m", "main"],
      folder,
      environment: { PATH: "/nonexistent" },
      launchMs: 10_000,
    });
    await expect(start).rejects.toThrow(
      /exited with 1: Node\.js was not found\. Install Node\.js 20\.19 or newer/,
    );
  });
});

/** Version managers put a shell script before the interpreter; without a PATH only the interpreter itself runs. */
async function realPython(): Promise<string> {
  const { stdout } = await promisify(execFile)("python3", [
    "-c",
    "import sys; print(sys.executable)",
  ]);
  return stdout.trim();
}

const slowEcho = createPlugin({
  model: {
    models: {
      llm: {
        validateCredentials: async () => undefined,
        async *invoke({ messages }, { signal }) {
          yield { text: JSON.stringify(messages.length) };
          await new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(new Error("aborted"))),
          );
        },
      },
      moderation: {
        validateCredentials: async () => undefined,
        moderate: async ({ text }) => text === "bad",
      },
    },
  },
});

describe("over HTTP", () => {
  it("answers calls, reports health, refuses the rest, and stops when the caller leaves", async () => {
    const stopped: string[] = [];
    const plugin = {
      answer: (
        request: Parameters<typeof slowEcho.answer>[0],
        context: Parameters<typeof slowEcho.answer>[1],
      ) => {
        context.signal.addEventListener("abort", () => stopped.push(request.action));
        return slowEcho.answer(request, context);
      },
    };
    const server = await serveHttp(plugin, { host: "127.0.0.1", port: 0, maxRequestBytes: 10_000 });
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    const moderation = {
      action: "invoke_moderation" as const,
      data: { ...base, model: "m", text: "bad" },
    };
    const answers = [];
    for await (const answer of invokeOverHttp(url, moderation)) answers.push(answer);
    expect(answers).toEqual([{ result: true }]);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/invoke`)).status).toBe(405);
    expect((await fetch(`${url}/invoke`, { method: "POST", body: "nonsense" })).status).toBe(400);
    expect(
      (await fetch(`${url}/invoke`, { method: "POST", body: "x".repeat(10_001) })).status,
    ).toBe(413);

    const leave = new AbortController();
    const call = invokeOverHttp(url, telegram("hi"), leave.signal);
    expect((await call.next()).value).toMatchObject({ delta: { message: { content: "1" } } });
    leave.abort();
    await expect.poll(() => stopped).toEqual(["invoke_llm"]);
    server.closeAllConnections();
    server.close();
  });
});

describe("over TCP", () => {
  it("registers, serves, and dials again when the connection breaks", async () => {
    const declaration = readDeclaration(await readDescription(example));
    const daemon = await DebuggingDaemon.listen({ key: "k" });
    const stop = new AbortController();
    const states: RemoteState["kind"][] = [];
    const serving = serveRemote(slowEcho, {
      host: "127.0.0.1",
      port: daemon.port,
      key: "k",
      declaration,
      signal: stop.signal,
      onState: ({ kind }) => states.push(kind),
    });

    const first = await daemon.nextPlugin();
    expect(first.registration.manifest).toMatchObject({ author: "dify-sdk", name: "morse" });
    expect(first.registration.models).toMatchObject([
      { provider: "morse", models: [{ model: "telegraph" }, { model: "letters" }, {}, {}, {}, {}] },
    ]);
    expect([...first.registration.assets.keys()]).toEqual(["icon.svg"]);
    const moderation = {
      action: "invoke_moderation" as const,
      data: { ...base, model: "m", text: "good" },
    };
    expect(await first.invocations.one(moderation)).toEqual({ result: false });

    const open = first.invocations.all(telegram("hi"));
    first.drop();
    await expect(open).rejects.toMatchObject({ errorType: "ConnectionClosedError" });
    const second = await daemon.nextPlugin();
    expect(await second.invocations.one(moderation)).toEqual({ result: false });
    expect(states).toEqual(["connected", "lost", "connected"]);
    stop.abort();
    await serving;
    await daemon.close();
  });

  it("gives up with Dify's own sentence when the key is wrong", async () => {
    const declaration = readDeclaration(await readDescription(example));
    const daemon = await DebuggingDaemon.listen({ key: "right" });
    const states: RemoteState[] = [];
    await serveRemote(slowEcho, {
      host: "127.0.0.1",
      port: daemon.port,
      key: "wrong",
      declaration,
      onState: (state) => states.push(state),
    });
    expect(states.at(-1)).toEqual({ kind: "refused", reason: "handshake failed, invalid key" });
    await daemon.close();
  });
});
