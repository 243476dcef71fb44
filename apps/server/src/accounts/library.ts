/**
 * The accounts library, configured. It has no address of its own: its HTTP handler is not mounted, so the only ways in are the routes
 * we wrote, with our checks in front of each.
 */
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { twoFactor, username } from "better-auth/plugins";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { hashPassword, hashToken, verifyPassword } from "./hashing.ts";
import { hashSessionTokens } from "./tokens.ts";
import * as tables from "./tables.ts";

/** How long a session lives without being used, seconds. */
export const idleSeconds = 12 * 60 * 60;
/** How often the time of a session's last use is written, seconds. */
export const renewSeconds = 5 * 60;
/** The same for officers, auditors and admins. */
export const officerIdleSeconds = 30 * 60;
/** How long a session lives however much it is used, seconds. */
export const absoluteSeconds = 7 * 24 * 60 * 60;
/** The shortest password; there are no rules of composition, a phrase is best. */
export const minPasswordLength = 12;
/** The longest password. */
export const maxPasswordLength = 128;

/** What the library is told to mail, without the words. */
export interface LibraryMail {
  readonly confirmEmail: (user: { readonly id: string }, token: string) => void;
  readonly emailKnown: (user: { readonly id: string }) => void;
  readonly resetPassword: (user: { readonly id: string }, token: string) => void;
}

/** Gives a session to someone who proved who they are in a way the library does not know (a passkey). */
const signInProven = {
  id: "sign-in-proven",
  endpoints: {
    signInProven: createAuthEndpoint.serverOnly(
      { method: "POST", body: z.object({ userId: z.string() }) },
      async (context) => {
        const { internalAdapter } = context.context;
        const user = await internalAdapter.findUserById(context.body.userId);
        if (user === null) return { signedIn: false };
        const session = await internalAdapter.createSession(user.id);
        await setSessionCookie(context, { session, user });
        return { signedIn: true };
      },
    ),
  },
} satisfies BetterAuthPlugin;

/** The session cookie's whole name at an origin. */
export function sessionCookieName(origin: string): string {
  return cookieName(origin, "session");
}

function cookieName(origin: string, name: string): string {
  return origin.startsWith("https:") ? `__Host-${name}` : name;
}

/** Builds the library over the database. */
export function createLibrary(
  database: Database,
  {
    origin,
    secret,
    now,
  }: { readonly origin: string; readonly secret: string; readonly now: () => number },
  mail: LibraryMail,
) {
  const secure = origin.startsWith("https:");
  const cookie = (name: string) => ({
    name: cookieName(origin, name),
    attributes: { secure, httpOnly: true, sameSite: "lax" as const, path: "/" },
  });
  const adapter = drizzleAdapter(database.orm, {
    provider: "pg",
    transaction: true,
    schema: {
      user: tables.users,
      session: tables.sessions,
      account: tables.credentials,
      verification: tables.verifications,
      twoFactor: tables.secondFactors,
    },
  });
  return betterAuth({
    appName: "Cloud Code",
    baseURL: origin,
    secret,
    database: (options: BetterAuthOptions) => hashSessionTokens(adapter(options)),
    // Its messages quote addresses of people.
    logger: { disabled: true },
    telemetry: { enabled: false },
    // Limits are ours (`limits.ts`): the library's does not see calls that come from our routes.
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      autoSignIn: false,
      requireEmailVerification: true,
      minPasswordLength,
      maxPasswordLength,
      password: {
        hash: hashPassword,
        verify: async ({ hash, password }) => verifyPassword(hash, password),
      },
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: 60 * 60,
      // Nothing is awaited that talks to a mail server: its speed, or its failure, would tell who has an account.
      sendResetPassword: ({ user, token }) => Promise.resolve(mail.resetPassword(user, token)),
      onExistingUserSignUp: ({ user }) => Promise.resolve(mail.emailKnown(user)),
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: false,
      expiresIn: 24 * 60 * 60,
      sendVerificationEmail: ({ user, token }) => Promise.resolve(mail.confirmEmail(user, token)),
    },
    user: {
      additionalFields: {
        role: { type: "string", input: false, required: false, defaultValue: "person" },
        language: { type: "string", input: true, required: false, defaultValue: "en" },
        oldEnough: { type: "boolean", input: true, required: true },
        phone: { type: "string", input: true, required: false },
        companyName: { type: "string", input: true, required: false },
        companyRegion: { type: "string", input: true, required: false },
        companyWebsite: { type: "string", input: true, required: false },
        companyContact: { type: "string", input: true, required: false },
        disabledAt: { type: "date", input: false, required: false },
      },
    },
    session: {
      expiresIn: idleSeconds,
      updateAge: renewSeconds,
      freshAge: 0,
      // Would let an ended session live on for minutes.
      cookieCache: { enabled: false },
      additionalFields: {
        authenticatedAt: {
          type: "date",
          input: false,
          required: false,
          // By the service's clock, by which is judged whether it is recent.
          defaultValue: () => new Date(now()),
        },
      },
    },
    verification: { storeIdentifier: "hashed" },
    advanced: {
      useSecureCookies: false,
      cookies: {
        session_token: cookie("session"),
        two_factor: cookie("session-pending"),
        trust_device: cookie("session-trusted"),
        dont_remember: cookie("session-short"),
        session_data: cookie("session-data"),
        account_data: cookie("session-account"),
      },
      ipAddress: { ipAddressHeaders: ["x-client-address"] },
    },
    plugins: [
      username({ minUsernameLength: 3, maxUsernameLength: 32 }),
      twoFactor({ issuer: "Cloud Code" }),
      signInProven,
    ],
  });
}

/** The configured library. */
export type Library = ReturnType<typeof createLibrary>;

/** How the library names a stored link or challenge (`storeIdentifier: "hashed"`): SHA-256, base64url. */
export function toIdentifier(plain: string): string {
  return Buffer.from(hashToken(plain), "hex").toString("base64url");
}
