export type { Choice, Mode } from "./choice.ts";
export type { Counts, UsageEvent } from "./counts.ts";
export { addCounts, counterKeys, noCounts, toCounts } from "./counts.ts";
export type { TelemetryErrorCode } from "./errors.ts";
export { TelemetryError } from "./errors.ts";
export type { FigureValue } from "./figures.ts";
export { toFigures } from "./figures.ts";
export { ReportFolder } from "./folder.ts";
export type { Paths } from "./paths.ts";
export { defaultPaths } from "./paths.ts";
export type { Signals } from "./permission.ts";
export type { ReceiverFault, ReceiverOptions, ReportStore } from "./receiver.ts";
export { createReceiver } from "./receiver.ts";
export type { ParsedReport, Report, ReportFault } from "./report.ts";
export {
  buildReport,
  maxReportBytes,
  minTriggers,
  parseReport,
  roundCount,
  schemaVersion,
} from "./report.ts";
export type { RunningReceiver, ServeOptions, Tls } from "./serve.ts";
export { serve } from "./serve.ts";
export type { KeptReport } from "./store.ts";
export type { WeekSummary } from "./summary.ts";
export { minGroup, summarise } from "./summary.ts";
export type { Export, NextReport, PastWeek, Standing, TelemetryOptions } from "./telemetry.ts";
export { flushIntervalMs, Telemetry } from "./telemetry.ts";
export type { Delivery, Upload } from "./upload.ts";
export { parseReceiver, reportPath, upload } from "./upload.ts";
export type { Week } from "./week.ts";
export { startOf, weekMs, weekOf } from "./week.ts";
