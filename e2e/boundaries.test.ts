import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const PLANTED = join(ROOT, "packages", "completion", "src", "planted");

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

function cruise(): Cruise {
  const program = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const args = [
    program,
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
    "packages",
    "apps",
  ];
  const output = execFileSync(process.execPath, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 1 << 27,
  });
  return JSON.parse(output) as Cruise;
}

afterAll(() => rmSync(PLANTED, { recursive: true, force: true }));

describe("the arrows between packages", () => {
  it("are seen at all: a rule over an empty graph always passes", () => {
    const { summary, modules } = cruise();
    const has = (from: string, to: string): boolean =>
      modules.some(
        ({ source, dependencies }) =>
          source === from && dependencies.some(({ resolved }) => resolved === to),
      );
    expect(summary.totalCruised).toBeGreaterThan(100);
    expect(has("packages/completion/src/stream.ts", "packages/syntax/src/index.ts")).toBe(true);
    expect(has("apps/assistant/src/workspace/checker.ts", "packages/completion/src/index.ts")).toBe(
      true,
    );
    expect(summary.violations).toEqual([]);
  });

  it("are refused where they point the wrong way, reach into a package, or bring IO into an engine", () => {
    mkdirSync(PLANTED, { recursive: true });
    const plant = (name: string, specifier: string): void =>
      writeFileSync(
        join(PLANTED, `${name}.ts`),
        `import * as it from "${specifier}";\nexport const taken: unknown = it;\n`,
      );
    plant("upward", "../../../../apps/assistant/src/index.ts");
    plant("sideways", "../../../policy/src/index.ts");
    plant("inside", "../../../syntax/src/scan.ts");
    plant("io", "node:fs");
    const found = cruise()
      .summary.violations.filter(({ from }) => from.includes("/planted/"))
      .map(({ from, rule }) => `${from.split("/").at(-1)} ${rule.name}`);
    expect(found).toEqual(
      expect.arrayContaining([
        "upward.ts arrows-of-packages-completion",
        "sideways.ts arrows-of-packages-completion",
        "inside.ts by-the-door",
        "io.ts pure-packages",
      ]),
    );
  });
});
