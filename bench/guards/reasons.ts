/**
 * Guards that no test misses, and why each stays. Empty is the aim: a guard that nobody would miss is tested or deleted. The run fails when one
 * is not listed here, and when one listed here is gone or is missed by a test.
 */
export const reasons: Readonly<Record<string, string>> = {
  'packages/policy/src/decide.ts gather: item.state === "declared"':
    "No item of the inventory is only declared today; the next one is, from the day it is announced to the day it is collected.",
  "packages/policy/src/decide.ts : !item.personal":
    "No recipient without a mechanism gets a figure about nobody today; without the guard one would be refused, not granted.",
  'packages/policy/src/transfer.ts isAnonymous: item.state !== "refused"':
    "For the type: a refused item has no `personal`, and was refused before this is asked.",
  'packages/policy/src/transfer.ts isConsentTo: mechanism.kind === "separate-consent"':
    "For the type: the other mechanisms name no recipient, so the next part refuses them, too.",
  'packages/policy/src/transfer.ts isInForce: mechanism.kind !== "clauses" && mechanism.kind !== "security-assessment"':
    "For the type: the other mechanisms have no dates, so the comparison refuses them, too.",
  "apps/server/src/requests/api.ts requestApi: !body.success":
    "For the type: a body that is not understood names no right, which the other side refuses.",
  "apps/server/src/requests/api.ts requestApi: right === undefined":
    "For the type: a body that is understood names a right.",
  "apps/server/src/requests/copy.ts makeCopy: shown.length === 0":
    "Saves asking the database for no column; its answer would be rows with nothing in them, which the next guard drops.",
  "apps/server/src/requests/copy.ts makeCopy: item === undefined":
    "For the type: a column without an item is not among those that are shown.",
  'apps/server/src/requests/copy.ts isCopied: item.origin !== "provided" && item.origin !== "observed"':
    "No datum of the service comes from anybody but the person today.",
  'apps/server/src/requests/search.ts readIfThere: error instanceof Error && "code" in error && error.code === "ENOENT"':
    "A file that goes between the listing and the reading cannot be arranged without a race.",
};
