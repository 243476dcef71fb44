import type { Suggestion } from "@cloud-code/completion";
import {
  CompletionTriggerKind,
  ErrorCodes,
  InlineCompletionTriggerKind,
  LSPErrorCodes,
  ResponseError,
} from "vscode-languageserver-protocol/node";
import type {
  CancellationToken,
  CompletionList,
  InlineCompletionList,
} from "vscode-languageserver-protocol/node";
import type { Answer } from "../session.ts";
import { type Counter, countAnswer } from "../telemetry/counter.ts";
import type { Locale } from "../words.ts";
import { Answers, type Acceptance, type Asked } from "./answers.ts";
import type { Client } from "./client.ts";
import type { Documents, OpenDocument } from "./document.ts";
import {
  type Selected,
  toContinuingItems,
  toExtendingItems,
  toInlineItems,
  toListItems,
} from "./items.ts";
import { codeOf, type Log } from "./log.ts";
import { at, isPosition, isRange, stringAt } from "./params.ts";
import type { LastRequest } from "./protocol.ts";
import type { Roots } from "./roots.ts";
import type { Settings } from "./settings.ts";
import { type Reason, wordReason } from "./words.ts";

/** What answering needs from the server around it. */
export interface Surroundings {
  readonly client: Client;
  readonly documents: Documents;
  readonly roots: Roots;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly counter: Counter;
  /** Resolves when the messages that had arrived are handled: cancellations and newer versions of a document among them. */
  readonly settled: () => Promise<void>;
  /** Called after every request. */
  readonly answered: (last: LastRequest) => void;
}

/** A request with checked parameters. */
interface Inquiry {
  readonly view: "list" | "ghost";
  readonly document: OpenDocument;
  /** Of the document when the request came. */
  readonly revision: number;
  readonly offset: number;
  readonly byHand: boolean;
  readonly token: CancellationToken;
  /** When the request came, on the clock of `performance.now`. */
  readonly beganMs: number;
}

/** What a view shows of an answer, or why it shows nothing. */
type Outcome<Item> = {
  readonly items: Item[];
  readonly latencyMs?: number;
  readonly reason?: Reason;
};

