/**
 * How secrets of accounts are kept: passwords as Argon2id, session tokens as SHA-256 (they are long and random already). Whoever
 * reads the database can sign in with nothing they find there.
 */
import { createHash } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

// OWASP's first recommendation: 19 MiB, two passes, one lane. The algorithm is Argon2id unless told.
const parameters = {
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** The Argon2id hash of a password, exactly as typed. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

/** Whether a hash was made with other parameters than those in force, which it carries: `$argon2id$v=19$m=19456,t=2,p=1$…`. */
export function isOutdated(hashed: string): boolean {
  const { memoryCost, timeCost, parallelism } = parameters;
  const inForce = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
  return !hashed.startsWith(inForce);
}

/** Whether a password belongs to a hash, whichever parameters that was made with. */
export async function verifyPassword(hashed: string, password: string): Promise<boolean> {
  return verify(hashed, password);
}

/** What is stored in place of a token that is long and random. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
