/** Real databases and whole services for tests, fresh for each test file and quick to get. */
export { openTestDatabase, startPostgres, testableKinds } from "./database.ts";
export {
  goodPassword,
  linkIn,
  openTestService,
  serveTestService,
  type ServedService,
  signIn,
  signUp,
  TestBrowser,
  testOrigin,
  textOf,
  type TestService,
} from "./service.ts";
export { type Inhabited, inhabit, type Visitor } from "./inhabited.ts";
