/** What the environment and the options say, checked before anything is opened. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Operator, type Text, unnamedOperator } from "@cloud-code/policy";
import { z } from "zod";
import { makeFolder } from "../database/folder.ts";
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
  /** The message in every language. */
  readonly said: Text;

  constructor(said: Text, options?: ErrorOptions) {
    super(said.en, options);
    this.said = said;
  }
}

const country = z
  .string()
  .regex(/^[A-Z]{2}$/)
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
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  CLOUD_CODE_ORIGIN: z
    .string()
    .regex(/^https?:\/\/[^/\s]+$/)
    .optional(),
  CLOUD_CODE_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  CLOUD_CODE_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  CLOUD_CODE_MAIL_FROM: z.string().default("cloud-code@localhost"),
  CLOUD_CODE_SMTP_COUNTRY: country,
  CLOUD_CODE_COUNTRY: country,
  CLOUD_CODE_TIME_ZONE: z.string().refine(isTimeZone).optional(),
  CLOUD_CODE_OPERATOR_FILE: z.string().optional(),
  CLOUD_CODE_OPTIONAL_COOKIES: z.enum(["display"]).optional(),
});

/** What each variable should be. */
const wanted = {
  PORT: {
    en: "a port number from 0 to 65535, 0 for any that is free (--port, PORT)",
    zh: "0 至 65535 的端口号，0 表示任意空闲端口（--port、PORT）",
  },
  CLOUD_CODE_HOST: { en: "an address to listen on", zh: "监听地址" },
  CLOUD_CODE_DATA_DIR: { en: "a folder", zh: "目录" },
  DATABASE_URL: {
    en: "an address like postgres://user:password@host/name",
    zh: "形如 postgres://user:password@host/name 的地址",
  },
  CLOUD_CODE_ORIGIN: {
    en: "scheme and host without a path, like https://code.example.com",
    zh: "协议与主机，不含路径，例如 https://code.example.com",
  },
  CLOUD_CODE_TRUSTED_PROXIES: {
    en: "how many proxies of yours stand in front, from 0 to 10",
    zh: "前置的自有代理层数，0 至 10",
  },
  CLOUD_CODE_SMTP_URL: {
    en: "an address like smtps://user:password@host:465",
    zh: "形如 smtps://user:password@host:465 的地址",
  },
  CLOUD_CODE_MAIL_FROM: { en: "the sender of letters", zh: "发件人" },
  CLOUD_CODE_SMTP_COUNTRY: {
    en: "the country the mail server is in, like IE (two capital letters of ISO 3166-1): a letter carries an address there, and to another region it needs a mechanism (console, Transfers)",
    zh: "邮件服务器所在国家或地区，例如 CN（ISO 3166-1 的两个大写字母）：邮件会将地址带到那里，跨境时需要相应机制（控制台“传输”）",
  },
  CLOUD_CODE_COUNTRY: {
    en: "where the operator is established, like IE (two capital letters of ISO 3166-1): legal deadlines count the working days and holidays of that country",
    zh: "运营者所在国家或地区，例如 CN（ISO 3166-1 的两个大写字母）：法定期限按当地工作日和节假日计算",
  },
  CLOUD_CODE_TIME_ZONE: {
    en: "where the operator's day ends, like Europe/Dublin or Asia/Shanghai: legal deadlines end with a day there",
    zh: "运营者所在时区，例如 Asia/Shanghai 或 Europe/Dublin：法定期限随当地日期结束",
  },
  CLOUD_CODE_OPERATOR_FILE: {
    en: "a readable JSON file {name, contact, contactUrl, processors}; name and contact have an en and a zh",
    zh: "可读取的 JSON 文件 {name, contact, contactUrl, processors}，其中 name 和 contact 各含 en 与 zh",
  },
  CLOUD_CODE_OPTIONAL_COOKIES: {
    en: "display, or nothing at all for necessary cookies only",
    zh: "display；留空则仅使用必要 Cookie",
  },
  CLOUD_CODE_SECRET: {
    en: "at least 32 random characters; make one with: openssl rand -base64 48",
    zh: "至少 32 个随机字符；可用以下命令生成：openssl rand -base64 48",
  },
} as const satisfies Readonly<Record<keyof typeof variables.shape | "CLOUD_CODE_SECRET", Text>>;

function invalid(name: keyof typeof wanted, options?: ErrorOptions): SettingError {
  // What was given is not repeated: addresses carry passwords.
  const { en, zh } = wanted[name];
  return new SettingError({ en: `${name} should be ${en}.`, zh: `${name} 应为${zh}。` }, options);
}

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
    throw invalid(parsed.error.issues[0]?.path[0] as keyof typeof wanted);
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
  if (established === undefined) throw invalid("CLOUD_CODE_COUNTRY");
  if (timeZone === undefined) throw invalid("CLOUD_CODE_TIME_ZONE");
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
  throw invalid("CLOUD_CODE_SMTP_COUNTRY");
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
  try {
    return operatorSchema.parse(JSON.parse(readFileSync(path, "utf8"))) as Operator;
  } catch (error) {
    throw invalid("CLOUD_CODE_OPERATOR_FILE", { cause: error });
  }
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
      throw invalid("CLOUD_CODE_SECRET");
    }
    return given;
  }
  const path = join(directory, "secret");
  if (!existsSync(path)) {
    makeFolder(directory);
    writeFileSync(path, randomBytes(48).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(path, "utf8").trim();
}
