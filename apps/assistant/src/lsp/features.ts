import type { Registration, Unregistration } from "vscode-languageserver-protocol/node";

/** What can be offered to an editor and taken back while it runs. */
export interface Feature {
  readonly method: string;
  readonly options: object;
}

/** Offers features to the editor and takes them back, so that an editor sees no provider while completion is off. */
export class Features {
  readonly #register: (registrations: Registration[]) => Promise<unknown>;
  readonly #unregister: (unregistrations: Unregistration[]) => Promise<unknown>;
  readonly #offered = new Map<string, string>();
  #queue: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(
    register: (registrations: Registration[]) => Promise<unknown>,
    unregister: (unregistrations: Unregistration[]) => Promise<unknown>,
  ) {
    this.#register = register;
    this.#unregister = unregister;
  }

  /** Makes `wanted` the features on offer. One change waits for the other: editors answer late, and in any order. */
  offer(wanted: readonly Feature[]): Promise<void> {
    const change = this.#queue.then(() => this.#change(wanted));
    // A refused change must not stop the next one; the caller of this one hears of it.
    this.#queue = change.catch(() => undefined);
    return change;
  }

  async #change(wanted: readonly Feature[]): Promise<void> {
    const over = [...this.#offered].filter(
      ([method]) => !wanted.some((feature) => feature.method === method),
    );
    const fresh = wanted.filter((feature) => !this.#offered.has(feature.method));
    if (over.length > 0) {
      await this.#unregister(over.map(([method, id]) => ({ id, method })));
      for (const [method] of over) this.#offered.delete(method);
    }
    if (fresh.length > 0) {
      const registrations = fresh.map(({ method, options }) => {
        this.#count += 1;
        return { id: `cloud-code-${this.#count}`, method, registerOptions: options };
      });
      await this.#register(registrations);
      for (const { method, id } of registrations) this.#offered.set(method, id);
    }
  }
}
