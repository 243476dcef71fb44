/** Wrong, hostile, repeated, oversized and out-of-order input to every form there is and to every JSON endpoint of the document. */
import fc from "fast-check";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditTrail } from "./audit/trail.ts";
import { ConsentLedger } from "./consent/ledger.ts";
import {
  type Inhabited,
  inhabit,
  openTestService,
  testableKinds,
  type TestService,
} from "./testing/index.ts";

interface FoundForm {
  readonly who: "owner" | "officer" | "visitor";
  readonly page: string;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The forms of a page as a browser would send them. */
function formsOf(html: string): readonly Pick<FoundForm, "action" | "fields">[] {
  return [...html.matchAll(/<form\b[^>]*method="post"[^>]*>[^]*?<\/form>/g)].map(([form]) => {
    const [, action = ""] = /action="([^"]+)"/.exec(form) ?? [];
    const controls = form.matchAll(
      /<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"[^>]*>/g,
    );
    const fields = [...controls].map(([tag, name = ""]) => [
      name,
      /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? "",
    ]);
    return { action, fields: Object.fromEntries(fields) as Record<string, string> };
  });
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "'",
    "\u0000",
    "\ud800",
    "../../etc/passwd",
    "__proto__",
    "{}",
    "%00",
    "-1",
    "1e999",
    "9999-99-99",
    "x".repeat(6_000),
    "1; DROP TABLE users",
    "<script>alert(1)</script>",
  ),
);

/** What such a form is for would end the run: the session, the account, or what other forms are about. */
const ending = /sign-out|sessions\/end|\/delete$|\/revoke$|new\/delete|members\/|\/close$/;

