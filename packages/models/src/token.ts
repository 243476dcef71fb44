/** JSON Web Tokens (RFC 7519), minted and verified. */
import { createPrivateKey, hash, type KeyObject } from "node:crypto";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  SignJWT,
} from "jose";
import { ModelError } from "./error.ts";
import { isObject } from "./message.ts";
import { type Moment, now } from "./moment.ts";

/** Signature algorithms that are accepted; `none` is not among them. */
export const tokenAlgorithms = [
  "HS256",
  "HS384",
  "HS512",
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

/** One of {@link tokenAlgorithms}. */
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** How to mint a token. */
export interface TokenRecipe {
  /** A private JWK, a JWK set, `{"private_key": "<PEM>"}`, all as JSON text, or a PEM. */
  readonly key: string;
  /** Default: the key's own `alg`, else HS256 for a secret, RS256, ES256/384/512 or EdDSA by the kind of key. */
  readonly algorithm?: TokenAlgorithm;
  /** Whom the token speaks for. */
  readonly consumer: string;
  /** The claim that holds `consumer`; default `uid`, as Alibaba Cloud's gateways read it. */
  readonly claim?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** Default 7200, at most 604800 (one week). */
  readonly lifetimeSeconds?: number;
  /** Header to send the token in; default `authorization`. */
  readonly header?: string;
  readonly prefix?: string;
}

/** A signed token for one request. `nbf` lies a minute back, for clocks that differ. */
export async function mintToken(recipe: TokenRecipe, moment: Moment = now()): Promise<string> {
  const lifetimeSeconds = recipe.lifetimeSeconds ?? 7200;
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > 604_800) {
    throw badCredential("the token's lifetime must be between 1 and 604800 seconds");
  }
  const { key, algorithm, keyId } = await importKey(recipe);
  const seconds = Math.floor(moment.nowMs / 1000);
  // The order of the claims is the order of the recorded vector; a token is compared as text in the tests.
  const claims: JWTPayload = {
    jti: moment.nonce,
    iat: seconds,
    nbf: seconds - 60,
    exp: seconds + lifetimeSeconds,
    ...(recipe.issuer === undefined ? {} : { iss: recipe.issuer }),
    ...(recipe.audience === undefined ? {} : { aud: recipe.audience }),
    [recipe.claim ?? "uid"]: recipe.consumer,
  };
  const header = { alg: algorithm, typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) };
  try {
    return await new SignJWT(claims).setProtectedHeader(header).sign(key);
  } catch (cause) {
    throw badCredential(`the key does not fit the algorithm ${algorithm}`, cause);
  }
}

async function importKey(recipe: TokenRecipe): Promise<{
  key: Awaited<ReturnType<typeof importJWK>> | KeyObject;
  algorithm: string;
  keyId: string | undefined;
}> {
  const text = recipe.key.trim();
  if (text.startsWith("-----")) return importPem(text, recipe.algorithm);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message would quote the key.
    throw badCredential("the key is neither JSON nor PEM");
  }
  if (!isObject(parsed)) throw badCredential("the key is not a JSON object");
  const pem = parsed["private_key"];
  if (typeof pem === "string") return importPem(pem.trim(), recipe.algorithm);
  const jwk = chooseKey(parsed, recipe.algorithm);
  const algorithm = recipe.algorithm ?? jwk.alg ?? algorithmOf(jwk);
  try {
    return { key: await importJWK(jwk, algorithm), algorithm, keyId: jwk.kid };
  } catch (cause) {
    throw badCredential(`the JWK cannot be read as a key for ${algorithm}`, cause);
  }
}

function importPem(
  pem: string,
  wanted: TokenAlgorithm | undefined,
): { key: KeyObject; algorithm: string; keyId: undefined } {
  let key: KeyObject;
  try {
    // Reads PKCS#8 and the older forms "RSA PRIVATE KEY" and "EC PRIVATE KEY".
    key = createPrivateKey(pem);
  } catch {
    // The cause could quote the key.
    throw badCredential("the PEM is not a private key without a password");
  }
  const algorithm = wanted ?? algorithmOf(key.export({ format: "jwk" }));
  return { key, algorithm, keyId: undefined };
}

