import { ModelError } from "./error.ts";

/** One part of a `multipart/form-data` body (RFC 7578). */
export interface FormPart {
  readonly name: string;
  /** Present when the part is a file. */
  readonly fileName?: string;
  readonly mediaType?: string;
  readonly body: Uint8Array;
}

/** A part that was read, with the place of its content in the whole body. */
export interface PlacedFormPart extends FormPart {
  /** Offset of the content's first byte. */
  readonly start: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** More parts than any speech request has; bounds the work a hostile body can cause. */
const maxParts = 64;

/**
 * A form as bytes. `boundary` must not occur in any part: pass a random one of 70 characters at most.
 * Returns the media type to send along with the body.
 */
export function writeForm(
  parts: readonly FormPart[],
  boundary: string,
): { mediaType: string; body: Uint8Array } {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(part.name)}"`;
    if (part.fileName !== undefined) head += `; filename="${escapeName(part.fileName)}"`;
    head += "\r\n";
    if (part.mediaType !== undefined)
      head += `Content-Type: ${part.mediaType.replaceAll(/[\r\n]/g, " ")}\r\n`;
    pieces.push(encoder.encode(`${head}\r\n`), part.body, encoder.encode("\r\n"));
  }
  pieces.push(encoder.encode(`--${boundary}--\r\n`));
  return { mediaType: `multipart/form-data; boundary=${boundary}`, body: joinBytes(pieces) };
}

/**
 * The parts of a form; their bodies are views into `body`, not copies.
 * Throws `INVALID_REQUEST` when the bytes are not a form.
 */
export function parseForm(body: Uint8Array, mediaType: string): PlacedFormPart[] {
  const boundary = boundaryOf(mediaType);
  if (boundary === undefined) {
    throw invalid("the Content-Type names no boundary; let the HTTP library set this header");
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: PlacedFormPart[] = [];
  // The first delimiter needs no line break before it; a preamble may precede it.
  const first = bytes.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2));
  let position = first ? delimiter.length - 2 : bytes.indexOf(delimiter);
  if (position === -1) throw invalid("the boundary of the Content-Type does not occur in the body");
  if (!first) position += delimiter.length;
  for (;;) {
    if (bytes[position] === 0x2d && bytes[position + 1] === 0x2d) return parts;
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd === -1 || bytes.subarray(position, lineEnd).toString("latin1").trim() !== "") {
      throw invalid("a boundary is not followed by a line break");
    }
    const headStart = lineEnd + 2;
    // An empty head is legal for the standard's parser but has no name, so it is refused below.
    const headEnd = bytes.indexOf("\r\n\r\n", lineEnd);
    const next = headEnd === -1 ? -1 : bytes.indexOf(delimiter, headEnd + 2);
    if (next === -1) throw invalid("the last part is not closed; the body was cut off");
    const start = headEnd + 4;
    if (headEnd < headStart || start > next) throw invalid("a part has no headers");
    const head = parseHead(decoder.decode(bytes.subarray(headStart, headEnd)));
    parts.push({ ...head, body: body.subarray(start, next), start });
    if (parts.length > maxParts) throw invalid(`it has more than ${maxParts} parts`);
    position = next + delimiter.length;
  }
}

function parseHead(head: string): { name: string; fileName?: string; mediaType?: string } {
  let disposition = "";
  let mediaType: string | undefined;
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const field = line.slice(0, colon).trim().toLowerCase();
    if (field === "content-disposition") disposition = line.slice(colon + 1);
    if (field === "content-type") mediaType = line.slice(colon + 1).trim();
  }
  const name = parameterOf(disposition, "name");
  if (name === undefined) throw invalid("a part has no name");
  const fileName = parameterOf(disposition, "filename");
  return {
    name,
    ...(fileName === undefined ? {} : { fileName }),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
}

function parameterOf(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, "i").exec(header);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : unescapeName(value);
}

function boundaryOf(mediaType: string): string | undefined {
  if (!/^\s*multipart\/form-data\s*(;|$)/i.test(mediaType)) return undefined;
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s"]{1,70}))/i.exec(mediaType);
  return match?.[1] ?? match?.[2];
}

// The escapes browsers use (WHATWG "multipart/form-data" encoding): a quote or line break becomes %22, %0D, %0A.
function escapeName(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function unescapeName(name: string): string {
  return name.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function invalid(because: string): ModelError {
  return new ModelError("INVALID_REQUEST", `The form cannot be read: ${because}.`);
}

/** One array of all bytes, in order. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
