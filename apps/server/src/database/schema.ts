/** Every table of the service, in one list: migrations, comments, grants and the comparison with the inventory all start here. */
import * as accounts from "../accounts/tables.ts";
import type { ClassifiedTable } from "./classify.ts";

/** Every table with its classification. A test compares it with the catalogue of a live database. */
export const tables = [
  accounts.usersClassified,
  accounts.sessionsClassified,
  accounts.credentialsClassified,
  accounts.verificationsClassified,
  accounts.secondFactorsClassified,
  accounts.passkeysClassified,
  accounts.organizationsClassified,
  accounts.membersClassified,
  accounts.invitationsClassified,
] as const satisfies readonly ClassifiedTable[];
