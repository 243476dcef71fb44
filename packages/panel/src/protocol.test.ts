import fc from "fast-check";
import { expect, test } from "vitest";
import { type PanelMessage, parsePanelMessage } from "./protocol.ts";

const text = fc.string();
const id = fc.integer({ min: 1, max: 1_000_000 });
const place = fc.record(
  {
    source: fc.constantFrom("workspace" as const, "dependencies" as const, "team" as const),
    path: text,
    package: fc.record({ ecosystem: text, name: text, version: text }),
    root: text,
  },
  { requiredKeys: ["source", "path"] },
);
const kind = <Kind extends PanelMessage["kind"]>(name: Kind): fc.Arbitrary<Kind> =>
  fc.constant(name);

const message: fc.Arbitrary<PanelMessage> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      "ready" as const,
      "telemetry-get" as const,
      "status-get" as const,
      "egress-get" as const,
      "show-notice" as const,
      "show-settings" as const,
      "show-log" as const,
    ),
  }),
  fc.record({
    kind: kind("search"),
    id,
    query: text,
    page: id,
    pageSize: id,
    mode: fc.constantFrom("auto" as const, "regex" as const),
    filter: fc.record(
      {
        sources: fc.subarray(["workspace" as const, "dependencies" as const]),
        languages: fc.array(text),
        path: text,
        package: text,
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ kind: kind("suggest"), id, query: text }),
  fc.record({
    kind: fc.constantFrom(
      "cancel" as const,
      "telemetry-purge" as const,
      "telemetry-export" as const,
      "index-rebuild" as const,
    ),
    id,
  }),
  fc.record({ kind: kind("preview"), id, place }),
  fc.record({ kind: kind("open"), id, place, line: id }),
  fc.record({ kind: fc.constantFrom("copy" as const, "insert" as const), id, text }),
  fc.record({
    kind: kind("event"),
    event: fc.oneof(
      fc.record({ kind: fc.constantFrom("click" as const, "page-turn" as const) }),
      fc.record({ kind: fc.constant("adopt" as const), rank: id }),
    ),
  }),
  fc.record({
    kind: kind("telemetry-set"),
    id,
    choice: fc.oneof(
      fc.record({ mode: fc.constantFrom("off" as const, "local" as const) }),
      fc.record({ mode: fc.constant("on" as const), receiver: text, noticeVersion: id }),
    ),
  }),
  fc.record({
    kind: kind("engine-set"),
    id,
    engine: fc.oneof(
      fc.record({ kind: fc.constantFrom("on" as const, "off" as const) }),
      fc.record({ kind: fc.constant("snooze" as const), minutes: id }),
    ),
  }),
  fc.record({ kind: kind("keep-queries"), queries: fc.array(text) }, { requiredKeys: ["kind"] }),
);

test("every message is read as it was posted", () => {
  fc.assert(
    fc.property(message, (posted) => {
      // As `postMessage` does, so that nothing but data can matter.
      expect(parsePanelMessage(structuredClone(posted))).toEqual(posted);
    }),
  );
});

test("unknown fields are dropped", () => {
  expect(parsePanelMessage({ kind: "copy", id: 1, text: "x", extra: true })).toEqual({
    kind: "copy",
    id: 1,
    text: "x",
  });
});

test("what is no message is none, and never throws", () => {
  const check = (value: unknown): void => expect(parsePanelMessage(value)).toBeUndefined();
  check(undefined);
  check("ready");
  check({ kind: "search" });
  check({ kind: "search", id: 1, query: "x", page: 0, pageSize: 10, mode: "auto", filter: {} });
  check({ kind: "search", id: 1, query: "x", page: 1, pageSize: 10, mode: "guess", filter: {} });
  check({
    kind: "search",
    id: 1,
    query: "x",
    page: 1,
    pageSize: 10,
    mode: "auto",
    filter: { languages: [1] },
  });
  check({ kind: "open", id: 1, place: { source: "moon", path: "x" }, line: 1 });
  check({ kind: "open", id: 1, place: { source: "workspace", path: "x", package: {} }, line: 1 });
  check({ kind: "event", event: { kind: "adopt", rank: 0 } });
  check({ kind: "telemetry-set", id: 1, choice: { mode: "on" } });
  check({
    kind: "telemetry-set",
    id: 1,
    choice: { mode: "on", receiver: "x", noticeVersion: "3" },
  });
  check({ kind: "keep-queries", queries: [1] });
  check({ kind: "constructor", id: 1 });
  fc.assert(
    fc.property(fc.anything(), (value) => {
      parsePanelMessage(value);
      parsePanelMessage({ kind: "search", ...Object(value) });
    }),
  );
});
