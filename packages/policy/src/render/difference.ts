/** A stretch of text that both versions have, or only the old or only the new one. */
export interface Passage {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** A line of a text with its passages; `changed` is false when it is the same in both versions. */
export interface DifferenceLine {
  readonly changed: boolean;
  readonly passages: readonly Passage[];
}

/**
 * Compares two texts so that a person can read the difference: line by line, and within a replaced line word by word (Chinese:
 * character by character). "kept 30 days" against "kept 60 days" gives same "kept ", removed "30", added "60", same " days". What is
 * `same` or `removed` spells the old text, what is `same` or `added` the new one.
 */
export function compareTexts(before: string, after: string): readonly DifferenceLine[] {
  const lines: DifferenceLine[] = [];
  const removed: string[] = [];
  const added: string[] = [];
  const flush = (): void => {
    // Lines that were replaced in the same place are compared in pairs; what is left over came or went as a whole.
    for (let index = 0; index < Math.max(removed.length, added.length); index++) {
      lines.push({ changed: true, passages: compareLines(removed[index], added[index]) });
    }
    removed.length = 0;
    added.length = 0;
  };
  for (const { kind, text } of align(before.split("\n"), after.split("\n"))) {
    if (kind === "removed") removed.push(text);
    else if (kind === "added") added.push(text);
    else {
      flush();
      lines.push({ changed: false, passages: [{ kind, text }] });
    }
  }
  flush();
  return lines;
}

function compareLines(before: string | undefined, after: string | undefined): readonly Passage[] {
  if (before === undefined) return [{ kind: "added", text: after ?? "" }];
  if (after === undefined) return [{ kind: "removed", text: before }];
  const passages: Passage[] = [];
  for (const { kind, text } of align(toWords(before), toWords(after))) {
    const last = passages.at(-1);
    if (last?.kind === kind) passages[passages.length - 1] = { kind, text: last.text + text };
    else passages.push({ kind, text });
  }
  return passages;
}

/** Words with what follows them kept apart, and each Chinese character for itself. */
function toWords(line: string): readonly string[] {
  return line.match(/\p{Script=Han}|[\p{L}\p{N}_-]+|\s+|[^\s]/gu) ?? [];
}

/**
 * A longest common subsequence by the table of its lengths: O(n·m), and the texts are notices of some hundred lines, lines of some
 * hundred words. What both begin and end with is taken off first.
 */
function align(before: readonly string[], after: readonly string[]): readonly Passage[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  const width = now.length + 1;
  // lengths[i * width + j]: the longest common subsequence of old from i and now from j.
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const passages = before.slice(0, head).map(same);
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const gone = old[i];
    const come = now[j];
    if (gone !== undefined && gone === come) {
      passages.push(same(gone));
      i++;
      j++;
    } else if (gone !== undefined && (come === undefined || at(i + 1, j) >= at(i, j + 1))) {
      passages.push({ kind: "removed", text: gone });
      i++;
    } else if (come !== undefined) {
      passages.push({ kind: "added", text: come });
      j++;
    }
  }
  return [...passages, ...before.slice(before.length - tail).map(same)];
}

function same(text: string): Passage {
  return { kind: "same", text };
}
