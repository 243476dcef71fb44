import type { HostMessage, PanelMessage, Place } from "@cloud-code/panel/protocol";
import { renderNotice, toPlainText } from "@cloud-code/policy";
import { languageOf } from "@cloud-code/syntax";
import { type Telemetry, TelemetryError, type UsageEvent } from "@cloud-code/telemetry";
import { AssistantError, type Locale, wordError } from "../errors.ts";
import { toColours } from "../search/colours.ts";
import type { LiveSearch } from "../search/live.ts";
import { findModelPermission } from "../search/meaning.ts";
import { wordReason, wordUnderstanding } from "../search/words.ts";
import { toEgress } from "../telemetry/egress.ts";
import { parseSearchUse } from "../telemetry/use.ts";
import { toAssistantError, toExport, toState, toWeek } from "../telemetry/view.ts";

/** What the panel asks of the program; the rest is the page's to do. */
export interface PanelDeskOptions {
  /** Finds code. */
  readonly search: Pick<LiveSearch, "search" | "suggest" | "source" | "requests">;
  /** Counts, if the person chose it. */
  readonly telemetry: Pick<
    Telemetry,
    "count" | "standing" | "history" | "choose" | "purge" | "export" | "paths"
  >;
}

const maxSuggestions = 10;

/** Answers the panel of the page, each message with what a host owes it. What cannot be done is an answer too, in words. */
export class PanelDesk {
  readonly #search: PanelDeskOptions["search"];
  readonly #telemetry: PanelDeskOptions["telemetry"];

  constructor({ search, telemetry }: PanelDeskOptions) {
    this.#search = search;
    this.#telemetry = telemetry;
  }

  /** The answers, in the order in which the panel should hear them. Rejects with what nobody foresaw. */
  async answer(
    message: PanelMessage,
    locale: Locale,
    signal: AbortSignal,
  ): Promise<readonly HostMessage[]> {
    try {
      return await this.#answer(message, locale, signal);
    } catch (thrown) {
      const error = thrown instanceof TelemetryError ? toAssistantError(thrown) : thrown;
      if (!(error instanceof AssistantError)) throw error;
      const { code } = error;
      const sentence = wordError(code, error.details, locale);
      return [{ kind: "problem", id: "id" in message ? message.id : 0, sentence, code }];
    }
  }

  async #answer(
    message: PanelMessage,
    locale: Locale,
    signal: AbortSignal,
  ): Promise<readonly HostMessage[]> {
    switch (message.kind) {
      case "search": {
        const { id, kind: _kind, ...request } = message;
        const { understoodAs, results, ...rest } = await this.#search.search(request, signal);
        // Further pages belong to the same question.
        if (request.page === 1) this.#telemetry.count({ kind: "search" });
        const answer = {
          ...rest,
          understoodAs: {
            kind: understoodAs.kind,
            sentence: wordUnderstanding(understoodAs, locale),
          },
          results: results.map((result) => ({
            ...result,
            why: wordReason(result.why, locale),
            colours: toColours(result.snippet, result.language),
          })),
        };
        return [{ kind: "answer", id, answer }];
      }
      case "suggest": {
        const words = await this.#search.suggest(message.query, maxSuggestions);
        if (words.length > 0) this.#telemetry.count({ kind: "search-prompt" });
        return [{ kind: "suggestions", id: message.id, words }];
      }
      case "preview":
        return [await this.#preview(message.id, message.place)];
      case "event":
        this.#count(parseSearchUse(message.event));
        return [];
      case "telemetry-get":
      case "egress-get":
        return this.#tell(locale);
      case "telemetry-set":
        await this.#telemetry.choose(message.choice);
        return [...(await this.#tell(locale)), { kind: "done", id: message.id }];
      case "telemetry-purge":
        await this.#telemetry.purge();
        return [...(await this.#tell(locale)), { kind: "done", id: message.id }];
      case "telemetry-export":
        return [
          {
            kind: "done",
            id: message.id,
            sentence: toExport(await this.#telemetry.export()).text,
          },
        ];
      case "show-notice":
        return [{ kind: "notice", text: toPlainText(renderNotice("assistant", locale)) }];
      default:
        // The page does it by itself, or has not offered it.
        return [];
    }
  }

  async #preview(id: number, { path, package: facts }: Place): Promise<HostMessage> {
    const file = facts === undefined ? { path } : { path, package: facts };
    const text = await this.#search.source(file);
    if (text === undefined) throw new AssistantError("FILE_NOT_FOUND", { path });
    const language = languageOf(path) ?? "generic";
    return { kind: "file", id, file: { text, language, colours: toColours(text, language) } };
  }

  #count(event: UsageEvent | undefined): void {
    if (event !== undefined) this.#telemetry.count(event);
  }

  async #tell(locale: Locale): Promise<readonly HostMessage[]> {
    const [standing, weeks, permission] = await Promise.all([
      this.#telemetry.standing(),
      this.#telemetry.history(),
      findModelPermission(process.env),
    ]);
    const models = { permission, requests: this.#search.requests };
    const state = toState(standing, this.#telemetry.paths, locale);
    const history = weeks.map((week) => toWeek(week, locale));
    return [
      { kind: "telemetry", telemetry: { ...state, history } },
      { kind: "egress", egress: toEgress(standing, weeks, models, locale) },
    ];
  }
}
