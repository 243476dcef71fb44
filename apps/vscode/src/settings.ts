import { ConfigurationTarget, workspace } from "vscode";

/** The section of the editor's settings. */
export const section = "cloudCode";

/** What the person may choose about usage statistics on the settings page. */
export type StatisticsSetting = "ask" | "off" | "local" | "on";

/** Whether suggestions are switched on. */
export function isEnabled(): boolean {
  return workspace.getConfiguration(section).get("enabled", true);
}

/** Switches suggestions for every folder, or where a folder says otherwise, there. */
export async function setEnabled(enabled: boolean): Promise<void> {
  await change("enabled", enabled);
}

/** Whether suggestions are switched on for a language. */
export function isLanguageEnabled(language: string): boolean {
  return languages()[language] ?? true;
}

/** Switches suggestions for a language. */
export async function setLanguageEnabled(language: string, enabled: boolean): Promise<void> {
  const { [language]: _, ...others } = languages();
  await change("languages", enabled ? others : { ...others, [language]: false });
}

/** Whether error lines of the terminal become links. */
export function hasTerminalLinks(): boolean {
  return workspace.getConfiguration(section).get("search.terminalLinks", true);
}

/** Whether the key of "Save As" finds code examples instead. */
export function usesSaveAsKey(): boolean {
  return workspace.getConfiguration(section).get("search.useSaveAsKey", false);
}

/** Gives the key of "Save As" to code examples, or back. */
export async function setSaveAsKey(isUsed: boolean): Promise<void> {
  await change("search.useSaveAsKey", isUsed);
}

/** Whether the sources of dependencies are searched too. */
export function searchesDependencies(): boolean {
  return workspace.getConfiguration(section).get("search.dependencies", true);
}

/** The embedding model that the settings of this machine name; its parts are empty where they name none. */
export function embeddingsSetting(): {
  readonly url: string;
  readonly model: string;
  readonly weight: number;
} {
  const settings = workspace.getConfiguration(section);
  const weight = settings.get<unknown>("embeddings.weight");
  return {
    url: settings.get("embeddings.url", "").trim(),
    model: settings.get("embeddings.model", "").trim(),
    // The page warns of a number that is none of these, and keeps it.
    weight: typeof weight === "number" && weight >= 0 && weight <= 1 ? weight : 0.4,
  };
}

/** What the settings page says about usage statistics. It is a wish; the choice itself is kept by the assistant. */
export function statisticsSetting(): StatisticsSetting {
  return workspace.getConfiguration(section).get<StatisticsSetting>("telemetry.mode", "ask");
}

/** Whether the settings page names a receiver of statistics. */
export function hasReceiverSetting(): boolean {
  return receiverSetting() !== "";
}

/** Makes the settings page show what holds. */
export async function setStatisticsSetting(mode: StatisticsSetting): Promise<void> {
  if (statisticsSetting() !== mode) await change("telemetry.mode", mode);
}

/** The settings as the assistant reads them. `isPaused`: suggestions are off for a while. */
export function toAssistantSettings(isPaused: boolean): object {
  const settings = workspace.getConfiguration(section);
  return {
    enabled: isEnabled() && !isPaused,
    languages: languages(),
    show: settings.get("show"),
    candidates: settings.get("candidates"),
    ghostThreshold: settings.get("ghostThreshold"),
    listThreshold: settings.get("listThreshold"),
    search: { dependencies: searchesDependencies() },
    // The mode is not told: what the page says about it is the person's to be asked about, not the program's to follow.
    telemetry: { receiver: receiverSetting() },
  };
}

function receiverSetting(): string {
  return workspace.getConfiguration(section).get("telemetry.receiver", "").trim();
}

function languages(): Readonly<Record<string, boolean>> {
  return workspace.getConfiguration(section).get<Record<string, boolean>>("languages", {});
}

/** Changes a setting where it is set, and in the person's own settings where it is set nowhere: a switch that a folder overrides would seem broken. */
async function change(name: string, value: unknown): Promise<void> {
  const settings = workspace.getConfiguration(section);
  const found = settings.inspect(name);
  const target =
    found?.workspaceFolderValue !== undefined
      ? ConfigurationTarget.WorkspaceFolder
      : found?.workspaceValue !== undefined
        ? ConfigurationTarget.Workspace
        : ConfigurationTarget.Global;
  await settings.update(name, value, target);
}