function chooseKey(parsed: object, algorithm: TokenAlgorithm | undefined): JWK {
  const keys =
    "keys" in parsed && Array.isArray(parsed.keys) ? parsed.keys.filter(isObject) : undefined;
  if (keys === undefined) return parsed;
  const fitting = keys.find(
    (key) =>
      algorithm === undefined || key["alg"] === algorithm || keyTypeOf(algorithm) === key["kty"],
  );
  if (fitting === undefined)
    throw badCredential(`the key set holds no key for ${algorithm ?? "any algorithm"}`);
  return fitting;
}

function keyTypeOf(algorithm: TokenAlgorithm): string {
  if (algorithm === "EdDSA") return "OKP";
  return algorithm.startsWith("HS") ? "oct" : algorithm.startsWith("ES") ? "EC" : "RSA";
}

function algorithmOf(jwk: JWK): string {
  if (jwk.kty === "oct") return "HS256";
  if (jwk.kty === "RSA") return "RS256";
  if (jwk.kty === "EC")
    return jwk.crv === "P-521" ? "ES512" : jwk.crv === "P-384" ? "ES384" : "ES256";
  return "EdDSA";
}

/** Which tokens to believe. */
export interface TokenTrust {
  /** The issuer's public keys (or shared secrets), or where it publishes them. */
  readonly keys:
    | { readonly kind: "static"; readonly jwks: JSONWebKeySet }
    | { readonly kind: "remote"; readonly url: string };
  readonly algorithms: readonly TokenAlgorithm[];
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** The claim that names the consumer; default `uid`, else `sub`. */
  readonly claim?: string | undefined;
  /** Default 60. */
  readonly clockSkewSeconds?: number | undefined;
}

/** What a verifier found. */
export type TokenVerdict =
  | { readonly kind: "valid"; readonly consumer: string; readonly expiresMs: number }
  | {
      readonly kind: "invalid";
      readonly because: "expired" | "signature" | "claims" | "malformed" | "keys-unavailable";
    };

/**
 * Verifies tokens and remembers good ones for a minute at most, by their SHA-256: checking a signature costs 50 times
 * as much as the whole way through a gateway. A remembered token still ends at its own `exp`.
 * Invariant: the memory holds hashes and consumer names, never a token.
 */
export class TokenVerifier {
  readonly #trust: TokenTrust;
  readonly #keys: JWTVerifyGetKey;
  readonly #remembered = new Map<
    string,
    { consumer: string; untilMs: number; expiresMs: number }
  >();
  readonly #rememberMs: number;
  readonly #maxRemembered: number;

  /** `rememberMs` 0 verifies every time; `maxRemembered` bounds the memory, the oldest goes first. */
  constructor(trust: TokenTrust, options: { rememberMs?: number; maxRemembered?: number } = {}) {
    this.#trust = trust;
    this.#keys =
      trust.keys.kind === "static"
        ? createStaticKeys(trust.keys.jwks)
        : createRemoteKeys(new URL(trust.keys.url));
    this.#rememberMs = options.rememberMs ?? 60_000;
    this.#maxRemembered = options.maxRemembered ?? 10_000;
  }

  /** The verdict if this very token was found valid a moment ago: no signature is checked. */
  recall(token: string, nowMs: number): TokenVerdict | undefined {
    const digest = hash("sha256", token, "base64");
    const found = this.#remembered.get(digest);
    if (found === undefined) return undefined;
    if (nowMs >= found.untilMs) {
      this.#remembered.delete(digest);
      return undefined;
    }
    return { kind: "valid", consumer: found.consumer, expiresMs: found.expiresMs };
  }

