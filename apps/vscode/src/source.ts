import { type Disposable, type TextDocumentContentProvider, Uri, workspace } from "vscode";
import { type FoundSource, sourceMethod } from "@cloud-code/assistant/protocol";
import type { Place } from "@cloud-code/panel/protocol";
import type { Assistant } from "./assistant.ts";

const scheme = "cloud-code-found";

/**
 * Files that a search found. Those of a workspace are files; those of a package may lie inside an archive, so they are opened as
 * documents that nobody can write to, with the text that the assistant reads.
 */
export class FoundFiles implements TextDocumentContentProvider, Disposable {
  readonly #assistant: Assistant;
  readonly #subscription: Disposable;

  constructor(assistant: Assistant) {
    this.#assistant = assistant;
    this.#subscription = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** The address of a file for the editor; undefined when the folder it is in is not open. */
  locate(place: Place): Uri | undefined {
    if (place.package === undefined) {
      const root = toFolder(place.root);
      return root === undefined ? undefined : Uri.joinPath(root, ...place.path.split("/"));
    }
    const { ecosystem, name, version } = place.package;
    const folder = toFolder(place.root);
    return Uri.from({
      scheme,
      path: `/${name}@${version}/${place.path}`,
      query: JSON.stringify({
        ecosystem,
        name,
        version,
        path: place.path,
        folder: folder?.toString(),
      }),
    });
  }

  /** The whole file; undefined when it is gone. */
  async read(place: Place): Promise<FoundSource | undefined> {
    const answer = await this.#assistant.request<FoundSource | null>(sourceMethod, {
      path: place.path,
      ...(place.package === undefined ? {} : { package: place.package }),
      ...(place.root === undefined ? {} : { workspace: toFolder(place.root)?.toString() }),
    });
    return answer ?? undefined;
  }

  async provideTextDocumentContent(uri: Uri): Promise<string | undefined> {
    const { ecosystem, name, version, path, folder } = JSON.parse(uri.query) as Record<
      string,
      string
    >;
    const answer = await this.#assistant.request<FoundSource | null>(sourceMethod, {
      path,
      package: { ecosystem, name, version },
      ...(folder === undefined ? {} : { workspace: folder }),
    });
    return answer?.text;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** The open folder of a path; the first one where none is named. */
function toFolder(root: string | undefined): Uri | undefined {
  const folders = workspace.workspaceFolders ?? [];
  if (root === undefined) return folders[0]?.uri;
  return folders.find(({ uri }) => uri.fsPath === root)?.uri ?? Uri.file(root);
}
