import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import driver from "node-sqlite3-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { playBack } from "./journal.ts";

const folder = mkdtempSync(join(tmpdir(), "cloud-code-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file with a hundred rows, left as by a process that was killed while it wrote ten thousand more. */
function killed(name: string, synchronous: string): string {
  const path = join(folder, `${name}-live.db`);
  const left = join(folder, `${name}.db`);
  const database = new driver.Database(path);
  database.exec(
    `pragma synchronous=${synchronous}; pragma cache_size=10; create table row(id integer primary key, text text);`,
  );
  const insert = (from: number, to: number): void => {
    for (let id = from; id < to; id++)
      database.run("insert into row values(?, ?)", [id, "x".repeat(200)]);
  };
  database.exec("begin");
  insert(0, 100);
  database.exec("commit; begin;");
  database.run("update row set text = 'changed'");
  insert(100, 10_000);
  // With ten pages of cache most of it is on disk, and none of it is valid.
  copyFileSync(path, left);
  copyFileSync(`${path}-journal`, `${left}-journal`);
  database.exec("rollback");
  database.close();
  return left;
}

/** What is in the file. */
function look(path: string): { integrity: string; rows: number; changed: number } {
  const database = new driver.Database(path);
  const one = (sql: string): unknown => Object.values(database.all(sql)[0] ?? {})[0];
  const seen = {
    integrity: String(one("pragma integrity_check")),
    rows: Number(one("select count(*) from row")),
    changed: Number(one("select count(*) from row where text = 'changed'")),
  };
  database.close();
  return seen;
}

describe("playBack", () => {
  it.each(["off", "normal", "full"])(
    "undoes what a killed process had begun, written with synchronous=%s",
    (synchronous) => {
      const path = killed(synchronous, synchronous);
      const grown = statSync(path).size;
      playBack(path);
      expect(statSync(path).size).toBeLessThan(grown);
      expect(existsSync(`${path}-journal`)).toBe(false);
      expect(look(path)).toEqual({ integrity: "ok", rows: 100, changed: 0 });
    },
  );
  it("is needed: the driver itself takes the journal for one in use", () => {
    const path = killed("alone", "normal");
    let seen: unknown;
    try {
      seen = look(path);
    } catch (error) {
      seen = error;
    }
    expect(seen).not.toEqual({ integrity: "ok", rows: 100, changed: 0 });
  });
  it("does nothing without a journal, and with one that holds nothing yet", () => {
    const path = killed("empty", "normal");
    playBack(path);
    playBack(path);
    writeFileSync(`${path}-journal`, "");
    playBack(path);
    writeFileSync(`${path}-journal`, Buffer.alloc(600));
    playBack(path);
    expect(look(path)).toEqual({ integrity: "ok", rows: 100, changed: 0 });
  });
});
