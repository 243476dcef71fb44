// Rewrites notices/*.md from the inventory. Refuses, before writing anything, when a text changed without number and date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { checkRelease, languages, products, renderNotice, toMarkdown } from "../dist/index.js";

const folder = new URL("../notices/", import.meta.url);
const today = new Date().toISOString().slice(0, 10);

const checked = Object.keys(products).flatMap((product) =>
  languages.map((language) => {
    const notice = renderNotice(product, language);
    const name = `${product}.${language}.md`;
    const check = checkRelease(notice, readReleased(name), today);
    return { name, check, text: toMarkdown(notice) };
  }),
);

const refusals = checked.flatMap(({ check }) => (check.kind === "refused" ? [check.advice] : []));
if (refusals.length > 0) {
  console.error([...new Set(refusals), "Nothing was written."].join("\n"));
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  for (const { name, check, text } of checked) {
    if (check.kind === "allowed") writeFileSync(new URL(name, folder), text);
    console.log(`${name}: ${check.kind === "allowed" ? "written" : "unchanged"}`);
  }
}

/** The released text, or undefined for a notice that has not been released yet. */
function readReleased(name) {
  try {
    return readFileSync(new URL(name, folder), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
