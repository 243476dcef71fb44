/** What the command line says to people. */
import type { Language, Text } from "@cloud-code/policy";

/** The language of the terminal. */
export function terminalLanguage(
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const wanted = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  return /^zh/i.test(wanted) ? "zh" : "en";
}

export const help: Text = {
  en: `cloud-code-server: the Cloud Code service. Accounts, consent, requests and the website, in one process.

Usage:
  cloud-code-server start [--port N] [--data-dir DIR]   run until SIGTERM; the first start creates everything
  cloud-code-server migrate [--data-dir DIR]            bring the database to this version and stop
  cloud-code-server doctor [--data-dir DIR]             check settings, database, durability and mail
  cloud-code-server user create NAME --email ADDRESS [--role officer|auditor|admin|person]
                                                        open an account; prints a link to choose the password
  cloud-code-server user promote NAME --role ROLE       give an account another role
  cloud-code-server user disable NAME | enable NAME     end its sessions and keep it out | let it in again
  cloud-code-server user list [--all]                   accounts with a role, or all of them
  cloud-code-server notice publish PRODUCT [--effective YYYY-MM-DD]
                                                        publish the notice of service, assistant or gateway
  cloud-code-server notice list                         every release of every notice
  cloud-code-server audit verify                        walk the audit trail; name the first row that was tampered with

\`user\` and \`notice\` work while the service runs.

Environment:
  PORT                         default 4000
  CLOUD_CODE_HOST              address to listen on, default 127.0.0.1
  CLOUD_CODE_DATA_DIR          default ~/.local/share/cloud-code-server
  DATABASE_URL                 PostgreSQL 15 or later instead of the embedded database; its user needs CREATEROLE
  CLOUD_CODE_ORIGIN            how people reach the service, https://code.example.com
  CLOUD_CODE_TRUSTED_PROXIES   how many proxies of yours stand in front, default 0
  CLOUD_CODE_SMTP_URL          smtps://user:password@host:465; without it letters are files in DIR/outbox
  CLOUD_CODE_SMTP_COUNTRY      where that server is, like IE; a letter is a transfer of an address
  CLOUD_CODE_MAIL_FROM         sender of letters
  CLOUD_CODE_COUNTRY           where the operator is established, like IE: deadlines count its working days and holidays
  CLOUD_CODE_TIME_ZONE         where the operator's day ends, like Europe/Dublin; both are obligatory with an https address
  CLOUD_CODE_OPERATOR_FILE     JSON: who answers for the data {name, contact, contactUrl, country, timeZone, processors}
  CLOUD_CODE_OPTIONAL_COOKIES  display: offer to remember light or dark, and ask; by default no banner, necessary cookies only
  CLOUD_CODE_SECRET            at least 32 random characters; by default DIR/secret, made at the first start

Start here:  cloud-code-server start
`,
  zh: `cloud-code-server：Cloud Code 服务。账户、同意、请求和网站，集于一个进程。

用法：
  cloud-code-server start [--port N] [--data-dir DIR]   运行直至收到 SIGTERM；首次启动会创建所需的一切
  cloud-code-server migrate [--data-dir DIR]            将数据库升级到当前版本后退出
  cloud-code-server doctor [--data-dir DIR]             检查设置、数据库、持久性和邮件
  cloud-code-server user create NAME --email ADDRESS [--role officer|auditor|admin|person]
                                                        开立账户，并输出用于设置密码的链接
  cloud-code-server user promote NAME --role ROLE       更改账户角色
  cloud-code-server user disable NAME | enable NAME     结束会话并停用 | 重新启用
  cloud-code-server user list [--all]                   列出有角色的账户，或全部账户
  cloud-code-server notice publish PRODUCT [--effective YYYY-MM-DD]
                                                        发布 service、assistant 或 gateway 的声明
  cloud-code-server notice list                         列出所有声明的各个版本
  cloud-code-server audit verify                        校验审计记录，指出首个被篡改的行

服务运行期间也可使用 \`user\` 和 \`notice\`。

环境变量：
  PORT                         默认 4000
  CLOUD_CODE_HOST              监听地址，默认 127.0.0.1
  CLOUD_CODE_DATA_DIR          默认 ~/.local/share/cloud-code-server
  DATABASE_URL                 使用 PostgreSQL 15 及以上版本代替内置数据库；其用户需有 CREATEROLE 权限
  CLOUD_CODE_ORIGIN            用户访问服务的地址，如 https://code.example.com
  CLOUD_CODE_TRUSTED_PROXIES   前置的自有代理层数，默认 0
  CLOUD_CODE_SMTP_URL          smtps://user:password@host:465；未设置时邮件写入 DIR/outbox
  CLOUD_CODE_SMTP_COUNTRY      该服务器所在国家，如 CN；发信即传输邮箱地址
  CLOUD_CODE_MAIL_FROM         发件人
  CLOUD_CODE_COUNTRY           运营者所在国家，如 CN：期限按其工作日和节假日计算
  CLOUD_CODE_TIME_ZONE         运营者所在时区，如 Asia/Shanghai；使用 https 地址时以上两项必填
  CLOUD_CODE_OPERATOR_FILE     JSON：数据负责方 {name, contact, contactUrl, country, timeZone, processors}
  CLOUD_CODE_OPTIONAL_COOKIES  display：提供“记住浅色或深色”选项并征求同意；默认仅有必要 Cookie，没有横幅
  CLOUD_CODE_SECRET            至少 32 个随机字符；默认使用首次启动时生成的 DIR/secret

从这里开始：  cloud-code-server start
`,
};

