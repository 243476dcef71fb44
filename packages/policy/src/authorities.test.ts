import { expect, test } from "vitest";
import {
  authorities,
  authoritiesCheckedOn,
  authorityPlaces,
  findAuthorities,
} from "./authorities.ts";
import { economicArea } from "./regimes.ts";

function check(place: string, expected: readonly string[]): void {
  expect(findAuthorities(place).map(({ web }) => new URL(web).host)).toEqual(expected);
}

test("[C9] an authority is found by country, and by state where it has one", () => {
  check("IE", ["www.dataprotection.ie"]);
  check("cn", ["www.cac.gov.cn"]);
  check("US-CA", ["cppa.ca.gov", "oag.ca.gov"]);
  check("US-TX", ["www.ftc.gov"]);
  check("XX", []);
});

test("[C9] every country of the European Economic Area has one, and every entry is complete", () => {
  for (const country of economicArea) expect(findAuthorities(country), country).toHaveLength(1);
  for (const { place, name, web, languages } of authorities) {
    expect(place).toMatch(/^[A-Z]{2}(-[A-Z]{2})?$/);
    expect(name.length, place).toBeGreaterThan(3);
    expect(new URL(web).protocol, place).toBe("https:");
    for (const tag of languages) expect(Intl.getCanonicalLocales(tag), place).toEqual([tag]);
  }
  expect(Date.parse(authoritiesCheckedOn)).toBeGreaterThan(Date.parse("2026-01-01"));
});

test("[C9] places are named in the reader's language", () => {
  const title = (language: "en" | "zh", place: string): string | undefined =>
    authorityPlaces(language).find((each) => each.place === place)?.title;
  expect([title("en", "DE"), title("zh", "DE"), title("zh", "US-CA")]).toEqual([
    "Germany",
    "德国",
    "美国（加利福尼亚州）",
  ]);
});
