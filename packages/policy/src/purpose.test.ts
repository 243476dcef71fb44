import { expect, test } from "vitest";
import type { PurposeKey } from "./purpose.ts";
import { needsConsent, purposes } from "./purpose.ts";
import type { Region } from "./regimes.ts";

function check(key: PurposeKey, region: Region | undefined, expected: boolean): void {
  expect(needsConsent(purposes[key], region)).toBe(expected);
}

test("[C4] whether consent is needed depends on the region, and the strictest counts where it is unknown", () => {
  check("keep-company-profile", "eu", false);
  check("keep-company-profile", "cn", true);
  check("keep-company-profile", undefined, true);
  check("relay", undefined, false);
});

test("[A3] [A2] statistics and remote models need consent everywhere", () => {
  for (const region of ["eu", "uk", "cn", "us", "other", undefined] as const) {
    check("usage-statistics", region, true);
    check("ask-chosen-model", region, true);
  }
});
