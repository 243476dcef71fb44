import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type Copy, copyProject, environment } from "./lsp.ts";

/** The built program, as `npm start` runs it. */
const program: string = fileURLToPath(
  new URL("../apps/assistant/bin/cloud-code.js", import.meta.url),
);

/** A file whose lines repeat as lines of real code do, with a function at its end that the tests write into. */
export const ledger = `/** One line of an order. */
export interface OrderLine {
  readonly name: string;
  readonly priceCents: number;
  readonly count: number;
}

/** An order as the shop took it. */
export interface Order {
  readonly number: string;
  readonly lines: readonly OrderLine[];
  readonly paidCents: number;
}

/** What is still to be paid, in cents; never below zero. */
export function openCents(order: Order): number {
  const totalCents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);
  return Math.max(0, totalCents - order.paidCents);
}

/** The order as the customer reads it. */
export function toReceipt(order: Order): string {
  const totalCents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);
  const rows = order.lines.map((line) => line.name);
  return [order.number, ...rows, String(totalCents)].join(", ");
}

/** The orders that are not paid in full. */
export function unpaid(orders: readonly Order[]): readonly Order[] {
  return orders.filter((order) => openCents(order) > 0);
}

/** The same order, to be taken again. */
export function copy(order: Order): number {\n  \n}
`;

/** A copy of real sources with `ledger.ts` and two secrets beside them; more `copies` of it take longer to index. */
export function createProject(copies = 1): Copy {
  const copy = copyProject();
  for (let index = 2; index <= copies; index++) {
    cpSync(copy.path("packages"), copy.path(`packages-${index}`), { recursive: true });
  }
  writeFileSync(copy.path("ledger.ts"), ledger);
  writeFileSync(copy.path("secrets.ts"), "export const token = 'canary';\n");
  writeFileSync(copy.path(".env"), "TOKEN=canary\n");
  return copy;
}

/** Puts the cursor into the function at the end of the ledger, which the page shows: by the mouse, since an arrow key needs a layout. */
export async function enterFunction(page: Page): Promise<void> {
  await page.locator("#path", { hasText: "ledger.ts" }).waitFor();
  await page.locator(".cm-line").nth(-3).click();
  await page.keyboard.press("End");
}

/** A program that runs. */
export interface Running {
  /** The address it printed, with the key. */
  readonly url: string;
  readonly pid: number;
  /** What it has printed so far, on both outputs. */
  output(): string;
  /** Ends it as Ctrl-C does and resolves with its exit code. */
  stop(): Promise<unknown>;
}

/** Starts `cloud-code try` on a project and waits for the address. `wrap` is a command line that runs the program's. */
export async function startTry(
  copy: Copy,
  { port = "0", wrap = [] }: { readonly port?: string; readonly wrap?: readonly string[] } = {},
): Promise<Running> {
  const parameters = ["try", copy.folder, "--no-open", "--port", port, "--lang", "en"];
  const [first = "", ...rest] = [...wrap, process.execPath, program, ...parameters];
  const child = spawn(first, rest, { env: environment(copy), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/#key=[\w-]+/.exec(output)?.[0];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then(() => reject(new Error(`cloud-code try gave no address:\n${output}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    async stop() {
      child.kill("SIGINT");
      const [code] = (await ended) as unknown[];
      return code;
    },
  };
}
