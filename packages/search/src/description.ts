import type { Similarity } from "./answer.ts";
import type { Findings, Hit } from "./hit.ts";
import { CANDIDATES, type Found, type Library } from "./library.ts";
import type { TermGroup } from "./postings.ts";
import type { ApiName } from "./query.ts";
import { rerank } from "./rank.ts";
import { chooseUnit, exampleIn, markTerms, shorten, termsIn } from "./snippet.ts";
import { toTerms } from "./terms.ts";
import { toGroups } from "./words.ts";

/** How many files are opened to see whether they mention an API. */
const MAX_NARROWED = 150;
/** How many passages a model is asked about, and how much of each it sees: about four hundred tokens. */
const RATED = 40;
const RATED_UNITS = 1_500;

/** Finds code by what it does, narrowed to what mentions all of `apis`. */
export async function findDescription(
  library: Library,
  text: string,
  apis: readonly ApiName[],
  similarity?: Similarity,
): Promise<Findings> {
  const groups = toGroups(text);
  const named = apis
    .flatMap(({ parts }) => toTerms(parts.slice(-2).join(" ")))
    .map((term): TermGroup => [[term, 1]]);
  const asked = [
    ...groups,
    ...named.filter(([first]) => !groups.some(([own]) => own?.[0] === first?.[0])),
  ];
  const ranked = rerank(await library.passages(asked), asked, "description");
  const narrowed = await narrow(library, ranked, apis);
  const ordered =
    similarity === undefined ? narrowed : await blend(library, narrowed, text, similarity);
  const wanted = toWanted(asked);
  return {
    hits: ordered.map((found) => toHit(found, wanted)),
    isTotalExact: ranked.length < (apis.length === 0 ? CANDIDATES : MAX_NARROWED),
  };
}

/** The terms that a snippet is chosen and marked by: those of the question, without what only stands for them at a low weight. */
export function toWanted(groups: readonly TermGroup[]): Set<string> {
  return new Set(
    groups.flatMap((group) => group.filter(([, weight]) => weight >= 0.35).map(([term]) => term)),
  );
}

/** A passage as a hit: shown is its best unit, or the best example in prose. */
export function toHit(found: Found, wanted: ReadonlySet<string>): Hit {
  return {
    store: found.store,
    file: found.file,
    score: found.score,
    why: { kind: "words", words: [] },
    show: async (lines) => {
      // The file may have changed since it was indexed: what says nothing of this any more is no answer.
      const passage = lines.slice(found.startLine - 1, found.endLine).join("\n");
      if (termsIn(passage, wanted).size === 0) return undefined;
      const unit =
        found.file.language === "markdown"
          ? (exampleIn(lines, found, wanted) ?? chooseUnit(lines, found, [], wanted))
          : chooseUnit(
              lines,
              found,
              await found.store.symbolsIn(found.file.content, found.startLine, found.endLine),
              wanted,
            );
      const short = shorten(
        unit,
        Math.max(unit.startLine, Math.min(found.startLine, unit.endLine)),
      );
      return {
        unit: short,
        mark: (snippet) => markTerms(snippet, wanted),
        why: {
          kind: "words",
          words: wordsIn(lines.slice(short.startLine - 1, short.endLine).join("\n"), wanted),
        },
      };
    },
  };
}

/** The words as they stand in the text, one for each term. */
function wordsIn(text: string, wanted: ReadonlySet<string>): string[] {
  const words = new Map<string, string>();
  for (const part of text.match(/[\p{L}\p{N}_$]+/gu) ?? [])
    for (const term of termsIn(part, wanted)) if (!words.has(term)) words.set(term, part);
  return [...new Set(words.values())].slice(0, 8);
}

async function narrow(
  library: Library,
  ranked: readonly Found[],
  apis: readonly ApiName[],
): Promise<Found[]> {
  if (apis.length === 0) return [...ranked];
  const patterns = apis.map(
    ({ parts }) =>
      new RegExp(
        `(?<![\\p{L}\\p{N}_$])${escape(parts.findLast((part) => part !== "") ?? "")}`,
        "iu",
      ),
  );
  const kept: Found[] = [];
  for (const found of ranked.slice(0, MAX_NARROWED)) {
    library.check();
    const text = await library.read(found);
    if (text !== undefined && patterns.every((pattern) => pattern.test(text))) kept.push(found);
  }
  return kept;
}

/**
 * Orders the best by words and meaning together. Words find the candidates, so an index of vectors is not needed, and of a workspace a model sees no more than
 * these few passages.
 */
async function blend(
  library: Library,
  ranked: readonly Found[],
  question: string,
  { weight, rate }: Similarity,
): Promise<Found[]> {
  const best = ranked.slice(0, RATED);
  const texts = await Promise.all(
    best.map(async (found) => {
      const lines = (await library.lines(found)) ?? [];
      return lines
        .slice(found.startLine - 1, found.endLine)
        .join("\n")
        .slice(0, RATED_UNITS);
    }),
  );
  const ratings = best.length < 2 ? undefined : await rate(question, texts, library.signal);
  library.check();
  if (ratings === undefined) return [...ranked];
  // Cosines of code lie close together, and where depends on the model: only their order and distances count.
  const [least, most] = [Math.min(...ratings), Math.max(...ratings)];
  const top = best[0]?.score ?? 0;
  const blended = best.map((found, at) => {
    const nearness = most === least ? 0 : ((ratings[at] ?? least) - least) / (most - least);
    return { ...found, score: (1 - weight) * found.score + weight * nearness * top };
  });
  return [...blended.sort((a, b) => b.score - a.score), ...ranked.slice(RATED)];
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
