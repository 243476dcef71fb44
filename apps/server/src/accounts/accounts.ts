/** The accounts port over the library: what the library does not do itself is here, each with its reason. */
import { randomBytes, randomUUID } from "node:crypto";
import { and, eq, gt, lt, ne } from "drizzle-orm";
import type { ConsentLedger } from "../consent/ledger.ts";
import { readFor, readTogether } from "../database/reading.ts";
import { hasSqlState } from "../database/errors.ts";
import type { Database } from "../database/database.ts";
import { type LetterKind, writeLetter } from "../mail/letters.ts";
import type { Mail } from "../mail/mail.ts";
import { recordShown } from "../notices/gate.tsx";
import type { NoticeShown } from "../notices/shown.ts";
import type { NoticeStore } from "../notices/store.ts";
import { hashToken } from "./hashing.ts";
import {
  absoluteSeconds,
  createLibrary,
  type Library,
  officerIdleSeconds,
  toIdentifier,
} from "./library.ts";
import { Passkeys } from "./passkeys.ts";
import { judgePassword } from "./passwords.ts";
import type {
  Accounts,
  Browser,
  Company,
  Cookies,
  Outcome,
  Profile,
  ProfileChange,
  Role,
  SessionLine,
  SignedIn,
  SignInOutcome,
  SignUp,
} from "./port.ts";
import {
  cookieToken,
  onlyCookie,
  refuse,
  sessionToken,
  toCookieHeader,
  toCookies,
  toHeaders,
  toRefusal,
} from "./wire.ts";
import { sessions, sessionsClassified, users, usersClassified, verifications } from "./tables.ts";

