import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type OrganisationPolicy, type PurposeKey, purposes } from "@cloud-code/policy";
import { isReceiver } from "./telemetry/receiver.ts";

/** What an organisation says about this computer. */
export interface Organisation extends OrganisationPolicy {
  /** Where reports go for those who say yes: their company's own receiver. */
  readonly statisticsReceiver?: string;
}

/** No organisation. */
const none: Organisation = { forbiddenPurposes: [], allowedOrigins: "any" };
/** A policy that cannot be understood may have ruled out anything: nothing leaves this computer. */
const closed: Organisation = {
  forbiddenPurposes: Object.keys(purposes) as PurposeKey[],
  allowedOrigins: [],
};

/** The files that are read: the system's, which only an administrator writes, and the one of `CLOUD_CODE_POLICY_FILE`. */
export function policyFiles(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly string[] {
  const own = environment["CLOUD_CODE_POLICY_FILE"];
  const folder =
    platform === "darwin"
      ? "/Library/Application Support/cloud-code"
      : platform === "win32"
        ? join(environment["ProgramData"] ?? "C:\\ProgramData", "cloud-code")
        : "/etc/cloud-code";
  return [join(folder, "policy.json"), ...(own === undefined || own === "" ? [] : [own])];
}

/** Reads the policies that there are. Together they forbid what any of them forbids, so a person's own file cannot loosen the system's. */
export async function readOrganisation(files: readonly string[]): Promise<Organisation> {
  const policies = await Promise.all(files.map(readPolicy));
  return policies.reduce(combine, none);
}

/** Understands a policy; what does not fit its format forbids everything. */
export function parseOrganisation(text: string): Organisation {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said by `cloud-code telemetry show` as the organisation's refusal; guessing would be worse.
    return closed;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return closed;
  const fields = value as Record<string, unknown>;
  const { forbiddenPurposes = [], allowedOrigins = "any", statisticsReceiver } = fields;
  const names = ["forbiddenPurposes", "allowedOrigins", "statisticsReceiver"];
  const isUnderstood =
    Object.keys(fields).every((name) => names.includes(name)) &&
    isTexts(forbiddenPurposes) &&
    forbiddenPurposes.every((purpose) => Object.hasOwn(purposes, purpose)) &&
    (allowedOrigins === "any" || isTexts(allowedOrigins)) &&
    (statisticsReceiver === undefined || isReceiver(statisticsReceiver));
  if (!isUnderstood) return closed;
  return {
    forbiddenPurposes: forbiddenPurposes as PurposeKey[],
    allowedOrigins,
    ...(statisticsReceiver === undefined ? {} : { statisticsReceiver }),
  };
}

async function readPolicy(file: string): Promise<Organisation> {
  try {
    return parseOrganisation(await readFile(file, "utf8"));
  } catch (error) {
    // There is no policy; one that is there and cannot be read counts as strict.
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? none : closed;
  }
}

function combine(one: Organisation, other: Organisation): Organisation {
  const listed = [one.allowedOrigins, other.allowedOrigins].filter((origins) => origins !== "any");
  const statisticsReceiver = one.statisticsReceiver ?? other.statisticsReceiver;
  return {
    forbiddenPurposes: [...new Set([...one.forbiddenPurposes, ...other.forbiddenPurposes])],
    allowedOrigins:
      listed.length === 0
        ? "any"
        : listed.reduce((both, each) => both.filter((origin) => each.includes(origin))),
    ...(statisticsReceiver === undefined ? {} : { statisticsReceiver }),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
