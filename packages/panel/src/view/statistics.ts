import { type ComponentChild, h } from "preact";
import type { ReportView, TelemetryMode, TelemetryView, WeekView } from "../protocol.ts";
import { sayMoment, sayNumber, type Word } from "../words.ts";
import { button, loading, type Scene, section } from "./element.ts";

/** The statistics page: the switch, every figure, every byte. */
export function drawStatistics(scene: Scene): ComponentChild {
  const { state, say } = scene;
  const { telemetry } = state;
  return h(
    "div",
    { class: "page" },
    h("h2", { tabIndex: -1 }, say("statisticsTitle")),
    h("p", { class: "lead" }, say("statisticsBody")),
    telemetry === undefined
      ? loading(say("loading"))
      : [
          drawSwitch(scene, telemetry),
          drawFigures(scene, telemetry),
          drawNext(scene, telemetry),
          drawHistory(scene, telemetry),
          drawRights(scene, telemetry),
          drawNotice(scene),
        ],
  );
}

const choices: readonly {
  readonly mode: TelemetryMode;
  readonly title: Word;
  readonly body: Word;
}[] = [
  { mode: "off", title: "modeOff", body: "modeOffBody" },
  { mode: "local", title: "modeLocal", body: "modeLocalBody" },
  { mode: "on", title: "modeOn", body: "modeOnBody" },
];

function drawSwitch(scene: Scene, telemetry: TelemetryView): ComponentChild {
  const { state, dispatch, say } = scene;
  const { mode: current, locked, question, sentence } = telemetry;
  return h(
    "fieldset",
    { class: "part choices", key: "switch" },
    h("legend", null, say("collecting")),
    choices.map(({ mode, title, body }) => {
      // An organisation locks sending; to count less is always the person's to choose.
      const isLocked = locked && mode === "on";
      const classes = [
        "choice",
        ...(mode === current ? ["chosen"] : []),
        ...(isLocked ? ["locked"] : []),
      ];
      return h(
        "label",
        { class: classes.join(" "), key: mode },
        h("input", {
          type: "radio",
          name: "panel-mode",
          checked: mode === current,
          disabled: isLocked,
          ...(mode === current ? { "data-focus": "mode" } : {}),
          onClick: (event: Event) => {
            // The host says what holds; until then nothing is shown as chosen.
            event.preventDefault();
            if (mode !== current) dispatch({ kind: "collect", mode });
          },
        }),
        h(
          "span",
          null,
          h("strong", null, say(title)),
          h(
            "span",
            { class: "soft" },
            mode === "on" && question !== undefined
              ? say("modeOnTo", { receiver: question.receiver })
              : say(isLocked ? "modeOnLocked" : body),
          ),
        ),
      );
    }),
    state.asking === "consent" ? drawQuestion(scene, telemetry) : null,
    h("p", { class: "hint" }, sentence),
  );
}

/** What comes before a yes. Both answers have the same rank; leaving the page is a no. */
function drawQuestion(
  { state, dispatch, say }: Scene,
  { question }: TelemetryView,
): ComponentChild {
  if (question === undefined) return null;
  return h(
    "div",
    { class: "confirm question", role: "group", "aria-labelledby": "panel-question" },
    h("h3", { id: "panel-question", tabIndex: -1, "data-focus": "consent" }, question.title),
    question.body.split("\n").map((line) => (line === "" ? null : h("p", { key: line }, line))),
    h(
      "div",
      { class: "row" },
      button(question.allow, () => dispatch({ kind: "consent", isAllowed: true })),
      button(question.refuse, () => dispatch({ kind: "consent", isAllowed: false })),
      state.settings?.can.showNotice === true
        ? button(say("notice"), () => dispatch({ kind: "show-notice" }), { class: "plain" })
        : null,
    ),
  );
}

function drawFigures({ say }: Scene, { figures }: TelemetryView): ComponentChild {
  return h(
    "section",
    { class: "part", key: "figures" },
    h("h3", { id: "panel-figures" }, say("thisWeek")),
    figures === undefined
      ? h("p", { class: "soft" }, say("figuresOff"))
      : h(
          "table",
          { class: "figures", "aria-labelledby": "panel-figures" },
          h(
            "thead",
            { class: "unseen" },
            h(
              "tr",
              null,
              h("th", { scope: "col" }, say("figure")),
              h("th", { scope: "col" }, say("value")),
            ),
          ),
          h(
            "tbody",
            null,
            figures.map(({ title, value, definition }) =>
              h(
                "tr",
                { key: title },
                h(
                  "th",
                  { scope: "row" },
                  title,
                  definition === undefined
                    ? null
                    : h("span", { class: "soft definition" }, definition),
                ),
                h("td", { class: value === "" ? "soft" : "value" }, value || say("noValue")),
              ),
            ),
          ),
        ),
  );
}

