import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { l10n, ProgressLocation, window, workspace } from "vscode";
import type { Assistant } from "./assistant.ts";

const run = promisify(execFile);
const timeoutMs = 60_000;

/**
 * Deletes the indexes of all open folders. The program does it from its command line, while the one that serves the editor is stopped:
 * only one at a time writes an index.
 */
async function deleteIndexes(assistant: Assistant, program: string): Promise<boolean> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 0) {
    await window.showWarningMessage(l10n.t("No folder is open, so there is no index."));
    return false;
  }
  await assistant.stop();
  for (const { uri } of folders) {
    await run(process.execPath, [program, "index", "clear", "--workspace", uri.fsPath], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", ELECTRON_NO_ASAR: "1" },
      timeout: timeoutMs,
    });
  }
  return true;
}

/** Deletes the indexes and leaves the assistant stopped, since it would build them again. */
export async function clearIndexes(assistant: Assistant, program: string): Promise<void> {
  if (!(await deleteIndexes(assistant, program))) return;
  const again = l10n.t("Start the assistant again");
  const answer = await window.showInformationMessage(
    l10n.t(
      "The index is deleted, and the assistant is stopped. When it starts, it builds a new one.",
    ),
    again,
  );
  if (answer === again) await assistant.start();
}

/** Deletes the indexes and builds them again; the status item shows how far that is. */
export async function rebuildIndexes(assistant: Assistant, program: string): Promise<void> {
  const title = l10n.t("Building the index again");
  await window.withProgress({ location: ProgressLocation.Window, title }, async () => {
    await deleteIndexes(assistant, program);
    await assistant.start();
  });
}
