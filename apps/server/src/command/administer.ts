/** The commands that change what a service knows. A new one is one line in `commands`. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { type Language, products, type ProductKey } from "@cloud-code/policy";
import {
  changeRole,
  createAccount,
  listAccounts,
  setDisabled,
} from "../accounts/administration.ts";
import { fields } from "../accounts/fields.ts";
import type { Role } from "../accounts/port.ts";
import { ConsentLedger } from "../consent/ledger.ts";
import { publishNotice } from "../notices/publish.ts";
import { AuditTrail } from "../audit/trail.ts";
import type { Services } from "../services.ts";
import { readDay, readerAt } from "../pages/words.ts";
import { phrase, terminalLanguage } from "./words.ts";

/** What a command came to: its exit code and what it says. */
export interface Result {
  readonly code: number;
  readonly text: string;
}

interface Call {
  readonly services: Services;
  readonly language: Language;
  readonly names: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

type Command = (call: Call) => Promise<Result>;

const commands: Readonly<Record<string, Command>> = {
  "user create": createUser,
  "user promote": promoteUser,
  "user disable": async (call) => switchUser(call, true),
  "user enable": async (call) => switchUser(call, false),
  "user list": listUsers,
  "notice publish": publish,
  "notice list": listNotices,
  "audit verify": verifyTrail,
};

const optionTypes = {
  email: { type: "string" },
  role: { type: "string" },
  all: { type: "boolean" },
  effective: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

/** Whether the words begin with a command of this table. */
export function isAdministration([group = "", verb = ""]: readonly string[]): boolean {
  return Object.hasOwn(commands, `${group} ${verb}`);
}

/** Carries a command out. The first word may be `--language=zh`, as the terminal that asks has it. */
export async function administer(services: Services, words: readonly string[]): Promise<Result> {
  const [first = "", ...rest] = words;
  const [, chosen] = /^--language=(en|zh)$/.exec(first) ?? [];
  const language = chosen === "zh" ? "zh" : "en";
  const [group = "", verb = "", ...given] = chosen === undefined ? words : rest;
  const command = commands[`${group} ${verb}`];
  if (command === undefined) {
    return { code: 2, text: phrase(language, "unknownCommand", `${group} ${verb}`.trim()) };
  }
  let parsed;
  try {
    parsed = parseArgs({ args: given, options: optionTypes, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? `${error.message}.` : "";
    return { code: 2, text: phrase(language, "badOption", message) };
  }
  return command({ services, language, names: parsed.positionals, options: parsed.values });
}

/** The words of a command for a service in another process. */
export function withLanguage(
  environment: Readonly<Record<string, string | undefined>>,
  words: readonly string[],
): readonly string[] {
  return [`--language=${terminalLanguage(environment)}`, ...words];
}

const roles = ["officer", "auditor", "admin", "person"] as const satisfies readonly Role[];

async function createUser({ services, language, names, options }: Call): Promise<Result> {
  const role = roles.find((each) => each === (options["role"] ?? "officer"));
  if (role === undefined) return failure(language, "roles");
  const schema = fields(language);
  const username = schema.username.safeParse(names[0]);
  const email = schema.email.safeParse(options["email"]);
  if (!username.success) return failure(language, "needsName");
  if (!email.success) return failure(language, "needsEmail");
  const path = await createAccount(services, {
    username: username.data,
    email: email.data,
    role,
  });
  if (path === undefined) return failure(language, "userTaken");
  const link = `${services.config.origin}${path}`;
  return { code: 0, text: phrase(language, "userCreated", username.data, role, link) };
}

async function promoteUser({ services, language, names: [name], options }: Call): Promise<Result> {
  const role = roles.find((each) => each === options["role"]);
  if (role === undefined) return failure(language, "roles");
  if (name === undefined) return failure(language, "needsName");
  return (await changeRole(services, name, role))
    ? { code: 0, text: phrase(language, "userPromoted", name, role) }
    : failure(language, "userUnknown", name);
}

async function switchUser(
  { services, language, names: [name] }: Call,
  disabled: boolean,
): Promise<Result> {
  if (name === undefined) return failure(language, "needsName");
  return (await setDisabled(services, name, disabled))
    ? { code: 0, text: phrase(language, disabled ? "userDisabled" : "userEnabled", name) }
    : failure(language, "userUnknown", name);
}

async function listUsers({ services, language, options }: Call): Promise<Result> {
  const accounts = await listAccounts(services, options["all"] === true);
  const text = accounts.map(({ username, email, role, disabled, secondFactor }) =>
    [username, email, role, secondFactor ? "2fa" : "-", disabled ? "disabled" : "-"].join("\t"),
  );
  return { code: 0, text: text.length === 0 ? phrase(language, "none") : text.join("\n") };
}

async function publish({ services, language, names: [name = ""], options }: Call): Promise<Result> {
  const product = (Object.keys(products) as ProductKey[]).find((each) => each === name);
  const { effective } = options;
  const effectiveMs =
    typeof effective === "string"
      ? readDay(effective, readerAt(services.config.operator, language))
      : undefined;
  if (product === undefined || (effective !== undefined && effectiveMs === undefined)) {
    return { code: 2, text: phrase(language, "badPublish") };
  }
  const outcome = await publishNotice(services.notices, services, product, effectiveMs);
  return outcome.kind === "refused"
    ? { code: 1, text: `${outcome.code}: ${outcome.advice}` }
    : { code: 0, text: `${outcome.kind}: ${noticeLine(outcome.notice)}` };
}

async function listNotices({ services }: Call): Promise<Result> {
  return { code: 0, text: (await services.notices.all(true)).map(noticeLine).join("\n") };
}

/** Walks the audit trail and the ledger of consents; names the first row that was tampered with. */
async function verifyTrail({ services, language }: Call): Promise<Result> {
  const trail = await new AuditTrail(services).verify();
  const ledger = await new ConsentLedger(services, services.notices).verify();
  const checks = [
    ["audit_entries", trail],
    ["consent_events", ledger],
  ] as const;
  const text = checks.map(([table, check]) =>
    check.kind === "intact"
      ? phrase(language, "trailIntact", table, check.entries)
      : phrase(language, "trailBroken", table, check.number, check.because),
  );
  const intact = checks.every(([, check]) => check.kind === "intact");
  return { code: intact ? 0 : 1, text: text.join("\n") };
}

function noticeLine({
  id,
  effectiveMs,
}: {
  readonly id: string;
  readonly effectiveMs: number;
}): string {
  return `${id}\t${new Date(effectiveMs).toISOString().slice(0, 10)}`;
}

function failure(
  language: Language,
  ...line: Parameters<typeof phrase> extends [Language, ...infer Rest] ? Rest : never
): Result {
  return { code: 1, text: phrase(language, ...line) };
}
