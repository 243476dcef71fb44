import { realpath } from "node:fs/promises";
import { LiveSearch } from "../search/live.ts";
import { cacheFolder } from "../workspace/store.ts";
import { AssistantError, type Locale, reasonOf, wordError } from "../errors.ts";
import type { Session } from "../session.ts";
import { readAssets } from "./assets.ts";
import { openBrowser } from "./launch.ts";
import type { PanelDeskOptions } from "./panel.ts";
import { type ConsoleServer, startConsoleServer } from "./server.ts";

/** How to show a project in a browser. */
export interface ConsoleOptions {
  /** The open workspace that answers the page's questions. */
  readonly session: Session;
  /** The usage statistics of the person: what happens on the page is counted if they chose it, and the panel shows them. */
  readonly telemetry: PanelDeskOptions["telemetry"];
  /** The folder whose files the page shows. */
  readonly root: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Whether to ask the system to open the page in a browser. */
  readonly open: boolean;
  /** The page's first language; it can be switched there. */
  readonly language: Locale;
  /** Ends the console. */
  readonly signal?: AbortSignal;
}

/** A console that runs. */
export interface RunningConsole {
  /** The address with the key of this run: for the person's terminal, and for nobody else. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a page on 127.0.0.1 that shows completion on the files of `root`: an editor with ghost text and the ranked list.
 * Fails with `PORT_TAKEN`, `PORT_REFUSED` or `PAGE_NOT_BUILT`.
 */
export async function runConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { session, telemetry, port, language, signal } = options;
  const [root, assets] = await Promise.all([realpath(options.root), readAssets()]);
  const onFault = (error: unknown): void => {
    process.stderr.write(`${wordError("INTERNAL", { reason: reasonOf(error) }, language)}\n`);
  };
  const place = { root, cache: cacheFolder(), isTold: false };
  // What a search could not read is said where the search is: an editor's log would be the place, and this page has none.
  const search = new LiveSearch(place, () => undefined);
  const server = await start({ session, search, telemetry, root, assets, port, language, onFault });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= Promise.all([server.close(), search.close()]).then(() => undefined));
  if (signal?.aborted) await close();
  else signal?.addEventListener("abort", () => void close(), { once: true });
  if (options.open) await openBrowser(`${server.address}#ticket=${server.issueTicket()}`);
  return { url: `${server.address}#key=${server.key}`, close };
}

async function start(options: Parameters<typeof startConsoleServer>[0]): Promise<ConsoleServer> {
  try {
    return await startConsoleServer(options);
  } catch (cause) {
    const reason = reasonOf(cause);
    const code = reason === "EADDRINUSE" ? "PORT_TAKEN" : "PORT_REFUSED";
    throw new AssistantError(code, { port: options.port, reason }, { cause });
  }
}
