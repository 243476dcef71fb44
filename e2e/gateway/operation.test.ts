/** The program as an operator meets it: commands, signals, files that change, certificates, several processes, and trouble. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as open } from "node:http";
import { request as openSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { hashKey, signRequest } from "@cloud-code/models";
import { Provider } from "./provider.ts";
import { key, keyHash, startGateway, usualConfig } from "./start.ts";

const root = new URL("../..", import.meta.url).pathname;
const program = join(root, "apps/gateway/bin/cloud-code-gateway.js");
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  if (!existsSync(join(root, "apps/gateway/dist/program.js")))
    throw new Error("build first: npm run build");
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gateway-operation-"));
  cleanups.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function startProvider(port = 0): Promise<Provider> {
  const provider = await new Provider().listen(port);
  cleanups.push(() => (provider.server.listening ? provider.close() : undefined));
  return provider;
}

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly url: string;
}

async function run(
  file: string,
  prefix: readonly string[] = [],
  more: readonly string[] = [],
): Promise<Running> {
  const [first = process.execPath, ...rest] = prefix;
  const args = [program, "run", "--config", file, ...more];
  const child = spawn(first, prefix.length === 0 ? args : [...rest, process.execPath, ...args], {
    env: { ...process.env, PROVIDER_KEY: "sk-p", LANG: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (piece: Buffer) => (output += piece.toString()));
  for (;;) {
    const url = /Listening on (https?:\/\/\S+)/.exec(output)?.[1];
    if (url !== undefined) return { child, output: () => output, url };
    if (child.exitCode !== null) throw new Error(output);
    await wait(20);
  }
}

/** The serving processes of a supervising one. */
function workersOf(child: ChildProcess): number[] {
  return readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "latin1")
    .split(" ")
    .filter((pid) => pid.trim() !== "")
    .map(Number);
}

function ask(
  url: string,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: object }> {
  return new Promise((resolve, reject) => {
    const request = open(
      `${url}/v1/chat/completions`,
      { method: "POST", headers: { authorization: `Bearer ${key}`, ...headers } },
      (response) => {
        let text = "";
        response
          .on("data", (piece: Buffer) => (text += piece.toString()))
          .on("end", () =>
            resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
          )
          .on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(JSON.stringify({ model: "m", messages: [], ...more }));
  });
}

/** Like `command`, but this process goes on serving meanwhile. */
async function commandBeside(
  args: readonly string[],
  input = "",
  environment: Record<string, string> = {},
): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env["PATH"] ?? "", LANG: "C", ...environment },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece: Buffer) => (out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (err += piece.toString()));
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, out, err };
}

function command(
  args: readonly string[],
  input = "",
  environment: Record<string, string> = {},
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", LANG: "C", ...environment },
  });
  return { status, out: stdout, err: stderr };
}