  /** Checks signature, algorithm, times, issuer and audience. */
  async verify(token: string, nowMs: number = Date.now()): Promise<TokenVerdict> {
    const recalled = this.recall(token, nowMs);
    if (recalled !== undefined) return recalled;
    const skewSeconds = this.#trust.clockSkewSeconds ?? 60;
    let payload: JWTPayload;
    try {
      const result = await jwtVerify(token, this.#keys, {
        algorithms: [...this.#trust.algorithms],
        clockTolerance: skewSeconds,
        currentDate: new Date(nowMs),
        requiredClaims: ["exp"],
        ...(this.#trust.issuer === undefined ? {} : { issuer: this.#trust.issuer }),
        ...(this.#trust.audience === undefined ? {} : { audience: this.#trust.audience }),
      });
      payload = result.payload;
    } catch (error) {
      return { kind: "invalid", because: reasonOf(error) };
    }
    const consumer =
      this.#trust.claim === undefined
        ? (payload["uid"] ?? payload.sub)
        : payload[this.#trust.claim];
    if (typeof consumer !== "string" || payload.exp === undefined)
      return { kind: "invalid", because: "claims" };
    const expiresMs = (payload.exp + skewSeconds) * 1000;
    this.#remember(token, {
      consumer,
      expiresMs,
      untilMs: Math.min(nowMs + this.#rememberMs, expiresMs),
    });
    return { kind: "valid", consumer, expiresMs };
  }

  #remember(token: string, entry: { consumer: string; untilMs: number; expiresMs: number }): void {
    if (this.#rememberMs === 0) return;
    const oldest =
      this.#remembered.size >= this.#maxRemembered ? this.#remembered.keys().next() : undefined;
    if (oldest !== undefined && oldest.done !== true) this.#remembered.delete(oldest.value);
    this.#remembered.set(hash("sha256", token, "base64"), entry);
  }
}

// The library's own set refuses shared secrets, which Alibaba Cloud's gateways use by default.
function createStaticKeys(jwks: JSONWebKeySet): JWTVerifyGetKey {
  const secrets = jwks.keys.filter((key) => key.kty === "oct");
  const publicKeys = createLocalJWKSet({ keys: jwks.keys.filter((key) => key.kty !== "oct") });
  return async (header, token) => {
    if (!header.alg.startsWith("HS")) return publicKeys(header, token);
    const fitting = secrets.find(
      (key) =>
        (key.alg === undefined || key.alg === header.alg) &&
        (header.kid === undefined || key.kid === undefined || key.kid === header.kid),
    );
    if (fitting === undefined) throw new errors.JWKSNoMatchingKey();
    return importJWK(fitting, header.alg);
  };
}

/** For how long an issuer that could not be reached is not asked again, in milliseconds. */
const keysPauseMs = 1000;

// The library waits before it looks for an unknown key again, but not after a failure: whoever sends tokens could make a
// gateway besiege an issuer in trouble.
function createRemoteKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { timeoutDuration: 5000, cooldownDuration: 30_000 });
  let failure: unknown;
  let askAgainMs = 0;
  return async (header, token) => {
    if (performance.now() < askAgainMs) throw failure;
    try {
      return await keys(header, token);
    } catch (error) {
      if (reasonOf(error) === "keys-unavailable") {
        failure = error;
        askAgainMs = performance.now() + keysPauseMs;
      }
      throw error;
    }
  };
}

function reasonOf(error: unknown): Extract<TokenVerdict, { kind: "invalid" }>["because"] {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ERR_JWT_EXPIRED":
      return "expired";
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
    case "ERR_JWKS_NO_MATCHING_KEY":
    case "ERR_JWKS_MULTIPLE_MATCHING_KEYS":
    case "ERR_JOSE_ALG_NOT_ALLOWED":
      return "signature";
    case "ERR_JWT_CLAIM_VALIDATION_FAILED":
      return "claims";
    case "ERR_JWS_INVALID":
    case "ERR_JWT_INVALID":
    case "ERR_JOSE_NOT_SUPPORTED":
      return "malformed";
    default:
      return "keys-unavailable";
  }
}

function badCredential(because: string, cause?: unknown): ModelError {
  return new ModelError("INVALID_CREDENTIAL", `The request cannot be signed: ${because}.`, {
    cause,
  });
}
