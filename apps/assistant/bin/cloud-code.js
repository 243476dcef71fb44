#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error(
    "Cloud Code is not built. Run `npm ci` or `npm run build` in its folder.\nCloud Code 尚未构建。请在其文件夹中运行 `npm ci` 或 `npm run build`。",
  );
  process.exitCode = 1;
}
