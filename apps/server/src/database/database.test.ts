import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inventory, purposes as policyPurposes } from "@cloud-code/policy";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessionsClassified, users, usersClassified } from "../accounts/tables.ts";
import { openTestDatabase, testableKinds } from "../testing/index.ts";
import { toColumns } from "./classify.ts";
import type { Database } from "./database.ts";
import { hasSqlState } from "./errors.ts";
import { applyMigrations, migrateDatabase } from "./migrate.ts";
import { readingPurposes, roleOf, uses } from "./purposes.ts";
import { readFor } from "./reading.ts";
import { tables } from "./schema.ts";

it("[C4] says of every stored item exactly what the inventory says it may be used for", () => {
  for (const [key, allowed] of Object.entries(uses)) {
    const item = inventory[key as keyof typeof uses];
    expect(item.state === "refused" ? [] : item.purposes, key).toEqual(allowed);
  }
  for (const purpose of readingPurposes) expect(policyPurposes).toHaveProperty([purpose]);
});

describe.each(testableKinds())("the %s database", (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await database.orm.insert(users).values({
      id: "u1",
      name: "liuwei",
      username: "liuwei",
      displayUsername: "刘伟",
      email: "liu@example.com",
      phone: "+86 10 1234",
      createdAt: new Date(),
      updatedAt: new Date(),
      oldEnough: true,
    });
  });
  afterAll(async () => database.close());

  it("[C3] knows no column that the inventory does not, and carries each one's item itself", async () => {
    const { rows } = await database.orm.execute<{ name: string; comment: string | null }>(sql`
      SELECT c.table_name || '.' || c.column_name AS name,
             col_description(format('public.%I', c.table_name)::regclass, c.ordinal_position) AS comment
        FROM information_schema.columns c WHERE c.table_schema = 'public'`);
    const live = Object.fromEntries(rows.map(({ name, comment }) => [name, comment]));
    const declared = Object.fromEntries(
      toColumns(tables).map(({ table, column, classification }) => [
        `${table}.${column}`,
        `cc:${classification}`,
      ]),
    );
    expect(live).toEqual(declared);
  });

  it("changes nothing when it is migrated again", async () => {
    await expect(migrateDatabase(database)).resolves.toBeUndefined();
  });

  it("[C4] reads a column for a declared purpose", async () => {
    const rows = await readFor(database, "service-mail", usersClassified, ["email", "language"], {
      where: (table) => eq(table.id, "u1"),
    });
    expect(rows).toEqual([{ email: "liu@example.com", language: "en" }]);
  });

  it("[C4] does not compile, and is refused by the database, for a column of another purpose", async () => {
    const attempt = readFor(
      database,
      "service-mail",
      usersClassified,
      // @ts-expect-error The phone number is kept for recovering the account, not for writing letters.
      ["phone"],
    );
    await expect(attempt).rejects.toSatisfy((error) => hasSqlState(error, "42703"));
  });

  it("[C4] refuses it in a condition, too, and after the refusal serves the next reader", async () => {
    const attempt = readFor(database, "service-mail", usersClassified, ["email"], {
      where: (table) => eq(table.phone, "+86 10 1234"),
    });
    await expect(attempt).rejects.toSatisfy((error) => hasSqlState(error, "42703"));
    expect(await readFor(database, "recover-account", usersClassified, ["phone"])).toHaveLength(1);
  });

  it("[C4] gives a purpose no table in which it has nothing", async () => {
    const attempt = readFor(database, "support", sessionsClassified, ["id"]);
    await expect(attempt).rejects.toSatisfy((error) => hasSqlState(error, "42P01"));
  });

  it("[C4] lets a view show what its purpose's role was granted, whoever asks: without the grant it is refused", async () => {
    const role = roleOf("recover-account");
    const read = async () => readFor(database, "recover-account", usersClassified, ["phone"]);
    await database.orm.execute(sql.raw(`REVOKE SELECT (phone) ON users FROM ${role}`));
    await expect(read()).rejects.toSatisfy((error) => hasSqlState(error, "42501"));
    await database.orm.execute(sql.raw(`GRANT SELECT (phone) ON users TO ${role}`));
    expect(await read()).toHaveLength(1);
  });

  it("[C4] has no view that is not owned by the role of its purpose", async () => {
    const { rows } = await database.orm.execute<{ schema: string; owner: string }>(
      sql`SELECT DISTINCT schemaname AS schema, viewowner AS owner FROM pg_views WHERE schemaname LIKE 'cc\\_%'`,
    );
    const schemas = readingPurposes.map(roleOf).toSorted();
    expect(rows.map(({ schema }) => schema).toSorted()).toEqual(schemas);
    for (const { schema, owner } of rows) expect(owner).toBe(schema);
  });

  it("is migrated also where a view shows the column that changes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cc-migrations-"));
    const name = "0001_longer";
    mkdirSync(join(folder, "meta"));
    const entry = { idx: 0, version: "7", when: Date.now() + 86_400_000, tag: name };
    writeFileSync(
      join(folder, "meta", "_journal.json"),
      JSON.stringify({ version: "7", dialect: "postgresql", entries: [entry] }),
    );
    writeFileSync(join(folder, `${name}.sql`), "ALTER TABLE users ALTER phone TYPE varchar(99)");
    const own = await openTestDatabase(kind);
    try {
      await applyMigrations(own, folder);
      // What the next line of a start does: the views are back, and show the column as it is now.
      await migrateDatabase(own);
      expect(await readFor(own, "recover-account", usersClassified, ["phone"])).toEqual([]);
    } finally {
      await own.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("[C4] lets a purpose's role change nothing, neither in a table nor through a view of it", async () => {
    const asRole = async (role: string, statement: string) =>
      database.orm.transaction(async (transaction) => {
        await transaction.execute(sql`SET LOCAL ROLE ${sql.identifier(role)}`);
        await transaction.execute(sql.raw(statement));
      });
    for (const role of readingPurposes.map(roleOf)) {
      const attempt = asRole(role, "UPDATE public.users SET email = 'x'");
      await expect(attempt, role).rejects.toSatisfy((error) => hasSqlState(error, "42501"));
    }
    for (const statement of ["UPDATE", "DELETE FROM"]) {
      const change = statement === "UPDATE" ? " SET phone = 'x'" : "";
      const attempt = asRole(
        "cc_recover_account",
        `${statement} cc_recover_account.users${change}`,
      );
      await expect(attempt, statement).rejects.toSatisfy((error) => hasSqlState(error, "42501"));
    }
  });

  it("runs transactions side by side without mixing them", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) =>
        database.orm.transaction(async (transaction) => {
          await transaction
            .update(users)
            .set({ phone: `${index}` })
            .where(eq(users.id, "u1"));
          if (index % 2 === 1) throw new Error("rolled back");
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    const [row] = await readFor(database, "recover-account", usersClassified, ["phone"]);
    expect(Number(row?.phone) % 2).toBe(0);
  });
});
