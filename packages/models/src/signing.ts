/**
 * Who is asking? Both halves of every answer: the side that signs and the side that verifies.
 *
 * - an API key, sent in a header and kept by the verifier as its SHA-256 only;
 * - a JSON Web Token (RFC 7519), minted for each request;
 * - an HMAC over the request, the `x-ca-*` scheme of Alibaba Cloud API Gateway and Higress' `hmac-auth`.
 */
import {
  createHmac,
  createPrivateKey,
  hash,
  type KeyObject,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from "node:crypto";
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

/** A request as it goes over the wire: everything a signature can cover. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent, with any route prefix of a gateway; an absolute URL is read for these two. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The final bytes. Leave it out when the body is streamed: it is then not covered. */
  readonly body?: string | Uint8Array | undefined;
}

/** How a request to an endpoint proves who sends it. */
export type Credential =
  | { readonly kind: "none" }
  | {
      readonly kind: "key";
      readonly key: string;
      /** Default `authorization`. */
      readonly header?: string;
      /** Put before the key with one space; default `Bearer` for `authorization`, nothing for other headers. */
      readonly prefix?: string;
    }
  | ({ readonly kind: "jwt" } & TokenRecipe)
  | ({ readonly kind: "hmac" } & HmacCredential);

/**
 * The headers that authorize this request. The last step before the socket: sign the final bytes, add these headers,
 * change nothing afterwards.
 */
export async function authorize(
  credential: Credential,
  request: SignedRequest,
  moment: Moment = now(),
): Promise<Record<string, string>> {
  switch (credential.kind) {
    case "none":
      return {};
    case "key": {
      const header = credential.header?.toLowerCase() ?? "authorization";
      return { [header]: prefixed(credential.prefix, header, credential.key) };
    }
    case "jwt": {
      const header = credential.header?.toLowerCase() ?? "authorization";
      return { [header]: prefixed(credential.prefix, header, await mintToken(credential, moment)) };
    }
    case "hmac":
      return signRequest(request, credential, moment);
  }
}

/** The time and the random name of one signature; passed in so that a signature can be repeated. */
export interface Moment {
  readonly nowMs: number;
  /** Must never be used twice with the same key. */
  readonly nonce: string;
}

/** The present moment with a fresh nonce. */
export function now(): Moment {
  return { nowMs: Date.now(), nonce: randomUUID() };
}

function prefixed(prefix: string | undefined, header: string, value: string): string {
  const before = prefix ?? (header === "authorization" ? "Bearer" : "");
  return before === "" ? value : `${before} ${value}`;
}

// ---------------------------------------------------------------------------------------------------------------------
// API keys

/** A new API key with 256 bits of chance; shown once, never kept. */
export function createKey(prefix = "cck"): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/**
 * SHA-256 of a key in hexadecimal, the only form in which a key is kept.
 * A plain hash is enough because keys are random and long: there is no dictionary to try, and a slow hash per request
 * would be a lever for denial of service.
 */
export function hashKey(key: string): string {
  return hash("sha256", key);
}

/** Finds the owner of a presented key among kept hashes, in a time that tells nothing about the keys. */
export class KeyRing<Owner> {
  readonly #owners = new Map<string, { digest: Buffer; owner: Owner }>();

  /** Adds a key by its hash. Several keys may belong to one owner: that is how a key is rotated. */
  add(digest: string, owner: Owner): void {
    this.#owners.set(digest.toLowerCase(), { digest: Buffer.from(digest, "hex"), owner });
  }

