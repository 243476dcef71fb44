/** The ledger against a model of a few lines: whatever people, operators and time do, in whatever order, both say the same. */
import { randomUUID } from "node:crypto";
import { inventory, type PurposeKey, retentionEndMs } from "@cloud-code/policy";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import { proveShown } from "../notices/shown.ts";
import { createRights, type Rights } from "../requests/rights.ts";
import { openTestService, type TestService } from "../testing/index.ts";
import type { Answer } from "./chain.ts";
import type { NewAnswer, Standing } from "./ledger.ts";

const dayMs = 86_400_000;
const purposes = [
  "recover-account",
  "keep-company-profile",
  "remember-display",
] as const satisfies readonly PurposeKey[];
type Purpose = (typeof purposes)[number];

/** How long an answer is kept after the no that ended it. */
const { retention } = inventory["service.consent-records"] as {
  retention: Parameters<typeof retentionEndMs>[0];
};

interface Release {
  readonly id: string;
  readonly effectiveMs: number;
  readonly asksAgain: readonly Purpose[];
}

interface Given {
  readonly purpose: Purpose;
  readonly answer: Answer;
  readonly release: number;
  readonly atMs: number;
}

interface Person {
  readonly userId: string;
  readonly pseudonym: string;
  answers: Given[];
}

type Action =
  | {
      readonly kind: "answer";
      readonly who: number;
      readonly purpose: Purpose;
      readonly answer: Answer;
      readonly separate: boolean;
      /** Whether the yes is to a form that was opened under the release before. */
      readonly late: boolean;
    }
  | { readonly kind: "forge"; readonly who: number; readonly purpose: Purpose }
  | { readonly kind: "acknowledge"; readonly who: number }
  | { readonly kind: "announce"; readonly asksAgain: readonly Purpose[]; readonly days: number }
  | { readonly kind: "wait"; readonly days: number }
  | { readonly kind: "sweep" }
  | { readonly kind: "erase"; readonly who: number };

const who = fc.integer({ min: 0, max: 1 });
const purpose = fc.constantFrom(...purposes);
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      who,
      purpose,
      answer: fc.constantFrom<Answer>("given", "given", "refused", "withdrawn"),
      separate: fc.boolean(),
      late: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forge" as const), who, purpose }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("acknowledge" as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("announce" as const),
      asksAgain: fc.subarray([...purposes]),
      days: fc.constantFrom(0, 30),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      days: fc.constantFrom(1, 29, 31, 400, 1200),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("erase" as const), who }) },
);

