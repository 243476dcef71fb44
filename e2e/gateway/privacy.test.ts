/**
 * The promises, tried on the program itself in a process of its own: everything that could hold content afterwards is
 * searched for strings that were sent through it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { request as open } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ItemKey, inventory } from "@cloud-code/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashKey } from "@cloud-code/models";
import { Provider } from "./provider.ts";
import { key, usualConfig } from "./start.ts";

const root = new URL("../..", import.meta.url).pathname;
const program = join(root, "apps/gateway/bin/cloud-code-gateway.js");
const question = "CANARY-QUESTION-7f3a";
const answer = "CANARY-ANSWER-9c1b";
const providerKey = "sk-CANARY-PROVIDER-51d0";
const canaries = [question, answer, providerKey, key, "CANARY-HEADER-22aa"];
/** As they might be found when somebody encoded them on the way. */
const needles = canaries.flatMap((text) => [
  text,
  Buffer.from(text).toString("base64").slice(4, -4),
  Buffer.from(text, "utf16le").toString("latin1"),
]);

let provider: Provider;
let folder = "";
let child: ChildProcess;
let output = "";
let port = 0;

beforeAll(async () => {
  if (!existsSync(join(root, "apps/gateway/dist/program.js")))
    throw new Error("build first: npm run build");
  provider = await new Provider().listen();
  provider.secret = answer;
  folder = mkdtempSync(join(tmpdir(), "gateway-privacy-"));
  mkdirSync(join(folder, "work"));
  writeFileSync(join(folder, "gateway.yaml"), `log: { level: info }\n${usualConfig(provider.url)}`);
  port = await start();
});
afterAll(async () => {
  child.kill("SIGKILL");
  await provider.close();
  rmSync(folder, { recursive: true });
});

async function start(...nodeArguments: string[]): Promise<number> {
  const args = [
    ...nodeArguments,
    "--heapsnapshot-signal=SIGUSR2",
    "--expose-gc",
    program,
    "run",
    "--config",
    join(folder, "gateway.yaml"),
  ];
  child = spawn(process.execPath, args, {
    cwd: join(folder, "work"),
    env: {
      PROVIDER_KEY: providerKey,
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      TMPDIR: folder,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (piece: Buffer) => (output += piece.toString("latin1")));
  for (;;) {
    const found = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
    if (found !== undefined) return Number(found);
    if (child.exitCode !== null) throw new Error(output);
    await wait(20);
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One request; `leaveAfterMs` breaks it off. Gives the status, or 0. */
function ask(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  leaveAfterMs?: number,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const request = open(
      {
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "x-canary": "CANARY-HEADER-22aa",
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response
          .on("data", (piece: Buffer) => (text += piece.toString("latin1")))
          .on("close", () => resolve({ status: response.statusCode ?? 0, text }))
          .on("error", () => undefined);
      },
    );
    request.on("error", () => resolve({ status: 0, text: "" }));
    request.end(body);
    if (leaveAfterMs !== undefined) setTimeout(() => request.destroy(), leaveAfterMs);
  });
}

const chat = (model: string, more: object = {}): string =>
  JSON.stringify({ model, messages: [{ role: "user", content: question }], ...more });
function recording(model: string): [Buffer, Record<string, string>] {
  const text = `--b\r\nContent-Disposition: form-data; name="file"; filename="${question}.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF${question}\r\n--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--b--\r\n`;
  return [Buffer.from(text), { "content-type": "multipart/form-data; boundary=b" }];
}

/** All five modalities, translated and not, good, failing and broken off. */
async function sendCanaries(): Promise<number> {
  let count = 0;
  for (let round = 0; round < 3; round += 1) {
    const results = await Promise.all([
      ...["m", "qwen-plus", "claude-any", "gzip"].flatMap((model) => [
        ask("/v1/chat/completions", chat(model)),
        ask("/v1/chat/completions", chat(model, { stream: true })),
      ]),
      ask(
        "/v1/completions",
        JSON.stringify({ model: "qwen2.5-coder-7b", prompt: question, suffix: answer }),
      ),
      ask("/v1/embeddings", JSON.stringify({ model: "m", input: question })),
      ask(
        "/v1/rerank",
        JSON.stringify({ model: "gte-rerank-v2", query: question, documents: [question] }),
      ),
      ask("/v1/rerank", JSON.stringify({ model: "m", query: question, documents: [question] })),
      ...["whisper", "qwen3-asr-flash", "paraformer-realtime-v2"].map((model) =>
        ask("/v1/audio/transcriptions", ...recording(model)),
      ),
      ...["tts-1", "qwen3-tts-flash", "cosyvoice-v3"].map((model) =>
        ask("/v1/audio/speech", JSON.stringify({ model, input: question, voice: "v" })),
      ),
      ask("/v1/messages", chat("claude-any", { max_tokens: 5 })),
      ask("/v1/responses", JSON.stringify({ model: "m", input: question })),
      ...[
        "status-400",
        "status-401",
        "status-500",
        "native-error",
        "html",
        "reset",
        "cut",
        "redirect",
        "cosyvoice-fail",
      ].map((model) => ask("/v1/chat/completions", chat(model))),
      ask(
        "/v1/audio/speech",
        JSON.stringify({ model: "cosyvoice-fail", input: question, voice: "v" }),
      ),
      ...["mid-error", "mid-reset", "first-error", "stall"].map((model) =>
        ask("/v1/chat/completions", chat(model, { stream: true })),
      ),
      ...["slow", "silent", "stall"].map((model) =>
        ask("/v1/chat/completions", chat(model, { stream: true }), {}, 50),
      ),
      ask("/v1/chat/completions", `{"model":"${question}`),
      ask("/v1/chat/completions", chat("m"), { authorization: `Bearer ${question}` }),
      ask("/v1/chat/completions", chat(`no-such-${question}`)),
      ask(`/v1/${question}`, question),
      ask("/v1/chat/completions", question, { "content-encoding": "gzip" }),
    ]);
    count += results.filter(({ status }) => status === 200).length;
  }
  return count;
}

/** Which needles occur in these bytes. */
function findIn(bytes: Buffer): string[] {
  return needles.filter((needle) => bytes.includes(Buffer.from(needle, "latin1")));
}

function filesBelow(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const full = join(path, name);
    return statSync(full).isDirectory() ? filesBelow(full) : [full];
  });
}

