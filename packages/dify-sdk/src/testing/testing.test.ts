/** The stand-in holds a plugin to the daemon's limits: shown with plugins that break them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { bundle } from "../tools/index.ts";
import { LocalDaemon, type LocalDaemonOptions } from "./local.ts";

const example = fileURLToPath(new URL("../../example", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dify-double-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const heartbeat = `process.stdout.write('{"event":"heartbeat","session_id":null,"data":{}}\\n');`;

/** Starts a program that answers every request line with what `answer` (an expression of \`id\`) writes. */
async function start(
  program: string,
  limits: Partial<LocalDaemonOptions> = {},
): Promise<LocalDaemon> {
  const file = join(folder, `${Math.random()}.mjs`);
  await writeFile(file, program);
  return LocalDaemon.start({ command: process.execPath, args: [file], folder, ...limits });
}

const answering = (answer: string): string => `${heartbeat}
  let text = "";
  process.stdin.on("data", (chunk) => {
    text += chunk;
    const lines = text.split("\\n");
    text = lines.pop();
    for (const line of lines) {
      const id = JSON.parse(line).session_id;
      const send = (type, data) => process.stdout.write(JSON.stringify({ event: "session", session_id: id, data: { type, data } }) + "\\n");
      ${answer}
    }
  });`;

const moderation = { action: "invoke_moderation" as const, data: { text: "x" } };

it("a plugin without a heartbeat, or that ends at once, does not start", async () => {
  await expect(start("setInterval(() => {}, 1000)", { launchMs: 300 })).rejects.toThrow(
    "no heartbeat",
  );
  await expect(start('process.stderr.write("no licence"); process.exit(3)')).rejects.toThrow(
    /exited with 3: no licence/,
  );
});

it("a plugin that falls silent is killed", async () => {
  const daemon = await start(answering(""), { silenceMs: 200 });
  await expect(daemon.invocations.one(moderation)).rejects.toMatchObject({
    errorType: "ConnectionClosedError",
  });
});

