import type { Filter, Mode } from "@cloud-code/search";
import type {
  EngineChoice,
  HostMessage,
  PanelMessage,
  PanelResult,
  Place,
  Tab,
  TelemetryMode,
} from "./protocol.ts";
import {
  type Asked,
  type FilterState,
  hasNext,
  MAX_RECENT,
  PAGE_SIZE,
  rankOf,
  type Said,
  type SearchState,
  type State,
} from "./state.ts";
import { say, sayNumber, type Word } from "./words.ts";

/** What happens to the panel: the person does something, or the host tells something. */
export type Action =
  | { readonly kind: "host"; readonly message: HostMessage }
  | { readonly kind: "tab"; readonly tab: Tab }
  | { readonly kind: "typed"; readonly query: string }
  /** The person stopped typing for a moment. */
  | { readonly kind: "paused" }
  | { readonly kind: "choose"; readonly by: 1 | -1 }
  | { readonly kind: "take"; readonly index: number }
  | { readonly kind: "close-suggestions" }
  | { readonly kind: "submit" }
  | { readonly kind: "ask"; readonly query: string; readonly mode?: Mode }
  | { readonly kind: "cancel" }
  | { readonly kind: "clear" }
  | { readonly kind: "turn"; readonly by: 1 | -1 }
  | { readonly kind: "toggle-filters" }
  | { readonly kind: "filter"; readonly filter: Partial<FilterState> }
  | { readonly kind: "mode"; readonly mode: Mode }
  | { readonly kind: "focus-box" }
  | { readonly kind: "current"; readonly index: number }
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "expand"; readonly index: number }
  | { readonly kind: "open" | "preview" | "copy" | "insert"; readonly index: number }
  | { readonly kind: "close-preview" }
  | { readonly kind: "forget" }
  | { readonly kind: "keep"; readonly isKept: boolean }
  | { readonly kind: "collect"; readonly mode: TelemetryMode }
  | { readonly kind: "consent"; readonly isAllowed: boolean }
  | { readonly kind: "ask-purge"; readonly isAsked: boolean }
  | { readonly kind: "purge" }
  | { readonly kind: "export" }
  | { readonly kind: "engine"; readonly engine: EngineChoice }
  | { readonly kind: "rebuild" }
  | { readonly kind: "show-notice" }
  | { readonly kind: "show-settings" }
  | { readonly kind: "show-log" }
  | { readonly kind: "dismiss" };

/** Where the focus goes after the page is drawn. */
export type Focus =
  | "box"
  | "result"
  | "preview"
  | "purge"
  | "purge-ask"
  | "consent"
  | "mode"
  | "tab";

/** The next state, what the host is told, and where the focus goes. */
export interface Step {
  readonly state: State;
  readonly posts: readonly PanelMessage[];
  readonly focus?: Focus;
}

