/**
 * What may come next: mixes three levels, each a set of places where a similar context was followed by something.
 *
 * - the document: places above and below the cursor with the same last tokens, the nearest weighing most;
 * - the project: neighbours in the context-sorted segments;
 * - analogies: places of the document with the same shape but other names.
 *
 * Within a level, Jelinek–Mercer interpolation over context lengths in closed form: with the longest agreement m, the
 * distribution of length n weighs λ(1−λ)^(m−n), and a place that agrees in n tokens takes part in all lengths up to n. So one
 * walk over the places gives all lengths at once. Levels are mixed by growth^(longest agreement): who has seen more of the
 * context is trusted more. Hellendoorn & Devanbu, "Are deep neural networks the best choice for modeling source code?",
 * FSE 2017, found plain Jelinek–Mercer better on code than smoothing that discounts.
 */
import type { AnalogyModel } from "./analogy.ts";
import type { DocumentModel } from "./document.ts";
import type { AttachedSegment } from "./neighbours.ts";
import { isLineEnd, Mark } from "./vocabulary.ts";

/** How one level is weighed. */
interface Level {
  /** Weight of the longest context length against all shorter ones, 0 to 1. */
  readonly lambda: number;
  /** Weight of the level at agreement 0. */
  readonly weight: number;
  /** Factor per token of agreement. */
  readonly growth: number;
  /** Agreement beyond which trust no longer grows, in tokens. */
  readonly enough: number;
  /** Places looked at, at most. */
  readonly limit: number;
}

// Chosen on the development positions of bench/completion; the figures there are flat around these values.
const DOCUMENT: Level = { lambda: 0.4, weight: 2, growth: 2, enough: 10, limit: 96 };
const PROJECT: Level = { lambda: 0.4, weight: 1, growth: 2, enough: 10, limit: 96 };
const ANALOGY: Level = { lambda: 0.2, weight: 1, growth: 1.4, enough: 16, limit: 64 };
/** Shorter agreements in shape are chance. */
const MIN_ANALOGY = 4;
/** Neighbours with fewer tokens of agreement are sampled instead: there are too many to be seen in order. */
const MIN_NEIGHBOUR = 3;
/** Places sampled per short context and segment. */
const SAMPLES = 48;
/** A short context is left out when a context so much longer was found; its weight would be (1 − λ)^6. */
const IGNORED_GAP = 6;
/** How much a place of the document loses for each nearer place. */
const RECENCY_DECAY = 0.03;
/** More than the longest agreement of any level. */
const MAX_AGREEMENT = 32;

/** One possible next token. */
export interface Prediction {
  readonly token: number;
  readonly probability: number;
  /** True when most evidence has a blank before it. */
  readonly isSpaced: boolean;
  /** Share of the probability that comes from the document, analogies included; 0 to 1. */
  readonly documentShare: number;
}

/** Memory that predictors use again: sums by token number, all zero between uses. */
export class Scratch {
  weights: Float64Array = new Float64Array(0);
  fromDocument: Float64Array = new Float64Array(0);
  spaced: Float64Array = new Float64Array(0);

  /** Makes room for token numbers below `size`. */
  reserve(size: number): void {
    if (size <= this.weights.length) return;
    // Room to grow, because every new word typed makes the vocabulary longer by one.
    const room = size + (size >> 2) + 1024;
    this.weights = new Float64Array(room);
    this.fromDocument = new Float64Array(room);
    this.spaced = new Float64Array(room);
  }

  /** Visits each distinct one of `tokens` with the number of its occurrences. */
  tally(tokens: Int32Array, visit: (token: number, count: number) => void): void {
    for (const token of tokens) this.weights[token]! += 1;
    for (const token of tokens) {
      const count = this.weights[token] as number;
      if (count === 0) continue;
      this.weights[token] = 0;
      visit(token, count);
    }
  }
}

/** Predicts next tokens for one request. */
export class Predictor {
  readonly #document: DocumentModel;
  readonly #analogies: AnalogyModel;
  readonly #segments: readonly AttachedSegment[];
  readonly #scratch: Scratch;
  readonly #touched: number[] = [];
  readonly #places = new Places();
  #total = 0;

  constructor(
    document: DocumentModel,
    analogies: AnalogyModel,
    segments: readonly AttachedSegment[],
    scratch: Scratch,
  ) {
    this.#document = document;
    this.#analogies = analogies;
    this.#segments = segments;
    this.#scratch = scratch;
  }

  /**
   * The distribution after `context[0 … length - 1]`, best first, at most `most` entries. All line marks are folded into
   * `Mark.lineSame`: here they only say that the line ends.
   */
  next(context: Int32Array, length: number, most: number): Prediction[] {
    this.#total = 0;
    this.#collectDocument(context, length);
    this.#accumulate(DOCUMENT, true);
    this.#collectProject(context, length);
    this.#accumulate(PROJECT, false);
    this.#collectAnalogies(context, length);
    this.#accumulate(ANALOGY, true);
    return this.#take(most);
  }

