import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostMessage, PanelAnswer, PanelMessage, PanelResult } from "./protocol.ts";
import { createState, type State } from "./state.ts";
import { type Action, type Focus, update } from "./update.ts";

/** Goes a way through the panel and tells what came of it. */
function walk(...actions: readonly (Action | HostMessage)[]): {
  state: State;
  posts: readonly PanelMessage[];
  focus: Focus | undefined;
} {
  let state = createState("en");
  let posts: readonly PanelMessage[] = [];
  let focus: Focus | undefined;
  for (const each of actions) {
    const step = update(state, isAction(each) ? each : { kind: "host", message: each });
    ({ state, posts, focus } = { focus: undefined, ...step });
  }
  return { state, posts, focus };
}

const hostKinds = new Set(
  "settings answer suggestions file done problem telemetry status egress notice show".split(" "),
);
function isAction(each: Action | HostMessage): each is Action {
  return !hostKinds.has(each.kind);
}

const settings: HostMessage = {
  kind: "settings",
  settings: { language: "en", sources: ["workspace"], can: { open: true, insert: true } },
};
const result: PanelResult = {
  path: "src/a.ts",
  startLine: 3,
  endLine: 4,
  snippet: "one\ntwo",
  marks: [],
  language: "typescript",
  source: "workspace",
  score: 1,
  why: "has one",
  copies: 0,
};
function answer(id: number, page = 1, total = 25): HostMessage {
  const results = Array.from({ length: 10 }, () => result);
  return { kind: "answer", id, answer: answerOf({ page, total, results }) };
}
function answerOf(more: Partial<PanelAnswer>): PanelAnswer {
  const understoodAs = { kind: "description", sentence: "A description." } as const;
  return { understoodAs, results: [], page: 1, total: 0, isTotalExact: true, ...more };
}
const typed: Action = { kind: "typed", query: " read excel " };
const submit: Action = { kind: "submit" };

describe("a question", () => {
  test("tells how much was found as exactly as it is known", () => {
    const check = (more: Partial<PanelAnswer>, expected: string): void => {
      const told: HostMessage = { kind: "answer", id: 1, answer: answerOf(more) };
      const { state } = walk(settings, typed, submit, told);
      expect(state.said?.text).toBe(`${expected} A description.`);
    };
    check({}, "Nothing found.");
    check({ results: [result], total: 1 }, "1 result.");
    check({ results: [result], total: 1_200 }, "1,200 results.");
    check({ results: [result], total: 150, isTotalExact: false }, "About 150 results.");
  });

  test("is sent trimmed, from its first page, with the filters that are set", () => {
    const { posts, state } = walk(
      settings,
      typed,
      { kind: "filter", filter: { language: "java", path: " src/** " } },
      { kind: "mode", mode: "description" },
      submit,
    );
    expect(posts).toEqual([
      {
        kind: "search",
        id: 1,
        query: "read excel",
        page: 1,
        pageSize: 10,
        mode: "description",
        filter: { languages: ["java"], path: "src/**" },
      },
    ]);
    expect(state.search.phase).toEqual({ kind: "waiting", id: 1 });
  });

  test("that is empty asks nobody", () => {
    expect(walk(settings, { kind: "typed", query: "  " }, submit).posts).toEqual([]);
  });

  test("takes the place of one that is on its way, whose answer is not shown any more", () => {
    const asked = walk(settings, typed, submit, { kind: "typed", query: "other" }, submit);
    expect(asked.posts.map(({ kind }) => kind)).toEqual(["cancel", "search"]);
    const late = walk(
      settings,
      typed,
      submit,
      { kind: "typed", query: "other" },
      submit,
      answer(1),
    );
    expect(late.state.search.answer).toBeUndefined();
    expect(late.state.search.phase).toEqual({ kind: "waiting", id: 2 });
  });

  test("can be cancelled, and what comes then is not shown", () => {
    const cancelled = walk(settings, typed, submit, { kind: "cancel" });
    expect(cancelled.posts).toEqual([{ kind: "cancel", id: 1 }]);
    expect(cancelled.focus).toBe("box");
    const late = walk(settings, typed, submit, { kind: "cancel" }, answer(1));
    expect(late.state.search.phase).toEqual({ kind: "cancelled" });
  });

  test("that fails says why, and one that the host cancelled is no failure", () => {
    const problem = (code?: string): HostMessage => ({
      kind: "problem",
      id: 1,
      sentence: "The pattern does not parse.",
      ...(code === undefined ? {} : { code }),
    });
    expect(walk(settings, typed, submit, problem()).state.search.phase).toEqual({
      kind: "failed",
      sentence: "The pattern does not parse.",
    });
    expect(walk(settings, typed, submit, problem("CANCELLED")).state.search.phase).toEqual({
      kind: "cancelled",
    });
  });

  test("from outside shows the search page, whatever was on the screen", () => {
    const { state, posts } = walk(
      settings,
      { kind: "tab", tab: "data" },
      { kind: "host", message: { kind: "ask", query: "HashMap", mode: "api" } },
    );
    expect([state.tab, state.search.query]).toEqual(["search", "HashMap"]);
    expect(posts[0]).toMatchObject({ kind: "search", query: "HashMap", mode: "api" });
  });
});

