/** The `dify-sdk` command. */
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs, parseEnv, type ParseArgsConfig } from "node:util";
import { DeclarationError } from "../declaration.ts";
import { ArchiveError, readArchive } from "./archive.ts";
import { developPlugin } from "./dev.ts";
import {
  BundleError,
  createRuntimeFiles,
  packFiles,
  readDescription,
  readFolder,
} from "./package.ts";
import {
  computeChecksum,
  createKeyPair,
  KeyError,
  signPackage,
  verifyPackage,
  type Category,
} from "./signature.ts";

/** What the command needs of the world around it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** Prints a result, with a newline. */
  readonly out: (text: string) => void;
  /** Prints a complaint or a progress line. */
  readonly error: (text: string) => void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The time written into signatures. */
  readonly now: () => Date;
}

class UsageError extends Error {
  readonly code = "USAGE";
}

const help = {
  en: `dify-sdk: write a Dify plugin in TypeScript

  dify-sdk package [FOLDER] [--entry FILE] [--node wheel|system] [--output FILE]
      Checks the plugin and writes FOLDER's .difypkg. With --entry, bundles that module and adds the
      launcher: --node wheel (default) installs Node with the plugin, --node system uses the machine's.
  dify-sdk checksum FILE|FOLDER        the checksum Dify gives the package
  dify-sdk keys NAME                   makes NAME.private.pem and NAME.public.pem (RSA, 4096 bits)
  dify-sdk sign FILE --key PEM [--category community|partner|langgenius] [--output FILE]
  dify-sdk verify FILE --key PEM       exit code 1 when the signature does not hold
  dify-sdk dev [FOLDER] --entry FILE   runs in your Dify and reloads on every change; needs
      REMOTE_INSTALL_URL (host:5003) and REMOTE_INSTALL_KEY, from the environment or FOLDER/.env

  --help, --version`,
  zh: `dify-sdk：用 TypeScript 编写 Dify 插件

  dify-sdk package [目录] [--entry 文件] [--node wheel|system] [--output 文件]
      检查插件并生成 .difypkg。给出 --entry 时，打包该模块并加入启动器：
      --node wheel（默认）随插件安装 Node，--node system 使用机器上已有的 Node。
  dify-sdk checksum 文件|目录           Dify 对该包计算的校验和
  dify-sdk keys 名称                    生成 名称.private.pem 与 名称.public.pem（RSA 4096 位）
  dify-sdk sign 文件 --key PEM [--category community|partner|langgenius] [--output 文件]
  dify-sdk verify 文件 --key PEM        签名不成立时退出码为 1
  dify-sdk dev [目录] --entry 文件      在你的 Dify 中运行，每次修改后自动重载；需要
      REMOTE_INSTALL_URL（host:5003）与 REMOTE_INSTALL_KEY，取自环境变量或 目录/.env

  --help, --version`,
};

type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  package: packageCommand,
  checksum: checksumCommand,
  keys: keysCommand,
  sign: signCommand,
  verify: verifyCommand,
  dev: developCommand,
};

