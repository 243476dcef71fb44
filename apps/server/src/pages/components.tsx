/** What pages are made of. The parts of forms are in `controls.tsx`, and come through here as well. */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { formatDate, formatTime, type Reader } from "./words.ts";

export {
  ActionButton,
  Button,
  ButtonLink,
  Checkbox,
  Choices,
  Field,
  Form,
  Select,
  TextArea,
} from "./controls.tsx";

/** How serious something is, by colour and by what the words say. */
export type Tone = "neutral" | "info" | "good" | "warn" | "bad";

/** The body of an ordinary page: head, then content. */
export function Page({
  title,
  lead,
  eyebrow,
  children,
  sheet = false,
}: {
  readonly title: string;
  readonly lead?: Child;
  readonly eyebrow?: Child;
  readonly children?: Child;
  /** One form or one thing to read, in the middle of the page. */
  readonly sheet?: boolean;
}): JSX.Element {
  return (
    <div class={`wrap page${sheet ? " sheet" : ""}`}>
      <header class="head">
        {eyebrow === undefined ? null : <p class="eyebrow">{eyebrow}</p>}
        <h1 id={pageTitle}>{title}</h1>
        {lead === undefined ? null : <p class="lead">{lead}</p>}
      </header>
      {children}
    </div>
  );
}

/** A message that belongs to the page: what happened, and what to do next. An answer to a form is announced at once. */
export function Banner({
  tone,
  title,
  children,
  announce = false,
}: {
  readonly tone: Exclude<Tone, "neutral">;
  readonly title: Child;
  readonly children?: Child;
  readonly announce?: boolean;
}): JSX.Element {
  return (
    <div
      class={`banner ${tone}`}
      role={announce ? (tone === "bad" ? "alert" : "status") : undefined}
    >
      <strong>{title}</strong>
      {children === undefined ? null : <div>{children}</div>}
    </div>
  );
}

/** A small label of a state. */
export function Chip({
  tone = "neutral",
  children,
}: {
  readonly tone?: Tone;
  readonly children: Child;
}): JSX.Element {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** A day; programs read the exact moment, and so does whoever points at it. */
export function Day({
  atMs,
  reader,
}: {
  readonly atMs: number;
  readonly reader: Reader;
}): JSX.Element {
  return (
    <time datetime={new Date(atMs).toISOString()} title={formatTime(atMs, reader)}>
      {formatDate(atMs, reader)}
    </time>
  );
}

/** A day and minute with its time zone; programs read the exact moment. */
export function Moment({
  atMs,
  reader,
}: {
  readonly atMs: number;
  readonly reader: Reader;
}): JSX.Element {
  return <time datetime={new Date(atMs).toISOString()}>{formatTime(atMs, reader)}</time>;
}

const dayMs = 86_400_000;

/** When something is due, in a colour that warns: amber in the last third of 15 days, red from the day it is late. */
export function DeadlineChip({
  dueMs,
  nowMs,
  reader,
}: {
  readonly dueMs: number;
  readonly nowMs: number;
  readonly reader: Reader;
}): JSX.Element {
  const days = Math.ceil((dueMs - nowMs) / dayMs);
  const date = <Day atMs={dueMs} reader={reader} />;
  if (dueMs < nowMs) {
    const late = Math.max(1, Math.ceil((nowMs - dueMs) / dayMs));
    const said = {
      en: (
        <>
          Late by {days1(late)} · was due {date}
        </>
      ),
      zh: (
        <>
          已逾期 {late} 天 · 应于{date}前
        </>
      ),
    };
    return <Chip tone="bad">{said[reader.language]}</Chip>;
  }
  const said = {
    en: (
      <>
        Due {date} · {days1(days)} left
      </>
    ),
    zh: (
      <>
        期限 {date} · 还剩 {days} 天
      </>
    ),
  };
  return <Chip tone={days <= 5 ? "warn" : "info"}>{said[reader.language]}</Chip>;
}

function days1(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

/** The id of the heading of a page, for what it names. */
export const pageTitle = "page-title";

/** What a table is for: a heading that stands over it, or words for people who do not see what stands around it. */
type TableName = { readonly labelledBy: string } | { readonly caption: Child };

/** A table; on a narrow screen every row becomes a record. The first cell of a row names it. */
export function Table({
  columns,
  rows,
  numbers = [],
  ...name
}: TableName & {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Child[])[];
  /** Indexes of the columns that hold numbers. */
  readonly numbers?: readonly number[];
}): JSX.Element {
  const kind = (index: number): string | undefined =>
    numbers.includes(index) ? "number" : undefined;
  return (
    <table class="table" aria-labelledby={"labelledBy" in name ? name.labelledBy : undefined}>
      {"caption" in name ? <caption>{name.caption}</caption> : null}
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th scope="col" class={kind(index)}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell, index) =>
              index === 0 ? (
                <th scope="row">{cell}</th>
              ) : (
                <td data-label={columns[index]} class={kind(index)}>
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Pages that belong together, as links; the current one is marked. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  readonly label: string;
  /** Address and words of each. */
  readonly tabs: readonly (readonly [string, string])[];
  readonly current: string;
}): JSX.Element {
  return (
    <nav aria-label={label}>
      <ul class="tabs">
        {tabs.map(([href, title]) => (
          <li>
            <a href={href} aria-current={href === current ? "page" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Names and values, for a record of one thing. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [Child, Child])[];
}): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
