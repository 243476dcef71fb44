import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalize,
  digestOf,
  type HmacTrust,
  NonceStore,
  type SignedRequest,
  signRequest,
  verifyRequest,
} from "./hmac.ts";

const moment = { nowMs: 1_700_000_000_000, nonce: "1700000000" };

describe("an HMAC signature", () => {
  const get: SignedRequest = {
    method: "GET",
    url: "/Third/Tools/checkSign",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "x-ca-key": "appKey",
      "x-ca-nonce": "787dd0c2-7bd8-41cd-9c19-62c05ea524a2",
      "x-ca-timestamp": "1646365291734",
      "x-ca-signature-headers": "x-ca-key,x-ca-nonce,x-ca-timestamp",
      "x-ca-signature": "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo8=",
    },
  };
  const form: SignedRequest = {
    method: "POST",
    url: "/Third/User/getNyAccessToken?room_id=6893&uuid=uuid",
    headers: {
      ...get.headers,
      "content-type": "application/x-www-form-urlencoded",
      "x-ca-nonce": "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf",
      "x-ca-timestamp": "1646646682418",
      "x-ca-signature": "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w=",
    },
    body: "nickname=nickname&photo=photo",
  };
  const trust = (more: Partial<HmacTrust<string>> = {}): HmacTrust<string> => ({
    find: (key) => (key === "appKey" ? { secret: "appSecret", owner: "alice" } : undefined),
    nonces: new NonceStore(),
    nowMs: 1_646_365_291_734,
    hasBody: false,
    ...more,
  });
  const valid = (bodyDigest: string | null = null): object => ({
    kind: "valid",
    owner: "alice",
    bodyDigest,
  });

  it("equals Higress' three recorded ones", () => {
    expect(canonicalize(get, ["x-ca-key", "x-ca-nonce", "x-ca-timestamp"])).toBe(
      "GET\napplication/json\n\napplication/json\n\nx-ca-key:appKey\nx-ca-nonce:787dd0c2-7bd8-41cd-9c19-62c05ea524a2\nx-ca-timestamp:1646365291734\n/Third/Tools/checkSign",
    );
    expect(verifyRequest(get, trust())).toEqual(valid());
    expect(canonicalize(form, ["x-ca-key", "x-ca-nonce", "x-ca-timestamp"])).toMatch(
      /\/Third\/User\/getNyAccessToken\?nickname=nickname&photo=photo&room_id=6893&uuid=uuid$/,
    );
    expect(verifyRequest(form, trust({ nowMs: 1_646_646_682_418, hasBody: true }))).toEqual(
      valid(),
    );
    // The third signs no header, which we do not accept; its string is reproduced all the same.
    const bare = {
      ...get,
      headers: {
        ...get.headers,
        "content-type": undefined,
        "x-ca-signature-headers": "",
        "x-ca-signature": "ZpJhkHdtjLTJiR6CJWHL8ikLtPB2z6CoztG21wG3PT4=",
      },
    };
    expect(canonicalize(bare, [])).toBe("GET\napplication/json\n\n\n\n/Third/Tools/checkSign");
    expect(verifyRequest(bare, trust())).toEqual({ kind: "invalid", because: "unsigned-header" });
  });

  it("is refused with the reason when anything is missing, stale, forged or replayed", () => {
    const check = (
      headers: Record<string, string | undefined>,
      because: string,
      more: Partial<HmacTrust<string>> = {},
    ): void =>
      expect(
        verifyRequest({ ...get, headers: { ...get.headers, ...headers } }, trust(more)),
      ).toEqual({ kind: "invalid", because });
    check({ "x-ca-key": undefined }, "no-key");
    check({ "x-ca-key": "other" }, "unknown-key");
    check({ "x-ca-signature": "" }, "no-signature");
    check({ "x-ca-signature": "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo9=" }, "bad-signature");
    check({ "x-ca-signature-method": "HmacMD5" }, "unknown-method");
    check({ "x-ca-signature-headers": "x-ca-key,x-ca-nonce" }, "unsigned-header");
    check({ "x-ca-timestamp": "soon" }, "bad-timestamp");
    check({}, "clock-skew", { nowMs: 1_646_365_291_734 + 900_001 });
    check({ accept: "text/html" }, "bad-signature");
    check({}, "no-body-digest", { hasBody: true });
    const full = trust({ nonces: new NonceStore(0) });
    expect(verifyRequest(get, full)).toEqual({ kind: "invalid", because: "too-many" });
    const once = trust();
    expect(verifyRequest(get, once)).toEqual(valid());
    expect(verifyRequest(get, once)).toEqual({ kind: "invalid", because: "replayed" });
  });

  it("is not stretched over a body that calls itself a form and was not read", () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const empty: SignedRequest = { method: "POST", url: "/v1/chat/completions", headers };
    const signed = signRequest(empty, { accessKey: "appKey", secret: "appSecret" }, moment);
    const verify = (hasBody: boolean): unknown =>
      verifyRequest(
        { ...empty, headers: { ...headers, ...signed } },
        trust({ nowMs: moment.nowMs, hasBody }),
      );
    expect(verify(true)).toEqual({ kind: "invalid", because: "no-body-digest" });
    expect(verify(false)).toEqual(valid());
  });

  it("covers every byte of method, path, query, signed headers and body", () => {
    const credential = { accessKey: "appKey", secret: "appSecret" };
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    const query = fc.array(fc.tuple(text, text), { maxLength: 4 });
    fc.assert(
      fc.property(
        query,
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.constantFrom("HmacSHA256", "HmacSHA1"),
        fc.nat(),
        (pairs, body, method, place) => {
          const search = new URLSearchParams(pairs).toString();
          const request: SignedRequest = {
            method: "POST",
            url: `/v1/chat${search === "" ? "" : `?${search}`}`,
            headers: { accept: "*/*", "content-type": "application/json" },
            body,
          };
          const signed = {
            ...request,
            headers: {
              ...request.headers,
              ...signRequest(request, { ...credential, method }, moment),
            },
          };
          const verify = (changed: SignedRequest): unknown =>
            verifyRequest(changed, trust({ nowMs: moment.nowMs, hasBody: true }));
          expect(verify(signed)).toEqual(valid(digestOf(body)));
          const tampered = Uint8Array.from(body, (byte, index) =>
            index === place % body.length ? byte ^ 1 : byte,
          );
          expect(verify({ ...signed, body: tampered })).toEqual({
            kind: "invalid",
            because: "bad-body-digest",
          });
          expect(
            verify({ ...signed, url: `${signed.url}${search === "" ? "?" : "&"}added=1` }),
          ).toEqual({ kind: "invalid", because: "bad-signature" });
          expect(verify({ ...signed, method: "PUT" })).toEqual({
            kind: "invalid",
            because: "bad-signature",
          });
          expect(
            verify({ ...signed, headers: { ...signed.headers, "x-ca-nonce": "another" } }),
          ).toEqual({ kind: "invalid", because: "bad-signature" });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("never throws on hostile headers and paths", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...Object.keys(get.headers), "date", "content-md5"),
          fc.string(),
        ),
        fc.string(),
        fc.string(),
        (headers, url, body) => {
          expect(
            verifyRequest(
              { method: "POST", url, headers: { ...get.headers, ...headers }, body },
              trust({ hasBody: true }),
            ).kind,
          ).toBe("invalid");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("accepts an empty parameter written either way, and seconds for the time", () => {
    const request = {
      method: "GET",
      url: "/p?empty=&a=1",
      headers: {
        accept: "*/*",
        "x-ca-key": "appKey",
        "x-ca-nonce": "n",
        "x-ca-timestamp": "1700000000",
      },
    };
    const listed = ["x-ca-nonce", "x-ca-timestamp"];
    for (const emptyValue of ["=", ""] as const) {
      const text = canonicalize(request, listed, emptyValue);
      expect(text).toMatch(emptyValue === "=" ? /\?a=1&empty=$/ : /\?a=1&empty$/);
      const signature = createHmac("sha256", "appSecret").update(text).digest("base64");
      const headers = {
        ...request.headers,
        "x-ca-signature": signature,
        "x-ca-signature-headers": listed.join(","),
      };
      expect(verifyRequest({ ...request, headers }, trust({ nowMs: moment.nowMs }))).toEqual(
        valid(),
      );
    }
  });

  it("nonces are remembered as long as their time would be accepted, and a full store refuses", () => {
    const store = new NonceStore(2);
    expect(store.accept("a", 1000, 100)).toBe("fresh");
    expect(store.accept("a", 1199, 100)).toBe("seen");
    expect(store.accept("a", 1399, 100)).toBe("seen");
    expect(store.accept("a", 1800, 100)).toBe("fresh");
    expect(store.accept("b", 1800, 100)).toBe("fresh");
    expect(store.accept("c", 1800, 100)).toBe("full");
  });
});
