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

  readonly #wanted: ReadonlySet<string>;
  readonly #parents: ReadonlySet<string>;
  readonly #maxValueBytes: number;
  readonly #found = new Map<string, ScannedValue>();
  readonly #seen = new Set<string>();
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
  #capture: string | undefined;
  #captureStart = 0;
  #captureDepth = 0;
  #captured: number[] = [];

  /** `wanted` are names in the outermost object, or `outer.name` one level below. A value longer than `maxValueBytes` is not found. */
  constructor(wanted: readonly string[], maxValueBytes = 4096) {
    this.#wanted = new Set(wanted);
    this.#parents = new Set(
      wanted.filter((path) => path.includes(".")).map((path) => path.slice(0, path.indexOf("."))),
    );
    this.#maxValueBytes = maxValueBytes;
  }

  /** Forgets everything, to read another text. */
  reset(): void {
    this.duplicated = false;
    this.complete = false;
    this.foreign = false;
    this.#found.clear();
    this.#seen.clear();
    this.#offset = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#expectsKey = false;
    this.#watched = 1;
    this.#key = "";
    this.#readingKey = false;
    this.#parent = "";
    this.#capture = undefined;
    this.#captured = [];
  }

  /** What was found under a wanted name, once its value is whole. */
  get(path: string): ScannedValue | undefined {
    return this.#found.get(path);
  }

  /** Whether a wanted name occurred, even if its value is too long or not whole yet. */
  has(path: string): boolean {
    return this.#seen.has(path);
  }

  /** Reads on. */
  push(bytes: Uint8Array): void {
    const length = bytes.length;
    let index = 0;
    while (index < length) {
      if (this.#inString) {
        index = this.#readString(bytes, index);
        continue;
      }
      const byte = bytes[index] ?? 0;
      if (this.#capture !== undefined && this.#endsValue(byte))
        this.#endCapture(this.#offset + index);
      if (byte === 0x22) {
        this.#startValue(index);
        if (this.#expectsKey) {
          this.#readingKey = true;
          this.#key = "";
        } else {
          this.#keep(byte);
        }
        this.#inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        if (this.#depth === 0 && byte === 0x5b) this.foreign = true;
        this.#startValue(index);
        this.#open(byte);
        this.#keep(byte);
      } else if (byte === 0x7d || byte === 0x5d) {
        this.#keep(byte);
        this.#close(this.#offset + index + 1);
      } else if (byte === 0x2c) {
        this.#keep(byte);
        // After a comma in a watched object comes a key.
        if (this.#depth === this.#watched && this.#capture === undefined) this.#expectsKey = true;
      } else if (
        byte !== 0x3a &&
        byte !== 0x20 &&
        byte !== 0x0a &&
        byte !== 0x0d &&
        byte !== 0x09
      ) {
        if (this.#depth === 0 && !this.complete) this.foreign = true;
        this.#startValue(index);
        this.#keep(byte);
      } else {
        this.#keep(byte);
      }
      index += 1;
    }
    this.#offset += length;
  }

  #readString(bytes: Uint8Array, from: number): number {
    const length = bytes.length;
    const watching = this.#readingKey || this.#capture !== undefined;
    let index = from;
    for (; index < length; index += 1) {
      const byte = bytes[index] ?? 0;
      if (this.#escaped) this.#escaped = false;
      else if (byte === 0x5c) this.#escaped = true;
      else if (byte === 0x22) {
        this.#inString = false;
        if (this.#readingKey) this.#endKey();
        else this.#keep(byte);
        return index + 1;
      }
      if (!watching) continue;
      if (!this.#readingKey) this.#keep(byte);
      // Longer keys are nobody's that we know; their length must not cost memory.
      else if (this.#key.length < maxKeyLength) this.#key += String.fromCharCode(byte);
    }
    return index;
  }

  #open(byte: number): void {
    this.#depth += 1;
    if (this.#capture !== undefined) return;
    const object = byte === 0x7b;
    if (this.#depth === 1 && object) this.#expectsKey = true;
    else if (this.#depth === 2 && object && this.#parents.has(this.#key)) {
      this.#parent = `${this.#key}.`;
      this.#watched = 2;
      this.#expectsKey = true;
    } else {
      this.#expectsKey = false;
    }
  }

  #close(end: number): void {
    this.#depth -= 1;
    if (this.#depth === 0) this.complete = true;
    if (this.#capture !== undefined) {
      if (this.#depth === this.#captureDepth) this.#endCapture(end);
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
    const path = this.#parent + this.#key;
    // Some receivers (Go's) ignore the case of a name, so a differently spelt second one is a second one.
    const known = this.#wanted.has(path)
      ? path
      : this.#parent === ""
        ? this.#spelt(path)
        : undefined;
    if (known === undefined) return;
    if (this.#seen.has(known) || known !== path)
      this.duplicated = this.duplicated || this.#parent === "";
    this.#seen.add(known);
    if (known === path) {
      this.#capture = path;
      this.#captureStart = -1;
      this.#captured = [];
    }
  }

  #spelt(path: string): string | undefined {
    const lower = path.toLowerCase();
    for (const wanted of this.#wanted)
      if (wanted.length === lower.length && wanted.toLowerCase() === lower) return wanted;
    return undefined;
  }

  #startValue(index: number): void {
    if (this.#capture === undefined || this.#captureStart !== -1) return;
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

  #keep(byte: number): void {
    if (
      this.#capture !== undefined &&
      this.#captureStart !== -1 &&
      this.#captured.length <= this.#maxValueBytes
    )
      this.#captured.push(byte);
  }

  #endCapture(end: number): void {
    const path = this.#capture;
    if (path === undefined) return;
    this.#capture = undefined;
    if (this.#captured.length > this.#maxValueBytes) return;
    const text = Buffer.from(this.#captured).toString("utf8").trimEnd();
    this.#captured = [];
    const value = parseValue(text);
    if (value === undefined) return;
    // The last of several counts, as with JSON.parse.
    this.#found.set(path, {
      start: this.#captureStart,
      end: Math.min(end, this.#captureStart + Buffer.byteLength(text)),
      value: value.parsed,
    });
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
