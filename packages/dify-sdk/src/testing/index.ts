/**
 * A stand-in for Dify's daemon, for tests: the same framing, validators, limits and timeouts, none of its code.
 *
 * @packageDocumentation
 */
export { InvocationError, Invocations, lineLimitBytes, type Invocation } from "./invocations.ts";
export { LocalDaemon, type LocalDaemonOptions } from "./local.ts";
export {
  type ConnectedPlugin,
  DebuggingDaemon,
  type DebuggingDaemonOptions,
  type Registration,
} from "./debugging.ts";
export { invokeOverHttp } from "./serverless.ts";
