/** Content that only the running service can read: encrypted with a key that is not in the database. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Seals and opens with a key derived from the service's secret. */
export interface Seal {
  readonly close: (content: unknown) => string;
  /** Throws when the text was changed or sealed with another secret. */
  readonly open: (sealed: string) => unknown;
  /** A keyed hash, the same for the same text; without the secret it says nothing about it. */
  readonly hash: (text: string) => string;
}

/** Builds the seal of one use; different uses have different keys. */
export function createSeal(secret: string, use: string): Seal {
  const key = Buffer.from(hkdfSync("sha256", secret, "", `cloud-code:${use}`, 32));
  return {
    close: (content) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const body = Buffer.concat([cipher.update(JSON.stringify(content), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
      return JSON.parse(text.toString("utf8")) as unknown;
    },
    hash: (text) => createHmac("sha256", key).update(text).digest("hex"),
  };
}
