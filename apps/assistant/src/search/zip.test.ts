import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { toZip } from "./testing/zip.ts";
import { Zip } from "./zip.ts";

const folder = mkdtempSync(join(tmpdir(), "cloud-code-zip-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("Zip", () => {
  it("reads stored and deflated files by their names", async () => {
    const zip = await Zip.open(
      write("a.zip", toZip({ "a/B.java": "class B {}", "c.txt": "x".repeat(5_000) })),
    );
    expect(zip.files).toEqual([
      { path: "a/B.java", bytes: 10 },
      { path: "c.txt", bytes: 5_000 },
    ]);
    expect(Buffer.from((await zip.read("a/B.java")) ?? []).toString()).toBe("class B {}");
    expect((await zip.read("c.txt"))?.length).toBe(5_000);
    expect(await zip.read("none")).toBeUndefined();
    await zip.close();
  });
  it("has no names that lead out of the archive", async () => {
    const zip = await Zip.open(
      write("b.zip", toZip({ "../up.java": "x", "/root.java": "x", "ok.java": "x" })),
    );
    expect(zip.files.map(({ path }) => path)).toEqual(["ok.java"]);
    await zip.close();
  });
  it("unpacks no more than the archive said", async () => {
    const bomb = toZip({ "a.java": "x" }, () => ({
      packed: deflateRawSync(Buffer.alloc(1_000_000)),
      bytes: 100,
    }));
    const zip = await Zip.open(write("c.zip", bomb));
    await expect(zip.read("a.java")).rejects.toThrow("larger than");
    await zip.close();
  });
  it("refuses what is no archive, or one that is cut off", async () => {
    const whole = toZip({ "a.java": "class A {}".repeat(100) });
    await expect(Zip.open(write("d.zip", Buffer.from("hello")))).rejects.toThrow(
      "not a ZIP archive",
    );
    await expect(Zip.open(write("e.zip", whole.subarray(0, whole.length - 30)))).rejects.toThrow(
      "not a ZIP archive",
    );
  });
});
