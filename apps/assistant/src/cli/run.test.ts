import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { parseCommandLine } from "./parse.ts";

// The program as people start it: the committed launcher over the build.
const PROGRAM = fileURLToPath(new URL("../../bin/cloud-code.js", import.meta.url));
const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cli-")));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const CACHE = newFolder();
const ENVIRONMENT = {
  PATH: process.env["PATH"],
  HOME: CACHE,
  CLOUD_CODE_CACHE_DIR: CACHE,
  LANG: "en_US.UTF-8",
};

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  line: readonly string[],
  options: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv } = {},
): Outcome {
  const { cwd, input, env } = options;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...line], {
    encoding: "utf8",
    env: { ...ENVIRONMENT, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
  });
  // Whether indexing lasts long enough to be reported depends on the machine.
  return { status, stdout, stderr: stderr.replace(/^(indexing|正在建立索引).*\n/gm, "") };
}

/** `line` fails with this code and sentence for a program, and in Chinese on the error stream alone for a Chinese person. */
function checkError(line: string, cwd: string, code: string, message: RegExp): void {
  const status = code === "USAGE" ? 2 : 1;
  const json = run([...line.split(" "), "--json"], { cwd });
  expect([line, json.status, json.stderr]).toEqual([line, status, ""]);
  expect(JSON.parse(json.stdout)).toEqual({
    error: { code, message: expect.stringMatching(message) },
  });
  const chinese = run([...line.split(" "), "--lang", "zh"], { cwd });
  expect([line, chinese.status, chinese.stdout]).toEqual([line, status, ""]);
  expect(chinese.stderr).toMatch(/^cloud-code: .*[\u4e00-\u9fff].*\n$/);
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
const USE = "async function f(client: Client) {\n  const response = await \n}\n";

describe("cloud-code complete", () => {
  const root = newFolder({ "src/client.ts": CLIENT, "src/use.ts": USE, ".git/HEAD": "" });
  const place = ["complete", "--file", "src/use.ts", "--line", "2", "--column", "25"];

  it("prints ranked suggestions for a person", () => {
    const { status, stdout, stderr } = run(place, { cwd: root });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")[0]).toMatch(/^ 1 +\d+ % +project +client\.fetchOrder\(/);
  });

  it("prints JSON for a program", () => {
    const { status, stdout } = run([...place, "--json", "--limit", "2"], { cwd: root });
    const answer: unknown = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(answer).toMatchObject({ latencyMs: expect.any(Number) });
    const { candidates } = answer as {
      candidates: { rank: number; probability: number; source: string; text: string }[];
    };
    expect(candidates.length).toBeLessThanOrEqual(2);
    expect(candidates[0]).toMatchObject({
      rank: 1,
      source: "project",
      text: expect.stringMatching(/^client\.fetchOrder\(/),
    });
    expect(candidates[0]?.probability).toBeGreaterThan(0);
    expect(candidates[0]?.probability).toBeLessThanOrEqual(1);
  });

  it("finds the project around the file, from any folder, and by --workspace", () => {
    const elsewhere = newFolder();
    const absolute = ["complete", "-f", join(root, "src/use.ts"), "-l", "2", "-c", "25"];
    expect(run(absolute, { cwd: elsewhere }).stdout).toContain("client.fetchOrder(");
    expect(run([...absolute, "-w", root], { cwd: elsewhere }).stdout).toContain(
      "client.fetchOrder(",
    );
  });

  it("does not take a home folder for a project", () => {
    const home = newFolder({ "client.ts": CLIENT, "use.ts": USE, ".git/HEAD": "" });
    const line = ["complete", "--file", "use.ts", "--line", "2", "--column", "25"];
    const { stdout, stderr, status } = run(line, { cwd: home, env: { HOME: home } });
    expect([status, stdout.includes("fetchOrder")]).toEqual([0, false]);
    expect(stderr).toMatch(/in no project/);
    expect(run([...line, "-w", "."], { cwd: home, env: { HOME: home } }).stdout).toContain(
      "fetchOrder",
    );
  });

  it("takes unsaved text, also of a file that is not on disk", () => {
    const line = ["complete", "--file", "src/new.ts", "--line", "2", "--column", "25", "--stdin"];
    expect(run(line, { cwd: root, input: USE }).stdout).toContain("client.fetchOrder(");
  });

  it("says why there is no suggestion, in the person's language", () => {
    const line = ["complete", "--file", "new.ts", "--line", "1", "--column", "0", "--stdin"];
    expect(run(line, { cwd: newFolder(), input: "" })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^No suggestion\. \w+/),
    });
    expect(run(line, { cwd: newFolder(), input: "", env: { LANG: "zh_CN.UTF-8" } }).stdout).toMatch(
      /^没有建议。/,
    );
    const json: unknown = JSON.parse(
      run([...line, "--json"], { cwd: newFolder(), input: "" }).stdout,
    );
    expect(json).toMatchObject({ candidates: [], why: expect.any(String) });
  });

  it("refuses bad input with a code and a sentence", () => {
    const folder = newFolder({
      "a.ts": "const a = 1;\r\nlet b;\n",
      "latin.ts": Buffer.from([0x63, 0xe9]),
      "binary.ts": "a\0b",
      ".env": "A=1",
      "sub/c.ts": "",
    });
    const at = "--line 1 --column 0";
    checkError(`complete --file gone.ts ${at}`, folder, "FILE_NOT_FOUND", /gone\.ts/);
    checkError(`complete --file sub ${at}`, folder, "NOT_A_FILE", /sub/);
    checkError(`complete --file latin.ts ${at}`, folder, "NOT_UTF8", /UTF-8/);
    checkError(`complete --file binary.ts ${at}`, folder, "NOT_TEXT", /binary/);
    symlinkSync(".env", join(folder, "link.ts"));
    checkError(`complete --file link.ts ${at}`, folder, "LINK_REFUSED", /secrets/);
    checkError(`complete --file .env ${at}`, folder, "FILE_REFUSED", /secrets/);
    checkError("complete --file a.ts --line 9 --column 0", folder, "LINE_OUTSIDE", /3 lines/);
    checkError("complete --file a.ts --line 1 --column 13", folder, "COLUMN_OUTSIDE", /12 columns/);
    checkError(
      `complete --file a.ts ${at} --workspace gone`,
      folder,
      "WORKSPACE_NOT_FOUND",
      /gone/,
    );
    checkError(`complete --file a.ts ${at} --workspace sub`, folder, "FILE_OUTSIDE", /outside/);
    checkError("complete --file a.ts --line 0 --column 0", folder, "USAGE", /--line/);
    checkError("complete --file a.ts --line 1 --column x", folder, "USAGE", /--column/);
    checkError(`complete --file a.ts ${at} --limit 51`, folder, "USAGE", /1–50/);
    checkError("complete --file a.ts --line 1", folder, "USAGE", /--column/);
  });

  it("refuses a line of 50 MB without reading it, and more than it takes on standard input", () => {
    const folder = newFolder({ "huge.ts": "x".repeat(50_000_000) });
    checkError(
      "complete --file huge.ts --line 1 --column 49999999",
      folder,
      "FILE_TOO_LARGE",
      /50000000/,
    );
    const line = ["complete", "--file", "huge.ts", "--line", "1", "--column", "5", "--stdin"];
    expect(run(line, { cwd: folder, input: "x".repeat(3_000_000) })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/bytes/),
    });
  });

  it("works in a project with a folder that may not be opened, and says so", () => {
    const folder = newFolder({
      "a.ts": USE,
      "client.ts": CLIENT,
      "shut/b.ts": "b",
      ".git/HEAD": "",
    });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "shut"), 0);
    const cache = newFolder();
    chmodSync(cache, 0o777);
    // Permissions do not hold root back, so where the tests run as root the program runs as an ordinary user.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [PROGRAM, "complete", "-f", "a.ts", "-l", "2", "-c", "25"],
      {
        ...user,
        cwd: folder,
        encoding: "utf8",
        env: { ...ENVIRONMENT, HOME: cache, CLOUD_CODE_CACHE_DIR: cache },
      },
    );
    chmodSync(join(folder, "shut"), 0o755);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^cloud-code: The folder shut cannot be read \(EACCES\)/),
    ]);
    expect(stdout).toContain("client.fetchOrder(");
  });
});

