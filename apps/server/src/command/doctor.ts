/** `doctor`: looks at everything a service needs and says, line by line, what is well and what to do about the rest. */
import { join } from "node:path";
import type { Language, Text } from "@cloud-code/policy";
import { createTransport } from "nodemailer";
import { countWaiting, withTimeouts } from "../mail/mail.ts";
import { hasOfficer } from "../accounts/administration.ts";
import { openDatabase } from "../database/database.ts";
import { checkDurability } from "../database/durability.ts";
import { DatabaseError } from "../database/errors.ts";
import { makeFolder } from "../database/folder.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { readSecret, SettingError, type Settings } from "./settings.ts";

interface Finding {
  readonly state: "good" | "note" | "bad";
  readonly text: string;
}

const words = {
  node: { en: "Node.js {}", zh: "Node.js {}" },
  nodeOld: {
    en: "Node.js {} is too old; install 20.19 or later.",
    zh: "Node.js {} 过旧，请安装 20.19 或更高版本。",
  },
  directory: { en: "Data directory {}", zh: "数据目录 {}" },
  secret: { en: "Secret", zh: "密钥" },
  database: { en: "Database: at this version, {}", zh: "数据库：已是当前版本，{}" },
  durable: { en: "every commit reaches the disk", zh: "每次提交均写入磁盘" },
  server: { en: "PostgreSQL", zh: "PostgreSQL" },
  running: {
    en: "Database: in use by the running service, which checked it at its start.",
    zh: "数据库：正由运行中的服务使用，已在启动时检验。",
  },
  officer: { en: "There is a privacy officer.", zh: "已有隐私专员。" },
  noOfficer: {
    en: "There is no privacy officer: user create NAME --email ADDRESS --role officer",
    zh: "尚无隐私专员：user create NAME --email ADDRESS --role officer",
  },
  mail: { en: "Mail server answers.", zh: "邮件服务器可用。" },
  mailBad: {
    en: "Mail server does not accept us ({}). Check CLOUD_CODE_SMTP_URL.",
    zh: "邮件服务器不可用（{}）。请检查 CLOUD_CODE_SMTP_URL。",
  },
  mailWaiting: {
    en: "Letters that wait for the mail server: {}. The running service tries again every minute, for three days.",
    zh: "等待邮件服务器的邮件：{} 封。运行中的服务每分钟重试，持续三天。",
  },
  outbox: { en: "No mail server: letters are files.", zh: "未设置邮件服务器：邮件写入文件。" },
  place: { en: "Deadlines count the days of {}.", zh: "期限按 {} 的日历计算。" },
  noPlace: {
    en: "CLOUD_CODE_COUNTRY and CLOUD_CODE_TIME_ZONE are not both set: legal deadlines are counted in UTC and without holidays.",
    zh: "未同时设置 CLOUD_CODE_COUNTRY 和 CLOUD_CODE_TIME_ZONE：法定期限按 UTC 计算，且不计节假日。",
  },
  https: { en: "People reach it at {}", zh: "访问地址 {}" },
  noHttps: {
    en: "{} is not HTTPS. For anybody but yourself put a proxy with TLS in front and set CLOUD_CODE_ORIGIN and CLOUD_CODE_TRUSTED_PROXIES.",
    zh: "{} 不是 HTTPS。如供他人使用，请在前端部署 TLS 代理，并设置 CLOUD_CODE_ORIGIN 和 CLOUD_CODE_TRUSTED_PROXIES。",
  },
} as const satisfies Readonly<Record<string, Text>>;

/** Examines the surroundings and prints what was found; 0 when nothing is bad. */
export async function examine(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  language: Language,
): Promise<number> {
  const findings: Finding[] = [];
  const find = (state: Finding["state"], key: keyof typeof words, part = ""): void => {
    findings.push({ state, text: words[key][language].replace("{}", part) });
  };
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const recent = major > 20 || (major === 20 && minor >= 19);
  find(recent ? "good" : "bad", recent ? "node" : "nodeOld", process.versions.node);

  try {
    makeFolder(settings.directory);
    find("good", "directory", settings.directory);
    readSecret(environment, settings.directory);
    find("good", "secret");
    await examineDatabase(settings, find, words.durable[language], words.server[language]);
  } catch (error) {
    if (!(error instanceof DatabaseError || error instanceof SettingError)) throw error;
    findings.push({ state: "bad", text: `${error.code}: ${error.said[language]}` });
  }

  const { country, timeZone } = settings.operator;
  if (country === undefined || timeZone === undefined) find("note", "noPlace");
  else find("good", "place", `${country}, ${timeZone}`);
  if (settings.mailServer === undefined) find("note", "outbox");
  else {
    const waiting = await countWaiting(join(settings.directory, "outbox"));
    if (waiting > 0) find("note", "mailWaiting", String(waiting));
    try {
      await createTransport(withTimeouts(settings.mailServer.url)).verify();
      find("good", "mail");
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      find("bad", "mailBad", code);
    }
  }
  const origin = settings.origin ?? `http://localhost:${settings.port}`;
  if (origin.startsWith("https:")) find("good", "https", origin);
  else find("note", "noHttps", origin);

  const marks = { good: "✓", note: "·", bad: "✗" };
  for (const { state, text } of findings) process.stdout.write(`${marks[state]} ${text}\n`);
  return findings.some(({ state }) => state === "bad") ? 1 : 0;
}

async function examineDatabase(
  { databaseUrl: url, directory, operator }: Settings,
  find: (state: Finding["state"], key: keyof typeof words, part?: string) => void,
  durable: string,
  server: string,
): Promise<void> {
  let database;
  try {
    database = await openDatabase({ url, directory });
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "database-locked") throw error;
    find("good", "running");
    return;
  }
  try {
    await migrateDatabase(database);
    const syncs = await checkDurability(database);
    find("good", "database", syncs === undefined ? server : durable);
    const config = { origin: "", trustedProxies: 0, operator, secret: "" };
    const known = await hasOfficer({ database, config, now: Date.now });
    find(known ? "good" : "note", known ? "officer" : "noOfficer");
  } finally {
    await database.close();
  }
}
