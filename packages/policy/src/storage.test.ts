import { expect, test } from "vitest";
import { inventory } from "./inventory/index.ts";
import { needsConsent, purposes } from "./purpose.ts";
import { findStorageKey, storageKeys } from "./storage.ts";

test("[C5] what is optional in a browser rests on a consent, and what is necessary does not", () => {
  for (const { item, necessary } of Object.values(storageKeys)) {
    const declared = inventory[item];
    if (declared.state === "refused") throw new Error(`${item} is refused and stored`);
    const asks = declared.purposes.some((purpose) => needsConsent(purposes[purpose]));
    expect(asks).toBe(!necessary);
  }
});

test("[C5] every cookie of the inventory has a name in the browser, and no period in the browser is longer than declared", () => {
  const named = Object.values(storageKeys).map(({ item }) => item);
  for (const [key, item] of Object.entries(inventory)) {
    if (!key.startsWith("service.cookies.")) continue;
    expect(named).toContain(key);
    if (item.state === "refused" || item.retention.kind !== "days") throw new Error(key);
    const stored = Object.values(storageKeys).find(({ item }) => item === key);
    expect(stored?.lifetimeSeconds ?? 0).toBeLessThanOrEqual(item.retention.days * 86_400);
  }
});

test("[C5] a browser's name is found with and without its prefix; a stranger's is not", () => {
  expect(findStorageKey("__Host-form")).toBe(storageKeys.form);
  expect(findStorageKey("form")).toBe(storageKeys.form);
  expect(findStorageKey("_ga")).toBeUndefined();
  expect(findStorageKey("toString")).toBeUndefined();
});
