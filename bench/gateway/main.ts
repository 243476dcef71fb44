/**
 * Measures the gateway beside the provider itself, a bare proxy and Portkey, interleaved. Ratios and CPU per request are
 * what counts: requests per second depend on the machine and on what else it does.
 *
 *     npm run build && npm run bench:gateway                  # all but the soak
 *     npm run bench:gateway -- throughput memory              # or by name: throughput rate streams memory auth processes soak
 *     npm run bench:gateway -- soak --minutes 60              # default 60
 *
 * Needs `wrk` and `taskset` (Debian: wrk, util-linux). PORTKEY names the folder of an installed @portkey-ai/gateway@1.15.2.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { cpus, loadavg } from "node:os";
import { createKey, hashKey, mintToken, TokenVerifier } from "@cloud-code/models";
import {
  answer,
  event,
  eventsPerStream,
  loadAtRate,
  loadStreams,
  serveBare,
  serveProvider,
} from "./roles.ts";

/** BENCH_PORT moves them, so that a soak can go on beside other measurements. */
const port = Number(process.env["BENCH_PORT"] ?? 18_700);
const ports = {
  provider: port,
  bare: port + 1,
  gateway: port + 2,
  portkey: port + 3,
  twins: port + 4,
};
const key = createKey();
const providerUrl = `http://127.0.0.1:${ports.provider}`;

/** As the container starts it, and as the README advises. */
const gatewayFlags = ["--max-semi-space-size=4"];

interface Way {
  readonly name: "direct" | "bare" | "gateway" | "portkey";
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly pid: number;
}

const requestBody = (more: object = {}): string =>
  JSON.stringify({
    model: "mock-1",
    messages: [{ role: "user", content: "y".repeat(500) }],
    ...more,
  });
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? 0;
const median = (values: readonly number[]): number => quantile(values, 0.5);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const children: ChildProcess[] = [];

function startChild(
  core: number,
  args: readonly string[],
  environment: Record<string, string> = {},
): ChildProcess {
  const child = spawn("taskset", ["-c", String(core), process.execPath, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_ENV: "production", ...environment },
  });
  children.push(child);
  return child;
}

/** CPU time of all threads. From the scheduler, which counts nanoseconds; `stat` counts hundredths of a second. */
function cpuMs(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(
        readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0],
      );
    } catch {
      // The thread has ended in the meantime.
    }
  }
  return nanoseconds / 1e6;
}

function memoryMb(pid: number, field: "VmRSS" | "VmHWM" = "VmRSS"): number {
  const line = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(
    readFileSync(`/proc/${pid}/status`, "latin1"),
  )?.[1];
  return Math.round(Number(line) / 102.4) / 10;
}

async function until(url: string): Promise<void> {
  for (let count = 0; count < 100; count += 1) {
    try {
      await fetch(url);
      return;
    } catch {
      await wait(100); // Not listening yet.
    }
  }
  throw new Error(`${url} does not answer`);
}

function startGateway(processes: number, listenPort: number): ChildProcess {
  mkdirSync(".cache", { recursive: true });
  const config = {
    listen: [{ port: listenPort }],
    processes,
    upstreams: { mock: { kind: "openai", baseUrl: `${providerUrl}/v1` } },
    models: { "*": "mock" },
    consumers: [{ name: "bench", keys: [{ sha256: hashKey(key) }] }],
    limits: { bodyBytes: 2 ** 31 },
  };
  const file = `.cache/bench-gateway-${listenPort}.json`;
  writeFileSync(file, JSON.stringify(config));
  return startChild(0, [
    ...gatewayFlags,
    "apps/gateway/bin/cloud-code-gateway.js",
    "run",
    "--config",
    file,
  ]);
}

