import { PassThrough } from "node:stream";
import { setImmediate as immediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader, type Refusal } from "./transport.ts";

interface Read {
  readonly messages: unknown[];
  readonly refusals: Refusal[];
}

async function read(chunks: readonly (string | Uint8Array)[]): Promise<Read> {
  const input = new PassThrough();
  const refusals: Refusal[] = [];
  const messages: unknown[] = [];
  new FrameReader(input, (refusal) => refusals.push(refusal)).listen((message) =>
    messages.push(message),
  );
  for (const chunk of chunks) input.write(chunk);
  await immediate();
  return { messages, refusals };
}

function frame(message: unknown, length?: number): string {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  return `Content-Length: ${length ?? Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const hello = { jsonrpc: "2.0", method: "hello", params: { text: "héllo 𝕏 你好" } };
const question = { jsonrpc: "2.0", id: 1, method: "ask" };

/** Whatever the input, the messages that follow it must arrive, and each run of nonsense is refused with these codes. */
async function check(
  input: readonly string[],
  expected: { codes: number[]; messages: unknown[] },
): Promise<void> {
  const { messages, refusals } = await read(input);
  expect({ codes: refusals.map(({ code }) => code), messages }).toEqual(expected);
}

describe("the frame reader", () => {
  it("reads messages wherever the stream is cut", async () => {
    const bytes = Buffer.from(frame(hello) + frame(question) + frame(hello));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await read(chunks)).toEqual({ messages: [hello, question, hello], refusals: [] });
      }),
    );
  });

  it("accepts other header fields, in any order and case", async () => {
    const body = JSON.stringify(question);
    const header = `content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:${body.length}\r\n\r\n`;
    await check([header + body], { codes: [], messages: [question] });
  });

  it("gets back into step after noise, which it refuses once", async () => {
    await check([`what is this?\n${frame(question)}`], { codes: [-32700], messages: [question] });
    await check([`GET / HTTP/1.1\r\nHost: x\r\n\r\n${frame(question)}`], {
      codes: [-32700],
      messages: [question],
    });
    await check(["x".repeat(100_000), "y".repeat(100_000), frame(question)], {
      codes: [-32700],
      messages: [question],
    });
    await check([`Content-Length: much\r\n\r\n${frame(question)}`], {
      codes: [-32700],
      messages: [question],
    });
    await check([frame("{not json}") + frame(question)], { codes: [-32700], messages: [question] });
  });

  it("survives lengths that lie", async () => {
    await check([frame(hello, 5) + frame(question)], { codes: [-32700], messages: [question] });
    await check([frame(hello, 120) + frame(question) + frame(question)], {
      codes: [-32700],
      messages: [question, question],
    });
    await check([frame(hello, 9_999_999_999) + frame(question)], {
      codes: [-32700],
      messages: [question],
    });
    await check([frame(hello, -5) + frame(question)], { codes: [-32700], messages: [question] });
  });

  it("refuses what is JSON and no message, with the id where there is one", async () => {
    const refused = async (message: unknown): Promise<unknown> =>
      (await read([frame(message)])).refusals;
    const invalid = (id: unknown): unknown => [{ code: -32600, id }];
    expect(await refused([question])).toEqual(invalid(null));
    expect(await refused("7")).toEqual(invalid(null));
    expect(await refused({ id: 4, method: "ask" })).toEqual(invalid(4));
    expect(await refused({ jsonrpc: "2.0", id: "a", method: 7 })).toEqual(invalid("a"));
    expect(await refused({ jsonrpc: "2.0", id: "a", method: "ask", params: "text" })).toEqual(
      invalid("a"),
    );
    expect(await refused({ jsonrpc: "2.0", id: { a: 1 }, method: "ask" })).toEqual(invalid(null));
  });

  it("puts nothing of what it could not read into its refusals", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (noise) => {
        const { messages, refusals } = await read([`${noise}SECRET\r\n\r\n`, frame(question)]);
        expect(JSON.stringify(refusals)).not.toContain("SECRET");
        expect(messages).toEqual([question]);
      }),
    );
  });

  it("reads a message of many megabytes in time that grows with its size", async () => {
    const large = { jsonrpc: "2.0", method: "open", params: { text: "x".repeat(50_000_000) } };
    const bytes = Buffer.from(frame(large));
    const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
      bytes.subarray(index * 65_536, (index + 1) * 65_536),
    );
    const { messages } = await read(chunks);
    expect(JSON.stringify(messages[0]).length).toBeGreaterThan(50_000_000);
  });
});