/** What accounts are built from. */
export interface AccountsParts {
  readonly database: Database;
  readonly mail: Mail;
  readonly notices: NoticeStore;
  readonly origin: string;
  readonly secret: string;
  readonly ledger: ConsentLedger;
  readonly now: () => number;
  /** Waits, milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * The earliest a sign-up is answered, and a sign-in is refused. What a known address costs and an unknown one does not, a few rows, is
 * lost in it; without it a program could read the difference off the clock.
 */
const EVEN_MS = 500;

const EMAIL_CHANGE_MS = 60 * 60 * 1000;
// A code of an authenticator app is accepted for its own half minute and the ones beside it.
const USED_CODE_MS = 2 * 60 * 1000;

/** Builds the accounts of a service. */
export function createAccounts(parts: AccountsParts): Accounts {
  return new LibraryAccounts(parts);
}

class LibraryAccounts implements Accounts {
  readonly #parts: AccountsParts;
  readonly #library: Library;
  readonly #passkeys: Passkeys;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
    this.#passkeys = new Passkeys(parts);
    this.#library = createLibrary(parts.database, parts, {
      confirmEmail: ({ id }, token) =>
        this.#mail(id, this.#link("confirm-email", "/confirm", token)),
      emailKnown: ({ id }) => this.#mail(id, { kind: "email-known", url: `${parts.origin}/reset` }),
      resetPassword: ({ id }, token) =>
        this.#mail(id, this.#link("reset-password", "/reset/choose", token)),
    });
  }

  async signUp(entry: SignUp, shown: NoticeShown, browser: Browser): Promise<Outcome> {
    return this.#evenly(
      () => true,
      async () => this.#open(entry, shown, browser),
    );
  }

  async #open(entry: SignUp, shown: NoticeShown, browser: Browser): Promise<Outcome> {
    const own = [entry.username, entry.email, entry.company?.name ?? ""];
    if ((await judgePassword(entry.password, own)) !== undefined)
      return refuse("password-too-common");
    try {
      const { user } = await this.#library.api.signUpEmail({
        body: {
          name: entry.username,
          username: entry.username,
          email: entry.email,
          password: entry.password,
          language: entry.language,
          // Asked at the door (`routes.tsx`); someone too young does not get this far.
          oldEnough: true,
          ...present({
            phone: entry.phone,
            companyName: entry.company?.name,
            companyRegion: entry.company?.region,
            companyWebsite: entry.company?.website,
            companyContact: entry.company?.contact,
          }),
        },
        headers: toHeaders(browser),
      });
      // For a known address the library answers with a person who does not exist.
      if ((await this.#addressOf(user.id)) !== undefined) {
        await recordShown(this.#parts.notices, user.id, shown);
        const { ledger } = this.#parts;
        const pseudonym = await ledger.pseudonymOf(user.id);
        for (const answer of entry.allowed ?? [])
          await ledger.record(pseudonym, { ...answer, answer: "given", shown });
      }
      return { kind: "done" };
    } catch (error) {
      return refuse(toRefusal(error));
    }
  }

  async confirmEmail(token: string): Promise<Outcome> {
    try {
      await this.#library.api.verifyEmail({ query: { token } });
      return { kind: "done" };
    } catch (error) {
      return refuse(toRefusal(error) === "expired" ? "expired" : "wrong");
    }
  }

  async signIn(identifier: string, password: string, browser: Browser): Promise<SignInOutcome> {
    return this.#evenly(
      ({ kind }) => kind === "refused",
      async () => this.#enter(identifier, password, browser),
    );
  }

  async #enter(identifier: string, password: string, browser: Browser): Promise<SignInOutcome> {
    const before = sessionToken(browser);
    try {
      const headers = toHeaders({ ...browser, cookie: "" });
      const answer = identifier.includes("@")
        ? await this.#library.api.signInEmail({
            body: { email: identifier, password },
            headers,
            returnHeaders: true,
          })
        : await this.#library.api.signInUsername({
            body: { username: identifier, password },
            headers,
            returnHeaders: true,
          });
      // What an attacker may have planted in this browser beforehand ends here, too.
      if (before !== undefined) await this.#endByToken(before);
      const cookies = toCookies(answer.headers);
      if ("twoFactorRedirect" in answer.response) return { kind: "second-factor", cookies };
      if (await this.#isDisabled(answer.response.user.id)) {
        await this.endSessions(answer.response.user.id);
        return { kind: "refused", because: "wrong" };
      }
      return { kind: "signed-in", cookies };
    } catch (error) {
      const because = toRefusal(error);
      return { kind: "refused", because: because === "unconfirmed" ? because : "wrong" };
    }
  }

  async proveSecondFactor(code: string, browser: Browser) {
    const pending = cookieToken(browser, "session-pending");
    if (pending === undefined) return refuse("expired");
    if (!(await this.#useOnce(pending, code))) return refuse("wrong");
    return this.#withCookies(
      async (headers) =>
        /^\d{6}$/.test(code)
          ? this.#library.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })
          : this.#library.api.verifyBackupCode({
              body: { code },
              headers,
              returnHeaders: true,
            }),
      // A session the browser also holds would be taken for the one to prove.
      { ...browser, cookie: onlyCookie(browser, "session-pending") },
    );
  }

  async resolve(browser: Browser) {
    if (cookieToken(browser, "session") === undefined) return { signedIn: undefined, cookies: [] };
    const { headers, response } = await this.#library.api.getSession({
      headers: toHeaders(browser),
      returnHeaders: true,
    });
    const cookies = toCookies(headers);
    if (response === null) return { signedIn: undefined, cookies };
    const { session, user } = response;
    const role = user.role as Role;
    // The library stamps sessions by the machine's clock, so they are compared with that one.
    const ageMs = Date.now() - session.createdAt.getTime();
    const idleMs = Date.now() - session.updatedAt.getTime();
    const over =
      ageMs > absoluteSeconds * 1000 ||
      (role !== "person" && idleMs > officerIdleSeconds * 1000) ||
      (user.disabledAt ?? null) !== null;
    if (over) {
      await this.endSession(user.id, session.id);
      return { signedIn: undefined, cookies: [] };
    }
    const signedIn: SignedIn = {
      userId: user.id,
      sessionId: session.id,
      username: user.displayUsername ?? user.name,
      role,
      language: user.language === "zh" ? "zh" : "en",
      authenticatedMs: (session.authenticatedAt ?? session.createdAt).getTime(),
      secondFactor: user.twoFactorEnabled === true,
    };
    return { signedIn, cookies };
  }

  async signOut(browser: Browser): Promise<Cookies> {
    const { headers } = await this.#library.api.signOut({
      headers: toHeaders(browser),
      returnHeaders: true,
    });
    return toCookies(headers);
  }

  requestReset(email: string): void {
    // The letter itself is written by the library, on the way.
    this.#parts.mail.sendLater(async () => {
      await this.#library.api.requestPasswordReset({ body: { email } });
      return undefined;
    });
  }

  async resetPassword(token: string, password: string): Promise<Outcome> {
    if ((await judgePassword(password, [])) !== undefined) return refuse("password-too-common");
    try {
      await this.#library.api.resetPassword({ body: { token, newPassword: password } });
      return { kind: "done" };
    } catch {
      // Used, expired or invented: to the person it is the same, ask for a new link.
      return refuse("expired");
    }
  }

  async changePassword(current: string, next: string, browser: Browser) {
    const { signedIn } = await this.resolve(browser);
    if (signedIn === undefined) return refuse("signed-out");
    if ((await judgePassword(next, [signedIn.username])) !== undefined) {
      return refuse("password-too-common");
    }
    const outcome = await this.#withCookies(
      async (headers) =>
        this.#library.api.changePassword({
          body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
          headers,
          returnHeaders: true,
        }),
      browser,
    );
    if (outcome.kind === "done") this.#mail(signedIn.userId, { kind: "password-changed" });
    return outcome;
  }

  async authenticateAgain(password: string, browser: Browser): Promise<Outcome> {
    const { signedIn } = await this.resolve(browser);
    if (signedIn === undefined) return refuse("signed-out");
    try {
      await this.#library.api.verifyPassword({ body: { password }, headers: toHeaders(browser) });
    } catch (error) {
      return refuse(toRefusal(error));
    }
    await this.#parts.database.orm
      .update(sessions)
      .set({ authenticatedAt: new Date(this.#parts.now()) })
      .where(eq(sessions.id, signedIn.sessionId));
    return { kind: "done" };
  }

  async requestEmailChange(userId: string, email: string): Promise<void> {
    const token = randomBytes(32).toString("base64url");
    const now = new Date(this.#parts.now());
    await this.#parts.database.orm.insert(verifications).values({
      id: randomUUID(),
      identifier: hashToken(`email-change:${token}`),
      value: JSON.stringify({ userId, email: email.toLowerCase() }),
      expiresAt: new Date(now.getTime() + EMAIL_CHANGE_MS),
      createdAt: now,
      updatedAt: now,
    });
    const language = await this.#languageOf(userId);
    this.#parts.mail.send(
      writeLetter(email, language, this.#link("confirm-new-email", "/confirm/new", token)),
    );
  }

  async confirmEmailChange(token: string): Promise<Outcome> {
    const { orm } = this.#parts.database;
    const [used] = await orm
      .delete(verifications)
      .where(
        and(
          eq(verifications.identifier, hashToken(`email-change:${token}`)),
          gt(verifications.expiresAt, new Date(this.#parts.now())),
        ),
      )
      .returning({ value: verifications.value });
    if (used === undefined) return refuse("expired");
    const { userId, email } = JSON.parse(used.value) as { userId: string; email: string };
    const old = await this.#addressOf(userId);
    try {
      await orm
        .update(users)
        .set({ email, emailVerified: true, updatedAt: new Date(this.#parts.now()) })
        .where(eq(users.id, userId));
    } catch (error) {
      // The address got an account in the meantime; whose it is stays untold.
      if (hasSqlState(error, "23505")) return refuse("expired");
      throw error;
    }
    if (old !== undefined)
      this.#parts.mail.send(writeLetter(old.email, old.language, { kind: "email-changed" }));
    return { kind: "done" };
  }

  async startAuthenticator(password: string, browser: Browser) {
    try {
      const answer = await this.#library.api.enableTwoFactor({
        body: { password, method: "totp" },
        headers: toHeaders(browser),
      });
      if (answer.method !== "totp") return refuse("wrong");
      const { totpURI: uri, backupCodes: recoveryCodes } = answer;
      const secret = new URL(uri).searchParams.get("secret") ?? "";
      return { kind: "done" as const, setup: { uri, secret, recoveryCodes } };
    } catch (error) {
      return refuse(toRefusal(error));
    }
  }

  async finishAuthenticator(code: string, browser: Browser) {
    const outcome = await this.#withCookies(
      async (headers) =>
        this.#library.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }),
      browser,
    );
    return this.#tellOfFactor(outcome, browser);
  }

  async removeAuthenticator(password: string, browser: Browser) {
    const outcome = await this.#withCookies(
      async (headers) =>
        this.#library.api.disableTwoFactor({
          body: { password },
          headers,
          returnHeaders: true,
        }),
      browser,
    );
    return this.#tellOfFactor(outcome, browser);
  }

  listPasskeys: Accounts["listPasskeys"] = async (userId) => this.#passkeys.list(userId);

  startPasskey: Accounts["startPasskey"] = async ({ userId, username }) =>
    this.#passkeys.startRegistration(userId, username);

  finishPasskey: Accounts["finishPasskey"] = async (userId, name, response) => {
    const added = await this.#passkeys.finishRegistration(userId, name, response);
    if (added) this.#mail(userId, { kind: "second-factor-changed" });
    return added;
  };

  startPasskeySignIn: Accounts["startPasskeySignIn"] = async () => this.#passkeys.startSignIn();

  finishPasskeySignIn: Accounts["finishPasskeySignIn"] = async (response, browser) => {
    const before = sessionToken(browser);
    const userId = await this.#passkeys.finishSignIn(response);
    if (userId === undefined || (await this.#isDisabled(userId))) return refuse("wrong");
    if (before !== undefined) await this.#endByToken(before);
    return this.#withCookies(
      async (headers) =>
        this.#library.api.signInProven({ body: { userId }, headers, returnHeaders: true }),
      browser,
    );
  };

  removePasskey: Accounts["removePasskey"] = async (userId, id) => {
    await this.#passkeys.remove(userId, id);
    this.#mail(userId, { kind: "second-factor-changed" });
  };

  async listSessions({ userId, sessionId }: SignedIn): Promise<readonly SessionLine[]> {
    const rows = await readFor(
      this.#parts.database,
      "secure-service",
      sessionsClassified,
      ["id", "createdAt", "updatedAt", "ipAddress", "userAgent"],
      {
        where: (table) => and(eq(table.userId, userId), gt(table.expiresAt, new Date())),
      },
    );
    return rows
      .map((row) => ({
        id: row.id,
        createdAt: row.createdAt,
        lastActiveAt: row.updatedAt,
        address: row.ipAddress ?? "",
        userAgent: row.userAgent ?? "",
        current: row.id === sessionId,
      }))
      .toSorted((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime());
  }

  async endSession(userId: string, sessionId: string): Promise<void> {
    await this.#parts.database.orm
      .delete(sessions)
      .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)));
  }

  async endSessions(userId: string, except?: string): Promise<void> {
    const others = except === undefined ? undefined : ne(sessions.id, except);
    await this.#parts.database.orm.delete(sessions).where(and(eq(sessions.userId, userId), others));
  }

  async readProfile(userId: string): Promise<Profile | undefined> {
    const own = { where: (table: typeof users) => eq(table.id, userId) };
    return readTogether(this.#parts.database, async (read) => {
      const [account] = await read(
        "keep-account",
        usersClassified,
        ["displayUsername", "email", "createdAt"],
        own,
      );
      if (account === undefined) return undefined;
      const [company] = await read(
        "keep-company-profile",
        usersClassified,
        ["companyName", "companyRegion", "companyWebsite", "companyContact"],
        own,
      );
      const [recovery] = await read("recover-account", usersClassified, ["phone"], own);
      const [remembered] = await read("remember-language", usersClassified, ["language"], own);
      return {
        username: account.displayUsername,
        email: account.email,
        createdAt: account.createdAt,
        language: remembered?.language ?? "en",
        phone: recovery?.phone ?? undefined,
        company: {
          name: company?.companyName ?? undefined,
          region: company?.companyRegion ?? undefined,
          website: company?.companyWebsite ?? undefined,
          contact: company?.companyContact ?? undefined,
        },
      };
    });
  }

  async changeProfile(userId: string, change: ProfileChange): Promise<void> {
    const values = present({
      language: change.language,
      phone: emptied(change.phone),
      ...(change.company === undefined ? {} : companyColumns(change.company)),
    });
    await this.#parts.database.orm
      .update(users)
      .set({ ...values, updatedAt: new Date(this.#parts.now()) })
      .where(eq(users.id, userId));
  }

  /** Does something that must not be told apart by its speed: an answer of the kind does not come before its time. */
  async #evenly<T>(isEven: (answer: T) => boolean, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const answer = await work();
    if (isEven(answer))
      await this.#parts.pause(Math.max(0, EVEN_MS - (performance.now() - startMs)));
    return answer;
  }

  /** Runs a call of the library for its cookies; its refusals become ours. */
  async #withCookies(
    call: (headers: Headers) => Promise<{ readonly headers: Headers }>,
    browser: Browser,
  ): Promise<Outcome<{ readonly cookies: Cookies }>> {
    try {
      return { kind: "done", cookies: toCookies((await call(toHeaders(browser))).headers) };
    } catch (error) {
      return refuse(toRefusal(error));
    }
  }

  /** Notes that a code was tried for a person; false when it was before. The library accepts a code again while it is valid. */
  async #useOnce(pending: string, code: string): Promise<boolean> {
    const { orm } = this.#parts.database;
    const [challenge] = await orm
      .select({ userId: verifications.value })
      .from(verifications)
      .where(eq(verifications.identifier, toIdentifier(pending)));
    if (challenge === undefined) return true;
    const now = new Date(this.#parts.now());
    const noted = await orm
      .insert(verifications)
      .values({
        id: hashToken(`used-code:${challenge.userId}:${code}`),
        identifier: "used-code",
        value: "",
        expiresAt: new Date(now.getTime() + USED_CODE_MS),
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoUpdate({
        target: verifications.id,
        set: { expiresAt: new Date(now.getTime() + USED_CODE_MS) },
        setWhere: lt(verifications.expiresAt, now),
      })
      .returning({ id: verifications.id });
    return noted.length === 1;
  }

  async #tellOfFactor<T extends Outcome>(outcome: T, browser: Browser): Promise<T> {
    if (outcome.kind === "done") {
      const token = sessionToken(browser);
      // The library gave the browser a new session and ended the one it came with.
      const after = "cookies" in outcome ? (outcome.cookies as Cookies) : [];
      const { signedIn } = await this.resolve({ ...browser, cookie: toCookieHeader(after) });
      if (token !== undefined && signedIn !== undefined) {
        this.#mail(signedIn.userId, { kind: "second-factor-changed" });
      }
    }
    return outcome;
  }

  async #endByToken(token: string): Promise<void> {
    await this.#parts.database.orm.delete(sessions).where(eq(sessions.token, hashToken(token)));
  }

  async #isDisabled(userId: string): Promise<boolean> {
    const [row] = await readFor(this.#parts.database, "sign-in", usersClassified, ["disabledAt"], {
      where: (table) => eq(table.id, userId),
    });
    return row?.disabledAt !== null;
  }

  #link<K extends LetterKind["kind"]>(kind: K, path: string, token: string) {
    return { kind, url: `${this.#parts.origin}${path}?token=${encodeURIComponent(token)}` };
  }

  /** Writes to a person in the background; nobody waits for it. */
  #mail(userId: string, letter: LetterKind): void {
    this.#parts.mail.sendLater(async () => {
      const address = await this.#addressOf(userId);
      return address && writeLetter(address.email, address.language, letter);
    });
  }

  async #addressOf(userId: string) {
    const [row] = await readFor(
      this.#parts.database,
      "service-mail",
      usersClassified,
      ["email", "language"],
      { where: (table) => eq(table.id, userId) },
    );
    return row;
  }

  async #languageOf(userId: string) {
    const [row] = await readFor(
      this.#parts.database,
      "remember-language",
      usersClassified,
      ["language"],
      { where: (table) => eq(table.id, userId) },
    );
    return row?.language ?? "en";
  }
}

function companyColumns({ name, region, website, contact }: Company) {
  return {
    companyName: emptied(name),
    companyRegion: emptied(region),
    companyWebsite: emptied(website),
    companyContact: emptied(contact),
  };
}

function emptied(text: string | undefined): string | null | undefined {
  return text === "" ? null : text;
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
