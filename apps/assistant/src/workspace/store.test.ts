import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { AssistantError } from "../errors.ts";
import { cacheFolder, indexFolder, segmentName, Store, type Unstored } from "./store.ts";

const ROOT = "/somewhere/project";
const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  made.push(folder);
  return join(folder, "index");
}

const CONTENTS = {
  root: ROOT,
  updatedAt: "2026-11-22T10:00:00.000Z",
  hidden: ["gone.ts"],
  refused: { "min.js": { stamp: "1-2", reason: "minified" } },
  files: 3,
  tokens: 400,
  languages: { typescript: 3 },
  skipped: { secret: 1 },
} as const;

function unstored(segments: ReadonlyMap<string, Uint8Array>): Unstored[] {
  return [...segments].map(([name, bytes]) => ({ name, encode: () => bytes }));
}

function segmentsOf(...contents: readonly string[]): Map<string, Uint8Array> {
  return new Map(contents.map((content) => [segmentName(), new TextEncoder().encode(content)]));
}

async function checkHolds(
  folder: string,
  segments: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const stored = await new Store(ROOT, folder).read();
  expect(stored?.damaged).toBe(false);
  expect(stored?.manifest.segments.map(({ name }) => name)).toEqual([...segments.keys()]);
  for (const [name, bytes] of segments)
    expect(Buffer.from(stored?.segments.get(name) ?? []).equals(bytes)).toBe(true);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: unknown) => (error instanceof AssistantError ? error.code : String(error)),
  );
}

describe("the index on disk", () => {
  it("gives back what was written, in files that only their owner can read", async () => {
    const folder = newFolder();
    const store = new Store(ROOT, folder);
    expect(await store.read()).toBeUndefined();
    const segments = segmentsOf("one", "two");
    await store.write(CONTENTS, unstored(segments));
    await checkHolds(folder, segments);
    expect((await store.read())?.manifest).toMatchObject(CONTENTS);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    await store.close();
    expect(readdirSync(folder)).not.toContain("lock");
  });

  it("removes segments that no manifest names, and writes those again that it is given", async () => {
    const folder = newFolder();
    const store = new Store(ROOT, folder);
    const first = segmentsOf("one", "two", "three");
    await store.write(CONTENTS, unstored(first));
    const second = new Map([...[...first].slice(1, 2), ...segmentsOf("four")]);
    await store.write(CONTENTS, unstored(second));
    await checkHolds(folder, second);
    expect(readdirSync(folder).filter((name) => name.endsWith(".segment")).length).toBe(2);
    await store.close();
  });

  it("lets one process write and both read", async () => {
    const folder = newFolder();
    const [one, two] = [new Store(ROOT, folder), new Store(ROOT, folder)];
    const segments = segmentsOf("one");
    await one.write(CONTENTS, unstored(segments));
    expect(await codeOf(two.write(CONTENTS, []))).toBe("INDEX_LOCKED");
    expect(await codeOf(two.clear())).toBe("INDEX_LOCKED");
    await checkHolds(folder, segments);
    await one.close();
    await two.clear();
    expect(existsSync(folder)).toBe(false);
  });

  it("notices every changed byte of the manifest, and every changed length of a segment", async () => {
    const folder = newFolder();
    const store = new Store(ROOT, folder);
    const segments = segmentsOf("one", "two");
    await store.write(CONTENTS, unstored(segments));
    await store.close();
    const path = join(folder, "manifest.json");
    const good = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 2),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const bad = Buffer.from(good);
          bad.writeUInt8((bad[at] ?? 0) ^ change, at);
          writeFileSync(path, bad);
          expect(["INDEX_CORRUPT", "INDEX_VERSION"]).toContain(
            await codeOf(new Store(ROOT, folder).read()),
          );
        },
      ),
      { numRuns: 60 },
    );
    for (const length of [0, 1, good.length >> 1]) {
      writeFileSync(path, good.subarray(0, length));
      expect(await codeOf(new Store(ROOT, folder).read())).toBe("INDEX_CORRUPT");
    }
    writeFileSync(path, good);
    const [name = ""] = segments.keys();
    truncateSync(join(folder, name), 1);
    const stored = await new Store(ROOT, folder).read();
    expect([stored?.damaged, stored?.segments.has(name), stored?.segments.size]).toEqual([
      true,
      false,
      1,
    ]);
  });

  it("tells a later format from damage, and another workspace's index from its own", async () => {
    const folder = newFolder();
    const store = new Store(ROOT, folder);
    await store.write(CONTENTS, []);
    await store.close();
    expect(await codeOf(new Store("/elsewhere", folder).read())).toBe("INDEX_CORRUPT");
    writeFileSync(join(folder, "manifest.json"), '{"format":9,"anything":1}\n');
    expect(await codeOf(store.read())).toBe("INDEX_VERSION");
  });

  it("lies where the platform keeps caches, or where the person says", () => {
    expect(cacheFolder({ CLOUD_CODE_CACHE_DIR: "/x/y" })).toBe("/x/y");
    if (process.platform === "linux") {
      expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe("/c/cloud-code");
      expect(cacheFolder({ XDG_CACHE_HOME: "relative" })).toMatch(/\.cache\/cloud-code$/);
    }
    expect(indexFolder("/a", "/c")).not.toBe(indexFolder("/b", "/c"));
  });
});

