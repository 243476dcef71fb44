import type { AssistantItemKey } from "./assistant.ts";
import { assistantItems } from "./assistant.ts";
import type { GatewayItemKey } from "./gateway.ts";
import { gatewayItems } from "./gateway.ts";
import type { Item } from "./item.ts";
import type { ServiceItemKey } from "./service.ts";
import { serviceItems } from "./service.ts";

/** The name of every datum the products know: product, then what it is, `gateway.prompts`. */
export type ItemKey = AssistantItemKey | GatewayItemKey | ServiceItemKey;

/** The inventory: every datum, and what may be done with it. What is not here must not exist anywhere in the product. */
export const inventory: Readonly<Record<ItemKey, Item>> = {
  ...assistantItems,
  ...gatewayItems,
  ...serviceItems,
};

/** Whether a word from outside names an item. */
export function isItemKey(value: string): value is ItemKey {
  return Object.hasOwn(inventory, value);
}
