import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { openTestDatabase, testableKinds } from "../testing/index.ts";
import type { Database } from "./database.ts";
import { StatementNames } from "./prepared.ts";

test("a text gets its name the second time, keeps it, and shares it with no other", () => {
  const names = new StatementNames();
  expect(names.of("SELECT 1")).toBeUndefined();
  const first = names.of("SELECT 1");
  expect(first).toMatch(/^cc_[0-9a-f]{32}$/);
  expect(names.of("SELECT 1")).toBe(first);
  names.of("SELECT 2");
  expect(names.of("SELECT 2")).not.toBe(first);
});

test("texts that come once take no place from those that come again, and places are bounded", () => {
  const names = new StatementNames();
  for (let index = 0; index < 5000; index += 1) names.of(`SELECT once ${index}`);
  let named = 0;
  for (let index = 0; index < 1000; index += 1) {
    names.of(`SELECT again ${index}`);
    if (names.of(`SELECT again ${index}`) !== undefined) named += 1;
  }
  expect(named).toBe(256);
  expect(names.of("SELECT again 0")).toBeDefined();
});

describe.each(testableKinds())("on the %s database", (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(async () => database.close());

  const ask = async (value: number): Promise<number | undefined> => {
    const { rows } = await database.orm.execute<{ answer: number }>(
      sql`SELECT (10 / ${value}::int)::int AS answer`,
    );
    return rows[0]?.answer;
  };

  it("what is asked again is prepared, and answers as before", async () => {
    for (const value of [1, 2, 5, 10]) expect(await ask(value)).toBe(10 / value);
    // One connection is asked, so that the server's pool answers from the one that prepared.
    const found = await database.orm.transaction(async (transaction) => {
      for (const value of [1, 2])
        await transaction.execute(sql`SELECT (10 / ${value}::int)::int AS answer`);
      return transaction.execute(sql`SELECT 1 FROM pg_prepared_statements WHERE name LIKE 'cc_%'`);
    });
    expect(found.rows.length).toBeGreaterThan(0);
  });

  it("a question that fails is followed by the next, also after the pool threw its connection away", async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await ask(2)).toBe(5);
      await expect(ask(0)).rejects.toMatchObject({ cause: { code: "22012" } });
      expect(await ask(5)).toBe(2);
    }
  });

  it("a new connection finds nothing of the one before it", async () => {
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await client.query("SET application_name = 'left behind'");
    client.release(new Error("thrown away"));
    const { rows } = await database.pool.query<{ name: string }>(
      "SELECT current_setting('application_name') AS name",
    );
    expect(rows[0]?.name).not.toBe("left behind");
    await expect(database.pool.query("VACUUM")).resolves.toBeDefined();
  });
});
