import { TextDocument } from "vscode-languageserver-textdocument";
import type { Position } from "vscode-languageserver-textdocument";
import { isRange } from "./params.ts";

/** What a `character` of a position counts: bytes, UTF-16 units or code points. */
export type Encoding = "utf-8" | "utf-16" | "utf-32";

/** Why a synchronization message was not applied. `never-opened` and `opened-twice` are harmless; the others put a document out of step. */
export type SyncFault = "never-opened" | "opened-twice" | "stale-version" | "malformed-change";

/** A document as an editor opens it. */
export interface Item {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

/** Where the latest edit left the text. A cursor at `end` has just typed or, with `isDeletion`, just deleted. */
export interface LastEdit {
  readonly end: number;
  readonly isDeletion: boolean;
}

/**
 * A document as the editor has it; offsets are UTF-16 units, positions count in the encoding agreed at start.
 *
 * Invariant: `text` is the editor's text while `inStep` is true. After a change that cannot be applied nothing but the full text
 * brings it back, and until then nobody is shown suggestions for a text that is not theirs.
 */
export class OpenDocument {
  readonly #encoding: Encoding;
  readonly #document: TextDocument;
  readonly #nextRevision: () => number;
  #revision: number;
  #inStep = true;
  #lastEdit: LastEdit | undefined;

  /** `nextRevision` gives a number that it never gave before. */
  constructor(item: Item, encoding: Encoding, nextRevision: () => number) {
    this.#encoding = encoding;
    this.#nextRevision = nextRevision;
    this.#revision = nextRevision();
    this.#document = TextDocument.create(item.uri, item.languageId, item.version, item.text);
  }

  get uri(): string {
    return this.#document.uri;
  }
  get languageId(): string {
    return this.#document.languageId;
  }
  /**
   * Names this text: no other text of any document has the same number. The editor's own versions may repeat, when a file is closed
   * and opened again or when an editor does not count.
   */
  get revision(): number {
    return this.#revision;
  }
  get text(): string {
    return this.#document.getText();
  }
  get inStep(): boolean {
    return this.#inStep;
  }
  /** The latest incremental edit; undefined after the full text was sent. */
  get lastEdit(): LastEdit | undefined {
    return this.#lastEdit;
  }

  offsetAt(position: Position): number {
    const lineStart = this.#document.offsetAt({ line: position.line, character: 0 });
    // Past the end of a line means its end (the protocol's rule); past the last line means the end of the text.
    if (position.line >= this.#document.lineCount) return this.#document.getText().length;
    const lineEnd = this.#document.offsetAt({
      line: position.line,
      character: Number.MAX_SAFE_INTEGER,
    });
    return (
      lineStart +
      countUnits(this.text.slice(lineStart, lineEnd), position.character, this.#encoding)
    );
  }

  positionAt(offset: number): Position {
    const { line, character } = this.#document.positionAt(offset);
    if (this.#encoding === "utf-16") return { line, character };
    const lineStart = this.#document.offsetAt({ line, character: 0 });
    return {
      line,
      character: countCharacters(this.text.slice(lineStart, lineStart + character), this.#encoding),
    };
  }

  change(version: number | null, changes: readonly unknown[]): SyncFault | undefined {
    // The protocol says that versions rise; some small clients send the same one or null, which does no harm.
    if (version !== null && version < this.#document.version) return this.#fail("stale-version");
    const next = version ?? this.#document.version + 1;
    this.#revision = this.#nextRevision();
    for (const change of changes) {
      if (!this.#apply(change)) return this.#fail("malformed-change");
    }
    TextDocument.update(this.#document, [], next);
    return undefined;
  }

  #apply(change: unknown): boolean {
    if (typeof change !== "object" || change === null) return false;
    const { text, range } = change as { text?: unknown; range?: unknown };
    if (typeof text !== "string") return false;
    const { version } = this.#document;
    if (range === undefined) {
      TextDocument.update(this.#document, [{ text }], version);
      this.#inStep = true;
      this.#lastEdit = undefined;
      return true;
    }
    if (!isRange(range)) return false;
    const start = this.offsetAt(range.start);
    const end = this.offsetAt(range.end);
    if (start > end) return false;
    // Going through offsets clamps the range to the text; the library keeps its table of lines right only for such ranges.
    const clamped = {
      start: this.#document.positionAt(start),
      end: this.#document.positionAt(end),
    };
    TextDocument.update(this.#document, [{ text, range: clamped }], version);
    this.#lastEdit = { end: start + text.length, isDeletion: text === "" && end > start };
    return true;
  }

  #fail(fault: SyncFault): SyncFault {
    this.#inStep = false;
    return fault;
  }
}

/** The documents the editor has open. */
export class Documents {
  readonly #encoding: Encoding;
  readonly #open = new Map<string, OpenDocument>();
  #revisions = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  get(uri: string): OpenDocument | undefined {
    return this.#open.get(uri);
  }

  uris(): readonly string[] {
    return [...this.#open.keys()];
  }

  open(item: Item): SyncFault | undefined {
    const known = this.#open.has(item.uri);
    this.#open.set(item.uri, new OpenDocument(item, this.#encoding, () => (this.#revisions += 1)));
    return known ? "opened-twice" : undefined;
  }

  change(uri: string, version: number | null, changes: readonly unknown[]): SyncFault | undefined {
    const document = this.#open.get(uri);
    return document === undefined ? "never-opened" : document.change(version, changes);
  }

  close(uri: string): SyncFault | undefined {
    return this.#open.delete(uri) ? undefined : "never-opened";
  }
}

/** UTF-16 units of `line` before `character`; a position inside a code point means its beginning, one past the end the end. */
function countUnits(line: string, character: number, encoding: Encoding): number {
  if (encoding === "utf-16") return Math.min(character, line.length);
  let counted = 0;
  let units = 0;
  for (const point of line) {
    counted += widthOf(point, encoding);
    if (counted > character) break;
    units += point.length;
  }
  return units;
}

function countCharacters(text: string, encoding: Encoding): number {
  let counted = 0;
  for (const point of text) counted += widthOf(point, encoding);
  return counted;
}

function widthOf(point: string, encoding: Encoding): number {
  if (encoding === "utf-32") return 1;
  const code = point.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
