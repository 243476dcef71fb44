import type { Mode } from "@cloud-code/telemetry";
import { isReceiver } from "../telemetry/receiver.ts";
import { at } from "./params.ts";

/** What the person chose, under `cloudCode` in the editor's settings or in `initializationOptions`. */
export interface Settings {
  /** The off switch. Default true. */
  readonly enabled: boolean;
  /** Off switches by the editor's language identifier, for example `{"java": false}`; a language that is not named is on. */
  readonly languages: Readonly<Record<string, boolean>>;
  /** Where suggestions appear: as ghost text, in the completion list, or in both. Default "both". */
  readonly show: "both" | "ghost" | "list";
  /** How many candidates are asked for, 1 to 20. Default 5. */
  readonly candidates: number;
  /** The least probability of a suggestion in the list, 0 to 1. Default 0.05. */
  readonly listThreshold: number;
  /** The least probability of ghost text that was not asked for, 0 to 1. Default 0.5. */
  readonly ghostThreshold: number;
  /** `search.dependencies`: whether the sources of declared dependencies are read and searched. Default true. */
  readonly searchDependencies: boolean;
  /** The editor's own telemetry switch. Default: none, which sends nothing. */
  readonly editorTelemetry: boolean | undefined;
  /** `telemetry.receiver`: the origin that weekly reports would go to; "" takes back an earlier one. Default: none. */
  readonly receiver: string | undefined;
  /** `telemetry.mode`: the most that is allowed. Default: no say. */
  readonly telemetryMode: Mode | undefined;
}

/** The section that is asked of the editor by `workspace/configuration`. */
export const section = "cloudCode";

/** What holds when the person chose nothing. */
export const defaultSettings: Settings = {
  enabled: true,
  languages: {},
  show: "both",
  candidates: 5,
  listThreshold: 0.05,
  ghostThreshold: 0.5,
  searchDependencies: true,
  editorTelemetry: undefined,
  receiver: undefined,
  telemetryMode: undefined,
};

/** What was read, and the names of the settings whose values were not usable and keep what held before. */
export interface ParsedSettings {
  readonly settings: Settings;
  readonly refused: readonly string[];
}

/**
 * Reads settings from whatever the editor sent: the section itself, or an object that holds it. What is not there keeps the value of
 * `base`; unknown names are ignored.
 */
export function parseSettings(sent: unknown, base: Settings = defaultSettings): ParsedSettings {
  const values = at(sent, section) ?? sent;
  const refused: string[] = [];
  const take = <T>(name: string, fits: (value: unknown) => value is T, otherwise: T): T => {
    // Editors send "telemetry.receiver" as it is written, or as an object in an object.
    const value = at(values, ...name.split(".")) ?? at(values, name);
    if (fits(value)) return value;
    if (value !== undefined && value !== null) refused.push(name);
    return otherwise;
  };
  const settings: Settings = {
    enabled: take("enabled", isBoolean, base.enabled),
    languages: take("languages", isSwitches, base.languages),
    show: take("show", isView, base.show),
    candidates: take("candidates", isCandidates, base.candidates),
    listThreshold: take("listThreshold", isProbability, base.listThreshold),
    ghostThreshold: take("ghostThreshold", isProbability, base.ghostThreshold),
    searchDependencies: take("search.dependencies", isBoolean, base.searchDependencies),
    editorTelemetry: take<boolean | undefined>("editorTelemetry", isBoolean, base.editorTelemetry),
    receiver:
      take<string>("telemetry.receiver", isReceiverOrNone, base.receiver ?? "") || undefined,
    telemetryMode: take<Mode | undefined>("telemetry.mode", isMode, base.telemetryMode),
  };
  return { settings, refused };
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isSwitches(value: unknown): value is Record<string, boolean> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(isBoolean)
  );
}

function isView(value: unknown): value is Settings["show"] {
  return value === "both" || value === "ghost" || value === "list";
}

function isReceiverOrNone(value: unknown): value is string {
  return value === "" || isReceiver(value);
}

function isMode(value: unknown): value is Mode {
  return value === "off" || value === "local" || value === "on";
}

function isCandidates(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 20;
}

function isProbability(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}
