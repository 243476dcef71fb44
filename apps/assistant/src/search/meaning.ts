import { createHash } from "node:crypto";
import type { CancelSignal, Similarity } from "@cloud-code/search";
import { ask, type Endpoint, openai } from "@cloud-code/models";
import {
  type Decision,
  decide,
  type DenialReason,
  isLoopback,
  type ItemKey,
  products,
  type PurposeKey,
} from "@cloud-code/policy";
import { consentsPath, modelCircumstances, readConsents } from "../consents.ts";
import { AssistantError, reasonOf } from "../errors.ts";
import type { Notice } from "../session.ts";
import { policyFiles, readOrganisation } from "../organisation.ts";

/** An embedding model that speaks OpenAI's `/embeddings`: llama-server, Ollama, a Cloud Code gateway. */
export interface MeaningSettings {
  /** What `/embeddings` is appended to, for example `http://127.0.0.1:8080/v1`. */
  readonly root: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly key?: string;
  /** The say of the meaning beside the words, 0 to 1. Default 0.4. */
  readonly weight?: number;
}

/** A request that was sent to a model, for the record of where data went. Of its content nothing is kept. */
export interface ModelRequest {
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly bytesSent: number;
  readonly isAnswered: boolean;
}

/** What a similarity tells its owner. */
export interface SimilarityListener {
  notice(notice: Notice): void;
  sent(request: ModelRequest): void;
}

const ITEMS: readonly ItemKey[] = ["assistant.source-code", "assistant.recent-queries"];
const DEFAULT_WEIGHT = 0.4;
/** The index is held meanwhile: a model that takes longer is not waited for. */
const PATIENCE_MS = 3_000;
const KEPT_VECTORS = 4_000;

/**
 * The settings in the environment: `CLOUD_CODE_EMBEDDINGS_URL` and `CLOUD_CODE_EMBEDDINGS_MODEL`, with `_KEY` and `_WEIGHT` if wanted. Undefined without an
 * address; throws `SETTING_INVALID` for an address, a model or a weight that is none.
 */
export function readMeaning(
  environment: Readonly<Record<string, string | undefined>>,
): MeaningSettings | undefined {
  const root = environment["CLOUD_CODE_EMBEDDINGS_URL"] ?? "";
  if (root === "") return undefined;
  const refuse = (name: string, expected: string): AssistantError =>
    new AssistantError("SETTING_INVALID", { name: `CLOUD_CODE_EMBEDDINGS_${name}`, expected });
  if (!URL.canParse(root) || !/^https?:$/.test(new URL(root).protocol))
    throw refuse("URL", "http://127.0.0.1:8080/v1");
  const model = environment["CLOUD_CODE_EMBEDDINGS_MODEL"] ?? "";
  if (model === "") throw refuse("MODEL", "text-embedding-v4");
  const weight = Number(environment["CLOUD_CODE_EMBEDDINGS_WEIGHT"] ?? DEFAULT_WEIGHT);
  if (!(weight >= 0 && weight <= 1)) throw refuse("WEIGHT", "0.4 (0–1)");
  const key = environment["CLOUD_CODE_EMBEDDINGS_KEY"] ?? "";
  return { root, model, weight, ...(key === "" ? {} : { key }) };
}

/** Whether a model at an origin may see search queries and code of this workspace now. */
export async function judgeModel(
  origin: string,
  environment: NodeJS.ProcessEnv,
): Promise<Decision> {
  const isHere = isLoopback(origin);
  const organisation = await readOrganisation(policyFiles(environment, process.platform));
  const nowMs = Date.now();
  return decide({
    items: ITEMS,
    purpose: isHere ? "ask-local-model" : "ask-chosen-model",
    destination: { recipient: isHere ? "local-model" : "chosen-model", origin },
    circumstances: modelCircumstances(readConsents(consentsPath(environment)), {
      // An editor says so where it asks people whether they trust a folder; who starts a program in it does.
      workspaceTrusted: environment["CLOUD_CODE_UNTRUSTED"] !== "1",
      organisation,
    }),
    collectedSinceMs: nowMs,
    nowMs,
  });
}

/** The model that is set up, and whether it may be asked. */
export interface ModelStanding {
  readonly settings: MeaningSettings;
  readonly origin: string;
  /** It is on this machine: nothing leaves it, and no permission is needed. */
  readonly isHere: boolean;
  /** Why it may not be asked; undefined when it may. */
  readonly refusal: DenialReason | undefined;
  /** Whether the person said yes or no to this origin under the notice of now. */
  readonly isAnswered: boolean;
}