async function start(): Promise<{ ways: Way[]; stop: () => void }> {
  const self = process.argv[1] ?? "";
  const provider = startChild(1, [self, "role:provider"]);
  const bare = startChild(0, [self, "role:bare"]);
  const gateway = startGateway(1, ports.gateway);
  const portkeyFolder = process.env["PORTKEY"];
  const portkey =
    portkeyFolder === undefined
      ? undefined
      : startChild(
          0,
          [
            `${portkeyFolder}/node_modules/@portkey-ai/gateway/build/start-server.js`,
            `--port=${ports.portkey}`,
            "--headless",
          ],
          { TRUSTED_CUSTOM_HOSTS: "127.0.0.1" },
        );
  const authorization = { authorization: `Bearer ${key}` };
  const ways: Way[] = [
    { name: "direct", url: providerUrl, headers: {}, pid: provider.pid ?? 0 },
    { name: "bare", url: `http://127.0.0.1:${ports.bare}`, headers: {}, pid: bare.pid ?? 0 },
    {
      name: "gateway",
      url: `http://127.0.0.1:${ports.gateway}`,
      headers: authorization,
      pid: gateway.pid ?? 0,
    },
  ];
  if (portkey !== undefined)
    ways.push({
      name: "portkey",
      url: `http://127.0.0.1:${ports.portkey}`,
      headers: {
        ...authorization,
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `${providerUrl}/v1`,
      },
      pid: portkey.pid ?? 0,
    });
  await Promise.all(ways.map(({ url }) => until(url)));
  await wait(500);
  for (const way of ways) await checkAnswer(way);
  return {
    ways,
    stop: () => {
      for (const child of children.splice(0)) child.kill("SIGTERM");
    },
  };
}

/** A fast wrong answer is not an answer. */
async function checkAnswer({ name, url, headers }: Way): Promise<void> {
  const whole = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: requestBody(),
  });
  const text = await whole.text();
  const same = name === "portkey" ? text.includes("x".repeat(726)) : text === answer;
  const stream = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: requestBody({ stream: true }),
  });
  const events = (await stream.text())
    .split("\n\n")
    .filter((one) => one.startsWith("data: {")).length;
  if (!same || events !== eventsPerStream)
    throw new Error(
      `${name} answers wrongly: ${whole.status} ${text.slice(0, 200)} / ${events} events`,
    );
}

function wrk(
  way: Way,
  connections: number,
  seconds: number,
  body: string,
): { perSecond: number; cpuUs: number; latency: string } {
  writeFileSync(
    ".cache/bench.lua",
    `wrk.method="POST"\nwrk.body=${JSON.stringify(body)}\nwrk.headers["content-type"]="application/json"\n${Object.entries(
      way.headers,
    )
      .map(([name, value]) => `wrk.headers["${name}"]="${value}"`)
      .join("\n")}\n`,
  );
  const before = cpuMs(way.pid);
  // Direct: the load on the other core than the provider, so that each leg crosses cores as it does through a gateway.
  const text = execFileSync(
    "taskset",
    [
      "-c",
      way.name === "direct" ? "0" : "1",
      "wrk",
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--latency",
      "-s",
      ".cache/bench.lua",
      `${way.url}/v1/chat/completions`,
    ],
    { encoding: "utf8" },
  );
  const requests = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  if (/Non-2xx/.test(text)) throw new Error(`${way.name}: ${text}`);
  return {
    perSecond: requests / seconds,
    cpuUs: ((cpuMs(way.pid) - before) * 1000) / Math.max(1, requests),
    latency: /99%\s+(\S+)/.exec(text)?.[1] ?? "",
  };
}

