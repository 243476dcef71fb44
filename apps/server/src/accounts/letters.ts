/** Letters about an account: to whom, in which language, with which link. */
import { eq } from "drizzle-orm";
import type { Language } from "@cloud-code/policy";
import type { Database } from "../database/database.ts";
import { readFor } from "../database/reading.ts";
import { type LetterKind, writeLetter } from "../mail/letters.ts";
import type { Mail } from "../mail/mail.ts";
import { usersClassified } from "./tables.ts";

/** Where a person can be written to. */
interface Addressee {
  readonly email: string;
  readonly language: Language;
}

/** Writes to the people of a service. */
export class AccountLetters {
  readonly #database: Database;
  readonly #mail: Mail;
  readonly #origin: string;

  constructor({
    database,
    mail,
    origin,
  }: {
    readonly database: Database;
    readonly mail: Mail;
    readonly origin: string;
  }) {
    this.#database = database;
    this.#mail = mail;
    this.#origin = origin;
  }

  /** Writes to a person in the background; nobody waits for it, not even for the look at who they are. */
  sendTo(userId: string, letter: LetterKind): void {
    this.#mail.sendLater(async () => {
      const addressee = await this.addresseeOf(userId);
      return addressee && writeLetter(addressee.email, addressee.language, letter);
    });
  }

  /** Writes to an address that is not, or no longer, the person's own. */
  send({ email, language }: Addressee, letter: LetterKind): void {
    this.#mail.send(writeLetter(email, language, letter));
  }

  /** A letter with a link of ours that carries a token; without one, a link alone. */
  withLink<K extends LetterKind["kind"]>(kind: K, path: string, token?: string) {
    const query = token === undefined ? "" : `?token=${encodeURIComponent(token)}`;
    return { kind, url: `${this.#origin}${path}${query}` };
  }

  /** Where a person can be written to; undefined when there is no such account. */
  async addresseeOf(userId: string): Promise<Addressee | undefined> {
    const [row] = await readFor(
      this.#database,
      "service-mail",
      usersClassified,
      ["email", "language"],
      { where: (table) => eq(table.id, userId) },
    );
    return row;
  }

  /** The language a person chose, which is known also while nothing may be written to them. */
  async languageOf(userId: string): Promise<Language> {
    const [row] = await readFor(
      this.#database,
      "remember-language",
      usersClassified,
      ["language"],
      { where: (table) => eq(table.id, userId) },
    );
    return row?.language ?? "en";
  }
}
