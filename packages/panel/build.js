/// <reference types="node" />
// Bundles the panel for webviews into dist/bundle: one script, one style sheet. Run by this workspace's `build` script.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [
    { in: here("src/webview.ts"), out: "panel" },
    { in: here("src/webview.css"), out: "panel" },
  ],
  outdir: here("dist/bundle"),
  bundle: true,
  format: "iife",
  minify: true,
  charset: "utf8",
  conditions: ["source"],
  // The oldest editor that the extension supports shows webviews with Chromium 122.
  target: ["chrome122"],
  legalComments: "linked",
  logLevel: "warning",
});
