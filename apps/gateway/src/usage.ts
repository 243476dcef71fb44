import { parseUsage, type Usage } from "@cloud-code/models";
import { JsonScanner, ScanPlan } from "./scan.ts";

/** Counts what an answer cost while it passes. Holds numbers, never text. */
export interface Meter {
  push(bytes: Buffer): void;
  /** What the provider counted; when it counted nothing, the events of a stream stand for its tokens and `estimated` is true. */
  read(): Metered;
}

/** Tokens and other units of one exchange. */
export interface Metered {
  readonly usage: Usage;
  readonly estimated: boolean;
  /** Whether an error was reported inside an answer that had begun as a success. */
  readonly failed: boolean;
}

const nothing: Metered = { usage: {}, estimated: false, failed: false };

/** The meter that fits an answer's media type, or undefined for one that carries no counts (audio). */
export function createMeter(mediaType: string): Meter | undefined {
  if (mediaType.startsWith("text/event-stream")) return new EventMeter();
  return mediaType.startsWith("application/json") ? new JsonMeter() : undefined;
}

const wholePlan = new ScanPlan(["usage"]);

class JsonMeter implements Meter {
  readonly #scanner = new JsonScanner(wholePlan);

  push(bytes: Buffer): void {
    this.#scanner.push(bytes);
  }

  read(): Metered {
    const usage = parseUsage(this.#scanner.get("usage")?.value);
    return usage === undefined ? nothing : { usage, estimated: false, failed: false };
  }
}

// `message.usage` is Anthropic's at the start of a message, `response.usage` OpenAI's at the end of a response.
const places = ["usage", "message.usage", "response.usage"] as const;

const eventPlan = new ScanPlan([...places, "error"]);

class EventMeter implements Meter {
  readonly #scanner = new JsonScanner(eventPlan);
  #usage: Usage | undefined;
  #events = 0;
  #failed = false;
  /** How much of "data:" the current line has shown so far; -1 when the line is another field. */
  #matched = 0;
  #hasData = false;

  push(bytes: Buffer): void {
    let index = this.#matched === 0 && !this.#hasData ? this.#pass(bytes) : 0;
    while (index < bytes.length) {
      if (this.#matched === dataField.length) {
        const newline = bytes.indexOf(0x0a, index);
        const end = newline === -1 ? bytes.length : newline;
        this.#scanner.push(bytes.subarray(index, end));
        index = end;
        if (newline === -1) return;
      }
      const byte = bytes[index] ?? 0;
      index += 1;
      if (byte === 0x0a) {
        if (this.#matched === 0) this.#endEvent();
        this.#matched = 0;
      } else if (byte === 0x0d) {
        // Part of a CRLF: the line is as empty as before.
      } else if (this.#matched >= 0) {
        this.#matched = byte === dataField[this.#matched] ? this.#matched + 1 : -1;
        if (this.#matched === dataField.length) this.#hasData = true;
      }
    }
  }

  /**
   * Counts the whole events at the beginning of a piece that hold no word we look for, without reading them: nearly all events of a
   * stream. Returns where the others begin.
   */
  #pass(bytes: Buffer): number {
    let limit = bytes.length;
    for (const word of words) {
      const at = bytes.indexOf(word);
      if (at !== -1 && at < limit) limit = at;
    }
    let passed = 0;
    let hasData = false;
    for (let line = 0; ;) {
      const newline = bytes.indexOf(0x0a, line);
      if (newline === -1 || newline >= limit) return passed;
      if (newline === line || (newline === line + 1 && bytes[line] === 0x0d)) {
        if (hasData) this.#events += 1;
        hasData = false;
        passed = newline + 1;
      } else if (isData(bytes, line)) hasData = true;
      line = newline + 1;
    }
  }

  read(): Metered {
    this.#endEvent();
    if (this.#usage !== undefined)
      return { usage: this.#usage, estimated: false, failed: this.#failed };
    // One event is about one token; the last only says [DONE].
    const completion = Math.max(0, this.#events - 1);
    return {
      usage: { completion_tokens: completion, total_tokens: completion },
      estimated: true,
      failed: this.#failed,
    };
  }

  #endEvent(): void {
    if (!this.#hasData) return;
    this.#hasData = false;
    this.#events += 1;
    const scanner = this.#scanner;
    for (const place of places) {
      const found = parseUsage(scanner.get(place)?.value);
      if (found !== undefined) this.#usage = merge(this.#usage, found);
    }
    const error = scanner.get("error")?.value;
    if (scanner.has("error") && error !== null) this.#failed = true;
    scanner.reset();
  }
}

const dataField = Buffer.from("data:");
/** As keys of JSON. What an answer says is quoted in it with backslashes, so it hardly ever looks like this. */
const words = [Buffer.from('"usage"'), Buffer.from('"error"')];

function isData(bytes: Buffer, line: number): boolean {
  for (let index = 0; index < dataField.length; index += 1)
    if (bytes[line + index] !== dataField[index]) return false;
  return true;
}

// Counts come in parts (Anthropic) or grow (DashScope): of each number the largest is the last word.
function merge(left: Usage | undefined, right: Usage): Usage {
  if (left === undefined) return right;
  const merged: Record<string, number> = { ...left };
  for (const [name, value] of Object.entries(right) as [string, number][])
    merged[name] = Math.max(value, merged[name] ?? 0);
  const { prompt_tokens: prompt, completion_tokens: completion } = merged;
  if (prompt !== undefined && completion !== undefined)
    merged["total_tokens"] = prompt + completion;
  return merged;
}