describe("with real processes", () => {
  const storeUrl = JSON.stringify(new URL("../../dist/workspace/store.js", import.meta.url).href);

  /** A process that writes index after index; each has three segments that all hold the same number. */
  function startWriter(folder: string): ChildProcess {
    const script = `
      const { Store, segmentName } = await import(${storeUrl});
      const store = new Store(${JSON.stringify(ROOT)}, ${JSON.stringify(folder)});
      for (let round = 0; ; round++) {
        const text = String(process.pid) + ":" + round + " ".repeat(50000);
        const segments = [1, 2, 3].map(() => ({ name: segmentName(), encode: () => new TextEncoder().encode(text) }));
        try {
          await store.write(${JSON.stringify(CONTENTS)}, segments);
          if (round === 0) console.log("writing");
        } catch (error) {
          if (error.code !== "INDEX_LOCKED") throw error;
          if (round === 0) console.log("locked");
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }`;
    return spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  async function said(child: ChildProcess): Promise<string> {
    if (child.stdout === null) throw new Error("no pipe");
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    return chunk.toString().trim();
  }

  async function kill(child: ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async function checkWhole(folder: string): Promise<void> {
    const stored = await new Store(ROOT, folder).read();
    expect(stored?.damaged).toBe(false);
    const texts = [...(stored?.segments.values() ?? [])].map((bytes) =>
      Buffer.from(bytes).toString(),
    );
    expect(texts.length).toBe(3);
    expect(new Set(texts).size).toBe(1);
  }

  it("a process killed in the middle of writing leaves a whole index, and the next one writes on", async () => {
    const folder = newFolder();
    for (let round = 0; round < 8; round++) {
      const writer = startWriter(folder);
      expect(await said(writer)).toBe("writing");
      await new Promise((resolve) => setTimeout(resolve, 3 * round));
      await kill(writer);
      await checkWhole(folder);
    }
    const store = new Store(ROOT, folder);
    const segments = segmentsOf("last");
    await store.write(CONTENTS, unstored(segments));
    await store.close();
    expect(readdirSync(folder).length).toBe(2);
  });

  it("two processes that write at once take turns, and a reader always sees a whole index", async () => {
    const folder = newFolder();
    const one = startWriter(folder);
    expect(await said(one)).toBe("writing");
    const two = startWriter(folder);
    expect(await said(two)).toBe("locked");
    for (let round = 0; round < 30; round++) await checkWhole(folder);
    await kill(one);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const text = Buffer.from(
      (await new Store(ROOT, folder).read())?.segments.values().next().value ?? [],
    ).toString();
    expect(text.startsWith(`${two.pid}:`)).toBe(true);
    await kill(two);
    await checkWhole(folder);
  });

  it("a disk that is full in the middle of a segment is said, and the old index stays", async () => {
    const folder = newFolder();
    const store = new Store(ROOT, folder);
    const segments = segmentsOf("one");
    await store.write(CONTENTS, unstored(segments));
    await store.close();
    const script = `
      const { Store } = await import(${storeUrl});
      const store = new Store(${JSON.stringify(ROOT)}, ${JSON.stringify(folder)});
      const big = { name: "big.segment", encode: () => new Uint8Array(1e6) };
      await store.write(${JSON.stringify(CONTENTS)}, [big]).catch((error) => console.log(error.code, error.details.reason));
      await store.close();`;
    // The kernel itself refuses to let a file grow past 64 blocks.
    const child = spawn(
      "sh",
      [
        "-c",
        'ulimit -f 64 && exec "$0" "$@"',
        process.execPath,
        "--input-type=module",
        "-e",
        script,
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    expect(await said(child)).toBe("INDEX_UNWRITABLE EFBIG");
    await once(child, "exit");
    await checkHolds(folder, segments);
    expect(readdirSync(folder).length).toBe(2);
  });

  it("a folder that may not be written is said, with the system's reason", async () => {
    const folder = newFolder();
    chmodSync(join(folder, ".."), 0o500);
    const script = `
      const { Store } = await import(${storeUrl});
      if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }
      const store = new Store(${JSON.stringify(ROOT)}, ${JSON.stringify(folder)});
      await store.write(${JSON.stringify(CONTENTS)}, []).catch((error) => console.log(error.code, error.details.reason));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await said(child)).toBe("INDEX_UNWRITABLE EACCES");
    chmodSync(join(folder, ".."), 0o700);
  });
});
