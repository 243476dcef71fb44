import type { ProductKey } from "@cloud-code/policy";

const seal: unique symbol = Symbol("NoticeShown");

/**
 * Proof that a person was shown the current notice of a product before they sent something. What stores personal data takes one as
 * a parameter, so data cannot come in past the notice. [C1]
 */
export class NoticeShown {
  // Makes a literal with the same fields a type error.
  readonly #made = true;
  readonly noticeId: string;
  readonly product: ProductKey;
  readonly screen: string;
  readonly atMs: number;

  constructor(
    key: typeof seal,
    notice: { readonly id: string; readonly product: ProductKey },
    screen: string,
    atMs: number,
  ) {
    if (key !== seal) throw new TypeError("A NoticeShown comes from readCollected alone.");
    this.noticeId = notice.id;
    this.product = notice.product;
    this.screen = screen;
    this.atMs = atMs;
    Object.freeze(this);
  }

  /** Whether something is a proof that this file made: a literal or a clone is not. */
  static is(value: unknown): value is NoticeShown {
    return typeof value === "object" && value !== null && #made in value && value.#made;
  }
}

/** Makes the proof. For `gate.tsx` alone, which has seen the form that carried the notice; rule `only-the-gate-proves-notices`. */
export function proveShown(
  notice: { readonly id: string; readonly product: ProductKey },
  screen: string,
  atMs: number,
): NoticeShown {
  return new NoticeShown(seal, notice, screen, atMs);
}
