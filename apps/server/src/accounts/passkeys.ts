/**
 * Passkeys: a key pair in the person's device, opened by finger, face or PIN, so that one gesture is two factors and nothing that could
 * be stolen from us. Source: Web Authentication Level 3.
 */
import { randomUUID } from "node:crypto";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { and, asc, eq, gt } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { readFor } from "../database/reading.ts";
import { hashToken } from "./hashing.ts";
import { passkeys, passkeysClassified, verifications } from "./tables.ts";

const CHALLENGE_MS = 5 * 60 * 1000;

/** A passkey in its owner's list. */
export interface PasskeyLine {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** The passkeys of all accounts. */
export class Passkeys {
  readonly #database: Database;
  readonly #origin: string;
  readonly #now: () => number;

  constructor({
    database,
    origin,
    now,
  }: {
    database: Database;
    origin: string;
    now: () => number;
  }) {
    this.#database = database;
    this.#origin = origin;
    this.#now = now;
  }

  /** The person's passkeys, oldest first. */
  async list(userId: string): Promise<readonly PasskeyLine[]> {
    return readFor(this.#database, "sign-in", passkeysClassified, ["id", "name", "createdAt"], {
      where: (table) => eq(table.userId, userId),
      orderBy: (table) => asc(table.createdAt),
    });
  }

  /** What the browser needs to make a key for the person. */
  async startRegistration(
    userId: string,
    username: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const known = await this.list(userId);
    const options = await generateRegistrationOptions({
      rpName: "Cloud Code",
      rpID: this.#host,
      userName: username,
      userID: new TextEncoder().encode(userId),
      // Who made the device is none of our business.
      attestationType: "none",
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    await this.#remember(options.challenge, userId);
    return options;
  }

  /** Keeps the key the browser made; false when the answer does not belong to a question asked of this person. */
  async finishRegistration(
    userId: string,
    name: string,
    response: RegistrationResponseJSON,
  ): Promise<boolean> {
    const checked = await checkedOrNot(async () =>
      verifyRegistrationResponse({
        response,
        expectedChallenge: async (challenge) => (await this.#recall(challenge)) === userId,
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        requireUserVerification: true,
      }),
    );
    if (checked?.verified !== true) return false;
    const { credential } = checked.registrationInfo;
    const added = await this.#database.orm
      .insert(passkeys)
      .values({
        id: credential.id,
        userId,
        name,
        publicKey: Buffer.from(credential.publicKey).toString("base64url"),
        counter: credential.counter,
        transports: (credential.transports ?? []).join(" "),
        createdAt: new Date(this.#now()),
      })
      .onConflictDoNothing();
    return added.rowCount === 1;
  }

  /** What the browser needs to sign in with any key it has for us; says nothing about who has one. */
  async startSignIn(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const options = await generateAuthenticationOptions({
      rpID: this.#host,
      userVerification: "required",
    });
    await this.#remember(options.challenge, "");
    return options;
  }

  /** Whose key signed the question; `undefined` when none of ours did. */
  async finishSignIn(response: AuthenticationResponseJSON): Promise<string | undefined> {
    const [key] = await readFor(
      this.#database,
      "sign-in",
      passkeysClassified,
      ["id", "userId", "publicKey", "counter"],
      { where: (table) => eq(table.id, response.id) },
    );
    if (key === undefined) return undefined;
    const checked = await checkedOrNot(async () =>
      verifyAuthenticationResponse({
        response,
        expectedChallenge: async (challenge) => (await this.#recall(challenge)) === "",
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        requireUserVerification: true,
        credential: {
          id: key.id,
          publicKey: new Uint8Array(Buffer.from(key.publicKey, "base64url")),
          counter: key.counter,
        },
      }),
    );
    if (checked?.verified !== true) return undefined;
    await this.#database.orm
      .update(passkeys)
      .set({ counter: checked.authenticationInfo.newCounter })
      .where(eq(passkeys.id, key.id));
    return key.userId;
  }

  /** Forgets a key of the person. */
  async remove(userId: string, id: string): Promise<void> {
    await this.#database.orm
      .delete(passkeys)
      .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)));
  }

  get #host(): string {
    return new URL(this.#origin).hostname;
  }

  async #remember(challenge: string, about: string): Promise<void> {
    const now = new Date(this.#now());
    await this.#database.orm.insert(verifications).values({
      id: randomUUID(),
      identifier: hashToken(`passkey:${challenge}`),
      value: about,
      expiresAt: new Date(now.getTime() + CHALLENGE_MS),
      createdAt: now,
      updatedAt: now,
    });
  }

  /** What a question was about, once; `undefined` for one that was not asked, is too old or was answered. */
  async #recall(challenge: string): Promise<string | undefined> {
    const [asked] = await this.#database.orm
      .delete(verifications)
      .where(
        and(
          eq(verifications.identifier, hashToken(`passkey:${challenge}`)),
          gt(verifications.expiresAt, new Date(this.#now())),
        ),
      )
      .returning({ about: verifications.value });
    return asked?.about;
  }
}

/** The library throws at what does not fit; what comes from a browser may be anything, so that is an answer, not a fault. */
async function checkedOrNot<T>(check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}