/** Finds the model that is set up; undefined where none is. Throws `SETTING_INVALID` and `CHOICES_UNREADABLE`. */
export async function findModel(
  environment: NodeJS.ProcessEnv,
): Promise<ModelStanding | undefined> {
  const settings = readMeaning(environment);
  if (settings === undefined) return undefined;
  const { origin } = new URL(settings.root);
  const decision = await judgeModel(origin, environment);
  const answer = readConsents(consentsPath(environment)).findLast(
    (event) => event.origin === undefined || event.origin === origin,
  );
  return {
    settings,
    origin,
    isHere: isLoopback(origin),
    refusal: decision.kind === "denied" ? decision.because : undefined,
    isAnswered:
      answer !== undefined &&
      (answer.answer !== "given" || answer.noticeVersion === products.assistant.notice.version),
  };
}

/** Leave to ask the model that is set up. */
export interface ModelPermission {
  readonly origin: string;
  readonly purpose: PurposeKey;
  readonly items: readonly ItemKey[];
  /** When the person said yes; absent for a model on this machine, which needs none. */
  readonly sinceMs?: number;
}

/** The permission as it stands; undefined where no model is set up, or the one that is may not be asked or cannot be. */
export async function findModelPermission(
  environment: NodeJS.ProcessEnv,
): Promise<ModelPermission | undefined> {
  const origin = originOf(environment);
  if (origin === undefined) return undefined;
  const decision = await judgeModel(origin, environment);
  if (decision.kind === "denied") return undefined;
  const { purpose, items } = decision.permit;
  const given = readConsents(consentsPath(environment)).findLast(
    (event) => event.origin === origin && event.answer === "given",
  );
  return { origin, purpose, items, ...(given === undefined ? {} : { sinceMs: given.atMs }) };
}

/** Where the model is that is set up; undefined where none is, or by settings that cannot be used. */
function originOf(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    const settings = readMeaning(environment);
    return settings === undefined ? undefined : new URL(settings.root).origin;
  } catch (error) {
    // The search says what is wrong with them, and asks nobody.
    if (error instanceof AssistantError && error.code === "SETTING_INVALID") return undefined;
    throw error;
  }
}

/**
 * Asks an embedding model how near texts are to a question. Every request needs a permit of its own; one that is denied or fails is told by a notice, once, and
 * leaves the order to the words. Vectors of texts are kept in memory, so typing on asks about the question alone.
 */
export function createSimilarity(
  settings: MeaningSettings,
  judge: (origin: string) => Promise<Decision>,
  listener: SimilarityListener,
): Similarity {
  const { root, model, key, weight = DEFAULT_WEIGHT } = settings;
  const { origin } = new URL(root);
  const vectors = new Map<string, readonly number[]>();

  async function embed(
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    const decision = await judge(origin);
    if (decision.kind === "denied")
      throw new AssistantError("MEANING_DENIED", {
        origin,
        because: decision.because,
      });
    const request = { model, input: texts, encoding_format: "float" };
    const sent = {
      origin,
      atMs: Date.now(),
      bytesSent: Buffer.byteLength(JSON.stringify(request)),
    };
    const endpoint: Endpoint = {
      root,
      credential: key === undefined ? { kind: "none" } : { kind: "key", key },
    };
    const { purpose } = decision.permit;
    const sending = { endpoint, items: ITEMS, purpose, signal };
    const { vectors: answered } = await ask(
      openai.embeddings,
      request,
      sending,
      decision.permit,
    ).catch((error: unknown) => {
      listener.sent({ ...sent, isAnswered: false });
      throw error;
    });
    listener.sent({ ...sent, isAnswered: true });
    if (answered.length !== texts.length)
      throw new Error(`${answered.length} vectors for ${texts.length} texts`);
    return answered;
  }

  async function rate(
    question: string,
    texts: readonly string[],
    signal?: CancelSignal,
  ): Promise<readonly number[] | undefined> {
    const keys = texts.map((text) => createHash("sha256").update(text).digest("base64"));
    const unknown = [...new Set(keys.filter((each) => !vectors.has(each)))];
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const limit = signal instanceof AbortSignal ? AbortSignal.any([signal, patience]) : patience;
    try {
      const [asked, ...answered] = await embed(
        [question, ...unknown.map((each) => texts[keys.indexOf(each)] ?? "")],
        limit,
      );
      for (const [at, vector] of answered.entries()) vectors.set(unknown[at] ?? "", vector);
      const ratings = keys.map((each) => cosine(asked ?? [], vectors.get(each) ?? []));
      for (const old of [...vectors.keys()].slice(0, Math.max(0, vectors.size - KEPT_VECTORS)))
        vectors.delete(old);
      return ratings;
    } catch (error) {
      if (signal?.aborted === true) return undefined;
      listener.notice(
        error instanceof AssistantError
          ? { code: error.code, details: error.details }
          : { code: "MEANING_FAILED", details: { origin, reason: reasonOf(error) } },
      );
      return undefined;
    }
  }

  return { weight, rate };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  let lengthOfA = 0;
  let lengthOfB = 0;
  for (const [at, x] of a.entries()) {
    const y = b[at] ?? 0;
    dot += x * y;
    lengthOfA += x * x;
    lengthOfB += y * y;
  }
  const length = Math.sqrt(lengthOfA * lengthOfB);
  return length === 0 ? 0 : dot / length;
}
