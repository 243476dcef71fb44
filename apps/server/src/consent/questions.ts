import type { Language, PurposeKey, Region, Text, UsedItem } from "@cloud-code/policy";
import { inventory, isConsent, itemsOfPurpose, purposes } from "@cloud-code/policy";

/** A question the service asks a person, for one purpose. */
export interface ConsentQuestion {
  readonly purpose: PurposeKey;
  readonly kind: "consent" | "separate-consent";
  readonly title: Text;
  /** The question word for word: what is done with what. It is stored with the answer. */
  readonly text: Text;
  /** What a no costs. */
  readonly without: Text;
}

/**
 * The purposes of the service that rest on consent where the person is. An unknown region gets every question that any region asks:
 * the strictest counts. `offered` are the optional cookies the operator switched on; without them nobody is asked about their purpose.
 */
export function serviceQuestions(
  region: Region | undefined,
  offered: readonly string[],
): readonly ConsentQuestion[] {
  return (Object.keys(purposes) as PurposeKey[]).flatMap((purpose) => {
    const items = itemsOfPurpose(purpose)
      .map((key) => inventory[key])
      .filter((item): item is UsedItem => item.product === "service" && item.state === "collected");
    if (items.length === 0) return [];
    const { bases, title, description } = purposes[purpose];
    const grounds = region === undefined ? Object.values(bases) : [bases[region]];
    const ground = grounds.find((basis) => basis === "separate-consent") ?? grounds.find(isConsent);
    if (ground === undefined) return [];
    if (purpose === "remember-display" && !offered.includes("display")) return [];
    const names = (language: Language, separator: string): string =>
      items.map((item) => item.title[language]).join(separator);
    const text: Text = {
      en: `May we use ${names("en", ", ").toLowerCase()} ${description.en}?`,
      zh: `是否允许我们使用${names("zh", "、")}${description.zh}？`,
    };
    const losses = items.flatMap((item) => (item.origin === "provided" ? [item.without] : []));
    const without: Text = {
      en: [...new Set(losses.map(({ en }) => en))].join(" "),
      zh: [...new Set(losses.map(({ zh }) => zh))].join(""),
    };
    const kind = ground === "separate-consent" ? "separate-consent" : "consent";
    return [{ purpose, kind, title, text, without }];
  });
}
