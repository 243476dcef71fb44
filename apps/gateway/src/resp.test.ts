import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCommand, type Reply, ReplyError, ReplyParser } from "./resp.ts";

function check(text: string, expected: readonly Reply[]): void {
  // Whole, and byte by byte.
  expect(new ReplyParser().push(Buffer.from(text))).toEqual(expected);
  const parser = new ReplyParser();
  expect([...Buffer.from(text)].flatMap((byte) => parser.push(Buffer.of(byte)))).toEqual(expected);
}

describe("answers of a counter store", () => {
  it("are read in every form", () => {
    check("+OK\r\n:42\r\n:-1\r\n", ["OK", 42, -1]);
    check("$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n", ["a\r\nbc", "", null]);
    check("*2\r\n:1\r\n*1\r\n$1\r\nx\r\n*-1\r\n", [[1, ["x"]], null]);
    check("-WRONGPASS invalid username-password pair\r\n", [new ReplyError("WRONGPASS x")]);
  });
  it("say of an error only its code, because the rest may repeat a password", () => {
    expect(new ReplyError("ERR AUTH <password> called with secret").code).toBe("ERR");
    expect(JSON.stringify(new ReplyError("NOAUTH secret"))).toBe('{"code":"NOAUTH"}');
  });
  it("that are none are refused", () => {
    for (const text of [
      "HTTP/1.1 400 Bad Request\r\n",
      ":x\r\n",
      "$99999999999\r\n",
      "*1\r\n".repeat(20),
    ])
      expect(() => new ReplyParser().push(Buffer.from(text))).toThrow(/RESP|too long/);
  });
  it("may be any bytes without harm", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
        const parser = new ReplyParser();
        try {
          for (const piece of pieces) parser.push(piece);
        } catch (error) {
          expect(String(error)).toMatch(/RESP|too long/);
        }
      }),
    );
  });
});

describe("commands", () => {
  it("arrive word by word as they were sent", () => {
    // A command is itself an array of strings, so the parser reads it.
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (words) => {
        expect(new ReplyParser().push(Buffer.from(encodeCommand(words)))).toEqual([words]);
      }),
    );
  });
});
