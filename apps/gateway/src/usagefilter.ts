/** Longest event that is held back until it is whole. */
const maxEventBytes = 65_536;

/**
 * Takes out of a stream the one event that was only asked for to count tokens: no choices, but usage. All other bytes
 * pass as they came. Holds 64 KB of one unfinished event at most.
 */
export class UsageFilter {
  #pending: Buffer = Buffer.alloc(0);

  /** The bytes of all events that are complete now. */
  push(bytes: Buffer): Buffer {
    const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const passed: Buffer[] = [];
    let start = 0;
    for (;;) {
      const end = endOfEvent(all, start);
      if (end === -1) break;
      const event = all.subarray(start, end);
      if (!isUsageOnly(event)) passed.push(event);
      start = end;
    }
    const rest = all.subarray(start);
    // No event with nothing but counts is that long: what it is passes.
    if (rest.length > maxEventBytes) passed.push(rest);
    // A copy, because the rest would hold on to the whole piece.
    this.#pending = rest.length > maxEventBytes ? Buffer.alloc(0) : Buffer.from(rest);
    return passed.length === 1 && passed[0] !== undefined ? passed[0] : Buffer.concat(passed);
  }

  /** What is left when the stream has ended. */
  end(): Buffer {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return isUsageOnly(rest) ? Buffer.alloc(0) : rest;
  }
}

function endOfEvent(bytes: Buffer, from: number): number {
  const plain = bytes.indexOf("\n\n", from);
  const dos = bytes.indexOf("\r\n\r\n", from);
  if (plain === -1) return dos === -1 ? -1 : dos + 4;
  return dos === -1 || plain < dos ? plain + 2 : dos + 4;
}

function isUsageOnly(event: Buffer): boolean {
  if (!event.includes('"usage"')) return false;
  const text = event.toString("latin1");
  return /"usage"\s*:\s*\{/.test(text) && /"choices"\s*:\s*\[\s*\]/.test(text);
}
