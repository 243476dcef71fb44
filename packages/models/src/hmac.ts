/** The `x-ca-*` scheme of Alibaba Cloud API Gateway and Higress' `hmac-auth`: an HMAC over the request, made and verified. */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { type Moment, now } from "./moment.ts";

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
