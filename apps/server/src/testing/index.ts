/** Real databases and whole services for tests, fresh for each test file and quick to get. */
export { type DatabaseKind, openTestDatabase, startPostgres, testableKinds } from "./database.ts";
export {
  goodPassword,
  linkIn,
  openTestService,
  signIn,
  signUp,
  TestBrowser,
  testOrigin,
  type TestService,
} from "./service.ts";