  /** The owner, or undefined. The look-up is by hash, so its timing says nothing useful; the comparison is constant in time all the same. */
  find(key: string): Owner | undefined {
    const digest = hash("sha256", key, "buffer");
    const found = this.#owners.get(digest.toString("hex"));
    return found !== undefined && timingSafeEqual(found.digest, digest) ? found.owner : undefined;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// JSON Web Tokens

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

// ---------------------------------------------------------------------------------------------------------------------
// HMAC, the x-ca-* scheme

/** A key pair of the `x-ca-*` scheme. */
export interface HmacCredential {
  /** Sent as `x-ca-key`. */
  readonly accessKey: string;
  /** Never sent. */
  readonly secret: string;
  /** Default `HmacSHA256`. */
  readonly method?: HmacMethod;
  /** Cover the body by a signed `Content-MD5`; default true. Forms are not covered: the scheme signs their fields instead. */
  readonly bodyDigest?: boolean;
}

/** Hash of the `x-ca-*` scheme. SHA-1 stands for old clients only. */
export type HmacMethod = "HmacSHA256" | "HmacSHA1";

/** Headers that have a line of their own in the string, so they are not repeated among the listed ones. */
const positional = new Set(["accept", "content-md5", "content-type", "date"]);
const neverListed = new Set([...positional, "x-ca-signature", "x-ca-signature-headers"]);
const alwaysSigned = ["x-ca-key", "x-ca-nonce", "x-ca-signature-method", "x-ca-timestamp"] as const;

/**
 * The string that both sides sign, for example
 *
 *     GET\napplication/json\n\napplication/json\n\nx-ca-key:appKey\nx-ca-timestamp:1646365291734\n/check?a=1&b=2
 *
 * that is method, Accept, Content-MD5, Content-Type, Date (an absent one is an empty line), each listed header as
 * `name:value` in the order of names, then the path with the query's and the form's parameters, decoded and sorted;
 * of a repeated parameter the first value counts. `emptyValue` is what follows the name of an empty parameter:
 * Alibaba's servers write `name=`, their documentation `name`.
 */
export function canonicalize(
  request: SignedRequest,
  listed: readonly string[],
  emptyValue: "=" | "" = "=",
): string {
  const header = (name: string): string => request.headers[name]?.trim() ?? "";
  let text = `${request.method.toUpperCase()}\n${header("accept")}\n${header("content-md5")}\n${header("content-type")}\n${header("date")}\n`;
  const names = new Set(
    listed
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "" && !neverListed.has(name)),
  );
  for (const name of [...names].toSorted(compareText)) text += `${name}:${header(name)}\n`;
  const [path, query] = splitTarget(request.url);
  const parameters = new Map<string, string>();
  const collect = (encoded: string): void => {
    for (const [name, value] of new URLSearchParams(encoded))
      if (!parameters.has(name)) parameters.set(name, value);
  };
  collect(query);
  if (isForm(header("content-type")) && request.body !== undefined) collect(toText(request.body));
  const sorted = [...parameters].toSorted(([left], [right]) => compareText(left, right));
  const joined = sorted
    .map(([name, value]) => (value === "" ? name + emptyValue : `${name}=${value}`))
    .join("&");
  return text + path + (joined === "" ? "" : `?${joined}`);
}

/** The `x-ca-*` headers, and `content-md5` for a body, that sign this request. Add them all; change nothing afterwards. */
export function signRequest(
  request: SignedRequest,
  credential: HmacCredential,
  moment: Moment = now(),
): Record<string, string> {
  const method = credential.method ?? "HmacSHA256";
  const added: Record<string, string> = {
    "x-ca-key": credential.accessKey,
    "x-ca-nonce": moment.nonce,
    "x-ca-signature-method": method,
    "x-ca-timestamp": String(moment.nowMs),
  };
  const covered =
    request.body !== undefined &&
    request.body.length > 0 &&
    !isForm(request.headers["content-type"] ?? "");
  if (covered && credential.bodyDigest !== false)
    added["content-md5"] = digestOf(request.body ?? "");
  const signed = { ...request, headers: { ...request.headers, ...added } };
  added["x-ca-signature-headers"] = alwaysSigned.join(",");
  added["x-ca-signature"] = hmac(
    method,
    credential.secret,
    canonicalize(signed, alwaysSigned),
  ).toString("base64");
  return added;
}

/** Why a signature was not accepted. Tells the caller what to repair, never what the server computed. */
export type HmacRefusal =
  | "no-key"
  | "unknown-key"
  | "no-signature"
  | "unknown-method"
  | "unsigned-header"
  | "bad-timestamp"
  | "clock-skew"
  | "bad-signature"
  | "replayed"
  | "too-many"
  | "no-body-digest"
  | "bad-body-digest";

/** What a verifier found; `bodyDigest` is the signed MD5 (base64) that the body must have, null when none was sent. */
export type HmacVerdict<Owner> =
  | { readonly kind: "valid"; readonly owner: Owner; readonly bodyDigest: string | null }
  | { readonly kind: "invalid"; readonly because: HmacRefusal };

/** What a verifier needs beside the request. */
export interface HmacTrust<Owner> {
  /** The secret and the owner of an access key, or undefined. */
  find(accessKey: string): { readonly secret: string; readonly owner: Owner } | undefined;
  readonly nonces: NonceStore;
  readonly nowMs: number;
  /** How far the clocks may differ; the scheme's usual 15 minutes when not given. */
  readonly maxSkewMs?: number;
  /** Refuse a request with a body whose digest is not part of the signature; default true. A form that is given whole is covered by its fields. */
  readonly requireBodyDigest?: boolean;
  /** Whether the request has a body, when it was not read yet. */
  readonly hasBody: boolean;
}

/**
 * Verifies everything but the body itself, so that it can run before the body was read; compare the body with
 * {@link digestOf} against the verdict's `bodyDigest` before the last byte goes on.
 * Stricter than Higress: time and nonce must be there and be signed, a nonce is accepted once, comparison is constant
 * in time and nothing of the server's string is given away.
 */
export function verifyRequest<Owner>(
  request: SignedRequest,
  trust: HmacTrust<Owner>,
): HmacVerdict<Owner> {
  const refuse = (because: HmacRefusal): HmacVerdict<Owner> => ({ kind: "invalid", because });
  const header = (name: string): string => request.headers[name]?.trim() ?? "";
  const accessKey = header("x-ca-key");
  if (accessKey === "") return refuse("no-key");
  const signature = header("x-ca-signature");
  if (signature === "") return refuse("no-signature");
  const method = header("x-ca-signature-method") || "HmacSHA256";
  if (method !== "HmacSHA256" && method !== "HmacSHA1") return refuse("unknown-method");
  const listed = header("x-ca-signature-headers")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  if (
    !listed.includes("x-ca-timestamp") ||
    !listed.includes("x-ca-nonce") ||
    header("x-ca-nonce") === ""
  )
    return refuse("unsigned-header");
  const stamp = header("x-ca-timestamp");
  if (!/^\d{9,16}$/.test(stamp)) return refuse("bad-timestamp");
  // Fewer than 13 digits are seconds, as Alibaba's servers read them.
  const sentMs = stamp.length < 13 ? Number(stamp) * 1000 : Number(stamp);
  const maxSkewMs = trust.maxSkewMs ?? 900_000;
  if (Math.abs(trust.nowMs - sentMs) > maxSkewMs) return refuse("clock-skew");
  const found = trust.find(accessKey);
  // An unknown key costs the same work as a wrong signature, so that the time taken does not tell them apart.
  const genuine = isSignedBy(request, listed, method, found?.secret ?? "", signature);
  if (found === undefined) return refuse("unknown-key");
  if (!genuine) return refuse("bad-signature");
  const bodyDigest = header("content-md5") || null;
  // A form's fields are part of what is signed, but only of a body that is here to be read.
  const covered =
    bodyDigest !== null || (request.body !== undefined && isForm(header("content-type")));
  if (!covered && trust.hasBody && trust.requireBodyDigest !== false)
    return refuse("no-body-digest");
  if (
    request.body !== undefined &&
    bodyDigest !== null &&
    !sameText(digestOf(request.body), bodyDigest)
  )
    return refuse("bad-body-digest");
  // Last, so that a forged request cannot use up an honest one's nonce.
  const nonce = `${accessKey}\n${header("x-ca-nonce")}`;
  const newness = trust.nonces.accept(nonce, trust.nowMs, maxSkewMs);
  if (newness !== "fresh") return refuse(newness === "seen" ? "replayed" : "too-many");
  return { kind: "valid", owner: found.owner, bodyDigest };
}

function isSignedBy(
  request: SignedRequest,
  listed: readonly string[],
  method: HmacMethod,
  secret: string,
  signature: string,
): boolean {
  const standard = canonicalize(request, listed, "=");
  if (sameText(hmac(method, secret, standard).toString("base64"), signature)) return true;
  const documented = canonicalize(request, listed, "");
  return (
    documented !== standard &&
    sameText(hmac(method, secret, documented).toString("base64"), signature)
  );
}

/**
 * Remembers which nonces were used, for as long as their timestamps could still be accepted. Two generations are kept
 * and dropped whole, so a nonce costs one set entry and no timer. Of each nonce 48 bits of its SHA-256 are kept, in 40
 * bytes: among a million of them one fresh nonce in 280 million is taken for a used one.
 */
export class NonceStore {
  readonly #maxEntries: number;
  #young = new Set<number>();
  #old = new Set<number>();
  #youngSinceMs = 0;