describe("after content has passed in every way", () => {
  it("[G1] [G4] no file, log, metric or heap of the process holds any of it", async () => {
    expect(await sendCanaries()).toBeGreaterThan(50);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await wait(700);
    expect(metrics).toContain("gen_ai_client_token_usage_total");
    expect(output).toContain('"event":"request"');
    // The search finds what is there: the provider did get and give the canaries.
    expect(findIn(Buffer.concat(provider.seen.map(({ body }) => body)))).toContain(question);
    expect(findIn(Buffer.from(metrics))).toEqual([]);
    expect(findIn(Buffer.from(output))).toEqual([]);
    const files = filesBelow(folder).filter((file) => !file.endsWith("gateway.yaml"));
    expect(files).toEqual([]);
    for (const file of filesBelow(folder))
      expect(findIn(readFileSync(file)).filter((needle) => needle !== key)).toEqual([]);

    child.kill("SIGUSR2");
    let snapshot = "";
    for (let count = 0; count < 200 && snapshot === ""; count += 1) {
      await wait(100);
      snapshot =
        readdirSync(join(folder, "work")).find((name) => name.endsWith(".heapsnapshot")) ?? "";
    }
    const path = join(folder, "work", snapshot);
    // It is written in pieces; a complete one is JSON's end.
    while (!readFileSync(path).subarray(-8).includes("}")) await wait(200);
    const heap = readFileSync(path);
    rmSync(path);
    expect(heap.length).toBeGreaterThan(1_000_000);
    // The gateway's own credential is configuration and has to be there: that the search works is seen by it.
    expect(findIn(heap)).toEqual([providerKey]);
  }, 120_000);

  it("[G2] the only connections out are to the configured endpoint", async () => {
    const peers = new Set<string>();
    const inode = (): string[] => {
      const sockets = new Set(
        readdirSync(`/proc/${child.pid}/fd`).flatMap((fd) => {
          try {
            return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${child.pid}/fd/${fd}`))?.[1] ?? [];
          } catch {
            return []; // Closed in the meantime.
          }
        }),
      );
      return ["tcp", "tcp6", "udp", "udp6"].flatMap((table) => {
        const lines = readFileSync(`/proc/${child.pid}/net/${table}`, "latin1")
          .split("\n")
          .slice(1);
        return lines.flatMap((line) => {
          const [, local = "", remote = "", , , , , , , id = ""] = line.trim().split(/\s+/);
          return sockets.has(id) &&
            !remote.endsWith(":0000") &&
            Number.parseInt(local.split(":")[1] ?? "", 16) !== port
            ? [`${table} ${Number.parseInt(remote.split(":")[1] ?? "", 16)}`]
            : [];
        });
      });
    };
    let running = true;
    const watching = (async () => {
      while (running) {
        for (const peer of inode()) peers.add(peer);
        await wait(2);
      }
    })();
    await sendCanaries();
    running = false;
    await watching;
    expect([...peers]).toEqual([`tcp ${new URL(provider.url).port}`]);
  }, 120_000);

  it("[G3] what the provider gets is the inventory's list, field by field", async () => {
    // On a busy machine requests that the gateway gave up wait in this process' sockets: they are read first.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    while (provider.live > 0) await wait(10);
    provider.seen.length = 0;
    const sent = async (
      path: string,
      request: object,
    ): Promise<{ path: string; body: unknown; headers: string[] }> => {
      await ask(path, JSON.stringify(request));
      const seen = provider.seen.at(-1);
      return {
        path: seen?.path ?? "",
        body: JSON.parse(seen?.body.toString() ?? "null"),
        headers: Object.keys(seen?.headers ?? {}).toSorted((left, right) =>
          left < right ? -1 : 1,
        ),
      };
    };
    const carried = ["authorization", "connection", "content-length", "content-type", "host"];
    const plain = {
      model: "m",
      messages: [{ role: "user", content: question }],
      temperature: 0.5,
      stream: true,
      tools: [],
      x_unknown: { a: 1 },
    };
    expect(await sent("/v1/chat/completions", plain)).toEqual({
      path: "/v1/chat/completions",
      body: plain,
      headers: carried,
    });
    const embed = { model: "qwen-embed", input: [question], dimensions: 64 };
    expect(await sent("/v1/embeddings", embed)).toEqual({
      path: "/compatible-mode/v1/embeddings",
      body: embed,
      headers: carried,
    });
    const translated = ["accept", ...carried];
    expect(
      await sent("/v1/rerank", {
        model: "gte-rerank-v2",
        query: question,
        documents: ["a"],
        top_n: 1,
        user: "somebody",
      }),
    ).toEqual({
      path: "/api/v1/services/rerank/text-rerank/text-rerank",
      body: {
        model: "gte-rerank-v2",
        input: { query: question, documents: ["a"] },
        parameters: { top_n: 1 },
      },
      headers: translated,
    });
    expect(
      await sent("/v1/audio/speech", {
        model: "qwen3-tts-flash",
        input: question,
        voice: "Cherry",
        user: "somebody",
      }),
    ).toEqual({
      path: "/api/v1/services/aigc/multimodal-generation/generation",
      body: { model: "qwen3-tts-flash", input: { text: question, voice: "Cherry" } },
      headers: [...translated, "x-dashscope-sse"],
    });
    await ask("/v1/audio/transcriptions", ...recording("qwen3-asr-flash"));
    expect(JSON.parse(provider.seen.at(-1)?.body.toString() ?? "null")).toEqual({
      model: "qwen3-asr-flash",
      messages: [
        {
          role: "user",
          content: [
            {
              type: "input_audio",
              input_audio: {
                data: `data:audio/wav;base64,${Buffer.from(`RIFF${question}`).toString("base64")}`,
              },
            },
          ],
        },
      ],
      stream: false,
      asr_options: { enable_itn: false },
    });
    // Each of these is content, model parameter or credential; the inventory declares all three for the configured service.
    const items: ItemKey[] = [
      "gateway.prompts",
      "gateway.embedding-text",
      "gateway.rerank-text",
      "gateway.speech-text",
      "gateway.speech-audio",
      "gateway.model-parameters",
      "gateway.credentials",
    ];
    for (const item of items)
      expect(inventory[item]).toMatchObject({
        recipients: ["configured-service"],
        retention: { kind: "memory" },
      });
  });

  it("[G1] a killed process leaves nothing behind either, and one that is asked to open an inspector does not", async () => {
    const running = [
      ask("/v1/chat/completions", chat("slow", { stream: true })),
      ask("/v1/chat/completions", chat("silent")),
    ];
    await wait(150);
    child.kill("SIGUSR1");
    await wait(300);
    expect(output).not.toContain("Debugger listening");
    child.kill("SIGKILL");
    const results = await Promise.all(running);
    expect(results.map(({ status }) => status)).toEqual([200, 0]);
    expect(filesBelow(folder).filter((file) => !file.endsWith("gateway.yaml"))).toEqual([]);
    expect(findIn(Buffer.from(output))).toEqual([]);
    for (let count = 0; count < 100 && provider.live > 0; count += 1) await wait(20);
    expect(provider.live).toBe(0);
    // It was killed in the middle of streams; nothing has to be repaired for the next start.
    port = await start();
    expect((await ask("/v1/chat/completions", chat("m"))).status).toBe(200);
  });

  it("[G4] a crash says where and never what, and writes no report", async () => {
    child.kill("SIGTERM");
    const crash = join(folder, "crash.mjs");
    writeFileSync(
      crash,
      `setTimeout(() => { throw new Error(${JSON.stringify(`while handling ${question}`)}); }, 2500);\n`,
    );
    port = await start("--import", crash);
    expect((await ask("/v1/chat/completions", chat("m"))).status).toBe(200);
    while (child.exitCode === null) await wait(20);
    rmSync(crash);
    expect(child.exitCode).toBe(1);
    expect(output).toMatch(/"event":"crashed","subject":"Error/);
    expect(findIn(Buffer.from(output))).toEqual([]);
    expect(filesBelow(folder).filter((file) => !file.endsWith("gateway.yaml"))).toEqual([]);
    expect(hashKey(key)).toHaveLength(64);
  });
});
