/** A real VS Code (code-server) with the packaged extension, driven by a browser as a person drives it. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import {
  type BrowserContext,
  chromium,
  type FrameLocator,
  type Locator,
  type Page,
} from "playwright-core";
import { findChromium } from "../browser.ts";

const run = promisify(execFile);
// Tests and benchmarks are run from the root of the repository.
const root = process.cwd();
const extension = join(root, "apps/vscode");
const pictures = join(root, "e2e/.output/vscode");

/** Why no editor can be started here; undefined when one can. */
export async function whyNoEditor(): Promise<string | undefined> {
  if ((await findChromium()) === undefined) return "The editor's page needs Chromium.";
  if (existsSync(join(await folderOfEditor(), "installed"))) return undefined;
  return "code-server is not installed, so the tests in a real VS Code are skipped: run e2e/vscode/install.sh.";
}

async function folderOfEditor(): Promise<string> {
  const { stdout } = await run("bash", [join(root, "e2e/vscode/install.sh"), "--where"]);
  return stdout.trim();
}

/** Packs the built extension; resolves with the package's file. */
export async function packExtension(): Promise<string> {
  await run(process.execPath, ["scripts/package.mjs"], { cwd: extension });
  const { name, version } = JSON.parse(
    readFileSync(join(extension, "package.json"), "utf8"),
  ) as Record<string, string>;
  return join(extension, `${name}-${version}.vsix`);
}

/** How an editor is started. */
export interface EditorOptions {
  /** The folder it opens. */
  readonly folder: string;
  /** Settings of the person, beside those that make the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine that the files are on. */
  readonly machine?: Readonly<Record<string, unknown>>;
  /** Of the extension: the editor's own words stay English, since its language packs are no part of it. Default "en". */
  readonly language?: "en" | "zh-cn";
  /** A command line that runs the editor's: a recorder, a network without a way out. */
  readonly wrap?: readonly string[];
  /** A program that starts the browser, for one in another network. */
  readonly browser?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Ask the person whether the folder is to be trusted. Default false: it is. */
  readonly asksForTrust?: boolean;
  /** Home of a person who has used the editor before. Default: a new one, which goes with the editor. */
  readonly home?: string;
}

/** What keeps an editor from getting into the way of a test. */
const quiet = {
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  "editor.suggestOnTriggerCharacters": false,
  "editor.parameterHints.enabled": false,
  "editor.autoClosingBrackets": "never",
  "editor.autoClosingQuotes": "never",
  "editor.accessibilitySupport": "off",
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.quickOpen.closeOnFocusLost": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "chat.commandCenter.enabled": false,
  "git.enabled": false,
  "typescript.validate.enable": false,
  "telemetry.telemetryLevel": "off",
};

/** An editor that runs. */
export class Editor {
  readonly page: Page;
  readonly #server: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #context: BrowserContext;
  readonly #home: string;
  readonly #ownsHome: boolean;
  readonly #address: string;
  /** Addresses beyond the editor's own that its page asked for. */
  readonly foreign: string[] = [];

  private constructor(parts: {
    page: Page;
    server: ChildProcess;
    context: BrowserContext;
    home: string;
    ownsHome: boolean;
    address: string;
  }) {
    this.page = parts.page;
    this.#server = parts.server;
    this.#ended = once(parts.server, "exit");
    this.#context = parts.context;
    this.#home = parts.home;
    this.#ownsHome = parts.ownsHome;
    this.#address = parts.address;
  }

