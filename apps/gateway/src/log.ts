import type { ItemKey } from "@cloud-code/policy";
import type { FailureCode } from "./failure.ts";
import type { RouteName } from "./routes.ts";

/**
 * The log. Its type is closed: a line can hold these fields and no others, and none of them can hold what a caller
 * wrote. Names come from the configuration, codes from tables, the rest are numbers. There is no address, no key, no
 * free text: what cannot be said cannot leak.
 */
export interface RequestLine {
  readonly event: "request";
  /** Random; also in the answer's X-Request-Id. */
  readonly requestId: string;
  readonly route: RouteName;
  /** As configured; null before the caller was known. */
  readonly consumer: string | null;
  /** The configuration's name of the model, never what was asked for. */
  readonly model: string | null;
  readonly upstream: string | null;
  /** 499 when the caller left first. */
  readonly status: number;
  readonly code: FailureCode | null;
  readonly stream: boolean;
  readonly attempts: number;
  readonly durationMs: number;
  readonly firstByteMs: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whether the tokens were counted by the events of the stream. */
  readonly estimated: boolean;
}

/** What happens to the gateway itself. */
export interface OperationLine {
  readonly event:
    | "started"
    | "draining"
    | "stopped"
    | "reloaded"
    | "reload-refused"
    | "crashed"
    | "worker-lost"
    | "health-failed"
    | "health-restored"
    | "sharing-lost"
    | "sharing-restored"
    | "warning";
  /** A name from the configuration, or a code from a table. */
  readonly subject?: string;
  /** Line in the configuration file. */
  readonly line?: number;
  readonly port?: number;
  /** Requests that were cut off. */
  readonly count?: number;
}

/** One line of the log. */
export type LogLine = RequestLine | OperationLine;

/**
 * What each field of the log is in the policy's inventory; `operations` for what is about the gateway and nobody else.
 * A field that is missing here does not compile.
 */
export const logInventory = {
  event: "operations",
  requestId: "gateway.request-id",
  route: "operations",
  consumer: "gateway.token-counts",
  model: "gateway.token-counts",
  upstream: "operations",
  status: "operations",
  code: "operations",
  stream: "operations",
  attempts: "operations",
  durationMs: "operations",
  firstByteMs: "operations",
  requestBytes: "operations",
  responseBytes: "operations",
  inputTokens: "gateway.token-counts",
  outputTokens: "gateway.token-counts",
  estimated: "operations",
  subject: "operations",
  line: "operations",
  port: "operations",
  count: "operations",
} as const satisfies Record<keyof RequestLine | keyof OperationLine, ItemKey | "operations">;

/** How much is logged: nothing, failures and operations, or every request. */
export type LogLevel = "off" | "error" | "info";

/** Largest line there can be; names are bounded by the configuration's schema. */
const maxLineBytes = 2048;

/**
 * Writes lines as JSON, gathered for a moment: a write per request would cost as much as the request. Lines are gathered
 * as bytes, because text that waits would be moved about by the garbage collector, which costs more than writing it.
 */
export class Log {
  level: LogLevel;
  readonly #write: (text: string) => void;
  readonly #delayMs: number;
  readonly #pending: Buffer = Buffer.alloc(65_536);
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  #timeMs = 0;
  #time = "";

  constructor(level: LogLevel, write: (text: string) => void, delayMs = 100) {
    this.level = level;
    this.#write = write;
    this.#delayMs = delayMs;
  }

  /** Adds a line, unless the level leaves it out. */
  write(line: LogLine): void {
    if (
      this.level === "off" ||
      (this.level === "error" && line.event === "request" && line.status < 500)
    ) {
      return;
    }
    const time = this.#timeText();
    const text =
      line.event === "request"
        ? writeRequest(time, line)
        : `${JSON.stringify({ time, ...line })}\n`;
    if (this.#length + maxLineBytes > this.#pending.length) this.flush();
    this.#length += this.#pending.write(text, this.#length, "latin1");
    this.#timer ??= setTimeout(() => this.flush(), this.#delayMs).unref();
  }

  /** Many requests end in the same millisecond, and writing a date costs as much as the rest of the line. */
  #timeText(): string {
    const nowMs = Date.now();
    if (nowMs !== this.#timeMs) {
      this.#timeMs = nowMs;
      this.#time = new Date(nowMs).toISOString();
    }
    return this.#time;
  }

  /** Writes what is pending. Call it before the process ends. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return;
    const text = this.#pending.toString("latin1", 0, this.#length);
    this.#length = 0;
    this.#write(text);
  }
}

/** The same text as JSON.stringify's, at a third of its cost: this runs once per request. Names were checked by the configuration's schema, so nothing needs escaping. */
function writeRequest(time: string, line: RequestLine): string {
  return `{"time":"${time}","event":"request","requestId":"${line.requestId}","route":"${line.route}","consumer":${quote(line.consumer)},"model":${quote(line.model)},"upstream":${quote(line.upstream)},"status":${line.status},"code":${quote(line.code)},"stream":${line.stream},"attempts":${line.attempts},"durationMs":${line.durationMs},"firstByteMs":${line.firstByteMs},"requestBytes":${line.requestBytes},"responseBytes":${line.responseBytes},"inputTokens":${line.inputTokens},"outputTokens":${line.outputTokens},"estimated":${line.estimated}}\n`;
}

function quote(name: string | null): string {
  return name === null ? "null" : `"${name}"`;
}
