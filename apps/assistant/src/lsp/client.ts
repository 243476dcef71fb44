import { fileURLToPath } from "node:url";
import { type Locale, toLocale } from "../words.ts";
import type { Encoding } from "./document.ts";
import { arrayAt, at, stringAt } from "./params.ts";

/** What the editor said about itself in `initialize`, read once. Every ability is false unless it was announced. */
export interface Client {
  readonly locale: Locale;
  readonly encoding: Encoding;
  /** The editor's process; the server ends with it. */
  readonly processId: number | undefined;
  /** Workspace folders as absolute paths. */
  readonly folders: readonly string[];
  readonly initializationOptions: unknown;
  readonly can: {
    readonly pullConfiguration: boolean;
    readonly registerConfiguration: boolean;
    readonly registerList: boolean;
    readonly registerGhost: boolean;
    readonly registerWatchers: boolean;
    readonly createProgress: boolean;
    readonly showLabelDetails: boolean;
    /** The editor's extension wants `cloud-code/status` notifications; a bare editor would only complain about them. */
    readonly receiveStatus: boolean;
    /** The same for `cloud-code/telemetry/changed`. */
    readonly receiveTelemetry: boolean;
  };
}

/** Reads the parameters of `initialize`, whatever they are. */
export function parseClient(params: unknown): Client {
  const has = (...path: string[]): boolean => at(params, "capabilities", ...path) === true;
  const processId = at(params, "processId");
  return {
    locale: toLocale(stringAt(params, "locale")),
    encoding: chooseEncoding(arrayAt(params, "capabilities", "general", "positionEncodings")),
    processId:
      typeof processId === "number" && Number.isInteger(processId) && processId > 0
        ? processId
        : undefined,
    folders: readFolders(params),
    initializationOptions: at(params, "initializationOptions"),
    can: {
      pullConfiguration: has("workspace", "configuration"),
      registerConfiguration: has("workspace", "didChangeConfiguration", "dynamicRegistration"),
      registerList: has("textDocument", "completion", "dynamicRegistration"),
      registerGhost: has("textDocument", "inlineCompletion", "dynamicRegistration"),
      registerWatchers: has("workspace", "didChangeWatchedFiles", "dynamicRegistration"),
      createProgress: has("window", "workDoneProgress"),
      showLabelDetails: has("textDocument", "completion", "completionItem", "labelDetailsSupport"),
      receiveStatus: has("experimental", "cloudCode", "status"),
      receiveTelemetry: has("experimental", "cloudCode", "telemetry"),
    },
  };
}

/** The path of a `file:` URI; undefined for other documents and malformed URIs. */
export function toPath(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // A malformed URI names no file; the caller treats it like any document without one.
    return undefined;
  }
}

/** The editor's first choice that we know: converting is cheap here, and the list is in the order of its preference. */
function chooseEncoding(offered: readonly unknown[]): Encoding {
  for (const encoding of offered) {
    if (encoding === "utf-8" || encoding === "utf-16" || encoding === "utf-32") return encoding;
  }
  return "utf-16";
}

/** `workspaceFolders`, or what editors sent before there were any. */
function readFolders(params: unknown): string[] {
  const folders = arrayAt(params, "workspaceFolders").map((folder) => stringAt(folder, "uri"));
  const uris = folders.length > 0 ? folders : [stringAt(params, "rootUri")];
  const paths = uris.flatMap((uri) => (uri === undefined ? [] : (toPath(uri) ?? [])));
  const rootPath = stringAt(params, "rootPath");
  return paths.length === 0 && rootPath !== undefined ? [rootPath] : paths;
}