describe("[C8] [C14] the ledger of consents", () => {
  let service: TestService;
  let rights: Rights;
  const releases: Release[] = [];
  /** Who was there in earlier runs: the ledger is one for all of them. */
  const everybody: Person[] = [];

  beforeAll(async () => {
    service = await openTestService();
    rights = createRights(service.services);
    const first = await service.services.notices.current("service");
    releases.push({
      id: first?.id ?? "",
      effectiveMs: first?.effectiveMs ?? 0,
      asksAgain: [],
    });
  });
  afterAll(async () => service.close());

  async function settle(): Promise<Person> {
    const userId = `person-${randomUUID()}`;
    const now = new Date(service.services.now());
    await service.services.database.orm.insert(users).values({
      id: userId,
      name: userId,
      username: userId,
      displayUsername: userId,
      email: `${userId}@example.com`,
      emailVerified: true,
      oldEnough: true,
      createdAt: now,
      updatedAt: now,
    });
    const pseudonym = await rights.ledger.pseudonymOf(userId);
    const person = { userId, pseudonym, answers: [] };
    everybody.push(person);
    return person;
  }

  /** The model of the notice in effect: the last announced of those whose day has come. */
  const current = (): number =>
    releases.findLastIndex(({ effectiveMs }) => effectiveMs <= service.services.now());

  /** The model of a standing: the last answer, unless what it was given for was changed since. */
  function standingOf({ answers }: Person, wanted: Purpose): Standing["kind"] {
    const last = answers.findLast((each) => each.purpose === wanted);
    if (last === undefined) return "unasked";
    if (last.answer !== "given") return last.answer;
    const changed = releases.some(
      ({ effectiveMs, asksAgain }, index) =>
        index > last.release && effectiveMs <= service.services.now() && asksAgain.includes(wanted),
    );
    return changed ? "outgrown" : "given";
  }

  async function act(people: Person[], action: Action): Promise<void> {
    const { notices, now } = service.services;
    switch (action.kind) {
      case "answer": {
        const person = people[action.who];
        if (person === undefined) return;
        const release = Math.max(0, current() - (action.late ? 1 : 0));
        const asked = {
          purpose: action.purpose,
          kind: action.separate ? "separate-consent" : "consent",
          question: "May we?",
          language: "en",
          screen: "/privacy/center",
          signal: false,
        } as const;
        const notice = { id: releases[release]?.id ?? "", product: "service" } as const;
        const answer: NewAnswer =
          action.answer === "given"
            ? { ...asked, answer: "given", shown: proveShown(notice, "/privacy/center", now()) }
            : { ...asked, answer: action.answer };
        // A no is taken in every state, also twice, also before anybody asked.
        const { atMs } = await rights.ledger.record(person.pseudonym, answer);
        const { purpose: about, answer: said } = action;
        person.answers.push({ purpose: about, answer: said, release, atMs });
        return;
      }
      case "forge": {
        const shown = { noticeId: releases[current()]?.id, product: "service", screen: "/" };
        const answer = {
          purpose: action.purpose,
          kind: "consent",
          question: "May we?",
          language: "en",
          screen: "/",
          signal: false,
          answer: "given",
          shown: shown as unknown as ReturnType<typeof proveShown>,
        } as const;
        const pseudonym = people[action.who]?.pseudonym ?? "";
        await expect(rights.ledger.record(pseudonym, answer)).rejects.toThrow("proof");
        return;
      }
      case "acknowledge":
        // To have read a notice is to have read it.
        await notices.addShown(
          people[action.who]?.userId ?? "",
          releases[current()]?.id ?? "",
          "/privacy/changes",
          now(),
        );
        return;
      case "announce": {
        const latest = await notices.current("service");
        if (latest === undefined) throw new Error("There is no notice.");
        const number = String(releases.length).padStart(5, "0");
        const effectiveMs = now() + action.days * dayMs;
        await notices.add({
          ...latest,
          id: `service-${number}`,
          version: releases.length + 1,
          publishedMs: now(),
          effectiveMs,
          kind: action.asksAgain.length > 0 ? "ask-again" : "notice",
          changes: [
            {
              kind: action.asksAgain.length > 0 ? "ask-again" : "notice",
              where: "service.phone",
              text: { en: "Something is new.", zh: "有新内容。" },
              purposes: action.asksAgain,
            },
          ],
        });
        releases.push({ id: `service-${number}`, effectiveMs, asksAgain: action.asksAgain });
        return;
      }
      case "wait":
        service.advance(action.days * dayMs);
        return;
      case "sweep": {
        const nowMs = now();
        await rights.retention.sweep();
        const isOver = (atMs: number): boolean =>
          (retentionEndMs(retention, atMs) ?? Number.POSITIVE_INFINITY) < nowMs;
        for (const person of everybody)
          person.answers = person.answers.filter(
            (each, index) =>
              !person.answers.some(
                (no, later) =>
                  later >= index &&
                  no.purpose === each.purpose &&
                  no.answer !== "given" &&
                  isOver(no.atMs),
              ),
          );
        return;
      }
      case "erase": {
        const person = people[action.who];
        if (person === undefined) return;
        const { request } = await rights.handling.ask(person.userId, {
          right: "delete",
          language: "en",
        });
        expect(request.state).toMatchObject({ status: "fulfilled", checked: true });
        // In the order in which they were first asked about.
        for (const each of new Set(person.answers.map((answer) => answer.purpose)))
          if (person.answers.findLast((answer) => answer.purpose === each)?.answer === "given")
            person.answers.push({ purpose: each, answer: "withdrawn", release: 0, atMs: now() });
        // What is left of them leads to nobody, and allows nothing.
        for (const each of purposes)
          expect(await rights.ledger.allows(person.userId, each)).toBe(false);
        people[action.who] = await settle();
        return;
      }
    }
  }

  it("says what the model says after any sequence of answers, changes, days and erasures", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAction, { minLength: 12, maxLength: 24 }), async (actions) => {
        const people = [await settle(), await settle()];
        for (const action of actions) {
          await act(people, action);
          for (const person of people) {
            const history = await rights.ledger.history(person.pseudonym);
            for (const each of purposes) {
              const expected = standingOf(person, each);
              const { kind } = await rights.ledger.standing(history, each);
              expect([each, kind]).toEqual([each, expected]);
              expect(await rights.ledger.allows(person.userId, each)).toBe(expected === "given");
            }
          }
        }
        for (const { pseudonym, answers } of everybody) {
          const history = await rights.ledger.history(pseudonym);
          expect(history.map((entry) => [entry.purpose, entry.answer])).toEqual(
            answers.map((each) => [each.purpose, each.answer]),
          );
        }
        expect(await rights.ledger.verify()).toMatchObject({
          kind: "intact",
          entries: everybody.reduce((sum, { answers }) => sum + answers.length, 0),
        });
      }),
      { numRuns: 12 },
    );
  }, 300_000);
});
