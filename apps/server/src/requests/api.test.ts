import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  goodPassword,
  openTestService,
  signUp,
  type TestBrowser,
  testableKinds,
  type TestService,
} from "../testing/index.ts";
import { askingLimit } from "./handling.ts";

const base = "/api/v1/data-rights-request";

describe.each(testableKinds())("[C7] requests for programs on the %s database", (kind) => {
  let service: TestService;
  let person: TestBrowser;
  beforeAll(async () => {
    service = await openTestService(kind);
    person = await signUp(service, "programmer");
  });
  afterAll(async () => service.close());

  /** Shows who one is. */
  async function confirm(): Promise<void> {
    await person.get("/account/confirm?to=/account");
    await person.submit("/account/confirm", { password: goodPassword });
  }

  /** What the API answers to a browser's session, or to a bearer token alone. */
  async function call(
    method: string,
    path: string,
    body?: unknown,
    { from, bearer }: { readonly from?: TestBrowser; readonly bearer?: string } = {},
  ) {
    const cookie = [...(from?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await service.app.request(path, {
      method,
      headers: {
        "content-type": "application/json",
        ...(from === undefined ? {} : { cookie }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it("are for who is signed in, has just shown who they are, and says what is asked", async () => {
    expect(await call("POST", base, { exercise: "access" })).toEqual({
      status: 401,
      body: { error: "sign-in" },
    });
    await confirm();
    for (const wrong of [
      {},
      { exercise: "everything" },
      { exercise: "access", more: 1 },
      { exercise: "correction" },
      { exercise: "access", details: "Something is wrong." },
      { exercise: "objection", purposes: ["secure-service"] },
    ])
      expect(
        (await call("POST", base, wrong, { from: person })).body,
        JSON.stringify(wrong),
      ).toEqual({ error: "malformed" });
    service.advance(6 * 60_000);
    expect(await call("POST", base, { exercise: "access" }, { from: person })).toEqual({
      status: 401,
      body: { error: "confirm" },
    });
    await confirm();
  });

  it("are taken ten an hour from one person", async () => {
    const hasty = await signUp(service, "hasty");
    const ask = async (): Promise<object> => call("POST", base, {}, { from: hasty });
    for (let asked = 0; asked < askingLimit.max; asked += 1)
      expect(await ask()).toEqual({ status: 400, body: { error: "malformed" } });
    expect(await ask()).toEqual({ status: 429, body: { error: "often" } });
  });

  it("are answered in the words of the Data Rights Protocol, with a copy for who asked", async () => {
    await confirm();
    const asked = await call("POST", base, { exercise: "access" }, { from: person });
    expect(asked).toMatchObject({
      status: 201,
      body: {
        exercise: "access",
        status: "fulfilled",
        received_at: expect.stringMatching(/Z$/),
        results_url: expect.stringContaining("/results"),
        expires_at: expect.stringMatching(/Z$/),
        page_url: expect.stringMatching(/\/privacy\/requests\/[\w-]{43}$/),
      },
    });
    expect(asked.body).not.toHaveProperty("expected_by");
    const own = `${base}/${String(asked.body["request_id"])}`;
    expect(await call("GET", `${own}/results`, undefined, { from: person })).toMatchObject({
      status: 200,
      body: { records: { users: [{ email: "programmer@example.com" }] } },
    });
    expect((await call("GET", base, undefined, { from: person })).body).toHaveLength(1);
    // The secret opens the status and not the copy; nobody else sees anything.
    const bearer = String(asked.body["page_url"]).slice(-43);
    expect(await call("GET", own, undefined, { bearer })).toMatchObject({
      status: 200,
      body: { status: "fulfilled" },
    });
    expect((await call("GET", `${own}/results`, undefined, { bearer })).status).toBe(401);
    const other = await signUp(service, "neighbour");
    for (const path of [own, `${own}/results`])
      expect((await call("GET", path, undefined, { from: other })).status).toBe(404);
    expect((await call("GET", own)).status).toBe(404);
    // Nor with a secret beside another session, nor with the secret of another request.
    expect(await call("GET", `${own}/results`, undefined, { from: other, bearer })).toEqual({
      status: 401,
      body: { error: "sign-in" },
    });
    const elsewhere = `${base}/00000000-0000-4000-8000-000000000000`;
    expect((await call("GET", elsewhere, undefined, { bearer })).status).toBe(404);
    expect(await call("DELETE", elsewhere, undefined, { from: person })).toEqual({
      status: 404,
      body: { error: "unknown" },
    });
    // Her own session opens the copy no longer than a few minutes after she showed who she is, and only while there is one.
    service.advance(6 * 60_000);
    expect(await call("GET", `${own}/results`, undefined, { from: person })).toEqual({
      status: 401,
      body: { error: "confirm" },
    });
    await confirm();
    expect((await call("GET", `${own}/results`, undefined, { from: person })).status).toBe(200);
  });

  it("can be called off until work has begun, and not afterwards", async () => {
    await confirm();
    const asked = await call(
      "POST",
      base,
      { exercise: "correction", details: "My company is spelt otherwise." },
      { from: person },
    );
    expect(asked.body).toMatchObject({
      status: "open",
      expected_by: expect.stringMatching(/Z$/),
    });
    const own = `${base}/${String(asked.body["request_id"])}`;
    expect(await call("DELETE", own, undefined, { from: person })).toMatchObject({
      status: 200,
      body: { status: "revoked" },
    });
    expect(await call("GET", `${own}/results`, undefined, { from: person })).toEqual({
      status: 404,
      body: { error: "unknown" },
    });
    expect(await call("DELETE", own, undefined, { from: person })).toEqual({
      status: 409,
      body: { error: "already-ended" },
    });
  });

  it("are described, and so is what recipients are sent", async () => {
    const { body } = await call("GET", "/api/openapi.json");
    const paths = body["paths"] as Record<string, Record<string, unknown>>;
    expect(Object.keys(paths[base] ?? {})).toEqual(["post", "get"]);
    expect(Object.keys(paths[`${base}/{id}`] ?? {})).toEqual(["get", "delete"]);
    expect(body["webhooks"]).toMatchObject({
      personalData: {
        post: {
          requestBody: {
            content: {
              "application/json": { schema: { required: ["id", "event", "request", "email"] } },
            },
          },
        },
      },
    });
  });
});