/** Runs one command line (without `node` and the script) and returns the exit code: 0 done, 1 refused, 2 misused. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = "--help", ...rest] = args;
  if (name === "--help" || name === "-h" || rest.includes("--help")) {
    terminal.out(
      /^zh/i.test(terminal.environment["LC_ALL"] || terminal.environment["LANG"] || "")
        ? help.zh
        : help.en,
    );
    return 0;
  }
  try {
    if (name === "--version") {
      terminal.out(await readVersion());
      return 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined)
      throw new UsageError(`There is no command ${name}. See dify-sdk --help.`);
    return await command(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error)) {
      terminal.error(error.message);
      return 2;
    }
    if (
      error instanceof DeclarationError ||
      error instanceof ArchiveError ||
      error instanceof BundleError ||
      error instanceof KeyError ||
      isFileError(error)
    ) {
      terminal.error(error.message);
      return 1;
    }
    throw error;
  }
}

async function packageCommand(args: readonly string[], { folder, out }: Terminal): Promise<number> {
  const { values, positionals } = parse(args, {
    entry: { type: "string" },
    node: { type: "string", default: "wheel" },
    output: { type: "string", short: "o" },
  });
  const source = resolve(folder, positionals[0] ?? ".");
  const node = values["node"];
  if (node !== "wheel" && node !== "system") throw new UsageError("--node is wheel or system.");
  const files =
    values["entry"] === undefined
      ? await readFolder(source)
      : new Map([
          ...(await readDescription(source)),
          ...(await createRuntimeFiles(resolve(folder, values["entry"]), node)),
        ]);
  const { bytes, identifier } = packFiles(files);
  const output = resolve(folder, values["output"] ?? `${basename(source)}.difypkg`);
  await writeFile(output, bytes);
  out(`${output}\n${identifier}\n${files.size} files, ${bytes.length} bytes`);
  return 0;
}

async function checksumCommand(
  args: readonly string[],
  { folder, out }: Terminal,
): Promise<number> {
  const path = resolve(folder, one(parse(args, {}).positionals, "FILE|FOLDER"));
  const files = path.endsWith(".difypkg")
    ? readArchive(await readFile(path)).files
    : await readFolder(path);
  out(computeChecksum(files));
  return 0;
}

async function keysCommand(args: readonly string[], { folder, out }: Terminal): Promise<number> {
  const name = resolve(folder, one(parse(args, {}).positionals, "NAME"));
  const { privateKey, publicKey } = createKeyPair();
  // Never over an older key: what it signed could not be signed again.
  await writeFile(`${name}.private.pem`, privateKey, { mode: 0o600, flag: "wx" });
  await writeFile(`${name}.public.pem`, publicKey, { flag: "wx" });
  out(
    `${name}.private.pem (keep it secret)\n${name}.public.pem (give it to the daemon: THIRD_PARTY_SIGNATURE_VERIFICATION_PUBLIC_KEYS)`,
  );
  return 0;
}

async function signCommand(
  args: readonly string[],
  { folder, out, now }: Terminal,
): Promise<number> {
  const { values, positionals } = parse(args, {
    key: { type: "string" },
    category: { type: "string", default: "community" },
    output: { type: "string", short: "o" },
  });
  const path = resolve(folder, one(positionals, "FILE"));
  const category = values["category"] ?? "";
  if (!isCategory(category))
    throw new UsageError("--category is community, partner or langgenius.");
  const signed = signPackage(await readFile(path), await readKeyFile(folder, values["key"]), {
    category,
    signedAt: now(),
  });
  const output = resolve(
    folder,
    values["output"] ?? join(dirname(path), `${basename(path, ".difypkg")}.signed.difypkg`),
  );
  await writeFile(output, signed);
  out(`${output}\nchecksum ${computeChecksum(readArchive(signed).files)}`);
  return 0;
}

async function verifyCommand(
  args: readonly string[],
  { folder, out, error }: Terminal,
): Promise<number> {
  const { values, positionals } = parse(args, { key: { type: "string" } });
  const verification = verifyPackage(
    await readFile(resolve(folder, one(positionals, "FILE"))),
    await readKeyFile(folder, values["key"]),
  );
  switch (verification.kind) {
    case "valid":
      out(`The signature holds; signed ${verification.signedAt.toISOString()}.`);
      return 0;
    case "unsigned":
      error("The package bears no signature. Sign it with: dify-sdk sign");
      return 1;
    case "invalid":
      error(
        "The signature does not hold: the package was changed after signing, or signed with another key.",
      );
      return 1;
  }
}

async function developCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, { entry: { type: "string" } });
  if (values["entry"] === undefined)
    throw new UsageError("Name the module that calls runPlugin: dify-sdk dev --entry src/main.ts");
  const folder = resolve(terminal.folder, positionals[0] ?? ".");
  const file = await readFile(join(folder, ".env"), "utf8").catch(() => ""); // optional
  const environment = { ...parseEnv(file), ...terminal.environment };
  if (!environment["REMOTE_INSTALL_KEY"]) {
    throw new UsageError(
      `REMOTE_INSTALL_KEY is not set. Copy key and address from Dify's plugin page (Debug) into ${join(folder, ".env")}.`,
    );
  }
  await developPlugin({
    folder,
    entry: resolve(terminal.folder, values["entry"]),
    environment,
    signal: terminal.signal,
    say: terminal.error,
  });
  return 0;
}

function parse(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig["options"]>,
): { values: Record<string, string | undefined>; positionals: string[] } {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const texts: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "string") texts[name] = value;
  }
  return { values: texts, positionals };
}

function one(positionals: readonly string[], what: string): string {
  const [first, second] = positionals;
  if (first === undefined || second !== undefined)
    throw new UsageError(`Give one ${what}. See dify-sdk --help.`);
  return first;
}

async function readKeyFile(folder: string, path: string | undefined): Promise<string> {
  if (path === undefined)
    throw new UsageError(
      "Give the key: --key NAME.private.pem to sign, NAME.public.pem to verify.",
    );
  return readFile(resolve(folder, path), "utf8");
}

const isCategory = (text: string): text is Category =>
  text === "community" || text === "partner" || text === "langgenius";

function isFileError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code)
  );
}

function isArgumentError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("ERR_PARSE_ARGS")
  );
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? "";
}