describe("pages", () => {
  const shown = [settings, typed, submit, answer(1)] as const;

  test("are turned with the question that was asked, not the one that is being typed", () => {
    const { posts } = walk(...shown, { kind: "typed", query: "x" }, { kind: "turn", by: 1 });
    expect(posts).toMatchObject([
      { kind: "search", query: "read excel", page: 2 },
      { kind: "event", event: { kind: "page-turn" } },
    ]);
  });

  test("keep the old results until the new ones are there, and begin with the first of them", () => {
    const turning = walk(...shown, { kind: "move", to: 4 }, { kind: "turn", by: 1 });
    expect(turning.state.search.answer?.page).toBe(1);
    const turned = walk(...shown, { kind: "move", to: 4 }, { kind: "turn", by: 1 }, answer(2, 2));
    expect([turned.state.search.answer?.page, turned.state.search.current, turned.focus]).toEqual([
      2,
      0,
      "result",
    ]);
  });

  test("end where the results end", () => {
    expect(walk(...shown, { kind: "turn", by: -1 }).posts).toEqual([]);
    expect(walk(settings, typed, submit, answer(1, 1, 10), { kind: "turn", by: 1 }).posts).toEqual(
      [],
    );
  });
});

describe("results", () => {
  const shown = [settings, typed, submit, answer(1)] as const;
  const second = [...shown, { kind: "turn", by: 1 }, answer(2, 2)] as const;

  test("are adopted with their rank over all pages", () => {
    expect(walk(...second, { kind: "copy", index: 3 }).posts).toEqual([
      { kind: "copy", id: 3, text: "one\ntwo" },
      { kind: "event", event: { kind: "adopt", rank: 14 } },
    ]);
    expect(walk(...shown, { kind: "insert", index: 0 }).posts[1]).toEqual({
      kind: "event",
      event: { kind: "adopt", rank: 1 },
    });
  });

  test("are opened in the editor where the host can, else shown whole in the panel", () => {
    expect(walk(...shown, { kind: "open", index: 0 }).posts).toEqual([
      { kind: "open", id: 2, place: { source: "workspace", path: "src/a.ts" }, line: 3 },
      { kind: "event", event: { kind: "click" } },
    ]);
    const { package: _package, ...facts } = {
      ...result,
      source: "dependencies" as const,
      package: undefined,
    };
    const foreign = {
      ...facts,
      package: { ecosystem: "npm", name: "zod", version: "4.0.0", licence: "MIT" },
    };
    const { posts, focus, state } = walk(
      settings,
      typed,
      submit,
      { kind: "answer", id: 1, answer: answerOf({ results: [foreign], total: 1 }) },
      { kind: "open", index: 0 },
    );
    expect(posts[0]).toEqual({
      kind: "preview",
      id: 2,
      place: {
        source: "dependencies",
        path: "src/a.ts",
        package: { ecosystem: "npm", name: "zod", version: "4.0.0" },
      },
    });
    expect([focus, state.search.preview?.id]).toEqual(["preview", 2]);
  });

  test("that are not there cannot be acted on", () => {
    expect(walk(...shown, { kind: "copy", index: 10 }).posts).toEqual([]);
    expect(walk(...shown, { kind: "move", to: 99 }).state.search.current).toBe(9);
    expect(walk(...shown, { kind: "move", to: -1 }).focus).toBe("box");
  });

  test("say what was done, and what could not be done", () => {
    const copied = walk(...shown, { kind: "copy", index: 0 }, { kind: "done", id: 2 });
    expect(copied.state.said).toEqual({ tone: "good", text: "Copied." });
    const failed = walk(
      ...shown,
      { kind: "open", index: 0 },
      {
        kind: "problem",
        id: 2,
        sentence: "src/a.ts is gone. Search again.",
      },
    );
    expect(failed.state.said).toEqual({ tone: "problem", text: "src/a.ts is gone. Search again." });
  });

  test("a preview that is left is cancelled while it is being read, and not afterwards", () => {
    const file: HostMessage = { kind: "file", id: 2, file: { text: "x", language: "typescript" } };
    const left: Action = { kind: "close-preview" };
    expect(walk(...shown, { kind: "preview", index: 0 }, left).posts).toEqual([
      { kind: "cancel", id: 2 },
    ]);
    const read = walk(...shown, { kind: "preview", index: 0 }, file, left);
    expect([read.posts, read.focus]).toEqual([[], "result"]);
  });
});

