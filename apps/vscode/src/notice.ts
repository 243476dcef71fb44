import {
  commands,
  l10n,
  type Disposable,
  type TextDocumentContentProvider,
  Uri,
  workspace,
} from "vscode";
import { noticeMethod, type PrivacyNotice } from "@cloud-code/assistant/protocol";
import type { Assistant } from "./assistant.ts";

const scheme = "cloud-code-notice";

/** The privacy notice as a page of the editor, with the words that the assistant renders from its inventory. */
export class NoticePage implements TextDocumentContentProvider, Disposable {
  readonly #assistant: Assistant;
  readonly #subscription: Disposable;

  constructor(assistant: Assistant) {
    this.#assistant = assistant;
    this.#subscription = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Shows it. */
  async show(): Promise<void> {
    await commands.executeCommand(
      "markdown.showPreview",
      Uri.from({ scheme, path: `/${l10n.t("Privacy notice")}.md` }),
    );
  }

  async provideTextDocumentContent(): Promise<string> {
    const { markdown } = await this.#assistant.request<PrivacyNotice>(noticeMethod);
    return markdown;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
