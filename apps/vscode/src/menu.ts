import { commands, l10n, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import type { Assistant } from "./assistant.ts";
import { isEnabled, isLanguageEnabled } from "./settings.ts";
import { type Snooze, toClock } from "./snooze.ts";
import { wordReport } from "./views.ts";

/** One thing that can be done. */
interface Deed extends QuickPickItem {
  readonly command?: string;
}

/** How long suggestions may be switched off for, in minutes. */
const pauses = [5, 15, 30, 60, 240];

/** What the status item opens: the state in one line, and everything that can be done about it. */
export async function showMenu(assistant: Assistant, snooze: Snooze): Promise<void> {
  const language = window.activeTextEditor?.document.languageId;
  const { report, phase } = assistant;
  const { untilMs } = snooze;
  const deeds: Deed[] = [
    isEnabled()
      ? { label: l10n.t("$(circle-slash) Switch suggestions off"), command: "toggle" }
      : { label: l10n.t("$(check) Switch suggestions on"), command: "toggle" },
  ];
  if (language !== undefined)
    deeds.push({
      label: isLanguageEnabled(language)
        ? l10n.t("$(circle-slash) Switch suggestions off for {0}", language)
        : l10n.t("$(check) Switch suggestions on for {0}", language),
      command: "toggleLanguage",
    });
  if (isEnabled())
    deeds.push(
      untilMs === undefined
        ? { label: l10n.t("$(bell-slash) Pause suggestions…"), command: "snooze" }
        : {
            label: l10n.t("$(bell) Resume suggestions"),
            description: l10n.t("paused until {0}", toClock(untilMs)),
            command: "resume",
          },
    );
  deeds.push(
    { label: "", kind: QuickPickItemKind.Separator },
    { label: l10n.t("$(search) Find code examples"), command: "openPanel" },
    { label: l10n.t("$(graph) Usage statistics"), command: "showStatistics" },
    { label: l10n.t("$(shield) Privacy notice"), command: "showNotice" },
    { label: "", kind: QuickPickItemKind.Separator },
    { label: l10n.t("$(refresh) Rebuild the index"), command: "rebuildIndex" },
    { label: l10n.t("$(trash) Delete the index"), command: "clearIndex" },
    { label: l10n.t("$(gear) Settings"), command: "openSettings" },
    { label: l10n.t("$(output) Log"), command: "showLog" },
  );
  const start = { label: l10n.t("$(debug-restart) Start the assistant again"), command: "restart" };
  const placeHolder =
    phase === "failed" || phase === "stopped"
      ? l10n.t("The assistant is stopped.")
      : wordReport(report);
  const chosen = await window.showQuickPick(
    phase === "failed" || phase === "stopped" ? [start, ...deeds] : deeds,
    {
      title: "Cloud Code",
      placeHolder,
    },
  );
  if (chosen?.command !== undefined) await commands.executeCommand(`cloudCode.${chosen.command}`);
}

/** Asks for how long, and switches suggestions off for that time. */
export async function choosePause(snooze: Snooze): Promise<void> {
  const items = pauses.map((minutes) => ({
    label:
      minutes < 60
        ? l10n.t("{0} minutes", minutes)
        : minutes === 60
          ? l10n.t("1 hour")
          : l10n.t("{0} hours", minutes / 60),
    minutes,
  }));
  const chosen = await window.showQuickPick(items, { title: l10n.t("Pause suggestions for") });
  if (chosen !== undefined) await snooze.begin(chosen.minutes);
}
