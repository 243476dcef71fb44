import { type Disposable, l10n, type Memento, type MessageItem, window } from "vscode";
import {
  telemetrySetMethod,
  type TelemetryChoice,
  type TelemetryQuestion,
  type TelemetryState,
  telemetryStateMethod,
} from "@cloud-code/assistant/protocol";
import type { Assistant } from "./assistant.ts";
import { setStatisticsSetting, statisticsSetting, type StatisticsSetting } from "./settings.ts";

/** The receiver and the notice that were last asked about; either being another one is another question. */
const askedKey = "asked";

/**
 * The person's choice about usage statistics. Silence is a no: only the button that says so allows anything, and the settings page, the
 * panel and the command all come here.
 */
export class Consent implements Disposable {
  readonly #assistant: Assistant;
  readonly #memory: Memento;
  readonly #showNotice: () => Promise<void>;
  readonly #subscription: Disposable;
  #asking: Promise<void> | undefined;

  /** `memory` remembers that the question was shown, not what was answered: that is the assistant's to keep. */
  constructor(assistant: Assistant, memory: Memento, showNotice: () => Promise<void>) {
    this.#assistant = assistant;
    this.#memory = memory;
    this.#showNotice = showNotice;
    this.#subscription = assistant.onTelemetry((state) => void this.#mirror(state));
  }

  /** How things stand. */
  state(): Promise<TelemetryState> {
    return this.#assistant.request<TelemetryState>(telemetryStateMethod);
  }

  /** Asks the one question, unless it was answered, was shown under this notice, or may not be asked here. */
  async begin(): Promise<void> {
    const setting = statisticsSetting();
    // Who said so on the settings page has been heard, also while no editor ran.
    if (setting === "off" || setting === "local") {
      await this.choose(setting);
      return undefined;
    }
    const state = await this.state();
    const { question, answered, locked } = state;
    if (question === undefined || answered || locked) return this.#mirror(state);
    const asked = `${question.receiver} ${question.noticeVersion}`;
    if (this.#memory.get<string>(askedKey) === asked) return undefined;
    // Before it is shown: a window that is closed over it has shown it too.
    await this.#memory.update(askedKey, asked);
    return this.#ask(question, false);
  }

  /** Changes the choice; what would send something asks first. Resolves with the state after it. Rejects when it cannot be written. */
  async choose(mode: TelemetryState["mode"]): Promise<TelemetryState> {
    const state = await this.state();
    if (state.mode === mode) return state;
    if (mode !== "on") return this.record({ mode });
    if (state.question === undefined) {
      await window.showWarningMessage(
        state.locked
          ? l10n.t("Your organization does not allow usage statistics.")
          : l10n.t(
              "No receiver is set, so there is nobody to send statistics to. Name one in cloudCode.telemetry.receiver.",
            ),
      );
      await this.#mirror(state);
      return state;
    }
    await this.#ask(state.question, true);
    return this.state();
  }

  /** The settings page says something: what it lowers holds at once, what it raises is asked. */
  async follow(): Promise<void> {
    const wanted = statisticsSetting();
    if (wanted !== "ask") await this.choose(wanted);
  }

  /** Records a choice that the person made where the question was on the screen. Rejects when it cannot be written. */
  async record(choice: TelemetryChoice): Promise<TelemetryState> {
    const state = await this.#assistant.request<TelemetryState>(telemetrySetMethod, choice);
    await this.#mirror(state);
    return state;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** One question at a time. A deliberate change gets a dialog, the first start a notification that is in nobody's way. */
  #ask(question: TelemetryQuestion, isModal: boolean): Promise<void> {
    this.#asking ??= this.#show(question, isModal).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #show(question: TelemetryQuestion, isModal: boolean): Promise<void> {
    const scope = l10n.t(
      "This is about the Cloud Code assistant alone; your editor has a privacy policy of its own.",
    );
    // Editors make the first button the one that Enter presses: that is the one which changes nothing.
    const allow: MessageItem = { title: question.allow };
    const refuse: MessageItem = { title: l10n.t("Not now"), isCloseAffordance: true };
    const more: MessageItem = { title: question.more };
    for (;;) {
      const answer = isModal
        ? await window.showInformationMessage(
            question.title,
            { modal: true, detail: `${question.body}\n\n${scope}` },
            refuse,
            allow,
            more,
          )
        : await window.showInformationMessage(
            `${question.title} ${question.body} ${scope}`,
            refuse,
            allow,
            more,
          );
      if (answer === more) {
        await this.#showNotice();
        continue;
      }
      const { receiver, noticeVersion } = question;
      const state = await this.state();
      if (answer === allow) await this.record({ mode: "on", receiver, noticeVersion });
      // A no is recorded, so that no other window asks; closing the question is not, and changes nothing.
      else if (answer === refuse && !isModal && state.mode === "off")
        await this.record({ mode: "off" });
      else await this.#mirror(state);
      return;
    }
  }

  /** Makes the settings page show what holds, so that it can be seen and changed there. */
  async #mirror({ mode, answered }: TelemetryState): Promise<void> {
    const shown: StatisticsSetting = mode === "off" && !answered ? "ask" : mode;
    const setting = statisticsSetting();
    // An explicit "off" on the page is as good as an answer, and stays.
    if (shown === "ask" && setting === "off") return;
    await setStatisticsSetting(shown);
  }
}
