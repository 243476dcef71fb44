/** The figures of a completion benchmark, from what happened at each position. */
import { normalizeBlanks } from "@cloud-code/completion";
import { distance } from "fastest-levenshtein";
import { CUTS, type Cut } from "./rows.ts";

/** What happened at one position. */
export interface Outcome {
  readonly cut: Cut;
  /** The rest of the line as it really is, right-trimmed. */
  readonly gold: string;
  /** What was shown, best first. */
  readonly shown: readonly {
    readonly text: string;
    readonly probability: number;
    readonly parses: boolean;
  }[];
}

/** Figures over some positions; rates in percent. A rate of nothing is 0. */
export interface Figures {
  readonly n: number;
  /** The first candidate is the rest of the line, blanks normalized. */
  readonly "EM@1": number;
  /** One of the first five is. */
  readonly "EM@5": number;
  /** Mean edit similarity of the first candidate: 1 − Levenshtein distance ÷ length of the longer one. */
  readonly ES: number;
  /** Mean of 1 ÷ rank of the right candidate among the first five. */
  readonly MRR: number;
  /** Mean rank of the right candidates. */
  readonly meanRank: number;
  /** Mean number of characters that accepting a right candidate saves. */
  readonly charsSaved: number;
  /** Positions whose first candidate has a probability of at least one half. */
  readonly shown: number;
  /** How many of those first candidates are right. */
  readonly precision: number;
  /** Candidates, of all ranks, that leave the file no more syntax errors than the real line. */
  readonly validity: number;
}

const LIST = 5;
const GHOST_PROBABILITY = 0.5;

/** The figures over all positions and for each kind of cut. */
export function scoreOutcomes(outcomes: readonly Outcome[]): {
  all: Figures;
  kinds: Record<Cut, Figures>;
} {
  const of = (cut: Cut): Figures => figuresOf(outcomes.filter((outcome) => outcome.cut === cut));
  const [mid, start, partial] = CUTS.map(of) as [Figures, Figures, Figures];
  return { all: figuresOf(outcomes), kinds: { mid, start, partial } };
}

function figuresOf(outcomes: readonly Outcome[]): Figures {
  const hits = outcomes.flatMap((outcome) => {
    const rank = rankOf(outcome);
    return rank === undefined ? [] : [{ rank, characters: outcome.gold.trim().length }];
  });
  const confident = outcomes.filter(
    ({ shown }) => (shown[0]?.probability ?? 0) >= GHOST_PROBABILITY,
  );
  const candidates = outcomes.flatMap(({ shown }) => shown);
  return {
    n: outcomes.length,
    "EM@1": percent(hits.filter(({ rank }) => rank === 1).length, outcomes.length),
    "EM@5": percent(hits.length, outcomes.length),
    ES: percent(sum(outcomes.map(similarityOf)), outcomes.length),
    MRR: percent(sum(hits.map(({ rank }) => 1 / rank)), outcomes.length),
    meanRank: round(sum(hits.map(({ rank }) => rank)) / Math.max(1, hits.length)),
    charsSaved: round(sum(hits.map(({ characters }) => characters)) / Math.max(1, hits.length)),
    shown: percent(confident.length, outcomes.length),
    precision: percent(
      confident.filter((outcome) => rankOf(outcome) === 1).length,
      confident.length,
    ),
    validity: percent(candidates.filter(({ parses }) => parses).length, candidates.length),
  };
}

/** 1-based rank of the right candidate among the first five; undefined when it is not there. */
function rankOf({ gold, shown }: Outcome): number | undefined {
  const wanted = normalizeBlanks(gold);
  const index = shown.slice(0, LIST).findIndex(({ text }) => normalizeBlanks(text) === wanted);
  return index < 0 ? undefined : index + 1;
}

function similarityOf({ gold, shown }: Outcome): number {
  const wanted = normalizeBlanks(gold);
  const first = normalizeBlanks(shown[0]?.text ?? "");
  return 1 - distance(wanted, first) / Math.max(1, wanted.length, first.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : round((100 * part) / whole);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
