/**
 * Takes out of a stream the one event that was only asked for to count tokens: no choices, but usage. All other bytes
 * pass as they came. Holds one unfinished event at most.
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
    // A copy, because the rest would hold on to the whole piece.
    this.#pending = Buffer.from(all.subarray(start));
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
  return event.includes('"usage"') && /"choices"\s*:\s*\[\s*\]/.test(event.toString("latin1"));
}