describe("the command line", () => {
  it("asks three questions and prints a configuration that works", async () => {
    // A model server on this machine is found and offered first. 8080 is llama-server's port.
    await startProvider(8080);
    const made = await commandBeside(["init"], "9\n1\nport?\n0\n");
    const shownKey = /cck_[\w-]{43}/.exec(made.err)?.[0] ?? "";
    expect([made.status, hashKey(shownKey)]).toEqual([0, /sha256: (\w+)/.exec(made.out)?.[1]]);
    expect(made.out).not.toContain(shownKey);
    expect(made.err).toContain("1) llama-server (127.0.0.1:8080, running on this machine)");
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, made.out);
    expect(await commandBeside(["check", "--config", file, "--connect"])).toMatchObject({
      status: 0,
      out: expect.stringContaining("llama: reachable") as unknown,
    });
    const { url } = await run(file);
    expect((await ask(url, {}, { authorization: `Bearer ${shownKey}` })).text).toContain(
      "SECRET-ANSWER",
    );
  });
  it("explains itself in both languages, and what went wrong with a line", () => {
    expect(command(["--help"]).out).toContain("Nothing that passes is kept");
    expect(command(["--help"], "", { LANG: "zh_CN.UTF-8" }).out).toContain("一概不留存");
    expect(command(["nonsense"])).toMatchObject({
      status: 2,
      err: 'There is no command "nonsense". Run cloud-code-gateway --help.\n',
    });
    expect(command(["run", "--port", "9000"])).toMatchObject({
      status: 2,
      err: expect.stringContaining('There is no option "--port"') as unknown,
    });
    expect(command(["check"]).err).toMatch(/gateway.yaml cannot be read \(ENOENT\).*init/);
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, "listen:\n  - port: x\n");
    expect(command(["run", "--config", file])).toMatchObject({
      status: 1,
      err: expect.stringMatching(/gateway\.yaml:2: listen\.0\.port/) as unknown,
    });
    expect(command(["check", "--config", file], "", { LANG: "zh_CN.UTF-8" }).err).toMatch(
      /^配置无法使用：\n.*gateway\.yaml:2: /,
    );
  });
  it("asks every kind of provider whether the credential is good", async () => {
    const paths: string[] = [];
    let status = 200;
    const server = createServer((request, response) => {
      paths.push(request.url ?? "");
      response.writeHead(status).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folder(), "gateway.yaml");
    writeFileSync(
      file,
      `upstreams:
  plain: { kind: openai, baseUrl: "${address}/v1" }
  studio: { kind: dashscope, baseUrl: "${address}" }
  claude: { kind: anthropic, baseUrl: "${address}" }
  nobody: { kind: openai, baseUrl: "http://127.0.0.1:9/v1" }
`,
    );
    const check = async (...expected: string[]): Promise<void> => {
      const { status: code, out } = await commandBeside(["check", "--connect", "--config", file]);
      expect([code, out.split("\n").slice(1, -1).toSorted()]).toEqual([1, expected]);
    };
    const nobody = "nobody: no answer. Check address, network and that the server runs.";
    await check("claude: reachable", nobody, "plain: reachable", "studio: reachable");
    expect(paths.toSorted()).toEqual(["/compatible-mode/v1/models", "/v1/models", "/v1/models"]);
    const expectAll = (words: string): Promise<void> =>
      check(`claude: ${words}`, nobody, `plain: ${words}`, `studio: ${words}`);
    status = 401;
    await expectAll(
      "refuses the credential (401). Check the key, and that it belongs to this region.",
    );
    status = 503;
    await expectAll("reachable, but it answers with 503. Try again later, or ask its operator.");
  });
  it("makes, hashes and seals keys", () => {
    const made = command(["keys", "new", "alice"]).out;
    const shown = /cck_[\w-]{43}/.exec(made)?.[0] ?? "";
    expect(made).toContain(hashKey(shown));
    expect(command(["keys", "hash"], shown).out.trim()).toBe(hashKey(shown));
    const master = command(["keys", "master"]).out.trim();
    const sealed = command(["keys", "encrypt"], "sk-1\n", {
      CLOUD_CODE_GATEWAY_MASTER_KEY: master,
    }).out.trim();
    expect(sealed).toMatch(/^enc:v1:/);
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, `upstreams: { a: { kind: anthropic, credential: { key: "${sealed}" } } }`);
    expect(
      command(["check", "--config", file], "", { CLOUD_CODE_GATEWAY_MASTER_KEY: master }).status,
    ).toBe(0);
    expect(command(["check", "--config", file]).err).toContain("CLOUD_CODE_GATEWAY_MASTER_KEY");
  });
  it("runs without any provider, and answers how to add one", async () => {
    const { url } = await startAndForget(
      `listen: [{ port: 0 }]\nconsumers: [{ name: a, anonymous: true }]`,
    );
    const reply = await ask(url);
    expect([reply.status, reply.text]).toEqual([503, expect.stringMatching(/no_upstream/)]);
    expect(reply.text).toContain("cloud-code-gateway init");
  });
});

async function startAndForget(text: string): Promise<{ url: string; log: () => string }> {
  const started = await startGateway(text);
  cleanups.push(() => started.gateway.stop());
  return started;
}

