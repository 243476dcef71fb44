/**
 * What may come next: mixes the document's own places with the project's neighbours.
 *
 * Within a level, Jelinek–Mercer interpolation over context lengths, in closed form: with the longest agreement m, the
 * distribution of length n has the weight λ(1−λ)^(m−n). Walking the places from the longest agreement down gives all lengths
 * from one query. Levels are mixed by 2^(longest agreement): a level that has seen more of the context is trusted more.
 * Sources: Hellendoorn & Devanbu, "Are deep neural networks the best choice for modeling source code?", FSE 2017.
 */
import type { AnalogyModel } from "./analogy.ts";
import type { DocumentModel } from "./document.ts";
import type { AttachedSegment } from "./neighbours.ts";
import { isLineEnd, Mark } from "./vocabulary.ts";

/** Constants of the mixture. */
export interface MixtureOptions {
  /** Weight of the longest context length against all shorter ones, 0 to 1. */
  readonly lambda: number;
  /** Places looked at in the document. */
  readonly documentLimit: number;
  /** Neighbours looked at in all segments together. */
  readonly projectLimit: number;
  /** Places sampled per short context. */
  readonly sampleLimit: number;
  /** Factor by which the document's level outweighs the project's at equal agreement. */
  readonly documentBoost: number;
  /** Weight lost per place going away from the cursor, as a rate per place. */
  readonly recencyDecay: number;
  readonly analogyWeight: number;
  readonly analogyGrowth: number;
  readonly analogyLambda: number;
  readonly analogyLimit: number;
  readonly analogyMin: number;
}

export const DEFAULT_MIXTURE: MixtureOptions = {
  lambda: 0.4,
  documentLimit: 96,
  projectLimit: 96,
  sampleLimit: 48,
  documentBoost: 2,
  recencyDecay: 0.03,
  analogyWeight: 1,
  analogyGrowth: 1.6,
  analogyLambda: 0.3,
  analogyLimit: 64,
  analogyMin: 4,
};

/** One possible next token. */
export interface Prediction {
  readonly token: number;
  readonly probability: number;
  /** True when most evidence has a blank before it. */
  readonly isSpaced: boolean;
  /** Share of the probability that comes from the document's own level. */
  readonly documentShare: number;
}

/** Places collected for one level, sorted by falling agreement before use. */
class Places {
  count = 0;
  tokens = new Int32Array(512);
  lengths = new Uint8Array(512);
  spaced = new Uint8Array(512);
  weights = new Float64Array(512);

  add(token: number, length: number, spaced: number, weight: number): void {
    if (this.count === this.tokens.length) this.#grow();
    this.tokens[this.count] = token;
    this.lengths[this.count] = length;
    this.spaced[this.count] = spaced;
    this.weights[this.count] = weight;
    this.count += 1;
  }

  #grow(): void {
    const size = this.count * 2;
    const bigger = <A extends Int32Array | Uint8Array | Float64Array>(to: A, from: A): A => {
      to.set(from);
      return to;
    };
    this.tokens = bigger(new Int32Array(size), this.tokens);
    this.lengths = bigger(new Uint8Array(size), this.lengths);
    this.spaced = bigger(new Uint8Array(size), this.spaced);
    this.weights = bigger(new Float64Array(size), this.weights);
  }
}

/** Predicts next tokens for one request. Holds scratch memory, so one predictor serves one search at a time. */
export class Predictor {
  readonly #document: DocumentModel;
  readonly #analogies: AnalogyModel;
  readonly #segments: readonly AttachedSegment[];
  readonly #options: MixtureOptions;
  readonly #probability: Float64Array;
  readonly #fromDocument: Float64Array;
  readonly #spacedWeight: Float64Array;
  readonly #touched: number[] = [];
  readonly #places = new Places();
  readonly #blockWeights = new Float64Array(32);

  constructor(
    document: DocumentModel,
    analogies: AnalogyModel,
    segments: readonly AttachedSegment[],
    vocabularySize: number,
    options: MixtureOptions = DEFAULT_MIXTURE,
  ) {
    this.#document = document;
    this.#analogies = analogies;
    this.#segments = segments;
    this.#options = options;
    this.#probability = new Float64Array(vocabularySize);
    this.#fromDocument = new Float64Array(vocabularySize);
    this.#spacedWeight = new Float64Array(vocabularySize);
  }

  /** The distribution after `context[0 … length - 1]`, best first, line ends folded into one, at most `most` entries. */
  next(context: Int32Array, length: number, most: number): Prediction[] {
    const documentLongest = this.#collectDocument(context, length);
    if (documentLongest > 0) {
      this.#accumulate(
        documentLongest,
        2 ** Math.min(documentLongest, 10) * this.#options.documentBoost,
        true,
      );
    }
    const projectLongest = this.#collectProject(context, length);
    if (projectLongest > 0)
      this.#accumulate(projectLongest, 2 ** Math.min(projectLongest, 10), false);
    const analogyLongest = this.#collectAnalogies(context, length);
    const analogyWeight =
      analogyLongest > 0
        ? this.#options.analogyWeight * this.#options.analogyGrowth ** Math.min(analogyLongest, 16)
        : 0;
    if (analogyLongest > 0)
      this.#accumulate(analogyLongest, analogyWeight, true, this.#options.analogyLambda);
    const total =
      analogyWeight +
      (documentLongest > 0 ? 2 ** Math.min(documentLongest, 10) * this.#options.documentBoost : 0) +
      (projectLongest > 0 ? 2 ** Math.min(projectLongest, 10) : 0);
    return this.#take(most, total);
  }

