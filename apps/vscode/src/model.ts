import {
  type Disposable,
  EventEmitter,
  type Event,
  l10n,
  type Memento,
  type MessageItem,
  type SecretStorage,
  window,
  workspace,
} from "vscode";
import {
  type ModelAnswer,
  modelSetMethod,
  type ModelState,
  modelStateMethod,
  type TelemetryQuestion,
} from "@cloud-code/assistant/protocol";
import type { Assistant } from "./assistant.ts";
import { embeddingsSetting } from "./settings.ts";

/** The model and the notice that were last asked about. */
const askedKey = "askedModel";
/** Somebody who types an address changes the setting at every pause; the assistant starts anew once they are done. */
const typingMs = 1_500;

/**
 * What the assistant's program is told of the embedding model by its environment. The settings of this machine name the model, never those
 * of a workspace; of settings that name none nothing is told.
 */
export async function readModel(secrets: SecretStorage): Promise<Readonly<Record<string, string>>> {
  const { url, model, weight } = embeddingsSetting();
  const origin = originOf(url);
  if (origin === undefined || model === "") return {};
  const key = await secrets.get(secretOf(origin));
  return {
    CLOUD_CODE_EMBEDDINGS_URL: url,
    CLOUD_CODE_EMBEDDINGS_MODEL: model,
    CLOUD_CODE_EMBEDDINGS_WEIGHT: String(weight),
    ...(key === undefined ? {} : { CLOUD_CODE_EMBEDDINGS_KEY: key }),
  };
}

/** The embedding model that may have a say in the order of what is found, and the person's answer whether one elsewhere may see code. */
export class Model implements Disposable {
  readonly #assistant: Assistant;
  readonly #memory: Memento;
  readonly #secrets: SecretStorage;
  readonly #showNotice: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #changed = new EventEmitter<void>();
  readonly #subscription: Disposable;
  #state: ModelState | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `memory` remembers that a question was shown, `secrets` the keys; `failed` hears of what could not be done in the background. */
  constructor(
    assistant: Assistant,
    memory: Memento,
    secrets: SecretStorage,
    showNotice: () => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#assistant = assistant;
    this.#memory = memory;
    this.#secrets = secrets;
    this.#showNotice = showNotice;
    this.#failed = failed;
    this.#subscription = assistant.onStart(() => {
      this.#begin().catch(failed);
    });
  }

  /** What is known of the model is different. */
  get onChange(): Event<void> {
    return this.#changed.event;
  }

  /** The latest that is known; undefined before the assistant was asked. */
  get state(): ModelState | undefined {
    return this.#state;
  }

  /** The settings name another model, or none: the program starts anew with what they say, once they have settled. */
  follow(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#restart().catch(this.#failed);
    }, typingMs);
  }

  /** Allows the model that is set up, or takes that back; both take one question or none. */
  async choose(): Promise<void> {
    const { kind, receiver, question, asks, sentence } = await this.#look();
    if (kind === "remote" && asks && receiver !== undefined) {
      const stop = { title: l10n.t("Stop") };
      const answer = await window.showInformationMessage(
        sentence,
        { modal: true, detail: l10n.t("After that the code search goes by words alone.") },
        stop,
      );
      if (answer === stop) await this.#answer({ allowed: false, receiver });
    } else if (question === undefined) await window.showInformationMessage(sentence);
    else await this.#ask(question);
  }

  /** Takes the key of the model's service; an empty one forgets it. It is kept by the editor, in the store of the system for secrets. */
  async enterKey(): Promise<void> {
    const origin = originOf(embeddingsSetting().url);
    if (origin === undefined) {
      await window.showWarningMessage(
        l10n.t("Name the address of the model first, in cloudCode.embeddings.url."),
      );
      return;
    }
    const key = await window.showInputBox({
      title: l10n.t("Key for {0}", origin),
      prompt: l10n.t("It goes to this address alone. Leave it empty to forget it."),
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    await (key.trim() === ""
      ? this.#secrets.delete(secretOf(origin))
      : this.#secrets.store(secretOf(origin), key.trim()));
    await this.#restart();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Looks how things stand, and asks the one question about a model elsewhere unless it was answered or shown. */
  async #begin(): Promise<void> {
    const { question, answered } = await this.#look();
    if (question === undefined || answered || !workspace.isTrusted) return;
    const asked = `${question.receiver} ${question.noticeVersion}`;
    if (this.#memory.get<string>(askedKey) === asked) return;
    await this.#memory.update(askedKey, asked);
    await this.#ask(question);
  }

  async #look(): Promise<ModelState> {
    return this.#take(await this.#assistant.request<ModelState>(modelStateMethod));
  }

  async #restart(): Promise<void> {
    // One that does not run is told when it starts.
    if (this.#assistant.phase !== "stopped") await this.#assistant.restart();
  }

  async #ask(question: TelemetryQuestion): Promise<void> {
    const refuse: MessageItem = { title: l10n.t("Not now") };
    const allow: MessageItem = { title: question.allow };
    const more: MessageItem = { title: question.more };
    const { receiver, noticeVersion } = question;
    for (;;) {
      // The first one stands out, and is what Enter presses.
      const answer = await window.showWarningMessage(
        `${question.title} ${question.body}`,
        refuse,
        allow,
        more,
      );
      if (answer === more) await this.#showNotice();
      else if (answer === allow) return this.#answer({ allowed: true, receiver, noticeVersion });
      else if (answer === refuse) return this.#answer({ allowed: false, receiver });
      else return undefined;
    }
  }

  async #answer(answer: ModelAnswer): Promise<void> {
    this.#take(await this.#assistant.request<ModelState>(modelSetMethod, answer));
  }

  #take(state: ModelState): ModelState {
    this.#state = state;
    this.#changed.fire();
    return state;
  }
}

/** Where a model is; undefined for what is no address of the web. */
function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? origin : undefined;
}

/** A key is kept for one origin: with another address it stays behind. */
function secretOf(origin: string): string {
  return `embeddings ${origin}`;
}
