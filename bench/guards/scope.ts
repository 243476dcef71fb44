/** What is tried: which sources hold guards, and which tests should miss them. */

/** Sources with guards, and the tests that are run without them. */
export interface Scope {
  readonly name: string;
  /** Folders or files, from the root of the repository. */
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

const policyTests = ["packages/policy/src"];

/** Without those that end programs with force, which start it from built files, and without the one that feeds thousands of inputs. */
const serverTests = [
  "accounts",
  "consent",
  "console",
  "database/database.test.ts",
  "database/doors.test.ts",
  "mail",
  "notices",
  "requests/api.test.ts",
  "requests/enumeration.test.ts",
  "requests/reach.test.ts",
  "requests/redaction.test.ts",
  "requests/rights.test.ts",
  "requests/routes.test.ts",
  "requests/search.test.ts",
  "requests/webhooks.test.ts",
  "retention",
  "support",
  "transfers",
  "matrix.test.ts",
  "security.test.ts",
].map((path) => `apps/server/src/${path}`);

/** In the order in which they are tried. */
export const scopes: readonly Scope[] = [
  { name: "policy", sources: ["packages/policy/src"], tests: policyTests },
  ...[
    "requests",
    "consent",
    "retention",
    "incidents",
    "transfers",
    "support",
    "audit",
    "accounts",
    "console",
    "database",
  ].map((name) => ({ name, sources: [`apps/server/src/${name}`], tests: serverTests })),
];

/** Words and tables have no guards; nor have tests, and what only tests use. */
export const isTried = (path: string): boolean =>
  /\.tsx?$/.test(path) && !/(\.test|\.worker|words|tables|\/render\/.*)\.tsx?$/.test(path);
