import { describe, expect, it } from "vitest";
import { PluginError } from "./errors.ts";
import { formatRequest, parseEvent, type PluginEvent } from "./protocol.ts";
import { runSession, Sessions, type Plugin } from "./session.ts";

const request = { sessionId: "s", type: "model", action: "x", data: {} };
const never = new AbortController().signal;

function plugin(answer: (signal: AbortSignal) => AsyncIterable<unknown>): Plugin {
  return { answer: (_request, { signal }) => answer(signal) };
}

function recorder(): { events: PluginEvent[]; send: (line: string) => Promise<void> } {
  const events: PluginEvent[] = [];
  return {
    events,
    send: async (line) => {
      const event = parseEvent(line);
      if (event !== null) events.push(event);
    },
  };
}

describe("a session", () => {
  it("sends its messages, then its end", async () => {
    const { events, send } = recorder();
    await runSession(
      plugin(async function* () {
        yield 1;
        yield 2;
      }),
      request,
      send,
      never,
    );
    expect(events.map((event) => (event.kind === "stream" ? event.data : event.kind))).toEqual([
      1,
      2,
      "end",
    ]);
  });

  it("that fails sends the error, then its end", async () => {
    const { events, send } = recorder();
    await runSession(
      plugin(async function* () {
        yield 1;
        throw new PluginError("RATE_LIMIT", "Slow down.");
      }),
      request,
      send,
      never,
    );
    expect(events.map((event) => event.kind)).toEqual(["stream", "error", "end"]);
    expect(events[1]).toMatchObject({ error: { error_type: "InvokeRateLimitError" } });
  });

  it("that throws before its first message fails like any other", async () => {
    const { events, send } = recorder();
    const broken: Plugin = {
      answer: () => {
        throw new PluginError("BAD_REQUEST", "No.");
      },
    };
    await runSession(broken, request, send, never);
    expect(events.map((event) => event.kind)).toEqual(["error", "end"]);
  });

  it("stops its handler when the connection closes, and says nothing more", async () => {
    const { events, send } = recorder();
    const closed = new AbortController();
    let told = false;
    const running = runSession(
      plugin(async function* (signal) {
        yield 1;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        told = true;
      }),
      request,
      send,
      closed.signal,
    );
    setTimeout(() => closed.abort(), 10);
    await running;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(events.map((event) => event.kind)).toEqual(["stream"]);
    expect(told).toBe(true);
  });

  it("is given up after its time even when its handler never looks at the signal", async () => {
    const { events, send } = recorder();
    await runSession(
      plugin(async function* () {
        yield 1;
        await new Promise(() => undefined);
      }),
      request,
      send,
      never,
      { maxExecutionMs: 20 },
    );
    expect(events[1]).toMatchObject({
      kind: "error",
      error: { error_type: "InvokeServerUnavailableError" },
    });
  });

  it("waits for a slow reader before asking for the next message", async () => {
    let produced = 0;
    let release: () => void = () => undefined;
    const running = runSession(
      plugin(async function* () {
        for (; produced < 100; produced += 1) yield produced;
      }),
      request,
      () => new Promise((resolve) => (release = resolve)),
      never,
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(produced).toBe(0);
    const pump = setInterval(() => release());
    await running;
    clearInterval(pump);
    expect(produced).toBe(100);
  });
});

describe("the sessions of a connection", () => {
  it("run side by side, and one that fails leaves the others alone", async () => {
    const { events, send } = recorder();
    const sessions = new Sessions(
      {
        async *answer({ sessionId }) {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
          if (sessionId === "bad") throw new Error("boom");
          yield sessionId;
        },
      },
      send,
    );
    for (const sessionId of ["a", "bad", "b", "c"])
      sessions.accept(formatRequest({ ...request, sessionId }));
    await sessions.finish();
    expect(
      events
        .filter((event) => event.kind === "stream")
        .map((event) => String(event.data))
        .toSorted((left, right) => left.localeCompare(right)),
    ).toEqual(["a", "b", "c"]);
    expect(events.filter((event) => event.kind === "end")).toHaveLength(4);
  });
});
