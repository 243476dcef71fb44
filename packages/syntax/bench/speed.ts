// Measures tokens and trees on fixed inputs, checks that the answers are right, prints a table and writes
// results/speed.json. Times are processor times of this process, so that a busy machine changes them little.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { Grammars, grammarFile, tokenize } from "../src/index.ts";
import type { Language, SyntaxDocument } from "../src/index.ts";
import { createSource, sampled } from "./samples.ts";

const require = createRequire(import.meta.url);

/** Processor time of this process so far, in milliseconds. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Median speed of lexing a text, each round lasting about 200 ms after one to warm up. */
function measureTokens(
  language: Language,
  text: string,
): { megabytesPerSecond: number; tokensPerSecond: number } {
  const rates: number[] = [];
  let count = 0;
  for (let round = 0; round < 6; round++) {
    const start = processorMs();
    let repeats = 0;
    while (processorMs() - start < 200) {
      ({ count } = tokenize(text, language));
      repeats++;
    }
    if (round > 0) rates.push((repeats * Buffer.byteLength(text)) / (processorMs() - start) / 1000);
  }
  rates.sort((one, other) => one - other);
  const megabytesPerSecond = quantile(rates, 0.5);
  const tokensPerByte = count / Buffer.byteLength(text);
  return {
    megabytesPerSecond: round(megabytesPerSecond, 1),
    tokensPerSecond: Math.round(megabytesPerSecond * 1e6 * tokensPerByte),
  };
}

/** A number from 0 to 1 that is the same in every run. */
function createChance(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/** Types at random places of a file: the rest of a line is missing, and suggestions for it are tried. */
function measureTrials(document: SyntaxDocument, text: string): Record<string, number> {
  const chance = createChance();
  const trials: number[] = [];
  const updates: number[] = [];
  let places = 0;
  let wrong = 0;
  let unknown = 0;
  while (places < 200) {
    const start = Math.floor(chance() * text.length);
    const end = text.indexOf("\n", start);
    if (end - start < 3) continue;
    places++;
    const updateStart = processorMs();
    document.update(text.slice(0, start) + text.slice(end));
    updates.push(processorMs() - updateStart);
    const rest = text.slice(start, end);
    for (const suggestion of [rest, rest.slice(0, -1), "first(second, third)", `${rest})`]) {
      const trialStart = processorMs();
      const errors = document.errorsAfter(start, start, suggestion);
      trials.push(processorMs() - trialStart);
      if (errors === undefined) unknown++;
      if (suggestion === rest && errors !== 0) wrong++;
    }
  }
  if (wrong > 0) throw new Error(`${wrong} texts that were whole seem to have errors`);
  trials.sort((one, other) => one - other);
  updates.sort((one, other) => one - other);
  return {
    trials: trials.length,
    unknown,
    p50Ms: round(quantile(trials, 0.5), 2),
    p95Ms: round(quantile(trials, 0.95), 2),
    p99Ms: round(quantile(trials, 0.99), 2),
    updateP50Ms: round(quantile(updates, 0.5), 2),
    updateP95Ms: round(quantile(updates, 0.95), 2),
  };
}

const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
};
console.log(machine);

const tokens: Record<string, object> = {};
for (const language of sampled)
  tokens[language] = measureTokens(language, createSource(language, 60_000));
// Real code, of the compiler that package-lock.json pins.
const compiler = readFileSync(require.resolve("typescript/lib/typescript.js"), "utf8");
tokens["javascript (typescript.js)"] = measureTokens("javascript", compiler);
console.table(tokens);

const grammars = await Grammars.load(
  readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
);
const trees: Record<string, object> = {};
for (const language of sampled) {
  const file = grammarFile(language);
  if (file === undefined) continue;
  await grammars.add(
    language,
    readFileSync(require.resolve(`@vscode/tree-sitter-wasm/wasm/${file}`)),
  );
  const text = createSource(language, 2_000);
  const start = processorMs();
  const document = grammars.open(language, text);
  if (document?.errors() !== 0) throw new Error(`the sample of ${language} has errors`);
  const openMs = round(processorMs() - start, 1);
  trees[language] = { openMs, ...measureTrials(document, text) };
  document.dispose();
}
console.table(trees);

const results = fileURLToPath(new URL("../bench/results/speed.json", import.meta.url));
writeFileSync(results, `${JSON.stringify({ machine, tokens, trees }, undefined, 2)}\n`);
