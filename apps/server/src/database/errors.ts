import type { Text } from "@cloud-code/policy";

/** What can go wrong with the database, and what to do about it. */
const databaseErrors = {
  "database-unreachable": {
    en: "The database at DATABASE_URL does not answer. Check the address and that the server is running.",
    zh: "DATABASE_URL 指定的数据库无响应。请检查地址，并确认服务器正在运行。",
  },
  "database-refused": {
    en: "The database at DATABASE_URL does not accept the user or the password. Check both, and the server's pg_hba.conf.",
    zh: "DATABASE_URL 指定的数据库不接受该用户或密码。请检查二者以及服务器的 pg_hba.conf。",
  },
  "database-missing": {
    en: "The server at DATABASE_URL has no database of that name. Create it: createdb --owner USER NAME",
    zh: "DATABASE_URL 指定的服务器上没有该名称的数据库。请创建：createdb --owner USER NAME",
  },
  "database-locked": {
    en: "Another process works in this data directory. Stop it, or choose another with --data-dir.",
    zh: "另一进程正在使用此数据目录。请停止该进程，或用 --data-dir 另选目录。",
  },
  "folder-unusable": {
    en: "The data directory cannot be created or written to. Choose another with --data-dir, or give this user the right to write there.",
    zh: "无法创建或写入数据目录。请用 --data-dir 另选目录，或授予当前用户写入权限。",
  },
  "database-not-durable": {
    en: "No fsync reached the disk during a commit, so what is saved could be lost with the power. Choose a data directory on a local disk.",
    zh: "提交时没有 fsync 到达磁盘，断电可能丢失数据。请选择本地磁盘上的数据目录。",
  },
  "roles-refused": {
    en: "The user of DATABASE_URL may not create the roles that keep every purpose to its own columns. Give it CREATEROLE.",
    zh: "DATABASE_URL 的用户无权创建将各目的限于其数据列的角色。请授予 CREATEROLE。",
  },
  "migration-missing": {
    en: "The folder `migrations` is missing beside the program. Install the package again.",
    zh: "程序旁缺少 `migrations` 目录。请重新安装。",
  },
} as const satisfies Readonly<Record<string, Text>>;

/** The codes of `DatabaseError`. */
export type DatabaseErrorCode = keyof typeof databaseErrors;

/** The database cannot be used. */
export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;
  /** What happened and what to do, in every language. */
  readonly said: Text;

  constructor(code: DatabaseErrorCode, options?: ErrorOptions) {
    super(databaseErrors[code].en, options);
    this.name = "DatabaseError";
    this.code = code;
    this.said = databaseErrors[code];
  }
}

/** Whether an error of the driver, or one that wraps it, carries this SQLSTATE. */
export function hasSqlState(error: unknown, state: string): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === state) || hasSqlState(error.cause, state);
}
