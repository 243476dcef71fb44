import { expect, test } from "vitest";
import type { Region } from "./regimes.ts";
import { regionOfCountry } from "./regimes.ts";

function check(codes: string, expected: Region): void {
  for (const code of codes.split(" "))
    expect([code, regionOfCountry(code)]).toEqual([code, expected]);
}

test("a country decides which law applies", () => {
  check("DE FR IE NO IS LI HR", "eu");
  check("GB", "uk");
  check("CN", "cn");
  check("US", "us");
  // Hong Kong, Macao and Taiwan have laws of their own; so has Switzerland.
  check("HK MO TW CH SG JP BR", "other");
});
