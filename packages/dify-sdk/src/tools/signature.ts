/**
 * What makes a package this one (its checksum) and ours (its signature), as Dify's daemon computes them.
 *
 * Checksum: SHA-256 over sha256(path) ‖ sha256(content) of every file, by path. Signature: RSA PKCS#1 v1.5 with SHA-256 over
 * the contents' hashes in the order of the archive, then the time in decimal seconds; it lies in the archive's comment. Names
 * are not signed, so the signature alone says which contents were signed, and the checksum which files they are.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import type { PluginFiles } from "../declaration.ts";
import { readArchive, writeArchive } from "./archive.ts";

/** Whom the signer vouches for; shown in Dify beside the plugin. */
export type Category = "langgenius" | "partner" | "community";

/** Why a package's signature does not hold. */
export type Verification =
  | { readonly kind: "valid"; readonly signedAt: Date }
  | { readonly kind: "unsigned" }
  | { readonly kind: "invalid" };

/** Thrown for a key the daemon could not load. */
export class KeyError extends Error {
  readonly code = "KEY";
}

const verificationFile = ".verification.dify.json";

const hash = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();

/** The checksum of a package's files, in hexadecimal: the part of a plugin's unique identifier after `@`. */
export function computeChecksum(files: PluginFiles): string {
  const total = createHash("sha256");
  // By bytes, as Go sorts strings; JavaScript's own order, by UTF-16 units, differs beyond the basic plane.
  const paths = [...files.keys()]
    .map((path) => Buffer.from(path, "utf8"))
    .toSorted((left, right) => left.compare(right));
  for (const path of paths)
    total.update(hash(path)).update(hash(files.get(path.toString("utf8")) ?? ""));
  return total.digest("hex");
}

/**
 * Signs a package. The category is a file in it, so signing changes the checksum. A signature it already bears is replaced.
 * @throws KeyError when the key is not an RSA private key.
 */
export function signPackage(
  bytes: Uint8Array,
  privateKeyPem: string,
  options: { category?: Category; signedAt: Date },
): Uint8Array {
  const key = readKey(privateKeyPem, createPrivateKey);
  const files = new Map(readArchive(bytes).files);
  files.delete(verificationFile);
  files.set(
    verificationFile,
    Buffer.from(JSON.stringify({ authorized_category: options.category ?? "community" })),
  );
  const time = Math.floor(options.signedAt.getTime() / 1000);
  const signature = sign("sha256", signedBytes(files, time), key).toString("base64");
  return writeArchive({ files, comment: JSON.stringify({ signature, time }) });
}

/**
 * Says whether a package bears a signature of the key's owner over exactly these contents.
 * @throws KeyError when the key is not in the form the daemon reads.
 */
export function verifyPackage(bytes: Uint8Array, publicKeyPem: string): Verification {
  if (!/^\s*-----BEGIN RSA PUBLIC KEY-----/.test(publicKeyPem)) {
    throw new KeyError(
      'The daemon reads public keys only as "RSA PUBLIC KEY" (PKCS#1). Convert it: openssl rsa -pubin -in KEY -RSAPublicKey_out',
    );
  }
  const key = readKey(publicKeyPem, createPublicKey);
  const { files, comment } = readArchive(bytes);
  const signed = parseComment(comment);
  if (signed === null) return { kind: "unsigned" };
  const valid = verify(
    "sha256",
    signedBytes(files, signed.time),
    key,
    Buffer.from(signed.signature, "base64"),
  );
  return valid ? { kind: "valid", signedAt: new Date(signed.time * 1000) } : { kind: "invalid" };
}

/** A new pair of 4096-bit RSA keys in the PEM form the daemon reads. */
export function createKeyPair(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 4096,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}

function signedBytes(files: PluginFiles, time: number): Buffer {
  return Buffer.concat([...[...files.values()].map(hash), Buffer.from(String(time))]);
}

function parseComment(comment: string): { signature: string; time: number } | null {
  try {
    const value: unknown = JSON.parse(comment);
    if (
      typeof value !== "object" ||
      value === null ||
      !("signature" in value) ||
      !("time" in value)
    )
      return null;
    const { signature, time } = value;
    return typeof signature === "string" && Number.isInteger(time)
      ? { signature, time: Number(time) }
      : null;
  } catch {
    return null; // any other comment is not a signature
  }
}

function readKey(pem: string, create: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = create(pem);
  } catch {
    throw new KeyError("The key file is not a PEM key. Make one with: dify-sdk keys NAME"); // the cause may quote the key
  }
  if (key.asymmetricKeyType !== "rsa")
    throw new KeyError("The key is not an RSA key. Make one with: dify-sdk keys NAME");
  return key;
}
