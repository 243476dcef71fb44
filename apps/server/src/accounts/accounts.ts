/** The accounts port over the library: what the library does not do itself is here, each with its reason. */
import { eq } from "drizzle-orm";
import type { ConsentLedger } from "../consent/ledger.ts";
import type { Database } from "../database/database.ts";
import { readFor } from "../database/reading.ts";
import { describeError, type Log } from "../log.ts";
import type { Mail } from "../mail/mail.ts";
import { recordShown } from "../notices/gate.tsx";
import type { NoticeShown } from "../notices/shown.ts";
import type { NoticeStore } from "../notices/store.ts";
import { confirmEmailChange, requestEmailChange } from "./address.ts";
import { useOnce } from "./codes.ts";
import { AccountLetters } from "./letters.ts";
import { createLibrary, type Library } from "./library.ts";
import { Passkeys } from "./passkeys.ts";
import { judgePassword } from "./passwords.ts";
import type { Accounts, Browser, Cookies, Outcome, SignInOutcome, SignUp } from "./port.ts";
import { changeProfile, readProfile } from "./profile.ts";
import { Sessions } from "./sessions.ts";
import { strengthenHash } from "./strengthen.ts";
import { usersClassified } from "./tables.ts";
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

/** What accounts are built from. */
export interface AccountsParts {
  readonly database: Database;
  readonly mail: Mail;
  readonly notices: NoticeStore;
  readonly origin: string;
  readonly secret: string;
  readonly ledger: ConsentLedger;
  readonly log: Log;
  readonly now: () => number;
  /** Waits, milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * The earliest a sign-up is answered, and a sign-in is refused. What a known address costs and an unknown one does not, a few rows, is
 * lost in it; without it a program could read the difference off the clock.
 */
const EVEN_MS = 500;

/** Builds the accounts of a service. */
export function createAccounts(parts: AccountsParts): Accounts {
  return new LibraryAccounts(parts);
}

class LibraryAccounts implements Accounts {
  readonly #parts: AccountsParts;
  readonly #library: Library;
  readonly #sessions: Sessions;
  readonly #passkeys: Passkeys;
  readonly #letters: AccountLetters;

  constructor(parts: AccountsParts) {
    const letters = new AccountLetters(parts);
    this.#parts = parts;
    this.#letters = letters;
    this.#passkeys = new Passkeys(parts);
    this.#library = createLibrary(parts.database, parts, {
      confirmEmail: ({ id }, token) =>
        letters.sendTo(id, letters.withLink("confirm-email", "/confirm", token)),
      emailKnown: ({ id }) => letters.sendTo(id, letters.withLink("email-known", "/reset")),
      resetPassword: ({ id }, token) =>
        letters.sendTo(id, letters.withLink("reset-password", "/reset/choose", token)),
    });
    this.#sessions = new Sessions(parts, this.#library);
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
      if ((await this.#letters.addresseeOf(user.id)) !== undefined) {
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
      if (before !== undefined) await this.#sessions.endByToken(before);
      const cookies = toCookies(answer.headers);
      await this.#strengthen(identifier, password);
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

  async #strengthen(identifier: string, password: string): Promise<void> {
    const { database, log, now } = this.#parts;
    try {
      await strengthenHash(database, identifier, password, new Date(now()));
    } catch (error) {
      // Whoever gave the right password is let in; the next sign-in tries again.
      log.write({ event: "failed", route: "strengthen-hash", ...describeError(error) });
    }
  }

  async proveSecondFactor(code: string, browser: Browser) {
    const pending = cookieToken(browser, "session-pending");
    if (pending === undefined) return refuse("expired");
    const now = new Date(this.#parts.now());
    if (!(await useOnce(this.#parts.database, pending, code, now))) return refuse("wrong");
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

  resolve: Accounts["resolve"] = async (browser) => this.#sessions.resolve(browser);

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
    if (outcome.kind === "done")
      this.#letters.sendTo(signedIn.userId, { kind: "password-changed" });
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
    await this.#sessions.markAuthenticated(signedIn.sessionId, new Date(this.#parts.now()));
    return { kind: "done" };
  }

  requestEmailChange: Accounts["requestEmailChange"] = async (userId, email) =>
    requestEmailChange({ ...this.#parts, letters: this.#letters }, userId, email);

  confirmEmailChange: Accounts["confirmEmailChange"] = async (token) =>
    confirmEmailChange({ ...this.#parts, letters: this.#letters }, token);

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
    if (added) this.#letters.sendTo(userId, { kind: "second-factor-changed" });
    return added;
  };

  startPasskeySignIn: Accounts["startPasskeySignIn"] = async () => this.#passkeys.startSignIn();

  finishPasskeySignIn: Accounts["finishPasskeySignIn"] = async (response, browser) => {
    const before = sessionToken(browser);
    const userId = await this.#passkeys.finishSignIn(response);
    if (userId === undefined || (await this.#isDisabled(userId))) return refuse("wrong");
    if (before !== undefined) await this.#sessions.endByToken(before);
    return this.#withCookies(
      async (headers) =>
        this.#library.api.signInProven({ body: { userId }, headers, returnHeaders: true }),
      browser,
    );
  };

  removePasskey: Accounts["removePasskey"] = async (userId, id) => {
    await this.#passkeys.remove(userId, id);
    this.#letters.sendTo(userId, { kind: "second-factor-changed" });
  };

  listSessions: Accounts["listSessions"] = async (signedIn) => this.#sessions.list(signedIn);

  endSession: Accounts["endSession"] = async (userId, sessionId) =>
    this.#sessions.end(userId, sessionId);

  endSessions: Accounts["endSessions"] = async (userId, except) =>
    this.#sessions.endAll(userId, except);

  readProfile: Accounts["readProfile"] = async (signedIn) =>
    readProfile(this.#parts.database, signedIn);

  changeProfile: Accounts["changeProfile"] = async (userId, change) =>
    changeProfile(this.#parts.database, userId, change, new Date(this.#parts.now()));

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

  async #tellOfFactor<T extends Outcome>(outcome: T, browser: Browser): Promise<T> {
    if (outcome.kind === "done") {
      const token = sessionToken(browser);
      // The library gave the browser a new session and ended the one it came with.
      const after = "cookies" in outcome ? (outcome.cookies as Cookies) : [];
      const { signedIn } = await this.resolve({ ...browser, cookie: toCookieHeader(after) });
      if (token !== undefined && signedIn !== undefined) {
        this.#letters.sendTo(signedIn.userId, { kind: "second-factor-changed" });
      }
    }
    return outcome;
  }

  async #isDisabled(userId: string): Promise<boolean> {
    const [row] = await readFor(this.#parts.database, "sign-in", usersClassified, ["disabledAt"], {
      where: (table) => eq(table.id, userId),
    });
    return row?.disabledAt !== null;
  }
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
