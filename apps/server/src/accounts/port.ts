/** What the rest of the server knows of accounts. Behind it stands a library; nothing of the library shows here. */
import type { Language } from "@cloud-code/policy";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { AskedAnswer } from "../consent/chain.ts";
import type { NoticeShown } from "../notices/shown.ts";
import type { PasskeyLine } from "./passkeys.ts";

/** What a person may do beyond their own account. An officer handles requests; an auditor reads; an admin keeps the service. */
export type Role = "person" | "officer" | "auditor" | "admin";

/** Someone whose session was checked for this request. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly username: string;
  readonly role: Role;
  readonly language: Language;
  /** When the person last proved who they are, milliseconds since 1970. */
  readonly authenticatedMs: number;
  /** Whether a second factor is set up. A role other than `person` can do nothing before it is. */
  readonly secondFactor: boolean;
}

/** A browser's request, as far as accounts need it. */
export interface Browser {
  /** The `Cookie` header. */
  readonly cookie: string;
  /** The client's address, kept with a session so that its owner can recognise it. */
  readonly address: string;
  readonly userAgent: string;
}

/** What the browser is told to remember: `Set-Cookie` header values, to be sent as they are. */
export type Cookies = readonly string[];

/** What a person fills in to open an account. */
export interface SignUp {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly language: Language;
  readonly phone?: string | undefined;
  readonly company?: Company | undefined;
  /** The consents given beside the optional fields. */
  readonly allowed?: readonly AskedAnswer[];
}

/** Whom the account acts for; every part may be left out. */
export interface Company {
  readonly name?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly region?: string | undefined;
  readonly website?: string | undefined;
  readonly contact?: string | undefined;
}

/**
 * Why something was refused. `wrong` says no more on purpose: which half of a pair was wrong, and whether an account exists, is nobody
 * else's business.
 */
export type Refusal =
  | "wrong"
  | "username-taken"
  | "password-too-common"
  | "unconfirmed"
  | "expired"
  | "signed-out"
  | "already-set-up";

/** Either it was done, or why not. */
export type Outcome<Done extends object = object> =
  | ({ readonly kind: "done" } & Done)
  | { readonly kind: "refused"; readonly because: Refusal };

/** What signing in led to. */
export type SignInOutcome =
  | { readonly kind: "signed-in"; readonly cookies: Cookies }
  | { readonly kind: "second-factor"; readonly cookies: Cookies }
  | { readonly kind: "refused"; readonly because: Refusal };

/** One of a person's sessions. */
export interface SessionLine {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastActiveAt: Date;
  readonly address: string;
  readonly userAgent: string;
  readonly current: boolean;
}

/** What a person sees and changes of their own account. */
export interface Profile {
  readonly username: string;
  readonly email: string;
  readonly language: Language;
  readonly phone: string | undefined;
  readonly company: Company;
  readonly createdAt: Date;
}

/** What has to be known to set up an authenticator app. The secrets are shown once. */
export interface AuthenticatorSetup {
  /** `otpauth://` address; `secret` is the part a person can type. */
  readonly uri: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Accounts and their sessions. */
export interface Accounts {
  /**
   * Opens an account and mails a link to confirm the address. Says "done" for a known address too; its owner is told by mail. Takes
   * the proof that the notice was shown: no account comes into being without it.
   */
  readonly signUp: (entry: SignUp, shown: NoticeShown, browser: Browser) => Promise<Outcome>;
  /** Confirms the address a link was mailed to. */
  readonly confirmEmail: (token: string) => Promise<Outcome>;
  /** Checks username or e-mail address, and password. Any session the browser had is another one afterwards. */
  readonly signIn: (
    identifier: string,
    password: string,
    browser: Browser,
  ) => Promise<SignInOutcome>;
  /** Finishes a sign-in with a code of the authenticator app or a recovery code; each is good once. */
  readonly proveSecondFactor: (
    code: string,
    browser: Browser,
  ) => Promise<Outcome<{ readonly cookies: Cookies }>>;
  /** Who this browser is; the cookies renew the session or, when it is over, end it. */
  readonly resolve: (
    browser: Browser,
  ) => Promise<{ readonly signedIn: SignedIn | undefined; readonly cookies: Cookies }>;
  readonly signOut: (browser: Browser) => Promise<Cookies>;
  /**
   * Mails a link with which a new password can be chosen. Returns before it has looked whether there is an account, so neither the answer
   * nor its speed can tell.
   */
  readonly requestReset: (email: string) => void;
  /** Chooses a new password with the mailed link. Ends all sessions and does not replace the second factor. */
  readonly resetPassword: (token: string, password: string) => Promise<Outcome>;
  /** Changes the password and ends the other sessions; this one gets a new token. */
  readonly changePassword: (
    current: string,
    next: string,
    browser: Browser,
  ) => Promise<Outcome<{ readonly cookies: Cookies }>>;
  /** Checks the password again, before a change that a found-open browser must not make. */
  readonly authenticateAgain: (password: string, browser: Browser) => Promise<Outcome>;
  /** Mails a link to the new address; the address changes when it is used. */
  readonly requestEmailChange: (userId: string, email: string) => Promise<void>;
  readonly confirmEmailChange: (token: string) => Promise<Outcome>;
  readonly startAuthenticator: (
    password: string,
    browser: Browser,
  ) => Promise<Outcome<{ readonly setup: AuthenticatorSetup }>>;
  /** Turns the second factor on with a first code of the app. */
  readonly finishAuthenticator: (
    code: string,
    browser: Browser,
  ) => Promise<Outcome<{ readonly cookies: Cookies }>>;
  readonly removeAuthenticator: (
    password: string,
    browser: Browser,
  ) => Promise<Outcome<{ readonly cookies: Cookies }>>;
  readonly listPasskeys: (userId: string) => Promise<readonly PasskeyLine[]>;
  /** What the browser needs to make a passkey; good for one answer within five minutes. */
  readonly startPasskey: (signedIn: SignedIn) => Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** Keeps a passkey and tells the person by mail; false when it does not belong to a question asked of them. */
  readonly finishPasskey: (
    userId: string,
    name: string,
    response: RegistrationResponseJSON,
  ) => Promise<boolean>;
  readonly startPasskeySignIn: () => Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** Signs in with a passkey, which is two factors in one. */
  readonly finishPasskeySignIn: (
    response: AuthenticationResponseJSON,
    browser: Browser,
  ) => Promise<Outcome<{ readonly cookies: Cookies }>>;
  readonly removePasskey: (userId: string, id: string) => Promise<void>;
  readonly listSessions: (signedIn: SignedIn) => Promise<readonly SessionLine[]>;
  /** Ends one session of the person, or nothing when it is not theirs. */
  readonly endSession: (userId: string, sessionId: string) => Promise<void>;
  /** Ends every session of the person, `except` one if given. */
  readonly endSessions: (userId: string, except?: string) => Promise<void>;
  readonly readProfile: (signedIn: SignedIn) => Promise<Profile | undefined>;
  readonly changeProfile: (userId: string, change: ProfileChange) => Promise<void>;
}

/** What a person changes of their profile; what is absent stays, an empty text takes it out. */
export interface ProfileChange {
  readonly language?: Language | undefined;
  readonly phone?: string | undefined;
  readonly company?: Company | undefined;
}
