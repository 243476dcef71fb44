/** Sessions of people: whose a browser has, which ones a person has, and how they end. */
import { and, eq, gt, ne, sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { readFor } from "../database/reading.ts";
import { hashToken } from "./hashing.ts";
import {
  absoluteSeconds,
  idleSeconds,
  type Library,
  officerIdleSeconds,
  renewSeconds,
  sessionCookieName,
} from "./library.ts";
import type { Browser, Cookies, SessionLine, SignedIn } from "./port.ts";
import { sessions, sessionsClassified, users } from "./tables.ts";
import { signedCookie, toCookies, toHeaders, toRefusal } from "./wire.ts";

/** What sessions are read with. */
interface SessionParts {
  readonly database: Database;
  readonly origin: string;
  /** The library's, with which it signs the cookie. */
  readonly secret: string;
}

/** Who a browser is, and what it is told to remember. */
interface Resolved {
  readonly signedIn: SignedIn | undefined;
  readonly cookies: Cookies;
}

/** The sessions of a service. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #library: Library;
  readonly #byToken: ReturnType<typeof prepareByToken>;

  constructor(parts: SessionParts, library: Library) {
    this.#parts = parts;
    this.#library = library;
    this.#byToken = prepareByToken(parts.database);
  }

  /**
   * Who a browser is. Every request of somebody signed in asks, so it is one prepared statement for the few columns that pages need,
   * and nothing is kept between two of them: a session that was ended anywhere is over with the next request. What writes (renewing a
   * session, clearing away one that ran out) is left to the library.
   */
  async resolve(browser: Browser): Promise<Resolved> {
    const { origin, secret } = this.#parts;
    const token = signedCookie(browser, sessionCookieName(origin), secret);
    if (token === undefined) return { signedIn: undefined, cookies: [] };
    const row = await this.#find(token);
    // Before it is renewed: what renews it is a use, and with that nothing would be left of the rest.
    if (row !== undefined && isOver(row)) {
      await this.end(row.userId, row.sessionId);
      return { signedIn: undefined, cookies: [] };
    }
    if (row !== undefined && !isDue(row)) return { signedIn: toSignedIn(row), cookies: [] };
    const cookies = await this.#renew(browser);
    const renewed = await this.#find(token);
    return { signedIn: renewed && toSignedIn(renewed), cookies };
  }

  async #find(token: string): Promise<SessionRow | undefined> {
    const [row] = await this.#byToken.execute({ token: hashToken(token) });
    return row;
  }

  /** Lets the library write that the session is used, or delete it; gives the cookies that say so. */
  async #renew(browser: Browser): Promise<Cookies> {
    try {
      const { headers } = await this.#library.api.getSession({
        headers: toHeaders(browser),
        returnHeaders: true,
      });
      return toCookies(headers);
    } catch (error) {
      // It was ended elsewhere between having been read and being renewed; any other failure is thrown on.
      toRefusal(error);
      return [];
    }
  }

  /** The sessions of a person that have not run out, the latest used first. */
  async list({ userId, sessionId }: SignedIn): Promise<readonly SessionLine[]> {
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

  /** Ends one session of a person, or nothing when it is not theirs. */
  async end(userId: string, sessionId: string): Promise<void> {
    await this.#parts.database.orm
      .delete(sessions)
      .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)));
  }

  /** Ends every session of a person, `except` one if given. */
  async endAll(userId: string, except?: string): Promise<void> {
    const others = except === undefined ? undefined : ne(sessions.id, except);
    await this.#parts.database.orm.delete(sessions).where(and(eq(sessions.userId, userId), others));
  }

  /** Ends the session a browser came with. */
  async endByToken(token: string): Promise<void> {
    await this.#parts.database.orm.delete(sessions).where(eq(sessions.token, hashToken(token)));
  }

  /** Notes that the person proved who they are once more. */
  async markAuthenticated(sessionId: string, at: Date): Promise<void> {
    await this.#parts.database.orm
      .update(sessions)
      .set({ authenticatedAt: at })
      .where(eq(sessions.id, sessionId));
  }
}

type SessionRow = Awaited<ReturnType<ReturnType<typeof prepareByToken>["execute"]>>[number];

function prepareByToken({ orm }: Database) {
  return orm
    .select({
      userId: sessions.userId,
      sessionId: sessions.id,
      createdAt: sessions.createdAt,
      lastActiveAt: sessions.updatedAt,
      expiresAt: sessions.expiresAt,
      authenticatedAt: sessions.authenticatedAt,
      username: users.displayUsername,
      role: users.role,
      language: users.language,
      secondFactor: users.twoFactorEnabled,
      disabledAt: users.disabledAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.token, sql.placeholder("token")))
    .prepare("session_by_token");
}

function toSignedIn({ authenticatedAt, ...row }: SessionRow): SignedIn {
  const { userId, sessionId, username, role, language, secondFactor } = row;
  const authenticatedMs = authenticatedAt.getTime();
  return { userId, sessionId, username, role, language, secondFactor, authenticatedMs };
}

// The library stamps sessions by the machine's clock, so they are compared with that one.

/** Whether a session ran out, or its last use was so long ago that it has to be written again. */
function isDue({ expiresAt }: SessionRow): boolean {
  return expiresAt.getTime() - (idleSeconds - renewSeconds) * 1000 <= Date.now();
}

/** Whether a session ends although it was used: by its age, by a rest too long for the role, or because the account was disabled. */
function isOver({ createdAt, lastActiveAt, role, disabledAt }: SessionRow): boolean {
  const ageMs = Date.now() - createdAt.getTime();
  const idleMs = Date.now() - lastActiveAt.getTime();
  return (
    ageMs > absoluteSeconds * 1000 ||
    (role !== "person" && idleMs > officerIdleSeconds * 1000) ||
    disabledAt !== null
  );
}
