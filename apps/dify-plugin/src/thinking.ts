/** What a model thinks before it answers, written as Dify shows it: `<think>` … `</think>` in front of the answer. */

const open = "<think>\n";
const close = "\n</think>\n\n";

/** Wraps the thoughts of one answer. Invariant: every tag it opens it closes, also when the answer ends within a thought. */
export class ThinkingText {
  #thinking = false;

  /** The text to show for a piece that holds thought, answer, or both. */
  add(thought: string, answer: string): string {
    let text = "";
    if (thought !== "") {
      if (!this.#thinking) text += open;
      this.#thinking = true;
      text += thought;
    }
    if (answer !== "") text += this.end() + answer;
    return text;
  }

  /** Ends an open thought: before a tool call, and at the end. */
  end(): string {
    if (!this.#thinking) return "";
    this.#thinking = false;
    return close;
  }
}

/** An earlier answer without its thoughts: models are not meant to read them again, and they cost tokens. */
export function withoutThoughts(text: string): string {
  return text.replaceAll(/<think>[\s\S]*?(<\/think>\s*|$)/g, "");
}
