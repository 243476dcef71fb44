import { l10n } from "vscode";
import type { StatusReport } from "@cloud-code/assistant/protocol";
import type { EngineState, FolderView, StatusView } from "@cloud-code/panel/protocol";
import { toClock } from "./status.ts";

// What the assistant says, as the panel shows it.

/** The state. `pausedUntilMs`: suggestions are off until then. */
export function toStatusView(
  report: StatusReport | undefined,
  isEnabled: boolean,
  pausedUntilMs: number | undefined,
): StatusView {
  const engine: EngineState = !isEnabled ? "off" : pausedUntilMs === undefined ? "on" : "snoozed";
  const { last } = report ?? {};
  return {
    sentence: report?.sentence ?? l10n.t("The assistant is starting."),
    engine,
    ...(engine === "snoozed" && pausedUntilMs !== undefined
      ? { snoozedUntil: toClock(pausedUntilMs) }
      : {}),
    model: {
      kind: "local",
      sentence: l10n.t("Suggestions are computed on this machine. Code does not leave it."),
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
