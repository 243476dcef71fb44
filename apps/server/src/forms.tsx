import { timingSafeEqual, createHmac, randomBytes } from "node:crypto";
import { getCookie, setCookie } from "hono/cookie";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { z } from "zod";
import type { ServerContext } from "./environment.ts";

const FIELD = "form_token";

/** What a form's fields were found to be. */
export type FormResult<Value> =
  | { readonly kind: "valid"; readonly value: Value }
  /** The first problem of each field, under the field's name; `entered` is what to show again, secrets left out by the page. */
  | {
      readonly kind: "invalid";
      readonly problems: Readonly<Record<string, string>>;
      readonly entered: Readonly<Record<string, string>>;
    };

/** The hidden field that proves a form was sent from one of our own pages. Every `<form method="post">` needs one. */
export function FormToken({ context }: { readonly context: ServerContext }): JSX.Element {
  return <input type="hidden" name={FIELD} value={formToken(context)} />;
}

/** Reads the fields of the request's form as the schema wants them. */
export async function readForm<Schema extends z.ZodType>(
  context: ServerContext,
  schema: Schema,
): Promise<FormResult<z.output<Schema>>> {
  const entered = await readFields(context);
  const parsed = schema.safeParse(entered);
  if (parsed.success) return { kind: "valid", value: parsed.data };
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) problems[String(path[0] ?? "")] ??= message;
  return { kind: "invalid", problems, entered };
}

/** The text fields of the request's form; a file or a repeated field is left out, because no form of ours has one. */
export async function readFields(
  context: ServerContext,
): Promise<Readonly<Record<string, string>>> {
  const body = await context.req.parseBody({ all: true });
  return Object.fromEntries(
    Object.entries(body).filter(
      (field): field is [string, string] => typeof field[1] === "string" && field[0] !== FIELD,
    ),
  );
}

/**
 * The form token: a random number in a cookie of the browser's session, and in the form its keyed hash. Another site can make the
 * browser send the cookie, but cannot know the hash.
 */
function formToken(context: ServerContext): string {
  const name = cookieName(context);
  let seed = getCookie(context, name) ?? context.get("formSeed");
  if (seed === undefined || !/^[\w-]{43}$/.test(seed)) {
    seed = randomBytes(32).toString("base64url");
    setCookie(context, name, seed, {
      path: "/",
      httpOnly: true,
      secure: context.var.secure,
      sameSite: "Lax",
    });
  }
  context.set("formSeed", seed);
  return sign(seed, context.var.formKey);
}

/** Whether the request's form carries the token that belongs to its cookie. */
export async function hasFormToken(context: ServerContext): Promise<boolean> {
  const seed = getCookie(context, cookieName(context));
  const token = await readSentToken(context);
  if (seed === undefined || typeof token !== "string") return false;
  const expected = Buffer.from(sign(seed, context.var.formKey));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function readSentToken(context: ServerContext): Promise<unknown> {
  try {
    return (await context.req.parseBody())[FIELD];
  } catch {
    // The body is not the form it says it is: no page of ours sent it.
    return undefined;
  }
}

function cookieName(context: ServerContext): string {
  return context.var.secure ? "__Host-form" : "form";
}

function sign(seed: string, key: string): string {
  return createHmac("sha256", key).update(`form:${seed}`).digest("base64url");
}
