import { promises } from "@cloud-code/policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  openTestService,
  TestBrowser,
  testOrigin,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { joinProof, readProof } from "./proof.tsx";
import { pageCounts } from "./tables.ts";

describe.each(testableKinds())("the website on the %s database", (kind) => {
  let service: TestService;

  beforeAll(async () => {
    service = await openTestService(kind);
  });

  afterAll(async () => {
    await service.close();
  });

  async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return service.app.request(path, { headers });
  }

  test("a page begins with its kind, so that browsers lay it out by the standard", async () => {
    for (const path of ["/", "/sign-in", "/nowhere"])
      expect(await (await get(path)).text(), path).toMatch(/^<!doctype html><html lang="en"/);
  });

  describe("the proof", () => {
    const list = [
      { promises: ["A3", "A4"], title: "closing is not consent", file: "a.test.ts" },
      { promises: ["A3"], title: "off by default", file: "b.test.ts" },
    ];

    test("a promise has the tests that name it, with what became of them", () => {
      const results = new Map([["off by default", "failed" as const]]);
      const { tests, ranAtMs } = joinProof(list, { startTime: 5, results });
      expect(ranAtMs).toBe(5);
      expect(tests.A3).toEqual([
        { title: "closing is not consent", file: "a.test.ts", result: "not-run" },
        { title: "off by default", file: "b.test.ts", result: "failed" },
      ]);
      expect(tests.A4).toHaveLength(1);
      expect(tests.C9).toEqual([]);
      expect(Object.keys(tests)).toEqual(Object.keys(promises));
    });

    test("no promise is without a test: that fails the build", () => {
      const { tests } = readProof();
      const bare = Object.keys(tests).filter((id) => tests[id as keyof typeof tests].length === 0);
      expect(bare).toEqual([]);
    });

    test("the page says how to check a promise oneself, and claims no result that nobody saw", async () => {
      const html = await (await get("/proof")).text();
      expect(html).toContain("npx vitest run -t &quot;\\[A3\\]&quot;");
      const claims = /tests? · passed|Results of the run of/.test(html);
      expect(claims).toBe(readProof().ranAtMs !== undefined);
    });

    test("the page names every promise", async () => {
      const html = await (await get("/proof")).text();
      for (const id of Object.keys(promises)) expect(html).toContain(`id="${id}"`);
    });
  });

  describe("what stands beside the pages", () => {
    test("[C5] Global Privacy Control support is declared where the specification looks for it", async () => {
      const response = await get("/.well-known/gpc.json");
      expect(await response.json()).toMatchObject({ gpc: true });
      expect(response.headers.get("Content-Type")).toContain("application/json");
    });

    test("[C15] security.txt names a contact and has not expired", async () => {
      const text = await (await get("/.well-known/security.txt")).text();
      expect(text).toContain(`Contact: ${testOrigin}/support?about=security`);
      const expires = /^Expires: (.+)$/m.exec(text)?.[1] ?? "";
      expect(Date.parse(expires)).toBeGreaterThan(Date.now());
      expect(Date.parse(expires)).toBeLessThan(Date.now() + 366 * 86_400_000);
    });

    test("every address of the site map answers", async () => {
      const text = await (await get("/sitemap.xml")).text();
      const paths = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(
        ([, url = ""]) => new URL(url).pathname,
      );
      expect(paths.length).toBeGreaterThan(10);
      for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 200]);
    });

    test("assets are served under their hash for ever, and nothing outside their folder is", async () => {
      const html = await (await get("/")).text();
      const style = /href="(\/assets\/style\.css\?v=[0-9a-f]+)"/.exec(html)?.[1] ?? "";
      const response = await get(style);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toContain("immutable");
      for (const path of [
        "../environment.ts",
        "..%2fenvironment.ts",
        "%2e%2e/environment.ts",
        "routes.tsx",
        "style.css/",
        ".css",
      ]) {
        expect([path, (await get(`/assets/${path}`)).status]).toEqual([path, 404]);
      }
    });
  });

  describe("the language", () => {
    async function check(headers: Record<string, string>, expected: string): Promise<void> {
      const response = await get("/privacy", headers);
      expect([headers, response.headers.get("Content-Language")]).toEqual([headers, expected]);
    }

    test("is the browser's until one is picked, and then that one", async () => {
      await check({ "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8" }, "zh-Hans");
      await check({ "Accept-Language": "fr, en;q=0.5" }, "en");
      const browser = new TestBrowser(service);
      const response = await browser.get("/language/zh?to=/privacy%3Fa=b");
      expect([response.status, response.headers.get("Location")]).toEqual([303, "/privacy?a=b"]);
      expect([...browser.cookies.keys()]).toEqual(["language"]);
      expect((await browser.get("/privacy")).headers.get("Content-Language")).toBe("zh-Hans");
      expect((await browser.get("/language/tlh")).status).toBe(404);
    });

    test("the link back never leads to another site", async () => {
      for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
        const response = await get(`/language/zh?to=${encodeURIComponent(to)}`);
        expect([to, response.headers.get("Location")]).toEqual([to, "/"]);
      }
    });
  });

  describe("counting page views", () => {
    test("[C5] [C3] totals per page and day, and nobody is counted who asks not to be tracked", async () => {
      const own = await openTestService(kind);
      try {
        for (const headers of [{}, {}, { DNT: "1" }, { "Sec-GPC": "1" }] as Record<
          string,
          string
        >[]) {
          await own.app.request("/privacy/processors", { headers });
        }
        await own.app.request("/no/such/page");
        // The status page writes what waits before it reads.
        await own.app.request("/status", { headers: { DNT: "1" } });
        const rows = await own.services.database.orm.select().from(pageCounts);
        expect(rows).toEqual([
          { day: new Date().toISOString().slice(0, 10), page: "/privacy/processors", views: 2 },
        ]);
      } finally {
        await own.close();
      }
    });
  });
});
