import { type Disposable, l10n, type Memento, type MessageItem, window } from "vscode";
import {
  type TelemetryChoice,
  type TelemetryMode,
  type TelemetryQuestion,
  telemetrySetMethod,
  type TelemetryState,
  telemetryStateMethod,
} from "@cloud-code/assistant/protocol";
import type { Assistant } from "./assistant.ts";
import { hasReceiverSetting, setStatisticsSetting, statisticsSetting } from "./settings.ts";

/** The receiver and the notice that were last asked about; either being another one is another question. */
const askedKey = "asked";

/** How far a choice goes. */
const levels: Readonly<Record<TelemetryMode, number>> = { off: 0, local: 1, on: 2 };

/**
 * How long after a change elsewhere page and choice are compared: another window writes both, and they arrive here one after the other.
 */
const settleMs = 5_000;
/** Somebody who types an address changes the setting at every pause. */
const typingMs = 1_500;

/**
 * The person's choice about usage statistics. Silence is a no: only the button that says so allows anything, and the settings page, the
 * panel and the command all come here.
 *
 * Invariant: what the settings page says is raised only by what the person does in this window. News from other windows and terminals
 * lower the page or the choice, whichever is higher, and never raise either.
 */
export class Consent implements Disposable {
  readonly #assistant: Assistant;
  readonly #memory: Memento;
  readonly #showNotice: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #subscription: Disposable;
  #dialog: Promise<void> | undefined;
  /** How many choices of the person are being written down: what the page says meanwhile is this window's own doing. */
  #recording = 0;
  #settling: NodeJS.Timeout | undefined;
  #typing: NodeJS.Timeout | undefined;

