/**
 * Segments as bytes and back.
 *
 * Layout, little-endian: magic, version, CRC-32 of all that follows, counts, then the sections words, files, spaces (one bit a
 * token), tokens and order (three bytes each; four where a number needs it). About 6.2 bytes a token and the words once.
 * A word is written as what it adds to the word before it: they are sorted, so most share a beginning.
 * Strings are written without UTF-8, because source text may hold lone surrogates: a length, then one or two bytes a UTF-16 unit.
 */
import { CompletionError } from "./errors.ts";
import type { Segment, SegmentFile } from "./segment.ts";
import { headsOf } from "./sorting.ts";
import { FIRST_WORD } from "./vocabulary.ts";

/** Raised whenever lexing, marks or layout change, so that an index built by another release is rebuilt and never misread. */
const FORMAT_VERSION = 1;
const MAGIC = 0x47455343; // "CSEG"
const HEADER_BYTES = 12;

/** Writes a segment as bytes that `decodeSegment` reads back. */
export function encodeSegment(segment: Segment): Uint8Array {
  const writer = new Writer();
  writer.u32(MAGIC);
  writer.u32(FORMAT_VERSION);
  writer.u32(0);
  writer.u32(segment.tokens.length);
  writer.u32(segment.words.length);
  writer.u32(segment.files.length);
  let previous = "";
  for (const word of segment.words.slice(FIRST_WORD)) {
    const shared = sharedPrefix(previous, word);
    writer.varint(shared);
    writer.text(word.slice(shared));
    previous = word;
  }
  for (const file of segment.files) {
    writer.text(file.path);
    writer.text(file.stamp);
    writer.u32(file.length);
  }
  writer.bytes(segment.spaces);
  writer.numbers(segment.tokens, widthOf(segment.words.length));
  writer.numbers(segment.order, widthOf(segment.tokens.length));
  const bytes = writer.finish();
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(
    8,
    checksum(bytes.subarray(HEADER_BYTES)),
    true,
  );
  return bytes;
}

/**
 * Reads a segment back.
 *
 * @throws CompletionError `SEGMENT_VERSION` when another release wrote it, `SEGMENT_CORRUPT` when the bytes are damaged.
 */
export function decodeSegment(bytes: Uint8Array): Segment {
  const reader = new Reader(bytes);
  if (bytes.length < HEADER_BYTES || reader.u32() !== MAGIC)
    throw corrupt("it does not begin like a segment");
  const version = reader.u32();
  if (version !== FORMAT_VERSION) {
    throw new CompletionError(
      "SEGMENT_VERSION",
      `The index segment has format ${version}, this build reads ${FORMAT_VERSION}. Build the index again.`,
    );
  }
  if (reader.u32() !== checksum(bytes.subarray(HEADER_BYTES)))
    throw corrupt("its checksum does not match");
  const tokenCount = reader.u32();
  const wordCount = reader.u32();
  const fileCount = reader.u32();
  const words: string[] = Array.from({ length: FIRST_WORD }, () => "");
  while (words.length < wordCount) {
    const shared = reader.varint();
    words.push(words.at(-1)?.slice(0, shared) + reader.text());
  }
  const files: SegmentFile[] = [];
  let start = 0;
  while (files.length < fileCount) {
    const path = reader.text();
    const stamp = reader.text();
    const length = reader.u32();
    files.push({ path, stamp, start, length });
    start += length;
  }
  const spaces = reader.bytes((tokenCount + 7) >> 3).slice();
  const tokens = reader.numbers(tokenCount, widthOf(wordCount));
  const order = reader.numbers(tokenCount, widthOf(tokenCount));
  return { words, files, spaces, tokens, order, heads: headsOf(tokens, wordCount) };
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function corrupt(why: string): CompletionError {
  return new CompletionError(
    "SEGMENT_CORRUPT",
    `The index segment is damaged: ${why}. Build the index again.`,
  );
}

function widthOf(limit: number): 3 | 4 {
  return limit < 1 << 24 ? 3 : 4;
}

class Writer {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;

  u32(value: number): void {
    this.#reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.#buffer[this.#length++] = value >>> shift;
  }

  varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.#buffer[this.#length++] = rest | 128;
    this.#buffer[this.#length++] = rest;
  }

  text(value: string): void {
    let isWide = false;
    for (let i = 0; i < value.length; i++) isWide ||= value.charCodeAt(i) > 255;
    this.varint(value.length * 2 + (isWide ? 1 : 0));
    this.#reserve(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      this.#buffer[this.#length++] = unit;
      if (isWide) this.#buffer[this.#length++] = unit >>> 8;
    }
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  numbers(values: Int32Array, width: 3 | 4): void {
    this.#reserve(values.length * width);
    let at = this.#length;
    for (const value of values) {
      this.#buffer[at++] = value;
      this.#buffer[at++] = value >>> 8;
      this.#buffer[at++] = value >>> 16;
      if (width === 4) this.#buffer[at++] = value >>> 24;
    }
    this.#length = at;
  }

  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + count));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u32(): number {
    const bytes = this.bytes(4);
    return (
      ((bytes[0] as number) |
        ((bytes[1] as number) << 8) |
        ((bytes[2] as number) << 16) |
        ((bytes[3] as number) << 24)) >>>
      0
    );
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes(1)[0] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw corrupt("a length runs on");
  }

  text(): string {
    const header = this.varint();
    const width = (header & 1) + 1;
    const bytes = this.bytes((header >>> 1) * width);
    let text = "";
    for (let i = 0; i < bytes.length; i += width) {
      text += String.fromCharCode(
        (bytes[i] as number) | (width === 2 ? (bytes[i + 1] as number) << 8 : 0),
      );
    }
    return text;
  }

  bytes(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw corrupt("it ends too early");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  numbers(count: number, width: 3 | 4): Int32Array {
    const bytes = this.bytes(count * width);
    const values = new Int32Array(count);
    for (let i = 0, at = 0; i < count; i++, at += width) {
      values[i] =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        (width === 4 ? (bytes[at + 3] as number) << 24 : 0);
    }
    return values;
  }
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 (ISO 3309), as a number 0 to 2³² − 1. */
function checksum(bytes: Uint8Array): number {
  let value = -1;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 255] as number) ^ (value >>> 8);
  return ~value >>> 0;
}