describe("a running gateway", () => {
  it("takes a changed file by itself, and keeps the old configuration when the new one is bad", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, usualConfig(provider.url));
    const { child, output, url } = await run(file);
    const stream = ask(url, { model: "slow", stream: true });
    await wait(100);
    writeFileSync(file, "listen:\n  - port: 0\nmodels:\n  a: nowhere\n");
    child.kill("SIGHUP");
    for (let count = 0; count < 100 && !output().includes("reload-refused"); count += 1)
      await wait(50);
    expect(output()).toMatch(/"event":"reload-refused","line":4/);
    expect(output()).toMatch(/gateway\.yaml:4: models\.a: there is no upstream "nowhere"/);
    expect((await ask(url)).status).toBe(200);
    // This time nobody sends a signal: the file is watched.
    writeFileSync(file, usualConfig(provider.url).replace(keyHash, hashKey("cck_other")));
    for (let count = 0; count < 150 && !output().includes('"reloaded"'); count += 1) await wait(50);
    expect((await ask(url)).status).toBe(401);
    expect((await ask(url, {}, { authorization: "Bearer cck_other" })).status).toBe(200);
    expect((await stream).text.endsWith("data: [DONE]\n\n")).toBe(true);
  });
  it("lets answers end when it is told to stop, and takes no new connections", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, usualConfig(provider.url));
    const { child, output, url } = await run(file);
    const stream = ask(url, { model: "slow", stream: true });
    await wait(100);
    child.kill("SIGTERM");
    await wait(150);
    await expect(ask(url)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    expect((await stream).text.endsWith("data: [DONE]\n\n")).toBe(true);
    for (let count = 0; count < 100 && child.exitCode === null; count += 1) await wait(20);
    expect([child.exitCode, output()]).toEqual([
      0,
      expect.stringContaining('"event":"stopped","count":0'),
    ]);
  });
  it("cuts off what has not ended in time", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, usualConfig(provider.url, "limits: { drainMs: 300 }"));
    const { child, output, url } = await run(file);
    const stream = ask(url, { model: "endless", stream: true });
    const failed = stream.then(
      () => "complete",
      () => "cut",
    );
    await wait(100);
    child.kill("SIGTERM");
    expect(await failed).toBe("cut");
    for (let count = 0; count < 100 && child.exitCode === null; count += 1) await wait(20);
    expect([child.exitCode, output()]).toEqual([
      0,
      expect.stringContaining('"event":"stopped","count":1'),
    ]);
    for (let count = 0; count < 100 && provider.live > 0; count += 1) await wait(20);
    expect(provider.live).toBe(0);
  });
  it("goes on when a provider was restarted, and when file descriptors ran out", async () => {
    let provider = await startProvider();
    const { port } = new URL(provider.url);
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, usualConfig(provider.url));
    const { child, url } = await run(file, ["prlimit", "--nofile=256"]);
    expect((await ask(url)).status).toBe(200);
    await provider.close();
    expect((await ask(url)).status).toBe(502);
    provider = await startProvider(Number(port));
    expect((await ask(url)).status).toBe(200);
    const crowd = await Promise.allSettled(
      Array.from({ length: 300 }, () => ask(url, { model: "slow", stream: true })),
    );
    const served = crowd.filter(
      (one) => one.status === "fulfilled" && one.value.text.endsWith("[DONE]\n\n"),
    ).length;
    expect(served).toBeGreaterThan(80);
    expect(served).toBeLessThan(300);
    expect(child.exitCode).toBeNull();
    expect((await ask(url)).status).toBe(200);
  });
  it("shares one port among processes, adds up their numbers, and replaces a lost one", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(
      file,
      `processes: 2\n${usualConfig(provider.url).replace("port: 0", "port: 18797")}`,
    );
    const { child, output, url } = await run(file);
    await wait(500);
    await Promise.all(Array.from({ length: 40 }, () => ask(url, {}, { connection: "close" })));
    // An exchange is counted when its connection has closed, which may be a moment after its answer was read.
    const summed = /requests_total\{consumer="alice".*status="200"\} 40\n/;
    let metrics = "";
    for (let count = 0; count < 50 && !summed.test(metrics); count += 1) {
      await wait(50);
      metrics = await (await fetch(`${url}/metrics`)).text();
    }
    expect(metrics).toMatch(summed);
    const [worker = 0] = workersOf(child);
    process.kill(worker, "SIGKILL");
    for (let count = 0; count < 100 && !output().includes("worker-lost"); count += 1)
      await wait(50);
    await wait(1000);
    expect((await ask(url, {}, { connection: "close" })).status).toBe(200);
    child.kill("SIGTERM");
    for (let count = 0; count < 200 && child.exitCode === null; count += 1) await wait(20);
    expect(child.exitCode).toBe(0);
  });
  it("takes a signature once with all its processes, and ends when none of them can serve", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(
      file,
      usualConfig(
        provider.url,
        '    hmac: [{ accessKey: app, secret: "env:PROVIDER_KEY" }]',
      ).replace("port: 0", "port: 18799"),
    );
    const { url, child } = await run(file, [], ["--processes", "2"]);
    for (let count = 0; count < 100 && workersOf(child).length < 2; count += 1) await wait(50);
    const body = '{"model":"m","messages":[]}';
    const request = {
      method: "POST",
      url: "/v1/chat/completions",
      headers: { "content-type": "application/json", accept: "*/*" },
      body,
    };
    const headers = {
      ...request.headers,
      ...signRequest(request, { accessKey: "app", secret: "sk-p" }),
      connection: "close",
    };
    const send = (): Promise<number> =>
      new Promise((resolve, reject) => {
        open(`${url}/v1/chat/completions`, { method: "POST", headers }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        })
          .on("error", reject)
          .end(body);
      });
    const statuses = await Promise.all(Array.from({ length: 8 }, send));
    expect(statuses.toSorted((left, right) => left - right)).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 401),
    ]);
    // The port is taken now.
    const second = await commandBeside(["run", "--processes", "2", "--config", file], "", {
      PROVIDER_KEY: "sk-p",
    });
    expect(second).toMatchObject({
      status: 1,
      err: expect.stringContaining("The address is taken") as unknown,
    });
  });
  it("goes on when whoever read its log is gone", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(file, usualConfig(provider.url));
    const { url, child } = await run(file);
    child.stdout?.destroy();
    for (let count = 0; count < 3; count += 1) {
      expect((await ask(url)).status).toBe(200);
      // Longer than lines are gathered before they are written.
      await wait(200);
    }
    expect(child.exitCode).toBeNull();
  });
  it("keeps to one limit with all its processes, as many as the command line says", async () => {
    const provider = await startProvider();
    const file = join(folder(), "gateway.yaml");
    writeFileSync(
      file,
      usualConfig(provider.url, "    limits: { requestsPerMinute: 20 }").replace(
        "port: 0",
        "port: 18798",
      ),
    );
    const { child, url } = await run(file, [], ["--processes", "2"]);
    for (let count = 0; count < 100 && workersOf(child).length < 2; count += 1) await wait(50);
    await wait(1000);
    let served = 0;
    // Each on a connection of its own, so both processes get their share, and slowly enough for them to tell each other.
    for (let count = 0; count < 30; count += 1) {
      if ((await ask(url, {}, { connection: "close" })).status === 200) served += 1;
      await wait(30);
    }
    // Each process by itself would have let 20 pass, both together all 30.
    expect(served).toBeGreaterThanOrEqual(20);
    expect(served).toBeLessThanOrEqual(25);
    expect(command(["run", "--config", file, "--processes", "0"])).toMatchObject({
      status: 2,
      err: expect.stringContaining("--processes takes a number from 1 to 64") as unknown,
    });
  });
  it("speaks HTTPS itself, and takes a new certificate without a restart", async () => {
    const provider = await startProvider();
    const path = folder();
    const make = (name: string): void => {
      const made = spawnSync("openssl", [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        `/CN=${name}`,
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        join(path, "key.pem"),
        "-out",
        join(path, "cert.pem"),
      ]);
      if (made.status !== 0) throw new Error(String(made.stderr));
    };
    make("first");
    const file = join(path, "gateway.yaml");
    writeFileSync(
      file,
      usualConfig(provider.url).replace(
        "{ port: 0 }",
        "{ port: 0, tls: { certificate: cert.pem, key: key.pem } }",
      ),
    );
    const { child, output, url } = await run(file);
    const subject = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const request = openSecure(
          `${url}/healthz`,
          { rejectUnauthorized: false, agent: false },
          (response) => {
            const socket = response.socket as unknown as {
              getPeerCertificate(): { subject: { CN: string } };
            };
            resolve(socket.getPeerCertificate().subject.CN);
            response.resume();
          },
        );
        request.on("error", reject).end();
      });
    expect(await subject()).toBe("first");
    make("second");
    child.kill("SIGHUP");
    for (let count = 0; count < 100 && !output().includes('"reloaded"'); count += 1) await wait(50);
    expect(await subject()).toBe("second");
  });
});

