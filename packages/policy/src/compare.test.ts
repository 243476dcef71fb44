import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChangeKind } from "./compare.ts";
import { announcementDays, classifyChanges, compareFacts } from "./compare.ts";
import type { Facts, ItemFacts, PurposeFacts, RecipientFacts } from "./facts.ts";
import { itemsOfPurpose, readFacts } from "./facts.ts";
import type { Bases } from "./regimes.ts";

const contract: Bases = {
  eu: "contract",
  uk: "contract",
  cn: "contract",
  us: "contract",
  other: "contract",
};
const consent: Bases = {
  eu: "consent",
  uk: "consent",
  cn: "consent",
  us: "consent",
  other: "consent",
};

const phone: ItemFacts = {
  title: { en: "Phone", zh: "电话" },
  state: "collected",
  category: "user.contact.phone_number",
  origin: "provided",
  required: false,
  personal: true,
  purposes: ["recover"],
  recipients: [],
  retention: { kind: "days", days: 30, after: "withdrawn", ending: "delete" },
  survivesErasure: false,
};

const recover: PurposeFacts = {
  title: { en: "Recovering", zh: "找回" },
  use: "essential.service",
  bases: consent,
  recipients: [],
};

const mail: RecipientFacts = {
  title: { en: "Mail", zh: "邮件" },
  place: "elsewhere",
  transfer: "none",
};

function facts(
  item: Partial<ItemFacts> | undefined = {},
  purpose: Partial<PurposeFacts> = {},
  more: Partial<Pick<Facts, "purposes" | "recipients">> = {},
): Facts {
  return {
    product: "service",
    items: item === undefined ? {} : { phone: { ...phone, ...item } },
    purposes: { recover: { ...recover, ...purpose }, ...more.purposes },
    recipients: { ...more.recipients },
  };
}

function check(
  before: Facts,
  after: Facts,
  kind: ChangeKind,
  stale: readonly string[],
  words?: string,
): void {
  const changes = compareFacts(before, after);
  expect(classifyChanges(changes)).toBe(kind);
  expect([...new Set(changes.flatMap(({ purposes }) => purposes))]).toEqual(stale);
  if (words !== undefined) expect(changes.map(({ text }) => text.en).join("\n")).toContain(words);
}

const bare: Facts = { ...facts(), items: {} };

test("[C14] what reaches further than a consent was given for asks again", () => {
  check(bare, facts(), "ask-again", ["recover"], "Phone: is collected now.");
  check(facts({ state: "declared" }), facts(), "ask-again", ["recover"]);
  check(facts(), facts({ category: "user.device" }), "ask-again", ["recover"]);
  check(facts(), facts({ origin: "observed", required: false }), "ask-again", ["recover"]);
  check(facts({ personal: false }), facts(), "ask-again", ["recover"]);
  check(facts(), facts({}, { use: "functional.service" }), "ask-again", ["recover"]);
  check(
    facts(),
    facts({}, { recipients: ["mail"] }, { recipients: { mail } }),
    "ask-again",
    ["recover"],
    "new receiver: Mail",
  );
  check(facts({}, { bases: contract }), facts(), "ask-again", ["recover"]);
  const sending = { recipients: ["mail"] };
  check(
    facts({}, sending, { recipients: { mail } }),
    facts({}, sending, { recipients: { mail: { ...mail, transfer: "contract-clauses" } } }),
    "ask-again",
    ["recover"],
  );
});

test("[C14] what people have to know but did not consent to is announced", () => {
  const other = { purposes: { other: { ...recover, title: { en: "Other", zh: "其他" } } } };
  // The purpose is new: there is no consent to it that could be outlived.
  check(
    facts(),
    facts({ purposes: ["recover", "other"] }, {}, other),
    "notice",
    [],
    "also used for: Other",
  );
  check(
    facts({}, { bases: contract }),
    facts({ category: "user.device" }, { bases: contract }),
    "notice",
    [],
  );
  check(
    facts(),
    facts({ recipients: ["mail"] }, {}, { recipients: { mail } }),
    "notice",
    [],
    "also given to: Mail",
  );
  check(
    facts(),
    facts({ retention: { kind: "days", days: 60, after: "withdrawn", ending: "delete" } }),
    "notice",
    [],
    "60 days",
  );
  check(
    facts(),
    facts({ retention: { kind: "days", days: 7, after: "collected", ending: "delete" } }),
    "notice",
    [],
  );
  // Sooner, but what is left is not nothing.
  check(
    facts(),
    facts({ retention: { kind: "days", days: 7, after: "withdrawn", ending: "anonymize" } }),
    "notice",
    [],
  );
  check(facts(), facts({ required: true }), "notice", []);
  check(facts(), facts({ survivesErasure: true }), "notice", []);
  check(bare, facts({ state: "declared" }), "notice", []);
});

