import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository: URL = new URL("../", import.meta.url);

/** The built program, as `npm start` runs it. */
export const program: string = fileURLToPath(
  new URL("apps/assistant/bin/cloud-code.js", repository),
);

/** A file whose lines repeat as lines of real code do; what the tests type continues them. */
const ledger = `/** One line of an order. */
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
`;

/** A copy of this repository's own packages in a folder of its own, with `src/ledger.ts` and a secret beside them. */
export async function createProject(
  copies = 1,
): Promise<{ root: string; remove(): Promise<void> }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "project-")));
  const root = join(folder, "shop");
  const packages = fileURLToPath(new URL("packages/", repository));
  for (const name of await readdir(packages)) {
    for (let copy = 1; copy <= copies; copy++) {
      const target = join(root, copies === 1 ? "packages" : `packages-${copy}`, name, "src");
      await cp(join(packages, name, "src"), target, { recursive: true });
    }
  }
  await mkdir(join(root, "src"));
  await writeFile(join(root, "src/ledger.ts"), ledger);
  await writeFile(join(root, "src/secrets.ts"), "export const token = 'canary';\n");
  await writeFile(join(root, ".env"), "TOKEN=canary\n");
  return { root, remove: () => rm(folder, { recursive: true }) };
}

/** A program that runs, with what it has printed so far. */
export interface Running {
  readonly url: string;
  readonly output: () => string;
  readonly pid: number;
  /** Ends it as Ctrl-C does and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `cloud-code try ROOT --no-open` with an index of its own and waits for the address. */
export async function startTry(
  root: string,
  options: { readonly port?: string; readonly wrap?: readonly string[] } = {},
): Promise<Running> {
  const cache = await mkdtemp(join(tmpdir(), "cache-"));
  const parameters = [program, "try", root, "--no-open", "--port", options.port ?? "0"];
  const [wrapper = process.execPath, ...rest] = options.wrap ?? [];
  const child = spawn(
    wrapper,
    [...rest, ...(options.wrap ? [process.execPath] : []), ...parameters],
    {
      env: {
        ...process.env,
        LANG: "en_GB.UTF-8",
        LC_ALL: "",
        LANGUAGE: "",
        CLOUD_CODE_CACHE_DIR: cache,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  const ended = new Promise<number | null>((resolve) =>
    child.once("exit", (code) => resolve(code)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/#key=[\w-]+/.exec(output)?.[0];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then((code) =>
      reject(new Error(`cloud-code try ended with ${code} before it gave an address:\n${output}`)),
    );
  });
  return {
    url,
    output: () => output,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGINT");
      const code = await ended;
      await rm(cache, { recursive: true, force: true });
      return code;
    },
  };
}
