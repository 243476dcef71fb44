import { unnamedOperator } from "@cloud-code/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import { announceNotices } from "../notices/announce.ts";
import { formatDate } from "../pages/words.ts";
import {
  openTestService,
  signUp,
  TestBrowser,
  textOf,
  type TestService,
} from "../testing/index.ts";

const hosting = {
  name: "Hosting GmbH",
  task: { en: "runs the servers", zh: "运行服务器" },
  place: { en: "Germany", zh: "德国" },
};
const day = 86_400_000;

describe("[C6] a new company that handles data", () => {
  // What the operator's file says; the service reads it at its start, the test as it goes on.
  const operator = { ...unnamedOperator, processors: [] as (typeof hosting)[] };
  let service: TestService;
  let officer: TestBrowser;

  beforeAll(async () => {
    service = await openTestService("embedded", { operator });
    officer = await signUp(service, "deskofficer", "officer");
    await service.services.database.orm.update(users).set({ twoFactorEnabled: true });
  });
  afterAll(async () => service.close());

  it("is announced thirty days ahead, on every page and by letter, and stands in the register", async () => {
    operator.processors.push(hosting);
    await officer.get("/console/processors");
    expect(officer.html).toContain("says something else than the notice");
    const visitor = new TestBrowser(service);
    await visitor.get("/privacy/processors");
    expect(visitor.html).not.toContain("Hosting GmbH");
    await visitor.get("/");
    expect(visitor.html).not.toContain("A change of our notices is coming.");

    await officer.submit("/console/processors");
    await officer.get("/console/processors");
    expect(officer.html).not.toContain("says something else than the notice");
    expect(officer.html).toContain(
      "Hosting GmbH: will handle data for us: runs the servers (Germany).",
    );
    const [upcoming] = await service.services.notices.upcoming();
    expect(upcoming?.effectiveMs).toBeGreaterThanOrEqual(
      service.services.now() + 30 * day - 60_000,
    );
    await visitor.get("/");
    expect(visitor.html).toContain("A change of our notices is coming.");
    await visitor.get("/privacy/processors");
    const [today = "", announced = ""] = visitor.html.split('id="announced"');
    expect(today).toContain("The operator uses no other company to run this service.");
    expect(today).not.toContain("Hosting GmbH");
    const from = formatDate(upcoming?.effectiveMs ?? 0, { language: "en", timeZone: "UTC" });
    expect(textOf(announced)).toContain(`From ${from} : Hosting GmbH: will handle data for us`);
    await announceNotices(service.services);
    expect(await service.letterTo("deskofficer@example.com")).toContain(
      "Hosting GmbH: will handle data for us",
    );
  });

  it("leaves as soon as it is announced to leave; that is nobody's loss", async () => {
    service.advance(31 * day);
    const visitor = new TestBrowser(service);
    await visitor.get("/privacy/processors");
    expect(visitor.html).toContain("Hosting GmbH");
    expect(visitor.html).not.toContain('id="announced"');
    operator.processors.pop();
    await officer.get("/console/processors");
    await officer.submit("/console/processors");
    await officer.get("/console/processors");
    expect(officer.html).toContain("no longer handles data for us");
    // It does until then, so it is on the list of today.
    await visitor.get("/privacy/processors");
    const [today = "", announced = ""] = visitor.html.split('id="announced"');
    expect(today).toContain("Hosting GmbH");
    expect(announced).toContain("no longer handles data for us");
  });
});