/** The whole behaviour of the panel: pure, so that every way through it can be tested without a page. */
export function update(state: State, action: Action): Step {
  const { search } = state;
  switch (action.kind) {
    case "host":
      return hear(state, action.message);
    case "tab":
      // Whoever leaves a question has not answered it.
      return {
        ...stay({ ...state, tab: action.tab, asking: undefined }),
        posts: refresh(action.tab),
      };
    case "typed":
      return stay(withSearch(state, { query: action.query, suggestions: [], chosen: -1 }));
    case "paused":
      return suggest(state);
    case "choose": {
      const count = search.suggestions.length + 1;
      // One more place than suggestions: what the person typed is among the choices.
      const chosen = ((search.chosen + 1 + action.by + count) % count) - 1;
      return stay(withSearch(state, { chosen }));
    }
    case "take": {
      const taken = search.suggestions[action.index];
      if (taken === undefined) return stay(state);
      return {
        ...stay(withSearch(state, { query: taken.text, suggestions: [], chosen: -1 })),
        focus: "box",
      };
    }
    case "close-suggestions":
      return stay(withSearch(state, { suggestions: [], chosen: -1 }));
    case "submit":
      return ask(state, search);
    case "ask":
      return ask(state, {
        ...search,
        query: action.query,
        mode: action.mode ?? search.mode,
      });
    case "cancel":
      return cancel(state);
    case "clear": {
      const { answer: _answer, asked: _asked, ...rest } = search;
      const stopped = stop(search);
      return {
        state: {
          ...state,
          search: { ...rest, query: "", suggestions: [], chosen: -1, phase: { kind: "idle" } },
        },
        posts: stopped,
        focus: "box",
      };
    }
    case "turn":
      return turn(state, action.by);
    case "toggle-filters":
      return stay(withSearch(state, { hasFilters: !search.hasFilters }));
    case "filter":
      return stay(withSearch(state, { filter: { ...search.filter, ...action.filter } }));
    case "mode":
      return stay(withSearch(state, { mode: action.mode }));
    case "focus-box":
      return { ...stay({ ...state, tab: "search" }), focus: "box" };
    case "current":
      return stay(withSearch(state, { current: action.index }));
    case "move": {
      const last = (search.answer?.results.length ?? 0) - 1;
      if (action.to < 0 || last < 0) return { ...stay(state), focus: "box" };
      const current = Math.min(action.to, last);
      return { ...stay(withSearch(state, { current })), focus: "result" };
    }
    case "expand": {
      const expanded = new Set(search.expanded);
      if (!expanded.delete(action.index)) expanded.add(action.index);
      return stay(withSearch(state, { expanded, current: action.index }));
    }
    case "open":
    case "preview":
    case "copy":
    case "insert":
      return act(state, action.kind, action.index);
    case "close-preview": {
      const { preview, ...rest } = search;
      const stopped: PanelMessage[] =
        preview !== undefined && preview.file === undefined && preview.problem === undefined
          ? [{ kind: "cancel", id: preview.id }]
          : [];
      return { state: { ...state, search: rest }, posts: stopped, focus: "result" };
    }
    case "forget":
      return remember(
        saying(withSearch(state, { recent: [] }), "good", say("recentForgotten", state.language)),
      );
    case "keep": {
      const kept = withSearch(state, { isKept: action.isKept });
      return action.isKept ? remember(kept) : { state: kept, posts: [{ kind: "keep-queries" }] };
    }
    case "collect":
      return collect(state, action.mode);
    case "consent":
      return consent(state, action.isAllowed);
    case "ask-purge":
      return {
        ...stay({ ...state, asking: action.isAsked ? "purge" : undefined }),
        focus: action.isAsked ? "purge" : "purge-ask",
      };
    case "purge":
      return {
        ...run(
          { ...state, asking: undefined },
          (id) => ({ kind: "telemetry-purge", id }),
          "purged",
        ),
        focus: "purge-ask",
      };
    case "export":
      return run(state, (id) => ({ kind: "telemetry-export", id }), "exported");
    case "engine":
      return run(state, (id) => ({ kind: "engine-set", id, engine: action.engine }));
    case "rebuild":
      return run(state, (id) => ({ kind: "index-rebuild", id }), "rebuilding");
    case "show-notice":
    case "show-settings":
    case "show-log":
      return { state, posts: [{ kind: action.kind }] };
    case "dismiss": {
      const { said: _said, ...rest } = state;
      return stay(rest);
    }
  }
}

/** What a person meant by a message of the host. */
function hear(state: State, message: HostMessage): Step {
  const { search } = state;
  switch (message.kind) {
    case "settings": {
      const { settings } = message;
      const isFirst = state.settings === undefined;
      const kept = settings.keptQueries;
      return stay({
        ...withSearch(
          state,
          // Later settings come while the person works: what is remembered here is newer than what they carry.
          isFirst && kept !== undefined ? { recent: kept.slice(0, MAX_RECENT), isKept: true } : {},
        ),
        settings,
        language: settings.language,
      });
    }
    case "answer": {
      if (!isAwaited(search, message.id)) return stay(state);
      const { answer } = message;
      const { sentence } = answer.understoodAs;
      const done = withSearch(state, {
        answer,
        phase: { kind: "answered" },
        current: 0,
        expanded: new Set(),
      });
      if (answer.results.length === 0)
        return stay(saying(done, "quiet", say("foundNothing", state.language, { sentence })));
      const total = sayNumber(answer.total, state.language);
      const word = answer.total === 1 ? "foundOne" : answer.isTotalExact ? "found" : "foundAbout";
      const spoken = saying(done, "quiet", say(word, state.language, { total, sentence }));
      // A new question begins without an answer, so this is a page that was turned: it is read from its first result.
      return search.answer === undefined ? stay(spoken) : { ...stay(spoken), focus: "result" };
    }
    case "suggestions": {
      if (message.id !== search.suggestId || message.words.length === 0) return stay(state);
      const next = withSearch(state, { suggestions: message.words, chosen: -1 });
      const heard = say("suggestionsCount", state.language, { count: message.words.length });
      return stay(saying(next, "quiet", heard));
    }
    case "file": {
      const { preview } = search;
      if (preview?.id !== message.id) return stay(state);
      return stay(withSearch(state, { preview: { ...preview, file: message.file } }));
    }
    case "done": {
      const word = state.waiting.get(message.id);
      if (word === undefined) return stay(state);
      const heard = [say(word, state.language), message.sentence ?? ""].join(" ").trim();
      return stay(saying(without(state, message.id), "good", heard));
    }
    case "problem":
      return fail(state, message.id, message.sentence, message.code);
    case "telemetry":
      return stay({ ...state, telemetry: message.telemetry });
    case "status":
      return stay({ ...state, status: message.status });
    case "egress":
      return stay({ ...state, egress: message.egress });
    case "notice":
      return stay({ ...state, notice: message.text });
    case "ask": {
      const shown = { ...state, tab: "search" } as const;
      const { preview: _preview, ...rest } = search;
      return ask(shown, { ...rest, query: message.query, mode: message.mode ?? "auto" });
    }
    case "show": {
      const shown = { ...stay({ ...state, tab: message.tab }), posts: refresh(message.tab) };
      return { ...shown, focus: message.tab === "search" ? "box" : "tab" };
    }
  }
}

