import { expect, test } from "vitest";
import { counters, figures, reportItems } from "./figures.ts";
import { inventory } from "./inventory/index.ts";
import type { RefusedItem, UsedItem } from "./inventory/item.ts";
import { products } from "./product.ts";
import type { Purpose } from "./purpose.ts";
import { purposes } from "./purpose.ts";
import { recipients } from "./recipient.ts";
import type { FindingCode, ItemDraft, PolicyDraft, PurposeDraft } from "./validate.ts";
import { validateInventory } from "./validate.ts";

const sound: PolicyDraft = {
  items: inventory,
  purposes,
  recipients,
  products,
  counters,
  figures,
};

function check(draft: Partial<PolicyDraft>, expected: readonly [FindingCode, string][]): void {
  const findings = validateInventory({ ...sound, ...draft });
  expect(findings.map(({ code, where }) => [code, where])).toEqual(expected);
}

const email: ItemDraft = inventory["service.email"];
const relay: PurposeDraft = purposes.relay;

function withItem(key: string, item: ItemDraft): Partial<PolicyDraft> {
  return { items: { ...inventory, [key]: item } };
}

function withEmail(changed: Partial<ItemDraft>): Partial<PolicyDraft> {
  return withItem("service.email", { ...email, ...changed });
}

function withRelay(changed: Partial<PurposeDraft>): Partial<PolicyDraft> {
  return { purposes: { ...purposes, relay: { ...relay, ...changed } } };
}

test("[C3] our own inventory has no fault", () => {
  expect(validateInventory()).toEqual([]);
});

test("an item without a purpose is found", () => {
  check(withEmail({ purposes: [], recipients: [] }), [["purpose-missing", "items.service.email"]]);
});

test("[C4] a purpose without a basis in a region is found", () => {
  check(withRelay({ bases: { eu: "contract", uk: "contract", cn: "contract", us: "contract" } }), [
    ["basis-missing", "purposes.relay"],
  ]);
});

test("[C4] legitimate interests in China are found, and invented grounds anywhere", () => {
  const { bases } = relay;
  const fault: [FindingCode, string][] = [["basis-unlawful", "purposes.relay"]];
  check(withRelay({ bases: { ...bases, cn: "legitimate-interests" } }), fault);
  check(withRelay({ bases: { ...bases, eu: "separate-consent" } }), fault);
  check(withRelay({ bases: { ...bases, us: "bundled-consent" } }), fault);
  check(withRelay({ bases: { ...bases, cn: "separate-consent" } }), []);
});

test("a refused item that is used after all is found", () => {
  const ssid: ItemDraft = inventory["service.wifi.ssid"];
  check(withItem("service.wifi.ssid", { ...ssid, purposes: ["sign-in"] }), [
    ["refused-but-used", "items.service.wifi.ssid"],
  ]);
});

test("references to nothing are found", () => {
  const where = "items.service.email";
  check(withEmail({ purposes: [...(email.purposes ?? []), "curiosity"] }), [
    ["reference-unknown", where],
  ]);
  check(withEmail({ recipients: ["mail-service", "data-broker"] }), [["reference-unknown", where]]);
  check(withEmail({ product: "website" }), [
    ["key-malformed", where],
    ["reference-unknown", where],
  ]);
  check(withRelay({ recipients: [...relay.recipients, "data-broker"] }), [
    ["reference-unknown", "purposes.relay"],
  ]);
});

test("[C6] a recipient that no purpose of the item reaches is found", () => {
  check(withEmail({ recipients: ["mail-service", "statistics-receiver"] }), [
    ["recipient-unreachable", "items.service.email"],
  ]);
});

test("[A6] a statistic about a person is found", () => {
  const key = "assistant.figures.triggers";
  check(withItem(key, { ...inventory[key], personal: true }), [
    ["statistics-personal", `items.${key}`],
  ]);
});

test("[A5] a thirteenth counter, a ninth figure and an unlisted statistic are found", () => {
  const key = "assistant.figures.keystrokes";
  const keystrokes: ItemDraft = inventory["assistant.figures.triggers"];
  const counter = { item: key };
  const value = { kind: "counts", of: ["keystrokes"] };
  const items = { ...inventory, [key]: keystrokes };
  check({ items }, [["statistics-unlisted", `items.${key}`]]);
  check({ items, counters: { ...counters, keystrokes: counter } }, [
    ["counter-stray", "counters.keystrokes"],
  ]);
  check(
    {
      items,
      counters: { ...counters, keystrokes: counter },
      figures: { ...figures, keystrokes: { value } },
    },
    [["figures-not-eight", "figures"]],
  );
  check({ counters: { ...counters, triggers: { item: counters.accepts.item } } }, [
    ["counter-stray", "counters.accepts"],
    ["statistics-unlisted", "items.assistant.figures.triggers"],
  ]);
  check({ figures: { ...figures, searches: { value } } }, [
    ["reference-unknown", "figures"],
    ["counter-stray", "counters.searches"],
  ]);
});

