/**
 * Both packages in a real Dify daemon: installed with verification on, driven as Dify drives them, searched for canaries.
 * What is asked goes through the whole chain: daemon, plugin, our own gateway, provider; each a process or a server of its own.
 */
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Invocation } from "@cloud-code/dify-sdk/testing";
import {
  createKeyPair,
  computeChecksum,
  readArchive,
  signPackage,
  type PluginPackage,
} from "@cloud-code/dify-sdk/tools";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildPackage } from "../../apps/dify-plugin/src/package.ts";
import { DaemonError, RealDaemon } from "./daemon.ts";
import { callers, startGateway, type GatewayProcess } from "./gateway.ts";
import { chat, others, recording, soundOf, textOf, type Form } from "./requests.ts";
import { endProcess, findPython, startPostgres, startRedis } from "./services.ts";
import { unpack } from "./unpack.ts";
import { credentialsOf, Upstream } from "./upstream.ts";

const run = promisify(execFile);
const path = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
};
const cli = path("DIFY_CLI");

let folder = "";
let keys: { privateKey: string; publicKey: string };
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
let python: Awaited<ReturnType<typeof findPython>>;
let daemon: RealDaemon;
let upstream: Upstream;
let gateway: GatewayProcess;
const built = new Map<string, PluginPackage>();
const pluginId = "cloud-code/alibaba-cloud-ai-gateway";
const tenants = { wheel: randomUUID(), system: randomUUID(), remote: randomUUID() };
const canary = "canary-4e1d";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dify-real-"));
  keys = createKeyPair();
  await writeFile(join(folder, "private.pem"), keys.privateKey);
  await writeFile(join(folder, "public.pem"), keys.publicKey);
  [postgres, redis, python, upstream] = await Promise.all([
    startPostgres(folder),
    startRedis(),
    findPython(folder),
    Upstream.listen(),
  ]);
  gateway = await startGateway(folder, upstream.origin);
  for (const node of ["wheel", "system"] as const) built.set(node, await buildPackage(node));
  daemon = await RealDaemon.start({
    server: path("DIFY_PLUGIN_DAEMON"),
    cli,
    folder,
    postgres,
    redis,
    python,
    publicKey: join(folder, "public.pem"),
  });
});

