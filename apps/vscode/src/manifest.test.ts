import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// What the manifest promises to editors other than the one the tests run in, and to people who open folders of others.

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
    }[];
  };
};

test("no proposed API is used, and none that is newer than the oldest editor that is taken", () => {
  expect(manifest).not.toHaveProperty("enabledApiProposals");
  // The types are those of that editor, so the compiler refuses what it does not have.
  expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies["@types/vscode"] ?? ""}`);
});

test("[A2] no workspace can say who gets anything, or what is counted", () => {
  const settings = manifest.contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties),
  );
  const outward = settings.filter(([name]) => /\.(telemetry|embeddings)\./.test(name));
  expect(outward.length).toBe(5);
  for (const [name, { scope }] of outward)
    expect([name, scope]).toEqual([name, expect.stringMatching(/^(application|machine)$/)]);
});
