import type { IncomingHttpHeaders } from "node:http";
import {
  type HmacRefusal,
  KeyRing,
  NonceStore,
  TokenVerifier,
  type TokenTrust,
  type TokenVerdict,
  verifyRequest,
} from "@cloud-code/models";
import type { Config } from "./config/load.ts";
import { type FailureCode, GatewayFailure } from "./failure.ts";
import { Allowance } from "./limits.ts";

/** An application that may use the gateway. */
export interface Consumer {
  readonly name: string;
  readonly allowance: Allowance;
  /** Whether it may use this model. */
  mayUse(model: string): boolean;
}

/** Who asks, and the MD5 (base64) that the body must have if it was signed with one. */
export interface Identity {
  readonly consumer: Consumer;
  readonly bodyDigest: string | null;
}

/** The parts of a request that say who asks. */
export interface Introduction {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly hasBody: boolean;
}

/** What outlives a reload: what was used, and which nonces were seen. */
export interface ConsumerMemory {
  readonly allowances: Map<string, Allowance>;
  readonly nonces: NonceStore;
  /** Asks the other processes whether a nonce is new to them too; undefined when there are none. */
  readonly acceptNonce: AcceptNonce | undefined;
}

/** Says what {@link NonceStore.accept} says, of all processes that share a port. */
export type AcceptNonce = (
  nonce: string,
  maxSkewMs: number,
) => Promise<ReturnType<NonceStore["accept"]>>;

/** An empty memory. */
export function createMemory(acceptNonce: AcceptNonce | undefined): ConsumerMemory {
  return { allowances: new Map(), nonces: new NonceStore(), acceptNonce };
}

type StaticKeys = Extract<TokenTrust["keys"], { kind: "static" }>["jwks"];

interface Lent<Value> {
  readonly value: Value;
  readonly expiresMs: number;
}

/** All consumers of one configuration, and how each kind of proof leads to one of them. */
export class Consumers {
  readonly #memory: ConsumerMemory;
  readonly #byName = new Map<string, Lent<Consumer>>();
  readonly #keys = new KeyRing<Lent<Lent<Consumer>>>();
  readonly #pairs = new Map<string, { secret: string; owner: Lent<Lent<Consumer>> }>();
  readonly #issuers: { verifier: TokenVerifier; consumer: string | undefined }[];
  readonly #anonymous: Consumer | undefined;
  readonly #hmac: Config["file"]["hmac"];