afterAll(async () => {
  await daemon?.stop();
  await Promise.all([postgres?.stop(), redis?.stop(), gateway?.stop()]);
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

const packed = (node: "wheel" | "system"): Uint8Array => built.get(node)?.bytes ?? new Uint8Array();

describe("Dify's own command-line tool agrees", () => {
  it.each(["wheel", "system"] as const)(
    "on checksum and signature of the %s package, both ways",
    async (node) => {
      const file = join(folder, `${node}.difypkg`);
      await writeFile(file, packed(node));
      const sum = await run(cli, ["plugin", "checksum", file]);
      expect(sum.stdout + sum.stderr).toContain(computeChecksum(readArchive(packed(node)).files));

      await run(cli, [
        "signature",
        "sign",
        file,
        "-p",
        join(folder, "private.pem"),
        "-c",
        "community",
      ]);
      const theirs = await readFile(join(folder, `${node}.signed.difypkg`));
      const { time } = JSON.parse(readArchive(theirs).comment) as { time: number };
      const ours = signPackage(packed(node), keys.privateKey, { signedAt: new Date(time * 1000) });
      // RSA PKCS#1 v1.5 has no chance in it: the same key, files and time give the same signature.
      expect(readArchive(ours).comment).toBe(readArchive(theirs).comment);
      expect(computeChecksum(readArchive(ours).files)).toBe(
        computeChecksum(readArchive(theirs).files),
      );
      await writeFile(join(folder, `${node}.ours.difypkg`), ours);
      await run(cli, [
        "signature",
        "verify",
        join(folder, `${node}.ours.difypkg`),
        "-p",
        join(folder, "public.pem"),
      ]);
    },
  );
});

const form = (method: keyof typeof callers, more: Form = {}): Form => ({
  endpoint_url: `${gateway.origin}/v1`,
  ...callers[method].form,
  ...more,
});

/** Everything a Dify can ask of a model provider, by one way in. */
async function driveEverything(all: (invocation: Invocation) => Promise<unknown[]>): Promise<void> {
  for (const method of ["api_key", "jwt", "hmac"] as const) {
    const [seen, logged] = [upstream.arrived.length, gateway.log().length];
    const credentials = form(method);
    await askEveryKind(all, credentials);
    await askModelStudio(all, credentials);
    const arrived = upstream.arrived.slice(seen);
    // The log is written in batches. Each request came once, and the gateway knew whose it was.
    await expect
      .poll(() => gateway.consumersSince(logged))
      .toEqual(arrived.map(() => callers[method].consumer));
    // The provider saw the gateway's own key: what proves the caller stays at the gateway.
    expect(new Set(arrived.map(({ auth }) => auth))).toEqual(new Set(["key"]));
    expect(arrived.flatMap(({ headers }) => Object.keys(headers))).not.toContain("x-ca-key");
    await askPastTheGateway(all, method);
  }
  for (const [method, wrong] of [
    ["api_key", { api_key: "cck_unknown" }],
    ["jwt", { jwt_consumer_id: "someone-else" }],
    ["hmac", { hmac_secret_key: "no" }],
  ] as const) {
    const seen = upstream.arrived.length;
    expect(await failureOf(all(chat(form(method, wrong), canary))), method).toContain(
      "InvokeAuthorizationError",
    );
    expect(upstream.arrived.length).toBe(seen);
  }
  const tools = [{ name: "first", description: "", parameters: {} }];
  const called = await all(
    chat(form("hmac", { function_calling_type: "tool_call" }), canary, { model: "caller", tools }),
  );
  expect(JSON.stringify(called)).toContain('"arguments":"{\\"a\\":1}"');
  const thought = await all(
    chat(form("jwt", { agent_though_support: "only_thinking_supported" }), canary, {
      model: "thinker",
    }),
  );
  expect(textOf(thought)).toBe("<think>\nlet me see\n</think>\n\ndone");
  for (const [model, type] of [
    // It is the gateway's key that the provider refuses: nothing the person at Dify could enter anew.
    ["fail-401", "InvokeServerUnavailableError"],
    ["fail-429", "InvokeRateLimitError"],
    ["fail-500", "InvokeServerUnavailableError"],
    ["error-midway", "InvokeRateLimitError"],
    // The connection to the gateway holds; it says in the stream that the one behind it broke.
    ["reset", "InvokeServerUnavailableError"],
  ] as const) {
    const failure = await failureOf(all(chat(form("api_key"), canary, { model })));
    expect(failure, model).toContain(type);
    // The number by which the gateway's operator finds the line; what the provider says within a stream has none.
    const number = /Request ([0-9a-f]{32})\./.exec(failure)?.[1];
    if (model !== "error-midway")
      await expect
        .poll(() => gateway.log(), { message: model })
        .toContain(`"requestId":"${number}"`);
    expect(failure).not.toContain(canary);
  }
  const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
  const answers = await Promise.all(
    names.map((name) => all(chat(form("api_key"), name, { model: "counter" }))),
  );
  answers.forEach((messages, index) => {
    expect(textOf(messages)).toBe(
      Array.from({ length: 50 }, (_, piece) => `c${index}:${piece};`).join(""),
    );
  });
}

/** Every action, of models whose provider speaks OpenAI's protocol. */
async function askEveryKind(
  all: (invocation: Invocation) => Promise<unknown[]>,
  credentials: Form,
): Promise<void> {
  expect(textOf(await all(chat(credentials, canary)))).toBe(`You said: ${canary}`);
  expect(textOf(await all(chat(credentials, canary, { stream: false })))).toBe(
    `You said: ${canary}`,
  );
  expect((await all(others.embed(credentials, [canary, "bcd"])))[0]).toMatchObject({
    model: "text-embedding-v4",
    embeddings: [
      [11, 0],
      [3, 1],
    ],
  });
  expect((await all(others.rerank(credentials, canary, ["a", "long"])))[0]).toMatchObject({
    docs: [{ index: 1, text: "long" }, { index: 0 }],
  });
  expect(soundOf(await all(others.speak(credentials, canary, "alloy", "tts-1"))).toString()).toBe(
    `ID3:alloy:${canary}`,
  );
  expect((await all(others.transcribe(credentials, recording(canary))))[0]).toEqual({
    result: `audio.wav 55 ${canary}`,
  });
  for (const type of ["llm", "text-embedding", "rerank", "speech2text", "tts"]) {
    expect((await all(others.validate(credentials, type)))[0], type).toMatchObject({
      result: true,
    });
    expect((await all(others.describe(credentials, type)))[0], type).toMatchObject({
      model_schema: { model: "my-model", model_type: type },
    });
  }
  expect((await all(others.voices(credentials)))[0]).toMatchObject({
    voices: expect.arrayContaining([{ name: "alloy", value: "alloy" }]),
  });
  expect((await all(others.countPrompt(credentials, "word")))[0]).toEqual({ num_tokens: 7 });
  expect((await all(others.countTexts(credentials, ["word", "你好"])))[0]).toEqual({
    num_tokens: [1, 2],
  });
}

/** Every kind, of models that the gateway asks of Model Studio: it translates rerank and speech. */
async function askModelStudio(
  all: (invocation: Invocation) => Promise<unknown[]>,
  credentials: Form,
): Promise<void> {
  const seen = upstream.arrived.length;
  for (const stream of [true, false])
    expect(textOf(await all(chat(credentials, canary, { model: "studio-chat", stream })))).toBe(
      `You said: ${canary}`,
    );
  expect(
    (await all(others.embed(credentials, [canary], { model: "studio-embedding" })))[0],
  ).toMatchObject({ embeddings: [[11, 0]] });
  for (const protocol of ["openai", "dashscope"])
    expect(
      (
        await all(
          others.rerank({ ...credentials, protocol }, canary, ["a", "long"], {
            model: "studio-rerank",
          }),
        )
      )[0],
      protocol,
    ).toMatchObject({ docs: [{ index: 1, text: "long" }, { index: 0 }] });
  const sound = soundOf(await all(others.speak(credentials, canary, "alloy")));
  expect(sound.subarray(0, 4).toString()).toBe("RIFF");
  expect([...sound.subarray(44)]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(
    (await all(others.transcribe(credentials, recording(canary), "studio-hearing")))[0],
  ).toEqual({ result: "heard natively" });
  const compatible = "/compatible-mode/v1";
  const rerank = "/api/v1/services/rerank/text-rerank/text-rerank";
  expect(upstream.arrived.slice(seen).map(({ path: asked }) => asked)).toEqual([
    `${compatible}/chat/completions`,
    `${compatible}/chat/completions`,
    `${compatible}/embeddings`,
    rerank,
    rerank,
    "/api/v1/services/aigc/multimodal-generation/generation",
    `${compatible}/chat/completions`,
  ]);
}

/**
 * Speech in Model Studio's own protocol is not among the gateway's paths: it takes OpenAI's and translates. Who has chosen that
 * protocol in the form has Model Studio, or a gateway that passes its paths on as they are, at the other end.
 */
async function askPastTheGateway(
  all: (invocation: Invocation) => Promise<unknown[]>,
  method: keyof typeof credentialsOf,
): Promise<void> {
  const direct = {
    endpoint_url: `${upstream.origin}/v1`,
    protocol: "dashscope",
    ...credentialsOf[method],
  };
  const sound = soundOf(await all(others.speak(direct, canary, "Cherry")));
  expect([...sound.subarray(44)]).toEqual([1, 2, 3, 4, 5, 6]);
  expect((await all(others.transcribe(direct, recording(canary))))[0]).toEqual({
    result: "heard natively",
  });
  expect(upstream.arrived.slice(-2).map(({ auth }) => auth)).toEqual(
    Array(2).fill(method === "api_key" ? "key" : method),
  );
}

/** What a person at Dify reads when it fails; empty when it does not. */
const failureOf = (answers: Promise<unknown[]>): Promise<string> =>
  answers.then(
    () => "",
    (error: unknown) => (error instanceof DaemonError ? error.message : String(error)),
  );

describe("the real daemon", () => {
  it("refuses the package without a signature, and with somebody else's", async () => {
    await expect(daemon.upload(tenants.system, packed("system"))).rejects.toThrow(
      /signature|verif/i,
    );
    const stranger = signPackage(packed("system"), createKeyPair().privateKey, {
      signedAt: new Date(),
    });
    await expect(daemon.upload(tenants.system, stranger)).rejects.toThrow(/signature|verif/i);
  });

  it.each(["wheel", "system"] as const)(
    "installs the signed %s package and every action works through it",
    async (node) => {
      const signed = signPackage(packed(node), keys.privateKey, { signedAt: new Date() });
      const identifier = await daemon.upload(tenants[node], signed);
      expect(identifier).toContain(computeChecksum(readArchive(signed).files));
      await daemon.install(tenants[node], identifier).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${daemon.log.slice(-3000)}`);
      });
      expect(JSON.stringify(await daemon.models(tenants[node]))).toContain(
        "alibaba_cloud_ai_gateway",
      );
      await driveEverything((invocation) => daemon.all(tenants[node], pluginId, invocation));
    },
  );

  it("takes the plugin over its debugging port, and every action works through that", async () => {
    const home = await unpack(packed("system"));
    const child = spawn(process.execPath, ["plugin.mjs"], {
      cwd: home,
      env: {
        INSTALL_METHOD: "remote",
        REMOTE_INSTALL_URL: `127.0.0.1:${daemon.debuggingPort}`,
        REMOTE_INSTALL_KEY: await daemon.debuggingKey(tenants.remote),
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(async () => {
      await endProcess(child);
      await rm(home, { recursive: true, force: true });
    });
    let said = "";
    child.stderr.on("data", (data: Buffer) => (said += data.toString("utf8")));
    await expect.poll(() => said, { timeout: 20_000 }).toContain("Connected to Dify");
    // The daemon registers the plugin a moment after it has taken its declaration.
    await expect
      .poll(async () => JSON.stringify(await daemon.models(tenants.remote)), { timeout: 20_000 })
      .toContain("alibaba_cloud_ai_gateway");
    await driveEverything((invocation) => daemon.all(tenants.remote, pluginId, invocation));
  });

  it("starts the plugin for a single request with its one-shot runner", async () => {
    const signed = signPackage(packed("system"), keys.privateKey, { signedAt: new Date() });
    const { manifest } = (
      built.get("system") ?? { declaration: { manifest: { author: "", name: "", version: "" } } }
    ).declaration;
    const identifier = `${manifest.author}/${manifest.name}:${manifest.version}@${computeChecksum(readArchive(signed).files)}`;
    const home = await unpack(signed);
    const plugins = await mkdtemp(join(folder, "slim-"));
    const place = join(plugins, identifier.replaceAll(":", "-"));
    await run("mkdir", ["-p", place]);
    await run("cp", ["-r", `${home}/.`, place]);
    const { data } = chat(form("api_key"), canary);
    const { stdout } = await run(
      path("DIFY_SLIM"),
      [
        "-id",
        identifier,
        "-action",
        "invoke_llm",
        "-args",
        JSON.stringify({ tenant_id: tenants.system, user_id: "u", data }),
      ],
      {
        env: {
          PATH: python.path,
          HOME: folder,
          SLIM_MODE: "local",
          SLIM_FOLDER: plugins,
          SLIM_UV_PATH: python.uv,
          SLIM_PYTHON_PATH: python.python,
          INSTALL_METHOD: "local",
        },
        timeout: 200_000,
      },
    );
    expect(stdout).toContain(canary);
    expect(stdout).toContain('"event":"done"');
    await rm(home, { recursive: true, force: true });
  });

  it("[G1] [G4] holds no canary anywhere afterwards: logs, metrics, database, Redis, files", async () => {
    await daemon
      .all(
        tenants.system,
        pluginId,
        chat(form("api_key"), canary, { model: "stall" }),
        AbortSignal.timeout(500),
      )
      .catch(() => undefined); // Dify gives up in the middle of an answer
    expect(excerpts(daemon.log)).toEqual([]);
    expect(excerpts(gateway.log())).toEqual([]);
    const metrics = await gateway.metrics();
    expect(metrics).toContain('by-signature"');
    expect(excerpts(metrics)).toEqual([]);
    expect(excerpts(await postgres.dump())).toEqual([]);
    expect(excerpts(await redis.dump())).toEqual([]);
    const files = await filesHolding(join(folder, "daemon"), canary);
    expect(files).toEqual([]);
  });
});

function excerpts(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf(canary); at !== -1; at = text.indexOf(canary, at + 1))
    found.push(text.slice(Math.max(0, at - 100), at + 100));
  return found;
}

async function filesHolding(root: string, wanted: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(root, { recursive: true })) {
    const file = join(root, name);
    const entry = await stat(file).catch(() => null); // a dangling link of a virtual environment
    if (entry?.isFile() === true && (await readFile(file)).includes(wanted)) found.push(name);
  }
  return found;
}
