import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built program, as `npm run service` runs it. */
const program: string = fileURLToPath(
  new URL("../../apps/server/bin/cloud-code-server.js", import.meta.url),
);

/** A service that runs on an empty database of its own. */
export interface RunningService {
  /** `http://localhost:PORT`. */
  readonly origin: string;
  readonly folder: string;
  /** The newest letter to an address, decoded; waits up to ten seconds for one that contains `word`. */
  letterTo(address: string, word: string): Promise<string>;
  /** Runs a command of the program on the service's data and resolves with what it printed. */
  command(...words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the service on a free port and waits until it answers. `environment` is added to a bare one. */
export async function startService(
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const folder = mkdtempSync(join(tmpdir(), "cc-service-"));
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "en_GB.UTF-8",
    ...environment,
  };
  const child = spawn(process.execPath, [program, "start", "--port", "0", "--data-dir", folder], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let output = "";
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const address = /http:\/\/localhost:\d+/.exec(output)?.[0];
      if (address !== undefined) resolve(address);
    };
    child.stderr.on("data", read);
    child.stdout.resume();
    void ended.then(() => {
      reject(new Error(`The service ended before it listened:\n${output}`));
    });
  });
  return {
    origin,
    folder,
    letterTo: (address, word) => waitForLetter(join(folder, "outbox"), address, word),
    command: async (...words) => {
      const run = spawn(process.execPath, [program, ...words, "--data-dir", folder], { env });
      let said = "";
      run.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
      run.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const [code] = (await once(run, "exit")) as [number];
      if (code !== 0) throw new Error(`${words.join(" ")}: ${said}`);
      return said;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitForLetter(outbox: string, address: string, word: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const letter = readLetters(outbox).findLast(
      (each) => each.includes(`To: ${address}`) && each.includes(word),
    );
    if (letter !== undefined) return letter;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No letter to ${address} with “${word}”.`);
}

function readLetters(outbox: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(outbox);
  } catch {
    // The folder is made with the first letter.
    return [];
  }
  return names.toSorted().map((name) => decode(readFileSync(join(outbox, name), "utf8")));
}

function decode(letter: string): string {
  const [head = "", ...rest] = letter.replace(/\r\n/g, "\n").split("\n\n");
  const text = rest.join("\n\n");
  if (/^Content-Transfer-Encoding: base64$/im.test(head)) {
    return `${head}\n\n${Buffer.from(text, "base64").toString("utf8")}`;
  }
  if (!/^Content-Transfer-Encoding: quoted-printable$/im.test(head)) return `${head}\n\n${text}`;
  const bytes = text
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return `${head}\n\n${Buffer.from(bytes, "latin1").toString("utf8")}`;
}
