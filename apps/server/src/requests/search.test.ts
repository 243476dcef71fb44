import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database/database.ts";
import { readWordTables } from "../database/words.ts";
import { openTestDatabase, testableKinds } from "../testing/index.ts";
import { deleteFiles, searchDatabase, searchFiles, type Trace } from "./search.ts";

const ann: readonly Trace[] = [
  { value: "kq3v9xw1annid", match: "anywhere" },
  { value: "ann@example.com", match: "word" },
  { value: "+353 1 5551234", match: "word" },
  { value: "ann", match: "name" },
];

describe.each(testableKinds())("[C7] what is left in the %s database", (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await database.orm.execute(
      sql`CREATE TABLE forgotten (note text, data jsonb, list text[], raw bytea, amount int)`,
    );
  });
  afterAll(async () => database.close());

  /** What a row of a table nobody classified says, and whether that is Ann. */
  async function check(column: string, value: string, expected: boolean): Promise<void> {
    await database.orm.execute(sql`DELETE FROM forgotten`);
    const typed = { data: "jsonb", list: "text[]", raw: "bytea", note: "text" }[column] ?? "text";
    await database.orm.execute(
      sql`INSERT INTO forgotten (${sql.identifier(column)}) VALUES (${value}::${sql.raw(typed)})`,
    );
    const found = await searchDatabase(database, ann, {
      since: new Date(),
      largestBlocks: Number.POSITIVE_INFINITY,
    });
    expect(found, `${column}: ${value}`).toEqual({
      kind: "searched",
      leftovers: expected ? [{ where: "forgotten", count: 1 }] : [],
    });
  }

  it("is found in text, JSON, lists and bytes, in any case", async () => {
    for (const value of [
      "ann@example.com",
      "To: Ann@Example.com.",
      "<ann@example.com>",
      "mailto:ann@example.com?subject=x",
      "see keys/kq3v9xw1annidsuffix",
      "call +353 1 5551234!",
      "ann",
    ])
      await check("note", value, true);
    await check("data", '{"to": {"address": "ann@example.com"}}', true);
    await check("data", '{"user": "Ann"}', true);
    await check("list", '{"bob","ann@example.com"}', true);
    await check("list", '{"ann"}', true);
    await check("raw", "ann@example.com", true);
  });

  it("is not somebody else, whose address contains hers", async () => {
    for (const value of [
      "joann@example.com",
      "ann@example.com.au",
      "mary.ann@example.com",
      "x-ann@example.com",
      "+353 1 55512345",
      "planning",
      "ann and bob",
      "100% of ann_example.com",
    ])
      await check("note", value, false);
    await check("data", '{"user": "annette", "ann@example.community": 1}', false);
    await database.orm.execute(sql`DELETE FROM forgotten`);
  });

  it("finds the same with an index as without, whatever is written", async () => {
    const { orm, pool } = database;
    await orm.execute(sql`DELETE FROM forgotten`);
    await orm.execute(sql`DROP TABLE IF EXISTS plain`);
    // The one table has an index on a server, the other never.
    await orm.execute(sql`CREATE TABLE plain (body text)`);
    const indexed = (await readWordTables({ pool })).find(({ name }) => name === "disclosures");
    expect(indexed?.indexed).toBe(kind === "server");
    const piece = fc.constantFrom(
      "ann@example.com",
      "Ann",
      "jo",
      "%",
      "_",
      "\\",
      ".",
      " ",
      "'",
      "é",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const body = pieces.join("");
        await orm.execute(sql`DELETE FROM disclosures`);
        await orm.execute(sql`DELETE FROM plain`);
        await orm.execute(
          sql`INSERT INTO disclosures (at, recipient, items, reference) VALUES (now(), 'r', '[]', ${body})`,
        );
        await orm.execute(sql`INSERT INTO plain VALUES (${body})`);
        const found = await searchDatabase(database, ann.slice(0, 3), {
          since: new Date(),
          largestBlocks: Number.POSITIVE_INFINITY,
          smallBlocks: 0,
        });
        const where =
          found.kind === "searched" ? found.leftovers.map(({ where: table }) => table).sort() : [];
        expect([[], ["disclosures", "plain"]]).toContainEqual(where);
      }),
      { numRuns: 60 },
    );
    await orm.execute(sql`DROP TABLE plain`);
    await orm.execute(sql`DELETE FROM disclosures`);
  });

  it("is not asked of a large table without an index while somebody waits", async () => {
    await database.orm.execute(
      sql`INSERT INTO forgotten (note) SELECT repeat('x', 1000) FROM generate_series(1, 100)`,
    );
    const way = { since: new Date(), largestBlocks: 5 };
    expect(await searchDatabase(database, ann, way)).toMatchObject({ kind: "postponed" });
    await database.orm.execute(sql`DROP TABLE forgotten`);
  });
});

describe("[C7] what is left in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "cc-search-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function check(content: string | Buffer, expected: boolean): Promise<void> {
    const path = join(folder, "file");
    writeFileSync(path, content);
    const found = await searchFiles([folder], ann);
    expect(found, String(content).slice(0, 200)).toEqual(
      expected ? [{ where: path, count: 1 }] : [],
    );
  }

  it("is found as it is, compressed, and as mail encodes it", async () => {
    await check("To: Ann@example.com\n", true);
    await check(gzipSync("2026 sent to ann@example.com"), true);
    await check(gzipSync(gzipSync("ann@example.com")), true);
    await check("Dear =61nn=40example=2Ecom,", true);
    await check("a long line that ends in ann@exam=\r\nple.com", true);
    await check(
      `Subject: =?utf-8?B?${Buffer.from("für ann@example.com").toString("base64")}?=`,
      true,
    );
    const body = Buffer.from(`${"text ".repeat(40)}ann@example.com ${"text ".repeat(40)}`);
    const lines = body.toString("base64").match(/.{1,76}/g) ?? [];
    await check(`Content-Transfer-Encoding: base64\r\n\r\n${lines.join("\r\n")}\r\n`, true);
    await check(`{"payload":"xx${body.toString("base64url")}"}`, true);
  });

  it("is found in whatever the mailer writes, in either language", async () => {
    const transport = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
    for (const text of [
      "您好 ann@example.com，您的请求已办结。",
      `${"é".repeat(200)} ann@example.com`,
    ]) {
      const { message } = await transport.sendMail({
        from: "service@example.com",
        to: "other@example.com",
        subject: "通知",
        text,
      });
      await check(message as Buffer, true);
    }
  });

  it("is not somebody else; and what cannot be looked into counts as something", async () => {
    await check("To: joann@example.com", false);
    await check(gzipSync("nothing here"), false);
    await check(Buffer.from("504b0304140000", "hex"), true);
    await check(gzipSync("nothing here").subarray(0, 12), true);
  });

  it("goes, and nothing else does", async () => {
    writeFileSync(join(folder, "file"), gzipSync("ann@example.com"));
    writeFileSync(join(folder, "other"), "bob@example.com");
    expect(await deleteFiles([folder], ann)).toBe(1);
    expect(await searchFiles([folder], ann)).toEqual([]);
    expect(await searchFiles([folder], [{ value: "bob@example.com", match: "word" }])).toHaveLength(
      1,
    );
  });
});