describe.each(testableKinds())("hostile input on the %s database", (kind) => {
  let service: TestService;
  let world: Inhabited;
  let forms: readonly FoundForm[];
  beforeAll(async () => {
    service = await openTestService(kind);
    world = await inhabit(service);
    const found = new Map<string, FoundForm>();
    for (const who of ["visitor", "owner", "officer"] as const) {
      const browser = world.browsers[who];
      for (const { path } of world.reading) {
        const response = await browser.get(path);
        if (response.status !== 200 || !isPage(response)) continue;
        for (const form of formsOf(browser.html))
          if (!ending.test(form.action))
            found.set(`${who} ${form.action}`, { who, page: path, ...form });
      }
    }
    forms = [...found.values()];
  });
  afterAll(async () => service.close());

  /** Nobody's account, consent or trail suffered. */
  async function expectWhole(): Promise<void> {
    const { rows } = await service.services.database.orm.execute(
      sql`SELECT username, email FROM users WHERE username LIKE '%.of.it' ORDER BY username`,
    );
    expect(rows).toMatchObject([
      { username: "admin.of.it" },
      { username: "auditor.of.it" },
      { username: "member.of.it", email: "member.of.it@example.com" },
      { username: "officer.of.it" },
      { username: "owner.of.it", email: "owner.of.it@example.com" },
    ]);
    expect(await new AuditTrail(service.services).verify()).toMatchObject({ kind: "intact" });
    const ledger = new ConsentLedger(service.services, service.services.notices);
    expect(await ledger.verify()).toMatchObject({ kind: "intact" });
  }

  it("no form fails at hostile values, fields left out, fields made up, or being sent twice", async () => {
    expect(forms.length).toBeGreaterThan(25);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...forms),
        fc.infiniteStream(fc.option(hostile, { nil: undefined, freq: 4 })),
        fc.dictionary(
          fc.constantFrom("id", "role", "to", "token", "userId", "constructor"),
          hostile,
        ),
        async ({ who, page, action, fields }, values, madeUp) => {
          service.advance(10 * 60_000);
          const browser = world.browsers[who];
          await browser.get(page);
          const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(browser.html) ?? [];
          const filled = Object.entries(fields).flatMap(([name, value]) => {
            const own = values.next().value;
            return own === undefined ? [[name, value]] : own === " " ? [] : [[name, own]];
          });
          const body = { ...madeUp, ...Object.fromEntries(filled), form_token: token };
          for (const time of ["first", "second"]) {
            const { status } = await browser.post(action, body);
            expect(status, `${who} ${action}, the ${time} time`).toBeLessThan(500);
          }
        },
      ),
      { numRuns: 150 },
    );
    await expectWhole();
  });

  it("no form takes a field twice, a file, more than it may carry, or a body of another kind", async () => {
    for (const { who, page, action, fields } of forms) {
      service.advance(10 * 60_000);
      const browser = world.browsers[who];
      await browser.get(page);
      const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(browser.html) ?? [];
      const twice = new URLSearchParams({ form_token: token });
      const file = new FormData();
      file.set("form_token", token);
      for (const name of Object.keys(fields)) {
        if (name === "form_token") continue;
        twice.append(name, "a");
        twice.append(name, "b");
        file.set(name, new File(["a"], "a.txt"));
      }
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const send = async (body: BodyInit, type?: string): Promise<number> => {
        const headers = { cookie, ...(type === undefined ? {} : { "content-type": type }) };
        return (await service.app.request(action, { method: "POST", headers, body })).status;
      };
      const form = "application/x-www-form-urlencoded";
      expect(await send(twice.toString(), form), `${action} twice`).toBeLessThan(500);
      expect(await send(file), `${action} file`).toBeLessThan(500);
      expect(await send(`form_token=${token}&x=${"y".repeat(300_000)}`, form), action).toBe(413);
      for (const type of ["application/json", "multipart/form-data", "text/xml", ""])
        expect([400, 403, 429], `${action} ${type}`).toContain(await send("{", type));
    }
    await expectWhole();
  });

  it("the JSON endpoints answer what their document says, for bodies near its schemas and far from them", async () => {
    const answer = await service.app.request("/api/openapi.json");
    const { paths } = (await answer.json()) as OpenApi;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(5);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operations).chain((operation) =>
          fc.record({
            operation: fc.constant(operation),
            body: fc.oneof(
              near(operation.requestBody?.content["application/json"].schema ?? {}).map((value) =>
                JSON.stringify(value),
              ),
              fc.json(),
              fc.string({ unit: "binary" }),
            ),
          }),
        ),
        fc.constantFrom("application/json", "application/json", "text/plain"),
        fc.constantFrom("visitor", "owner"),
        async ({ operation: { path, method, responses }, body }, type, who) => {
          service.advance(60_000);
          const cookie = [...world.browsers[who].cookies]
            .map(([name, value]) => `${name}=${value}`)
            .join("; ");
          const response = await service.app.request(path.replace(/\{\w+\}/g, "x"), {
            method: method.toUpperCase(),
            ...(method === "get" ? {} : { body, headers: { cookie, "content-type": type } }),
          });
          const expected = [...Object.keys(responses), ...(method === "get" ? [] : ["403", "429"])];
          expect(expected, `${method} ${path}`).toContain(String(response.status));
          expect(response.headers.get("content-type")).toContain("application/json");
        },
      ),
      { numRuns: 200 },
    );
    await expectWhole();
  });
});

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly const?: unknown;
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly responses: Readonly<Record<string, unknown>>;
            readonly requestBody?: {
              readonly content: { readonly "application/json": { readonly schema: Schema } };
            };
          }
        >
      >
    >
  >;
}

/** Values as a schema wants them, with a part here and there that it does not. */
function near(schema: Schema): fc.Arbitrary<unknown> {
  const right = ((): fc.Arbitrary<unknown> => {
    if (schema.const !== undefined) return fc.constant(schema.const);
    switch (schema.type) {
      case "object": {
        const parts = Object.entries(schema.properties ?? {}).map(([name, part]) => [
          name,
          near(part),
        ]);
        return fc.record(Object.fromEntries(parts) as Record<string, fc.Arbitrary<unknown>>);
      }
      case "array":
        return fc.array(near(schema.items ?? {}), { maxLength: 3 });
      case "string":
        return fc.oneof(fc.base64String({ maxLength: 60 }), hostile);
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  })();
  return fc.oneof(
    { arbitrary: right, weight: 9 },
    { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
  );
}

function isPage(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").startsWith("text/html");
}