/** One line each; `{}` stands for what is put in, in order. */
export const lines = {
  trailIntact: { en: "{}: {} rows, none tampered with.", zh: "{}：共 {} 行，未被篡改。" },
  trailBroken: {
    en: "{}: row {} was tampered with ({}). Compare with a backup and record an incident.",
    zh: "{}：第 {} 行被篡改（{}）。请与备份比对并登记安全事件。",
  },
  unknownCommand: {
    en: "There is no command “{}”. Run cloud-code-server --help.",
    zh: "没有命令“{}”。请运行 cloud-code-server --help。",
  },
  badWord: {
    en: "{} takes --port and --data-dir, not “{}”. Run cloud-code-server --help.",
    zh: "{} 只接受 --port 和 --data-dir，不接受“{}”。请运行 cloud-code-server --help。",
  },
  badPublish: {
    en: "Which notice, and from when? notice publish service|assistant|gateway [--effective YYYY-MM-DD]",
    zh: "请指明声明与生效日期：notice publish service|assistant|gateway [--effective YYYY-MM-DD]",
  },
  badOption: { en: "{} Run cloud-code-server --help.", zh: "{} 请运行 cloud-code-server --help。" },
  creating: {
    en: "Creating the database in {} (a few seconds, once) …",
    zh: "正在 {} 中创建数据库（仅首次，需数秒）……",
  },
  listening: { en: "Cloud Code is at {}", zh: "Cloud Code 地址：{}" },
  durable: {
    en: "Data: {}. Every commit reaches the disk (checked: {} fsync).",
    zh: "数据：{}。每次提交均写入磁盘（已检验：{} 次 fsync）。",
  },
  onServer: {
    en: "Data: PostgreSQL at DATABASE_URL.",
    zh: "数据：DATABASE_URL 指定的 PostgreSQL。",
  },
  outbox: {
    en: "No mail server is set: letters are files in {}",
    zh: "未设置邮件服务器：邮件将写入 {}",
  },
  noPlace: {
    en: "CLOUD_CODE_COUNTRY and CLOUD_CODE_TIME_ZONE are not both set: legal deadlines are counted in UTC and without holidays.",
    zh: "未同时设置 CLOUD_CODE_COUNTRY 和 CLOUD_CODE_TIME_ZONE：法定期限按 UTC 计算，且不计节假日。",
  },
  noOfficer: {
    en: "Nobody can handle requests yet. Make the first privacy officer in another terminal:\n  {}",
    zh: "目前尚无人处理请求。请在另一终端创建第一位隐私专员：\n  {}",
  },
  portTaken: {
    en: "Port {} is taken. Choose another with --port, or 0 for any that is free.",
    zh: "端口 {} 已被占用。请用 --port 选择其他端口，0 表示任意空闲端口。",
  },
  portRefused: {
    en: "Port {} of {} cannot be listened on ({}). Choose another with --port, or another address in CLOUD_CODE_HOST.",
    zh: "无法监听端口 {}（地址 {}，{}）。请用 --port 选择其他端口，或在 CLOUD_CODE_HOST 中设置其他地址。",
  },
  migrated: { en: "The database is at this version.", zh: "数据库已是当前版本。" },
  userCreated: {
    en: "{} has an account as {}. To choose a password, within 24 hours and once:\n  {}",
    zh: "已为 {} 开立账户，角色为 {}。请在 24 小时内使用以下链接设置密码，仅可使用一次：\n  {}",
  },
  userTaken: {
    en: "Username or address is taken already. Give the account a role with: user promote NAME --role ROLE",
    zh: "用户名或邮箱已被使用。可用以下命令更改其角色：user promote NAME --role ROLE",
  },
  userUnknown: { en: "There is no account “{}”.", zh: "没有账户“{}”。" },
  userPromoted: {
    en: "{} is {} now. Its sessions were ended.",
    zh: "{} 现为 {}，其会话均已结束。",
  },
  userDisabled: {
    en: "{} is disabled. Its sessions were ended.",
    zh: "{} 已停用，其会话均已结束。",
  },
  userEnabled: { en: "{} is enabled.", zh: "{} 已启用。" },
  roles: {
    en: "--role is one of officer, auditor, admin, person.",
    zh: "--role 可为 officer、auditor、admin 或 person。",
  },
  needsName: { en: "Give the name of the account.", zh: "请给出账户名称。" },
  needsEmail: { en: "Give the address with --email.", zh: "请用 --email 给出邮箱。" },
  none: { en: "None.", zh: "无。" },
} as const satisfies Readonly<Record<string, Text>>;

/** A line in a language, with what is put in. */
export function phrase(
  language: Language,
  line: keyof typeof lines,
  ...parts: readonly (string | number)[]
): string {
  let index = 0;
  return lines[line][language].replace(/\{\}/g, () => String(parts[index++] ?? ""));
}
