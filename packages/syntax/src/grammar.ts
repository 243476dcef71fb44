import { Language as Grammar, Parser } from "web-tree-sitter";
import { SyntaxDocument } from "./document.ts";
import { SyntaxFailure } from "./errors.ts";
import type { Language } from "./language.ts";

const files: Readonly<Partial<Record<Language, string>>> = {
  typescript: "typescript",
  tsx: "tsx",
  javascript: "javascript",
  java: "java",
  python: "python",
  go: "go",
  rust: "rust",
  // C++ reads C, except for the few words that are names there; the package has no grammar of C alone.
  c: "cpp",
  cpp: "cpp",
  csharp: "c-sharp",
  php: "php",
  ruby: "ruby",
};

/** The name of a language's grammar in the folder `wasm` of @vscode/tree-sitter-wasm 0.3.1; undefined if it has none. */
export function grammarFile(language: Language): string | undefined {
  const name = files[language];
  return name === undefined ? undefined : `tree-sitter-${name}.wasm`;
}

// The runtime and its loader are one per thread, and neither bears to be started twice at a time: loads wait for each other.
let lastLoad: Promise<unknown> = Promise.resolve();

function inTurn<T>(load: () => Promise<T>): Promise<T> {
  const turn = lastLoad.then(load, load);
  lastLoad = turn;
  return turn;
}

/** The grammars in memory. There is one WebAssembly runtime in a thread, however many of these are loaded. */
export class Grammars {
  readonly #parsers = new Map<Language, Parser>();

  // Only load() knows that the runtime is there.
  private constructor() {}

  /**
   * Starts the parser runtime from the bytes of web-tree-sitter 0.27.1's `web-tree-sitter.wasm`; reads no file.
   * Throws a {@link SyntaxFailure} `GRAMMAR_UNUSABLE` for other bytes.
   */
  static async load(runtimeWasm: Uint8Array): Promise<Grammars> {
    try {
      await inTurn(() => Parser.init({ wasmBinary: runtimeWasm }));
    } catch (cause) {
      throw new SyntaxFailure(
        "GRAMMAR_UNUSABLE",
        "The parser runtime does not start. Pass the bytes of web-tree-sitter.wasm from web-tree-sitter 0.27.1.",
        { cause },
      );
    }
    return new Grammars();
  }

  /**
   * Makes documents of `language` readable, from the bytes of {@link grammarFile}; does nothing the second time.
   * Throws a {@link SyntaxFailure} `GRAMMAR_UNUSABLE` if the bytes are no grammar, or one of another version.
   */
  async add(language: Language, grammarWasm: Uint8Array): Promise<void> {
    if (this.#parsers.has(language)) return;
    try {
      const grammar = await inTurn(() => Grammar.load(grammarWasm));
      this.#parsers.set(language, new Parser().setLanguage(grammar));
    } catch (cause) {
      throw new SyntaxFailure(
        "GRAMMAR_UNUSABLE",
        `The grammar for ${language} does not load. Pass the bytes of ${grammarFile(language) ?? "its grammar"} from @vscode/tree-sitter-wasm 0.3.1.`,
        { cause },
      );
    }
  }

  /** True if documents of `language` can be opened. */
  has(language: Language): boolean {
    return this.#parsers.has(language);
  }

  /** Parses a text; undefined if its language has no grammar here. The caller disposes of the document. */
  open(language: Language, text: string): SyntaxDocument | undefined {
    const parser = this.#parsers.get(language);
    return parser === undefined ? undefined : new SyntaxDocument(parser, text);
  }
}
