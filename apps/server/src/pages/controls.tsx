/** The parts of forms. Beside each field stands, in the inventory's words, what it is used for and what is lost without it. */
import { inventory, type Language, purposes, type UsedServiceItemKey } from "@cloud-code/policy";
import { html, raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { HtmlEscapedString } from "hono/utils/html";
import type { ServerContext } from "../environment.ts";
import { FormToken } from "../forms.tsx";

const words = {
  optional: { en: "optional", zh: "选填" },
  usedFor: { en: "Used for", zh: "用途：" },
  without: { en: "Without it:", zh: "不提供时：" },
} as const;

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

type Options = readonly (readonly [value: string, label: string])[];

/** A choice among many, of which one word each is enough. */
export function Select({
  value,
  options,
  autocomplete,
  ...frame
}: FieldFrame & {
  readonly value?: string | undefined;
  /** Value and label, in the order of the list. */
  readonly options: Options;
  readonly autocomplete?: string;
}): JSX.Element {
  return (
    <FieldAround frame={frame}>
      <select {...controlProps(frame)} autocomplete={autocomplete}>
        {toOptions(options, value)}
      </select>
    </FieldAround>
  );
}

// The countries of the world are half the elements of an account's page, and never others: a list that comes again is written once.
const written = new WeakMap<Options, readonly string[]>();

function toOptions(options: Options, chosen: string | undefined): HtmlEscapedString {
  const lines = written.get(options) ?? options.map(toOption);
  written.set(options, lines);
  const marked = options.map(([value], index) => {
    const line = lines[index] ?? "";
    // The first `">` ends the value: a quotation mark inside it is escaped.
    return value === chosen ? line.replace('">', '" selected="">') : line;
  });
  return raw(marked.join(""));
}

function toOption([value, label]: Options[number]): string {
  const option = html`<option value="${value}">${label}</option>`;
  if (option instanceof Promise) throw new TypeError("Two texts are nothing to wait for.");
  return option.toString();
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
