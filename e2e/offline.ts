import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a command in a network of its own that has nothing but the loopback. The command keeps the process number. */
export const isolated: readonly string[] = [
  "unshare",
  "--net",
  "sh",
  "-c",
  'ip link set lo up && exec "$@"',
  "isolated",
];

/** Why commands cannot be isolated here; undefined when they can. */
export async function whyNotIsolated(): Promise<string | undefined> {
  try {
    const [first = "", ...rest] = isolated;
    await run(first, [...rest, "true"]);
    return undefined;
  } catch {
    return "A network of its own needs Linux, root, unshare and ip (Debian: util-linux, iproute2).";
  }
}

/** Why connections cannot be recorded here; undefined when they can. Installs strace where this is Debian and root. */
export async function whyNotRecorded(): Promise<string | undefined> {
  const works = async (): Promise<boolean> => {
    try {
      await run("strace", ["-o", "/dev/null", "true"]);
      return true;
    } catch {
      return false;
    }
  };
  if (await works()) return undefined;
  if (process.getuid?.() === 0) {
    // What went wrong shows in the next line: strace is there and works, or it does not.
    await run("apt-get", ["install", "-y", "-q", "strace"], { timeout: 240_000 }).catch(
      () => undefined,
    );
    if (await works()) return undefined;
  }
  return "Recording connections needs Linux and strace (Debian: apt-get install strace).";
}

/** One thing a program asked of the network. */
export interface Attempt {
  readonly call: string;
  /** For example "AF_INET" or "AF_UNIX"; undefined when an open connection was used. */
  readonly family: string | undefined;
  /** The other side, or with `bind` one's own; undefined when the call names none. */
  readonly address: string | undefined;
}

/** An attempt with the port it named. */
export interface PortAttempt extends Attempt {
  readonly port: number | undefined;
}

/** Records what a program, its threads and its children ask of the network. */
export class Recorder {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<Recorder> {
    return new Recorder(await mkdtemp(join(tmpdir(), "recorder-")));
  }

  /** A command line to put before the program's. The program keeps the process number, so signals reach it. */
  get wrap(): readonly string[] {
    const calls = "trace=connect,bind,sendto,sendmsg,sendmmsg,clone,clone3,fork,vfork";
    return [
      "strace",
      "-D",
      "-f",
      "--seccomp-bpf",
      "-e",
      calls,
      "-e",
      "signal=none",
      "-o",
      join(this.#folder, "calls"),
    ];
  }

  /** What was asked, once the program with this process number has ended. */
  async attempts(pid: number): Promise<readonly Attempt[]> {
    return (await this.portAttempts(pid)).map(({ call, family, address }) => ({
      call,
      family,
      address,
    }));
  }

  /** As {@link attempts}, with ports; `of` those that these processes, their threads and their children made. */
  async portAttempts(
    pid: number,
    { of }: { readonly of?: readonly number[] } = {},
  ): Promise<readonly PortAttempt[]> {
    const lines = await this.#lines(pid);
    const family = of === undefined ? undefined : descendants(lines, of);
    return lines
      .filter((line) => family === undefined || family.has(Number.parseInt(line, 10)))
      .flatMap(parseCall);
  }

  async #lines(pid: number): Promise<readonly string[]> {
    const ended = new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, "m");
    for (let waitedMs = 0; ; waitedMs += 50) {
      const text = await readFile(join(this.#folder, "calls"), "utf8");
      if (ended.test(text)) return text.split("\n");
      if (waitedMs > 20_000)
        throw new Error(`The recording does not tell the end of process ${pid}.`);
      await pause(50);
    }
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

/** Processes and threads with all that they started: `123 clone3({…}, 88) = 124`, or what is left of it when another call came between. */
function descendants(lines: readonly string[], roots: readonly number[]): ReadonlySet<number> {
  const family = new Set(roots);
  for (const line of lines) {
    const [, parent, child] =
      /^(\d+) +(?:<\.\.\. )?(?:clone3?|v?fork)\b.* = (\d+)$/.exec(line) ?? [];
    // A parent's start comes before those of its children.
    if (family.has(Number(parent))) family.add(Number(child));
  }
  return family;
}

/** One line of strace: `123 connect(19, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.1")}, 16) = 0`. */
function parseCall(line: string): readonly PortAttempt[] {
  const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
  if (call === undefined || /^(?:clone3?|v?fork)$/.test(call)) return [];
  const family = /sa_family=(\w+)/.exec(line)?.[1];
  const address = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"|sun_path=@?"([^"]+)"/.exec(
    line,
  );
  const port = /sin6?_port=htons\((\d+)\)/.exec(line)?.[1];
  return [
    {
      call,
      family,
      address: address?.[1] ?? address?.[2] ?? address?.[3],
      port: port === undefined ? undefined : Number(port),
    },
  ];
}

/** A program that starts another one in the network of process `pid`, for launchers that take one file and no arguments. */
export async function createEntrance(
  pid: number,
  program: string,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  await access(program, constants.X_OK);
  const folder = await mkdtemp(join(tmpdir(), "entrance-"));
  const path = join(folder, "enter");
  await writeFile(path, `#!/bin/sh\nexec nsenter --target ${pid} --net "${program}" "$@"\n`);
  await chmod(path, 0o755);
  return { path, remove: () => rm(folder, { recursive: true }) };
}