  /** Starts an editor with the extension installed, and opens the folder. */
  static async start(packed: string, options: EditorOptions): Promise<Editor> {
    const home = options.home ?? mkdtempSync(join(tmpdir(), "cloud-code-editor-"));
    const data = join(home, "data");
    mkdirSync(join(data, "User"), { recursive: true });
    writeFileSync(
      join(data, "User", "settings.json"),
      JSON.stringify({ ...quiet, ...options.settings }, null, 2),
    );
    if (options.language !== undefined) speak(options.language, data);
    mkdirSync(join(data, "Machine"), { recursive: true });
    writeFileSync(join(data, "Machine", "settings.json"), JSON.stringify(options.machine ?? {}));
    const program = join(await folderOfEditor(), "node_modules/code-server/out/node/entry.js");
    const config = join(home, "config.yaml");
    writeFileSync(config, "");
    const places = [
      "--config",
      config,
      "--user-data-dir",
      data,
      "--extensions-dir",
      join(home, "extensions"),
    ];
    const environment = {
      PATH: process.env["PATH"],
      HOME: home,
      LANG: "C.UTF-8",
      // The editor's own statistics are the editor's own affair; here they go nowhere.
      CS_TELEMETRY_URL: "http://127.0.0.1:9/",
      ...options.environment,
    };
    const words = [program, ...places];
    // Whoever used the editor before has it.
    if (!existsSync(join(home, "extensions", "extensions.json")))
      await run(process.execPath, [...words, "--install-extension", packed], { env: environment });
    const port = await portOf(home);
    const line: string[] = [
      ...(options.wrap ?? []),
      process.execPath,
      ...words,
      "--bind-addr",
      `127.0.0.1:${port}`,
      "--auth",
      "none",
      "--disable-update-check",
      "--disable-getting-started-override",
      "--disable-proxy",
      ...(options.language === undefined ? [] : ["--locale", options.language]),
      ...(options.asksForTrust === true ? [] : ["--disable-workspace-trust"]),
      options.folder,
    ];
    const [first = "", ...rest] = line;
    const server = spawn(first, rest, { cwd: home, env: environment, stdio: "ignore" });
    const context = await chromium.launchPersistentContext(join(home, "browser"), {
      executablePath: options.browser ?? (await findChromium()) ?? "",
      headless: true,
      viewport: { width: 1280, height: 800 },
      locale: options.language ?? "en",
      permissions: ["clipboard-read", "clipboard-write"],
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    context.setDefaultTimeout(60_000);
    const page = context.pages()[0] ?? (await context.newPage());
    const address = `127.0.0.1:${port}`;
    const editor = new Editor({
      page,
      server,
      context,
      home,
      ownsHome: options.home === undefined,
      address: `http://${address}/?folder=${encodeURIComponent(options.folder)}`,
    });
    context.on("request", (request) => {
      const { host, protocol } = new URL(request.url());
      // Files of a webview have addresses under this name, which the editor's own worker in the page answers.
      const isInside = host === address || host.endsWith(".vscode-resource.vscode-cdn.net");
      if (protocol.startsWith("http") && !isInside) editor.foreign.push(request.url());
    });
    await editor.#open();
    return editor;
  }

  /** Another window of the same person on the same folder; it goes with this editor. */
  async openWindow(): Promise<Editor> {
    const page = await this.#context.newPage();
    const parts = { server: this.#server, context: this.#context, home: this.#home };
    const window = new Editor({ ...parts, page, ownsHome: false, address: this.#address });
    await window.#open();
    return window;
  }

  get pid(): number {
    return this.#server.pid ?? 0;
  }

  /** The person's home, with everything that was kept in it. */
  get home(): string {
    return this.#home;
  }

  /** The person's settings as they are in their file. */
  settings(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.#home, "data/User/settings.json"), "utf8")) as Record<
      string,
      unknown
    >;
  }

  /** Chooses one of the values of a setting on the settings page. */
  async chooseSetting(name: string, value: string): Promise<void> {
    await this.command("Preferences: Open Settings (UI)");
    const search = this.page.locator(".settings-editor .settings-header .monaco-editor").first();
    await search.click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(`@id:${name}`);
    const box = this.page.locator(`.settings-editor select[aria-label="${name}"]`);
    await box.click();
    await this.page
      .locator(".monaco-select-box-dropdown-container .monaco-list-row", { hasText: value })
      .first()
      .click();
  }

  /** Runs a command by its title. */
  async command(title: string): Promise<void> {
    await this.#quickly("F1", `>${title}`, title);
  }

  /** Opens a file of the folder and puts the cursor at its end. */
  async openFile(name: string): Promise<void> {
    const tab = this.page.locator(".tab.active", { hasText: name });
    for (let attempt = 1; ; attempt++) {
      await this.#quickly("Control+P", name, name);
      try {
        await tab.waitFor({ timeout: 15_000 });
        break;
      } catch (error) {
        // Another page that was still loading came in front.
        if (attempt === 4) throw error;
      }
    }
    await this.editor.waitFor();
    await this.editor.click();
    await this.page.keyboard.press("Control+End");
  }

  /** Opens a file for the first time ever: the walkthrough comes, is looked at, and the file is in front again. */
  async begin(name: string): Promise<void> {
    await this.#quickly("Control+P", name, name);
    await this.page.locator(".getting-started-step").first().waitFor({ timeout: 150_000 });
    await this.page.locator(".tab", { hasText: name }).click();
    await this.openFile(name);
  }

  /** Puts the cursor into the active file; both from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.page.keyboard.press("Control+G");
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(`:${line}:${column}`);
    await input.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  /** Writes a line of the active file anew, key by key. */
  async rewrite(line: number, text: string): Promise<void> {
    await this.goTo(line, 1);
    await this.page.keyboard.press("Shift+End");
    await this.page.keyboard.type(text, { delay: 40 });
  }

  /** The text of the active editor. */
  get editor(): Locator {
    return this.page.locator(".editor-instance .monaco-editor .view-lines").first();
  }

  /** All of the ghost text; its parts are in no order that says anything. */
  async ghostText(): Promise<string> {
    return (await this.page.locator(".ghost-text-decoration, .ghost-text").allInnerTexts()).join(
      "",
    );
  }

  get ghost(): Locator {
    return this.page
      .locator(".ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text")
      .first();
  }

  /** The extension's item in the status bar. */
  get status(): Locator {
    return this.page.locator(
      '.statusbar-item[id="cloud-code.cloud-code-assistant.cloudCode.status"]',
    );
  }

  /** A notification with this text. */
  notification(text: string): Locator {
    return this.page.locator(".notification-toast", { hasText: text });
  }

  /** The page of the panel in the side bar. */
  get panel(): FrameLocator {
    return this.page
      .frameLocator('iframe.webview.ready[src*="extensionId=cloud-code."]')
      .frameLocator("iframe#active-frame");
  }

  /** Waits until the folder is indexed. */
  async indexed(): Promise<void> {
    await this.page
      .locator(
        '.statusbar-item[id="cloud-code.cloud-code-assistant.cloudCode.status"] .codicon-cloud',
      )
      .waitFor({ timeout: 150_000 });
  }

  /** What the extension wrote to its log. */
  log(): string {
    const logs = join(this.#home, "data/logs");
    return readdirSync(logs, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith("Cloud Code.log"))
      .map((name) => readFileSync(join(logs, name), "utf8"))
      .join("\n");
  }

  /** The processes of the assistant that were started, by the log. */
  assistantPids(): readonly number[] {
    return [...this.log().matchAll(/runs as process (\d+)/g)].map(([, pid]) => Number(pid));
  }

  /** The processor time that loading and calling the extension took, by its log. */
  activationMs(): number {
    const found = /Activated in (\d+) ms/.exec(this.log())?.[1];
    if (found === undefined) throw new Error("The log does not say how long activation took.");
    return Number(found);
  }

  /** Keeps a picture of the window for people to look at. */
  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    // Fades and the caret's blink would make every picture another one.
    await pause(300);
    await this.page.screenshot({ path: join(pictures, `${name}.png`) });
  }

  /** Ends the window as by closing it, and then the server. */
  async close(): Promise<void> {
    await this.picture("last");
    await this.#context.close();
    // Extension hosts of a closed window live on for a while; the server takes them along.
    this.#server.kill("SIGTERM");
    await Promise.race([
      this.#ended,
      pause(15_000, undefined, { ref: false }).then(() => this.#server.kill("SIGKILL")),
    ]);
    if (this.#ownsHome) rmSync(this.#home, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    const address = this.#address;
    const deadlineMs = performance.now() + 150_000;
    for (;;) {
      const answer = await fetch(new URL("/healthz", address)).catch(() => undefined);
      if (answer?.ok === true) break;
      if (performance.now() > deadlineMs) throw new Error("code-server does not listen.");
      await pause(100);
    }
    await this.page.goto(address, { waitUntil: "domcontentloaded" });
    await this.page
      .locator(".monaco-workbench .explorer-folders-view .monaco-list-row")
      .first()
      .waitFor({ timeout: 150_000 });
  }

  async #quickly(key: string, typed: string, row: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    const found = this.page.locator(".quick-input-list .monaco-list-row", { hasText: row }).first();
    for (let attempt = 1; ; attempt++) {
      try {
        await this.page.keyboard.press(key);
        await input.fill(typed, { timeout: 5_000 });
        await found.waitFor({ timeout: 5_000 });
        break;
      } catch (error) {
        // What opens by itself at the start takes the focus, and with it the box.
        if (attempt === 4) throw error;
      }
    }
    await input.press("Enter");
    await input.waitFor({ state: "hidden" });
  }
}

/**
 * Makes the editor one of another language, by a language pack that translates none of its own words: what is shown in that language is
 * the extension's.
 */
function speak(language: string, data: string): void {
  const translations = join(data, "language.json");
  writeFileSync(translations, JSON.stringify({ version: "1.0.0", contents: {} }));
  const pack = {
    hash: language,
    label: language,
    extensions: [{ extensionIdentifier: { id: `tests.${language}` }, version: "1.0.0" }],
    translations: { vscode: translations },
  };
  writeFileSync(join(data, "languagepacks.json"), JSON.stringify({ [language]: pack }));
}

/**
 * The port of a person's editor. A browser keeps what extensions remember by the address of the page, so it stays the same for one home.
 */
async function portOf(home: string): Promise<number> {
  const kept = join(home, "port");
  if (existsSync(kept)) return Number(readFileSync(kept, "utf8"));
  const port = await findPort();
  writeFileSync(kept, String(port));
  return port;
}

async function findPort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
