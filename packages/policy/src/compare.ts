import type { Facts, ItemFacts, PurposeFacts, RecipientFacts } from "./facts.ts";
import type { Processor } from "./operator.ts";
import type { Basis } from "./regimes.ts";
import { isConsent } from "./regimes.ts";
import type { Retention } from "./retention.ts";
import { describeRetention } from "./retention.ts";
import type { Text } from "./text.ts";

/**
 * What a change asks of whoever makes it. `editorial`: nothing new is done with anybody's data, so the text may change at once.
 * `notice`: people are told before it takes effect. `ask-again`: a consent was given to something else, so it no longer counts.
 */
export type ChangeKind = "editorial" | "notice" | "ask-again";

/** One difference between two releases, in a sentence a person can read. */
export interface Change {
  readonly kind: ChangeKind;
  /** The item, purpose or recipient that changed. */
  readonly where: string;
  readonly text: Text;
  /** The purposes whose consents stop counting; empty unless `kind` is `ask-again`. */
  readonly purposes: readonly string[];
}

/** The days a change has to be announced before it takes effect. */
export const announcementDays: Readonly<Record<ChangeKind, number>> = {
  editorial: 0,
  // Nobody names a number for all cases; a month gives time to read, to ask and to leave.
  notice: 30,
  "ask-again": 30,
};

/**
 * Compares two releases of a product by what they say, not by their words. A consent is asked again when what it was given for
 * changed: its data, its use, its method, or who receives the data (GDPR articles 4(11) and 7; PIPL articles 14, 23 and 39). For
 * example, a phone number that is now also used for the purpose `recover-account` ends the consents to that purpose.
 */
export function compareFacts(before: Facts, after: Facts): readonly Change[] {
  return [
    ...changedEntries(before.items, after.items, (key, was, is) => itemChanges(key, was, is)),
    ...changedEntries(before.purposes, after.purposes, purposeChanges),
    ...changedEntries(before.recipients, after.recipients, (key, was, is) =>
      recipientChanges(key, was, is, after),
    ),
    ...changedEntries(byName(before.processors), byName(after.processors), processorChanges),
  ];

  function itemChanges(
    key: string,
    was: ItemFacts | undefined,
    is: ItemFacts | undefined,
  ): readonly Change[] {
    const wasUsed = was?.state === "collected";
    if (is?.state !== "collected") {
      const title = is?.title ?? was?.title ?? nameless;
      if (wasUsed) return [editorial(key, title, { en: "is no longer collected", zh: "不再收集" })];
      if (was?.state === is?.state) return [];
      if (is === undefined)
        return [editorial(key, title, { en: "is no longer mentioned", zh: "不再提及" })];
      return [
        is.state === "refused"
          ? editorial(key, title, { en: "is refused", zh: "明确拒绝收集" })
          : told(key, title, { en: "may be collected later", zh: "今后可能收集" }),
      ];
    }
    if (!wasUsed) {
      const words = { en: "is collected now", zh: "新增收集" };
      return [grown(key, is.title, words, is.purposes ?? [])];
    }
    return usedItemChanges(key, was, is);
  }

  function usedItemChanges(key: string, was: ItemFacts, is: ItemFacts): readonly Change[] {
    const { title } = is;
    const changes: Change[] = [];
    const covered = is.purposes ?? [];
    const purposesAdded = added(was.purposes, is.purposes);
    for (const purpose of purposesAdded) {
      changes.push(
        grown(
          key,
          title,
          {
            en: `is also used for: ${nameOf(purpose).en}`,
            zh: `新增用途：${nameOf(purpose).zh}`,
          },
          [purpose],
        ),
      );
    }
    for (const purpose of added(is.purposes, was.purposes)) {
      const words = nameOf(purpose);
      changes.push(
        editorial(key, title, {
          en: `is no longer used for: ${words.en}`,
          zh: `不再用于：${words.zh}`,
        }),
      );
    }
    for (const recipient of added(was.recipients, is.recipients)) {
      const words = after.recipients[recipient]?.title ?? nameless;
      changes.push(
        told(key, title, {
          en: `is also given to: ${words.en}`,
          zh: `新增接收方：${words.zh}`,
        }),
      );
    }
    for (const recipient of added(is.recipients, was.recipients)) {
      const words = before.recipients[recipient]?.title ?? nameless;
      changes.push(
        editorial(key, title, {
          en: `is no longer given to: ${words.en}`,
          zh: `不再提供给：${words.zh}`,
        }),
      );
    }
    if (was.category !== is.category) {
      const words = { en: "is another kind of data now", zh: "数据类别发生变化" };
      changes.push(grown(key, title, words, covered));
    }
    if (was.origin !== is.origin) {
      const words = { en: "is obtained in another way", zh: "获取方式发生变化" };
      changes.push(grown(key, title, words, covered));
    }
    if (was.personal === false && is.personal === true) {
      const words = { en: "concerns a person now", zh: "成为个人信息" };
      changes.push(grown(key, title, words, covered));
    }
    if (was.required !== is.required) {
      changes.push(
        is.required === true
          ? told(key, title, { en: "is required now", zh: "改为必填" })
          : editorial(key, title, { en: "is optional now", zh: "改为选填" }),
      );
    }
    if (was.survivesErasure !== is.survivesErasure) {
      changes.push(
        is.survivesErasure === true
          ? told(key, title, { en: "survives an erasure now", zh: "删除请求后仍会保留" })
          : editorial(key, title, { en: "is erased with the rest", zh: "随其他数据一并删除" }),
      );
    }
    changes.push(...retentionChanges(key, was, is));
    return changes;
  }

  function purposeChanges(
    key: string,
    was: PurposeFacts | undefined,
    is: PurposeFacts | undefined,
  ): readonly Change[] {
    // A purpose that comes or goes does so with its items, which say it in words that mean more.
    if (was === undefined || is === undefined) return [];
    const changes: Change[] = [];
    if (was.use !== is.use) {
      const words = { en: "means another use now", zh: "用途含义发生变化" };
      changes.push(grown(key, is.title, words, [key]));
    }
    for (const recipient of added(was.recipients, is.recipients)) {
      const receiver = after.recipients[recipient]?.title ?? nameless;
      changes.push(
        grown(
          key,
          is.title,
          {
            en: `gives data to a new receiver: ${receiver.en}`,
            zh: `新增接收方：${receiver.zh}`,
          },
          [key],
        ),
      );
    }
    if (!isSame(was.bases, is.bases)) {
      const words = { en: "rests on another lawful basis", zh: "合法性基础发生变化" };
      changes.push(grown(key, is.title, words, [key]));
    }
    return changes;
  }

  /** A change that reaches further: it ends the consents among the purposes, and is announced where there are none. */
  function grown(where: string, title: Text, words: Text, reached: readonly string[]): Change {
    // A purpose that is new has no consent that could be outlived.
    const stale = reached.filter(
      (key) => before.purposes[key] !== undefined && after.purposes[key] !== undefined && asks(key),
    );
    return {
      ...told(where, title, words),
      kind: stale.length > 0 ? "ask-again" : "notice",
      purposes: stale,
    };
  }

  function asks(purpose: string): boolean {
    const bases: readonly Basis[] = Object.values(after.purposes[purpose]?.bases ?? {});
    return bases.some(isConsent);
  }

  function nameOf(purpose: string): Text {
    return after.purposes[purpose]?.title ?? before.purposes[purpose]?.title ?? nameless;
  }

  function recipientChanges(
    key: string,
    was: RecipientFacts | undefined,
    is: RecipientFacts | undefined,
    { purposes }: Facts,
  ): readonly Change[] {
    if (was === undefined || is === undefined) return [];
    if (was.place === is.place && was.transfer === is.transfer) return [];
    const words = { en: "receives data under another mechanism", zh: "数据传输机制发生变化" };
    const reached = Object.keys(purposes).filter((name) =>
      purposes[name]?.recipients.includes(key),
    );
    return [grown(key, is.title, words, reached)];
  }
}