/** What would be sent, exactly, and what waits for its hour. */
function drawNext(scene: Scene, { next, waiting, mode }: TelemetryView): ComponentChild {
  const { say } = scene;
  return h(
    "section",
    { class: "part", key: "next" },
    h("h3", null, say("nextReport")),
    next === undefined
      ? h("p", { class: "soft" }, say(mode === "off" ? "nextReportOff" : "nextReportNone"))
      : drawReport(scene, next),
    waiting.length === 0
      ? null
      : [
          h("h3", { key: "waiting" }, say("waiting")),
          waiting.map((report) => drawReport(scene, report)),
        ],
  );
}

function drawReport(
  { state, say }: Scene,
  { week, bytes, enough, dueAt }: ReportView,
): ComponentChild {
  return h(
    "div",
    { class: "report", key: week },
    h(
      "p",
      { class: "soft" },
      say("nextReportWeek", { week, bytes: sayLength(bytes, state.language, say) }),
      dueAt === undefined ? null : ` · ${say("due", { at: sayMoment(dueAt, state.language) })}`,
    ),
    h("pre", { class: "bytes" }, h("code", null, bytes)),
    enough ? null : h("p", { class: "hint" }, say("tooFew")),
  );
}

function drawHistory({ state, say }: Scene, { history }: TelemetryView): ComponentChild {
  return section(
    say("history"),
    history.length === 0
      ? h("p", { class: "soft" }, say("historyNone"))
      : history.map(({ week, outcome, bytes, figures }) =>
          h(
            "details",
            { class: "week", key: week },
            h(
              "summary",
              null,
              h("strong", null, say("historyRow", { week })),
              " ",
              h("span", { class: "badge" }, say(outcomes[outcome])),
              bytes === undefined
                ? null
                : h("span", { class: "soft" }, ` ${sayLength(bytes, state.language, say)}`),
            ),
            bytes === undefined ? null : h("pre", { class: "bytes" }, h("code", null, bytes)),
            h(
              "ul",
              { class: "tally" },
              figures.map(({ title, value }) =>
                h("li", { key: title }, `${title}: `, h("strong", null, value || say("noValue"))),
              ),
            ),
          ),
        ),
  );
}

const outcomes: Readonly<Record<WeekView["outcome"], Word>> = {
  sent: "outcomeSent",
  refused: "outcomeRefused",
  waiting: "outcomeWaiting",
  kept: "outcomeKept",
};

function drawNotice({ state, dispatch, say }: Scene): ComponentChild {
  const { notice } = state;
  if (notice !== undefined) return section(say("notice"), h("div", { class: "prose" }, notice));
  return state.settings?.can.showNotice === true
    ? h(
        "div",
        { class: "row part", key: "notice" },
        button(say("noticeShow"), () => dispatch({ kind: "show-notice" })),
      )
    : null;
}

/** Export and deletion; deletion asks once more, in place. */
function drawRights({ state, dispatch, say }: Scene, telemetry: TelemetryView): ComponentChild {
  return section(
    say("yours"),
    state.asking === "purge"
      ? h(
          "div",
          { class: "confirm", role: "group", "aria-label": say("purge") },
          h("p", { id: "panel-purge" }, say("purgeAsk")),
          h(
            "div",
            { class: "row" },
            button(say("purgeNo"), () => dispatch({ kind: "ask-purge", isAsked: false }), {
              "data-focus": "purge",
              "aria-describedby": "panel-purge",
            }),
            button(say("purgeYes"), () => dispatch({ kind: "purge" }), { class: "danger" }),
          ),
        )
      : h(
          "div",
          { class: "row" },
          button(say("exportAll"), () => dispatch({ kind: "export" })),
          button(say("purge"), () => dispatch({ kind: "ask-purge", isAsked: true }), {
            "data-focus": "purge-ask",
          }),
        ),
    h(
      "p",
      { class: "soft" },
      `${say("keptIn")} `,
      h("span", { class: "path" }, telemetry.figuresPath),
      ` · ${say("choiceIn")} `,
      h("span", { class: "path" }, telemetry.choicesPath),
    ),
  );
}

/** The length as it goes over the wire: bytes of UTF-8. */
function sayLength(body: string, language: Scene["state"]["language"], say: Scene["say"]): string {
  return say("bytes", { bytes: sayNumber(new TextEncoder().encode(body).length, language) });
}
