import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseOrganisation, policyFiles, readOrganisation } from "./organisation.ts";

describe("an organisation's policy", () => {
  it("forbids everything when it cannot be understood", () => {
    const check = (text: string): void => {
      const { forbiddenPurposes, allowedOrigins } = parseOrganisation(text);
      expect([text, forbiddenPurposes.includes("usage-statistics"), allowedOrigins]).toEqual([
        text,
        true,
        [],
      ]);
    };
    check("");
    check("[]");
    check("null");
    check('{"forbiddenPurpose":[]}');
    check('{"forbiddenPurposes":["usage"]}');
    check('{"allowedOrigins":"none"}');
    check('{"allowedOrigins":[1]}');
    check('{"statisticsReceiver":"http://statistics.example"}');
  });

  it("forbids what any of its files forbids, and a file that is not there forbids nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "policy-"));
    const write = (name: string, policy: object): string => {
      writeFileSync(join(folder, name), JSON.stringify(policy));
      return join(folder, name);
    };
    const system = write("system.json", {
      forbiddenPurposes: ["usage-statistics"],
      allowedOrigins: ["https://a.example", "https://b.example"],
    });
    const own = write("own.json", {
      allowedOrigins: ["https://b.example", "https://c.example"],
      statisticsReceiver: "https://b.example",
    });
    const missing = join(folder, "missing.json");
    expect(await readOrganisation([missing])).toEqual({
      forbiddenPurposes: [],
      allowedOrigins: "any",
    });
    expect(await readOrganisation([system, own, missing])).toEqual({
      forbiddenPurposes: ["usage-statistics"],
      allowedOrigins: ["https://b.example"],
      statisticsReceiver: "https://b.example",
    });
    expect((await readOrganisation([folder])).allowedOrigins).toEqual([]);
  });

  it("is read from the system's place and from the one that is named", () => {
    const named = { CLOUD_CODE_POLICY_FILE: "/own.json" };
    expect(policyFiles({}, "linux")).toEqual(["/etc/cloud-code/policy.json"]);
    expect(policyFiles(named, "linux")).toEqual(["/etc/cloud-code/policy.json", "/own.json"]);
    expect(policyFiles({}, "darwin")).toEqual([
      "/Library/Application Support/cloud-code/policy.json",
    ]);
  });
});
