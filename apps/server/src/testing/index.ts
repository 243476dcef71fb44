/** Real databases for tests, fresh for each test file and quick to get. */
export { type DatabaseKind, openTestDatabase, startPostgres, testableKinds } from "./database.ts";