test("[C14] doing less, and mere words, are editorial", () => {
  check(facts(), facts(), "editorial", []);
  check(facts(), facts({ title: { en: "Telephone", zh: "电话" } }), "editorial", []);
  check(facts(), bare, "editorial", [], "no longer collected");
  check(facts(), facts({ state: "refused" }), "editorial", []);
  check(
    facts(),
    facts({ retention: { kind: "days", days: 7, after: "withdrawn", ending: "delete" } }),
    "editorial",
    [],
  );
  check(facts({ recipients: ["mail"] }, {}, { recipients: { mail } }), facts(), "editorial", []);
  check(facts({ purposes: ["recover", "gone"] }), facts(), "editorial", []);
  check(facts({ required: true }), facts(), "editorial", []);
  check(facts({ state: "declared" }), bare, "editorial", [], "no longer mentioned");
  const other = { purposes: { other: { ...recover, title: { en: "Other", zh: "其他" } } } };
  check(facts({}, {}, other), facts(), "editorial", []);
  // A release that did not yet say how long is no promise to compare with.
  const { retention: _, ...open } = phone;
  const silent: Facts = { ...facts(), items: { phone: open } };
  check(silent, facts(), "editorial", []);
  check(facts(), silent, "editorial", []);
});

test("the facts of this build survive being frozen, and differ from themselves in nothing", () => {
  for (const product of ["assistant", "gateway", "service"] as const) {
    const now = readFacts(product);
    const frozen = JSON.parse(JSON.stringify(now)) as Facts;
    expect(frozen).toEqual(now);
    expect(compareFacts(frozen, now)).toEqual([]);
    for (const item of Object.values(now.items)) {
      for (const purpose of item.purposes ?? []) expect(now.purposes).toHaveProperty(purpose);
    }
  }
});

test("facts that come back with their keys in another order are the same facts", () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  const now = readFacts("service");
  expect(compareFacts(reversed(now) as Facts, now)).toEqual([]);
});

test("[C14] removing any one item from the past makes today's item news, and says so in both languages", () => {
  const now = readFacts("service");
  const keys = Object.keys(now.items);
  fc.assert(
    fc.property(fc.constantFrom(...keys), (key) => {
      const { [key]: item, ...items } = now.items;
      const changes = compareFacts({ ...now, items }, now);
      expect(changes).toHaveLength(1);
      expect(changes[0]?.where).toBe(key);
      expect(changes[0]?.kind === "editorial").toBe(item?.state === "refused");
      expect(changes[0]?.text.zh).toContain(item?.title.zh);
    }),
  );
});

test("[C6] a company that comes, moves or gets another task is announced; one that goes or stays is not", () => {
  const task = { en: "sending mail", zh: "发送邮件" };
  const post = { name: "Post", task, place: { en: "Ireland", zh: "爱尔兰" } };
  const has = (...processors: NonNullable<Facts["processors"]>): Facts => ({
    ...facts(),
    processors,
  });
  check(has(), has(post), "notice", [], "Post: will handle data for us: sending mail (Ireland)");
  const moved = { ...post, place: { en: "Japan", zh: "日本" } };
  check(has(post), has(moved), "notice", [], "Post: will handle data otherwise");
  const busier = { ...post, task: { en: "sending letters", zh: "寄送信件" } };
  check(has(post), has(busier), "notice", [], "sending letters");
  check(has(post), has(), "editorial", [], "Post: no longer handles data for us");
  expect(compareFacts(has(post), has({ ...post }))).toEqual([]);
});

test("[C14] what concerns people is announced a month ahead", () => {
  expect(announcementDays).toEqual({ editorial: 0, notice: 30, "ask-again": 30 });
});

test("a purpose names the items a consent to it covers", () => {
  expect(itemsOfPurpose("recover-account")).toEqual(["service.phone"]);
});
