import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/**
 * Secrets at rest: AES-256-GCM (NIST SP 800-38D) under one random master key. `enc:v1:` + base64url(nonce 12 | tag 16 | text).
 */

const marker = "enc:v1:";

/** A new master key, 32 random bytes as base64url; keep it where the configuration is not. */
export function createMasterKey(): string {
  return randomBytes(32).toString("base64url");
}

/** Encrypts a secret; each time differently. Throws when the master key is none. */
export function encryptSecret(secret: string, masterKey: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", toKey(masterKey), nonce);
  const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return marker + Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url");
}

/** The secret again; throws when the key is another one or the text was changed. */
export function decryptSecret(encrypted: string, masterKey: string): string {
  const bytes = Buffer.from(encrypted.slice(marker.length), "base64url");
  if (!encrypted.startsWith(marker) || bytes.length < 28)
    throw new Error("the encrypted secret is cut off");
  const decipher = createDecipheriv("aes-256-gcm", toKey(masterKey), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new Error("the master key is another one, or the text was changed", { cause });
  }
}

function toKey(masterKey: string): Buffer {
  const key = Buffer.from(masterKey.trim(), "base64url");
  if (key.length !== 32)
    throw new Error(
      "the master key is not 32 bytes of base64url; make one with `cloud-code-gateway keys master`",
    );
  return key;
}