/** Answers `textDocument/completion` and `textDocument/inlineCompletion` as two views of one result. */
export class Suggesting {
  readonly #around: Surroundings;
  readonly #answers = new Answers();
  /** The place of the latest list: asking again in the same place is asking by hand. */
  #listed = "";

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The completion list. It is always incomplete, because the next key changes what is likely. */
  async list(params: unknown, token: CancellationToken): Promise<CompletionList> {
    const items = await this.#answer(params, token, "list", async (inquiry) => {
      const asked = await this.#ask(inquiry);
      const { listThreshold, ghostThreshold } = this.#around.settings();
      return this.#show(asked, inquiry.byHand ? 0 : listThreshold, (known, shown) =>
        toListItems(inquiry.document, inquiry.offset, known, shown, {
          locale: this.#locale,
          labelDetails: this.#around.client.can.showLabelDetails,
          preselectFrom: ghostThreshold,
        }),
      );
    });
    return { isIncomplete: true, items };
  }

  /** Ghost text. By hand it is every candidate, otherwise those that are likely enough to stand in somebody's way. */
  async ghost(params: unknown, token: CancellationToken): Promise<InlineCompletionList> {
    const items = await this.#answer(params, token, "ghost", async (inquiry) => {
      const threshold = inquiry.byHand ? 0 : this.#around.settings().ghostThreshold;
      const asked = await this.#ask(inquiry);
      const selected = readSelected(params, inquiry.document);
      if (selected === undefined) {
        return this.#show(asked, threshold, (known, shown) =>
          toInlineItems(inquiry.document, known, shown, this.#locale),
        );
      }
      const extending = this.#show(asked, threshold, (known, shown) =>
        toExtendingItems(inquiry.document, known, shown, selected, this.#locale),
      );
      if (extending.items.length > 0) return extending;
      // Nothing we listed begins with another provider's item: ask what would follow if it were accepted.
      const beyond = await this.#ask(inquiry, selected);
      return this.#show(beyond, threshold, (known, shown) =>
        toContinuingItems(inquiry.document, known, shown, selected, this.#locale),
      );
    });
    return { items };
  }

  /** Counts an acceptance; undefined when the reference names nothing that was shown, or was counted before. */
  accept(reference: unknown): Acceptance | undefined {
    const requestId = stringAt(reference, "requestId");
    const rank = at(reference, "rank");
    const part = at(reference, "characters");
    return requestId === undefined || typeof rank !== "number"
      ? undefined
      : this.#answers.accept(requestId, rank, typeof part === "number" ? part : undefined);
  }

  /** Forgets answers, because the index or the settings changed. */
  refresh(): void {
    this.#answers.refresh();
  }

  get #locale(): Locale {
    return this.#around.client.locale;
  }

  async #answer<Item>(
    params: unknown,
    token: CancellationToken,
    view: "list" | "ghost",
    suggest: (inquiry: Inquiry) => Promise<Outcome<Item>>,
  ): Promise<Item[]> {
    const uri = stringAt(params, "textDocument", "uri");
    const position = at(params, "position");
    if (uri === undefined || !isPosition(position)) {
      this.#around.log("malformed-params", view);
      throw new ResponseError(
        ErrorCodes.InvalidParams,
        "A document's URI and a position are needed.",
      );
    }
    const document = this.#around.documents.get(uri);
    if (document === undefined) return this.#finish(view, { items: [], reason: "not-open" });
    const offset = document.inStep ? document.offsetAt(position) : 0;
    const revision = document.revision;
    const byHand = this.#isByHand(view, document, offset, at(params, "context", "triggerKind"));
    const inquiry = { view, document, revision, offset, byHand, token, beganMs: performance.now() };
    await this.#around.settled();
    this.#stopIfOver(inquiry);
    const silent = this.#whySilent(inquiry);
    const outcome = silent === undefined ? await suggest(inquiry) : { items: [], reason: silent };
    this.#stopIfOver(inquiry);
    return this.#finish(view, outcome);
  }

  /** Cancelled requests and those about a text that is gone are answered with the protocol's errors for it. */
  #stopIfOver({ view, token, document, revision }: Inquiry): void {
    if (token.isCancellationRequested) {
      this.#finish(view, { items: [], reason: "cancelled" });
      throw new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
    }
    if (document.revision !== revision || this.#around.documents.get(document.uri) !== document) {
      this.#finish(view, { items: [], reason: "changed-meanwhile" });
      throw new ResponseError(
        LSPErrorCodes.ContentModified,
        "The document changed while the answer was on its way.",
      );
    }
  }

  #whySilent({ view, document, offset, byHand }: Inquiry): Reason | undefined {
    const settings = this.#around.settings();
    if (!settings.enabled) return "off";
    if (settings.languages[document.languageId] === false) return "language-off";
    if (settings.show !== "both" && settings.show !== view) return "view-off";
    if (!document.inStep) return "out-of-step";
    const { lastEdit } = document;
    return !byHand && lastEdit?.isDeletion === true && lastEdit.end === offset
      ? "just-deleted"
      : undefined;
  }

  /**
   * Whether the person asked, and did not only type. For ghost text the protocol says so. For the list it uses one number for both,
   * so an invocation counts as typing when the cursor is where text was just inserted and this place was not listed before.
   */
  #isByHand(
    view: "list" | "ghost",
    document: OpenDocument,
    offset: number,
    triggerKind: unknown,
  ): boolean {
    if (view === "ghost") return triggerKind !== InlineCompletionTriggerKind.Automatic;
    const place = JSON.stringify([document.revision, offset]);
    const again = this.#listed === place;
    this.#listed = place;
    if (triggerKind === undefined) return true;
    const { lastEdit } = document;
    const justTyped = lastEdit?.end === offset && !lastEdit.isDeletion;
    return triggerKind === CompletionTriggerKind.Invoked && (again || !justTyped);
  }

  /** The candidates for a place, or why there are none. With `selected`, of the text that accepting the list's item would make. */
  async #ask(
    { document, revision, offset, byHand, token, beganMs }: Inquiry,
    selected?: Selected,
  ): Promise<Asked | Reason> {
    try {
      const { session, path } = await this.#around.roots.locate(document.uri, document.languageId);
      const text = selected === undefined ? document.text : selected.after;
      const cursor = selected === undefined ? offset : selected.start + selected.text.length;
      const limit = this.#around.settings().candidates;
      const place = {
        revision,
        offset,
        ...(selected === undefined ? {} : { inserted: selected.text }),
      };
      const signal = {
        get aborted(): boolean {
          return token.isCancellationRequested;
        },
      };
      return await this.#answers.ask(place, byHand, signal, async (everybody): Promise<Answer> => {
        const answer = await session.complete({
          path,
          text,
          offset: cursor,
          limit,
          explicit: byHand,
          signal: everybody,
        });
        // Two views of a place are one question, and what would follow another provider's item is a part of it.
        if (selected === undefined)
          countAnswer(this.#around.counter, answer, performance.now() - beganMs);
        return answer;
      });
    } catch (error) {
      // One error a keystroke would bury the editor in messages, so the request is answered empty and the reason is kept.
      this.#around.log("session-failed", codeOf(error));
      return "failed";
    }
  }

  #show<Item>(
    asked: Asked | Reason,
    threshold: number,
    toItems: (asked: Asked, shown: readonly Suggestion[]) => Item[],
  ): Outcome<Item> {
    if (typeof asked === "string") return { items: [], reason: asked };
    const { candidates, latencyMs, why } = asked.answer;
    if (candidates.length === 0) return { items: [], latencyMs, reason: why ?? "no-evidence" };
    const items = toItems(
      asked,
      candidates.filter((candidate) => candidate.probability >= threshold),
    );
    return items.length === 0
      ? { items, latencyMs, reason: "below-threshold" }
      : { items, latencyMs };
  }

  #finish<Item>(view: "list" | "ghost", { items, latencyMs, reason }: Outcome<Item>): Item[] {
    this.#around.answered({
      view,
      shown: items.length,
      ...(reason === undefined ? {} : { reason, sentence: wordReason(reason, this.#locale) }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    });
    return items;
  }
}

/** The list's selected item with the text that accepting it would make; undefined when none is selected. */
function readSelected(params: unknown, document: OpenDocument): Selected | undefined {
  const info = at(params, "context", "selectedCompletionInfo");
  const text = stringAt(info, "text");
  const range = at(info, "range");
  if (text === undefined || !isRange(range)) return undefined;
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  if (start > end) return undefined;
  return {
    start,
    end,
    text,
    after: document.text.slice(0, start) + text + document.text.slice(end),
  };
}
