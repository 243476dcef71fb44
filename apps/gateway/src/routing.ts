import type { Config } from "./config/load.ts";
import type { Target } from "./translate.ts";
import { Upstream } from "./upstream.ts";

/** A model of the configuration, with all the places that have it. */
export interface RoutedModel {
  /** As it stands in the configuration: a name, or a beginning with "*". */
  readonly name: string;
  /** Its own targets, then its fallbacks'. */
  readonly tiers: readonly (readonly Target[])[];
  readonly maxAttempts: number;
}

/** Where each model name leads. */
export class Routing {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #exact = new Map<string, RoutedModel>();
  /** Longest beginning first, without its "*". */
  readonly #beginnings: { readonly beginning: string; readonly routed: RoutedModel }[] = [];

  constructor(config: Config) {
    this.upstreams = new Map(
      [...config.upstreams].map(([name, resolved]) => [
        name,
        new Upstream(name, setting(config.file.upstreams, name), resolved),
      ]),
    );
    for (const name of Object.keys(config.file.models)) {
      const routed = this.#build(name, config);
      if (name.endsWith("*")) this.#beginnings.push({ beginning: name.slice(0, -1), routed });
      else this.#exact.set(name, routed);
    }
    this.#beginnings.sort((left, right) => right.beginning.length - left.beginning.length);
  }

  /** The model that was asked for, or undefined. */
  find(asked: string): RoutedModel | undefined {
    return (
      this.#exact.get(asked) ??
      this.#beginnings.find(({ beginning }) => asked.startsWith(beginning))?.routed
    );
  }

  /** Names that can be asked for; a beginning stands for names that only the provider knows. */
  get names(): readonly string[] {
    return [...this.#exact.keys(), ...this.#beginnings.map(({ routed }) => routed.name)];
  }

  #build(name: string, config: Config): RoutedModel {
    const model = setting(config.file.models, name);
    const own = this.#targetsOf(name, config);
    if (typeof model === "string") return { name, tiers: [own], maxAttempts: 3 };
    // One level: the fallback of a fallback is not ours. Its targets keep their own name of the model.
    const fallbacks = model.fallback.map((other) =>
      this.#targetsOf(other, config).map((target) => ({ ...target, model: target.model ?? other })),
    );
    return { name, tiers: [own, ...fallbacks], maxAttempts: model.maxAttempts };
  }

  #targetsOf(name: string, config: Config): Target[] {
    const model = setting(config.file.models, name);
    const targets =
      typeof model === "string"
        ? [{ upstream: model, model: undefined, weight: 1, fim: undefined }]
        : model.targets;
    return targets.map((target) => {
      const upstream = this.upstreams.get(target.upstream);
      if (upstream === undefined)
        throw new Error(`the upstream "${target.upstream}" does not exist`);
      return { upstream, model: target.model, weight: target.weight, fim: target.fim };
    });
  }

  /** Lets requests in progress end, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.close()));
  }

  /** Closes every connection at once. */
  async destroy(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.destroy()));
  }
}

function setting<Value>(record: Readonly<Record<string, Value>>, name: string): Value {
  const value = record[name];
  if (value === undefined) throw new Error(`"${name}" does not exist`);
  return value;
}
