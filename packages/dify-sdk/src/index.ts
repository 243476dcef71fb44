/**
 * Write a Dify plugin in TypeScript: describe what it serves, hand it to `createPlugin`, start it with `runPlugin`.
 *
 * @packageDocumentation
 */
export * from "./model.ts";
export { createPlugin, type PluginDefinition } from "./plugin.ts";
export { runPlugin, type RunOptions } from "./run.ts";
export {
  errorTypes,
  PluginError,
  type ErrorDetails,
  type PluginErrorCode,
  type WireError,
} from "./errors.ts";
export {
  defaultMaxExecutionMs,
  runSession,
  type Plugin,
  type SendLine,
  type SessionOptions,
} from "./session.ts";
export { type LineOutput, serveStdio, type StdioStreams } from "./stdio.ts";
export { serveHttp, type HttpOptions } from "./http.ts";
export { serveRemote, type RemoteOptions, type RemoteState } from "./tcp.ts";
export {
  formatEvent,
  formatRequest,
  LineCutter,
  maxLineBytes,
  parseEvent,
  parseRequest,
  type PluginEvent,
  type PluginRequest,
} from "./protocol.ts";
export { estimatePromptTokens, estimateTokens } from "./usage.ts";
export {
  readDeclaration,
  DeclarationError,
  formatProblem,
  type Declaration,
  type PluginFiles,
  type Problem,
} from "./declaration.ts";
export {
  requestSchemas,
  responseSchemas,
  toFieldNames,
  type ModelAction,
  type ModelRequests,
  type WireCall,
  type WireLanguageRequest,
} from "./wire.ts";