  constructor(config: Config, memory: ConsumerMemory, nowMs: number = Date.now()) {
    this.#memory = memory;
    this.#hmac = config.file.hmac;
    let anonymous: Consumer | undefined;
    for (const settings of config.file.consumers) {
      const allowance = memory.allowances.get(settings.name) ?? new Allowance();
      allowance.configure(settings.limits, config.file.processes, nowMs);
      memory.allowances.set(settings.name, allowance);
      const consumer: Consumer = {
        name: settings.name,
        allowance,
        mayUse: createMatcher(settings.models),
      };
      const lent = { value: consumer, expiresMs: toMs(settings.expires) };
      this.#byName.set(settings.name, lent);
      for (const key of settings.keys)
        this.#keys.add(key.sha256, { value: lent, expiresMs: toMs(key.expires) });
      for (const pair of settings.hmac) {
        this.#pairs.set(pair.accessKey, {
          secret: config.hmacSecrets.get(pair.accessKey) ?? "",
          owner: { value: lent, expiresMs: toMs(pair.expires) },
        });
      }
      if (settings.anonymous) anonymous = consumer;
    }
    this.#anonymous = anonymous;
    this.#issuers = config.file.tokens.map((issuer, index) => ({
      consumer: issuer.consumer,
      verifier: new TokenVerifier({
        keys:
          issuer.jwksUrl === undefined
            ? { kind: "static", jwks: config.jwks[index] as StaticKeys }
            : { kind: "remote", url: issuer.jwksUrl },
        algorithms: issuer.algorithms,
        issuer: issuer.issuer,
        audience: issuer.audience,
        claim: issuer.claim,
        clockSkewSeconds: issuer.clockSkewSeconds,
      }),
    }));
  }

  /** Who sends this request; throws a GatewayFailure when that is not known. Answers at once whenever no signature of a token has to be checked. */
  identify(request: Introduction, nowMs: number): Identity | Promise<Identity> {
    const { headers } = request;
    if (headers["x-ca-key"] !== undefined || headers["x-ca-signature"] !== undefined)
      return this.#identifySigned(request, nowMs);
    const presented = presentedKey(headers);
    if (presented === undefined) return this.#identifyNobody(headers, "missing_credentials");
    if (this.#issuers.length > 0 && isToken(presented))
      return this.#identifyToken(presented, nowMs);
    const key = this.#keys.find(presented);
    if (key !== undefined && nowMs < key.expiresMs && nowMs < key.value.expiresMs)
      return { consumer: key.value.value, bodyDigest: null };
    // Many clients insist on sending some key, also to a server on their own machine that asks for none.
    return this.#identifyNobody(headers, "invalid_api_key");
  }

  #identifyNobody(headers: IncomingHttpHeaders, code: FailureCode): Identity {
    if (this.#anonymous === undefined) throw new GatewayFailure(code);
    if (!isFromHere(headers)) throw new GatewayFailure("foreign_site");
    return { consumer: this.#anonymous, bodyDigest: null };
  }

  #identifyToken(token: string, nowMs: number): Identity | Promise<Identity> {
    for (const issuer of this.#issuers) {
      const verdict = issuer.verifier.recall(token, nowMs);
      if (verdict?.kind === "valid") return this.#consumerOf(verdict, issuer.consumer, nowMs);
    }
    return this.#verifyToken(token, nowMs);
  }

  async #verifyToken(token: string, nowMs: number): Promise<Identity> {
    let because: Extract<TokenVerdict, { kind: "invalid" }>["because"] = "signature";
    for (const issuer of this.#issuers) {
      const verdict = await issuer.verifier.verify(token, nowMs);
      if (verdict.kind === "valid") return this.#consumerOf(verdict, issuer.consumer, nowMs);
      // What is most worth knowing: a genuine token that is merely late, then keys that could not be fetched.
      if (because === "signature" || verdict.because === "expired") because = verdict.because;
    }
    if (because === "keys-unavailable")
      throw new GatewayFailure("keys_unavailable", { retryAfterSeconds: 5 });
    throw new GatewayFailure("invalid_token", { detail: tokenAdvice[because] });
  }

  #consumerOf(
    verdict: Extract<TokenVerdict, { kind: "valid" }>,
    fixed: string | undefined,
    nowMs: number,
  ): Identity {
    const found = this.#byName.get(fixed ?? verdict.consumer);
    if (found === undefined || nowMs >= found.expiresMs)
      throw new GatewayFailure("unknown_consumer");
    return { consumer: found.value, bodyDigest: null };
  }

  #identifySigned(request: Introduction, nowMs: number): Identity | Promise<Identity> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === "string") headers[name] = value;
    const verdict = verifyRequest(
      { method: request.method, url: request.url, headers },
      {
        find: (accessKey) => this.#pairs.get(accessKey),
        nonces: this.#memory.nonces,
        nowMs,
        maxSkewMs: this.#hmac.maxSkewMs,
        requireBodyDigest: this.#hmac.bodyDigest === "required",
        hasBody: request.hasBody,
      },
    );
    if (verdict.kind === "invalid") throw refusedSignature(verdict.because);
    const { owner } = verdict;
    if (nowMs >= owner.expiresMs || nowMs >= owner.value.expiresMs)
      throw new GatewayFailure("invalid_signature", {
        detail: "This access key has expired. Ask the gateway's operator for a new one.",
      });
    const identity = { consumer: owner.value.value, bodyDigest: verdict.bodyDigest };
    const { acceptNonce } = this.#memory;
    if (acceptNonce === undefined) return identity;
    const nonce = `${headers["x-ca-key"] ?? ""}\n${headers["x-ca-nonce"] ?? ""}`;
    return acceptNonce(nonce, this.#hmac.maxSkewMs).then((newness) => {
      if (newness === "fresh") return identity;
      throw refusedSignature(newness === "seen" ? "replayed" : "too-many");
    });
  }
}

