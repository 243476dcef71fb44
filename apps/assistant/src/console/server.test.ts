import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import type { HostMessage, PanelMessage } from "@cloud-code/panel/protocol";
import type { Telemetry, UsageEvent } from "@cloud-code/telemetry";
import { LiveSearch } from "../search/live.ts";
import type { Question, Session, Status } from "../session.ts";
import { openTelemetry } from "../telemetry/open.ts";
import type { Assets } from "./assets.ts";
import type { ConsoleErrorCode, ConsoleProblem, OpenedFile, Project } from "./protocol.ts";
import { type ConsoleServer, startConsoleServer } from "./server.ts";

let root: string;
let server: ConsoleServer;
let search: LiveSearch;
let session: ReturnType<typeof createSession>;
let faults: unknown[];
let telemetry: Telemetry;
let counting: MockInstance<Telemetry["count"]>;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "console-")));
  await mkdir(join(root, "src"));
  await writeFile(join(root, "src/app.ts"), "export const one = 1;\n");
  session = createSession();
  faults = [];
  search = new LiveSearch({ root, cache: join(root, ".cache"), isTold: false }, (notice) =>
    faults.push(notice),
  );
  telemetry = await openTelemetry(
    { editorTelemetry: () => undefined, receiver: () => undefined },
    { XDG_CONFIG_HOME: join(root, ".own"), XDG_STATE_HOME: join(root, ".own") },
  );
  counting = vi.spyOn(telemetry, "count");
  server = await startConsoleServer({
    session,
    search,
    telemetry,
    root,
    assets,
    port: 0,
    language: "en",
    onFault: (error) => faults.push(error),
  });
});

afterEach(async () => {
  await server.close();
  await search.close();
  await telemetry.close();
  await rm(root, { recursive: true });
});

