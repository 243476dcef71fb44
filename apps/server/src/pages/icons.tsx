import type { JSX } from "hono/jsx/jsx-runtime";

/** The logo: lines of code, the bright ones suggested. The same drawing is the favicon. */
export const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5d57"/><g fill="none" stroke-linecap="round" stroke-width="2.6"><path stroke="#fff" d="M7 11h9M7 17h4"/><path stroke="#7fd6cb" d="M20 11h5M15 17h10M15 23h6"/><path stroke="#fff" stroke-width="2" d="M11 20.5v5"/></g></svg>`;

/** The logo in a page, beside the name. */
export function Logo(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0b5d57" />
      <g fill="none" stroke-linecap="round" stroke-width="2.6">
        <path stroke="#fff" d="M7 11h9M7 17h4" />
        <path stroke="#7fd6cb" d="M20 11h5M15 17h10M15 23h6" />
        <path stroke="#fff" stroke-width="2" d="M11 20.5v5" />
      </g>
    </svg>
  );
}

/** Line drawings on a grid of 24, named by what they show. */
const drawings = {
  editor: "M4 5h16v14H4zM4 9h16M8 13l2 2-2 2M13 17h4",
  gateway: "M3 12h6m6 0h6M9 8h6v8H9zM12 4v4m0 8v4",
  plug: "M9 3v5m6-5v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  shield: "M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.800-1.400-8-4.500-8-9V6zM9 12l2 2 4-4",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  message: "M4 5h16v11H9l-5 4z",
  toggle:
    "M8 7h8a5 5 0 0 1 0 10H8A5 5 0 0 1 8 7zM16 10.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3z",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  cookie: "M12 3a9 9 0 1 0 9 9 4 4 0 0 1-5-4 4 4 0 0 1-4-5zM9 10h.01M8 15h.01M13 16h.01M13 12h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4 4",
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof drawings;

/** A drawing beside a heading; it says nothing the words do not. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
