/** A stack of numbers below 256, one byte each, so that fifty million open brackets still fit. */
export class Frames {
  #bytes: Uint8Array = new Uint8Array(64);
  #count = 0;

  /** The number pushed last; 0 if the stack is empty. */
  get top(): number {
    return this.#count === 0 ? 0 : (this.#bytes[this.#count - 1] ?? 0);
  }

  /** Puts a number on top. */
  push(frame: number): void {
    if (this.#count === this.#bytes.length) {
      const bytes = new Uint8Array(this.#count * 2);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#bytes[this.#count++] = frame;
  }

  /** Takes the number from the top and answers with it; 0 if the stack is empty. */
  pop(): number {
    const { top } = this;
    if (this.#count > 0) this.#count--;
    return top;
  }
}