function refusedSignature(because: HmacRefusal): GatewayFailure {
  return because === "too-many"
    ? new GatewayFailure("overloaded", {
        detail:
          "This gateway has accepted as many signed requests as it can remember. Try again later, or use another proof.",
        retryAfterSeconds: 60,
      })
    : new GatewayFailure("invalid_signature", { detail: signatureAdvice[because] });
}

/**
 * Whether a request names this machine as the place it was sent to, and as the place of the page that sent it, if one did.
 * A person's browser lets any page send requests to programs on the same machine, and a page whose own name was made to
 * lead here may read the answers: neither of them proves anything, so without a key they are nobody.
 */
export function isFromHere({ host, origin }: IncomingHttpHeaders): boolean {
  return (
    thisMachine.test(`http://${host ?? ""}`) && (origin === undefined || thisMachine.test(origin))
  );
}

const thisMachine = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** The key or token of a request: OpenAI's header, Anthropic's, or the subprotocol that browsers use for WebSockets. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const match = /^Bearer\s+(\S+)\s*$/i.exec(authorization);
    return match?.[1] ?? "";
  }
  const key = headers["x-api-key"] ?? headers["api-key"];
  if (typeof key === "string") return key;
  const subprotocol = headers["sec-websocket-protocol"]
    ?.split(",")
    .map((name) => name.trim())
    .find((name) => name.startsWith(keyProtocol));
  return subprotocol?.slice(keyProtocol.length);
}

/** How a browser, which cannot set headers on a WebSocket, names its key. */
export const keyProtocol = "openai-insecure-api-key.";

const tokenAdvice: Readonly<
  Record<Exclude<Extract<TokenVerdict, { kind: "invalid" }>["because"], "keys-unavailable">, string>
> = {
  expired: "The token has expired, or is not valid yet. Mint a new one and check the clock.",
  signature: "The token's signature does not fit the keys and algorithms this gateway accepts.",
  claims:
    "The token lacks a claim this gateway asks for: exp, the consumer's name, and issuer or audience where they are set.",
  malformed: "What was sent is not a JSON Web Token.",
};

const signatureAdvice: Readonly<Record<Exclude<HmacRefusal, "too-many">, string>> = {
  "no-key": "The header x-ca-key is missing.",
  // The same words for both, so that nobody can try out which access keys exist.
  "unknown-key":
    "The signature does not fit. Sign the final request with the secret of this access key, as the README describes.",
  "bad-signature":
    "The signature does not fit. Sign the final request with the secret of this access key, as the README describes.",
  "no-signature": "The header x-ca-signature is missing.",
  "unknown-method": "x-ca-signature-method is neither HmacSHA256 nor HmacSHA1.",
  "unsigned-header":
    "x-ca-timestamp and x-ca-nonce must be sent and be listed in x-ca-signature-headers.",
  "bad-timestamp": "x-ca-timestamp is not a time in milliseconds since 1970.",
  "clock-skew":
    "x-ca-timestamp is too far from this gateway's clock. Check the clock of the machine that signs.",
  replayed: "This x-ca-nonce was used before. Use a fresh one for each request.",
  "no-body-digest":
    "A request with a body must send Content-MD5 (base64 of the body's MD5), which the signature covers.",
  "bad-body-digest": "The body does not match its Content-MD5.",
};

function isToken(text: string): boolean {
  return text.startsWith("eyJ") && text.split(".", 4).length === 3;
}

function toMs(date: string | undefined): number {
  return date === undefined ? Number.POSITIVE_INFINITY : Date.parse(date);
}

/** Counts a request of this consumer as begun; throws when its limits do not let it begin now. */
export function admit({ allowance }: Consumer, nowMs: number): void {
  const waitMs = allowance.begin(nowMs);
  if (waitMs === 0) return;
  throw new GatewayFailure("rate_limited", {
    detail: `This consumer's limit of ${limitNames[allowance.limitAt(nowMs)]} is reached. Wait as long as the header Retry-After says.`,
    retryAfterSeconds: Math.ceil(waitMs / 1000),
  });
}

const limitNames = {
  requests: "requests per minute",
  tokens: "tokens per minute",
  concurrent: "requests at a time",
};

/** Whether a name fits one of the patterns: a whole name, or a beginning followed by "*". */
export function createMatcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith("*"))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => exact.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}
