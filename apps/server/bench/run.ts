/**
 * Cold start and answering times of the built service, on both databases. `npm run build && npm run bench -w @cloud-code/server` prints
 * the figures and writes them to `results.json`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { goodPassword, linkIn, startPostgres } from "../src/testing/index.ts";

const program = join(import.meta.dirname, "../bin/cloud-code-server.js");
const RATE_PER_SECOND = 200;
const SECONDS = 5;

interface Times {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  /** Questions sent a second time, because the server closed the kept connection that they were sent on. */
  readonly repeated: number;
  /** CPU of the whole process for one answer; unlike the times, hardly disturbed by what else the machine does. */
  readonly cpuMs: number;
}

interface Figures {
  readonly firstStartCpuS?: number;
  readonly coldStartCpuS: number;
  readonly coldStartWallS: number;
  readonly memoryMb: number;
  readonly page: Times;
  readonly accountPage: Times;
  readonly privacyCenter: Times;
  readonly sessionCheck: Times;
}

interface Running {
  readonly pid: number;
  readonly origin: string;
  readonly cpuS: number;
  readonly wallS: number;
  readonly memoryMb: () => number;
  readonly stop: () => Promise<void>;
}

async function start(directory: string, url?: string): Promise<Running> {
  const startMs = performance.now();
  const child: ChildProcess = spawn(process.execPath, [program, "start", "--port", "0"], {
    env: {
      ...process.env,
      LANG: "C",
      CLOUD_CODE_DATA_DIR: directory,
      ...(url === undefined ? {} : { DATABASE_URL: url }),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const origin = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = /Cloud Code is at (\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error(said)));
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    origin,
    cpuS: cpuSeconds(pid),
    wallS: (performance.now() - startMs) / 1000,
    memoryMb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** User and system time of all threads of a process; the kernel counts hundredths. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Asks at a fixed rate, whether or not answers have come: a slow answer does not slow the questions that are to measure it. */
async function measure(pid: number, url: string, cookie: string): Promise<Times> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times: number[] = [];
  let failed = 0;
  let repeated = 0;
  const ask = async (dueMs: number): Promise<void> =>
    new Promise((resolve) => {
      const asked = request(url, { agent, headers: { cookie } }, (response) => {
        let bytes = 0;
        response.on("data", (chunk: Buffer) => (bytes += chunk.length));
        response.on("end", () => {
          if (response.statusCode === 200 && bytes > 0) times.push(performance.now() - dueMs);
          else failed += 1;
          resolve();
        });
      });
      asked.on("error", (error: NodeJS.ErrnoException) => {
        // Nothing was answered, it only reads, and the connection was one from before: RFC 9110, 9.2.2 lets a client ask again.
        if (asked.reusedSocket && error.code === "ECONNRESET") {
          repeated += 1;
          resolve(ask(dueMs));
          return;
        }
        failed += 1;
        resolve();
      });
      asked.end();
    });
  const run = async (count: number): Promise<void> => {
    const beginMs = performance.now();
    const pending: Promise<void>[] = [];
    for (let index = 0; index < count; index += 1) {
      const dueMs = beginMs + (index * 1000) / RATE_PER_SECOND;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      pending.push(ask(dueMs));
    }
    await Promise.all(pending);
  };
  await run(RATE_PER_SECOND * 2);
  times.length = 0;
  failed = 0;
  repeated = 0;
  const beforeS = cpuSeconds(pid);
  await run(RATE_PER_SECOND * SECONDS);
  const usedS = cpuSeconds(pid) - beforeS;
  agent.destroy();
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
  return {
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    failed,
    repeated,
    cpuMs: round((usedS * 1000) / (RATE_PER_SECOND * SECONDS)),
  };
}

/** Opens an account as the operator would, chooses its password and signs in. Returns the cookies. */
async function signIn(origin: string, directory: string, url?: string): Promise<string> {
  const created = spawn(
    process.execPath,
    [program, "user", "create", "bench", "--email", "bench@example.com", "--role", "person"],
    {
      env: {
        ...process.env,
        LANG: "C",
        CLOUD_CODE_DATA_DIR: directory,
        ...(url === undefined ? {} : { DATABASE_URL: url }),
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  for await (const chunk of created.stdout) said += String(chunk);
  const jar = new Map<string, string>();
  const send = async (path: string, fields?: Record<string, string>): Promise<string> => {
    const response = await fetch(origin + path, {
      redirect: "manual",
      headers: { cookie: toHeader(jar), origin },
      ...(fields === undefined ? {} : { method: "POST", body: new URLSearchParams(fields) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
      jar.set(name, value);
    }
    return response.text();
  };
  const token = (html: string): string => /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const path = linkIn(said);
  const secret = new URLSearchParams(path.split("?")[1]).get("token") ?? "";
  await send("/reset/choose", {
    form_token: token(await send(path)),
    token: secret,
    password: goodPassword,
  });
  await send("/sign-in", {
    form_token: token(await send("/sign-in")),
    identifier: "bench",
    password: goodPassword,
  });
  const changes = await send("/privacy/changes");
  await send("/privacy/changes", {
    form_token: token(changes),
    ...Object.fromEntries(
      [...changes.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = "", value = ""]) => [name, value],
      ),
    ),
  });
  return toHeader(jar);
}

function toHeader(jar: ReadonlyMap<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}

/** Whether what is measured is what it is taken for: the person's own pages, for them and for nobody else. */
async function checkAnswers(origin: string, cookie: string): Promise<void> {
  const read = async (path: string, sent: string) =>
    (await fetch(origin + path, { headers: { cookie: sent }, redirect: "manual" })).text();
  const expected = [
    ["/api/session", '"signedIn":true'],
    ["/account", "bench@example.com"],
    ["/privacy/center", "/privacy/center/consent"],
  ] as const;
  for (const [path, words] of expected) {
    if (!(await read(path, cookie)).includes(words))
      throw new Error(
        `${path} does not say "${words}", so the bench would measure something else.`,
      );
    if ((await read(path, "")).includes(words))
      throw new Error(`${path} says "${words}" to a visitor, too.`);
  }
}

async function measureService(url?: string): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), "cc-bench-"));
  try {
    const first = await start(directory, url);
    await first.stop();
    const running = await start(directory, url);
    const cookie = await signIn(running.origin, directory, url);
    await checkAnswers(running.origin, cookie);
    const figures: Figures = {
      firstStartCpuS: first.cpuS,
      coldStartCpuS: running.cpuS,
      coldStartWallS: round(running.wallS),
      page: await measure(running.pid, `${running.origin}/`, ""),
      accountPage: await measure(running.pid, `${running.origin}/account`, cookie),
      privacyCenter: await measure(running.pid, `${running.origin}/privacy/center`, cookie),
      sessionCheck: await measure(running.pid, `${running.origin}/api/session`, cookie),
      memoryMb: Math.round(running.memoryMb()),
    };
    await running.stop();
    return figures;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const cluster = await startPostgres();
const admin = new pg.Client({ host: cluster.socket, user: "admin", database: "postgres" });
await admin.connect();
await admin.query("CREATE ROLE service LOGIN CREATEROLE");
await admin.query("CREATE DATABASE service OWNER service");
const { rows } = await admin.query<{ server_version: string }>("SHOW server_version");
await admin.end();
const loadBefore = loadavg()[0] ?? 0;
const embedded = await measureService();
const server = await measureService(
  `postgres://service@localhost/service?host=${encodeURIComponent(cluster.socket)}`,
);
await cluster.stop();
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, shared with the program that asks`,
  load: { before: round(loadBefore), after: round(loadavg()[0] ?? 0) },
  node: process.version,
  ratePerSecond: RATE_PER_SECOND,
  secondsEach: SECONDS,
  embedded,
  [`postgresql ${rows[0]?.server_version.split(" ")[0] ?? ""}`]: server,
};
writeFileSync(
  join(import.meta.dirname, "../bench/results.json"),
  `${JSON.stringify(results, null, 2)}\n`,
);
console.log(JSON.stringify(results, null, 2));