describe("cloud-code index and status", () => {
  it("builds, shows and deletes the index of a project", () => {
    const root = newFolder({ "a.ts": CLIENT, "b.md": "", ".env": "A=1", ".git/HEAD": "" });
    const cache = newFolder();
    const env = { CLOUD_CODE_CACHE_DIR: cache };
    const status = (): { index: { files: number } | null; skipped: object } =>
      JSON.parse(run(["status", "--json"], { cwd: root, env }).stdout) as ReturnType<typeof status>;
    expect(status().index).toBeNull();
    expect(run(["status"], { cwd: root, env }).stdout).toMatch(/none yet/);
    expect(run(["index", "rebuild"], { cwd: join(root), env })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Indexed 1 files/),
    });
    expect(status()).toMatchObject({ index: { files: 1 }, skipped: { secret: 1, unsupported: 1 } });
    const words = run(["status", "--lang", "zh"], { cwd: root, env }).stdout;
    expect(words).toMatch(/从不打开/);
    expect(run(["index", "clear"], { cwd: root, env }).status).toBe(0);
    expect(readdirSync(cache)).toEqual([]);
    expect(status().index).toBeNull();
  });

  it("says where the index cannot be kept", () => {
    const root = newFolder({ "a.ts": CLIENT, file: "" });
    const env = { CLOUD_CODE_CACHE_DIR: join(root, "file", "cache") };
    expect(run(["status"], { cwd: root, env }).stdout).toMatch(/cannot be kept/);
    expect(run(["status"], { cwd: root }).stdout).not.toMatch(/Problems/);
  });

  it("says what to do about an index that cannot be deleted", () => {
    const root = newFolder({ "a.ts": CLIENT });
    const env = { CLOUD_CODE_CACHE_DIR: newFolder() };
    expect(run(["index", "rebuild"], { cwd: root, env }).status).toBe(0);
    const [index = ""] = readdirSync(env.CLOUD_CODE_CACHE_DIR);
    const lock = join(env.CLOUD_CODE_CACHE_DIR, index, "lock");
    rmSync(lock, { recursive: true, force: true });
    mkdirSync(lock);
    expect(run(["index", "clear"], { cwd: root, env }).stderr).toMatch(/cannot be deleted .*again/);
  });

  it("says whether and why a file is completed", () => {
    const root = newFolder({
      "a.ts": "1",
      ".env": "1",
      ".gitignore": "hidden.ts",
      "hidden.ts": "1",
      "a.png": "1",
      "big.ts": "x".repeat(2_000_000),
    });
    const why = (file: string): string =>
      run(["status", "--file", file], { cwd: root }).stdout.split("\n").at(-2) ?? "";
    expect(why("a.ts")).toMatch(/a\.ts: is completed/);
    expect(why(".env")).toMatch(/secrets/);
    expect(why("a.png")).toMatch(/not supported/);
    expect(why("hidden.ts")).toMatch(/is completed, but .*ignored by rules/);
    expect(why("../a.ts")).toMatch(/no file/);
    expect(why(fileURLToPath(import.meta.url))).toMatch(/outside the workspace/);
    expect(why("big.ts")).toMatch(/bytes/);
  });

  it("tells who keeps an index, and leaves it to them", async () => {
    const root = newFolder({ "a.ts": "1" });
    const door = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);
    const script = `const { openSession } = await import(${door}); const s = await openSession({ root: ${JSON.stringify(root)} });
      await s.ready(); setTimeout(() => console.log("ready"), 300); setInterval(() => {}, 1000);`;
    const keeper = spawn(process.execPath, ["--input-type=module", "-e", script], {
      env: ENVIRONMENT,
    });
    await once(keeper.stdout, "data");
    const clear = run(["index", "clear"], { cwd: root });
    expect([clear.status, clear.stderr]).toEqual([
      1,
      expect.stringContaining(`Process ${keeper.pid}`),
    ]);
    expect(run(["status"], { cwd: root }).stdout).toContain(`process ${keeper.pid}`);
    keeper.kill("SIGKILL");
    await once(keeper, "exit");
    expect(run(["index", "clear"], { cwd: root }).status).toBe(0);
  });

  it("rebuilds a damaged index and says so", () => {
    const root = newFolder({ "src/client.ts": CLIENT, "use.ts": USE, ".git/HEAD": "" });
    const cache = newFolder();
    const env = { CLOUD_CODE_CACHE_DIR: cache };
    run(["index", "rebuild"], { cwd: root, env });
    const [folder = ""] = readdirSync(cache);
    writeFileSync(join(cache, folder, "manifest.json"), "nonsense");
    expect(run(["status"], { cwd: root, env }).stdout).toMatch(/was damaged/);
    const { status, stdout, stderr } = run(["complete", "-f", "use.ts", "-l", "2", "-c", "25"], {
      cwd: root,
      env,
    });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/was damaged/)]);
    expect(stdout).toContain("client.fetchOrder(");
    expect(run(["status"], { cwd: root, env }).stdout).not.toMatch(/damaged/);
  });
});

