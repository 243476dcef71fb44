import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Answer, Question, Session, Status } from "../session.ts";
import { openSession, type SessionOptions } from "./open.ts";

const made: string[] = [];
const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "session-")));
  made.push(folder);
  put(folder, files);
  return folder;
}

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function start(root: string, options: Partial<SessionOptions> = {}): Promise<Session> {
  const session = await openSession({ root, cache: null, ...options });
  open.push(session);
  return session;
}

function until(session: Session, isTrue: (status: Status) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (status: Status): void => {
      if (isTrue(status)) resolve();
    };
    session.onStatus(check);
    check(session.status());
  });
}

/** A question at the mark `|` of a text. */
function at(path: string, marked: string): Question {
  const offset = marked.indexOf("|");
  return { path, text: marked.slice(0, offset) + marked.slice(offset + 1), offset, explicit: true };
}

function texts(answer: Answer): string[] {
  return answer.candidates.map((candidate) => candidate.text.trim());
}

const CLIENT = Array.from(
  { length: 6 },
  (_, each) => `
export async function load${each}(client: Client): Promise<Order> {
  const response = await client.fetchOrder(${each});
  return response.toOrder();
}
`,
).join("");

describe("a session", () => {
  it("answers from the file alone before the index is there, and from the project afterwards", async () => {
    const root = newFolder({ "client.ts": CLIENT });
    const session = await start(root);
    const alone = await session.complete(
      at("new.ts", `${CLIENT}async function f(client: Client) {\n  const response = await |\n}\n`),
    );
    expect(texts(alone)[0]).toMatch(/^client\.fetchOrder\(/);
    expect(alone.candidates[0]?.source).toBe("file");
    await session.ready();
    expect(session.status()).toMatchObject({
      activity: { kind: "ready" },
      index: { files: 1, languages: { typescript: 1 } },
    });
    const answer = await session.complete(
      at("other.ts", "async function f(client: Client) {\n  const response = await |\n}\n"),
    );
    expect(texts(answer)[0]).toMatch(/^client\.fetchOrder\(/);
    expect(answer.candidates[0]?.source).toBe("project");
    expect(answer.latencyMs).toBeGreaterThan(0);
  });

  it("follows files that change", async () => {
    const root = newFolder({ "a.ts": "export {};" });
    const session = await start(root);
    await session.ready();
    const question = at(
      "b.ts",
      "async function f(client: Client) {\n  const response = await |\n}\n",
    );
    expect(texts(await session.complete(question)).join()).not.toContain("fetchOrder");
    put(root, { "client.ts": CLIENT });
    session.changed(join(root, "client.ts"));
    await until(session, ({ index }) => index.files === 2);
    expect(texts(await session.complete(question))[0]).toMatch(/^client\.fetchOrder\(/);
    rmSync(join(root, "client.ts"));
    session.changed("client.ts");
    await until(session, ({ index }) => index.files === 1);
    expect(texts(await session.complete(question)).join()).not.toContain("fetchOrder");
  });

  it("shows nothing that breaks the syntax", async () => {
    const broken = Array.from({ length: 5 }, (_, each) => `const value${each} = begin(;\n`).join(
      "",
    );
    const root = newFolder({ "a.txt.ts": "", "bad.ts": broken });
    const session = await start(root);
    await session.ready();
    const answer = await session.complete(at("b.ts", "const value9 = begin|\nconst next = 1;\n"));
    expect(texts(answer)).not.toContain("(;");
  });

  it("says why there is nothing", async () => {
    const session = await start(newFolder({ "a.ts": "const a = 1;" }), { maxFileBytes: 1000 });
    await session.ready();
    const check = async (question: Question, why: string): Promise<void> => {
      expect(await session.complete(question)).toMatchObject({ candidates: [], why });
    };
    await check(at(".env", "A=|"), "refused-file");
    await check(at("sub/id_rsa", "|"), "refused-file");
    await check(at("photo.png", "|"), "unsupported-language");
    await check(at("big.ts", `${"x".repeat(1001)}|`), "file-too-large");
    await check({ ...at("a.ts", "const |"), signal: { aborted: true } }, "cancelled");
    const empty = await start(newFolder());
    await empty.ready();
    expect(await empty.complete(at("empty.ts", "|"))).toMatchObject({
      candidates: [],
      why: "no-evidence",
    });
  });

  it("asks many questions at once about one file without mixing their trees", async () => {
    const session = await start(newFolder({ "client.ts": CLIENT }));
    await session.ready();
    const questions = Array.from({ length: 20 }, (_, each) =>
      at(
        "q.ts",
        `${"// line\n".repeat(each)}async function f(client: Client) {\n  const response = await |\n}\n`,
      ),
    );
    const answers = await Promise.all(questions.map((question) => session.complete(question)));
    for (const answer of answers) expect(texts(answer)[0]).toMatch(/^client\.fetchOrder\(/);
  });

  it("refuses a workspace that is not a folder", async () => {
    const root = newFolder({ "a.ts": "" });
    await expect(openSession({ root: join(root, "gone") })).rejects.toMatchObject({
      code: "WORKSPACE_NOT_FOUND",
    });
    await expect(openSession({ root: join(root, "a.ts") })).rejects.toMatchObject({
      code: "WORKSPACE_NOT_FOUND",
    });
  });

  it("outlives its indexing thread, says so, and starts it again", async () => {
    const root = newFolder({ "a.ts": "const a = 1;" });
    const session = await start(root);
    // Gone before the thread looks, as when a disk is unplugged.
    renameSync(root, `${root}-away`);
    await until(session, ({ activity }) => activity.kind === "failed");
    expect(session.status().notices?.[0]?.code).toBe("INDEXER_FAILED");
    const answer = await session.complete(
      at("b.ts", `${CLIENT}async function f(client: Client) {\n  const response = await |\n}\n`),
    );
    expect(texts(answer)[0]).toMatch(/^client\.fetchOrder\(/);
    renameSync(`${root}-away`, root);
    await session.ready();
    expect(session.status()).toMatchObject({ activity: { kind: "ready" }, index: { files: 1 } });
  });

  it("closes while it indexes, and tells whoever waits", async () => {
    const root = newFolder(
      Object.fromEntries(
        Array.from({ length: 200 }, (_, each) => [`f${each}.ts`, "call(a, b);\n".repeat(2000)]),
      ),
    );
    const session = await start(root);
    const ready = session.ready();
    await session.close();
    await expect(ready).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("shares its index with a second session, and both answer", async () => {
    const [root, cache] = [newFolder({ "client.ts": CLIENT }), newFolder()];
    const sessions = await Promise.all([start(root, { cache }), start(root, { cache })]);
    await Promise.all(sessions.map((session) => session.ready()));
    for (const session of sessions) {
      expect(
        texts(
          await session.complete(
            at("o.ts", "async function f(client: Client) {\n  const response = await |\n}\n"),
          ),
        )[0],
      ).toMatch(/^client\./);
      expect(session.status().notices).toEqual([]);
    }
  });
});

describe("with real processes", () => {
  const door = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);

  function scriptOf(root: string, cache: string): string {
    return `
      const { openSession } = await import(${door});
      const session = await openSession({ root: ${JSON.stringify(root)}, cache: ${JSON.stringify(cache)} });
      console.log("open");
      await session.ready();
      console.log(JSON.stringify(session.status()));
      await session.close();`;
  }

  it("a process killed at any moment of indexing leaves an index that the next one uses or builds", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, each) => [`f${each}.ts`, `call${each}(a, b);\n`.repeat(1500)]),
    );
    const [root, cache] = [newFolder(files), newFolder()];
    for (const delayMs of [0, 60, 120, 250, 500]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", scriptOf(root, cache)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      // A fast machine may be done, and the process gone, before it is killed.
      const gone = once(child, "exit");
      await once(child.stdout, "data");
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, delayMs))]);
      child.kill("SIGKILL");
      await gone;
    }
    const session = await start(root, { cache });
    await session.ready();
    const { index, notices } = session.status();
    expect([index.files, notices]).toEqual([60, []]);
  });

  it("[A2] a secret is never opened, by no thread, while its neighbours are read", async () => {
    const names =
      ".env .env.local id_rsa server.pem .npmrc .aws/credentials .ssh/config secrets.ts credentials.json deploy/secrets.py";
    const secrets = names.split(" ");
    const root = newFolder({
      "a.ts": "const a = 1;",
      "deploy/b.py": "b = 1",
      ".cloudcodeignore": "!.env\n!secrets.ts\n",
      ...Object.fromEntries(secrets.map((path) => [path, "secret = 1"])),
    });
    const cache = newFolder();
    // The engine under Node records every file operation of every thread.
    const trace = newFolder();
    const flags = [
      "--trace-event-categories",
      "node.fs.sync,node.fs.async",
      "--trace-event-file-pattern",
      join(trace, "${rotation}.json"),
    ];
    execFileSync(process.execPath, [...flags, "--input-type=module", "-e", scriptOf(root, cache)], {
      cwd: trace,
    });
    const log = readdirSync(trace)
      .map((name) => readFileSync(join(trace, name), "utf8"))
      .join("\n");
    const opened = (path: string): boolean => log.includes(JSON.stringify(join(root, path)));
    expect(["a.ts", "deploy/b.py", ".cloudcodeignore"].map(opened)).toEqual([true, true, true]);
    expect(secrets.filter(opened)).toEqual([]);
    expect([".ssh", ".aws"].filter(opened)).toEqual([]);
  });
});
