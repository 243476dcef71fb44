import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTestService, signUp, TestBrowser, textOf, goodPassword } from "../testing/index.ts";
import { unnamedOperator } from "@cloud-code/policy";
import { formatDate, formatTime, type Reader, readDay, readMoment } from "./words.ts";

const zones = [
  "UTC",
  "Asia/Shanghai",
  "Europe/Berlin",
  "America/Los_Angeles",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
];

describe("a moment", () => {
  const check = (at: string, reader: Reader, day: string, minute: string): void => {
    expect(formatDate(Date.parse(at), reader)).toBe(day);
    expect(formatTime(Date.parse(at), reader)).toBe(minute);
  };

  it("is told in the operator's time zone, whose name is said with the time", () => {
    const due = "2026-12-02T07:59:59.999Z";
    check(
      due,
      { language: "en", timeZone: "America/Los_Angeles" },
      "1 December 2026",
      "1 December 2026 at 23:59 GMT-8",
    );
    check(
      due,
      { language: "en", timeZone: "UTC" },
      "2 December 2026",
      "2 December 2026 at 07:59 UTC",
    );
    check(
      "2026-12-01T15:59:59.999Z",
      { language: "zh", timeZone: "Asia/Shanghai" },
      "2026年12月1日",
      "2026年12月1日 23:59 GMT+8",
    );
    // In summer the same zone has another name.
    check(
      "2026-07-01T21:59:59Z",
      { language: "en", timeZone: "Europe/Berlin" },
      "1 July 2026",
      "1 July 2026 at 23:59 CEST",
    );
  });

  it("is read as the clocks there show it, and with an offset as it says", () => {
    const read = (text: string, timeZone: string, expected: string | undefined): void =>
      expect([text, readMoment(text, { timeZone })]).toEqual([
        text,
        expected === undefined ? undefined : Date.parse(expected),
      ]);
    read("2026-11-22 10:00", "Asia/Shanghai", "2026-11-22T02:00:00Z");
    read("2026-07-22T10:00", "America/Los_Angeles", "2026-07-22T17:00:00Z");
    read("2026-11-22T10:00:00.500Z", "Asia/Shanghai", "2026-11-22T10:00:00.500Z");
    read("2026-11-22 10:00 +01:00", "Asia/Shanghai", "2026-11-22T09:00:00Z");
    read(" 2026-11-22 ", "Asia/Shanghai", "2026-11-21T16:00:00Z");
    for (const wrong of ["", "soon", "2026-02-30", "2026-02-30 10:00", "2026-11-22 25:00"])
      read(wrong, "UTC", undefined);
  });

  it("a day that was entered is the day that is shown, wherever the operator is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 40_000 }),
        (timeZone, day) => {
          const entered = new Date(day * 86_400_000);
          const atMs = readDay(entered.toISOString().slice(0, 10), { timeZone });
          expect(formatDate(atMs ?? Number.NaN, { language: "en", timeZone })).toBe(
            formatDate(entered.getTime(), { language: "en", timeZone: "UTC" }),
          );
        },
      ),
    );
  });
});

describe.each(["Pacific/Kiritimati", "Pacific/Pago_Pago"])("an operator in %s", (timeZone) => {
  it("[C7] [A9] tells people and officers its own days, and programs the exact moment", async () => {
    const service = await openTestService("embedded", {
      operator: { ...unnamedOperator, timeZone },
    });
    try {
      const reader = { language: "en", timeZone } as const;
      const person = await signUp(service, "faraway");
      await person.get("/account/confirm");
      await person.submit("/account/confirm", { password: goodPassword });
      await person.get("/privacy/requests/new/correct");
      const sent = await person.submit("/privacy/requests/new/correct", {
        text: "My company is called otherwise.",
      });
      await person.get(sent.headers.get("location") ?? "");
      const [, due = ""] = /<time datetime="([^"]+)"[^>]*>[^<]*<\/time> · \d+ days? left/.exec(
        person.html,
      ) ?? [""];
      // The last millisecond of a day there, whatever day that is elsewhere.
      const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
      expect(due).toMatch(/\.999Z$/);
      expect(clock.format(Date.parse(due))).toBe("23:59:59");
      const said = formatTime(Date.parse(due), reader);
      expect(said).toMatch(/ at 23:59 GMT[+-]\d+$/);
      expect(textOf(person.html)).toContain(said);
      expect(await service.letterTo("faraway@example.com")).toContain(said);

      const visitor = new TestBrowser(service);
      await visitor.get("/support");
      const asked = await visitor.submit("/support", {
        kind: "question",
        body: "How long is my address kept?",
        email: "mei@example.com",
      });
      await visitor.get(asked.headers.get("location") ?? "");
      const [, answer = ""] = /<time datetime="([^"]+)"[^>]*>[^<]*<\/time> · 15 days left/.exec(
        visitor.html,
      ) ?? [""];
      expect(visitor.html).toContain(formatDate(Date.parse(answer), reader));
      expect(await service.letterTo("mei@example.com")).toContain(
        formatTime(Date.parse(answer), reader),
      );
    } finally {
      await service.close();
    }
  });
});
