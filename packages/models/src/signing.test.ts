import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { exportJWK } from "jose";
import { describe, expect, it } from "vitest";
import {
  authorize,
  canonicalize,
  createKey,
  digestOf,
  hashKey,
  type HmacTrust,
  KeyRing,
  mintToken,
  NonceStore,
  type SignedRequest,
  signRequest,
  tokenAlgorithms,
  type TokenTrust,
  TokenVerifier,
  verifyRequest,
} from "./signing.ts";

const moment = { nowMs: 1_700_000_000_000, nonce: "1700000000" };

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

describe("a token", () => {
  const secret = {
    kty: "oct",
    k: Buffer.from("0123456789abcdef0123456789abcdef").toString("base64url"),
  };

  it("equals the recorded one", async () => {
    expect(await mintToken({ key: JSON.stringify(secret), consumer: "consumer-a" }, moment)).toBe(
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiIxNzAwMDAwMDAwIiwiaWF0IjoxNzAwMDAwMDAwLCJuYmYiOjE2OTk5OTk5NDAsImV4cCI6MTcwMDAwNzIwMCwidWlkIjoiY29uc3VtZXItYSJ9.Ap4vMcPEULIN8RDo3o4kPqgTIvzoxmQTKhS5sETRrso",
    );
  });

  it.each(tokenAlgorithms)(
    "signed with %s is verified with the public half alone",
    async (algorithm) => {
      const { privateJwk, publicJwk, pems } = await makeKey(algorithm);
      const verifier = new TokenVerifier(
        {
          keys: { kind: "static", jwks: { keys: [publicJwk] } },
          algorithms: [algorithm],
          issuer: "me",
        },
        { rememberMs: 0 },
      );
      const forms = [
        JSON.stringify(privateJwk),
        JSON.stringify({ keys: [privateJwk] }),
        ...pems.flatMap((pem) => [pem, JSON.stringify({ private_key: pem })]),
      ];
      for (const key of forms) {
        const token = await mintToken({ key, algorithm, consumer: "alice", issuer: "me" }, moment);
        expect(await verifier.verify(token, moment.nowMs)).toEqual({
          kind: "valid",
          consumer: "alice",
          expiresMs: moment.nowMs + 7_260_000,
        });
        expect(await verifier.verify(token, moment.nowMs + 7_261_000)).toEqual({
          kind: "invalid",
          because: "expired",
        });
        const at = token.lastIndexOf(".") + 5;
        const forged = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
        expect(await verifier.verify(forged, moment.nowMs)).toMatchObject({ kind: "invalid" });
      }
    },
  );

  it("is refused for a wrong algorithm, issuer, claim or form, and `none` is never accepted", async () => {
    const keys: TokenTrust["keys"] = { kind: "static", jwks: { keys: [secret] } };
    const verdict = async (trust: object, recipe: object): Promise<unknown> =>
      new TokenVerifier({ keys, algorithms: ["HS256"], ...trust }).verify(
        await mintToken({ key: JSON.stringify(secret), consumer: "a", ...recipe }, moment),
        moment.nowMs,
      );
    expect(await verdict({}, {})).toMatchObject({ kind: "valid", consumer: "a" });
    expect(await verdict({ algorithms: ["HS512"] }, {})).toEqual({
      kind: "invalid",
      because: "signature",
    });
    expect(await verdict({ issuer: "them" }, {})).toEqual({ kind: "invalid", because: "claims" });
    expect(await verdict({ audience: "us" }, { audience: "others" })).toEqual({
      kind: "invalid",
      because: "claims",
    });
    expect(await verdict({ claim: "team" }, {})).toEqual({ kind: "invalid", because: "claims" });
    expect(await verdict({ claim: "team" }, { claim: "team" })).toMatchObject({ consumer: "a" });
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"uid":"a","exp":1900000000}').toString("base64url")}.`;
    expect(
      await new TokenVerifier({ keys, algorithms: ["HS256"] }).verify(none, moment.nowMs),
    ).toMatchObject({ kind: "invalid" });
    expect(
      await new TokenVerifier({ keys, algorithms: ["HS256"] }).verify("nonsense", moment.nowMs),
    ).toEqual({ kind: "invalid", because: "malformed" });
  });

  it("that was verified is remembered until it expires, and the memory is bounded", async () => {
    const verifier = new TokenVerifier(
      {
        keys: { kind: "static", jwks: { keys: [secret] } },
        algorithms: ["HS256"],
        clockSkewSeconds: 0,
      },
      { maxRemembered: 2 },
    );
    const mint = (nonce: string): Promise<string> =>
      mintToken(
        { key: JSON.stringify(secret), consumer: "a", lifetimeSeconds: 30 },
        { ...moment, nonce },
      );
    const token = await mint("1");
    expect(verifier.recall(token, moment.nowMs)).toBeUndefined();
    await verifier.verify(token, moment.nowMs);
    expect(verifier.recall(token, moment.nowMs + 29_999)).toMatchObject({ kind: "valid" });
    expect(verifier.recall(token, moment.nowMs + 30_000)).toBeUndefined();
    await verifier.verify(token, moment.nowMs);
    for (const nonce of ["2", "3"]) await verifier.verify(await mint(nonce), moment.nowMs);
    expect(verifier.recall(token, moment.nowMs)).toBeUndefined();
  });

  it("does not besiege an issuer that cannot give its keys, however many are sent", async () => {
    let asked = 0;
    const issuer = createServer((_, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
    const { port } = issuer.address() as AddressInfo;
    const verifier = new TokenVerifier({
      keys: { kind: "remote", url: `http://127.0.0.1:${port}/jwks` },
      algorithms: ["RS256"],
    });
    const token = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.e30.AA`;
    const began = performance.now();
    for (let count = 0; count < 50; count += 1)
      expect(await verifier.verify(token)).toEqual({
        kind: "invalid",
        because: "keys-unavailable",
      });
    // Once, and once more for each second that passed.
    expect(asked).toBeLessThanOrEqual(2 + (performance.now() - began) / 1000);
    issuer.close();
  });

  it("cannot be minted from a wrong key, and the refusal does not quote the key", async () => {
    for (const key of [
      "SECRETKEY",
      '{"kty":"oct","k":',
      "-----BEGIN SECRETKEY-----",
      '{"keys":[]}',
      '["SECRETKEY"]',
    ]) {
      const failure = await mintToken({ key, consumer: "a" }, moment).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: "INVALID_CREDENTIAL" });
      expect(String(failure)).not.toContain("SECRETKEY");
    }
  });
});

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

async function makeKey(
  algorithm: string,
): Promise<{ privateJwk: object; publicJwk: object; pems: readonly string[] }> {
  if (algorithm.startsWith("HS")) {
    const jwk = { kty: "oct", k: Buffer.alloc(64, 7).toString("base64url"), alg: algorithm };
    return { privateJwk: jwk, publicJwk: jwk, pems: [] };
  }
  const curve = ({ ES256: "P-256", ES384: "P-384", ES512: "P-521" } as Record<string, string>)[
    algorithm
  ];
  const pair =
    curve !== undefined
      ? generateKeyPairSync("ec", { namedCurve: curve })
      : algorithm === "EdDSA"
        ? generateKeyPairSync("ed25519")
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    privateJwk: { ...(await exportJWK(pair.privateKey)), alg: algorithm, kid: "k1" },
    publicJwk: { ...(await exportJWK(pair.publicKey)), alg: algorithm, kid: "k1" },
    pems: [
      pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      // What openssl wrote before 3.0.
      ...(curve !== undefined
        ? [pair.privateKey.export({ type: "sec1", format: "pem" }).toString()]
        : algorithm === "EdDSA"
          ? []
          : [pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString()]),
    ],
  };
}