it("a line beyond the limit ends every session", async () => {
  const daemon = await start(answering(`send("stream", { result: "x".repeat(6_000_000) });`));
  const results = await Promise.allSettled([
    daemon.invocations.one(moderation),
    daemon.invocations.one(moderation),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

it("an answer that breaks the daemon's rules fails its session, naming the field", async () => {
  const check = async (answer: string, message: RegExp): Promise<void> => {
    const daemon = await start(answering(answer));
    await expect(daemon.invocations.one(moderation)).rejects.toMatchObject({
      errorType: "unmarshal_error",
      message: expect.stringMatching(message),
    });
    await daemon.stop();
  };
  await check(`send("stream", { result: "yes" });`, /result/);
  await check(`send("stream", null);`, /whole message/);
  await check(
    `send("error", { error_type: "E", message: "m", args: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, i])) });`,
    /more than 10/,
  );
});

it("an answer without an end is cut off in time, and later pieces go nowhere", async () => {
  const daemon = await start(answering(`send("stream", { result: true });`));
  await expect(daemon.invocations.all({ ...moderation, timeoutMs: 100 })).rejects.toMatchObject({
    errorType: "killed by timeout",
  });
  await daemon.stop();
});

it("what is none of the protocol is kept apart", async () => {
  const daemon = await start(
    answering(
      `process.stdout.write("hello\\n"); send("stream", { result: true }); send("end", {});`,
    ),
  );
  expect(await daemon.invocations.one(moderation)).toEqual({ result: true });
  expect(daemon.strayLines).toEqual(["hello"]);
  await daemon.stop();
});

it("a plugin of the SDK keeps whatever else it prints off the protocol, and survives its own accidents", async () => {
  const door = fileURLToPath(new URL("../index.ts", import.meta.url));
  const file = join(folder, "noisy.ts");
  await writeFile(
    file,
    `import { createPlugin, runPlugin } from ${JSON.stringify(door)};
     console.log("at start");
     const plugin = createPlugin({ model: { models: { moderation: {
       validateCredentials: async () => {},
       async moderate({ text }) {
         console.log("asked about", text.length);
         process.stdout.write("directly\\n");
         setTimeout(() => { throw new TypeError("a secret " + text); });
         void Promise.reject(new RangeError("a secret " + text));
         return text === "bad";
       },
     } } } });
     await runPlugin(plugin);`,
  );
  const output = join(folder, "noisy.mjs");
  await writeFile(output, (await bundle(file)).code);
  const daemon = await LocalDaemon.start({ command: process.execPath, args: [output], folder });
  expect(daemon.stderr).toContain("at start");
  expect(
    await daemon.invocations.one({
      ...moderation,
      data: { provider: "p", model: "m", credentials: {}, text: "bad" },
    }),
  ).toEqual({ result: true });
  await expect.poll(() => daemon.stderr).toContain("unexpected TypeError");
  expect(
    await daemon.invocations.one({
      ...moderation,
      data: { provider: "p", model: "m", credentials: {}, text: "good" },
    }),
  ).toEqual({ result: false });
  expect(daemon.strayLines).toEqual([]);
  expect(daemon.stderr).toContain("asked about 3");
  expect(daemon.stderr).toContain("unexpected RangeError");
  expect(daemon.stderr).not.toContain("secret");
  await daemon.stop();
});

it("a plugin whose reader is gone waits quietly instead of complaining about it for ever", async () => {
  const door = fileURLToPath(new URL("../index.ts", import.meta.url));
  const file = join(folder, "orphan.ts");
  await writeFile(
    file,
    `import { createPlugin, runPlugin } from ${JSON.stringify(door)}; await runPlugin(createPlugin({ model: { models: {} } }));`,
  );
  const output = join(folder, "orphan.mjs");
  await writeFile(output, (await bundle(file)).code);
  // Nobody listens on that port, so the plugin wants to say every second or so that it dials again.
  const child = spawn(process.execPath, [output], {
    cwd: example,
    env: { INSTALL_METHOD: "remote", REMOTE_INSTALL_URL: "127.0.0.1:9", REMOTE_INSTALL_KEY: "k" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stderr, "data");
  child.stderr.destroy();
  const busyTicks = async (): Promise<number> => {
    const fields = (await readFile(`/proc/${child.pid}/stat`, "utf8")).split(" ");
    return Number(fields[13]) + Number(fields[14]);
  };
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  const before = await busyTicks();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // A hundred ticks are a second of work; dialling once takes two or three.
  expect((await busyTicks()) - before).toBeLessThan(30);
});

it("a plugin that cannot start says why and exits with 1", async () => {
  const door = fileURLToPath(new URL("../index.ts", import.meta.url));
  const file = join(folder, "lost.ts");
  await writeFile(
    file,
    `import { createPlugin, runPlugin } from ${JSON.stringify(door)}; await runPlugin(createPlugin({}));`,
  );
  const output = join(folder, "lost.mjs");
  await writeFile(output, (await bundle(file)).code);
  const check = (environment: Record<string, string>, expected: RegExp): Promise<void> =>
    expect(
      LocalDaemon.start({ command: process.execPath, args: [output], folder, environment }),
    ).rejects.toThrow(expected);
  await check({ INSTALL_METHOD: "magic" }, /exited with 1: INSTALL_METHOD is magic/);
  await check({ INSTALL_METHOD: "remote" }, /exited with 1: REMOTE_INSTALL_KEY is not set/);
  await check(
    { INSTALL_METHOD: "remote", REMOTE_INSTALL_KEY: "k", REMOTE_INSTALL_URL: "nowhere" },
    /exited with 1: REMOTE_INSTALL_URL is nowhere/,
  );
  await check(
    { INSTALL_METHOD: "remote", REMOTE_INSTALL_KEY: "k" },
    /exited with 1: [\s\S]*manifest\.yaml: is missing/,
  );
  await check({ INSTALL_METHOD: "serverless", SERVERLESS_PORT: "x" }, /SERVERLESS_PORT is x/);
});
