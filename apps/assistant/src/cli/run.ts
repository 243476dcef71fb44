import { AssistantError, reasonOf, wordError } from "../errors.ts";
import { wordHelp } from "./help.ts";
import { checkLanguage, parseCommandLine, takeLanguage } from "./parse.ts";
import { chooseLocale, print, printJson, type Terminal } from "./terminal.ts";
import { version } from "./version.ts";

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
// What a shell reports for a program ended by Ctrl-C.
const CANCELLED = 130;

/** Runs a command line. Never rejects: every failure is said, and told by the exit code. */
export async function run(
  line: readonly string[],
  around: Omit<Terminal, "locale">,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const { words, language } = takeLanguage(line);
  const terminal: Terminal = { ...around, locale: chooseLocale(language, environment) };
  try {
    checkLanguage(language);
    const asked = parseCommandLine(words, terminal.locale);
    if (asked.kind === "version") print(terminal, version());
    if (asked.kind === "help") print(terminal, wordHelp(asked.topic, terminal.locale));
    if (asked.kind !== "run") return OK;
    const command = await asked.command.load();
    return await command(asked.given, terminal);
  } catch (thrown) {
    const error = toError(thrown, terminal);
    if (environment["CLOUD_CODE_DEBUG"] === "1")
      terminal.errors.write(`${String(error.stack)}\n${String(error.cause)}\n`);
    const message = wordError(error.code, error.details, terminal.locale);
    if (words.includes("--json")) printJson(terminal, { error: { code: error.code, message } });
    else terminal.errors.write(`cloud-code: ${message}\n`);
    if (error.code === "CANCELLED") return CANCELLED;
    return error.code === "USAGE" ? WRONG_USAGE : FAILED;
  }
}

function toError(thrown: unknown, terminal: Terminal): AssistantError {
  if (thrown instanceof AssistantError) return thrown;
  if (terminal.signal.aborted) return new AssistantError("CANCELLED", {}, { cause: thrown });
  return new AssistantError("INTERNAL", { reason: reasonOf(thrown) }, { cause: thrown });
}
