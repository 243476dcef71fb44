/** How well rankings answer questions, each a mean over all questions, between 0 and 1. */
export interface Measures {
  /** The number of questions. */
  readonly queries: number;
  /** One over the place of the first right answer among the first ten. */
  readonly "MRR@10": number;
  /** The discounted gain of the first ten, as a part of the best possible (Järvelin and Kekäläinen 2002). */
  readonly "NDCG@10": number;
  /** The part of the right answers among the first so many. */
  readonly "Recall@1": number;
  readonly "Recall@5": number;
  readonly "Recall@10": number;
  readonly "Recall@100": number;
}

/** Right answers of one question and how good each is, above 0. */
export type Judgement = ReadonlyMap<string, number>;

/** Measures rankings against judgements; a question without a right answer does not count. */
export function measure(
  rankings: ReadonlyMap<string, readonly string[]>,
  judgements: ReadonlyMap<string, Judgement>,
): Measures {
  const asked = [...judgements].filter(([, judgement]) => judgement.size > 0);
  const mean = (value: (ranking: readonly string[], judgement: Judgement) => number): number =>
    asked.length === 0
      ? 0
      : asked.reduce((sum, [id, judgement]) => sum + value(rankings.get(id) ?? [], judgement), 0) /
        asked.length;
  const recall = (depth: number): number =>
    mean(
      (ranking, judgement) =>
        ranking.slice(0, depth).filter((id) => judgement.has(id)).length / judgement.size,
    );
  return {
    queries: asked.length,
    "MRR@10": mean((ranking, judgement) => {
      const at = ranking.slice(0, 10).findIndex((id) => judgement.has(id));
      return at < 0 ? 0 : 1 / (at + 1);
    }),
    "NDCG@10": mean((ranking, judgement) => {
      const ideal = gain([...judgement.values()].sort((a, b) => b - a).slice(0, 10));
      return gain(ranking.slice(0, 10).map((id) => judgement.get(id) ?? 0)) / ideal;
    }),
    "Recall@1": recall(1),
    "Recall@5": recall(5),
    "Recall@10": recall(10),
    "Recall@100": recall(100),
  };
}

function gain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0);
}
