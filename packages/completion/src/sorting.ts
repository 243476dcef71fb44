/**
 * Sorts all positions of a token sequence by what stands *before* them, read right to left.
 *
 * Worked example, tokens `a b c a b d` at positions 0…5. Position 2 (`c`) and position 5 (`d`) both follow `a b`, so they end up
 * side by side: whoever looks for "what comes after a b" finds all answers in one place, the longest common context first.
 * A forward suffix array would need one search per context length.
 *
 * Method: prefix doubling (Manber & Myers, "Suffix arrays", SIAM J. Comput. 22(5), 1993) on the reversed sequence, stopped after
 * contexts of `CONTEXT` tokens. Each round is a counting sort, so the whole is O(n · log CONTEXT) and the order is stable.
 */

/** Contexts are told apart up to this many tokens; beyond that, matches count as equal. A power of two. */
export const CONTEXT = 16;

/** The sorted order of positions 0 … n-1, and where the positions whose last token before them is `t` begin (`heads[t]`). */
export interface ContextOrder {
  readonly order: Int32Array;
  /** `heads[t] … heads[t + 1]` is the range of `order` whose contexts end in token `t`; position 0 has no context and is left out of every range. */
  readonly heads: Int32Array;
}

/** Sorts `tokens`, whose values lie in 0 … `vocabularySize - 1`. */
export function sortByContext(tokens: Int32Array, vocabularySize: number): ContextOrder {
  const n = tokens.length;
  const heads = headsOf(tokens, vocabularySize);
  let order = new Int32Array(n);
  const next = heads.slice();
  // Position 0 has an empty context, which sorts before all others.
  if (n > 0) order[0] = 0;
  for (let position = 1; position < n; position++) {
    const bucket = tokens[position - 1] as number;
    const slot = next[bucket] as number;
    order[slot] = position;
    next[bucket] = slot + 1;
  }

  // rank[p] is the start of p's bucket: equal for all positions whose contexts agree so far.
  const rank = new Int32Array(n);
  for (let i = 1; i < n; i++) {
    const position = order[i] as number;
    const previous = order[i - 1] as number;
    const isSame = i > 1 && tokens[position - 1] === tokens[previous - 1];
    rank[position] = isSame ? (rank[previous] as number) : i;
  }

  let sorted = new Int32Array(n);
  const fill = new Int32Array(n);
  for (let depth = 1; depth < CONTEXT; depth *= 2) {
    fill.fill(0);
    // Positions with a context shorter than `depth` are already alone in their buckets' heads: nothing lies further left.
    for (let position = 0; position < Math.min(depth, n); position++) {
      const bucket = rank[position] as number;
      sorted[bucket + (fill[bucket] as number)] = position;
      fill[bucket]! += 1;
    }
    for (let i = 0; i < n; i++) {
      const position = (order[i] as number) + depth;
      if (position >= n) continue;
      const bucket = rank[position] as number;
      sorted[bucket + (fill[bucket] as number)] = position;
      fill[bucket]! += 1;
    }
    [order, sorted] = [sorted, order];
    if (!splitBuckets(order, rank, fill, depth)) break;
  }
  return { order, heads };
}

/** Where each token's positions begin, from counts alone; slot 0 of the order belongs to position 0. */
export function headsOf(tokens: Int32Array, vocabularySize: number): Int32Array {
  const heads = new Int32Array(vocabularySize + 1);
  for (let i = 0; i + 1 < tokens.length; i++) heads[(tokens[i] as number) + 1]!++;
  heads[0] = 1;
  for (let t = 1; t <= vocabularySize; t++) heads[t]! += heads[t - 1] as number;
  return heads;
}

/** Gives positions that differ within `2 · depth` tokens different ranks; `scratch` is overwritten. False when nothing was split. */
function splitBuckets(
  order: Int32Array,
  rank: Int32Array,
  scratch: Int32Array,
  depth: number,
): boolean {
  let hasSplit = false;
  let bucketStart = 0;
  for (let i = 0; i < order.length; i++) {
    const position = order[i] as number;
    if (i === 0) {
      scratch[position] = 0;
      continue;
    }
    const previous = order[i - 1] as number;
    const isSameBucket = rank[position] === rank[previous];
    const behind = position >= depth ? (rank[position - depth] as number) : -1;
    const behindPrevious = previous >= depth ? (rank[previous - depth] as number) : -1;
    if (!isSameBucket || behind !== behindPrevious) {
      bucketStart = i;
      if (isSameBucket) hasSplit = true;
    }
    scratch[position] = bucketStart;
  }
  rank.set(scratch);
  return hasSplit;
}
