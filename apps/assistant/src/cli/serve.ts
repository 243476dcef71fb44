import { resolveWorkspace, openSession } from "../workspace/open.ts";
import { findRepository } from "../workspace/root.ts";
import { type Given, parseNumber } from "./command.ts";
import { cacheFolder } from "../workspace/store.ts";
import { findWorkspace } from "./maintain.ts";
import { version } from "./version.ts";
import { Progress } from "./progress.ts";
import { print, type Terminal } from "./terminal.ts";

/** `cloud-code lsp`: serves one editor until it leaves. */
export async function runLsp(_: Given, terminal: Terminal): Promise<number> {
  const { createServer } = await import("../lsp/index.ts");
  // To the server a signal is what a closed pipe is: nobody is there any more.
  terminal.signal.addEventListener("abort", () => terminal.input.destroy(), { once: true });
  const { openTelemetry } = await import("../telemetry/open.ts");
  const server = createServer({ openSession, openTelemetry, version: version() });
  return server.listen(terminal.input, terminal.output);
}

/** `cloud-code mcp`: offers the search to an agent until it leaves. */
export async function runMcp(given: Given, terminal: Terminal): Promise<number> {
  const { serveMcp } = await import("../search/mcp.ts");
  const root = await findWorkspace(given);
  const options = { root, cache: cacheFolder(), version: version() };
  await serveMcp(options, terminal.input, terminal.output, terminal.signal);
  return 0;
}

/** `cloud-code try`: shows completion on a folder's files in a browser until Ctrl-C. */
export async function runTry(given: Given, terminal: Terminal): Promise<number> {
  const { locale, signal } = terminal;
  const port = parseNumber(given, "port", 0, 65_535, "try", locale) ?? 0;
  const [folder] = given.positionals;
  const root = await resolveWorkspace(
    folder ?? (await findRepository(process.cwd())) ?? process.cwd(),
  );
  const { runConsole } = await import("../console/index.ts");
  const { openTelemetry } = await import("../telemetry/open.ts");
  // A page has no telemetry switch of an editor, so what is counted here is never sent.
  const telemetry = await openTelemetry({
    editorTelemetry: () => undefined,
    receiver: () => undefined,
  });
  const session = await openSession({ root, watch: true });
  const progress = new Progress(terminal);
  try {
    const open = !given.switches.has("no-open");
    const console = await runConsole({
      session,
      telemetry,
      root,
      port,
      open,
      language: locale,
      signal,
    });
    print(terminal, console.url);
    print(terminal, locale === "en" ? "Ctrl-C ends it." : "按 Ctrl-C 结束。");
    session.onStatus(({ activity, notices = [] }) => {
      if (activity.kind === "indexing") progress.update(activity);
      else progress.end();
      notices.forEach((notice) => progress.notice(notice));
    });
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await console.close();
    return 0;
  } finally {
    progress.end();
    await Promise.all([session.close(), telemetry.close()]);
  }
}
