/**
 * Who is asking? Both halves of every answer: the side that signs and the side that verifies.
 *
 * - an API key, sent in a header and kept by the verifier as its SHA-256 only: here;
 * - a JSON Web Token (RFC 7519), minted for each request: `token.ts`;
 * - an HMAC over the request, the `x-ca-*` scheme of Alibaba Cloud API Gateway and Higress' `hmac-auth`: `hmac.ts`.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { type HmacCredential, type SignedRequest, signRequest } from "./hmac.ts";
import { type Moment, now } from "./moment.ts";
import { mintToken, type TokenRecipe } from "./token.ts";

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

function prefixed(prefix: string | undefined, header: string, value: string): string {
  const before = prefix ?? (header === "authorization" ? "Bearer" : "");
  return before === "" ? value : `${before} ${value}`;
}

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
