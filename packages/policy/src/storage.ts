import type { UsedServiceItemKey } from "./inventory/service.ts";
import type { Text } from "./text.ts";

/** The name of something the website keeps in a browser. */
export type StorageKeyName = "session" | "form" | "language" | "cookie_choice" | "display";

/**
 * Something the website keeps in a browser. What is not listed here is neither set nor read: the tests walk through the whole site
 * in a browser and compare. The site keeps nothing in local or session storage, so cookies are all there is.
 */
export interface StorageKey {
  readonly item: UsedServiceItemKey;
  /** A necessary one is set when its function is used; the others only after a yes to their purpose. */
  readonly necessary: boolean;
  /** Seconds until the browser forgets it; `undefined` means when it is closed. */
  readonly lifetimeSeconds: number | undefined;
  /** Who sets it, in the words of the cookie page. */
  readonly provider: Text;
}

const daySeconds = 86_400;
const ourselves: Text = { en: "This website", zh: "本网站" };

/** Everything the website may keep in a browser, by its name; a `__Host-` or `__Secure-` prefix is not part of the name. */
export const storageKeys: Readonly<Record<StorageKeyName, StorageKey>> = {
  session: {
    item: "service.cookies.session",
    necessary: true,
    lifetimeSeconds: 7 * daySeconds,
    provider: ourselves,
  },
  form: {
    item: "service.cookies.csrf",
    necessary: true,
    lifetimeSeconds: undefined,
    provider: ourselves,
  },
  language: {
    item: "service.cookies.language",
    necessary: true,
    lifetimeSeconds: 180 * daySeconds,
    provider: ourselves,
  },
  cookie_choice: {
    item: "service.cookies.consent-choice",
    necessary: true,
    // A refusal is respected for half a year before anybody may ask again (CNIL, 2020-091).
    lifetimeSeconds: 183 * daySeconds,
    provider: ourselves,
  },
  display: {
    item: "service.cookies.display",
    necessary: false,
    lifetimeSeconds: 183 * daySeconds,
    provider: ourselves,
  },
};

/** Finds the declaration of a name as a browser reports it, or undefined for one that nobody declared. */
export function findStorageKey(name: string): StorageKey | undefined {
  const bare = name.replace(/^__(Host|Secure)-/, "");
  return Object.hasOwn(storageKeys, bare) ? storageKeys[bare as StorageKeyName] : undefined;
}