async function measureThroughput(ways: readonly Way[]): Promise<object> {
  const result: Record<string, unknown> = {};
  for (const [title, connections, body] of [
    ["whole c=64, just started", 64, requestBody()],
    ["whole c=16", 16, requestBody()],
    ["whole c=64", 64, requestBody()],
    ["burst stream c=16", 16, requestBody({ stream: true })],
  ] as const) {
    // A proxy in use has seen a busy moment, and V8 remembers: what survived then is from now on made where old objects live.
    if (title === "whole c=16")
      for (const { name, url, headers } of ways)
        if (name !== "portkey")
          await loadStreams(
            `${url}/v1/chat/completions`,
            headers,
            requestBody({ stream: true, user: "paced" }),
            1000,
            2,
          );
    const rates = new Map<string, number[]>();
    const costs = new Map<string, number[]>();
    for (const way of ways) wrk(way, connections, way.name === "portkey" ? 2 : 5, body);
    // Short slices, so that what else the machine does falls on all ways alike.
    for (let round = 0; round < 16; round += 1) {
      for (const way of ways.toSorted(() => Math.random() - 0.5)) {
        const { perSecond, cpuUs } = wrk(way, connections, 1, body);
        rates.set(way.name, [...(rates.get(way.name) ?? []), perSecond]);
        costs.set(way.name, [...(costs.get(way.name) ?? []), cpuUs]);
      }
    }
    const direct = median(rates.get("direct") ?? []);
    // Other work on the machine makes every request dearer, by caches it empties; the quieter slices say what it costs.
    const cost = (name: string, share: number): number => quantile(costs.get(name) ?? [], share);
    result[title] = Object.fromEntries(
      ways.map(({ name }) => [
        name,
        {
          perSecond: Math.round(median(rates.get(name) ?? [])),
          ofDirect: round3(median(rates.get(name) ?? []) / direct),
          cpuUs: {
            quietest: round1(cost(name, 0)),
            quietQuarter: round1(cost(name, 0.25)),
            median: round1(cost(name, 0.5)),
          },
          cpuOfBare: {
            quietest: round3(cost(name, 0) / cost("bare", 0)),
            quietQuarter: round3(cost(name, 0.25) / cost("bare", 0.25)),
            median: round3(cost(name, 0.5) / cost("bare", 0.5)),
          },
        },
      ]),
    );
  }
  result["memoryMb"] = Object.fromEntries(
    ways.map(({ name, pid }) => [name, { now: memoryMb(pid), highest: memoryMb(pid, "VmHWM") }]),
  );
  return result;
}

async function measureRate(ways: readonly Way[]): Promise<object> {
  const result: Record<string, { p50Ms: number[]; p99Ms: number[] }> = {};
  for (let round = 0; round < 9; round += 1) {
    for (const way of ways
      .filter(({ name }) => name !== "portkey")
      .toSorted(() => Math.random() - 0.5)) {
      const { p50Ms, p99Ms, failed } = await loadAtRate(
        `${way.url}/v1/chat/completions`,
        way.headers,
        requestBody(),
        500,
        2,
      );
      if (failed > 0) throw new Error(`${way.name}: ${failed} requests failed`);
      (result[way.name] ??= { p50Ms: [], p99Ms: [] }).p50Ms.push(p50Ms);
      result[way.name]?.p99Ms.push(p99Ms);
    }
  }
  const direct = result["direct"] ?? { p50Ms: [], p99Ms: [] };
  return Object.fromEntries(
    Object.entries(result).map(([name, { p50Ms, p99Ms }]) => [
      name,
      {
        p50Ms: median(p50Ms),
        p99Ms: median(p99Ms),
        addedP50Ms: round3(median(p50Ms) - median(direct.p50Ms)),
        addedP99Ms: round3(median(p99Ms) - median(direct.p99Ms)),
        // Of the quieter rounds: what other work on the machine adds to a tail is not the gateway's.
        quiet: {
          p50Ms: quantile(p50Ms, 0.25),
          p99Ms: quantile(p99Ms, 0.25),
          addedP50Ms: round3(quantile(p50Ms, 0.25) - quantile(direct.p50Ms, 0.25)),
          addedP99Ms: round3(quantile(p99Ms, 0.25) - quantile(direct.p99Ms, 0.25)),
        },
      },
    ]),
  );
}

async function measureStreams(ways: readonly Way[]): Promise<object> {
  const result: Record<string, unknown> = {};
  for (const places of [1, 64]) {
    for (const way of ways.toSorted(() => Math.random() - 0.5)) {
      const before = cpuMs(way.pid);
      const rounds = places === 1 ? 10 : 3;
      const load = await loadStreams(
        `${way.url}/v1/chat/completions`,
        way.headers,
        requestBody({ stream: true, user: "paced" }),
        places,
        rounds,
      );
      const cpuUs = ((cpuMs(way.pid) - before) * 1000) / (load.requests * (eventsPerStream + 1));
      result[`${way.name}, ${places} paced`] = {
        firstByteP50Ms: load.p50Ms,
        firstByteP99Ms: load.p99Ms,
        failed: load.failed,
        cpuUsPerEvent: Math.round(cpuUs * 10) / 10,
      };
    }
  }
  return result;
}