describe("the container", () => {
  it("[G1] holds a program that starts without privileges, without core dumps, and answers its health check", async () => {
    // No container runtime is needed to see it: its own copy lines, entry point and health check, in a folder of its own.
    const path = folder();
    const lines = readFileSync(join(root, "apps/gateway/Containerfile"), "utf8").split("\n");
    const field = (name: string): string[] =>
      lines
        .filter((line) => line.startsWith(`${name} `))
        .map((line) => line.slice(name.length + 1));
    const list = (name: string): string[] => JSON.parse(field(name)[0] ?? "[]") as string[];
    const copies = field("COPY --from=build");
    expect(copies).toHaveLength(3);
    for (const [from = "", to = ""] of copies.map((line) => line.split(" ")))
      cpSync(from.replace("/build", root), join(path, to), { recursive: true });
    // The build's own command exists, and makes what is copied.
    const workspace = JSON.parse(readFileSync(join(root, "apps/gateway/package.json"), "utf8")) as {
      name: string;
      scripts: { build: string };
    };
    expect(field("RUN")[0]).toContain(`npm run build --workspace ${workspace.name}`);
    expect(workspace.scripts.build).toContain("--outfile=dist/program.js");
    const provider = await startProvider();
    writeFileSync(
      join(path, "gateway.yaml"),
      usualConfig(provider.url).replace("port: 0", "port: 8787"),
    );
    spawnSync("chmod", ["-R", "a+rX,a-w", path]);
    const inside = list("ENTRYPOINT").map((word) => word.replaceAll("/app/", `${path}/`));
    const command = list("CMD").map((word) => word.replace("/config/", `${path}/`));
    // As root the test can become somebody without privileges; otherwise it is run by such a person anyway.
    const someone =
      process.getuid?.() === 0
        ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        : [];
    const [program = "", ...args] = [...someone, ...inside, ...command];
    const child = spawn(program, args, {
      cwd: path,
      env: {
        PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
        PROVIDER_KEY: "sk-p",
        LANG: "C",
      },
    });
    cleanups.push(() => child.kill("SIGKILL"));
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece: Buffer) => (output += piece.toString()));
    for (let count = 0; count < 300 && !output.includes("Listening on"); count += 1) await wait(20);
    expect(output).toContain("Listening on http://127.0.0.1:8787");
    expect(output).not.toContain("Core dumps");
    const health = list("HEALTHCHECK CMD");
    expect(spawnSync(health[0] ?? "", health.slice(1)).status).toBe(0);
    expect((await ask("http://127.0.0.1:8787")).status).toBe(200);
    child.kill("SIGTERM");
    for (let count = 0; count < 200 && child.exitCode === null; count += 1) await wait(20);
    expect(child.exitCode).toBe(0);
    expect(spawnSync(health[0] ?? "", health.slice(1)).status).toBe(1);
  });
});

