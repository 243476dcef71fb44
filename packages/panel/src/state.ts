import type { Completion, Mode, Source } from "@cloud-code/search";
import type {
  EgressView,
  PanelAnswer,
  PanelLanguage,
  PanelResult,
  PanelSettings,
  PreviewedFile,
  StatusView,
  Tab,
  TelemetryView,
} from "./protocol.ts";
import type { Word } from "./words.ts";

/** Everything the panel shows follows from this one value. */
export interface State {
  readonly language: PanelLanguage;
  /** Absent before the host answered. */
  readonly settings?: PanelSettings;
  readonly tab: Tab;
  readonly search: SearchState;
  /** Absent before the host told. */
  readonly telemetry?: TelemetryView;
  /** The privacy notice, once the person asked for it here. */
  readonly notice?: string;
  /** What the person is being asked: whether all shall be deleted, or whether reports may be sent. */
  readonly asking: "purge" | "consent" | undefined;
  readonly status?: StatusView;
  readonly egress?: EgressView;
  /** What the host was asked to do and has not done yet, by id: what to say when it has. */
  readonly waiting: ReadonlyMap<number, Word>;
  /** The latest thing to say aloud. */
  readonly said?: Said;
  readonly nextId: number;
}

/** A sentence for the live regions. `quiet` ones are heard and not shown, because the page shows them elsewhere. */
export interface Said {
  readonly tone: "quiet" | "good" | "problem";
  readonly text: string;
}

/** The search page. */
export interface SearchState {
  readonly query: string;
  readonly mode: Mode;
  readonly filter: FilterState;
  readonly hasFilters: boolean;
  readonly suggestions: readonly Completion[];
  /** Of the suggestions; -1 while the person only types. */
  readonly chosen: number;
  /** The request for suggestions that counts; older ones are not listened to. */
  readonly suggestId?: number;
  readonly phase: Phase;
  /** The results on the page, also while the next ones are on their way. */
  readonly answer?: PanelAnswer;
  /** The question of `answer`, or of what is on its way. */
  readonly asked?: Asked;
  /** The result that the keys are for. */
  readonly current: number;
  /** Results that are shown in all their lines. */
  readonly expanded: ReadonlySet<number>;
  readonly preview?: Preview;
  /** Latest first. */
  readonly recent: readonly string[];
  readonly isKept: boolean;
}

/** What a search waits for. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "waiting"; readonly id: number }
  | { readonly kind: "answered" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly sentence: string };

/** A question as it was asked. */
export interface Asked {
  readonly query: string;
  readonly mode: Mode;
  readonly filter: FilterState;
  readonly page: number;
}

/** The filters as the form has them; "" is no filter. */
export interface FilterState {
  /** Empty: everywhere. */
  readonly sources: readonly Source[];
  readonly language: string;
  readonly package: string;
  readonly path: string;
}

/** A file that is shown whole. */
export interface Preview {
  readonly id: number;
  readonly result: PanelResult;
  /** Absent while it is being read. */
  readonly file?: PreviewedFile;
  readonly problem?: string;
}

/** Results on a page. */
export const PAGE_SIZE = 10;
/** As many questions are remembered. */
export const MAX_RECENT = 20;

/** No filter at all. */
export const noFilter: FilterState = { sources: [], language: "", package: "", path: "" };

/** The panel before anybody said anything. */
export function createState(language: PanelLanguage): State {
  return {
    language,
    tab: "search",
    search: {
      query: "",
      mode: "auto",
      filter: noFilter,
      hasFilters: false,
      suggestions: [],
      chosen: -1,
      phase: { kind: "idle" },
      current: 0,
      expanded: new Set(),
      recent: [],
      isKept: false,
    },
    asking: undefined,
    waiting: new Map(),
    nextId: 1,
  };
}

/** How many filters are set. */
export function countFilters({ sources, language, package: name, path }: FilterState): number {
  return [sources.length > 0, language !== "", name.trim() !== "", path.trim() !== ""].filter(
    Boolean,
  ).length;
}

/** The place of a result over all pages, from 1. */
export function rankOf(state: SearchState, index: number): number {
  return ((state.answer?.page ?? 1) - 1) * PAGE_SIZE + index + 1;
}

/** How many pages the answer has; at least 1. */
export function pagesOf({ total }: PanelAnswer): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}

/** Whether there is a page behind the one that is shown. */
export function hasNext(answer: PanelAnswer): boolean {
  return answer.page < pagesOf(answer) && answer.results.length > 0;
}
