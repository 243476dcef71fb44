import type { Text } from "./text.ts";

/** The three products. Each has a notice of its own; the first word of an item's key names its product. */
export type ProductKey = "assistant" | "gateway" | "service";

/** A product, and the release of its notice that this build carries. */
export interface Product {
  readonly title: Text;
  readonly notice: Release;
}

/** One release of a notice. */
export interface Release {
  /**
   * Raised when the change is material: a new purpose, item, recipient or method, or a longer period. A consent given to another
   * version no longer counts, and the notice is shown again. A mere rewording leaves it.
   */
  readonly version: number;
  /** Raised by a rewording, from 0 in every version. */
  readonly revision: number;
  /** The day the text last changed in any way, `YYYY-MM-DD`. A test and `npm run notices` hold it to the truth. */
  readonly lastUpdated: string;
  /** The day the release takes effect, `YYYY-MM-DD`, never before `lastUpdated`. */
  readonly effective: string;
}

/** The products. */
export const products: Readonly<Record<ProductKey, Product>> = {
  assistant: {
    title: { en: "Cloud Code assistant", zh: "Cloud Code 编程助手" },
    notice: { version: 3, revision: 0, lastUpdated: "2026-11-22", effective: "2026-11-22" },
  },
  gateway: {
    title: { en: "Cloud Code gateway and Dify plugin", zh: "Cloud Code 网关与 Dify 插件" },
    notice: { version: 3, revision: 0, lastUpdated: "2026-11-22", effective: "2026-11-22" },
  },
  service: {
    title: { en: "Cloud Code service", zh: "Cloud Code 服务" },
    notice: { version: 3, revision: 0, lastUpdated: "2026-11-22", effective: "2026-11-22" },
  },
};