function fail(state: State, id: number, sentence: string, code: string | undefined): Step {
  const { search } = state;
  if (isAwaited(search, id)) {
    if (code === "CANCELLED") return stay(withSearch(state, { phase: { kind: "cancelled" } }));
    // The page says it in full where the results would be.
    return stay(
      saying(withSearch(state, { phase: { kind: "failed", sentence } }), "quiet", sentence),
    );
  }
  if (search.preview?.id === id)
    return stay(
      saying(
        withSearch(state, { preview: { ...search.preview, problem: sentence } }),
        "quiet",
        sentence,
      ),
    );
  const next = without(state, id);
  // A suggestion that does not come is missed by nobody, nor is what the person took back.
  if (code === "CANCELLED" || id === search.suggestId) return stay(next);
  return stay(saying(next, "problem", sentence));
}

function suggest(state: State): Step {
  const { query } = state.search;
  const older: PanelMessage[] =
    state.search.suggestId === undefined ? [] : [{ kind: "cancel", id: state.search.suggestId }];
  // A pasted error or a piece of code is no word to be gone on with.
  if (query.trim() === "" || query.includes("\n")) return { state, posts: older };
  const id = state.nextId;
  const next = { ...withSearch(state, { suggestId: id }), nextId: id + 1 };
  return { state: next, posts: [...older, { kind: "suggest", id, query }] };
}

/** Asks a question from its first page. */
function ask(state: State, search: SearchState): Step {
  const query = search.query.trim();
  if (query === "") return { ...stay({ ...state, search }), focus: "box" };
  const asked: Asked = { query, mode: search.mode, filter: search.filter, page: 1 };
  const recent = [query, ...search.recent.filter((each) => each !== query)].slice(0, MAX_RECENT);
  const { answer: _answer, preview: _preview, ...rest } = search;
  const begun = send({ ...state, search: { ...rest, recent } }, asked);
  const kept: PanelMessage[] = search.isKept ? [{ kind: "keep-queries", queries: recent }] : [];
  return { ...begun, posts: [...begun.posts, ...kept] };
}

function turn(state: State, by: 1 | -1): Step {
  const { answer, asked, phase } = state.search;
  if (answer === undefined || asked === undefined || phase.kind === "waiting") return stay(state);
  const page = answer.page + by;
  if (page < 1 || (by === 1 && !hasNext(answer))) return stay(state);
  const begun = send(state, { ...asked, page });
  return {
    ...begun,
    posts: [...begun.posts, { kind: "event", event: { kind: "page-turn" } }],
  };
}

function send(state: State, asked: Asked): Step {
  const id = state.nextId;
  const { suggestId, ...rest } = state.search;
  const search: SearchState = {
    ...rest,
    asked,
    suggestions: [],
    chosen: -1,
    phase: { kind: "waiting", id },
  };
  const { query, mode, filter, page } = asked;
  return {
    state: saying({ ...state, search, nextId: id + 1 }, "quiet", say("searching", state.language)),
    posts: [
      ...stop(state.search),
      // Suggestions for what is being searched already would come too late.
      ...(suggestId === undefined ? [] : [{ kind: "cancel", id: suggestId } as const]),
      { kind: "search", id, query, page, pageSize: PAGE_SIZE, mode, filter: toFilter(filter) },
    ],
  };
}

function cancel(state: State): Step {
  const posts = stop(state.search);
  if (posts.length === 0) return stay(state);
  const stopped = withSearch(state, { phase: { kind: "cancelled" } });
  return {
    state: saying(stopped, "quiet", say("cancelled", state.language)),
    posts,
    focus: "box",
  };
}

function stop({ phase }: SearchState): PanelMessage[] {
  return phase.kind === "waiting" ? [{ kind: "cancel", id: phase.id }] : [];
}