describe("suggestions", () => {
  const words: HostMessage = {
    kind: "suggestions",
    id: 1,
    words: [
      { text: "createSheet", kind: "method", count: 9 },
      { text: "createRow", kind: "method", count: 2 },
    ],
  };
  const pause: Action = { kind: "paused" };

  test("are asked for one line, and the request before is taken back", () => {
    expect(walk(settings, typed, pause).posts).toEqual([
      { kind: "suggest", id: 1, query: " read excel " },
    ]);
    expect(walk(settings, typed, pause, { kind: "typed", query: "re" }, pause).posts).toEqual([
      { kind: "cancel", id: 1 },
      { kind: "suggest", id: 2, query: "re" },
    ]);
    expect(walk(settings, { kind: "typed", query: "at a\nat b" }, pause).posts).toEqual([]);
  });

  test("that come late are not shown", () => {
    const late = walk(settings, typed, pause, { kind: "typed", query: "re" }, pause, words);
    expect(late.state.search.suggestions).toEqual([]);
    expect(walk(settings, typed, pause, submit, words).state.search.suggestions).toEqual([]);
  });

  test("are gone through in a circle that holds what was typed, and taken whole", () => {
    const offered = [settings, typed, pause, words] as const;
    const chosen = (...by: readonly (1 | -1)[]): number =>
      walk(...offered, ...by.map((step): Action => ({ kind: "choose", by: step }))).state.search
        .chosen;
    expect([chosen(1), chosen(1, 1), chosen(1, 1, 1), chosen(-1)]).toEqual([0, 1, -1, 1]);
    const taken = walk(...offered, { kind: "take", index: 1 });
    expect([taken.state.search.query, taken.state.search.suggestions, taken.focus]).toEqual([
      "createRow",
      [],
      "box",
    ]);
  });
});

describe("recent questions", () => {
  test("live in memory: nothing of them is told unless the person keeps them", () => {
    const asked = walk(settings, typed, submit);
    expect(asked.state.search.recent).toEqual(["read excel"]);
    expect(asked.posts.map(({ kind }) => kind)).not.toContain("keep-queries");
    const kept = walk(settings, { kind: "keep", isKept: true }, typed, submit);
    expect(kept.posts.at(-1)).toEqual({ kind: "keep-queries", queries: ["read excel"] });
    const stopped = walk(settings, { kind: "keep", isKept: true }, { kind: "keep", isKept: false });
    expect(stopped.posts).toEqual([{ kind: "keep-queries" }]);
  });

  test("are twenty at most, without repetition, and can be forgotten", () => {
    const many = Array.from({ length: 30 }, (_, index): Action => ({
      kind: "ask",
      query: `q${index % 25}`,
    }));
    const { recent } = walk(settings, ...many).state.search;
    expect([recent.length, recent[0], new Set(recent).size]).toEqual([20, "q4", 20]);
    expect(walk(settings, ...many, { kind: "forget" }).state.search.recent).toEqual([]);
  });

  test("come back where the person kept them, and only with the first settings", () => {
    const kept: HostMessage = {
      kind: "settings",
      settings: { language: "zh", sources: [], can: {}, keptQueries: ["old"] },
    };
    expect(walk(kept).state.search).toMatchObject({ recent: ["old"], isKept: true });
    expect(walk(settings, typed, submit, kept).state.search.recent).toEqual(["read excel"]);
  });
});

