import { ModelError } from "./error.ts";

/**
 * One server-sent event, as in the WHATWG HTML standard, section "Server-sent events".
 *
 *     event: delta\r\n
 *     data: first line\r\n
 *     data: second line\r\n
 *     \r\n                    →  { event: "delta", data: "first line\nsecond line" }
 */
export interface ServerSentEvent {
  /** The event's name; undefined when it has none. */
  readonly event: string | undefined;
  /** Its data lines, joined by line feeds. */
  readonly data: string;
  /** Its id, where one was sent. */
  readonly id?: string;
}

/** Largest event a parser accepts unless told otherwise: 8 MiB of text. */
export const defaultMaxEventLength: number = 8 * 1024 * 1024;

/**
 * Cuts a byte stream into server-sent events, whatever pieces it arrives in: a character or a CRLF may be split
 * between two pieces, lines may end in LF, CR or CRLF, a byte-order mark may lead.
 * Lenient in one point: an event that the end of the stream cuts off before its empty line is still delivered by
 * `end`, because several model servers forget that line.
 */
export class EventParser {
  readonly #decoder = new TextDecoder("utf-8");
  readonly #maxEventLength: number;
  #line = "";
  #afterCarriageReturn = false;
  #event: string | undefined;
  #data: string[] = [];
  #length = 0;
  #id: string | undefined;

  /** `maxEventLength` bounds one event, in UTF-16 units. */
  constructor(maxEventLength: number = defaultMaxEventLength) {
    this.#maxEventLength = maxEventLength;
  }

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last event, if the stream ended without its empty line. */
  end(): ServerSentEvent[] {
    const events = this.#read(this.#decoder.decode());
    if (this.#line !== "") this.#takeLine(this.#line);
    this.#line = "";
    const last = this.#dispatch();
    return last === undefined ? events : [...events, last];
  }

  #read(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let start = 0;
    if (this.#afterCarriageReturn && text !== "") {
      if (text.charCodeAt(0) === 10) start = 1;
      this.#afterCarriageReturn = false;
    }
    while (start < text.length) {
      const end = endOfLine(text, start);
      if (end === -1) break;
      const line = this.#line + text.slice(start, end);
      this.#line = "";
      if (line === "") {
        const event = this.#dispatch();
        if (event !== undefined) events.push(event);
      } else {
        this.#takeLine(line);
      }
      start = end + 1;
      if (text.charCodeAt(end) === 13) {
        if (start === text.length) this.#afterCarriageReturn = true;
        else if (text.charCodeAt(start) === 10) start += 1;
      }
    }
    this.#line += text.slice(start);
    this.#checkLength(this.#line.length);
    return events;
  }

  #takeLine(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // A comment, often a heartbeat.
    const field = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") {
      this.#checkLength(value.length);
      this.#length += value.length + 1;
      this.#data.push(value);
    } else if (field === "event") {
      this.#event = value;
    } else if (field === "id" && !value.includes("\0")) {
      this.#id = value;
    }
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = this.#event === undefined || this.#event === "" ? undefined : this.#event;
    const data = this.#data;
    const id = this.#id;
    this.#event = undefined;
    this.#data = [];
    this.#length = 0;
    this.#id = undefined;
    if (data.length === 0) return undefined;
    return { event, data: data.join("\n"), ...(id === undefined ? {} : { id }) };
  }

  #checkLength(more: number): void {
    if (this.#length + more <= this.#maxEventLength) return;
    throw new ModelError(
      "EVENT_TOO_LARGE",
      `One event of the stream is longer than ${this.#maxEventLength} characters. Raise the limit if the provider really sends such events.`,
    );
  }
}

function endOfLine(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 10 || code === 13) return index;
  }
  return -1;
}

/** The text of one event. Invariant: `EventParser` reads it back equal, provided `event` and `id` hold no line break. */
export function writeEvent(event: {
  readonly event?: string | undefined;
  readonly data: string;
  readonly id?: string;
}): string {
  let text = "";
  if (event.event !== undefined) text += `event: ${event.event}\n`;
  if (event.id !== undefined) text += `id: ${event.id}\n`;
  for (const line of event.data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

/** The events of a body, as they arrive. Ends with the body; leaving the loop early cancels it. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventLength: number = defaultMaxEventLength,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const parser = new EventParser(maxEventLength);
  for await (const bytes of body) yield* parser.push(bytes);
  yield* parser.end();
}
