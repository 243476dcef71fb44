import { describe, expect, it } from "vitest";
import type { SignedRequest } from "./hmac.ts";
import { authorize, createKey, hashKey, KeyRing } from "./signing.ts";

describe("an API key", () => {
  it("is found by its hash alone, for each of an owner's keys", () => {
    const ring = new KeyRing<string>();
    const [first, second] = [createKey(), createKey()];
    ring.add(hashKey(first), "alice");
    ring.add(hashKey(second).toUpperCase(), "alice");
    expect(first).toMatch(/^cck_[\w-]{43}$/);
    expect([ring.find(first), ring.find(second), ring.find(`${first}x`), ring.find("")]).toEqual([
      "alice",
      "alice",
      undefined,
      undefined,
    ]);
    expect(hashKey("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
  it("goes into the header that the endpoint reads", async () => {
    const request: SignedRequest = { method: "POST", url: "/", headers: {} };
    expect(await authorize({ kind: "key", key: "sk-1" }, request)).toEqual({
      authorization: "Bearer sk-1",
    });
    expect(await authorize({ kind: "key", key: "sk-1", header: "X-Api-Key" }, request)).toEqual({
      "x-api-key": "sk-1",
    });
    expect(
      await authorize({ kind: "key", key: "sk-1", header: "x-k", prefix: "Key" }, request),
    ).toEqual({ "x-k": "Key sk-1" });
    expect(await authorize({ kind: "none" }, request)).toEqual({});
  });
});
