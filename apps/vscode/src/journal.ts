import { EventEmitter, LogLevel, type Event, type LogOutputChannel, type ViewColumn } from "vscode";

/**
 * The output channel. It holds what happened and never what somebody wrote: of every message the first line alone, cut short, because
 * what follows it (stacks, data, traces of messages) may quote code. A level of "trace" changes nothing about that.
 */
export class Journal implements LogOutputChannel {
  readonly #channel: LogOutputChannel;

  /** `channel` is where the lines go. */
  constructor(channel: LogOutputChannel) {
    this.#channel = channel;
  }

  get name(): string {
    return this.#channel.name;
  }

  get logLevel(): LogLevel {
    return this.#channel.logLevel;
  }

  get onDidChangeLogLevel(): Event<LogLevel> {
    return this.#channel.onDidChangeLogLevel;
  }

  info(message: string): void {
    this.#channel.info(toLine(message));
  }

  warn(message: string): void {
    this.#channel.warn(toLine(message));
  }

  error(error: string | Error): void {
    this.#channel.error(toLine(typeof error === "string" ? error : error.name));
  }

  /** Notes a failure in the background, whatever was thrown. */
  fail(error: unknown): void {
    this.error(error instanceof Error ? error : String(error));
  }

  append(value: string): void {
    this.info(value);
  }

  appendLine(value: string): void {
    this.info(value);
  }

  replace(value: string): void {
    this.info(value);
  }

  trace(): void {
    // Traces are whole messages: they hold code.
  }

  debug(): void {
    // As with traces.
  }

  clear(): void {
    this.#channel.clear();
  }

  show(columnOrPreserve?: ViewColumn | boolean, preserveFocus?: boolean): void {
    this.#channel.show(
      typeof columnOrPreserve === "boolean" ? columnOrPreserve : (preserveFocus ?? false),
    );
  }

  hide(): void {
    this.#channel.hide();
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

/** A channel that keeps nothing, at a level that asks for nothing: where the client's traces of whole messages go. */
export function createSilence(name: string): LogOutputChannel {
  const nothing = (): void => undefined;
  return {
    name,
    logLevel: LogLevel.Off,
    onDidChangeLogLevel: new EventEmitter<LogLevel>().event,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    append: nothing,
    appendLine: nothing,
    replace: nothing,
    clear: nothing,
    show: nothing,
    hide: nothing,
    dispose: nothing,
  };
}

const maxLine = 200;

function toLine(message: string): string {
  return (message.split("\n", 1)[0] ?? "").slice(0, maxLine);
}