describe("the command line", () => {
  it("has help at every level in both languages, the same options in both", () => {
    const options = (text: string): string[] =>
      [...text.matchAll(/--[a-z-]+/g)].map(([name]) => name);
    for (const line of ["", "index", ...COMMANDS.map(({ name }) => name)]) {
      const words = line === "" ? [] : line.split(" ");
      const english = run([...words, "--help"]);
      const chinese = run([...words, "--help", "--lang", "zh"]);
      expect([line, english.status, chinese.status, english.stderr]).toEqual([line, 0, 0, ""]);
      expect(english.stdout).toMatch(/Usage: cloud-code/);
      expect(english.stdout).not.toMatch(/[\u4e00-\u9fff]/);
      expect(chinese.stdout).toMatch(/用法: cloud-code/);
      expect(options(chinese.stdout).sort()).toEqual(options(english.stdout).sort());
      for (const text of [english.stdout, chinese.stdout]) {
        for (const row of text.split("\n")) expect(row).not.toMatch(/undefined|\{|\}/);
      }
    }
    expect(run(["help", "complete"]).stdout).toBe(run(["complete", "-h"]).stdout);
    expect(run(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("[A1] prints the notice, which covers the assistant alone, in both languages", () => {
    const english = run(["privacy"]);
    expect(english.status).toBe(0);
    expect(english.stdout).toMatch(
      /covers the Cloud Code assistant only[^]*privacy policy of its own/u,
    );
    expect(run(["privacy", "--lang", "zh"]).stdout).toMatch(/隐私/u);
  });

  it("understands every command line that the READMEs show", () => {
    for (const path of ["../../README.md", "../../../../README.md"]) {
      const readme = readFileSync(new URL(path, import.meta.url), "utf8");
      const lines = [...readme.matchAll(/^ +npx cloud-code (.*?)(?: +#.*)?$/gm)].map(
        ([, line = ""]) => line.replaceAll('"', ""),
      );
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines)
        expect(["run", "help"]).toContain(parseCommandLine(line.split(" "), "en").kind);
    }
  });

  it("suggests what was meant", () => {
    checkError("complte", CACHE, "USAGE", /Did you mean `complete`/);
    checkError("index rebuidl", CACHE, "USAGE", /Did you mean `index rebuild`/);
    checkError("index", CACHE, "USAGE", /needs a command/);
    checkError("complete --fiel a.ts", CACHE, "USAGE", /Did you mean `--file`/);
    checkError("complete a.ts", CACHE, "USAGE", /`a\.ts` is not expected/);
    checkError("complete --file", CACHE, "USAGE", /needs a value|is missing/);
    expect(run(["status", "--lang"]).stderr).toMatch(/`--lang` needs a value/);
    checkError("status --lang=fr", CACHE, "USAGE", /en or zh/);
    checkError("status --json=yes", CACHE, "USAGE", /takes no value/);
    expect(run(["frobnicate"]).stderr).not.toMatch(/Did you mean/);
  });

  it("stays quiet when nobody reads on", () => {
    const command = `"${process.execPath}" "${PROGRAM}" --help | head -n 1`;
    const { stderr, status } = spawnSync("sh", ["-c", command], {
      encoding: "utf8",
      env: ENVIRONMENT,
    });
    expect([stderr, status]).toEqual(["", 0]);
  });

  it("ends at Ctrl-C with everything in order: what was read is kept, no lock stays", async () => {
    const root = newFolder(
      Object.fromEntries(
        Array.from({ length: 800 }, (_, at) => [`f${at}.ts`, `call${at}(a, b);\n`.repeat(3000)]),
      ),
    );
    const cache = newFolder();
    const child = spawn(
      process.execPath,
      [PROGRAM, "complete", "-f", "f1.ts", "-l", "1", "-c", "0"],
      {
        cwd: root,
        env: { ...ENVIRONMENT, CLOUD_CODE_CACHE_DIR: cache },
      },
    );
    const stderr = text(child);
    const exited = once(child, "exit") as Promise<[number]>;
    // Plain lines of progress after a second, since this is no terminal.
    await Promise.race([exited, once(child.stderr, "data")]);
    child.kill("SIGINT");
    const [code] = await exited;
    expect([code, await stderr]).toEqual([130, expect.stringMatching(/Cancelled\.\n$/)]);
    const [folder = ""] = readdirSync(cache);
    expect(existsSync(join(cache, folder, "lock"))).toBe(false);
  });
});

describe("cloud-code lsp and try", () => {
  const root = newFolder({ "client.ts": CLIENT, ".git/HEAD": "" });

  function start(line: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [PROGRAM, ...line], { cwd: root, env: ENVIRONMENT });
  }

  function request(child: ChildProcessWithoutNullStreams, message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** What the program said until `pattern` was in it. */
  async function hear(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<string> {
    let all = "";
    while (!pattern.test(all)) {
      const [chunk] = (await once(child.stdout, "data")) as [Buffer];
      all += chunk.toString();
    }
    return all;
  }

  it("serves an editor over standard input and output until it leaves, or until a signal", async () => {
    const initialize = {
      id: 1,
      method: "initialize",
      params: { processId: null, rootUri: null, capabilities: {} },
    };
    const polite = start(["lsp", "--stdio"]);
    request(polite, initialize);
    await hear(polite, /completionProvider/);
    request(polite, { id: 2, method: "shutdown" });
    await hear(polite, /"id":2/);
    request(polite, { method: "exit" });
    expect(await once(polite, "exit")).toEqual([0, null]);

    const ended = start(["lsp"]);
    request(ended, initialize);
    await hear(ended, /completionProvider/);
    ended.kill("SIGTERM");
    expect(await once(ended, "exit")).toEqual([1, null]);
  });

  it("shows completion on this machine alone, until Ctrl-C", async () => {
    const child = start(["try", "--no-open"]);
    const [, url = ""] = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(await hear(child, /\n/)) ?? [];
    expect((await fetch(url)).status).toBe(200);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

function text(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve) => {
    let all = "";
    child.stderr.on("data", (chunk: Buffer) => (all += chunk.toString()));
    child.stderr.on("end", () => resolve(all));
  });
}