describe("[A3] [A4] statistics", () => {
  const question = {
    receiver: "https://statistics.example",
    noticeVersion: 3,
    title: "May they be sent?",
    body: "Once a week.",
    allow: "Allow",
    refuse: "Not now",
  };
  const telemetry = (mode: "off" | "on", asks = true): HostMessage => ({
    kind: "telemetry",
    telemetry: {
      mode,
      sentence: "",
      locked: false,
      waiting: [],
      history: [],
      choicesPath: "",
      figuresPath: "",
      ...(asks ? { question } : {}),
    },
  });

  test("a yes is the answer to the question, and names who was on the screen", () => {
    const asked = walk(telemetry("off"), { kind: "collect", mode: "on" });
    expect([asked.posts, asked.state.asking, asked.focus]).toEqual([[], "consent", "consent"]);
    expect(
      walk(telemetry("off"), { kind: "collect", mode: "on" }, { kind: "consent", isAllowed: true })
        .posts,
    ).toEqual([
      {
        kind: "telemetry-set",
        id: 1,
        choice: { mode: "on", receiver: "https://statistics.example", noticeVersion: 3 },
      },
    ]);
  });

  test("no other way through the panel ends in a yes", () => {
    const action = fc.constantFrom<Action>(
      { kind: "collect", mode: "on" },
      { kind: "collect", mode: "local" },
      { kind: "collect", mode: "off" },
      { kind: "consent", isAllowed: false },
      { kind: "ask-purge", isAsked: true },
      { kind: "ask-purge", isAsked: false },
      { kind: "purge" },
      { kind: "export" },
      { kind: "dismiss" },
      { kind: "tab", tab: "data" },
      { kind: "host", message: telemetry("off") },
      { kind: "host", message: telemetry("on") },
      { kind: "host", message: telemetry("off", false) },
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        let state = createState("en");
        for (const each of actions) {
          const step = update(state, each);
          state = step.state;
          for (const post of step.posts)
            expect(post.kind === "telemetry-set" && post.choice.mode === "on").toBe(false);
        }
        // A yes without the question on the screen is none, wherever it comes from.
        const unasked = update(
          { ...state, asking: undefined },
          { kind: "consent", isAllowed: true },
        );
        expect(unasked.posts).toEqual([]);
      }),
    );
  });

  test("off takes effect at once, without a question", () => {
    expect(walk(telemetry("on"), { kind: "collect", mode: "off" }).posts).toEqual([
      { kind: "telemetry-set", id: 1, choice: { mode: "off" } },
    ]);
  });

  test("without anybody to send to there is nothing to allow", () => {
    const { posts, state } = walk(telemetry("off", false), { kind: "collect", mode: "on" });
    expect([posts, state.said?.tone]).toEqual([[], "problem"]);
  });

  test("are deleted only after the question", () => {
    const asked = walk({ kind: "ask-purge", isAsked: true });
    expect([asked.posts, asked.focus]).toEqual([[], "purge"]);
    expect(walk({ kind: "ask-purge", isAsked: true }, { kind: "purge" }).posts).toEqual([
      { kind: "telemetry-purge", id: 1 },
    ]);
  });
});

test("whatever the host says, the panel goes on, and never uses an id twice", () => {
  const id = fc.integer({ min: 1, max: 6 });
  const step = fc.oneof(
    fc.constantFrom<Action>(
      typed,
      submit,
      { kind: "paused" },
      { kind: "cancel" },
      { kind: "clear" },
    ),
    fc.record({ kind: fc.constant("turn" as const), by: fc.constantFrom(1 as const, -1 as const) }),
    fc.record({ kind: fc.constantFrom("open", "preview", "copy", "insert"), index: fc.nat(12) }),
    id.map((each): Action => ({ kind: "host", message: answer(each) })),
    id.map((each): Action => ({ kind: "host", message: { kind: "done", id: each } })),
    id.map((each): Action => ({
      kind: "host",
      message: { kind: "problem", id: each, sentence: "" },
    })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (actions) => {
      let state = createState("zh");
      const used = new Set<number>();
      for (const each of actions) {
        const next = update(state, each);
        state = next.state;
        for (const post of next.posts) {
          if (!("id" in post) || post.kind === "cancel") continue;
          expect(used.has(post.id)).toBe(false);
          used.add(post.id);
        }
      }
    }),
  );
});
