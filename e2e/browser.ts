import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

const run = promisify(execFile);

const places = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].filter((place) => place !== undefined);

/**
 * The path of a Chromium. Where none is installed and this is Debian with the right to install, it is installed;
 * otherwise undefined, and one line says what to install.
 */
export async function findChromium(): Promise<string | undefined> {
  const found = (await firstExecutable()) ?? (await installChromium());
  if (found === undefined)
    console.warn(
      "No Chromium found: install it (Debian: apt-get install chromium) or name it in CHROMIUM.",
    );
  return found;
}

async function firstExecutable(): Promise<string | undefined> {
  for (const place of places) {
    try {
      await access(place, constants.X_OK);
      return place;
    } catch {
      // Not at this place; the next may have it.
    }
  }
  return undefined;
}

async function installChromium(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    await run("apt-get", ["update", "-q"], { timeout: 120_000 });
    await run(
      "apt-get",
      ["install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
      { timeout: 480_000 },
    );
  } catch (error) {
    console.warn(
      `Installing chromium failed: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`,
    );
    return undefined;
  }
  return firstExecutable();
}

/** Starts Chromium on an empty profile of its own; `close` ends it and deletes the profile. */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
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
}

/** A page with cookies and storage of its own, and what it asked for. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Addresses of all requests of the context: pages, scripts, pictures, fetches. */
  readonly requests: string[];
  /** What the pages wrote to their console as an error, uncaught exceptions included. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** Opens an empty page and records from then on. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(15_000);
  const requests: string[] = [];
  const errors: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("weberror", (webError) => errors.push(webError.error().message));
  context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  return { context, page: await context.newPage(), requests, errors, close: () => context.close() };
}
