import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CountErrors } from "@cloud-code/completion";
import { grammarFile, Grammars, type Language, type SyntaxDocument } from "@cloud-code/syntax";
import { reasonOf } from "../errors.ts";

const require = createRequire(import.meta.url);
// Each open document keeps a tree of some ten times its text; a person types in one file and looks at a few.
const DOCUMENTS = 8;
const KEPT_UNITS = 2_000_000;

/**
 * Processor time in milliseconds that checking one question's suggestions may take. Most take a few; in a file of deeply nested code a
 * single trial may take ten, and while a person types, a suggestion that comes late is no suggestion. Who asks by hand waits for it.
 */
export const CHECK_BUDGET_MS = { typing: 20, byHand: 400 } as const;

// Suggestions checked in any case: in a process that has just started, the first trials alone take the whole budget.
const MIN_TRIALS = 8;

/** Checks suggestions by parsing them in their place. Grammars are loaded when first needed, the trees of the latest files are kept. */
export class Checker {
  // Oldest use first.
  readonly #documents = new Map<
    string,
    { readonly language: Language; readonly document: SyntaxDocument }
  >();
  readonly #loading = new Map<Language, Promise<void>>();
  readonly #loaded = new Map<Language, Grammars>();
  readonly #failed: (language: Language, reason: string) => void;
  #runtime: Promise<Grammars> | undefined;

  /** `failed` hears of a grammar that cannot be loaded, once per language; its suggestions are then not checked. */
  constructor(failed: (language: Language, reason: string) => void) {
    this.#failed = failed;
  }

  /** Resolves when the grammar of `language` is loaded, if there is one and it can be. */
  load(language: Language): Promise<void> {
    let loading = this.#loading.get(language);
    if (loading === undefined) {
      loading = this.#read(language).catch((error: unknown) =>
        this.#failed(language, reasonOf(error)),
      );
      this.#loading.set(language, loading);
    }
    return loading;
  }

  /**
   * A function that counts the syntax errors of `text` after a replacement; it holds until the next call for the same path. Once it has
   * used its time it answers undefined, and suggestions not checked by then are not shown.
   */
  counter(path: string, language: Language, text: string, budgetMs: number): CountErrors {
    const grammars = this.#loaded.get(language);
    if (grammars === undefined) return () => undefined;
    const document = this.#open(grammars, path, language, text);
    if (document === undefined) return () => undefined;
    const began = process.cpuUsage();
    let trials = 0;
    return (start, end, inserted) => {
      if (start === end && inserted === "") return document.errors();
      const { user, system } = process.cpuUsage(began);
      if (trials >= MIN_TRIALS && (user + system) / 1000 > budgetMs) return undefined;
      trials += 1;
      return document.errorsAfter(start, end, inserted);
    };
  }

  /** Frees the trees. */
  close(): void {
    for (const { document } of this.#documents.values()) document.dispose();
    this.#documents.clear();
  }

  #open(
    grammars: Grammars,
    path: string,
    language: Language,
    text: string,
  ): SyntaxDocument | undefined {
    const known = this.#documents.get(path);
    this.#documents.delete(path);
    if (known?.language === language) {
      known.document.update(text);
      this.#documents.set(path, known);
      return known.document;
    }
    known?.document.dispose();
    const document = grammars.open(language, text);
    if (document === undefined) return undefined;
    this.#documents.set(path, { language, document });
    let units = [...this.#documents.values()].reduce(
      (sum, each) => sum + each.document.text.length,
      0,
    );
    for (const [oldest, { document: old }] of this.#documents) {
      if (this.#documents.size <= DOCUMENTS && units <= KEPT_UNITS) break;
      if (old === document) break;
      units -= old.text.length;
      old.dispose();
      this.#documents.delete(oldest);
    }
    return document;
  }

  async #read(language: Language): Promise<void> {
    const file = grammarFile(language);
    if (file === undefined) return;
    this.#runtime ??= readFile(require.resolve("web-tree-sitter/web-tree-sitter.wasm")).then(
      (wasm) => Grammars.load(wasm),
    );
    const folder = join(dirname(require.resolve("@vscode/tree-sitter-wasm/package.json")), "wasm");
    const [grammars, wasm] = await Promise.all([this.#runtime, readFile(join(folder, file))]);
    await grammars.add(language, wasm);
    this.#loaded.set(language, grammars);
  }
}
