/**
 * RESP, the protocol of Redis, Valkey and what is compatible with them, as much of it as counters need
 * (redis.io/docs/latest/develop/reference/protocol-spec, version 2). For example
 *
 *     ["INCRBY", "k", "3"]  →  *3\r\n$6\r\nINCRBY\r\n$1\r\nk\r\n$1\r\n3\r\n
 *     :42\r\n               →  42
 */

/** What a server answers. An error is an answer: the ones behind it still follow. */
export type Reply = string | number | null | ReplyError | readonly Reply[];

/** An answer that says that a command failed. */
export class ReplyError {
  /** The first word of the message, such as `WRONGPASS`. The rest may repeat what was sent. */
  readonly code: string;

  constructor(message: string) {
    this.code = /^[A-Z]{1,32}/.exec(message)?.[0] ?? "ERR";
  }
}

/** A command's bytes. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

/** The answers to counters are short; something longer is something else. */
const maxReplyBytes = 1_048_576;
const maxDepth = 8;

/** Reads answers from bytes that arrive in any pieces. */
export class ReplyParser {
  #pending: Buffer = Buffer.alloc(0);

  /** The answers that are whole now; throws when the bytes are no RESP. */
  push(bytes: Uint8Array): Reply[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const replies: Reply[] = [];
    let start = 0;
    for (;;) {
      const found = readReply(this.#pending, start, 0);
      if (found === undefined) break;
      replies.push(found.reply);
      start = found.end;
    }
    this.#pending = this.#pending.subarray(start);
    if (this.#pending.length > maxReplyBytes) throw new Error("the answer is too long");
    return replies;
  }
}

function readReply(
  bytes: Buffer,
  start: number,
  depth: number,
): { reply: Reply; end: number } | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return undefined;
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (bytes[start]) {
    case 0x2b:
      return { reply: line, end };
    case 0x2d:
      return { reply: new ReplyError(line), end };
    case 0x3a:
      return { reply: toInteger(line), end };
    case 0x24: {
      const length = toInteger(line);
      if (length < 0) return { reply: null, end };
      if (length > maxReplyBytes) throw new Error("the answer is too long");
      if (bytes.length < end + length + 2) return undefined;
      return { reply: bytes.toString("utf8", end, end + length), end: end + length + 2 };
    }
    case 0x2a:
      return readArray(bytes, end, toInteger(line), depth);
    default:
      throw new Error("these bytes are no RESP");
  }
}

function readArray(
  bytes: Buffer,
  start: number,
  length: number,
  depth: number,
): { reply: Reply; end: number } | undefined {
  if (length < 0) return { reply: null, end: start };
  if (depth === maxDepth || length > maxReplyBytes) throw new Error("the answer is too long");
  const replies: Reply[] = [];
  let end = start;
  while (replies.length < length) {
    const found = readReply(bytes, end, depth + 1);
    if (found === undefined) return undefined;
    replies.push(found.reply);
    end = found.end;
  }
  return { reply: replies, end };
}

function toInteger(line: string): number {
  if (!/^[+-]?\d{1,19}$/.test(line)) throw new Error("these bytes are no RESP");
  return Number(line);
}
