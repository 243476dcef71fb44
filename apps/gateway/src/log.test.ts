import { describe, expect, it } from "vitest";
import { inventory } from "@cloud-code/policy";
import { Log, logInventory, type RequestLine } from "./log.ts";

const line: RequestLine = {
  event: "request",
  requestId: "r-1",
  route: "chat",
  consumer: "alice",
  model: "qwen*",
  upstream: null,
  status: 200,
  code: null,
  stream: true,
  attempts: 1,
  durationMs: 1.5,
  firstByteMs: null,
  requestBytes: 10,
  responseBytes: 20,
  inputTokens: 3,
  outputTokens: 4,
  estimated: false,
};

function written(
  level: "off" | "error" | "info",
  ...lines: Parameters<Log["write"]>[0][]
): unknown[] {
  let text = "";
  const log = new Log(level, (more) => (text += more));
  for (const one of lines) log.write(one);
  log.flush();
  return text
    .split("\n")
    .filter((one) => one !== "")
    .map((one) => JSON.parse(one) as unknown);
}

describe("the log", () => {
  it("writes exactly the fields of its type", () => {
    const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(written("info", line)).toEqual([{ time, ...line }]);
    expect(written("info", { event: "reload-refused", line: 7 })).toEqual([
      { time, event: "reload-refused", line: 7 },
    ]);
  });
  it("has no field that the inventory does not know [G4]", () => {
    expect(Object.keys(logInventory).toSorted()).toEqual(
      [...new Set([...Object.keys(line), "subject", "line", "port", "count"])].toSorted(),
    );
    for (const item of Object.values(logInventory))
      if (item !== "operations") expect(Object.keys(inventory)).toContain(item);
  });
  it("leaves out what its level leaves out", () => {
    expect(written("off", line, { event: "started" })).toEqual([]);
    expect(written("error", line, { ...line, status: 502 }, { event: "started" })).toHaveLength(2);
  });
});