  #collectDocument(context: Int32Array, length: number): number {
    const places = this.#places;
    places.count = 0;
    let longest = 0;
    let age = 0;
    const { tokens, spaced } = this.#document;
    this.#document.eachPlace(
      context,
      length,
      this.#options.documentLimit,
      (matchLength, position) => {
        const token = tokens[position] as number;
        if (token === Mark.hole || token === Mark.file) return;
        if (matchLength > longest) longest = matchLength;
        places.add(
          token,
          matchLength,
          spaced[position] as number,
          Math.exp(-this.#options.recencyDecay * age),
        );
        age += 1;
      },
    );
    return longest;
  }

  #collectAnalogies(context: Int32Array, length: number): number {
    const places = this.#places;
    places.count = 0;
    let longest = 0;
    let age = 0;
    const { spaced } = this.#document;
    this.#analogies.eachAnalogy(
      context,
      length,
      this.#options.analogyLimit,
      (matchLength, _exchanged, token, position) => {
        if (matchLength < this.#options.analogyMin) return;
        if (matchLength > longest) longest = matchLength;
        places.add(
          token,
          matchLength,
          spaced[position] as number,
          Math.exp(-this.#options.recencyDecay * age),
        );
        age += 1;
      },
    );
    return longest;
  }

  #collectProject(context: Int32Array, length: number): number {
    const places = this.#places;
    places.count = 0;
    let longest = 0;
    for (const attached of this.#segments) {
      attached.eachNeighbour(
        context,
        length,
        3,
        this.#options.projectLimit,
        (matchLength, position) => {
          if (matchLength > longest) longest = matchLength;
          places.add(
            attached.globalAt(position),
            matchLength,
            attached.isSpacedAt(position) ? 1 : 0,
            1,
          );
        },
      );
    }
    for (const matchLength of [2, 1] as const) {
      if (longest > matchLength + 6) break;
      for (const attached of this.#segments) {
        const sampled: number[] = [];
        const count = attached.sample(
          context,
          length,
          matchLength,
          this.#options.sampleLimit,
          (position) => {
            sampled.push(position);
          },
        );
        if (count === 0) continue;
        if (longest < matchLength) longest = matchLength;
        const weight = count / sampled.length;
        for (const position of sampled) {
          places.add(
            attached.globalAt(position),
            matchLength,
            attached.isSpacedAt(position) ? 1 : 0,
            weight,
          );
        }
      }
    }
    return longest;
  }

  /** Adds the collected level to the distribution. */
  #accumulate(
    longest: number,
    levelWeight: number,
    isDocument: boolean,
    lambda: number = this.#options.lambda,
  ): void {
    const { count, lengths, weights, tokens, spaced } = this.#places;
    // block[n]: total weight of places with agreement n or longer, walking down.
    const mass = this.#blockWeights.fill(0);
    for (let i = 0; i < count; i++) mass[lengths[i] as number]! += weights[i] as number;
    let cumulative = 0;
    const share = new Float64Array(32);
    for (let n = longest; n >= 1; n--) {
      cumulative += mass[n] as number;
      share[n] = (lambda * (1 - lambda) ** (longest - n)) / cumulative;
    }
    // A place of agreement n takes part in every length up to n.
    for (let n = 2; n <= longest; n++) share[n]! += share[n - 1] as number;
    for (let i = 0; i < count; i++) {
      const gain = levelWeight * (weights[i] as number) * (share[lengths[i] as number] as number);
      const raw = tokens[i] as number;
      const token = isLineEnd(raw) ? Mark.lineSame : raw;
      if (this.#probability[token] === 0) this.#touched.push(token);
      this.#probability[token]! += gain;
      if (isDocument) this.#fromDocument[token]! += gain;
      if (spaced[i] === 1) this.#spacedWeight[token]! += gain;
    }
  }

  #take(most: number, total: number): Prediction[] {
    const predictions: Prediction[] = [];
    for (const token of this.#touched) {
      const weight = this.#probability[token] as number;
      predictions.push({
        token,
        probability: weight / total,
        isSpaced: (this.#spacedWeight[token] as number) * 2 > weight,
        documentShare: (this.#fromDocument[token] as number) / weight,
      });
      this.#probability[token] = 0;
      this.#fromDocument[token] = 0;
      this.#spacedWeight[token] = 0;
    }
    this.#touched.length = 0;
    predictions.sort((a, b) => b.probability - a.probability);
    if (predictions.length > most) predictions.length = most;
    return predictions;
  }
}
