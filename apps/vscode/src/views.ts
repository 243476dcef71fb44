import { l10n } from "vscode";
import type { ModelState, StatusReport } from "@cloud-code/assistant/protocol";
import type { EngineState, FolderView, StatusView } from "@cloud-code/panel/protocol";
import { toClock } from "./snooze.ts";

// What the assistant says, as the panel shows it.

/** The state. `pausedUntilMs`: suggestions are off until then. `model`: the one of the code search, as far as it is known. */
export function toStatusView(
  report: StatusReport | undefined,
  isEnabled: boolean,
  pausedUntilMs: number | undefined,
  model: ModelState | undefined,
): StatusView {
  const engine: EngineState = !isEnabled ? "off" : pausedUntilMs === undefined ? "on" : "snoozed";
  const { last } = report ?? {};
  return {
    sentence: wordReport(report),
    engine,
    ...(engine === "snoozed" && pausedUntilMs !== undefined
      ? { snoozedUntil: toClock(pausedUntilMs) }
      : {}),
    model: {
      kind: model?.kind === "remote" && model.asks ? "remote" : "local",
      sentence: wordModel(model),
    },
    ...(last === undefined
      ? {}
      : {
          last: {
            shown: last.shown,
            ...(last.sentence === undefined ? {} : { sentence: last.sentence }),
            ...(last.latencyMs === undefined ? {} : { latencyMs: last.latencyMs }),
          },
        }),
    folders: report?.sessions.map(toFolderView) ?? [],
  };
}

/** What the assistant is doing, as a sentence. */
export function wordReport(report: StatusReport | undefined): string {
  const words = report?.sentence ?? l10n.t("The assistant is starting.");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where suggestions and searches are computed. */
export function wordModel(model: ModelState | undefined): string {
  const here = l10n.t("Suggestions are computed on this machine. Code does not leave it.");
  if (model === undefined || model.kind === "none") return here;
  const isElsewhere = model.kind === "remote" && model.asks;
  return `${isElsewhere ? l10n.t("Suggestions are computed on this machine.") : here} ${model.sentence}`;
}

function toFolderView({
  root,
  activity,
  index,
  cacheFolder,
  notices = [],
}: StatusReport["sessions"][number]): FolderView {
  return {
    root,
    activity:
      activity.kind === "failed"
        ? { kind: "failed", sentence: l10n.t("The index failed ({0}).", activity.code) }
        : activity,
    files: index.files,
    tokens: index.tokens,
    bytes: index.bytes,
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    leftOut: Object.entries(index.skipped)
      .filter(([, files]) => files > 0)
      .map(([reason, files]) => ({ reason: wordSkipped(reason), files })),
    ...(index.languages === undefined ? {} : { languages: index.languages }),
    notices: notices.map(({ code }) => code),
  };
}

/** Why files are not in the index, as phrases. */
function wordSkipped(reason: string): string {
  const words: Readonly<Record<string, string>> = {
    ignored: l10n.t("ignored by rules"),
    secret: l10n.t("may hold secrets (never opened)"),
    symlink: l10n.t("symbolic links"),
    unsupported: l10n.t("unsupported type"),
    "too-large": l10n.t("too large"),
    generated: l10n.t("generated"),
    minified: l10n.t("minified"),
    binary: l10n.t("binary"),
    "not-utf8": l10n.t("not UTF-8"),
    unreadable: l10n.t("unreadable"),
    "over-budget": l10n.t("beyond the size limit of the index"),
  };
  return words[reason] ?? reason;
}