describe("a realtime conversation", () => {
  it("is relayed both ways, with the caller's key in a header or, from a browser, in a subprotocol", async () => {
    const provider = await startProvider();
    const { url, log } = await startAndForget(usualConfig(provider.url));
    const address = `${url.replace("http", "ws")}/v1/realtime?model=qwen-omni-realtime&x=1`;
    const converse = (socket: WebSocket): Promise<string[]> =>
      new Promise((resolve, reject) => {
        const heard: string[] = [];
        socket.on("open", () => {
          socket.send("hello");
          socket.send(Buffer.alloc(200_000, 7));
        });
        socket.on("message", (data: Buffer, binary) => {
          heard.push(binary ? `${data.length} bytes` : data.toString());
          if (heard.length === 2) socket.close();
        });
        socket.on("close", () => resolve(heard)).on("error", reject);
      });
    expect(
      await converse(new WebSocket(address, { headers: { authorization: `Bearer ${key}` } })),
    ).toEqual(["echo hello", "200000 bytes"]);
    expect(
      await converse(new WebSocket(address, ["realtime", `openai-insecure-api-key.${key}`])),
    ).toEqual(["echo hello", "200000 bytes"]);
    const [first, second] = provider.seen;
    expect([first?.path, first?.headers.authorization]).toEqual([
      "/api-ws/v1/realtime?model=qwen-omni-realtime&x=1",
      "Bearer sk-PROVIDER-KEY",
    ]);
    expect(second?.headers["sec-websocket-protocol"]).toBe("realtime");
    await expect(
      converse(new WebSocket(address, { headers: { authorization: "Bearer wrong" } })),
    ).rejects.toThrow("401");
    await expect(
      converse(
        new WebSocket(address.replace("qwen-omni", "claude"), {
          headers: { authorization: `Bearer ${key}` },
        }),
      ),
    ).rejects.toThrow("400");
    await wait(50);
    expect(log().match(/"route":"realtime"/g)?.length).toBe(4);
  });
});
