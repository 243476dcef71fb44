import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessions, users } from "../accounts/tables.ts";
import { auditEntries } from "../audit/tables.ts";
import { holdEvents, legalHolds } from "../retention/tables.ts";
import { startPostgres, testableKinds } from "../testing/index.ts";
import { createServices } from "../service.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { openDatabase, type Database } from "../database/database.ts";
import { unnamedOperator } from "@cloud-code/policy";
import { createLog } from "../log.ts";
import { erasurePoints } from "./erasure.ts";
import { redactionPoints } from "./redaction.ts";
import { createRights, type Rights } from "./rights.ts";
import { searchDatabase } from "./search.ts";

describe.runIf(testableKinds().includes("server"))(
  "[C7] kill -9 in every step of an erasure",
  () => {
    let directory: string;
    let url: string;
    let stop: () => Promise<void>;
    let database: Database;
    let rights: Rights;

    beforeAll(async () => {
      directory = mkdtempSync(join(process.cwd(), ".cache-crash-"));
      const cluster = await startPostgres();
      stop = cluster.stop;
      url = `postgres://admin@localhost/postgres?host=${encodeURIComponent(cluster.socket)}`;
      database = await openDatabase({ url, directory: "" });
      await migrateDatabase(database);
      const services = await createServices({
        config: {
          origin: "http://localhost:4000",
          trustedProxies: 0,
          operator: unnamedOperator,
          secret: "tests-need-a-secret-of-thirty-two-characters-or-more",
        },
        database,
        mail: { outbox: join(directory, "outbox"), from: "test@localhost" },
        log: createLog(() => undefined),
        now: Date.now,
      });
      rights = createRights(services, {
        outbox: join(directory, "outbox"),
        tombstones: join(directory, "tombstones"),
      });
      await build({
        entryPoints: [fileURLToPath(new URL("crash.worker.ts", import.meta.url))],
        outfile: join(directory, "worker.mjs"),
        bundle: true,
        platform: "node",
        format: "esm",
        conditions: ["source"],
        jsx: "automatic",
        jsxImportSource: "hono/jsx",
        packages: "external",
        alias: {
          "@cloud-code/policy": fileURLToPath(
            new URL("../../../../packages/policy/src/index.ts", import.meta.url),
          ),
        },
        logLevel: "error",
      });
    });
    afterAll(async () => {
      await database?.close();
      await stop?.();
      rmSync(directory, { recursive: true, force: true });
    });

    it.each([...erasurePoints, ...redactionPoints])(
      "killed at %s, the next process finishes it and nothing is half done",
      async (point) => {
        const id = `person-${point.replace(":", "-")}-0123456789`;
        const email = `${point.replace(":", ".")}@example.com`;
        const now = new Date();
        const { orm } = database;
        await orm.insert(users).values({
          id,
          name: id,
          username: id,
          displayUsername: id,
          email,
          oldEnough: true,
          createdAt: now,
          updatedAt: now,
        });
        await orm.insert(sessions).values({
          id: `s-${id}`,
          token: `t-${id}`,
          userId: id,
          createdAt: now,
          updatedAt: now,
          expiresAt: now,
        });
        const named = redactionPoints.includes(point);
        const [hold] = named
          ? await orm
              .insert(legalHolds)
              .values({
                subject: "p-nobody",
                items: ["service.email"],
                status: "lifted",
                placedAt: now,
                reviewAt: now,
              })
              .returning({ id: legalHolds.id })
          : [];
        if (named)
          await orm.insert(holdEvents).values({
            holdId: hold?.id ?? "",
            event: { kind: "lifted", atMs: now.getTime(), reason: `${email} took it back` },
          });
        const { request, secret } = await rights.store.receive(
          {
            userId: id,
            right: "delete",
            region: "eu",
            language: "en",
            source: "person",
            verified: true,
            receivedMs: Date.now(),
            content: { email, pseudonym: await rights.ledger.pseudonymOf(id) },
          },
          "test",
        );
        const run = (deadly: string) =>
          spawnSync(
            process.execPath,
            [join(directory, "worker.mjs"), url, directory, request.id, deadly],
            { encoding: "utf8", timeout: 60_000 },
          );
        const killed = run(point);
        expect(killed.signal, killed.stderr).toBe("SIGKILL");
        // Either the person is there with all rows, or gone with all rows.
        const there = await orm.$count(users, eq(users.id, id));
        const { rows } = await orm.execute<{ count: string }>(
          sql`SELECT count(*) AS count FROM consent_subjects WHERE user_id = ${id}`,
        );
        expect(Number(rows[0]?.count)).toBe(there);
        const before = await rights.store.findBySecret(secret);
        if (before?.state.status === "fulfilled") expect(point).toMatch(/^receipt/);

        const finished = run("");
        expect(finished.stdout, finished.stderr).toBe("finished");
        const after = await rights.store.findBySecret(secret);
        expect(after).toMatchObject({
          userId: undefined,
          sealed: undefined,
          state: { status: "fulfilled", checked: true },
        });
        expect(await orm.$count(users, eq(users.id, id))).toBe(0);
        const left = await searchDatabase(
          database,
          [
            { value: email, match: "anywhere" },
            { value: id, match: "anywhere" },
          ],
          { since: new Date(), largestBlocks: Number.POSITIVE_INFINITY },
        );
        expect(left).toEqual({ kind: "searched", leftovers: [] });
        if (named) {
          const [note] = await orm
            .select()
            .from(holdEvents)
            .where(eq(holdEvents.holdId, hold?.id ?? ""));
          expect(note?.event).toMatchObject({ reason: "[erased] took it back" });
          const entries = await orm
            .select({ detail: auditEntries.detail })
            .from(auditEntries)
            .where(eq(auditEntries.action, "redacted"));
          expect(entries.filter(({ detail }) => detail["request"] === request.number)).toHaveLength(
            1,
          );
        }
        expect(await rights.trail.verify()).toMatchObject({ kind: "intact" });
      },
    );
  },
);
