import { render } from "preact";
import type { HostMessage, PanelMessage } from "./protocol.ts";
import { watchShade } from "./shade.ts";
import { createState, type State } from "./state.ts";
import { type Action, type Focus, update } from "./update.ts";
import { drawFrame } from "./view/frame.ts";
import { say, toLanguage } from "./words.ts";

/** Where a panel lives: in a webview, in a page, in a test. */
export interface PanelHost {
  /** Takes what the panel says. */
  readonly post: (message: PanelMessage) => void;
  /** Hands the panel everything the host says; the returned function ends that. */
  readonly onMessage: (listener: (message: HostMessage) => void) => () => void;
}

/** A panel on the screen. */
export interface Panel {
  /** Takes it off the screen and stops listening. */
  close(): void;
}

/** So long after the last key the person is taken to have paused. */
const PAUSE_MS = 120;

/** Shows the panel in an element and begins to talk with its host. The element gets the class `panel`; the style sheet is the page's to load. */
export function createPanel(root: HTMLElement, host: PanelHost): Panel {
  const { ownerDocument: document } = root;
  let state: State = createState(toLanguage(document.documentElement.lang || navigator.language));
  let pause: ReturnType<typeof setTimeout> | undefined;

  const dispatch = (action: Action): void => {
    const step = update(state, action);
    state = step.state;
    draw();
    for (const message of step.posts) host.post(message);
    if (step.focus !== undefined) focusOn(root, step.focus);
    if (action.kind === "typed") {
      clearTimeout(pause);
      pause = setTimeout(() => dispatch({ kind: "paused" }), PAUSE_MS);
    } else if (action.kind === "submit" || action.kind === "clear") clearTimeout(pause);
  };
  const draw = (): void =>
    render(
      drawFrame({
        state,
        dispatch,
        say: (word, details) => say(word, state.language, details),
      }),
      root,
    );

  root.classList.add("panel");
  const stopShade = watchShade(document, (shade) => (root.dataset["shade"] = shade));
  draw();
  const stopMessages = host.onMessage((message) => dispatch({ kind: "host", message }));
  host.post({ kind: "ready" });
  return {
    close() {
      clearTimeout(pause);
      stopMessages();
      stopShade();
      render(null, root);
    },
  };
}

function focusOn(root: HTMLElement, focus: Focus): void {
  const element = root.querySelector<HTMLElement>(`[data-focus="${focus}"]`);
  element?.focus();
  if (focus === "result") element?.closest(".result")?.scrollIntoView({ block: "nearest" });
}
