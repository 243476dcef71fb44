/// <reference types="node" />
// Bundles the program and the database's thread into dist, and gathers what pages refer to. Run by this workspace's `build` script.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./scripts/assets.mjs";

await build({
  entryPoints: {
    program: fileURLToPath(new URL("src/main.ts", import.meta.url)),
    worker: fileURLToPath(new URL("src/database/worker.ts", import.meta.url)),
  },
  outdir: fileURLToPath(new URL("dist", import.meta.url)),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["source"],
  minifyWhitespace: true,
  legalComments: "linked",
  logLevel: "warning",
  // These read files beside their own code.
  external: ["@electric-sql/pglite", "@node-rs/argon2", "pg-native"],
  banner: {
    js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
  },
});
