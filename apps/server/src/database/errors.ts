/** What can go wrong with the database, and what to do about it. */
const databaseErrors = {
  "database-unreachable":
    "The database at DATABASE_URL does not answer. Check the address and that the server is running.",
  "database-locked":
    "Another process works in this data directory. Stop it, or choose another with --data-dir.",
  "database-not-durable":
    "No fsync reached the disk during a commit, so what is saved could be lost with the power. Choose a data directory on a local disk.",
  "roles-refused":
    "The user of DATABASE_URL may not create the roles that keep every purpose to its own columns. Give it CREATEROLE.",
  "migration-missing":
    "The folder `migrations` is missing beside the program. Install the package again.",
} as const;

/** The codes of `DatabaseError`. */
export type DatabaseErrorCode = keyof typeof databaseErrors;

/** The database cannot be used. */
export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, options?: ErrorOptions) {
    super(databaseErrors[code], options);
    this.name = "DatabaseError";
    this.code = code;
  }
}

/** Whether an error of the driver, or one that wraps it, carries this SQLSTATE. */
export function hasSqlState(error: unknown, state: string): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === state) || hasSqlState(error.cause, state);
}
