import type { HostMessage } from "@cloud-code/panel/protocol";
import type { Answer, Question, Status } from "../../session.ts";
import type {
  ConsoleErrorCode,
  ConsoleProblem,
  OpenedFile,
  PanelRequest,
  Project,
  SaveRequest,
  Saved,
  Use,
} from "../protocol.ts";

/** A request that was answered with a problem, or not at all. */
export class RequestError extends Error {
  readonly code: ConsoleErrorCode | "unreachable";
  /** See `ConsoleProblem.version`. */
  readonly version: string | null | undefined;

  constructor(code: ConsoleErrorCode | "unreachable", version?: string | null) {
    super(code);
    this.name = "RequestError";
    this.code = code;
    this.version = version;
  }
}

const keyItem = "cloud-code.key";
const retryMs = 2_000;

/** Talks to the server this page came from, with the key of this run. */
export class Client {
  readonly #key: string;

  private constructor(key: string) {
    this.#key = key;
  }

  /**
   * Takes the key or the ticket from the address and removes it there, so that it stays out of the history; a reloaded
   * page finds the key in the tab's own storage. Undefined when there is none.
   */
  static async enter(): Promise<Client | undefined> {
    const fragment = new URLSearchParams(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    const ticket = fragment.get("ticket");
    const key =
      fragment.get("key") ??
      (ticket === null ? null : await redeem(ticket)) ??
      sessionStorage.getItem(keyItem);
    if (key === null) return undefined;
    sessionStorage.setItem(keyItem, key);
    return new Client(key);
  }

  /** The project, its files and its state. */
  project(): Promise<Project> {
    return this.#request("GET", "/api/project");
  }

  /** The text of a file. */
  open(path: string): Promise<OpenedFile> {
    return this.#request("GET", `/api/file?path=${encodeURIComponent(path)}`);
  }

  /** Saves a file; `changed-on-disk` when it is not as it was opened. */
  save(path: string, request: SaveRequest): Promise<Saved> {
    return this.#request("PUT", `/api/file?path=${encodeURIComponent(path)}`, request);
  }

  /** Asks for suggestions. Aborting drops the question on the server too. */
  complete(question: Omit<Question, "signal">, signal: AbortSignal): Promise<Answer> {
    return this.#request("POST", "/api/complete", question, signal);
  }

  /** Hands over a message of the panel and returns the answers to it. Aborting drops it on the server too. */
  panel(request: PanelRequest, signal: AbortSignal): Promise<readonly HostMessage[]> {
    return this.#request("POST", "/api/panel", request, signal);
  }

  /** Tells what the person did, for those who chose that it is counted. */
  used(use: Use): void {
    // A count that is lost is missed by nobody.
    this.#request("POST", "/api/used", use).catch(() => undefined);
  }

  /** Calls `onStatus` at every change and `onConnection` when the program goes or comes back; goes on as long as the page lives. */
  async watch(
    onStatus: (status: Status) => void,
    onConnection: (isConnected: boolean) => void,
  ): Promise<never> {
    for (;;) {
      try {
        for await (const message of this.#events()) {
          onConnection(true);
          onStatus(message);
        }
      } catch (error) {
        // A stream that breaks says the same as one that ends: nobody is there. Anything else is a fault of this page.
        if (!(error instanceof RequestError || error instanceof TypeError)) throw error;
      }
      onConnection(false);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  /** `EventSource` cannot send a header, and a key in its address would end up in logs. */
  async *#events(): AsyncGenerator<Status> {
    const response = await this.#fetch("GET", "/api/events");
    if (!response.body) return;
    let pending = "";
    for await (const chunk of streamOf(response.body.pipeThrough(new TextDecoderStream()))) {
      const blocks = (pending + chunk).split("\n\n");
      pending = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) yield JSON.parse(data) as Status;
      }
    }
  }

  async #request<T>(
    method: string,
    address: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.#fetch(method, address, body, signal);
    return (await response.json()) as T;
  }

  async #fetch(
    method: string,
    address: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#key}` };
    return send(address, method, headers, body, signal);
  }
}

async function redeem(ticket: string): Promise<string | null> {
  const response = await send("/api/enter", "POST", {}, { ticket });
  return ((await response.json()) as { key: string }).key;
}

async function send(
  address: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError("unreachable");
  }
  if (response.ok) return response;
  const problem = (await response.json()) as ConsoleProblem;
  throw new RequestError(problem.code, problem.version);
}

/** Not every browser of today can iterate a stream. */
async function* streamOf(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
