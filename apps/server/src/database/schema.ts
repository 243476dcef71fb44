/** Every table of the service, in one list: migrations, comments, grants and the comparison with the inventory all start here. */
import * as accounts from "../accounts/tables.ts";
import * as audit from "../audit/tables.ts";
import * as consent from "../consent/tables.ts";
import * as incidents from "../incidents/tables.ts";
import * as notices from "../notices/tables.ts";
import * as pages from "../pages/tables.ts";
import * as requests from "../requests/tables.ts";
import * as retention from "../retention/tables.ts";
import * as support from "../support/tables.ts";
import * as telemetry from "../telemetry/tables.ts";
import * as transfers from "../transfers/tables.ts";
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
  notices.noticeVersionsClassified,
  notices.noticesShownClassified,
  notices.noticesAnnouncedClassified,
  consent.consentSubjectsClassified,
  consent.consentEventsClassified,
  support.ticketsClassified,
  support.ticketMessagesClassified,
  telemetry.usageWeeksClassified,
  pages.pageCountsClassified,
  audit.auditEntriesClassified,
  audit.chainGapsClassified,
  requests.rightsRequestsClassified,
  requests.requestEventsClassified,
  requests.requestStepsClassified,
  requests.processingLimitsClassified,
  requests.webhookEndpointsClassified,
  requests.webhookDeliveriesClassified,
  requests.tombstonesClassified,
  retention.legalHoldsClassified,
  retention.holdEventsClassified,
  retention.retentionCertificatesClassified,
  incidents.incidentsClassified,
  incidents.incidentEventsClassified,
  incidents.incidentLettersClassified,
  transfers.transferTargetsClassified,
  transfers.transferMechanismsClassified,
  transfers.transfersClassified,
  transfers.disclosuresClassified,
] as const satisfies readonly ClassifiedTable[];
