/**
 * Finds a few fields in a JSON text while it passes, without keeping or parsing the rest. The gateway needs a request's
 * `model` and an answer's `usage`, not the megabytes around them.
 *
 *     wanted ["model"]       {"messages":[{"model":"no"}],"model":"qwen-plus"}
 *                                                          found, bytes 37–48
 *
 * It trusts the text to be JSON: a text that is none gives wrong findings, never an error. The receiver judges the text.
 */
export class JsonScanner {
  /** Whether a wanted field of the outermost object occurred twice, in any spelling: receivers disagree about which one counts. */
  duplicated = false;
  /** Whether the outermost object was closed. */
  complete = false;
  /** Whether the text is something other than an object. */
  foreign = false;

  readonly #plan: ScanPlan;
  readonly #found: (ScannedValue | undefined)[] = [];
  /** One bit per wanted name that occurred. */
  #seen = 0;
  #offset = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Where a key may come next: only in objects at the depths that are watched. */
  #expectsKey = false;
  #watched = 1;
  #key = "";
  #readingKey = false;
  #parent = "";
  /** Which wanted value is being read; -1 for none. */
  #capture = -1;
  #captureStart = -1;
  #captureDepth = 0;
  /** The part of the value being read that earlier pieces of the text held. */
  #captured: Buffer[] = [];

  constructor(plan: ScanPlan) {
    this.#plan = plan;
  }

  /** Forgets everything, to read another text. */
  reset(): void {
    this.duplicated = false;
    this.complete = false;
    this.foreign = false;
    this.#found.length = 0;
    this.#seen = 0;
    this.#offset = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#expectsKey = false;
    this.#watched = 1;
    this.#key = "";
    this.#readingKey = false;
    this.#parent = "";
    this.#capture = -1;
    this.#captured = [];
  }

  /** What was found under a wanted name, once its value is whole. */
  get(path: string): ScannedValue | undefined {
    return this.#found[this.#plan.wanted.indexOf(path)];
  }

