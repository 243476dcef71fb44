import { describe, expect, it } from "vitest";
import { relayedHeaders } from "./headers.ts";

describe("a provider's headers", () => {
  it("are passed on when they are about the answer or when to come back, and no others", () => {
    const given = {
      "content-type": "application/json",
      "content-length": "7",
      "retry-after-ms": "1500",
      "x-should-retry": "false",
      "x-ratelimit-remaining-tokens": "5",
      "anthropic-ratelimit-requests-reset": "soon",
      "x-request-id": "req-1",
      "set-cookie": ["a=1", "b=2"],
      server: "uvicorn",
      connection: "keep-alive",
      "transfer-encoding": "chunked",
      "content-encoding": "gzip",
      "access-control-allow-origin": "*",
    };
    const passed = {
      "content-type": "application/json",
      "retry-after-ms": "1500",
      "x-should-retry": "false",
      "x-ratelimit-remaining-tokens": "5",
      "anthropic-ratelimit-requests-reset": "soon",
      "x-upstream-request-id": "req-1",
    };
    expect(relayedHeaders(given, true)).toEqual(passed);
    expect(relayedHeaders(given, false)).toEqual({ ...passed, "content-length": "7" });
  });
});
