import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** What is written while 100 files are indexed, one every `stepMs`. */
function shown(isTTY: boolean, stepMs: number, columns = 80): string {
  const errors = Object.assign(new PassThrough(), { isTTY, columns });
  const terminal: Terminal = {
    input: new PassThrough(),
    output: new PassThrough(),
    errors,
    locale: "en",
    isColored: false,
    signal: new AbortController().signal,
  };
  let nowMs = 0;
  const progress = new Progress(terminal, () => nowMs);
  for (let filesDone = 0; filesDone <= 100; filesDone++) {
    progress.update({ kind: "indexing", filesDone, filesTotal: 100 });
    nowMs += stepMs;
  }
  progress.notice({ code: "CANCELLED", details: {} });
  progress.notice({ code: "CANCELLED", details: {} });
  progress.end();
  // The sequence that goes to the start of the line and clears it, as a visible sign.
  return String(errors.read() ?? "").replaceAll("\r\u001b[K", "⌫");
}

describe("progress", () => {
  it("is silent for a second", () => {
    expect(shown(true, 9)).toBe("cloud-code: Cancelled.\n");
    expect(shown(false, 9)).toBe("cloud-code: Cancelled.\n");
  });

  it("is a bar on a terminal that is redrawn in place, fits the width, and is gone before a notice", () => {
    const text = shown(true, 50);
    expect(text).toMatch(/^⌫█{5}░{19} indexing 20\/100 files⌫█/);
    expect(text).toMatch(/⌫cloud-code: Cancelled\.\n$/);
    expect(text.split("⌫").length - 2).toBe(41);
    for (const line of shown(true, 50, 30).split("⌫").slice(1, -1)) expect(line.length).toBe(29);
  });

  it("is a line after a second, and every five seconds from then on, elsewhere", () => {
    expect(shown(false, 100)).toBe(
      "indexing 10/100 files\nindexing 60/100 files\ncloud-code: Cancelled.\n",
    );
  });
});
