/** The PostgreSQL and Redis of the machine, on loopback and in a folder of their own; and Python with uv, as the daemon wants them. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmod, chown, mkdir, readdir, symlink } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A port nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until something listens. */
export async function waitForPort(port: number, patienceMs = 30_000): Promise<void> {
  for (const start = Date.now(); ;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(socket.destroy() !== undefined)).on(
        "error",
        () => resolve(false),
      );
    });
    if (open) return;
    if (Date.now() - start > patienceMs)
      throw new Error(`Nothing listens on port ${port} after ${patienceMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A service that runs until stopped. */
export interface Service {
  readonly port: number;
  stop(): Promise<void>;
}

/** Ends a process for good. */
export async function endProcess(
  child: ChildProcess,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(patience);
}

/** A fresh PostgreSQL with the database `dify_plugin`; `query` prints a whole table dump for inspection. */
export async function startPostgres(
  folder: string,
): Promise<Service & { dump(): Promise<string> }> {
  const bin = await postgresFolder();
  const data = join(folder, "postgres");
  await mkdir(data);
  // PostgreSQL refuses to run as root; Debian's package brings a user for it.
  const identity = process.getuid?.() === 0 ? await identityOf("postgres") : {};
  if (identity.uid !== undefined && identity.gid !== undefined) {
    await chmod(folder, 0o711);
    await chown(data, identity.uid, identity.gid);
  }
  await run(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
    { ...identity, cwd: data },
  );
  const port = await freePort();
  const settings = [
    "-D",
    data,
    "-p",
    String(port),
    "-k",
    data,
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "fsync=off",
  ];
  const child = spawn(join(bin, "postgres"), settings, { ...identity, cwd: data, stdio: "ignore" });
  await waitForPort(port);
  const connection = ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres"];
  await run(join(bin, "createdb"), [...connection, "dify_plugin"]);
  return {
    port,
    dump: async () =>
      (
        await run(join(bin, "pg_dump"), [...connection, "dify_plugin"], {
          maxBuffer: 64 * 1024 * 1024,
        })
      ).stdout,
    stop: () => endProcess(child, "SIGINT"),
  };
}

/** A fresh Redis that writes nothing to disk; `dump` prints every key with its value. */
export async function startRedis(): Promise<Service & { dump(): Promise<string> }> {
  const port = await freePort();
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { stdio: "ignore" },
  );
  await waitForPort(port);
  const ask = async (...args: string[]): Promise<string> =>
    (await run("redis-cli", ["-p", String(port), ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  return {
    port,
    dump: async () => {
      const keys = (await ask("KEYS", "*")).split("\n").filter(Boolean);
      const values = await Promise.all(
        keys.map((key) =>
          ask(
            "EVAL",
            "local t = redis.call('TYPE', KEYS[1]).ok; if t == 'string' then return redis.call('GET', KEYS[1]) elseif t == 'hash' then return redis.call('HGETALL', KEYS[1]) else return t end",
            "1",
            key,
          ),
        ),
      );
      return keys.map((key, index) => `${key}\n${values[index]}`).join("\n");
    },
    stop: () => endProcess(child),
  };
}

async function postgresFolder(): Promise<string> {
  const [newest] = (await readdir("/usr/lib/postgresql").catch(() => [])).toSorted(
    (left, right) => Number(right) - Number(left),
  );
  if (newest === undefined)
    throw new Error("PostgreSQL is not installed. Run: apt-get install postgresql redis-server");
  return `/usr/lib/postgresql/${newest}/bin`;
}

async function identityOf(user: string): Promise<{ uid?: number; gid?: number }> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, user])).stdout)),
  );
  return uid === undefined || gid === undefined ? {} : { uid, gid };
}

/** uv, an interpreter for it, and a PATH on which the daemon finds Python 3.12. */
export async function findPython(
  folder: string,
): Promise<{ uv: string; python: string; path: string }> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const version = async (command: string): Promise<string> =>
    (
      await run(command, [
        "-c",
        "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2])",
      ])
    ).stdout.trim();
  // Version managers keep interpreters where no PATH leads.
  const managed = join(process.env["HOME"] ?? "", ".pyenv", "versions");
  const versions = (await readdir(managed).catch(() => [])).filter((name) =>
    name.startsWith("3.12."),
  );
  const candidates = [
    process.env["DIFY_PYTHON"],
    "python3.12",
    ...versions.map((name) => join(managed, name, "bin", "python3")),
    "python3",
  ].filter((name) => name !== undefined);
  const answers = await Promise.all(candidates.map((name) => version(name).catch(() => "")));
  const suitable = answers.find((answer) => answer.endsWith(" 3.12"))?.split(" ")[0];
  const any = suitable ?? answers.find((answer) => answer !== "")?.split(" ")[0];
  if (any === undefined)
    throw new Error("Python was not found. Install Python 3.12, or name it in DIFY_PYTHON.");
  // Without one, uv fetches a 3.12 of its own.
  if (suitable !== undefined) await symlink(suitable, join(bin, "python3.12"));
  const path = `${bin}:${process.env["PATH"] ?? ""}`;
  const given =
    process.env["UV_PATH"] ??
    (await run("sh", ["-c", "command -v uv"]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    ));
  if (given) return { uv: given, python: any, path };
  await run(any, ["-m", "venv", join(folder, "uv")]);
  await run(join(folder, "uv", "bin", "pip"), ["install", "--quiet", "uv==0.13.9"], {
    timeout: 300_000,
  });
  return { uv: join(folder, "uv", "bin", "uv"), python: join(folder, "uv", "bin", "python"), path };
}
