export { anthropic, anthropicVersion } from "./dialects/anthropic.ts";
export {
  audioType,
  dashscope,
  maxTranscriptionBytes,
  parseWavSampleRate,
  qwenVoices,
  rerankForm,
  speechForm,
  speechFormat,
  speechSampleRate,
  transcriptionForm,
  wavHeader,
} from "./dialects/dashscope.ts";
export {
  fimFamilyOf,
  type FimFamily,
  type FimTemplate,
  fimTemplates,
  infill,
  withFimPrompt,
  writeFim,
} from "./dialects/fim.ts";
export { openai, parseRerank, writeTranscript } from "./dialects/openai.ts";
export { parseJson, parseProviderError, parseUsage, upstreamError } from "./dialects/reading.ts";
export { speechTask, type Task, type TaskStep, transcriptionTask } from "./dialects/task.ts";
export { ModelError, type ModelErrorCode, modelErrorCodes, type ProviderError } from "./error.ts";
export {
  type Call,
  type ChatAnswer,
  type ChatChunk,
  type ChatDelta,
  type ChatMessage,
  type ChatRequest,
  type CompletionAnswer,
  type CompletionRequest,
  type ContentPart,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  type EventReader,
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  type Operation,
  type RerankAnswer,
  type RerankRequest,
  type SpeechChunk,
  type SpeechRequest,
  textOf,
  type ToolCall,
  type Transcript,
  type TranscriptFormat,
  type TranscriptionRequest,
  type Usage,
} from "./message.ts";
export {
  type FormPart,
  joinBytes,
  parseForm,
  type PlacedFormPart,
  writeForm,
} from "./multipart.ts";
export {
  ask,
  type Endpoint,
  expectSuccess,
  follow,
  readText,
  type Reply,
  send,
  type Sending,
  type Timeouts,
} from "./send.ts";
export {
  canonicalize,
  digestOf,
  type HmacCredential,
  type HmacMethod,
  type HmacRefusal,
  type HmacTrust,
  type HmacVerdict,
  NonceStore,
  sameText,
  type SignedRequest,
  signRequest,
  verifyRequest,
} from "./hmac.ts";
export { type Moment, now } from "./moment.ts";
export { authorize, createKey, type Credential, hashKey, KeyRing } from "./signing.ts";
export {
  mintToken,
  tokenAlgorithms,
  type TokenAlgorithm,
  type TokenRecipe,
  type TokenTrust,
  type TokenVerdict,
  TokenVerifier,
} from "./token.ts";
export {
  defaultMaxEventLength,
  EventParser,
  readEvents,
  type ServerSentEvent,
  writeEvent,
} from "./stream.ts";
