import { Component, type ComponentChild, createRef, h } from "preact";
import { type Line, toLines } from "../code.ts";
import type { Preview } from "../state.ts";
import { canOpen } from "../update.ts";
import { sayNumber } from "../words.ts";
import { button, icon, loading, notice, type Scene } from "./element.ts";
import { drawLine } from "./snippet.ts";

/** A whole file in place of the results. */
export function drawPreview(scene: Scene, preview: Preview): ComponentChild {
  const { state, dispatch, say } = scene;
  const { result, file, problem } = preview;
  const { package: facts } = result;
  const close = (): void => dispatch({ kind: "close-preview" });
  return h(
    "div",
    {
      class: "preview",
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      },
    },
    h(
      "header",
      null,
      button([icon("back"), h("span", null, say("previewBack"))], close, {
        class: "plain",
        "data-focus": "preview",
      }),
      canOpen(state, result)
        ? button([icon("open"), h("span", null, say("open"))], () =>
            dispatch({ kind: "open", index: state.search.current }),
          )
        : null,
    ),
    h("h3", { class: "place" }, result.path),
    h(
      "p",
      { class: "facts" },
      facts === undefined
        ? null
        : h("span", { class: "fact package" }, `${facts.name}@${facts.version}`),
      facts === undefined
        ? null
        : h("span", { class: "fact" }, facts.licence || say("licenceUnknown")),
      file === undefined
        ? null
        : h(
            "span",
            { class: "fact" },
            say("previewLines", { count: sayNumber(countLines(file.text), state.language) }),
          ),
    ),
    problem === undefined ? null : notice("warning", problem),
    file === undefined && problem === undefined ? loading(say("previewLoading")) : null,
    file === undefined
      ? null
      : h(CodeWindow, {
          lines: linesOf(file.text, file.colours),
          label: say("previewOf", { path: result.path }),
          first: result.startLine,
          last: result.endLine,
        }),
  );
}

function countLines(text: string): number {
  return text.split("\n").length;
}

interface CodeWindowProps {
  readonly lines: readonly Line[];
  readonly label: string;
  /** The lines that were found. */
  readonly first: number;
  readonly last: number;
}

interface CodeWindowState {
  readonly from: number;
  readonly until: number;
  readonly lineHeight: number;
}

const AROUND_LINES = 40;

/** A long text of which only the lines in sight are elements: a file of 50,000 lines opens as fast as one of 50. */
class CodeWindow extends Component<CodeWindowProps, CodeWindowState> {
  override state: CodeWindowState = { from: 0, until: 2 * AROUND_LINES, lineHeight: 20 };
  readonly #scroller = createRef<HTMLDivElement>();

  override componentDidMount(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    const line = scroller.querySelector(".line");
    const lineHeight = line?.getBoundingClientRect().height || this.state.lineHeight;
    this.setState({ lineHeight }, () => {
      scroller.scrollTop = Math.max(0, (this.props.first - 3) * lineHeight);
      this.#follow();
    });
  }

  #follow(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    const { lineHeight, from, until } = this.state;
    const top = Math.floor(scroller.scrollTop / lineHeight);
    const bottom = top + Math.ceil(scroller.clientHeight / lineHeight);
    const isInside = from <= Math.max(0, top - 5) && until >= bottom + 5;
    if (!isInside)
      this.setState({ from: Math.max(0, top - AROUND_LINES), until: bottom + AROUND_LINES });
  }

  override render(
    { lines, label, first, last }: CodeWindowProps,
    state: CodeWindowState,
  ): ComponentChild {
    const { from, until, lineHeight } = state;
    return h(
      "div",
      {
        class: "window",
        ref: this.#scroller,
        onScroll: () => this.#follow(),
        tabIndex: 0,
        role: "region",
        "aria-label": label,
      },
      h(
        "div",
        { style: { height: `${lines.length * lineHeight}px` } },
        h(
          "pre",
          {
            class: "code unwrapped",
            style: {
              "--digits": String(lines.length).length,
              transform: `translateY(${from * lineHeight}px)`,
            },
          },
          lines
            .slice(from, until)
            .map((line) =>
              line.number >= first && line.number <= last
                ? h("div", { class: "found", key: line.number }, drawLine(line))
                : drawLine(line),
            ),
        ),
      ),
    );
  }
}

/** The lines of the latest text: they are needed anew at every drawing, and cost milliseconds for a large file. */
let latest: { readonly text: string; readonly lines: readonly Line[] } | undefined;

function linesOf(text: string, colours: readonly number[] | undefined): readonly Line[] {
  if (latest?.text !== text) latest = { text, lines: toLines(text, 1, colours) };
  return latest.lines;
}
