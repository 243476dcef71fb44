/// <reference types="node" />
// Bundles the page into dist/console/page. Run by this workspace's `build` script.
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = new URL("src/console/page/", import.meta.url);
const target = new URL("dist/console/page/", import.meta.url);

await mkdir(target, { recursive: true });
// Chunks carry a digest in their name, so those of the build before would stay for ever.
for (const name of await readdir(target)) {
  if (/\.(?:js|css|txt)$/.test(name)) await rm(new URL(name, target));
}
await build({
  entryPoints: [
    fileURLToPath(new URL("main.ts", source)),
    fileURLToPath(new URL("page.css", source)),
  ],
  outdir: fileURLToPath(target),
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022"],
  legalComments: "linked",
  logLevel: "warning",
});
for (const name of ["index.html", "icon.svg"])
  await copyFile(new URL(name, source), new URL(name, target));