  /** Default 1,000,000 per generation, 550 a second with the usual skew; when it is full, requests are refused until the generation ends: failing open would allow replays. */
  constructor(maxEntries = 1_000_000) {
    this.#maxEntries = maxEntries;
  }

  /** "fresh" the first time, "seen" within the next two `maxSkewMs`; "full" when no more can be remembered. */
  accept(nonce: string, nowMs: number, maxSkewMs: number): "fresh" | "seen" | "full" {
    // A timestamp is accepted from -skew to +skew, so a nonce matters for twice the skew.
    const generationMs = 2 * maxSkewMs;
    if (nowMs - this.#youngSinceMs >= generationMs) {
      this.#old = nowMs - this.#youngSinceMs >= 2 * generationMs ? new Set() : this.#young;
      this.#young = new Set();
      this.#youngSinceMs = nowMs;
    }
    const digest = hash("sha256", nonce, "buffer").readUIntBE(0, 6);
    if (this.#young.has(digest) || this.#old.has(digest)) return "seen";
    if (this.#young.size >= this.#maxEntries) return "full";
    this.#young.add(digest);
    return "fresh";
  }
}

/** Base64 of the body's MD5, the value of `Content-MD5`. MD5 is what the scheme prescribes; under the HMAC it only ties the body to the signature. */
export function digestOf(body: string | Uint8Array): string {
  return hash("md5", body, "base64");
}

/** Compares two texts in a time that depends on their lengths only. */
export function sameText(left: string, right: string): boolean {
  const one = Buffer.from(left);
  const other = Buffer.from(right);
  return one.length === other.length && timingSafeEqual(one, other);
}

function hmac(method: HmacMethod, secret: string, text: string): Buffer {
  return createHmac(method === "HmacSHA1" ? "sha1" : "sha256", secret)
    .update(text, "utf8")
    .digest();
}

function splitTarget(url: string): [path: string, query: string] {
  const target = url.startsWith("/") ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  const withoutFragment = target.split("#", 1)[0] ?? "";
  const mark = withoutFragment.indexOf("?");
  const path = mark === -1 ? withoutFragment : withoutFragment.slice(0, mark);
  return [path === "" ? "/" : path, mark === -1 ? "" : withoutFragment.slice(mark + 1)];
}

function isForm(mediaType: string): boolean {
  return mediaType.trim().toLowerCase().startsWith("application/x-www-form-urlencoded");
}

function toText(body: string | Uint8Array): string {
  return typeof body === "string"
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function badCredential(because: string, cause?: unknown): ModelError {
  return new ModelError("INVALID_CREDENTIAL", `The request cannot be signed: ${because}.`, {
    cause,
  });
}