async function measureMemory(ways: readonly Way[]): Promise<object> {
  const gateway = ways.find(({ name }) => name === "gateway");
  if (gateway === undefined) return {};
  const sample = async (
    work: () => Promise<number>,
  ): Promise<{ beforeMb: number; highestMb: number; bytes: number; seconds: number }> => {
    const beforeMb = memoryMb(gateway.pid);
    let highestMb = beforeMb;
    const timer = setInterval(() => (highestMb = Math.max(highestMb, memoryMb(gateway.pid))), 20);
    const started = performance.now();
    const bytes = await work();
    clearInterval(timer);
    return {
      beforeMb,
      highestMb,
      bytes,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    };
  };
  const gigabyte = 2 ** 30;
  // Compiling undici's parser takes some 30 MB for a second after the first request.
  await wait(10_000);
  const idleMb = memoryMb(gateway.pid);
  const gigabyteIn = await sample(() => upload(gateway, gigabyte));
  const gigabyteOut = await sample(() => download(gateway, gigabyte));
  let streamsHighest = 0;
  const watch = setInterval(
    () => (streamsHighest = Math.max(streamsHighest, memoryMb(gateway.pid))),
    50,
  );
  const load = await loadStreams(
    `${gateway.url}/v1/chat/completions`,
    gateway.headers,
    requestBody({ stream: true, user: "paced" }),
    1000,
    4,
  );
  clearInterval(watch);
  return {
    idleMb,
    gigabyteIn,
    gigabyteOut,
    thousandStreams: { highestMb: streamsHighest, done: load.requests, failed: load.failed },
  };
}

async function upload(way: Way, bytes: number): Promise<number> {
  const head = Buffer.from('{"model":"mock-1","messages":[{"role":"user","content":"');
  const piece = Buffer.alloc(65_536, 120);
  let left = bytes;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(head),
    pull(controller) {
      if (left <= 0) {
        controller.enqueue(Buffer.from('"}]}'));
        controller.close();
      } else controller.enqueue(piece);
      left -= piece.length;
    },
  });
  const reply = await fetch(`${way.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...way.headers, "content-type": "application/json" },
    body,
    duplex: "half",
  } as RequestInit);
  if (reply.status !== 200) throw new Error(`upload: ${reply.status} ${await reply.text()}`);
  await reply.text();
  return bytes;
}

async function download(way: Way, bytes: number): Promise<number> {
  const reply = await fetch(`${way.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...way.headers, "content-type": "application/json" },
    body: requestBody({ user: `bytes-${bytes}` }),
  });
  let received = 0;
  for await (const piece of reply.body as unknown as AsyncIterable<Uint8Array>)
    received += piece.length;
  if (received !== bytes) throw new Error(`download: ${received} of ${bytes} bytes`);
  return received;
}

async function measureAuth(): Promise<object> {
  const jwk = { kty: "oct", k: Buffer.alloc(32, 1).toString("base64url") };
  const verifier = new TokenVerifier({
    keys: { kind: "static", jwks: { keys: [jwk] } },
    algorithms: ["HS256"],
  });
  const token = await mintToken({ key: JSON.stringify(jwk), consumer: "bench" });
  await verifier.verify(token);
  const count = 200_000;
  const nowMs = Date.now();
  for (let turn = 0; turn < 20_000; turn += 1) verifier.recall(token, nowMs);
  const before = process.cpuUsage();
  for (let turn = 0; turn < count; turn += 1)
    if (verifier.recall(token, nowMs)?.kind !== "valid") throw new Error("forgotten");
  const { user, system } = process.cpuUsage(before);
  return { cachedTokenUs: round3((user + system) / count) };
}

/** What part of one core each process may use while scaling is measured, so that provider and load never run short on two cores. */
const shareOfCore = 0.25;

/**
 * One and two processes on one port. Each has a quarter of a core and no more, by a control group of its own: with the whole of
 * two cores the provider and the load would be the limit. Needs root and a writable cgroup file system; says so when it has none.
 */
