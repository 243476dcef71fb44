// Takes the guards of the rights out one by one and runs the tests that should miss them. A guard nobody misses is reported and the
// script fails. The guards of the state machines in `@cloud-code/policy` are tried inside their own tests, on every run.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const source = (path) => `${root}apps/server/src/${path}`;

/** File, what the guard says, what is left without it, the test that must fail. */
const guards = [
  ["requests/post.ts", "!addresses.every(isPublicAddress)", "false", "requests/webhooks"],
  [
    "requests/webhooks.ts",
    "Math.abs(nowMs - Number(time) * 1000) <= SIGNATURE_MS",
    "true",
    "requests/webhooks",
  ],
  ["requests/reach.ts", "isPersonal && !isDetached", "false", "requests/reach"],
  ["transfers/gate.ts", "url.origin !== target.origin", "false", "transfers"],
  ["transfers/gate.ts", 'reference.trim() === ""', "false", "transfers"],
  [
    "console/desk.tsx",
    'requireRole(context, "officer");',
    'requireRole(context, "officer", "auditor");',
    "console",
  ],
  [
    "console/desk.tsx",
    'requireRole(context, "officer", "auditor");',
    'requireRole(context, "officer", "auditor", "person");',
    "console",
  ],
  ["requests/routes.tsx", "requireSignedIn(context).userId !== request.userId", "false", "console"],
  ["requests/rows.ts", "if (held.length === 0) continue;", "continue;", "requests/rights"],
  [
    "requests/erasure.ts",
    "if ((await findKept(this.#parts.database.orm, userId)).items.length > 0) return false;",
    "",
    "requests/rights",
  ],
  ["requests/search.ts", "large.length > 0", "false", "requests/search"],
  [
    "requests/search.ts",
    'const before = "(?<![a-z0-9._%+-])";',
    'const before = "";',
    "requests/search",
  ],
  ["requests/api.ts", "signedIn.userId !== found.userId", "false", "requests/api"],
  ["requests/api.ts", "request?.id === id ? request : undefined", "request", "requests/api"],
  [
    "mail/mail.ts",
    "await gate.permitLetter(to);",
    "{ permit: undefined, to: undefined };",
    "transfers",
  ],
  ["audit/gaps.ts", "row.signature === this.#signatureOf(row)", "true", "retention"],
  ["console/desk.tsx", 'page.shows !== "nobody"', "false", "console/console"],
  ["requests/erasure.ts", "leftovers.length > 0", "false", "requests/rights"],
  ["requests/handling.ts", "this.#parts.now() >= copyUntilMs", "false", "requests/rights"],
  [
    "requests/redaction.ts",
    "if (await isHeld(transaction, place.item)) return false;",
    "",
    "requests/redaction",
  ],
  [
    "requests/redaction.ts",
    'place.kind === "fixed") continue;',
    "false) continue;",
    "requests/redaction",
  ],
  ["requests/webhooks.ts", "isNotNull(webhookDeliveries.sealed)))", "))", "requests/webhooks"],
  ["consent/ledger.ts", "effectiveMs <= nowMs &&", "", "consent/model"],
  ["consent/ledger.ts", ".slice(given + 1)", "", "consent/model"],
  ["consent/ledger.ts", "!NoticeShown.is(answer.shown)", "false", "consent/model"],
  ["requests/erasure.ts", 'if (answer !== "given") continue;', "continue;", "consent/model"],
  ["database/limits.ts", "allowedWhileRestricted.has(purpose)", "true", "requests/rights"],
  ["retention/retention.ts", 'kept.kind === "all"', "false", "retention"],
];

let missed = 0;
for (const [file, guard, without, test] of guards) {
  const path = source(file);
  const original = readFileSync(path, "utf8");
  if (!original.includes(guard)) {
    console.error(`${file}: "${guard}" is not there any more. Change this list with it.`);
    missed += 1;
    continue;
  }
  try {
    writeFileSync(path, original.replace(guard, without));
    const { status } = spawnSync("npx", ["vitest", "run", `apps/server/src/${test}`], {
      cwd: root,
      encoding: "utf8",
      timeout: 300_000,
    });
    const noticed = status !== 0;
    if (!noticed) missed += 1;
    console.log(`${noticed ? "missed by a test" : "MISSED BY NOBODY"}: ${file}: ${guard}`);
  } finally {
    writeFileSync(path, original);
  }
}
process.exitCode = missed === 0 ? 0 : 1;
