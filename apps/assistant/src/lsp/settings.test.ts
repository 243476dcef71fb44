import { describe, expect, it } from "vitest";
import { defaultSettings, parseSettings } from "./settings.ts";

describe("settings", () => {
  it("are read from the section or from an object that holds it, and what is missing keeps what held before", () => {
    const chosen = { ...defaultSettings, show: "list", candidates: 3 };
    expect(parseSettings({ show: "list", candidates: 3 }).settings).toEqual(chosen);
    expect(parseSettings({ cloudCode: { show: "list", candidates: 3 } }).settings).toEqual(chosen);
    const base = { ...defaultSettings, enabled: false };
    for (const nothing of [
      undefined,
      null,
      {},
      [],
      "text",
      7,
      { cloudCode: null },
      { enabled: null },
    ]) {
      expect(parseSettings(nothing, base)).toEqual({ settings: base, refused: [] });
    }
  });

  it("take a receiver back", () => {
    const base = { ...defaultSettings, receiver: "https://statistics.example" };
    expect(parseSettings({}, base).settings.receiver).toBe(base.receiver);
    const taken = parseSettings({ telemetry: { receiver: "" } }, base);
    expect(taken).toEqual({ settings: defaultSettings, refused: [] });
  });

  it("name every value that cannot be used, and go on without it", () => {
    const check = (name: string, values: readonly unknown[]): void => {
      for (const value of values)
        expect(parseSettings({ [name]: value })).toEqual({
          settings: defaultSettings,
          refused: [name],
        });
    };
    check("enabled", ["yes", 1, {}]);
    check("languages", [["java"], "java", { java: "no" }, true]);
    check("show", ["all", true, ""]);
    check("candidates", [0, 21, 2.5, "5", Number.NaN]);
    check("listThreshold", [-0.1, 1.1, "0.5", Number.NaN]);
    check("ghostThreshold", [-0.1, 1.1, "0.5", Number.NaN]);
    check("editorTelemetry", ["true", 1]);
    check("search.dependencies", ["yes", 0]);
    check("telemetry.mode", ["yes", true]);
    check("telemetry.receiver", [
      7,
      "statistics.example",
      "http://statistics.example",
      "https://statistics.example/path",
      "https://user@statistics.example",
      "https://[",
    ]);
  });
});
