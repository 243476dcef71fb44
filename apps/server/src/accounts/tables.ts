/** The tables of accounts. Property names are what the accounts library calls them; column names say what is in them. */
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  type PgTimestampBuilderInitial,
} from "drizzle-orm/pg-core";
import { classify } from "../database/classify.ts";

function at<Name extends string>(name: Name): PgTimestampBuilderInitial<Name> {
  return timestamp(name, { withTimezone: true, mode: "date" });
}

/** People with an account. Neither a real name nor a picture is asked for. */
export const users = pgTable("users", {
  id: text("id").primaryKey(),
  /** The library wants a name; it is the username. */
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: boolean("email_verified").notNull().default(false),
  createdAt: at("created_at").notNull(),
  updatedAt: at("updated_at").notNull(),
  /** Lower case, for comparison. */
  username: text("username").notNull().unique(),
  displayUsername: text("display_username").notNull(),
  twoFactorEnabled: boolean("second_factor").notNull().default(false),
  role: text("role", { enum: ["person", "officer", "auditor", "admin"] })
    .notNull()
    .default("person"),
  language: text("language", { enum: ["en", "zh"] })
    .notNull()
    .default("en"),
  oldEnough: boolean("old_enough").notNull(),
  phone: text("phone"),
  companyName: text("company_name"),
  companyRegion: text("company_region"),
  companyWebsite: text("company_website"),
  companyContact: text("company_contact"),
  disabledAt: at("disabled_at"),
});

export const usersClassified = classify(users, {
  id: "key",
  name: "service.username",
  email: "service.email",
  emailVerified: "service.account-state",
  createdAt: "service.account-state",
  updatedAt: "service.account-state",
  username: "service.username",
  displayUsername: "service.username",
  twoFactorEnabled: "service.account-state",
  role: "service.account-state",
  language: "service.language",
  oldEnough: "service.age-answer",
  phone: "service.phone",
  companyName: "service.company.name",
  companyRegion: "service.company.region",
  companyWebsite: "service.company.website",
  companyContact: "service.company.contact",
  disabledAt: "service.account-state",
});

const userId = () =>
  text("user_id")
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

/** Signed-in browsers. */
export const sessions = pgTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of the token in the cookie (`hashing.ts`). */
    token: text("token_hash").notNull().unique(),
    userId: userId(),
    createdAt: at("created_at").notNull(),
    updatedAt: at("last_active_at").notNull(),
    expiresAt: at("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    /** When the password or a passkey was last given in this session; changes of how one signs in ask for a recent one. */
    authenticatedAt: at("authenticated_at").notNull().defaultNow(),
  },
  (table) => [
    index("sessions_user").on(table.userId),
    index("sessions_expiry").on(table.expiresAt),
  ],
);

export const sessionsClassified = classify(sessions, {
  id: "key",
  token: "service.sessions",
  userId: "key",
  createdAt: "service.sessions",
  updatedAt: "service.sessions",
  expiresAt: "service.sessions",
  ipAddress: "service.ip-address",
  userAgent: "service.user-agent",
  authenticatedAt: "service.sessions",
});

/** How a person signs in; today always by password. */
export const credentials = pgTable(
  "credentials",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: userId(),
    password: text("password_hash"),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [index("credentials_user").on(table.userId)],
);

export const credentialsClassified = classify(credentials, {
  id: "key",
  accountId: "key",
  providerId: "state",
  userId: "key",
  password: "service.password-hash",
  createdAt: "service.account-state",
  updatedAt: "service.account-state",
});

/** One-time links and codes that were sent out and not used yet. */
export const verifications = pgTable(
  "verifications",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of what the link carries. */
    identifier: text("identifier_hash").notNull(),
    value: text("value").notNull(),
    expiresAt: at("expires_at").notNull(),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [
    index("verifications_identifier").on(table.identifier),
    index("verifications_expiry").on(table.expiresAt),
  ],
);

export const verificationsClassified = classify(verifications, {
  id: "key",
  identifier: "service.one-time-codes",
  value: "service.one-time-codes",
  expiresAt: "service.one-time-codes",
  createdAt: "service.one-time-codes",
  updatedAt: "service.one-time-codes",
});

/** Authenticator apps. Secret and recovery codes are encrypted with a key that is not in the database. */
export const secondFactors = pgTable(
  "second_factors",
  {
    id: text("id").primaryKey(),
    userId: userId(),
    secret: text("secret_encrypted").notNull(),
    backupCodes: text("recovery_codes_encrypted").notNull(),
    verified: boolean("verified").notNull().default(true),
    failedVerificationCount: integer("failed_attempts").notNull().default(0),
    lockedUntil: at("locked_until"),
  },
  (table) => [index("second_factors_user").on(table.userId)],
);

export const secondFactorsClassified = classify(secondFactors, {
  id: "key",
  userId: "key",
  secret: "service.second-factor",
  backupCodes: "service.second-factor",
  verified: "service.second-factor",
  failedVerificationCount: "service.second-factor",
  lockedUntil: "service.second-factor",
});

/** Passkeys (WebAuthn credentials). */
export const passkeys = pgTable(
  "passkeys",
  {
    /** The credential id, base64url. */
    id: text("id").primaryKey(),
    userId: userId(),
    name: text("name").notNull(),
    publicKey: text("public_key").notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    transports: text("transports").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [index("passkeys_user").on(table.userId)],
);

export const passkeysClassified = classify(passkeys, {
  id: "service.second-factor",
  userId: "key",
  name: "service.second-factor",
  publicKey: "service.second-factor",
  counter: "service.second-factor",
  transports: "service.second-factor",
  createdAt: "service.second-factor",
});

/** Companies and teams. */
export const organizations = pgTable("organizations", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  createdAt: at("created_at").notNull(),
});

export const organizationsClassified = classify(organizations, {
  id: "key",
  name: "service.organizations",
  createdAt: "service.organizations",
});

/** Who belongs to which organization, as what. */
export const members = pgTable(
  "members",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    userId: userId(),
    role: text("role", { enum: ["owner", "member", "privacy-officer", "auditor"] }).notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("members_once").on(table.organizationId, table.userId),
    index("members_user").on(table.userId),
  ],
);

export const membersClassified = classify(members, {
  id: "key",
  organizationId: "key",
  userId: "key",
  role: "service.organizations",
  createdAt: "service.organizations",
});

/** Invitations nobody has answered yet. */
export const invitations = pgTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of what the mailed link carries. */
    tokenHash: text("token_hash").notNull().unique(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    email: text("email").notNull(),
    role: text("role", { enum: ["owner", "member", "privacy-officer", "auditor"] }).notNull(),
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [
    index("invitations_organization").on(table.organizationId),
    index("invitations_email").on(table.email),
  ],
);

export const invitationsClassified = classify(invitations, {
  id: "key",
  tokenHash: "state",
  organizationId: "key",
  email: "service.email",
  role: "service.organizations",
  expiresAt: "service.organizations",
});