/** A session whose answers a test can see through: it says what it was asked. The real one is tested in e2e. */
function createSession(): Session & {
  questions: Question[];
  changes: string[];
  announce(status: Status): void;
  listeners: number;
} {
  const listeners = new Set<(status: Status) => void>();
  let status: Status = {
    root: "",
    activity: { kind: "ready" },
    index: { files: 1, tokens: 6, bytes: 0, skipped: {} },
  };
  const questions: Question[] = [];
  const changes: string[] = [];
  return {
    questions,
    changes,
    get root() {
      return root;
    },
    get listeners() {
      return listeners.size;
    },
    announce(next) {
      status = next;
      for (const listener of listeners) listener(next);
    },
    async complete(question) {
      questions.push(question);
      if (question.text === "faulty") throw new Error("const secret = 1;");
      if (question.text === "slow") await new Promise((resolve) => setTimeout(resolve, 300));
      return { candidates: [], why: "no-evidence", latencyMs: 1 };
    },
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed: (path) => void changes.push(path),
    ready: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

const assets: Assets = {
  document: (language) => ({ html: `<html lang="${language}">`, policy: "default-src 'none'" }),
  find: (name) =>
    name === "main.js" ? { type: "text/javascript", bytes: Buffer.from("1") } : undefined,
};

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Received {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** By node:http, because `fetch` does not let a test choose Host and Origin. */
function send(path: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(new URL(path, server.address), { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (isConnected: boolean): void => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

function withKey(headers: Record<string, string> = {}): Record<string, string> {
  return { authorization: `Bearer ${server.key}`, ...headers };
}

function get(path: string): Promise<Received> {
  return send(path, { headers: withKey() });
}

function sendJson(method: string, path: string, body: unknown): Promise<Received> {
  return send(path, {
    method,
    headers: withKey({ "content-type": "application/json" }),
    body: JSON.stringify(body),
  });
}

function filePath(path: string): string {
  return `/api/file?path=${encodeURIComponent(path)}`;
}

async function open(path: string): Promise<OpenedFile> {
  const { status, text } = await get(filePath(path));
  expect(status).toBe(200);
  return JSON.parse(text) as OpenedFile;
}

function problemOf({ text }: Received): ConsoleProblem {
  return JSON.parse(text) as ConsoleProblem;
}

describe("who may talk to the console", () => {
  async function check(
    sent: Sent & { path?: string },
    expected: ConsoleErrorCode | number,
  ): Promise<void> {
    const received = await send(sent.path ?? "/api/project", sent);
    expect(received.status === 200 ? 200 : problemOf(received).code).toBe(expected);
  }

  test("the page with the key of this run is answered", async () => {
    await check({ headers: withKey() }, 200);
    await check(
      {
        headers: withKey({ origin: server.address.slice(0, -1), "sec-fetch-site": "same-origin" }),
      },
      200,
    );
  });

  test("a request without the key, or with another, learns nothing", async () => {
    await check({}, "wrong-key");
    await check({ headers: { authorization: "Bearer guess" } }, "wrong-key");
    await check({ headers: { authorization: server.key } }, "wrong-key");
    await check({ headers: { cookie: `key=${server.key}` } }, "wrong-key");
    await check({ path: `/api/project?key=${server.key}` }, "wrong-key");
    await check({ path: filePath("src/app.ts") }, "wrong-key");
  });

  test("a name that was re-bound to 127.0.0.1 is refused, with the key too", async () => {
    await check({ headers: withKey({ host: "evil.example" }) }, "foreign-request");
    await check(
      { headers: withKey({ host: `evil.example:${new URL(server.address).port}` }) },
      "foreign-request",
    );
    await check({ headers: withKey({ host: "127.0.0.1.evil.example" }) }, "foreign-request");
    await check({ path: "/", headers: { host: "evil.example" } }, "foreign-request");
  });

  test("a tunnel from another port of a loopback name works", async () => {
    await check(
      { headers: withKey({ host: "localhost:9000", origin: "http://localhost:9000" }) },
      200,
    );
  });

  test("another page is refused, one on another local port included", async () => {
    await check({ headers: withKey({ origin: "https://evil.example" }) }, "foreign-request");
    await check({ headers: withKey({ origin: "http://127.0.0.1:1" }) }, "foreign-request");
    await check({ headers: withKey({ origin: "null" }) }, "foreign-request");
    await check({ headers: withKey({ "sec-fetch-site": "cross-site" }) }, "foreign-request");
    await check(
      { path: "/main.js", headers: { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" } },
      "foreign-request",
    );
  });

  test("a ticket is exchanged for the key once", async () => {
    const ticket = server.issueTicket();
    const enter = (value: string): Promise<Received> =>
      send("/api/enter", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ticket: value }),
      });
    expect(problemOf(await enter("guess")).code).toBe("used-ticket");
    expect(JSON.parse((await enter(ticket)).text)).toEqual({ key: server.key });
    expect(problemOf(await enter(ticket)).code).toBe("used-ticket");
  });

  test("the server listens on 127.0.0.1 alone", async () => {
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const hosts = [
      "127.0.0.2",
      ...others.map(({ address }) => address).filter((address) => address !== "127.0.0.1"),
    ];
    for (const host of hosts)
      expect([host, await canConnect(host, Number(new URL(server.address).port))]).toEqual([
        host,
        false,
      ]);
    expect(await canConnect("127.0.0.1", Number(new URL(server.address).port))).toBe(true);
  });

  test("every answer forbids caching, sniffing and embedding", async () => {
    for (const path of ["/", "/main.js", "/api/project", "/nothing"]) {
      const { headers } = await send(path);
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["set-cookie"]).toBeUndefined();
    }
  });
});

describe("which files are opened", () => {
  async function check(path: string, expected: ConsoleErrorCode | "opened"): Promise<void> {
    const received = await get(filePath(path));
    expect([path, received.status === 200 ? "opened" : problemOf(received).code]).toEqual([
      path,
      expected,
    ]);
  }

  test("no path leads out of the root", async () => {
    await writeFile(join(root, "..", "outside.ts"), "secret");
    for (const path of [
      "../outside.ts",
      "src/../../outside.ts",
      "/etc/passwd",
      "src//app.ts",
      "./src/app.ts",
      "..\\outside.ts",
      "",
      "src/\0app.ts",
      "src/app.ts/..",
    ]) {
      await check(path, "bad-request");
    }
    await rm(join(root, "..", "outside.ts"));
  });

  test("a link is not followed, whether to a file or through a folder", async () => {
    const other = await mkdtemp(join(tmpdir(), "outside-"));
    await writeFile(join(other, "stolen.ts"), "secret");
    await symlink(join(other, "stolen.ts"), join(root, "link.ts"));
    await symlink(other, join(root, "folder"));
    await check("link.ts", "refused-file");
    await check("folder/stolen.ts", "refused-file");
    await rm(other, { recursive: true });
  });

  test("[A2] secrets and ignored files are neither listed nor opened nor written", async () => {
    await writeFile(join(root, ".env"), "TOKEN=canary");
    await writeFile(join(root, "secrets.ts"), "export const token = 'canary';");
    await writeFile(join(root, ".gitignore"), "private/\n");
    await mkdir(join(root, "private"));
    await writeFile(join(root, "private/plan.ts"), "canary");
    const { text } = await get("/api/project");
    expect((JSON.parse(text) as Project).files.map(({ path }) => path)).toEqual(["src/app.ts"]);
    for (const path of [".env", "secrets.ts", "private/plan.ts"]) {
      await check(path, "refused-file");
      expect(
        problemOf(await sendJson("PUT", filePath(path), { text: "x", version: null })).code,
      ).toBe("refused-file");
    }
    expect(await readFile(join(root, ".env"), "utf8")).toBe("TOKEN=canary");
  });

  test("what is not there, not text or too large is refused with its own code", async () => {
    await writeFile(join(root, "latin.ts"), Buffer.from([0x61, 0xe9, 0x62]));
    await writeFile(join(root, "large.ts"), "x".repeat(3 * 1024 * 1024));
    await check("src/gone.ts", "not-found");
    await check("latin.ts", "not-text");
    await check("large.ts", "too-large");
    await check("src", "bad-request");
    await check("src/app.ts", "opened");
  });
});

describe("saving", () => {
  async function check(
    before: string,
    edit: (text: string) => string,
    after: string,
  ): Promise<void> {
    await writeFile(join(root, "src/app.ts"), before);
    const { text, version } = await open("src/app.ts");
    const saved = await sendJson("PUT", filePath("src/app.ts"), { text: edit(text), version });
    expect(saved.status).toBe(200);
    expect(await readFile(join(root, "src/app.ts"), "utf8")).toBe(after);
  }

  test("the text is on disk, the session is told, and nothing else is left in the folder", async () => {
    await check("one\n", (text) => `${text}two\n`, "one\ntwo\n");
    expect(session.changes).toEqual(["src/app.ts"]);
    expect(await readdir(join(root, "src"))).toEqual(["app.ts"]);
  });

  test("line endings and a byte-order mark stay as they were", async () => {
    await check("a\r\nb\r\n", (text) => text.replace("b", "b\nc"), "a\r\nb\r\nc\r\n");
    await check("\uFEFFa\r\n", (text) => `${text}b\n`, "\uFEFFa\r\nb\r\n");
    await check("a\r\nb\nc\r", (text) => text.replace("b", "B"), "a\r\nB\nc\r");
    await check("no newline at the end", (text) => text, "no newline at the end");
  });

  test("the mode stays as it was", async () => {
    await chmod(join(root, "src/app.ts"), 0o751);
    await check("a", () => "b", "b");
    expect((await stat(join(root, "src/app.ts"))).mode & 0o7777).toBe(0o751);
  });

  test("a file that changed on disk is not overwritten until the person says so", async () => {
    const { version } = await open("src/app.ts");
    await writeFile(join(root, "src/app.ts"), "theirs");
    const refused = await sendJson("PUT", filePath("src/app.ts"), { text: "mine", version });
    expect(refused.status).toBe(409);
    const problem = problemOf(refused);
    expect(problem.code).toBe("changed-on-disk");
    expect(await readFile(join(root, "src/app.ts"), "utf8")).toBe("theirs");
    expect(session.changes).toEqual([]);

    const forced = await sendJson("PUT", filePath("src/app.ts"), {
      text: "mine",
      version: problem.version,
    });
    expect(forced.status).toBe(200);
    expect(await readFile(join(root, "src/app.ts"), "utf8")).toBe("mine");
  });

  test("a file that was deleted is created again when the person says so", async () => {
    const { version } = await open("src/app.ts");
    await rm(join(root, "src/app.ts"));
    const problem = problemOf(
      await sendJson("PUT", filePath("src/app.ts"), { text: "mine", version }),
    );
    expect(problem).toMatchObject({ code: "changed-on-disk", version: null });
    expect(
      (await sendJson("PUT", filePath("src/app.ts"), { text: "mine", version: null })).status,
    ).toBe(200);
    expect(await readFile(join(root, "src/app.ts"), "utf8")).toBe("mine");
  });
});

describe("requests", () => {
  async function check(
    method: string,
    path: string,
    body: unknown,
    expected: ConsoleErrorCode,
  ): Promise<void> {
    const received = await sendJson(method, path, body);
    expect([path, received.text && problemOf(received).code]).toEqual([path, expected]);
  }

  test("a malformed one is refused", async () => {
    const question = { path: "a.ts", text: "ab", offset: 1 };
    await check("POST", "/api/complete", null, "bad-request");
    await check("POST", "/api/complete", { ...question, offset: 3 }, "bad-request");
    await check("POST", "/api/complete", { ...question, offset: 0.5 }, "bad-request");
    await check("POST", "/api/complete", { ...question, limit: 10_000 }, "bad-request");
    await check("PUT", filePath("src/app.ts"), { text: 1 }, "bad-request");
    await check("PUT", "/api/file", { text: "", version: null }, "bad-request");
    await check("PATCH", filePath("src/app.ts"), {}, "not-found");
    expect(
      problemOf(
        await send("/api/complete", {
          method: "POST",
          headers: withKey({ "content-type": "text/plain" }),
          body: "{}",
        }),
      ).code,
    ).toBe("bad-request");
    expect(
      problemOf(
        await send("/api/complete", {
          method: "POST",
          headers: withKey({ "content-type": "application/json" }),
          body: "{",
        }),
      ).code,
    ).toBe("bad-request");
    expect(session.questions).toEqual([]);
  });

  test("a malformed address is refused", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { hostname, port, host } = new URL(server.address);
      const socket = connect({ host: hostname, port: Number(port) });
      let text = "";
      socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
      socket.write(`GET // HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    expect(answer).toContain("400 Bad Request");
    expect(faults).toEqual([]);
  });

  test("a page that leaves in the middle of a request is no fault", async () => {
    const left = httpRequest(new URL("/api/complete", server.address), {
      method: "POST",
      headers: withKey({ "content-type": "application/json", "content-length": "100" }),
    });
    left.on("error", () => undefined);
    left.write("{");
    await new Promise((resolve) => setTimeout(resolve, 100));
    left.destroy();
    expect((await get("/api/project")).status).toBe(200);
    expect(faults).toEqual([]);
  });

  test("a body over the limit is refused before it is read", async () => {
    await check(
      "PUT",
      filePath("src/app.ts"),
      { text: "x".repeat(4 * 1024 * 1024), version: null },
      "too-large",
    );
  });

  test("a question reaches the session as it was asked", async () => {
    const question = { path: "src/app.ts", text: "const a", offset: 7, limit: 10, explicit: true };
    const { text } = await sendJson("POST", "/api/complete", question);
    expect(JSON.parse(text)).toEqual({ candidates: [], why: "no-evidence", latencyMs: 1 });
    expect(session.questions[0]).toMatchObject(question);
  });

  test("an error that nobody foresaw is told to the terminal and not to the page", async () => {
    const { status, text } = await sendJson("POST", "/api/complete", {
      path: "src/app.ts",
      text: "faulty",
      offset: 0,
    });
    expect([status, text.includes("secret")]).toEqual([500, false]);
    expect(faults).toEqual([new Error("const secret = 1;")]);
  });

  test("a question that the page drops is aborted", async () => {
    const dropped = httpRequest(new URL("/api/complete", server.address), {
      method: "POST",
      headers: withKey({ "content-type": "application/json" }),
    });
    dropped.on("error", () => undefined);
    dropped.end(JSON.stringify({ path: "src/app.ts", text: "slow", offset: 0 }));
    await expect.poll(() => session.questions.length).toBe(1);
    expect(session.questions[0]?.signal?.aborted).toBe(false);
    dropped.destroy();
    await expect.poll(() => session.questions[0]?.signal?.aborted).toBe(true);
  });

  test("the state is streamed as it changes, and the session is let go with the page", async () => {
    let text = "";
    const stream = httpRequest(
      new URL("/api/events", server.address),
      { headers: withKey() },
      (response) => {
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("error", () => undefined);
      },
    );
    stream.on("error", () => undefined);
    stream.end();
    await expect.poll(() => text).toContain('"kind":"ready"');
    for (let filesDone = 1; filesDone <= 1000; filesDone++) {
      session.announce({
        ...session.status(),
        activity: { kind: "indexing", filesDone, filesTotal: 1000 },
      });
    }
    await expect.poll(() => text).toContain('"filesDone":1000');
    expect(text.match(/event: status/g)?.length).toBeLessThan(5);
    stream.destroy();
    await expect.poll(() => session.listeners).toBe(0);
  });
});

describe("the panel", () => {
  async function ask(message: PanelMessage, language = "en"): Promise<HostMessage[]> {
    const { status, text } = await sendJson("POST", "/api/panel", { message, language });
    expect(status).toBe(200);
    return JSON.parse(text) as HostMessage[];
  }
  const question = (query: string, page = 1): PanelMessage => ({
    kind: "search",
    id: 7,
    query,
    page,
    pageSize: 10,
    mode: "auto",
    filter: {},
  });

  test("is answered with snippets and their colours, in the page's language", async () => {
    expect(await ask(question("one"), "zh")).toMatchObject([
      {
        kind: "answer",
        id: 7,
        answer: {
          page: 1,
          total: 1,
          understoodAs: { kind: "api", sentence: expect.stringContaining("API 名称") as string },
          results: [
            {
              path: "src/app.ts",
              startLine: 1,
              snippet: "export const one = 1;",
              why: "定义 one",
              colours: [0, 6, 0, 7, 12, 0, 19, 20, 2],
            },
          ],
        },
      },
    ]);
    expect(await ask({ kind: "suggest", id: 8, query: "on" })).toEqual([
      { kind: "suggestions", id: 8, words: [{ text: "one", kind: "constant", count: 1 }] },
    ]);
  });

  test("is told in words what cannot be answered", async () => {
    expect(await ask(question("/(/"))).toEqual([
      {
        kind: "problem",
        id: 7,
        code: "PATTERN_INVALID",
        sentence: expect.stringContaining("does not parse") as string,
      },
    ]);
  });

  test("previews what is indexed, and no other file of the machine", async () => {
    await writeFile(join(root, ".env"), "TOKEN=canary\n");
    await ask(question("one"));
    const preview = (path: string): Promise<HostMessage[]> =>
      ask({ kind: "preview", id: 9, place: { source: "workspace", path } });
    expect(await preview("src/app.ts")).toMatchObject([
      { kind: "file", id: 9, file: { text: "export const one = 1;\n", language: "typescript" } },
    ]);
    for (const path of [".env", "../../etc/passwd", "/etc/passwd", "src/gone.ts"])
      expect(await preview(path)).toMatchObject([
        { kind: "problem", id: 9, code: "FILE_NOT_FOUND" },
      ]);
  });

  test("shows the statistics, changes them, exports and deletes them", async () => {
    const modeAfter = async (message: PanelMessage): Promise<unknown> =>
      (await ask(message)).find(({ kind }) => kind === "telemetry");
    expect(await modeAfter({ kind: "telemetry-get" })).toMatchObject({
      telemetry: { mode: "off", history: [] },
    });
    expect(
      await modeAfter({ kind: "telemetry-set", id: 1, choice: { mode: "local" } }),
    ).toMatchObject({ telemetry: { mode: "local" } });
    await ask(question("one"));
    const [exported] = await ask({ kind: "telemetry-export", id: 2 });
    expect(exported).toMatchObject({
      kind: "done",
      sentence: expect.stringContaining('"searches": 1') as string,
    });
    expect((await ask({ kind: "telemetry-purge", id: 3 })).at(-1)).toEqual({ kind: "done", id: 3 });
    expect(await ask({ kind: "telemetry-export", id: 4 })).not.toEqual([{ ...exported, id: 4 }]);
  });

  test("says that nothing left the machine, and shows the notice", async () => {
    expect((await ask({ kind: "egress-get" })).at(-1)).toEqual({
      kind: "egress",
      egress: { permits: [], connections: [] },
    });
    const [notice] = await ask({ kind: "show-notice" }, "zh");
    expect(notice).toMatchObject({
      kind: "notice",
      text: expect.stringContaining("统计") as string,
    });
  });

  test("is refused what is no message, and everything without the key", async () => {
    for (const message of [undefined, {}, { kind: "search" }, "ready"])
      expect(problemOf(await sendJson("POST", "/api/panel", { message })).code).toBe("bad-request");
    expect((await send("/api/panel", { method: "POST", body: "{}" })).status).toBe(401);
  });
});

describe("[A5] what is counted", () => {
  const counted = (): UsageEvent[] => counting.mock.calls.map(([event]) => event);

  test("is a question, a search once for all its pages, and what the page says that the person did", async () => {
    await sendJson("POST", "/api/complete", { path: "src/app.ts", text: "x", offset: 1 });
    const ask = (message: object): ReturnType<typeof sendJson> =>
      sendJson("POST", "/api/panel", { message, language: "en" });
    const question = { kind: "search", query: "one", pageSize: 10, mode: "auto", filter: {} };
    await ask({ ...question, id: 1, page: 1 });
    await ask({ ...question, id: 2, page: 2 });
    await ask({ kind: "suggest", id: 3, query: "on" });
    for (const use of [
      { kind: "accept", rank: 2, characters: 9 },
      { kind: "click" },
      { kind: "adopt", rank: 3 },
      { kind: "page-turn" },
    ])
      expect((await sendJson("POST", "/api/used", use)).status).toBe(200);
    expect(counted()).toEqual([
      { kind: "trigger" },
      { kind: "search" },
      { kind: "search-prompt" },
      { kind: "accept", rank: 2, characters: 9 },
      { kind: "snippet-click" },
      { kind: "search-accept", rank: 3 },
      { kind: "page-turn" },
    ]);
  });

  test("is nothing that is not one of these", async () => {
    for (const use of [
      null,
      {},
      { kind: "accept" },
      { kind: "accept", rank: 1, characters: "const" },
      { kind: "adopt", rank: 0 },
    ])
      expect(problemOf(await sendJson("POST", "/api/used", use)).code).toBe("bad-request");
    expect(counted()).toEqual([]);
  });
});
