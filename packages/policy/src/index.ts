export type { AnswerDeadline } from "./clock.ts";
export { answerDays, answerDeadline, escalationDays } from "./clock.ts";
export type { Change, ChangeKind } from "./compare.ts";
export { announcementDays, classifyChanges, compareFacts, isProcessorChange } from "./compare.ts";
export type { Assessment, AssessmentNeed, AssessmentReason } from "./assessment.ts";
export { assessmentNeeds, missingAssessments } from "./assessment.ts";
export type { Authority } from "./authorities.ts";
export {
  authorities,
  authoritiesCheckedOn,
  authorityPlaces,
  findAuthorities,
} from "./authorities.ts";
export type { Exemption, ExemptionKey } from "./cases/exemptions.ts";
export { exemptions, exemptionsCheckedOn, exemptionsFor } from "./cases/exemptions.ts";
export type { Hold, HoldEvent, HoldRefusal, HoldScope } from "./cases/hold.ts";
export { applyHoldEvent, everyone, isHeld } from "./cases/hold.ts";
export type {
  Holder,
  Incident,
  IncidentClock,
  IncidentEvent,
  IncidentNotice,
  IncidentPlace,
  IncidentRefusal,
  NoticeExemption,
  Risk,
} from "./cases/incident.ts";
export {
  addressees,
  applyIncidentEvent,
  incidentClocks,
  noticeParts,
  noticeTitles,
  printIncidentNotice,
} from "./cases/incident.ts";
export type { Step } from "./cases/machine.ts";
export type {
  RequestDenial,
  RequestEvent,
  RequestRefusal,
  RequestStatus,
  Right,
  RightsRequest,
} from "./cases/request.ts";
export {
  applyRequestEvent,
  isEnded,
  replayRequest,
  requestDeadline,
  rights,
} from "./cases/request.ts";
export type { Day } from "./clocks/calendar.ts";
export { dayAt, endOfDay, instantOf, parseDay, printDay } from "./clocks/calendar.ts";
export type {
  ClockCase,
  ClockEvent,
  ClockPlace,
  Deadline,
  RuleDeadline,
} from "./clocks/deadline.ts";
export { clockPlace, deadline } from "./clocks/deadline.ts";
export type { CountryCode } from "./clocks/holidays.ts";
export { countriesWithHolidays } from "./clocks/holidays.ts";
export type { ClockRule, ClockRuleKey, Period, Task } from "./clocks/rules.ts";
export { clockRules, limits } from "./clocks/rules.ts";
export type { ConsentEvent, ConsentGiven, ConsentState } from "./consent.ts";
export { findConsent } from "./consent.ts";
export type {
  Circumstances,
  Decision,
  Destination,
  OrganisationPolicy,
  // The class stays inside: outside it is a type, so `new Permit` cannot even be written.
  Permit,
  PermittedUse,
  UseRequest,
} from "./decide.ts";
export { assertPermit, decide, isPermit, permitLifetimeMs, strictest } from "./decide.ts";
export type { DenialReason } from "./denial.ts";
export { denials } from "./denial.ts";
export type { PolicyErrorCode } from "./errors.ts";
export { PolicyError } from "./errors.ts";
export type { Facts, ItemFacts, PurposeFacts, RecipientFacts } from "./facts.ts";
export { itemsOfPurpose, readFacts } from "./facts.ts";
export type { Counter, CounterKey, Figure, FigureKey } from "./figures.ts";
export { counters, figures, reportItems } from "./figures.ts";
export type { AssistantItemKey, CounterItemKey, WorkItemKey } from "./inventory/assistant.ts";
export type { GatewayItemKey } from "./inventory/gateway.ts";
export type { ItemKey } from "./inventory/index.ts";
export { inventory, isItemKey } from "./inventory/index.ts";
export type {
  Category,
  Erasure,
  Item,
  Level,
  RefusedItem,
  Subject,
  UsedItem,
} from "./inventory/item.ts";
export type { RefusedServiceItemKey } from "./inventory/refused.ts";
export type { ServiceItemKey, UsedServiceItemKey } from "./inventory/service.ts";
export { isLoopback } from "./origin.ts";
export type { Product, ProductKey, Release } from "./product.ts";
export { products } from "./product.ts";
export type { DataUse, Purpose, PurposeKey, Signal } from "./purpose.ts";
export { needsConsent, purposes } from "./purpose.ts";
export type { Recipient, RecipientKey, Transfer } from "./recipient.ts";
export { recipients } from "./recipient.ts";
export type { Activity, DataMap, Flow, ProcessingRecord } from "./records.ts";
export { dataMap, processingRecord, toCsv, toRecordCsv } from "./records.ts";
export type { Bases, Basis, Regime, Region } from "./regimes.ts";
export { basisTitles, isConsent, regimes, regionOfCountry } from "./regimes.ts";
export type { Retention, RetentionStart } from "./retention.ts";
export { describeRetention, retentionEndMs } from "./retention.ts";
export type { StorageKey, StorageKeyName } from "./storage.ts";
export { findStorageKey, storageKeys } from "./storage.ts";
export type { Language, Text } from "./text.ts";
export { languages, languageTag } from "./text.ts";
export type { Measure } from "./measures.ts";
export { measures } from "./measures.ts";
export type { Operator, Processor } from "./operator.ts";
export { publisher, unnamedOperator } from "./operator.ts";
export type { Pledge, PromiseId, ProofKind } from "./promises.ts";
export { promises } from "./promises.ts";
export type { AskedPurpose, Question } from "./question.ts";
export { consentQuestion } from "./question.ts";
export type { Block, Inline, Notice, Section } from "./render/document.ts";
export { toMarkdown, toPlainText } from "./render/document.ts";
export type { DifferenceLine, Passage } from "./render/difference.ts";
export { compareTexts } from "./render/difference.ts";
export { renderNotice } from "./render/notice.ts";
export type { ReleaseCheck } from "./render/release.ts";
export { checkRelease } from "./render/release.ts";
export type {
  FigureValueDraft,
  Finding,
  FindingCode,
  ItemDraft,
  PolicyDraft,
  ProductDraft,
  PurposeDraft,
} from "./validate.ts";
export { validateInventory } from "./validate.ts";
export type {
  ChinaTier,
  Mechanism,
  TransferCounters,
  TransferDecision,
  TransferGround,
  // Like Permit: outside a type only.
  TransferPermit,
  TransferRefusal,
  TransferRequest,
  TransferTarget,
} from "./transfer.ts";
export {
  adequacyCheckedOn,
  assertTransferPermit,
  chinaFill,
  chinaThresholds,
  chinaTier,
  decideTransfer,
  isSensitive,
  transferPermitLifetimeMs,
} from "./transfer.ts";
