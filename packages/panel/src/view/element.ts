import { type ComponentChild, h } from "preact";
import type { Action } from "../update.ts";
import type { State } from "../state.ts";
import type { Details, Word } from "../words.ts";

/** What every part of the page is drawn from. */
export interface Scene {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  readonly say: (word: Word, details?: Details) => string;
}

/** Shapes of the icons, drawn in 16 by 16 units. */
const shapes = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.2 3.2",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  open: "M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3 7.5 8.5",
  preview:
    "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  insert: "M13 3.5v3a2 2 0 0 1-2 2H3.5M6.5 5.5l-3 3 3 3",
  close: "m4 4 8 8m0-8-8 8",
  back: "M13 8H3.5M7 4.5 3.5 8 7 11.5",
  left: "M10 3.5 5.5 8l4.5 4.5",
  right: "M6 3.5 10.5 8 6 12.5",
  shield: "M8 1.8 3 3.6v4c0 3 2.1 5.2 5 6.6 2.9-1.4 5-3.6 5-6.6v-4zM5.8 8l1.6 1.6 2.9-3",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2 1.3",
  warning: "M8 2.5 1.8 13.2h12.4zM8 6.5v3.2M8 11.4v.2",
} as const;

/** The name of an icon. */
export type Shape = keyof typeof shapes;

/** A picture beside words; it says nothing by itself. */
export function icon(shape: Shape): ComponentChild {
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    h("path", { d: shapes[shape] }),
  );
}

/** A button that does one thing. */
export function button(
  label: ComponentChild,
  run: () => void,
  options: Readonly<Record<string, unknown>> = {},
): ComponentChild {
  return h("button", { type: "button", onClick: run, ...options }, label);
}

/** A part of a page under a heading of its own. */
export function section(title: string, ...children: readonly ComponentChild[]): ComponentChild {
  return h("section", { class: "part" }, h("h3", null, title), ...children);
}

/** What is shown where there is nothing else to show: a sentence, and what to do next. */
export function notice(
  shape: Shape | undefined,
  title: string,
  ...children: readonly ComponentChild[]
): ComponentChild {
  return h(
    "div",
    { class: "notice" },
    shape === undefined ? null : icon(shape),
    h("h3", null, title),
    ...children,
  );
}

/** Something is on its way. */
export function loading(words: string): ComponentChild {
  return h(
    "p",
    { class: "loading" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    words,
  );
}
