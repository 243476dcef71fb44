// First, since it takes the time.
import { beganUsage } from "./begin.ts";
import { commands, type ExtensionContext, l10n, Uri, window, workspace } from "vscode";
import { Assistant } from "./assistant.ts";
import { Consent } from "./consent.ts";
import { findExamples, findExamplesInTerminal, TerminalTroubles } from "./examples.ts";
import { Host } from "./host.ts";
import { clearIndexes, rebuildIndexes } from "./indexes.ts";
import { Journal } from "./journal.ts";
import { choosePause, showMenu } from "./menu.ts";
import { Model, readModel } from "./model.ts";
import { NoticePage } from "./notice.ts";
import { PanelView, viewId } from "./panel.ts";
import {
  isEnabled,
  isLanguageEnabled,
  section,
  setEnabled,
  setLanguageEnabled,
  setSaveAsKey,
  toAssistantSettings,
  usesSaveAsKey,
} from "./settings.ts";
import { Snooze } from "./snooze.ts";
import { FoundFiles } from "./source.ts";
import { StatusItem } from "./status.ts";

let running: Assistant | undefined;

/** Called by the editor when a file of a supported language is opened, or the panel or a command is asked for. */
export function activate(context: ExtensionContext): void {
  const journal = new Journal(window.createOutputChannel("Cloud Code", { log: true }));
  const { globalState } = context;
  const snooze = new Snooze(globalState);
  const languages = supportedLanguages(context);
  const program = context.asAbsolutePath("dist/server/dist/run/main.js");
  const assistant = new Assistant({
    program,
    languages,
    journal,
    settings: () => toAssistantSettings(snooze.untilMs !== undefined),
    environment: () => readModel(context.secrets),
  });
  running = assistant;
  const notice = new NoticePage(assistant);
  const showNotice = (): Promise<void> => notice.show();
  const failed = (error: unknown): void => journal.fail(error);
  const model = new Model(assistant, globalState, context.secrets, showNotice, failed);
  const consent = new Consent(assistant, globalState, showNotice, failed);
  const files = new FoundFiles(assistant);
  const memory = globalState;
  const host = new Host({ assistant, consent, model, snooze, files, memory, failed });
  const panel = new PanelView(Uri.joinPath(context.extensionUri, "dist", "panel"), host);
  const status = new StatusItem(assistant, model, snooze, languages);

  const deeds: Readonly<Record<string, () => unknown>> = {
    showStatus: () => showMenu(assistant, snooze),
    toggle: () => setEnabled(!isEnabled()),
    toggleLanguage: () => toggleLanguage(),
    snooze: () => choosePause(snooze),
    resume: () => snooze.end(),
    showGhost: () => commands.executeCommand("editor.action.inlineSuggest.trigger"),
    showList: () => commands.executeCommand("editor.action.triggerSuggest"),
    findExamples: () => findExamples(panel),
    findExamplesInTerminal: () => findExamplesInTerminal(panel),
    openPanel: () => panel.show("search"),
    showStatistics: () => panel.show("statistics"),
    chooseStatistics: () => chooseStatistics(consent),
    chooseModel: () => model.choose(),
    enterModelKey: () => model.enterKey(),
    showNotice: () => notice.show(),
    rebuildIndex: () => rebuildIndexes(assistant, program),
    clearIndex: () => clearIndexes(assistant, program),
    restart: () => assistant.restart(),
    openSettings: () =>
      commands.executeCommand("workbench.action.openSettings", `@ext:${context.extension.id}`),
    openWalkthrough: () => openWalkthrough(context),
    showLog: () => journal.show(),
    useSaveAsKey: () => setSaveAsKey(!usesSaveAsKey()),
  };
  for (const [name, deed] of Object.entries(deeds))
    context.subscriptions.push(commands.registerCommand(`${section}.${name}`, deed));

  context.subscriptions.push(
    journal,
    snooze,
    assistant,
    notice,
    consent,
    model,
    files,
    host,
    panel,
    status,
    new TerminalTroubles(panel),
    window.registerWebviewViewProvider(viewId, panel, {
      // Results are kept while another view of the side bar is in front.
      webviewOptions: { retainContextWhenHidden: true },
    }),
    snooze.onChange(() => report(journal, assistant.reconfigure())),
    workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(section)) return;
      status.update();
      if (event.affectsConfiguration(`${section}.embeddings`)) model.follow();
      if (event.affectsConfiguration(`${section}.telemetry.mode`))
        report(journal, consent.follow());
      if (event.affectsConfiguration(`${section}.telemetry.receiver`)) {
        report(journal, assistant.reconfigure());
        consent.followReceiver();
      }
    }),
  );

  const { user, system } = process.cpuUsage(beganUsage);
  journal.info(`Activated in ${Math.round((user + system) / 1000)} ms of processor time.`);

  // At once: later it would come between somebody and what they have begun to write.
  report(journal, greet(context));
  report(
    journal,
    assistant.start().then(() => consent.begin()),
  );
}

/** Called by the editor when the window closes: the program ends in order, so that its index is stored. */
export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** The languages that wake the extension are those it knows: one list, that of the manifest. */
function supportedLanguages(context: ExtensionContext): string[] {
  const manifest = context.extension.packageJSON as { activationEvents: readonly string[] };
  return manifest.activationEvents.map((event) => event.replace("onLanguage:", ""));
}

async function toggleLanguage(): Promise<void> {
  const language = window.activeTextEditor?.document.languageId;
  if (language !== undefined) await setLanguageEnabled(language, !isLanguageEnabled(language));
}

async function chooseStatistics(consent: Consent): Promise<void> {
  const { mode, sentence } = await consent.state();
  const items = [
    {
      label: l10n.t("Off"),
      detail: l10n.t("Count nothing. What was not sent is dropped."),
      mode: "off",
    },
    {
      label: l10n.t("Count on this machine"),
      detail: l10n.t("Count for your own eyes. Nothing is sent."),
      mode: "local",
    },
    {
      label: l10n.t("Send"),
      detail: l10n.t("Count, and send eight figures once a week. You are asked first."),
      mode: "on",
    },
  ] as const;
  const chosen = await window.showQuickPick(
    items.map((item) => ({
      ...item,
      description: item.mode === mode ? l10n.t("current choice") : "",
    })),
    { title: l10n.t("Usage statistics"), placeHolder: sentence },
  );
  if (chosen !== undefined) await consent.choose(chosen.mode);
}

const greetedKey = "greeted";

/** Opens the walkthrough once, on the very first start. */
async function greet(context: ExtensionContext): Promise<void> {
  if (context.globalState.get(greetedKey, false)) return;
  await context.globalState.update(greetedKey, true);
  await openWalkthrough(context);
}

async function openWalkthrough(context: ExtensionContext): Promise<void> {
  await commands.executeCommand(
    "workbench.action.openWalkthrough",
    `${context.extension.id}#start`,
    false,
  );
}

/** A failure in the background is in the log, and the status item shows it; it must not be a rejection that nobody handles. */
function report(journal: Journal, work: Promise<unknown>): void {
  work.catch((error: unknown) => journal.fail(error));
}