async function measureProcesses(ways: readonly Way[]): Promise<object> {
  const one = ways.find(({ name }) => name === "gateway");
  if (one === undefined) return {};
  const child = startGateway(2, ports.twins);
  const two: Way = { ...one, url: `http://127.0.0.1:${ports.twins}`, pid: child.pid ?? 0 };
  await until(two.url);
  await wait(500);
  const twins = readFileSync(`/proc/${two.pid}/task/${two.pid}/children`, "latin1")
    .trim()
    .split(" ")
    .map(Number);
  for (const pid of [one.pid, ...twins])
    execFileSync("taskset", ["-a", "-c", "-p", "0-1", String(pid)], { stdio: "ignore" });
  const kinds = [
    { title: "1 process", way: one, pids: [one.pid], rates: [0], costs: [0] },
    { title: "2 processes", way: two, pids: twins, rates: [0], costs: [0] },
  ];
  // Compiled first, with all there is.
  for (const { way } of kinds)
    for (let turn = 0; turn < 5; turn += 1) wrk(way, 64, 1, requestBody());
  const limits = [one.pid, ...twins].map((pid) => limitCpu(pid, shareOfCore));
  if (limits.includes(false))
    return { skipped: "no control group for processor time can be made here" };
  const busiest: number[] = [];
  for (const kind of kinds) kind.rates.length = kind.costs.length = 0;
  for (let round = 0; round < 12; round += 1) {
    for (const { way, pids, rates, costs } of kinds.toSorted(() => Math.random() - 0.5)) {
      const before = pids.map(cpuMs);
      const { perSecond } = wrk(way, 64, 1, requestBody());
      const spent = pids.map((pid, index) => cpuMs(pid) - (before[index] ?? 0));
      const total = spent.reduce((sum, each) => sum + each, 0);
      rates.push(perSecond);
      costs.push((total * 1000) / perSecond);
      if (pids.length > 1) busiest.push(Math.max(...spent) / total);
    }
  }
  child.kill("SIGTERM");
  const [single = 0, double = 0] = kinds.map(({ rates }) => median(rates));
  return {
    shareOfCore,
    ...Object.fromEntries(
      kinds.map(({ title, rates, costs }) => [
        title,
        { perSecond: Math.round(median(rates)), cpuUs: round1(median(costs)) },
      ]),
    ),
    "2 processes of 1": round3(double / single),
    "busiest of 2": round3(median(busiest)),
  };
}

