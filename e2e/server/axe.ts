import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const options: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};

/** What axe finds wrong with a page, a line each: the rule and where. */
export async function violations(page: Page): Promise<readonly string[]> {
  // By the debugger and not as a script of the page, whose policy allows none.
  await page.evaluate(source);
  const results = await page.evaluate<AxeResults, RunOptions>(
    (given) =>
      (
        globalThis as unknown as { axe: { run: (with_: RunOptions) => Promise<AxeResults> } }
      ).axe.run(given),
    options,
  );
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}