test("[C2] something asked for without saying what withholding it costs is found", () => {
  const { product, state, origin, purposes: used = [], retention = { kind: "memory" } } = email;
  const silent = { product, state, origin: origin ?? "", purposes: used, retention };
  check(withItem("service.email", silent), [["loss-unstated", "items.service.email"]]);
});

test("[C12] a period that never ends or is no number of days is found", () => {
  for (const days of [-1, 1.5, Number.POSITIVE_INFINITY, Number.NaN]) {
    check(withEmail({ retention: { kind: "days", days } }), [
      ["period-invalid", "items.service.email"],
    ]);
  }
  check(withEmail({ retention: { kind: "days" } }), [["period-invalid", "items.service.email"]]);
  check(withEmail({ retention: { kind: "for-ever" } }), [
    ["period-invalid", "items.service.email"],
  ]);
});

test("a secret that would be exported is found", () => {
  check(withEmail({ level: "secret" }), [["secret-exported", "items.service.email"]]);
});

test("a key that is not in order is found", () => {
  for (const key of ["service.Email", "service", "gateway.email", "service.e_mail", "service..x"]) {
    check(withItem(key, { ...email }), [["key-malformed", `items.${key}`]]);
  }
});

test("a purpose or a recipient that nothing uses is found", () => {
  check({ purposes: { ...purposes, idle: relay } }, [["unused", "purposes.idle"]]);
  check({ recipients: { ...recipients, idle: recipients["mail-service"] } }, [
    ["unused", "recipients.idle"],
  ]);
});

test("advertising and training are found, whatever they are called", () => {
  for (const use of ["train_ai_system", "marketing.advertising.profiling"]) {
    check(withRelay({ use }), [["use-forbidden", "purposes.relay"]]);
  }
});

test("[C14] a release with impossible dates is found", () => {
  const release = { version: 1, revision: 0, lastUpdated: "2026-11-22", effective: "2026-11-22" };
  for (const notice of [
    { ...release, version: 0 },
    { ...release, revision: 0.5 },
    { ...release, effective: "2026-11-21" },
    { ...release, lastUpdated: "22.11.2026" },
  ]) {
    check({ products: { ...products, gateway: { notice } } }, [
      ["release-invalid", "products.gateway"],
    ]);
  }
});

test("a text that one language lacks is found, however deep it lies", () => {
  const gone = [
    { en: "E-mail address", zh: "" },
    { en: "E-mail address", zh: "E-mail address" },
    { en: "电子邮箱", zh: "电子邮箱" },
    { zh: "电子邮箱" },
  ];
  for (const without of gone) {
    check(withEmail({ without }), [["text-missing", "items.service.email.without"]]);
  }
  // What was loaded may say that there is nothing.
  check(withEmail({ example: null } as Partial<ItemDraft>), []);
});

test("most faults do not compile in our own inventory", () => {
  const used = inventory["service.email"];
  if (used.state === "refused") throw new Error("the example has to be an item in use");
  // @ts-expect-error -- data without a purpose
  const purposeless: UsedItem = { ...used, purposes: [] };
  // @ts-expect-error -- a purpose that nobody declared
  const curious: UsedItem = { ...used, purposes: ["curiosity"] };
  // @ts-expect-error -- a datum that is kept for ever
  const endless: UsedItem = { ...used, retention: { kind: "for-ever" } };
  const refused: RefusedItem = {
    title: used.title,
    category: used.category,
    subject: used.subject,
    product: used.product,
    state: "refused",
    because: used.title,
    // @ts-expect-error -- a refused item with a purpose
    purposes: ["sign-in"],
  };
  // @ts-expect-error -- a title without Chinese
  const monolingual: UsedItem = { ...used, title: { en: "E-mail address" } };
  const chinese: Purpose = {
    ...purposes.relay,
    // @ts-expect-error -- China's law knows no legitimate interests
    bases: { ...purposes.relay.bases, cn: "legitimate-interests" },
  };
  const gap: Purpose = {
    ...purposes.relay,
    // @ts-expect-error -- four regions are left out
    bases: { eu: "contract" },
  };
  // @ts-expect-error -- a use we rule out
  const training: Purpose = { ...purposes.relay, use: "train_ai_system" };
  // The validator finds at run time what was forced past the compiler.
  for (const item of [purposeless, curious, endless, monolingual, refused]) {
    expect(validateInventory({ ...sound, ...withItem("service.email", item) })).not.toEqual([]);
  }
  for (const purpose of [chinese, gap, training]) {
    const draft = { ...sound, purposes: { ...purposes, relay: purpose } };
    expect(validateInventory(draft)).not.toEqual([]);
  }
});

test("[A5] a report is twelve counters for eight figures in an envelope of three fields", () => {
  expect(Object.keys(counters)).toHaveLength(12);
  expect(Object.keys(figures)).toHaveLength(8);
  expect(reportItems).toHaveLength(15);
  const statistics = Object.entries(inventory)
    .filter(([, item]) => item.state !== "refused" && item.purposes.includes("usage-statistics"))
    .map(([key]) => key);
  expect(new Set<string>(reportItems)).toEqual(new Set(statistics));
});
