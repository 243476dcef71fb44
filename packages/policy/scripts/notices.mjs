// Rewrites notices/*.md and notices/*.facts.json from the inventory. Refuses, before writing anything, when a text changed without
// number and date, or says something new without a new version.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  checkRelease,
  classifyChanges,
  compareFacts,
  languages,
  products,
  readFacts,
  renderNotice,
  toMarkdown,
} from "../dist/index.js";

const folder = new URL("../notices/", import.meta.url);
const today = new Date().toISOString().slice(0, 10);

const checked = Object.keys(products).flatMap((product) => {
  const facts = readFacts(product);
  const frozen = readReleased(`${product}.facts.json`);
  const changes = frozen === undefined ? [] : compareFacts(JSON.parse(frozen), facts);
  for (const { kind, text } of changes) console.log(`${product}: ${kind}: ${text.en}`);
  const texts = languages.map((language) => {
    const notice = renderNotice(product, language);
    const name = `${product}.${language}.md`;
    const check = checkRelease(notice, readReleased(name), today, classifyChanges(changes));
    return { name, check, text: toMarkdown(notice) };
  });
  const name = `${product}.facts.json`;
  const text = `${JSON.stringify(facts, null, 2)}\n`;
  return [...texts, { name, check: { kind: frozen === text ? "unchanged" : "allowed" }, text }];
});

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
