/** Attacks on the whole application, enumerated from its router wherever they can be: a route added tomorrow is attacked tomorrow. */
import { reportPath } from "@cloud-code/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  goodPassword,
  openTestService,
  signIn,
  signUp,
  TestBrowser,
  testOrigin,
  testableKinds,
  type TestService,
} from "./testing/index.ts";

describe.each(testableKinds())("the whole application on the %s database", (kind) => {
  let service: TestService;
  beforeAll(async () => {
    service = await openTestService(kind);
  });
  afterAll(async () => service.close());

  /** Every route of a method, with its parameters filled in. */
  function paths(method: "GET" | "POST"): readonly string[] {
    const all = service.app.routes
      .filter((route) => route.method === method && !route.path.includes("*"))
      .map(({ path }) => path.replace(/:(\w+)(\{[^}]*\})?/g, "x1"));
    return [...new Set(all)].toSorted();
  }

  describe("every route", () => {
    it("is there to be attacked", () => {
      expect(paths("POST").length).toBeGreaterThan(20);
      expect(paths("GET").length).toBeGreaterThan(25);
    });

    it("that changes something refuses another site, by origin, by site, and without the form token", async () => {
      const browser = await signUp(service, "csrf");
      await browser.get("/account");
      const token = /name="form_token" value="([^"]+)"/.exec(browser.html)?.[1] ?? "";
      expect(token).not.toBe("");
      for (const path of paths("POST")) {
        // What takes JSON from programs knows no cookie and no form.
        const isApi = path.startsWith("/api/") || path === reportPath;
        const attacks: [string, Record<string, string>, string][] = [
          ["foreign origin", { origin: "https://evil.example" }, `form_token=${token}`],
          ["opaque origin", { origin: "null" }, `form_token=${token}`],
          ["cross site", { "sec-fetch-site": "cross-site" }, `form_token=${token}`],
          ["sibling site", { "sec-fetch-site": "same-site" }, `form_token=${token}`],
          ["no token", { origin: testOrigin }, "a=b"],
          ["wrong token", { origin: testOrigin }, "form_token=AAAA"],
          [
            "token in JSON",
            { origin: testOrigin, "content-type": "text/plain" },
            `{"form_token":"${token}"}`,
          ],
        ];
        for (const [name, headers, body] of attacks) {
          const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join("; ");
          const response = await service.app.request(path, {
            method: "POST",
            body,
            headers: { "content-type": "application/x-www-form-urlencoded", ...headers, cookie },
          });
          expect([403, 429], `${name} on ${path}`).toContain(response.status);
          if (isApi) break;
        }
        service.advance(60_000);
      }
      expect((await browser.get("/account")).status).toBe(200);
    });

    it("carries the strict policy and the other security headers, whatever it answers", async () => {
      for (const path of [...paths("GET"), "/nowhere", "/api/nowhere"]) {
        const response = await service.app.request(path);
        const policy = response.headers.get("content-security-policy") ?? "";
        expect(policy, path).toContain("default-src 'none'");
        expect(policy, path).toMatch(/script-src 'nonce-[\w+/=-]+' 'strict-dynamic'/);
        expect(policy, path).not.toContain("unsafe");
        expect(response.headers.get("x-content-type-options"), path).toBe("nosniff");
        expect(response.headers.get("referrer-policy"), path).toBe("same-origin");
        expect(response.status, path).toBeLessThan(500);
      }
    });

    it("under /account shows a visitor nothing and sends them to sign in", async () => {
      for (const path of paths("GET").filter((each) => each.startsWith("/account"))) {
        const response = await service.app.request(path);
        expect(response.status, path).toBe(303);
        expect(response.headers.get("location"), path).toMatch(/^\/sign-in\?to=/);
      }
    });

    it("sets no cookie on a visitor who only looks, but the form's own", async () => {
      for (const path of paths("GET")) {
        const response = await service.app.request(path);
        const names = response.headers.getSetCookie().map((line) => line.split("=")[0]);
        expect(["", "form"], path).toContain(names.join());
      }
    });
  });

  describe("text that people entered", () => {
    it("is shown as text on every page that shows it", async () => {
      const corpus = [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'><svg onload=alert(1)>",
        "</title><script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        "{{constructor.constructor('alert(1)')()}}",
      ];
      const browser = await signUp(service, "mallory");
      for (const text of corpus) {
        await browser.get("/account");
        await browser.submit("/account/profile", {
          language: "en",
          companyRegion: "DE",
          companyName: text,
          companyContact: text,
        });
        await browser.get("/account");
        expectHarmless(browser.html);
        await browser.get("/account/organizations");
        await browser.submit("/account/organizations", { name: text });
        service.advance(60 * 60_000);
        await browser.get("/account/organizations");
        expectHarmless(browser.html);
        await browser.get(`/sign-in?to=${encodeURIComponent(text)}`);
        await browser.get(`/confirm?token=${encodeURIComponent(text)}`);
        expectHarmless(browser.html);
        await browser.get(`/reset/choose?token=${encodeURIComponent(text)}`);
        expectHarmless(browser.html);
      }
      const visitor = new TestBrowser(service);
      visitor.headers["user-agent"] = corpus[0] ?? "";
      await signIn(visitor, "mallory");
      await visitor.get("/account/sessions");
      expect(visitor.html).toContain("&lt;script&gt;");
      expectHarmless(visitor.html);
    });

    it("never becomes an address to go to on another site", async () => {
      await signUp(service, "redirected");
      const hostile = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\n/evil",
      ];
      for (const to of hostile) {
        const browser = new TestBrowser(service);
        await browser.get("/sign-in");
        const answer = await browser.submit("/sign-in", {
          identifier: "redirected",
          password: goodPassword,
          to,
        });
        expect(answer.headers.get("location"), to).toBe("/account");
      }
    });
  });

  function expectHarmless(html: string): void {
    const body = html.slice(html.indexOf("<body>"));
    expect(body).not.toMatch(
      /<script(?! type="module" src="\/assets\/)|<img src=x|<svg onload|onerror=alert(?!\(1\)&gt;)/,
    );
    expect(body).not.toMatch(/href="javascript:/);
  }

  describe("what belongs to somebody", () => {
    it("an invitation is only good for the person it was sent to", async () => {
      const owner = await signUp(service, "inviter");
      await owner.get("/account/organizations");
      const home =
        (await owner.submit("/account/organizations", { name: "Crane" })).headers.get("location") ??
        "";
      await owner.get(home);
      await owner.submit(`${home}/invite`, { email: "invitee@example.com", role: "owner" });
      const link = /https?:\/\/\S+/.exec(await service.letterTo("invitee@example.com"))?.[0] ?? "";
      const { pathname, search } = new URL(link);
      const thief = await signUp(service, "thief");
      await thief.get(pathname + search);
      expect((await thief.submit("/account/organizations/join")).status).toBe(410);
      expect((await thief.get(home)).status).toBe(404);
    });

    it("the last owner cannot leave", async () => {
      const owner = await signUp(service, "captain");
      await owner.get("/account/organizations");
      const home =
        (await owner.submit("/account/organizations", { name: "Ship" })).headers.get("location") ??
        "";
      await owner.get(home);
      const [, action = ""] = /action="([^"]+members[^"]+)"/.exec(owner.html) ?? [];
      await owner.get(home);
      expect((await owner.submit(action, { role: "none" })).status).toBe(409);
    });

    it("officers, auditors and admins can do nothing before they have a second factor", async () => {
      const officer = await signUp(service, "desk", "officer");
      expect((await officer.get("/support/desk")).headers.get("location")).toMatch(
        /^\/account\/security\?needed/,
      );
      const person = await signUp(service, "plain");
      expect((await person.get("/support/desk")).status).toBe(403);
    });
  });

  describe("guessing", () => {
    it("is slowed per account and address, whatever X-Forwarded-For says, and the owner still gets in from elsewhere", async () => {
      const behind = await openTestService(kind, { trustedProxies: 1 });
      try {
        await signUp(behind, "guessed");
        const statuses: number[] = [];
        for (let attempt = 0; attempt < 12; attempt += 1) {
          const guesser = new TestBrowser(behind);
          // The client writes what it likes; our own proxy appends the address it was called from.
          guesser.headers["x-forwarded-for"] = `10.0.0.${attempt}, 203.0.113.9`;
          statuses.push((await signIn(guesser, "guessed", `wrong guess ${attempt}`)).status);
        }
        expect(statuses.slice(0, 10)).toEqual(Array<number>(10).fill(400));
        expect(statuses.slice(10)).toEqual([429, 429]);
        const owner = new TestBrowser(behind);
        owner.headers["x-forwarded-for"] = "198.51.100.7";
        expect((await signIn(owner, "guessed")).status).toBe(303);
      } finally {
        await behind.close();
      }
    });

    it("of codes ends the sign-in after five", async () => {
      const direct = await openTestService(kind);
      try {
        const statuses: number[] = [];
        const visitor = new TestBrowser(direct);
        for (let attempt = 0; attempt < 17; attempt += 1) {
          await visitor.get("/sign-in/code");
          statuses.push((await visitor.submit("/sign-in/code", { code: "123456" })).status);
        }
        expect(statuses.at(0)).toBe(400);
        expect(statuses.at(-1)).toBe(429);
      } finally {
        await direct.close();
      }
    });

    it("[C3] leaves no name, address or text in the log", async () => {
      const text = JSON.stringify(service.log);
      expect(service.log.length).toBeGreaterThan(100);
      for (const secret of ["@example.com", "mallory", goodPassword, "Heron", "token="]) {
        expect(text).not.toContain(secret);
      }
    });
  });

  it("uses __Host- cookies, Secure and HttpOnly, when it is reached over HTTPS", async () => {
    const secure = await openTestService(kind, { origin: "https://code.example.com" });
    try {
      const response = await secure.app.request("https://code.example.com/sign-in");
      const [cookie = ""] = response.headers.getSetCookie();
      expect(cookie).toMatch(/^__Host-form=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      expect(response.headers.get("strict-transport-security")).toContain("max-age=31536000");
    } finally {
      await secure.close();
    }
  });
});
