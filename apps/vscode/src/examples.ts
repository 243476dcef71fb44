import {
  commands,
  env,
  l10n,
  type Disposable,
  type TerminalLink,
  type TerminalLinkContext,
  type TerminalLinkProvider,
  window,
} from "vscode";
import type { PanelView } from "./panel.ts";
import { toQuery } from "./query.ts";
import { hasTerminalLinks } from "./settings.ts";
import { findTrouble } from "./trouble.ts";

/** Searches for what is selected in the editor, or for the comment or the name at its cursor. */
export async function findExamples(panel: PanelView): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined) return panel.show("search");
  const { document, selection } = editor;
  const { line, character } = selection.active;
  const query = toQuery({
    language: document.languageId,
    selection: document.getText(selection),
    lines: Array.from({ length: document.lineCount }, (_, index) => document.lineAt(index).text),
    line,
    character,
  });
  return query === undefined ? panel.show("search") : panel.ask(query);
}

/**
 * Searches for what is selected in the terminal. Extensions cannot read that but by way of the clipboard, which gets back what it had.
 */
export async function findExamplesInTerminal(panel: PanelView): Promise<void> {
  const before = await env.clipboard.readText();
  await commands.executeCommand("workbench.action.terminal.copySelection");
  const selected = (await env.clipboard.readText()).trim();
  await env.clipboard.writeText(before);
  if (selected === "") return panel.show("search");
  return panel.ask({
    text: selected,
    mode: findTrouble(selected) === undefined ? "auto" : "error",
  });
}

interface TroubleLink extends TerminalLink {
  readonly text: string;
}

/** Makes a link of every error that a terminal prints. */
export class TerminalTroubles implements TerminalLinkProvider<TroubleLink>, Disposable {
  readonly #panel: PanelView;
  readonly #subscription: Disposable;

  constructor(panel: PanelView) {
    this.#panel = panel;
    this.#subscription = window.registerTerminalLinkProvider(this);
  }

  provideTerminalLinks({ line }: TerminalLinkContext): TroubleLink[] {
    const trouble = hasTerminalLinks() ? findTrouble(line) : undefined;
    if (trouble === undefined) return [];
    const { start, length, text } = trouble;
    return [{ startIndex: start, length, text, tooltip: l10n.t("Find code examples") }];
  }

  async handleTerminalLink({ text }: TroubleLink): Promise<void> {
    await this.#panel.ask({ text, mode: "error" });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