/** Holds a process, with all its threads, to a share of one core; false where the system does not let us. */
function limitCpu(pid: number, share: number): boolean {
  // Version 1 mounts each controller apart; version 2 has one tree.
  const isFirst = existsSync("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const folder = `/sys/fs/cgroup/${isFirst ? "cpu/" : ""}cloud-code-bench-${pid}`;
  const periodUs = 50_000;
  const quotaUs = Math.round(periodUs * share);
  try {
    mkdirSync(folder);
    if (isFirst) {
      writeFileSync(`${folder}/cpu.cfs_period_us`, String(periodUs));
      writeFileSync(`${folder}/cpu.cfs_quota_us`, String(quotaUs));
    } else writeFileSync(`${folder}/cpu.max`, `${quotaUs} ${periodUs}`);
    writeFileSync(`${folder}/cgroup.procs`, String(pid));
  } catch {
    return false;
  }
  process.on("exit", () => {
    // Not before its process has ended.
    for (let turn = 0; turn < 1000 && existsSync(folder); turn += 1) {
      try {
        rmdirSync(folder);
      } catch {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  });
  return true;
}

/** Mixed load for so many minutes, and the slope of the resident memory. */
async function soak(ways: readonly Way[], minutes: number): Promise<object> {
  const gateway = ways.find(({ name }) => name === "gateway");
  if (gateway === undefined) return {};
  const samples: { minute: number; mb: number }[] = [];
  let requests = 0;
  let failed = 0;
  await loadAtRate(`${gateway.url}/v1/chat/completions`, gateway.headers, requestBody(), 100, 10);
  const started = performance.now();
  while (performance.now() < started + minutes * 60_000) {
    const [whole, streamed] = await Promise.all([
      loadAtRate(`${gateway.url}/v1/chat/completions`, gateway.headers, requestBody(), 100, 5),
      loadStreams(
        `${gateway.url}/v1/chat/completions`,
        gateway.headers,
        requestBody({ stream: true, user: "paced" }),
        20,
        3,
      ),
    ]);
    requests += whole.requests + streamed.requests;
    failed += whole.failed + streamed.failed;
    samples.push({
      minute: (performance.now() - started) / 60_000,
      mb: memoryMb(gateway.pid),
    });
  }
  // The heap grows to its working size at first; a leak goes on afterwards.
  const settled = samples.slice(Math.floor(samples.length / 5));
  const values = samples.map(({ mb }) => mb);
  return {
    minutes,
    requests,
    failed,
    samples: samples.length,
    mbPerHourAfterTheFirstFifth: slope(settled),
    mbPerHour: slope(samples),
    firstMb: values[0],
    lastMb: values.at(-1),
    lowestMb: Math.min(...values),
    highestMb: Math.max(...values),
  };
}

/**
 * Slope by least squares, per hour, and the interval it lies in with 95 % (1.96 standard errors). Neighbouring samples are
 * alike, so the errors are widened by their correlation: n·(1−r)/(1+r) of them count.
 */
function slope(samples: readonly { minute: number; mb: number }[]): {
  estimate: number;
  from: number;
  to: number;
} {
  const count = samples.length;
  const mean = (of: (one: { minute: number; mb: number }) => number): number =>
    samples.reduce((sum, one) => sum + of(one), 0) / count;
  const minute = mean((one) => one.minute);
  const mb = mean((one) => one.mb);
  const spread = samples.reduce((sum, one) => sum + (one.minute - minute) ** 2, 0);
  const perMinute =
    samples.reduce((sum, one) => sum + (one.minute - minute) * (one.mb - mb), 0) / spread;
  const rests = samples.map((one) => one.mb - mb - perMinute * (one.minute - minute));
  const squares = rests.reduce((sum, rest) => sum + rest ** 2, 0);
  const neighbours = rests
    .slice(1)
    .reduce((sum, rest, index) => sum + rest * (rests[index] ?? 0), 0);
  const alike = Math.min(0.99, Math.max(0, neighbours / squares));
  const effective = Math.max(3, (count * (1 - alike)) / (1 + alike));
  const error = Math.sqrt(squares / (effective - 2) / spread);
  return {
    estimate: round1(perMinute * 60),
    from: round1((perMinute - 1.96 * error) * 60),
    to: round1((perMinute + 1.96 * error) * 60),
  };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const given = process.argv.slice(2);
const minutesAt = given.indexOf("--minutes");
const minutes = minutesAt === -1 ? 60 : Number(given[minutesAt + 1]);
const wanted = minutesAt === -1 ? given : given.toSpliced(minutesAt, 2);
if (wanted[0] === "role:provider") serveProvider(ports.provider);
else if (wanted[0] === "role:bare") serveBare(ports.bare, providerUrl);
else {
  const chosen = (name: string): boolean =>
    wanted.length === 0 ? name !== "soak" : wanted.includes(name);
  const results: Record<string, unknown> = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "?"}`,
    node: process.version,
    eventBytes: event.length,
    gatewayFlags,
    loadAverageBefore: loadavg().map(round1),
  };
  const { ways, stop } = await start();
  process.on("exit", stop);
  if (chosen("memory")) results["memory"] = await measureMemory(ways);
  if (chosen("throughput")) results["throughput"] = await measureThroughput(ways);
  if (chosen("rate")) results["500 requests/s"] = await measureRate(ways);
  if (chosen("streams")) results["streams"] = await measureStreams(ways);
  if (chosen("soak")) results["soak"] = await soak(ways, minutes);
  if (chosen("auth")) results["auth"] = await measureAuth();
  if (chosen("processes")) results["processes"] = await measureProcesses(ways);
  stop();
  results["loadAverageAfter"] = loadavg().map(round1);
  process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
}
