import { type ComponentChild, h } from "preact";
import type { EngineState, FolderView, PanelSettings, StatusView } from "../protocol.ts";
import { sayBytes, sayLanguage, sayNumber } from "../words.ts";
import { button, loading, type Scene, section } from "./element.ts";

/** The status page: what the assistant does, and why it shows nothing when it shows nothing. */
export function drawStatus(scene: Scene): ComponentChild {
  const { state, dispatch, say } = scene;
  const { status } = state;
  const can: PanelSettings["can"] = state.settings?.can ?? {};
  return h(
    "div",
    { class: "page" },
    h("h2", { tabIndex: -1 }, say("statusTitle")),
    status === undefined
      ? loading(say("loading"))
      : [
          h("p", { class: `headline of-${toneOf(status)}`, key: "headline" }, status.sentence),
          drawEngine(scene, status),
          drawLast(scene, status),
          section(
            say("modelTitle"),
            h(
              "p",
              null,
              h("span", { class: "badge" }, say(status.model.kind)),
              " ",
              status.model.sentence,
            ),
          ),
          section(
            say("foldersTitle"),
            status.folders.length === 0
              ? h("p", { class: "soft" }, say("foldersNone"))
              : status.folders.map((folder) => drawFolder(scene, folder)),
          ),
          h(
            "div",
            { class: "row part", key: "buttons" },
            can.rebuildIndex === true
              ? button(say("rebuild"), () => dispatch({ kind: "rebuild" }))
              : null,
            can.showSettings === true
              ? button(say("showSettings"), () => dispatch({ kind: "show-settings" }))
              : null,
            can.showLog === true
              ? button(say("showLog"), () => dispatch({ kind: "show-log" }))
              : null,
          ),
        ],
  );
}

function toneOf({ engine, folders }: StatusView): "good" | "calm" | "bad" {
  if (folders.some(({ activity }) => activity.kind === "failed")) return "bad";
  return engine === "on" ? "good" : "calm";
}

function drawEngine({ state, dispatch, say }: Scene, status: StatusView): ComponentChild {
  const { engine, snoozedUntil } = status;
  const words: Readonly<Record<EngineState, string>> = {
    on: say("engineOn"),
    off: say("engineOff"),
    snoozed:
      snoozedUntil === undefined
        ? say("engineSnoozedFor")
        : say("engineSnoozed", { time: snoozedUntil }),
  };
  const choose = (label: string, isPressed: boolean, run: () => void): ComponentChild =>
    button(label, run, {
      class: isPressed ? "segment pressed" : "segment",
      "aria-pressed": String(isPressed),
    });
  return section(
    say("suggesting"),
    state.settings?.can.switchEngine === true
      ? h(
          "div",
          { class: "segments", role: "group", "aria-label": say("suggesting") },
          choose(say("engineOn"), engine === "on", () =>
            dispatch({ kind: "engine", engine: { kind: "on" } }),
          ),
          choose(say("engineOff"), engine === "off", () =>
            dispatch({ kind: "engine", engine: { kind: "off" } }),
          ),
          [15, 60].map((minutes) =>
            choose(say("snooze", { minutes }), false, () =>
              dispatch({ kind: "engine", engine: { kind: "snooze", minutes } }),
            ),
          ),
        )
      : h("p", null, words[engine]),
    engine === "snoozed" ? h("p", { class: "soft" }, words.snoozed) : null,
  );
}

function drawLast({ state, say }: Scene, { last }: StatusView): ComponentChild {
  const time =
    last?.latencyMs === undefined
      ? undefined
      : say("milliseconds", {
          value: sayNumber(last.latencyMs, state.language, last.latencyMs < 10 ? 1 : 0),
        });
  return section(
    say("lastRequest"),
    last === undefined
      ? h("p", { class: "soft" }, say("lastNone"))
      : h(
          "p",
          null,
          last.shown > 0
            ? say("lastShown", { count: last.shown })
            : h("strong", null, say("lastNothing")),
          time === undefined ? null : h("span", { class: "soft" }, ` · ${time}`),
          last.sentence === undefined ? null : h("span", { class: "hint" }, last.sentence),
        ),
  );
}

function drawFolder(scene: Scene, folder: FolderView): ComponentChild {
  const { state, say } = scene;
  const { root, leftOut, notices, languages, cacheFolder, bytes } = folder;
  const number = (value: number): string => sayNumber(value, state.language);
  const byCount = Object.entries(languages ?? {}).sort(([, left], [, right]) => right - left);
  return h(
    "article",
    { class: "card", key: root, "aria-label": root },
    h("h4", null, h("span", { class: "path" }, root)),
    drawActivity(scene, folder),
    h(
      "dl",
      { class: "numbers" },
      [
        [say("files"), number(folder.files)],
        [say("tokens"), number(folder.tokens)],
        [say("size"), bytes === 0 ? say("inMemory") : sayBytes(bytes, state.language)],
      ].map(([name, value]) => h("div", { key: name }, h("dt", null, name), h("dd", null, value))),
    ),
    byCount.length === 0
      ? null
      : h(
          "p",
          { class: "facts", "aria-label": say("languages") },
          byCount.map(([language, count]) =>
            h(
              "span",
              { class: "fact", key: language },
              `${sayLanguage(language)} ${number(count)}`,
            ),
          ),
        ),
    h("h5", null, say("leftOut")),
    leftOut.length === 0
      ? h("p", { class: "soft" }, say("leftOutNone"))
      : h(
          "ul",
          { class: "tally counted" },
          leftOut.map(({ reason, files }) =>
            h(
              "li",
              { key: reason },
              h("span", { class: "count" }, number(files)),
              h("span", null, reason),
            ),
          ),
        ),
    notices.map((sentence) => h("p", { class: "hint", key: sentence }, sentence)),
    cacheFolder === undefined
      ? null
      : h(
          "p",
          { class: "soft" },
          `${say("cacheFolder")} `,
          h("span", { class: "path" }, cacheFolder),
        ),
  );
}

function drawActivity({ state, say }: Scene, { activity, root }: FolderView): ComponentChild {
  switch (activity.kind) {
    case "starting":
    case "ready":
      return h("p", { class: `activity of-${activity.kind}` }, say(activity.kind));
    case "failed":
      return h(
        "p",
        { class: "activity of-failed" },
        h("strong", null, say("indexFailed")),
        ` ${activity.sentence}`,
      );
    case "indexing": {
      const { filesDone, filesTotal } = activity;
      return h(
        "div",
        { class: "activity of-indexing" },
        h(
          "p",
          null,
          say("indexing", {
            done: sayNumber(filesDone, state.language),
            total: sayNumber(filesTotal, state.language),
          }),
        ),
        h("progress", {
          max: Math.max(1, filesTotal),
          value: filesDone,
          "aria-label": say("indexingProgress", { root }),
        }),
      );
    }
  }
}
