/**
 * The arrows of ARCHITECTURE.md as rules. `e2e/boundaries.test.ts` checks that the cruise sees real arrows, because a rule over an
 * empty graph always passes.
 */
const ALLOWED = {
  "packages/policy": [],
  "packages/syntax": [],
  "packages/dify-sdk": [],
  "packages/completion": ["packages/syntax"],
  "packages/search": ["packages/syntax"],
  "packages/models": ["packages/policy"],
  "packages/telemetry": ["packages/policy"],
  "packages/panel": ["packages/search", "packages/telemetry"],
  "apps/assistant": [
    "packages/policy",
    "packages/syntax",
    "packages/completion",
    "packages/search",
    "packages/models",
    "packages/telemetry",
    "packages/panel",
  ],
  "apps/vscode": ["apps/assistant", "packages/panel"],
  "apps/gateway": ["packages/models", "packages/policy"],
  "apps/receiver": ["packages/policy", "packages/telemetry"],
  "apps/dify-plugin": ["packages/dify-sdk", "packages/models", "packages/policy"],
  "apps/server": ["packages/policy", "packages/telemetry", "packages/search"],
};

const PURE = "^packages/(policy|syntax|completion|search)/src/";
const NETWORK = "^(node:)?(net|tls|http|https|http2|dgram|dns)(/|$)";

const rooms = Object.entries(ALLOWED).map(([room, targets]) => ({
  name: `arrows-of-${room.replace("/", "-")}`,
  comment: `${room} may use only: ${targets.join(", ") || "nothing of ours"}.`,
  severity: "error",
  from: { path: `^${room}/src/` },
  to: { path: "^(packages|apps)/", pathNot: [room, ...targets].map((path) => `^${path}/`) },
}));

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: "no-cycles",
      comment: "A cycle means two files that are one idea, or an arrow that points the wrong way.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "pure-packages",
      comment: "Engines do no IO: what they need is handed to them as values and small functions.",
      severity: "error",
      from: { path: PURE, pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "by-the-door",
      comment: "Another package is imported by its name and entered by its door.",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: {
        path: "^(packages|apps)/[^/]+/src/",
        pathNot: [
          "^$1/$2/",
          "/src/index\\.ts$",
          "/src/(lsp/)?protocol\\.ts$",
          "/src/(tools|testing)/index\\.ts$",
        ],
      },
    },
    {
      name: "assistant-opens-no-connection",
      comment:
        "[A2] The assistant listens on loopback for its own page; nothing in it can call out.",
      severity: "error",
      from: {
        path: "^apps/assistant/src/",
        pathNot: ["\\.test\\.ts$", "^apps/assistant/src/console/"],
      },
      to: { path: NETWORK },
    },
    {
      name: "telemetry-one-way-out",
      comment:
        "[A2] Usage statistics leave through upload.ts, which takes a permit; serve.ts is the receiver's.",
      severity: "error",
      from: {
        path: "^packages/telemetry/src/",
        pathNot: ["/(upload|serve)\\.ts$", "/testing/", "\\.test\\.ts$"],
      },
      to: { path: NETWORK },
    },
    {
      name: "telemetry-pure-parts",
      severity: "error",
      from: {
        path: "^packages/telemetry/src/(week|counts|report|figures|choice|permission|schedule|tally|summary)\\.ts$",
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only-lsp-knows-lsp",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: ["^apps/assistant/src/lsp/", "^apps/vscode/"] },
      to: { path: "vscode-(languageserver|jsonrpc|languageclient)" },
    },
    {
      name: "only-vscode-knows-vscode",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: "^apps/vscode/" },
      to: { path: "^vscode$" },
    },
    {
      name: "only-the-gate-proves-notices",
      comment:
        "[C1] Whoever could make the proof could let data in past the notice. Others may name its type.",
      severity: "error",
      from: {
        path: "^apps/server/src/",
        pathNot: [
          "\\.test\\.tsx?$",
          "/notices/gate\\.tsx$",
          "/(support/store|consent/ledger)\\.ts$",
        ],
      },
      to: { path: "^apps/server/src/notices/shown\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "gateway-keeps-nothing",
      comment:
        "[G1] [G4] The gateway and the Dify plugin have no database, no cache and no way to write a file.",
      severity: "error",
      from: { path: "^apps/gateway/src/", pathNot: "\\.test\\.ts$|/files\\.ts$" },
      to: {
        path: "^(node:)?(fs|fs/promises|sqlite|child_process|worker_threads|inspector|vm|repl)$",
      },
    },
    {
      name: "gateway-writes-no-memory-down",
      comment:
        "[G1] `v8` writes heap snapshots. `main.ts` sets a flag of the garbage collector with it; files.test.ts sees that it takes nothing else.",
      severity: "error",
      from: { path: "^apps/gateway/src/", pathNot: "\\.test\\.ts$|/main\\.ts$" },
      to: { path: "^(node:)?v8$" },
    },
    {
      name: "gateway-five-dependencies",
      severity: "error",
      from: { path: "^apps/gateway/src/", pathNot: "\\.test\\.ts$" },
      to: {
        path: "node_modules/",
        pathNot: "node_modules/(@types/)?(undici|undici-types|ws|yaml|zod|node)(/|$)",
      },
    },
    {
      name: "not-to-test",
      severity: "error",
      from: { pathNot: "\\.test\\.ts$|^e2e/|/testing/" },
      to: { path: "\\.test\\.ts$" },
    },
    {
      name: "no-undeclared-dependency",
      severity: "error",
      from: { path: "^(packages|apps)/[^/]+/src/", pathNot: "\\.test\\.ts$" },
      // An editor hands its extensions the module "vscode"; there is nothing to install.
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"], pathNot: "^vscode$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/|^node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".json"],
    },
    tsConfig: { fileName: "tsconfig.base.json" },
  },
};
