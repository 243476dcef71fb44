/** Runs one erasure in a process of its own and dies at the point it is told; for the test that kills it everywhere. */
import { drizzle } from "drizzle-orm/node-postgres";
import { unnamedOperator } from "@cloud-code/policy";
import pg from "pg";
import { createLog } from "../log.ts";
import { createServices } from "../service.ts";
import { createRights } from "./rights.ts";

const [, , url = "", directory = "", requestId = "", deadly = ""] = process.argv;
const pool = new pg.Pool({ connectionString: url, max: 4 });
const services = await createServices({
  config: {
    origin: "http://localhost:4000",
    trustedProxies: 0,
    operator: unnamedOperator,
    secret: "tests-need-a-secret-of-thirty-two-characters-or-more",
  },
  database: {
    kind: "server",
    pool,
    orm: drizzle(pool),
    syncs: async () => Promise.resolve(undefined),
    close: async () => pool.end(),
  },
  mail: { outbox: `${directory}/outbox`, from: "test@localhost" },
  log: createLog(() => undefined),
  now: Date.now,
});
const rights = createRights(services, {
  outbox: `${directory}/outbox`,
  tombstones: `${directory}/tombstones`,
  onPoint: (point) => {
    if (point === deadly) process.kill(process.pid, "SIGKILL");
  },
});
await rights.handling.proceed(requestId);
const request = await rights.store.find(requestId);
// Named in somebody else's words: an officer takes the name out, and the erasure goes on.
if (request !== undefined && request.endedMs === undefined) {
  const places = await rights.redaction.find(request);
  const ids = places.map(({ id }) => id);
  await rights.redaction.redact(request, ids, "erasure", "p-officer");
  await rights.handling.proceed(requestId);
}
process.stdout.write("finished");
await pool.end();
