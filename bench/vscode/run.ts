/**
 * Measures what the extension costs: the size of its package, and its activation in a real VS Code, loading its code
 * and calling it, in processor time of the host of all extensions. Writes bench/results/vscode.json.
 *
 * Usage: npm run bench:vscode [-- --runs N]
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Editor, packExtension, whyNoEditor } from "../../e2e/vscode/editor.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
const missing = await whyNoEditor();
if (missing !== undefined) throw new Error(missing);

const packed = await packExtension();
const folder = mkdtempSync(join(tmpdir(), "cloud-code-activation-"));
writeFileSync(join(folder, "app.ts"), "export const one = 1;\n");
const activationMs: number[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  const editor = await Editor.start(packed, { folder });
  await editor.begin("app.ts");
  await editor.indexed();
  activationMs.push(editor.activationMs());
  await editor.close();
  console.log(`run ${run + 1}: ${activationMs.at(-1) ?? 0} ms`);
}
rmSync(folder, { recursive: true });

const sorted = activationMs.toSorted((one, other) => one - other);
const results = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
  editor: "code-server 4.100.3 (VS Code 1.100.3)",
  packageBytes: statSync(packed).size,
  activationMs: { runs: activationMs, median: sorted[Math.floor(sorted.length / 2)], limit: 300 },
};
writeFileSync("bench/results/vscode.json", `${JSON.stringify(results, null, 2)}\n`);
console.log(JSON.stringify(results.activationMs));
