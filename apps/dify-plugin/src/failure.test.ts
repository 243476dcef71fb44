import { ModelError, modelErrorCodes, type Reply } from "@cloud-code/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PluginError } from "@cloud-code/dify-sdk";
import { toFailure, toPluginError } from "./failure.ts";

function reply(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers,
    body: (async function* () {
      yield new TextEncoder().encode(body);
    })(),
  };
}

describe("an answer without success", () => {
  it("[G4] is told in the plugin's own words, whatever it says", async () => {
    // A word no sentence of ours could hold by chance.
    const secret = fc.stringMatching(/^zq[a-z0-9]{6,12}$/);
    await fc.assert(
      fc.asyncProperty(secret, fc.integer({ min: 300, max: 599 }), async (word, status) => {
        const bodies = [
          word,
          JSON.stringify({ error: word }),
          JSON.stringify({
            error: { message: word, code: word, type: word, param: word },
            request_id: word,
          }),
          JSON.stringify({ code: word, message: word, request_id: word }),
        ];
        for (const body of bodies) {
          const failure = await toFailure(reply(status, body, { "x-request-id": word }));
          expect(JSON.stringify([failure.message, failure.details])).not.toContain(word);
          expect(failure.message).toContain(`HTTP ${status}`);
        }
      }),
    );
  });

  it("keeps a known code and a request number", async () => {
    const body = JSON.stringify({
      error: { message: "x", code: "model_not_found", type: "y" },
      request_id: "0a1b2c3d-0000-4000-8000-0123456789ab",
    });
    const failure = await toFailure(reply(404, body));
    expect(failure.message).toMatch(
      /HTTP 404 \(model_not_found\)\. .* Request 0a1b2c3d-0000-4000-8000-0123456789ab\./,
    );
  });

  it("has the name by which Dify reacts", async () => {
    const check = async (status: number, code: string): Promise<void> =>
      expect((await toFailure(reply(status, ""))).code).toBe(code);
    for (const [status, code] of [
      [401, "AUTHORIZATION"],
      [403, "AUTHORIZATION"],
      [429, "RATE_LIMIT"],
      [400, "BAD_REQUEST"],
      [404, "BAD_REQUEST"],
      [409, "BAD_REQUEST"],
      [413, "BAD_REQUEST"],
      [422, "BAD_REQUEST"],
      [302, "BAD_REQUEST"],
      [500, "SERVER_UNAVAILABLE"],
      [503, "SERVER_UNAVAILABLE"],
    ] as const) {
      await check(status, code);
    }
  });
});

describe("a failure on the way", () => {
  it("of every kind has words and repeats none of its own", () => {
    for (const code of Object.keys(modelErrorCodes)) {
      if (!isCode(code)) throw new Error("unreachable");
      const failure = toPluginError(
        new ModelError(code, "zqsecret", { param: "zq secret", cause: new Error("zqsecret") }),
      );
      expect(failure).toBeInstanceOf(PluginError);
      expect(failure.message.length, code).toBeGreaterThan(30);
      expect(failure.message).not.toContain("zq");
    }
    expect(toPluginError(new TypeError("zqsecret")).message).not.toContain("zq");
  });

  it("says which limit was hit, or the system's own code", () => {
    const check = (cause: Error, expected: string): void =>
      expect(toPluginError(new ModelError("CONNECTION_FAILED", "x", { cause })).message).toContain(
        expected,
      );
    check(Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "(ECONNREFUSED)");
    check(new Error("idle timeout"), "(idle timeout)");
    check(new Error("first byte timeout"), "(first byte timeout)");
  });

  it("in the middle of a stream counts as the status it would have had", () => {
    const check = (type: string, code: string | null, expected: string): void =>
      expect(
        toPluginError(
          new ModelError("UPSTREAM_ERROR", "x", {
            provider: { message: "m", type, code, param: null },
          }),
        ).code,
      ).toBe(expected);
    check("rate_limit_error", null, "RATE_LIMIT");
    check("x", "Throttling.RateQuota", "RATE_LIMIT");
    check("authentication_error", null, "AUTHORIZATION");
    check("permission_error", null, "AUTHORIZATION");
    check("invalid_request_error", null, "BAD_REQUEST");
    check("x", "503", "SERVER_UNAVAILABLE");
    check("x", null, "SERVER_UNAVAILABLE");
  });
});

const isCode = (text: string): text is keyof typeof modelErrorCodes =>
  Object.hasOwn(modelErrorCodes, text);
