import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import { describe, expect, it } from "vitest";
import { mintToken, tokenAlgorithms, type TokenTrust, TokenVerifier } from "./token.ts";

const moment = { nowMs: 1_700_000_000_000, nonce: "1700000000" };

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