  /** Whether a wanted name occurred, even if its value is too long or not whole yet. */
  has(path: string): boolean {
    return (this.#seen & (1 << this.#plan.wanted.indexOf(path))) !== 0;
  }

  /** Reads on. */
  push(bytes: Buffer): void {
    const length = bytes.length;
    let index = 0;
    while (index < length) {
      if (this.#inString) {
        index = this.#readString(bytes, index);
        continue;
      }
      const byte = bytes[index] ?? 0;
      if (this.#capture !== -1 && this.#endsValue(byte)) this.#endCapture(bytes, index);
      if (byte === 0x22) {
        this.#startValue(index);
        if (this.#expectsKey) {
          this.#readingKey = true;
          this.#key = "";
        }
        this.#inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        if (this.#depth === 0 && byte === 0x5b) this.foreign = true;
        this.#startValue(index);
        this.#open(byte);
      } else if (byte === 0x7d || byte === 0x5d) {
        this.#close(bytes, index + 1);
      } else if (byte === 0x2c) {
        // After a comma in a watched object comes a key.
        if (this.#depth === this.#watched && this.#capture === -1) this.#expectsKey = true;
      } else if (
        byte !== 0x3a &&
        byte !== 0x20 &&
        byte !== 0x0a &&
        byte !== 0x0d &&
        byte !== 0x09
      ) {
        if (this.#depth === 0 && !this.complete) this.foreign = true;
        this.#startValue(index);
      }
      index += 1;
    }
    if (this.#capture !== -1 && this.#captureStart !== -1) this.#keep(bytes);
    this.#offset += length;
  }

  #readString(bytes: Buffer, from: number): number {
    return this.#readingKey ? this.#readKey(bytes, from) : this.#skipString(bytes, from);
  }

  #readKey(bytes: Buffer, from: number): number {
    const length = bytes.length;
    let plain = this.#key === "";
    let index = from;
    while (index < length) {
      const byte = bytes[index];
      if (byte === 0x22 && !this.#escaped) break;
      this.#escaped = byte === 0x5c && !this.#escaped;
      if (this.#escaped) plain = false;
      index += 1;
    }
    // Most keys are ruled out by their length, before a string is made of them.
    if (plain && index < length && !this.#plan.keyLengths.has(index - from)) {
      this.#inString = false;
      this.#readingKey = false;
      this.#expectsKey = false;
      return index + 1;
    }
    // Longer keys are nobody's that we know; their length must not cost memory.
    const room = maxKeyLength - this.#key.length;
    this.#key += bytes.toString("latin1", from, Math.min(index, from + room));
    if (index === length) return length;
    this.#inString = false;
    this.#endKey();
    return index + 1;
  }

  /** To the end of a string of which nothing has to be known here: most of every body. */
  #skipString(bytes: Buffer, from: number): number {
    let index = from;
    if (this.#escaped && index < bytes.length) {
      this.#escaped = false;
      index += 1;
    }
    // Most strings are short: looking at a few bytes is cheaper than a call into the native search.
    const near = Math.min(bytes.length, index + 32);
    for (; index < near; index += 1) {
      const byte = bytes[index];
      if (byte === 0x5c) break;
      if (byte !== 0x22) continue;
      this.#inString = false;
      return index + 1;
    }
    for (;;) {
      const quote = bytes.indexOf(0x22, index);
      const end = quote === -1 ? bytes.length : quote;
      // A quote behind an odd number of backslashes is part of the string.
      let backslashes = 0;
      while (end - 1 - backslashes >= index && bytes[end - 1 - backslashes] === 0x5c)
        backslashes += 1;
      const escaped = backslashes % 2 === 1;
      if (quote === -1) {
        this.#escaped = escaped;
        return bytes.length;
      }
      index = quote + 1;
      if (escaped) continue;
      this.#inString = false;
      return index;
    }
  }

  #open(byte: number): void {
    this.#depth += 1;
    if (this.#capture !== -1) return;
    const object = byte === 0x7b;
    if (this.#depth === 1 && object) this.#expectsKey = true;
    else if (this.#depth === 2 && object && this.#plan.parents.has(this.#key)) {
      this.#parent = `${this.#key}.`;
      this.#watched = 2;
      this.#expectsKey = true;
    } else {
      this.#expectsKey = false;
    }
  }

  #close(bytes: Buffer, end: number): void {
    this.#depth -= 1;
    if (this.#depth === 0) this.complete = true;
    if (this.#capture !== -1) {
      if (this.#depth === this.#captureDepth) this.#endCapture(bytes, end);
      return;
    }
    if (this.#depth < this.#watched && this.#watched === 2) {
      this.#watched = 1;
      this.#parent = "";
    }
    this.#expectsKey = false;
  }

  #endKey(): void {
    this.#readingKey = false;
    this.#expectsKey = false;
    if (this.#key.includes("\\")) this.#key = unescapeKey(this.#key);
    const { wanted } = this.#plan;
    const path = this.#parent === "" ? this.#key : this.#parent + this.#key;
    const exact = wanted.indexOf(path);
    // Some receivers (Go's) ignore the case of a name, so a differently spelt second one is a second one.
    const known = exact !== -1 || this.#parent !== "" ? exact : this.#plan.spelt(path);
    if (known === -1) return;
    const bit = 1 << known;
    if (this.#parent === "" && ((this.#seen & bit) !== 0 || exact === -1)) this.duplicated = true;
    this.#seen |= bit;
    if (exact === -1) return;
    this.#capture = exact;
    this.#captureStart = -1;
    this.#captured = [];
  }

  #startValue(index: number): void {
    if (this.#capture === -1 || this.#captureStart !== -1) return;
    this.#captureStart = this.#offset + index;
    this.#captureDepth = this.#depth;
  }

  // A value ends at the comma or bracket behind it; a string also ends there, so blanks behind it are trimmed by parsing.
  #endsValue(byte: number): boolean {
    return (
      this.#captureStart !== -1 &&
      this.#depth === this.#captureDepth &&
      (byte === 0x2c || byte === 0x7d || byte === 0x5d)
    );
  }

  /** Copies what this piece holds of the value being read: the piece itself is not ours to hold. */
  #keep(bytes: Buffer): void {
    if (this.#offset + bytes.length - this.#captureStart > this.#plan.maxValueBytes) return;
    this.#captured.push(
      Buffer.from(bytes.subarray(Math.max(0, this.#captureStart - this.#offset))),
    );
  }

  /** The value being read ends in this piece, in front of `end`. */
  #endCapture(bytes: Buffer, end: number): void {
    const which = this.#capture;
    const start = this.#captureStart;
    this.#capture = -1;
    if (this.#offset + end - start > this.#plan.maxValueBytes) return;
    const from = Math.max(0, start - this.#offset);
    const text = (
      this.#captured.length === 0
        ? bytes.toString("utf8", from, end)
        : Buffer.concat([...this.#captured, bytes.subarray(from, end)]).toString("utf8")
    ).trimEnd();
    const value = parseValue(text);
    if (value === undefined) return;
    // The last of several counts, as with JSON.parse.
    this.#found[which] = {
      start,
      end: Math.min(this.#offset + end, start + Buffer.byteLength(text)),
      value: value.parsed,
    };
  }
}

/** What a scanner looks for; made once and shared by all that look for the same. */
export class ScanPlan {
  readonly wanted: readonly string[];
  readonly maxValueBytes: number;
  /** Outer names of those that are wanted one level down. */
  readonly parents: ReadonlySet<string>;
  /** How long a key is that can lead to a wanted value. */
  readonly keyLengths: ReadonlySet<number>;
  readonly #lower: readonly string[];

  /** `wanted` are up to 31 names in the outermost object, or `outer.name` one level below. A value longer than `maxValueBytes` is not found. */
  constructor(wanted: readonly string[], maxValueBytes = 4096) {
    this.wanted = wanted;
    this.maxValueBytes = maxValueBytes;
    this.parents = new Set(
      wanted.filter((path) => path.includes(".")).map((path) => path.slice(0, path.indexOf("."))),
    );
    this.keyLengths = new Set(wanted.flatMap((path) => path.split(".").map((part) => part.length)));
    this.#lower = wanted.map((path) => path.toLowerCase());
  }

  /** Which wanted name this is in another spelling, or -1. */
  spelt(name: string): number {
    // Most names are ruled out by their length.
    return this.#lower.some(({ length }) => length === name.length)
      ? this.#lower.indexOf(name.toLowerCase())
      : -1;
  }
}

/** A value, and where it stands in the text, in bytes. */
export interface ScannedValue {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

const maxKeyLength = 64;

function parseValue(text: string): { parsed: unknown } | undefined {
  try {
    return { parsed: JSON.parse(text) };
  } catch {
    // Not JSON: the receiver will say so.
    return undefined;
  }
}

function unescapeKey(key: string): string {
  const value = parseValue(`"${key}"`)?.parsed;
  return typeof value === "string" ? value : key;
}
