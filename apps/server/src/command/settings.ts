/** What the environment and the options say, checked before anything is opened. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Operator, unnamedOperator } from "@cloud-code/policy";
import { z } from "zod";
import type { MailServer } from "../mail/mail.ts";

/** Everything a command may need to know. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly directory: string;
  readonly databaseUrl: string | undefined;
  /** `undefined`: this computer, at the port that was taken. */
  readonly origin: string | undefined;
  readonly trustedProxies: number;
  readonly mailServer: MailServer | undefined;
  readonly mailFrom: string;
  readonly operator: Operator;
  readonly optionalCookies: readonly "display"[];
}

/** A setting that cannot be used; the message names it and says what it should be. */
export class SettingError extends Error {
  readonly code = "setting-invalid";
}

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, "two capital letters of ISO 3166-1, like IE or CN")
  .optional();

const text = z.object({ en: z.string().min(1), zh: z.string().min(1) });
const operatorSchema = z.object({
  name: text,
  contact: text,
  contactUrl: z.string().optional(),
  country,
  timeZone: z.string().refine(isTimeZone, "a name of the time zone database").optional(),
  processors: z.array(z.object({ name: z.string(), task: text, place: text })).optional(),
});

const variables = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  CLOUD_CODE_HOST: z.string().default("127.0.0.1"),
  CLOUD_CODE_DATA_DIR: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "an address like postgres://user:password@host/name")
    .optional(),
  CLOUD_CODE_ORIGIN: z
    .string()
    .regex(/^https?:\/\/[^/\s]+$/, "scheme and host without a path, like https://code.example.com")
    .optional(),
  CLOUD_CODE_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  CLOUD_CODE_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "an address like smtps://user:password@host:465")
    .optional(),
  CLOUD_CODE_MAIL_FROM: z.string().default("cloud-code@localhost"),
  CLOUD_CODE_SMTP_COUNTRY: country,
  CLOUD_CODE_COUNTRY: country,
  CLOUD_CODE_TIME_ZONE: z
    .string()
    .refine(isTimeZone, "a name of the time zone database, like Europe/Dublin or Asia/Shanghai")
    .optional(),
  CLOUD_CODE_OPERATOR_FILE: z.string().optional(),
  CLOUD_CODE_OPTIONAL_COOKIES: z
    .enum(["display"], { error: "`display`, or nothing for necessary cookies only" })
    .optional(),
});

/** Reads the settings; an option of the command line wins over its variable. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  options: { readonly port?: string | undefined; readonly "data-dir"?: string | undefined },
): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  if (options.port !== undefined) given["PORT"] = options.port;
  if (options["data-dir"] !== undefined) given["CLOUD_CODE_DATA_DIR"] = options["data-dir"];
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SettingError(`${String(issue?.path[0])}: ${issue?.message ?? ""}`);
  }
  const { data } = parsed;
  const operator: Operator = {
    ...readOperator(data.CLOUD_CODE_OPERATOR_FILE),
    ...(data.CLOUD_CODE_COUNTRY === undefined ? {} : { country: data.CLOUD_CODE_COUNTRY }),
    ...(data.CLOUD_CODE_TIME_ZONE === undefined ? {} : { timeZone: data.CLOUD_CODE_TIME_ZONE }),
  };
  if (data.CLOUD_CODE_ORIGIN?.startsWith("https:") === true) requirePlace(operator);
  const home = environment["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share");
  return {
    port: data.PORT,
    host: data.CLOUD_CODE_HOST,
    directory: resolve(data.CLOUD_CODE_DATA_DIR ?? join(home, "cloud-code-server")),
    databaseUrl: data.DATABASE_URL,
    origin: data.CLOUD_CODE_ORIGIN,
    trustedProxies: data.CLOUD_CODE_TRUSTED_PROXIES,
    mailServer: readMailServer(data.CLOUD_CODE_SMTP_URL, data.CLOUD_CODE_SMTP_COUNTRY, operator),
    mailFrom: data.CLOUD_CODE_MAIL_FROM,
    operator,
    optionalCookies:
      data.CLOUD_CODE_OPTIONAL_COOKIES === undefined ? [] : [data.CLOUD_CODE_OPTIONAL_COOKIES],
  };
}

/** A service for others runs no clock of the law before it knows whose days it counts. */
function requirePlace({ country: established, timeZone }: Operator): void {
  if (established === undefined)
    throw new SettingError(
      "CLOUD_CODE_COUNTRY: say where the operator is established, like IE. Legal deadlines count the working days and holidays of that country.",
    );
  if (timeZone === undefined)
    throw new SettingError(
      "CLOUD_CODE_TIME_ZONE: say where the operator's day ends, like Europe/Dublin. Legal deadlines end with a day there.",
    );
}

/** The mail server with its country; one on this computer is where the operator is. */
function readMailServer(
  url: string | undefined,
  given: string | undefined,
  operator: Operator,
): MailServer | undefined {
  if (url === undefined) return undefined;
  const own = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);
  const known = given ?? (own ? operator.country : undefined);
  if (known !== undefined) return { url, country: known };
  throw new SettingError(
    "CLOUD_CODE_SMTP_COUNTRY: say where the mail server is, like IE. A letter carries an address there, and to another region it needs a mechanism (console, Transfers).",
  );
}

/** Whether a word names a time zone. */
function isTimeZone(word: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: word }).resolvedOptions().timeZone !== "";
  } catch {
    // The only way the platform has to say that it knows no such zone.
    return false;
  }
}

function readOperator(path: string | undefined): Operator {
  if (path === undefined) return unnamedOperator;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SettingError(`CLOUD_CODE_OPERATOR_FILE: ${path} is not a readable JSON file.`, {
      cause: error,
    });
  }
  const parsed = operatorSchema.safeParse(content);
  if (parsed.success) return parsed.data as Operator;
  const [issue] = parsed.error.issues;
  throw new SettingError(
    `CLOUD_CODE_OPERATOR_FILE: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
  );
}

/**
 * The secret from which all keys are derived: `CLOUD_CODE_SECRET`, or a file in the data directory that the first start makes. Several
 * servers over one database need the same one.
 */
export function readSecret(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): string {
  const given = environment["CLOUD_CODE_SECRET"];
  if (given !== undefined && given !== "") {
    // Distinct characters tell a random secret from "aaaa…" without pretending to measure randomness.
    if (given.length < 32 || new Set(given).size < 12) {
      throw new SettingError(
        "CLOUD_CODE_SECRET: at least 32 random characters; make one with: openssl rand -base64 48",
      );
    }
    return given;
  }
  const path = join(directory, "secret");
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(path, randomBytes(48).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(path, "utf8").trim();
}