/** Whether a change is about a company that handles data for the operator, which only the operator can know. */
export function isProcessorChange({ where }: Pick<Change, "where">): boolean {
  return where.startsWith(processorPrefix);
}

const processorPrefix = "processor:";

function byName(processors: readonly Processor[] = []): Readonly<Record<string, Processor>> {
  return Object.fromEntries(processors.map((each) => [each.name, each]));
}

/** A company that comes, or does something else or elsewhere, is announced; one that goes is not worth waiting for. */
function processorChanges(
  name: string,
  was: Processor | undefined,
  is: Processor | undefined,
): readonly Change[] {
  const where = `${processorPrefix}${name}`;
  const title = { en: name, zh: name };
  if (is === undefined)
    return [
      editorial(where, title, { en: "no longer handles data for us", zh: "不再代我们处理数据" }),
    ];
  if (was !== undefined && isSame(was.task, is.task) && isSame(was.place, is.place)) return [];
  return [
    told(where, title, {
      en: `${was === undefined ? "will handle data for us" : "will handle data otherwise"}: ${is.task.en} (${is.place.en})`,
      zh: `${was === undefined ? "将代我们处理数据" : "处理内容或地点变更"}：${is.task.zh}（${is.place.zh}）`,
    }),
  ];
}

/** What a list of changes asks for: the strictest of them. No change at all is editorial. */
export function classifyChanges(changes: readonly Change[]): ChangeKind {
  if (changes.some(({ kind }) => kind === "ask-again")) return "ask-again";
  return changes.some(({ kind }) => kind === "notice") ? "notice" : "editorial";
}

const nameless: Text = { en: "something unnamed", zh: "未命名项" };

function told(where: string, title: Text, words: Text): Change {
  const text = { en: `${title.en}: ${words.en}.`, zh: `${title.zh}：${words.zh}。` };
  return { kind: "notice", where, text, purposes: [] };
}

function editorial(where: string, title: Text, words: Text): Change {
  return { ...told(where, title, words), kind: "editorial" };
}

function retentionChanges(key: string, was: ItemFacts, is: ItemFacts): readonly Change[] {
  if (was.retention === undefined || is.retention === undefined) return [];
  if (isSame(was.retention, is.retention)) return [];
  const period = describeRetention(is.retention);
  const words = { en: `kept: ${period.en}`, zh: `保存期限：${period.zh}` };
  const shorter = isShorter(is.retention, was.retention);
  return [shorter ? editorial(key, is.title, words) : told(key, is.title, words)];
}

/** Whether a period is certainly shorter. Periods that run from different moments cannot be compared, so they are not. */
function isShorter(is: Retention, was: Retention): boolean {
  if (was.kind === "days" && is.kind === "days") {
    return is.after === was.after && is.days <= was.days && is.ending === was.ending;
  }
  return is.kind === "memory";
}

/** Whether two records have the same values. Frozen facts come back from a database with their keys in another order. */
function isSame(left: object, right: object): boolean {
  const spell = (record: object): string =>
    JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return spell(left) === spell(right);
}

function added(before: readonly string[] = [], after: readonly string[] = []): readonly string[] {
  return after.filter((key) => !before.includes(key));
}

function changedEntries<Fact>(
  before: Readonly<Record<string, Fact>>,
  after: Readonly<Record<string, Fact>>,
  changesOf: (key: string, was: Fact | undefined, is: Fact | undefined) => readonly Change[],
): readonly Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changesOf(key, before[key], after[key]));
}
