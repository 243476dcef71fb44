/** Guards that the syntax does not show. Whoever changes one changes it here; the tests say so when a text is not found any more. */

/** An expression of a file, as it is written there, and what stands there without the guard. */
export interface Mark {
  readonly text: string;
  readonly without: string;
}

/** By path. */
export const marked: Readonly<Record<string, readonly Mark[]>> = {
  // Who may change, and who may look.
  "apps/server/src/console/desk.tsx": [
    {
      text: 'requireRole(context, "officer")',
      without: 'requireRole(context, "officer", "auditor")',
    },
    {
      text: 'requireRole(context, "officer", "auditor")',
      without: 'requireRole(context, "officer", "auditor", "person")',
    },
  ],
  // A link opens the request it was made for.
  "apps/server/src/requests/api.ts": [{ text: "request?.id === id", without: "true" }],
  // Nobody can say afterwards that a gap in the chain was meant.
  "apps/server/src/audit/gaps.ts": [
    { text: "row.signature === this.#signatureOf(row)", without: "true" },
  ],
  // What is held is not swept.
  "apps/server/src/retention/retention.ts": [{ text: 'kept.kind === "all"', without: "false" }],
  // Who asked to restrict is not read for other purposes.
  "apps/server/src/database/limits.ts": [
    { text: "!allowedWhileRestricted.has(purpose)", without: "false" },
  ],
};