/** What can be done with a result. */
function act(state: State, kind: "open" | "preview" | "copy" | "insert", index: number): Step {
  const { search } = state;
  const result = search.answer?.results[index];
  if (result === undefined) return stay(state);
  const rank = rankOf(search, index);
  const here = withSearch(state, { current: index });
  if (kind === "copy" || kind === "insert") {
    const text = result.snippet;
    const done = run(here, (id) => ({ kind, id, text }), kind === "copy" ? "copied" : "inserted");
    return counted(done, { kind: "event", event: { kind: "adopt", rank } });
  }
  const clicked: PanelMessage = { kind: "event", event: { kind: "click" } };
  const place = toPlace(result);
  if (kind === "open" && canOpen(state, result))
    return counted(
      run(here, (id) => ({ kind: "open", id, place, line: result.startLine })),
      clicked,
    );
  const id = state.nextId;
  return {
    state: { ...withSearch(here, { preview: { id, result } }), nextId: id + 1 },
    posts: [{ kind: "preview", id, place }, clicked],
    focus: "preview",
  };
}

/** Whether the host shows this file in an editor; otherwise the panel shows it. */
export function canOpen({ settings }: State, { source }: PanelResult): boolean {
  const { open = false, openPackages = false } = settings?.can ?? {};
  return source === "workspace" ? open : openPackages;
}

/** A yes is given to the question alone, which names who receives what; everything else takes effect at once. */
function collect(state: State, mode: TelemetryMode): Step {
  const { telemetry } = state;
  if (mode === "on" && telemetry?.mode !== "on")
    return telemetry?.question === undefined
      ? stay(saying(state, "problem", say("noReceiver", state.language)))
      : { ...stay({ ...state, asking: "consent" }), focus: "consent" };
  if (mode === "on") return stay({ ...state, asking: undefined });
  return run({ ...state, asking: undefined }, (id) => ({
    kind: "telemetry-set",
    id,
    choice: { mode },
  }));
}

function consent(state: State, isAllowed: boolean): Step {
  const { telemetry, asking } = state;
  const answered = { ...state, asking: undefined };
  if (!isAllowed || asking !== "consent" || telemetry?.question === undefined)
    return { ...stay(answered), focus: "mode" };
  const { receiver, noticeVersion } = telemetry.question;
  const choice = { mode: "on", receiver, noticeVersion } as const;
  return { ...run(answered, (id) => ({ kind: "telemetry-set", id, choice })), focus: "mode" };
}

function run(state: State, make: (id: number) => PanelMessage, done?: Word): Step {
  const id = state.nextId;
  const waiting = done === undefined ? state.waiting : new Map(state.waiting).set(id, done);
  return { state: { ...state, waiting, nextId: id + 1 }, posts: [make(id)] };
}

function counted(step: Step, event: PanelMessage): Step {
  return { ...step, posts: [...step.posts, event] };
}

/** Keeps the recent questions where the person wants them kept. */
function remember(state: State): Step {
  const { isKept, recent } = state.search;
  return { state, posts: isKept ? [{ kind: "keep-queries", queries: recent }] : [] };
}

/** Asks for what may have changed since the page was last shown. */
function refresh(tab: Tab): PanelMessage[] {
  switch (tab) {
    case "search":
      return [];
    case "statistics":
      return [{ kind: "telemetry-get" }];
    case "status":
      return [{ kind: "status-get" }];
    case "data":
      return [{ kind: "egress-get" }];
  }
}

function toFilter({ sources, language, package: name, path }: FilterState): Filter {
  return {
    ...(sources.length === 0 ? {} : { sources }),
    ...(language === "" ? {} : { languages: [language] }),
    ...(name.trim() === "" ? {} : { package: name.trim() }),
    ...(path.trim() === "" ? {} : { path: path.trim() }),
  };
}

function toPlace({ source, path, root, package: facts }: PanelResult): Place {
  return {
    source,
    path,
    ...(facts === undefined
      ? {}
      : { package: { ecosystem: facts.ecosystem, name: facts.name, version: facts.version } }),
    ...(root === undefined ? {} : { root }),
  };
}

function isAwaited({ phase }: SearchState, id: number): boolean {
  return phase.kind === "waiting" && phase.id === id;
}

function stay(state: State): Step {
  return { state, posts: [] };
}

function withSearch(state: State, change: Partial<SearchState>): State {
  return { ...state, search: { ...state.search, ...change } };
}

function saying(state: State, tone: Said["tone"], text: string): State {
  return { ...state, said: { tone, text } };
}

function without(state: State, id: number): State {
  if (!state.waiting.has(id)) return state;
  const waiting = new Map(state.waiting);
  waiting.delete(id);
  return { ...state, waiting };
}
