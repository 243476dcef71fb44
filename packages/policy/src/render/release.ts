import type { ChangeKind } from "../compare.ts";
import type { Notice } from "./document.ts";
import { toMarkdown } from "./document.ts";

/** Whether a notice may take the place of the one that was released before. */
export type ReleaseCheck =
  | { readonly kind: "unchanged" }
  | { readonly kind: "allowed" }
  | { readonly kind: "refused"; readonly advice: string };

/**
 * Compares a notice with its released Markdown, `undefined` if there is none. A changed text is allowed only with a higher number
 * and with the day of the change as its date, so "Last updated" cannot be left behind nor run ahead; and more than a rewording only
 * as a new version. `today` is `YYYY-MM-DD`; `change` is what `compareFacts` made of the facts frozen with the release.
 */
export function checkRelease(
  notice: Notice,
  released: string | undefined,
  today: string,
  change: ChangeKind,
): ReleaseCheck {
  if (released === toMarkdown(notice) && change === "editorial") return { kind: "unchanged" };
  const { product, version, revision, lastUpdated } = notice;
  if (released !== undefined) {
    const before = releaseNumber(released);
    if (version < before.version || (version === before.version && revision <= before.revision)) {
      const number = `${before.version}.${before.revision}`;
      const advice = `The text of the ${product} notice has changed since ${number}. Raise its version (material change) or revision (wording) in src/product.ts.`;
      return { kind: "refused", advice };
    }
    if (change !== "editorial" && version === before.version) {
      const advice = `The ${product} notice says something new, not only in new words. Raise its version in src/product.ts and set its revision to 0.`;
      return { kind: "refused", advice };
    }
  }
  if (lastUpdated !== today) {
    const advice = `The text of the ${product} notice has changed, its date ${lastUpdated} has not. Set lastUpdated to ${today} in src/product.ts.`;
    return { kind: "refused", advice };
  }
  return { kind: "allowed" };
}

/** Reads `version.revision` from the dateline, the first number of that form in either language. */
function releaseNumber(released: string): { readonly version: number; readonly revision: number } {
  const match = /(\d+)\.(\d+)/.exec(released);
  // A file without a number is older than every release.
  return { version: Number(match?.[1] ?? 0), revision: Number(match?.[2] ?? 0) };
}
