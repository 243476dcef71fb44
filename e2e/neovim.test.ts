import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { command, type Copy, copyProject, environment, findGap, type Gap } from "./lsp.ts";

const run = promisify(execFile);
const readme = fileURLToPath(new URL("../apps/assistant/src/lsp/README.md", import.meta.url));

/** The set-up as the README gives it, with the built program in place of the installed one. */
function readSetUp(): string {
  const [, setUp] = /```lua\n(.*?)```/s.exec(readFileSync(readme, "utf8")) ?? [];
  const [installed, built] = [
    '{ "cloud-code", "lsp" }',
    `{ ${command.map((word) => JSON.stringify(word)).join(", ")} }`,
  ];
  if (setUp?.includes(installed) !== true) throw new Error("The README has no set-up for Neovim.");
  return setUp.replace(installed, built);
}

/** Whether there is a Neovim. Where this is Debian with the right to install, it is installed; otherwise one line says what to do. */
async function findNeovim(): Promise<boolean> {
  const isThere = (): Promise<boolean> =>
    run("nvim", ["--version"]).then(
      () => true,
      () => false,
    );
  if (await isThere()) return true;
  if (process.getuid?.() === 0) {
    await run("apt-get", ["update", "-q"], { timeout: 120_000 }).catch(() => undefined);
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "neovim"], {
      timeout: 300_000,
    }).catch(() => undefined);
  }
  if (await isThere()) return true;
  console.warn(
    "No Neovim found, so the tests in it are skipped: install it (Debian: apt-get install neovim).",
  );
  return false;
}

/** A Neovim without a screen; keys are typed into it as by a person. */
class Neovim {
  readonly #process: ChildProcess;
  readonly #socket: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(copy: Copy, file: string) {
    this.#socket = join(copy.folder, "..", "nvim.sock");
    this.#environment = {
      ...environment(copy),
      XDG_STATE_HOME: copy.cache,
    };
    const initialization = join(copy.folder, "..", "init.lua");
    writeFileSync(initialization, readSetUp());
    const words = [
      "--headless",
      "--clean",
      "-n",
      "-u",
      initialization,
      "--listen",
      this.#socket,
      file,
    ];
    this.#process = spawn("nvim", words, {
      cwd: copy.folder,
      env: this.#environment,
      stdio: "ignore",
    });
  }

  /** The value of a Lua expression, as JSON. */
  async value(expression: string): Promise<unknown> {
    const asked = `luaeval('vim.fn.json_encode(${expression.replaceAll("'", "''")})')`;
    const { stdout, stderr } = await run(
      "nvim",
      ["--server", this.#socket, "--remote-expr", asked],
      { env: this.#environment, timeout: 10_000 },
    );
    // Neovim 0.7 prints the value on its error output.
    const text = stdout.trim() || stderr.trim();
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Types keys, in the notation of Vim. */
  async type(keys: string): Promise<void> {
    await run("nvim", ["--server", this.#socket, "--remote-send", keys], {
      env: this.#environment,
      timeout: 10_000,
    });
  }

  /** Waits until a Lua expression is true. */
  async until(expression: string): Promise<void> {
    let seen: unknown;
    for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 100) {
      // Until it listens, there is nobody to ask.
      seen = await this.value(expression).catch((error: unknown) => String(error));
      if (seen === true) return;
      await pause(100);
    }
    throw new Error(`Neovim did not come to ${expression} in time; last: ${JSON.stringify(seen)}`);
  }

  async quit(): Promise<void> {
    const ended = once(this.#process, "exit");
    if (this.#process.exitCode !== null) return;
    await this.type("<Esc>:qa!<CR>").catch(() => this.#process.kill());
    await Promise.race([ended, pause(10_000).then(() => this.#process.kill("SIGKILL"))]);
  }
}

/** The state of indexing, as the server reports it to the editor. */
const indexed = `(function()
  for _, answer in pairs(vim.lsp.buf_request_sync(0, "cloud-code/status", {}, 2000) or {}) do
    local session = answer.result and answer.result.sessions[1]
    if session and session.activity.kind == "ready" then return true end
  end
  return false
end)()`.replaceAll(/\s+/g, " ");

const hasNeovim = await findNeovim();

describe.skipIf(!hasNeovim)("in Neovim", () => {
  let copy: Copy;
  let gap: Gap;
  let original: string;
  let neovim: Neovim;

  beforeEach(async () => {
    copy = copyProject();
    mkdirSync(copy.path(".git"));
    gap = findGap(copy);
    original = copy.read(gap.file);
    const lines = original.split("\n");
    lines[gap.lineNumber] = "";
    writeFileSync(copy.path(gap.file), lines.join("\n"));
    neovim = new Neovim(copy, copy.path(gap.file));
    await neovim.until(indexed);
  });

  afterEach(async () => {
    await neovim.quit();
    copy.remove();
  });

  it("the first item of the completion list finishes a line, and the saved file is what it was", async () => {
    await neovim.type(`:${gap.lineNumber + 1}<CR>S${gap.typed}<C-x><C-o>`);
    await neovim.until("vim.fn.pumvisible() == 1");
    expect(await neovim.value("vim.fn.complete_info({'items'}).items[1].abbr")).toBe(
      gap.word + gap.missing,
    );
    await neovim.type("<C-n><C-y><Esc>:w<CR>");
    await neovim.until("not vim.bo.modified");
    expect(copy.read(gap.file)).toBe(original);
  });

  it("the inserted ghost text finishes a line, and the saved file is what it was", async () => {
    await neovim.type(`:${gap.lineNumber + 1}<CR>S${gap.typed}<C-g><C-g><Esc>:w<CR>`);
    await neovim.until("not vim.bo.modified");
    expect(copy.read(gap.file)).toBe(original);
  });

  it("a file of secrets gets no suggestion, and the status says why", async () => {
    writeFileSync(copy.path("secrets.py"), "token = 1\n");
    await neovim.type(`<Esc>:e ${copy.path("secrets.py")}<CR>Gotok<C-x><C-o>`);
    const reason = `(function()
      for _, answer in pairs(vim.lsp.buf_request_sync(0, "cloud-code/status", {}, 2000) or {}) do
        if answer.result and answer.result.last then return answer.result.last.reason == "refused-file" end
      end
      return false
    end)()`.replaceAll(/\s+/g, " ");
    await neovim.until(reason);
    expect(await neovim.value("vim.fn.pumvisible()")).toBe(0);
  });
});
