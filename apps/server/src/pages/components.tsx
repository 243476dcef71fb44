import type { Language } from "@cloud-code/policy";
import { inventory, purposes } from "@cloud-code/policy";
import type { UsedServiceItemKey } from "@cloud-code/policy";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerContext } from "../environment.ts";
import { FormToken } from "../forms.tsx";
import { formatDate, formatTime, type Reader } from "./words.ts";

const words = {
  optional: { en: "optional", zh: "选填" },
  usedFor: { en: "Used for", zh: "用途：" },
  without: { en: "Without it:", zh: "不提供时：" },
} as const;

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

/** A form that posts. The form token is in it; a `Field` for each value, and one main button. */
export function Form({
  context,
  action,
  children,
  wide = false,
}: {
  readonly context: ServerContext;
  readonly action: string;
  readonly children: Child;
  /** Lets the content choose its width. */
  readonly wide?: boolean;
}): JSX.Element {
  return (
    <form method="post" action={action} class={wide ? "form-wide" : "form"} novalidate>
      <FormToken context={context} />
      {children}
    </form>
  );
}

/** A form that is nothing but a button: one click does one thing. */
export function ActionButton({
  context,
  action,
  label,
  kind = "quiet",
  values = {},
}: {
  readonly context: ServerContext;
  readonly action: string;
  readonly label: Child;
  readonly kind?: ButtonKind;
  readonly values?: Readonly<Record<string, string>>;
}): JSX.Element {
  return (
    <form method="post" action={action}>
      <FormToken context={context} />
      {Object.entries(values).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Button kind={kind}>{label}</Button>
    </form>
  );
}

/** `main` is what most people came for; there is one of them on a page. `danger` cannot be undone. */
export type ButtonKind = "main" | "quiet" | "danger" | "link";

/** The button of a form. */
export function Button({
  children,
  kind = "main",
  name,
  value,
}: {
  readonly children: Child;
  readonly kind?: ButtonKind;
  readonly name?: string;
  readonly value?: string;
}): JSX.Element {
  return (
    <button type="submit" class={buttonClass(kind)} name={name} value={value}>
      {children}
    </button>
  );
}

/** A link that looks like a button, for going somewhere. */
export function ButtonLink({
  href,
  children,
  kind = "main",
  large = false,
}: {
  readonly href: string;
  readonly children: Child;
  readonly kind?: ButtonKind;
  readonly large?: boolean;
}): JSX.Element {
  return (
    <a href={href} class={`${buttonClass(kind)}${large ? " large" : ""}`}>
      {children}
    </a>
  );
}

function buttonClass(kind: ButtonKind): string {
  return kind === "main" ? "button" : `button ${kind}`;
}

/** What every field has. */
interface FieldFrame {
  readonly context: ServerContext;
  readonly name: string;
  /** Where two forms of a page have a field of this name: an id of its own. */
  readonly id?: string;
  readonly label: Child;
  /**
   * The datum of the inventory that the field asks for. Whether it is optional, what it is for and what is lost without it stand
   * beside the field in the inventory's words.
   */
  readonly item?: UsedServiceItemKey;
  /** A line of its own, for example the rules of a password. */
  readonly hint?: Child;
  /** Overrides the inventory, for instance where a form asks for less. */
  readonly optional?: boolean;
  /** What is wrong with what was entered, from `readForm(...).problems`. */
  readonly problem?: string | undefined;
}

/** A field of one line. */
export function Field({
  type = "text",
  value,
  autocomplete,
  inputmode,
  maxlength,
  placeholder,
  ...frame
}: FieldFrame & {
  readonly type?: "text" | "email" | "password" | "tel" | "url" | "search";
  readonly value?: string | undefined;
  /** A word of the HTML standard, such as `username`, `new-password`, `one-time-code`. */
  readonly autocomplete?: string;
  readonly inputmode?: "numeric" | "email" | "tel" | "url" | "text";
  readonly maxlength?: number;
  readonly placeholder?: string;
}): JSX.Element {
  return (
    <FieldAround frame={frame}>
      <input
        {...controlProps(frame)}
        type={type}
        value={type === "password" ? undefined : value}
        autocomplete={autocomplete ?? "off"}
        inputmode={inputmode}
        maxlength={maxlength}
        placeholder={placeholder}
      />
    </FieldAround>
  );
}

/** A field of several lines. */
export function TextArea({
  value,
  maxlength,
  rows = 7,
  ...frame
}: FieldFrame & {
  readonly value?: string | undefined;
  readonly maxlength?: number;
  readonly rows?: number;
}): JSX.Element {
  return (
    <FieldAround frame={frame}>
      <textarea {...controlProps(frame)} rows={rows} maxlength={maxlength}>
        {value}
      </textarea>
    </FieldAround>
  );
}

/** A choice among many, of which one word each is enough. */
export function Select({
  value,
  options,
  autocomplete,
  ...frame
}: FieldFrame & {
  readonly value?: string | undefined;
  /** Value and label, in the order of the list. */
  readonly options: readonly (readonly [string, string])[];
  readonly autocomplete?: string;
}): JSX.Element {
  return (
    <FieldAround frame={frame}>
      <select {...controlProps(frame)} autocomplete={autocomplete}>
        {options.map(([option, label]) => (
          <option value={option} selected={option === value}>
            {label}
          </option>
        ))}
      </select>
    </FieldAround>
  );
}

/** A box to tick. It is never ticked beforehand; `checked` is for showing again what was entered or stored. */
export function Checkbox({
  name,
  label,
  why,
  checked = false,
  value = "yes",
  problem,
}: {
  readonly name: string;
  readonly label: Child;
  readonly why?: Child;
  readonly checked?: boolean;
  readonly value?: string;
  readonly problem?: string | undefined;
}): JSX.Element {
  const id = `${name}-${value}`;
  return (
    <div class="choice">
      <input
        type="checkbox"
        id={id}
        name={name}
        value={value}
        checked={checked}
        aria-describedby={describedBy([
          why !== undefined && `${id}-why`,
          problem !== undefined && `${id}-problem`,
        ])}
        aria-invalid={problem === undefined ? undefined : "true"}
      />
      <label for={id}>{label}</label>
      {why === undefined ? null : (
        <p class="why" id={`${id}-why`}>
          {why}
        </p>
      )}
      {problem === undefined ? null : (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** A few answers of which one holds. Nothing is chosen beforehand unless `value` says what was entered or stored. */
export function Choices({
  name,
  legend,
  options,
  value,
  problem,
}: {
  readonly name: string;
  readonly legend: Child;
  readonly options: readonly {
    readonly value: string;
    readonly label: Child;
    readonly why?: Child;
  }[];
  readonly value?: string | undefined;
  readonly problem?: string | undefined;
}): JSX.Element {
  return (
    <fieldset
      class="choices"
      aria-describedby={problem === undefined ? undefined : `${name}-problem`}
    >
      <legend>{legend}</legend>
      {options.map((option) => (
        <div class="choice">
          <input
            type="radio"
            id={`${name}-${option.value}`}
            name={name}
            value={option.value}
            checked={option.value === value}
          />
          <label for={`${name}-${option.value}`}>{option.label}</label>
          {option.why === undefined ? null : <p class="why">{option.why}</p>}
        </div>
      ))}
      {problem === undefined ? null : (
        <p class="field problem" id={`${name}-problem`} role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

function FieldAround({
  frame,
  children,
}: {
  readonly frame: FieldFrame;
  readonly children: Child;
}): JSX.Element {
  const { context, name, id = name, label, hint, problem } = frame;
  const { language } = context.var;
  const why = purposeLine(frame, language);
  return (
    <div class="field">
      <label for={id}>
        <span>{label}</span>
        {isOptional(frame) ? <span class="optional">{words.optional[language]}</span> : null}
      </label>
      {children}
      {problem === undefined ? null : (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      {hint === undefined ? null : (
        <p class="why" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {why === undefined ? null : (
        <p class="why" id={`${id}-why`}>
          {why}
        </p>
      )}
    </div>
  );
}

function controlProps(frame: FieldFrame): Record<string, string | boolean | undefined> {
  const { name, id = name, hint, problem, context } = frame;
  return {
    id,
    name,
    required: !isOptional(frame),
    "aria-invalid": problem === undefined ? undefined : "true",
    "aria-describedby": describedBy([
      problem !== undefined && `${id}-problem`,
      hint !== undefined && `${id}-hint`,
      purposeLine(frame, context.var.language) !== undefined && `${id}-why`,
    ]),
  };
}

function isOptional({ item, optional }: FieldFrame): boolean {
  if (optional !== undefined) return optional;
  if (item === undefined) return false;
  const declared = inventory[item];
  return declared.state !== "refused" && declared.origin === "provided" && declared.optional;
}

/** What the datum is and what it is used for; of an optional one also what is lost without it. */
function purposeLine({ item, optional }: FieldFrame, language: Language): string | undefined {
  if (item === undefined) return undefined;
  const declared = inventory[item];
  if (declared.state === "refused") return undefined;
  const titles = declared.purposes.map((key) => purposes[key].title[language]);
  const uses =
    language === "zh"
      ? `${words.usedFor.zh}${titles.join("、")}。`
      : `${words.usedFor.en} ${titles.join(", ").toLowerCase()}.`;
  const loss =
    declared.origin === "provided" && (optional ?? declared.optional)
      ? `${words.without[language]}${language === "zh" ? "" : " "}${declared.without[language]}`
      : undefined;
  return [declared.detail?.[language], uses, loss]
    .filter((part) => part !== undefined)
    .join(language === "zh" ? "" : " ");
}

function describedBy(ids: readonly (string | false)[]): string | undefined {
  const present = ids.filter((id) => id !== false);
  return present.length === 0 ? undefined : present.join(" ");
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
        {date}前答复 · 还剩 {days} 天
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