  /**
   * `memory` remembers that the question was shown, not what was answered: that is the assistant's to keep. `failed` hears of what could
   * not be done behind the person's back.
   */
  constructor(
    assistant: Assistant,
    memory: Memento,
    showNotice: () => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#assistant = assistant;
    this.#memory = memory;
    this.#showNotice = showNotice;
    this.#failed = failed;
    this.#subscription = assistant.onTelemetry(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => {
        // One window writes the page: two at once spoil the file.
        (window.state.focused ? this.#settle() : this.#lower()).catch(failed);
      }, settleMs);
    });
  }

  /** How things stand. */
  state(): Promise<TelemetryState> {
    return this.#assistant.request<TelemetryState>(telemetryStateMethod);
  }

  /** Asks the one question, unless it was answered, was shown under this notice, or may not be asked here. */
  async begin(): Promise<void> {
    // Counting for one's own eyes needs no question, so a page that says so is the answer to one that was not put yet.
    if (statisticsSetting() === "local" && !(await this.state()).answered)
      await this.#set({ mode: "local" });
    const { question, answered, locked } = await this.#settle();
    // Who said no on the settings page has answered, also while no editor ran.
    if (statisticsSetting() === "off" || answered || locked || question === undefined) return;
    const asked = `${question.receiver} ${question.noticeVersion}`;
    if (this.#memory.get<string>(askedKey) === asked) return;
    // Before it is shown: a window that is closed over it has shown it too.
    await this.#memory.update(askedKey, asked);
    await this.#askAside(question);
  }

  /** Changes the choice; what would send something asks first. Resolves with the state after it. Rejects when it cannot be written. */
  async choose(mode: TelemetryMode): Promise<TelemetryState> {
    if (mode !== "on") return this.record({ mode });
    const state = await this.state();
    if (state.mode === "on" && state.answered) {
      await setStatisticsSetting("on");
      return state;
    }
    if (state.question === undefined) {
      await window.showWarningMessage(
        state.locked
          ? l10n.t("Your organization does not allow usage statistics.")
          : l10n.t(
              "No receiver is set, so there is nobody to send statistics to. Name one in cloudCode.telemetry.receiver.",
            ),
      );
    } else {
      const { question } = state;
      this.#dialog ??= this.#ask(question).finally(() => (this.#dialog = undefined));
      await this.#dialog;
    }
    // A page that says more than was allowed shows what holds.
    return this.#settle();
  }

  /** The settings page says something else: what it lowers holds at once, what it raises is asked. */
  async follow(): Promise<void> {
    if (this.#recording > 0) return;
    const { mode } = await this.#lower();
    const wanted = statisticsSetting();
    // The person who raised it is at the window with the focus; the others hear of the answer.
    if (wanted !== "ask" && levels[wanted] > levels[mode] && window.state.focused)
      await this.choose(wanted);
  }

  /**
   * Another receiver was named on the settings page, or none any more: a yes to an earlier one is none to this one. The assistant keeps
   * back at once what the page does not name; the person is asked once the address is typed to its end.
   */
  followReceiver(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#meetReceiver().catch(this.#failed);
    }, typingMs);
  }

  /** Records a choice that the person made where the question was on the screen. Rejects when it cannot be written. */
  async record(choice: TelemetryChoice): Promise<TelemetryState> {
    this.#recording += 1;
    try {
      if (choice.mode === "on") return await this.#raise(choice);
      // The choice first: it must not wait until a file of the editor can be written.
      const state = await this.#set(choice);
      await setStatisticsSetting(choice.mode);
      return state;
    } finally {
      this.#recording -= 1;
    }
  }

  dispose(): void {
    clearTimeout(this.#settling);
    clearTimeout(this.#typing);
    this.#subscription.dispose();
  }

  async #meetReceiver(): Promise<void> {
    const state = await this.state();
    if (!hasReceiverSetting() && state.mode === "on") await this.record({ mode: "local" });
    else if (window.state.focused) await this.begin();
  }

  /** The page first, so that no window ever finds more chosen than the page allows. */
  async #raise(choice: TelemetryChoice): Promise<TelemetryState> {
    const before = statisticsSetting();
    await setStatisticsSetting("on");
    try {
      return await this.#set(choice);
    } catch (error) {
      await setStatisticsSetting(before);
      throw error;
    }
  }

  #set(choice: TelemetryChoice): Promise<TelemetryState> {
    return this.#assistant.request<TelemetryState>(telemetrySetMethod, choice);
  }

  /** Brings the choice down to what the page says. The page is read again, because it may have changed while something was awaited. */
  async #lower(): Promise<TelemetryState> {
    const wanted = statisticsSetting();
    const state = await this.state();
    return (wanted === "off" || wanted === "local") && levels[wanted] < levels[state.mode]
      ? this.#set({ mode: wanted })
      : state;
  }

  /** Makes page and choice the same where they differ, by lowering the higher one. */
  async #settle(): Promise<TelemetryState> {
    const state = await this.#lower();
    const { mode, answered } = state;
    const setting = statisticsSetting();
    if (setting === "ask" || levels[setting] <= levels[mode]) return state;
    await setStatisticsSetting(answered ? mode : "ask");
    return state;
  }

  /** The first start's question: a notification, in nobody's way. */
  async #askAside(question: TelemetryQuestion): Promise<void> {
    const { allow, refuse, more } = toItems(question);
    const text = `${question.title} ${question.body} ${wordScope()}`;
    for (;;) {
      // The first one stands out, and is what Enter presses.
      const answer = await window.showInformationMessage(text, refuse, allow, more);
      if (answer === more) await this.#showNotice();
      else if (answer === allow) return this.#allow(question);
      // A no is recorded, so that no other window asks; closing the question is none, and changes nothing.
      else if (answer === refuse) return this.#refuse();
      else return undefined;
    }
  }

  /** The question after a deliberate change: a dialog. Once the notice is to be read, the question waits beside it. */
  async #ask(question: TelemetryQuestion): Promise<void> {
    const { allow, refuse, more } = toItems(question);
    const detail = `${question.body}\n\n${wordScope()}`;
    const answer = await window.showInformationMessage(
      question.title,
      { modal: true, detail },
      // Enter presses the first one that does not close the dialog: that is not to be the one that allows.
      more,
      allow,
      { ...refuse, isCloseAffordance: true },
    );
    if (answer === allow) return this.#allow(question);
    if (answer !== more) return undefined;
    await this.#showNotice();
    // Nobody waits for that answer: a notification may lie for hours.
    this.#askAside(question).catch(this.#failed);
    return undefined;
  }

  async #allow({ receiver, noticeVersion }: TelemetryQuestion): Promise<void> {
    try {
      await this.record({ mode: "on", receiver, noticeVersion });
    } catch (error) {
      await window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }

  async #refuse(): Promise<void> {
    const { mode } = await this.state();
    await this.#set({ mode: mode === "local" ? "local" : "off" });
    await this.#settle();
  }
}

function toItems({
  allow,
  more,
}: TelemetryQuestion): Record<"allow" | "refuse" | "more", MessageItem> {
  return { allow: { title: allow }, refuse: { title: l10n.t("Not now") }, more: { title: more } };
}

function wordScope(): string {
  return l10n.t(
    "This is about the Cloud Code assistant alone; your editor has a privacy policy of its own.",
  );
}
