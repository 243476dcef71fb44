import {
  type Disposable,
  l10n,
  languages,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from "vscode";
import type { StatusReport, TelemetryState } from "@cloud-code/assistant/protocol";
import type { Assistant } from "./assistant.ts";
import type { Model } from "./model.ts";
import { isEnabled, isLanguageEnabled } from "./settings.ts";
import { type Snooze, toClock } from "./snooze.ts";
import { wordModel, wordReport } from "./views.ts";

/** What stands in the status bar. */
interface Face {
  readonly icon: string;
  /** Beside the icon; "" when the icon says it. */
  readonly text: string;
  readonly sentence: string;
  readonly isProblem?: boolean;
}

/** The item in the status bar: what the assistant does, and why it shows nothing. A click opens what can be done about it. */
export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;
  readonly #assistant: Assistant;
  readonly #model: Model;
  readonly #snooze: Snooze;
  readonly #selector: readonly string[];
  readonly #subscriptions: Disposable[];
  #telemetry: TelemetryState | undefined;

  /** `selector` names the languages that the assistant knows. */
  constructor(assistant: Assistant, model: Model, snooze: Snooze, selector: readonly string[]) {
    this.#assistant = assistant;
    this.#model = model;
    this.#snooze = snooze;
    this.#selector = selector;
    this.#item = window.createStatusBarItem("cloudCode.status", StatusBarAlignment.Right, 100);
    this.#item.name = "Cloud Code";
    this.#item.command = "cloudCode.showStatus";
    this.#subscriptions = [
      this.#item,
      assistant.onStatus(() => this.update()),
      assistant.onTelemetry((state) => {
        this.#telemetry = state;
        this.update();
      }),
      snooze.onChange(() => this.update()),
      model.onChange(() => this.update()),
      window.onDidChangeActiveTextEditor(() => this.update()),
    ];
    this.update();
    this.#item.show();
  }

  /** Shows what holds now. */
  update(): void {
    const face = this.#face();
    this.#item.text = `${face.icon} Cloud Code${face.text === "" ? "" : ` ${face.text}`}`;
    this.#item.tooltip = this.#tooltip(face);
    this.#item.backgroundColor =
      face.isProblem === true ? new ThemeColor("statusBarItem.errorBackground") : undefined;
    this.#item.accessibilityInformation = { label: `Cloud Code: ${face.sentence}`, role: "button" };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #face(): Face {
    const { phase, report } = this.#assistant;
    if (phase === "failed")
      return {
        icon: "$(error)",
        text: "",
        sentence: l10n.t("The assistant has stopped. Its log says more."),
        isProblem: true,
      };
    const failed = report?.sessions.find(({ activity }) => activity.kind === "failed");
    if (report !== undefined && failed !== undefined)
      return { icon: "$(error)", text: "", sentence: wordReport(report), isProblem: true };
    const off = this.#whyOff();
    if (off !== undefined) return off;
    if (phase === "stopped")
      return {
        icon: "$(debug-stop)",
        text: "",
        sentence: l10n.t("The assistant is stopped."),
      };
    if (report === undefined || phase === "starting")
      return { icon: "$(loading~spin)", text: "", sentence: l10n.t("The assistant is starting.") };
    const share = indexedShare(report);
    if (share !== undefined)
      return { icon: "$(sync~spin)", text: `${share} %`, sentence: wordReport(report) };
    return { icon: "$(cloud)", text: "", sentence: wordReport(report) };
  }

  #whyOff(): Face | undefined {
    const { untilMs } = this.#snooze;
    if (!isEnabled())
      return {
        icon: "$(circle-slash)",
        text: l10n.t("off"),
        sentence: l10n.t("Suggestions are switched off."),
      };
    if (untilMs !== undefined)
      return {
        icon: "$(bell-slash)",
        text: toClock(untilMs),
        sentence: l10n.t("Suggestions are off until {0}.", toClock(untilMs)),
      };
    const document = window.activeTextEditor?.document;
    if (document === undefined) return undefined;
    if (!this.#selector.some((language) => languages.match({ language }, document) > 0))
      return {
        icon: "$(circle-slash)",
        text: "",
        sentence: l10n.t("Files of this type get no suggestions."),
      };
    if (!isLanguageEnabled(document.languageId))
      return {
        icon: "$(circle-slash)",
        text: l10n.t("off"),
        sentence: l10n.t("Suggestions are switched off for {0}.", document.languageId),
      };
    return undefined;
  }

  #tooltip(face: Face): MarkdownString {
    const { report } = this.#assistant;
    const lines = [`**Cloud Code** — ${escape(face.sentence)}`];
    for (const { root, index, activity } of report?.sessions ?? []) {
      const name = root.split(/[\\/]/).at(-1) ?? root;
      if (activity.kind === "ready")
        lines.push(l10n.t("{0}: {1} files indexed", escape(name), index.files.toLocaleString()));
    }
    lines.push(escape(wordModel(this.#model.state)));
    if (this.#telemetry !== undefined) lines.push(escape(this.#telemetry.sentence));
    const links = [
      `[${l10n.t("What can be done")}](command:cloudCode.showStatus)`,
      `[${l10n.t("Settings")}](command:cloudCode.openSettings)`,
    ];
    lines.push(links.join(" · "));
    const tooltip = new MarkdownString(lines.join("\n\n"), true);
    tooltip.isTrusted = { enabledCommands: ["cloudCode.showStatus", "cloudCode.openSettings"] };
    return tooltip;
  }
}

/** How far indexing is over all folders, in percent; undefined when nothing is being indexed. */
function indexedShare(report: StatusReport): number | undefined {
  let done = 0;
  let total = 0;
  for (const { activity } of report.sessions) {
    if (activity.kind !== "indexing") continue;
    done += activity.filesDone;
    total += activity.filesTotal;
  }
  return total === 0 ? undefined : Math.floor((100 * done) / total);
}

function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>$]/g, String.raw`\$&`);
}