  #collectDocument(context: Int32Array, length: number): void {
    const places = this.#places.clear();
    const { tokens, spaced } = this.#document;
    this.#document.eachPlace(context, length, DOCUMENT.limit, (agreement, position) => {
      const token = tokens[position] as number;
      if (token === Mark.hole) return;
      const weight = Math.exp(-RECENCY_DECAY * places.count);
      places.add(token, agreement, spaced[position] === 1, weight);
    });
  }

  #collectAnalogies(context: Int32Array, length: number): void {
    const places = this.#places.clear();
    const { spaced } = this.#document;
    this.#analogies.eachAnalogy(context, length, ANALOGY.limit, (agreement, token, position) => {
      if (agreement < MIN_ANALOGY) return;
      const weight = Math.exp(-RECENCY_DECAY * places.count);
      places.add(token, agreement, spaced[position] === 1, weight);
    });
  }

  #collectProject(context: Int32Array, length: number): void {
    const places = this.#places.clear();
    for (const segment of this.#segments) {
      segment.eachNeighbour(
        context,
        length,
        MIN_NEIGHBOUR,
        PROJECT.limit,
        (agreement, position) => {
          places.add(segment.globalAt(position), agreement, segment.isSpacedAt(position), 1);
        },
      );
    }
    for (const agreement of [2, 1] as const) {
      if (places.longest > agreement + IGNORED_GAP) return;
      for (const segment of this.#segments) {
        const first = places.count;
        const all = segment.sample(context, length, agreement, SAMPLES, (position) => {
          places.add(segment.globalAt(position), agreement, segment.isSpacedAt(position), 1);
        });
        // Each sampled place stands for several.
        places.scale(first, all / (places.count - first));
      }
    }
  }

  /** Adds the collected places to the distribution. */
  #accumulate(level: Level, isDocument: boolean): void {
    const { count, longest, tokens, agreements, spaced, weights } = this.#places;
    if (count === 0) return;
    const levelWeight = level.weight * level.growth ** Math.min(longest, level.enough);
    this.#total += levelWeight;
    const shares = this.#places.shares(level.lambda);
    const sums = this.#scratch;
    for (let i = 0; i < count; i++) {
      const gain =
        levelWeight * (weights[i] as number) * (shares[agreements[i] as number] as number);
      const raw = tokens[i] as number;
      const token = isLineEnd(raw) ? Mark.lineSame : raw;
      if (sums.weights[token] === 0) this.#touched.push(token);
      sums.weights[token]! += gain;
      if (isDocument) sums.fromDocument[token]! += gain;
      if (spaced[i] === 1) sums.spaced[token]! += gain;
    }
  }

  /** Reads the distribution off and leaves the scratch memory zero. */
  #take(most: number): Prediction[] {
    const sums = this.#scratch;
    const predictions = this.#touched.map((token): Prediction => {
      const weight = sums.weights[token] as number;
      const prediction = {
        token,
        probability: weight / this.#total,
        isSpaced: (sums.spaced[token] as number) * 2 > weight,
        documentShare: (sums.fromDocument[token] as number) / weight,
      };
      sums.weights[token] = 0;
      sums.fromDocument[token] = 0;
      sums.spaced[token] = 0;
      return prediction;
    });
    this.#touched.length = 0;
    // Equal probabilities are told apart by number, so that one index always gives one answer.
    predictions.sort((a, b) => b.probability - a.probability || a.token - b.token);
    return predictions.length > most ? predictions.slice(0, most) : predictions;
  }
}

/** The places collected for one level. */
class Places {
  count = 0;
  /** The longest agreement among them, in tokens. */
  longest = 0;
  tokens: Int32Array = new Int32Array(1024);
  agreements: Uint8Array = new Uint8Array(1024);
  spaced: Uint8Array = new Uint8Array(1024);
  weights: Float64Array = new Float64Array(1024);
  readonly #shares = new Float64Array(MAX_AGREEMENT + 1);

  clear(): this {
    this.count = 0;
    this.longest = 0;
    return this;
  }

  add(token: number, agreement: number, isSpaced: boolean, weight: number): void {
    // Many small segments may offer more than there is room for; what the first ones gave is enough.
    if (this.count === this.tokens.length) return;
    this.tokens[this.count] = token;
    this.agreements[this.count] = agreement;
    this.spaced[this.count] = isSpaced ? 1 : 0;
    this.weights[this.count] = weight;
    if (agreement > this.longest) this.longest = agreement;
    this.count += 1;
  }

  /** Multiplies the weights of the places from `first` on. */
  scale(first: number, factor: number): void {
    for (let i = first; i < this.count; i++) this.weights[i]! *= factor;
  }

  /** What a place of weight 1 gains, by its agreement: its part in the distributions of all lengths up to it. */
  shares(lambda: number): Float64Array {
    const shares = this.#shares.fill(0);
    for (let i = 0; i < this.count; i++)
      shares[this.agreements[i] as number]! += this.weights[i] as number;
    let cumulative = 0;
    for (let n = this.longest; n >= 1; n--) {
      cumulative += shares[n] as number;
      shares[n] = (lambda * (1 - lambda) ** (this.longest - n)) / cumulative;
    }
    for (let n = 2; n <= this.longest; n++) shares[n]! += shares[n - 1] as number;
    return shares;
  }
}
