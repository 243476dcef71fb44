import type { ProductKey } from "../product.ts";
import type { PurposeKey } from "../purpose.ts";
import type { RecipientKey } from "../recipient.ts";
import type { Retention } from "../retention.ts";
import type { Text } from "../text.ts";

/**
 * Kinds of data: keys of the Fideslang taxonomy (see NOTICE), the ones that apply. A `cc_` segment is ours, where Fideslang has
 * no key.
 */
export type Category =
  | "system.authentication"
  | "system.operations"
  | "user.account.settings"
  | "user.account.username"
  | "user.authorization.password"
  | "user.childrens"
  | "user.contact.address.country"
  | "user.contact.email"
  | "user.contact.organization"
  | "user.contact.phone_number"
  | "user.contact.url"
  | "user.content.private"
  | "user.demographic.language"
  | "user.device"
  | "user.device.cc_installed_apps"
  | "user.device.cc_wifi_credentials"
  | "user.device.cookie"
  | "user.device.device_id"
  | "user.device.ip_address"
  | "user.privacy_preferences"
  | "user.unique_id.pseudonymous"
  | "user.workplace";

/** Whom a datum is about, in Fideslang's words. */
export type Subject = "anonymous_user" | "customer" | "visitor";

/** What each kind of person is called. */
export const subjectTitles: Readonly<Record<Subject, Text>> = {
  anonymous_user: { en: "people nobody can name", zh: "无法识别身份的用户" },
  customer: { en: "people who use the product", zh: "使用产品的人" },
  visitor: { en: "visitors of the website", zh: "网站访客" },
};

/** How much harm a leak would do: `secret` is never shown again, not even to the person. */
export type Level = "public" | "internal" | "confidential" | "secret";

/** What an erasure does to the datum. */
export type Erasure =
  | { readonly kind: "delete" }
  | { readonly kind: "anonymize" }
  /** Survives an erasure, for the reason given. */
  | { readonly kind: "keep"; readonly because: Text };

interface Described {
  readonly title: Text;
  /** What exactly is meant, where the title does not say it all. */
  readonly detail?: Text;
  readonly category: Category;
  readonly subject: Subject;
  readonly product: ProductKey;
}

/**
 * How the datum comes to be. `workspace`: read from the files a person works on; `observed`: arises while the product is used;
 * `received`: comes in with a request that is passed on, or with its answer;
 * `provided`: the person gives it, so the notice says whether they may decline and what they lose.
 */
type Source =
  | { readonly origin: "workspace" | "observed" | "received" }
  | {
      readonly origin: "provided";
      readonly optional: boolean;
      /** What does not work without it. */
      readonly without: Text;
    };

/** A datum that is used, or that the notice reserves and this version does not collect (`declared`). */
export type UsedItem = Described &
  Source & {
    readonly state: "collected" | "declared";
    /** False for figures that concern nobody in particular. */
    readonly personal: boolean;
    /** At least one: data without a purpose does not compile. */
    readonly purposes: readonly [PurposeKey, ...PurposeKey[]];
    /** Who outside the program may receive it; empty when nobody does. */
    readonly recipients: readonly RecipientKey[];
    readonly retention: Retention;
    readonly erasure: Erasure;
    /** Whether the person's machine-readable copy contains it. */
    readonly export: boolean;
    readonly level: Level;
  };

/**
 * A datum that the product names in order to say no: it is collected nowhere, so a purpose, a recipient or a period cannot be
 * written for it.
 */
export type RefusedItem = Described & {
  readonly state: "refused";
  readonly because: Text;
};

/** One entry of the inventory. */
export type Item = UsedItem | RefusedItem;

/** The erasure of almost everything. */
export const deleted: Erasure = { kind: "delete" };
