import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConsentEvent } from "./consent.ts";
import type { Circumstances, UseRequest } from "./decide.ts";
import { assertPermit, decide, isPermit, Permit, permitLifetimeMs, strictest } from "./decide.ts";
import type { DenialReason } from "./denial.ts";
import { PolicyError } from "./errors.ts";
import { reportItems } from "./figures.ts";
import type { ItemKey } from "./inventory/index.ts";
import { inventory, isItemKey } from "./inventory/index.ts";
import { products } from "./product.ts";
import { purposes } from "./purpose.ts";
import { recipients } from "./recipient.ts";

const nowMs = 1_800_000_000_000;
const receiver = "https://statistics.example";
const model = "https://models.example";
const noticeVersion = products.assistant.notice.version;

const allowed: Circumstances = {
  ...strictest,
  consents: [
    {
      answer: "given",
      purpose: "usage-statistics",
      origin: receiver,
      noticeVersion,
      atMs: nowMs - 10,
    },
    {
      answer: "given",
      purpose: "ask-chosen-model",
      origin: model,
      noticeVersion,
      atMs: nowMs - 10,
    },
  ],
  noticesShown: { assistant: noticeVersion },
  editorTelemetry: true,
  doNotTrack: false,
  workspaceTrusted: true,
};

const upload: UseRequest = {
  items: reportItems,
  purpose: "usage-statistics",
  destination: { recipient: "statistics-receiver", origin: receiver },
  circumstances: allowed,
  collectedSinceMs: nowMs - 5,
  nowMs,
};

const askRemote: UseRequest = {
  items: ["assistant.source-code", "assistant.model-credentials"],
  purpose: "ask-chosen-model",
  destination: { recipient: "chosen-model", origin: model },
  circumstances: allowed,
  collectedSinceMs: nowMs,
  nowMs,
};

const askLocal: UseRequest = {
  ...askRemote,
  purpose: "ask-local-model",
  destination: { recipient: "local-model", origin: "http://127.0.0.1:8080" },
  circumstances: strictest,
};

const relay: UseRequest = {
  items: ["gateway.prompts", "gateway.model-parameters", "gateway.credentials"],
  purpose: "relay",
  destination: { recipient: "configured-service", origin: "https://dashscope.aliyuncs.com" },
  circumstances: strictest,
  collectedSinceMs: nowMs,
  nowMs,
};

const mail: UseRequest = {
  items: ["service.email"],
  purpose: "service-mail",
  destination: { recipient: "mail-service", origin: "https://mail.example", region: "eu" },
  circumstances: {
    ...strictest,
    noticesShown: { service: products.service.notice.version },
    region: "eu",
  },
  collectedSinceMs: nowMs,
  nowMs,
};

function check(request: UseRequest, expected: "granted" | DenialReason): void {
  const decision = decide(request);
  expect(decision.kind === "granted" ? decision.kind : decision.because).toBe(expected);
}

function circumstances(request: UseRequest, changed: Partial<Circumstances>): UseRequest {
  return { ...request, circumstances: { ...request.circumstances, ...changed } };
}

/** What arrives when a caller was compiled against another version, or not compiled at all. */
function fromTheWire(request: UseRequest, changed: Record<string, unknown>): UseRequest {
  return { ...request, ...changed };
}

describe("usage statistics", () => {
  test("[A3] [A5] the report goes out after an explicit yes, and with it the eight figures only", () => {
    check(upload, "granted");
    check({ ...upload, items: [...reportItems, "assistant.source-code"] }, "purpose-not-declared");
    check({ ...upload, items: [...reportItems, "service.email"] }, "purpose-not-declared");
  });

  test("[A3] a prompt that was closed is not a yes", () => {
    check(circumstances(upload, { consents: [] }), "consent-missing");
  });

  test("[A4] a withdrawal stops the next upload, and the history stays", () => {
    const withdrawn: ConsentEvent = {
      answer: "withdrawn",
      purpose: "usage-statistics",
      atMs: nowMs,
    };
    check(circumstances(upload, { consents: [...allowed.consents, withdrawn] }), "consent-refused");
    const again: ConsentEvent = {
      answer: "given",
      purpose: "usage-statistics",
      origin: receiver,
      noticeVersion,
      atMs: nowMs,
    };
    const consents = [...allowed.consents, withdrawn, again];
    check({ ...circumstances(upload, { consents }), collectedSinceMs: nowMs }, "granted");
    check(circumstances(upload, { consents }), "collected-before-consent");
  });

  test("[A8] a yes holds for the receiver it was given for", () => {
    const elsewhere = { recipient: "statistics-receiver", origin: "https://else.example" } as const;
    check({ ...upload, destination: elsewhere }, "consent-missing");
    check(
      { ...upload, destination: { ...elsewhere, origin: `${receiver}:8443` } },
      "consent-missing",
    );
  });

  test("[C14] a yes to another version of the notice does not count", () => {
    for (const version of [noticeVersion - 1, noticeVersion + 1]) {
      const consents = allowed.consents.map((event) =>
        event.answer === "given" ? { ...event, noticeVersion: version } : event,
      );
      check(circumstances(upload, { consents }), "consent-outdated");
    }
  });

  test("what is outside the product can forbid", () => {
    check(circumstances(upload, { doNotTrack: true }), "do-not-track");
    check(circumstances(upload, { editorTelemetry: false }), "editor-forbids");
    check(circumstances(upload, { noticesShown: {} }), "notice-not-shown");
    const forbid = { forbiddenPurposes: ["usage-statistics"], allowedOrigins: "any" } as const;
    check(circumstances(upload, { organisation: forbid }), "organisation-forbids");
    const airGap = { forbiddenPurposes: [], allowedOrigins: [] };
    check(circumstances(upload, { organisation: airGap }), "organisation-forbids");
  });

  test("[A3] loopback does not replace the yes", () => {
    const destination = { recipient: "statistics-receiver", origin: "http://127.0.0.1:9" } as const;
    check({ ...upload, destination }, "consent-missing");
  });
});

describe("code and models", () => {
  test("[A2] code goes to a remote model only if the person chose that very endpoint and trusts the workspace", () => {
    check(askRemote, "granted");
    check(circumstances(askRemote, { consents: [] }), "consent-missing");
    check(circumstances(askRemote, { workspaceTrusted: false }), "workspace-not-trusted");
    check(
      {
        ...askRemote,
        destination: { recipient: "chosen-model", origin: "https://models.example.org" },
      },
      "consent-missing",
    );
  });

  test("a model on this machine needs no consent, but a permit and the loopback interface", () => {
    check(askLocal, "granted");
    for (const origin of ["http://localhost:1", "http://[::1]:8080", "ws://127.8.9.1"]) {
      check({ ...askLocal, destination: { recipient: "local-model", origin } }, "granted");
    }
    for (const origin of [
      "http://10.0.0.1",
      "https://localhost.example",
      "http://127.0.0.1.example",
      "http://0.0.0.0:8080",
    ]) {
      check({ ...askLocal, destination: { recipient: "local-model", origin } }, "not-this-machine");
    }
  });

  test("[A2] the completion index goes nowhere", () => {
    for (const request of [askRemote, askLocal, upload]) {
      check({ ...request, items: ["assistant.completion-index"] }, "purpose-not-declared");
    }
  });

  test("an organisation without outgoing traffic still has its local model", () => {
    const organisation = { forbiddenPurposes: [], allowedOrigins: [] };
    check(circumstances(askLocal, { organisation }), "granted");
    check(circumstances(askRemote, { organisation }), "organisation-forbids");
    const allowedOrigins = [model];
    check(
      circumstances(askRemote, { organisation: { forbiddenPurposes: [], allowedOrigins } }),
      "granted",
    );
  });
});

describe("the gateway and the service", () => {
  test("[G3] what is listed is passed on, nothing else", () => {
    check(relay, "granted");
    check({ ...relay, items: ["gateway.token-counts"] }, "purpose-not-declared");
    check({ ...relay, items: ["gateway.responses"] }, "recipient-not-declared");
    check({ ...relay, items: ["assistant.source-code"] }, "purpose-not-declared");
  });

  test("[G7] plain HTTP is refused unless it is loopback or explicitly allowed", () => {
    const plain = "http://models.example";
    const request: UseRequest = {
      ...relay,
      destination: { recipient: "configured-service", origin: plain },
    };
    check(request, "not-encrypted");
    check(circumstances(request, { plainHttpOrigins: [`${plain}:8080`] }), "not-encrypted");
    check(circumstances(request, { plainHttpOrigins: [plain] }), "granted");
    check(
      {
        ...request,
        destination: { recipient: "configured-service", origin: "http://localhost:8000" },
      },
      "granted",
    );
  });

  test("[C1] nothing is used before the current notice was shown", () => {
    check(mail, "granted");
    check(circumstances(mail, { noticesShown: { assistant: 1 } }), "notice-not-shown");
  });

  test("[C13] personal data does not go to a region without a mechanism, nor to an unknown one", () => {
    check({ ...mail, destination: { ...mail.destination, region: "us" } }, "no-transfer-mechanism");
    check(
      { ...mail, destination: { recipient: "mail-service", origin: "https://mail.example" } },
      "no-transfer-mechanism",
    );
  });

  test("[C6] nobody who is not declared receives anything", () => {
    check({ ...mail, destination: { ...relay.destination } }, "recipient-not-declared");
    check({ ...askRemote, destination: { ...upload.destination } }, "recipient-not-declared");
  });

  test("[C3] refused items are refused for every purpose, declared ones are not collected", () => {
    for (const [key, item] of Object.entries(inventory)) {
      if (item.state === "collected" || !isItemKey(key)) continue;
      for (const request of [upload, askRemote, askLocal, relay, mail]) {
        const expected = item.state === "refused" ? "item-refused" : "item-not-collected";
        check({ ...request, items: [...request.items, key] }, expected);
      }
    }
  });

  test("what does not make sense is denied", () => {
    check({ ...upload, items: [] }, "malformed-request");
    check({ ...upload, nowMs: Number.NaN }, "malformed-request");
    check({ ...upload, collectedSinceMs: Number.NaN }, "collected-before-consent");
    check(fromTheWire(upload, { items: ["assistant.keystrokes"] }), "unknown-item");
    check(fromTheWire(upload, { items: ["constructor"] }), "unknown-item");
    check(fromTheWire(upload, { purpose: "toString" }), "malformed-request");
    check(fromTheWire(upload, { purpose: "marketing" }), "malformed-request");
  });

  test("an address that is not in normal form is not guessed at", () => {
    for (const origin of [
      "https://models.example/",
      "https://user@models.example",
      "https://models.example@evil.example",
      "https://MODELS.example",
      "http://127.0.0.1#@evil.example",
      "http://localhost\\@evil.example",
      "https://models.example\n",
      "null",
      "file://",
      "",
    ]) {
      check(
        { ...relay, destination: { recipient: "configured-service", origin } },
        "origin-not-understood",
      );
    }
  });
});

describe("permits", () => {
  test("a permit says what it covers and ends after a minute", () => {
    const permit = granted(upload);
    expect(permit).toMatchObject({
      items: reportItems,
      purpose: "usage-statistics",
      recipient: "statistics-receiver",
      origin: receiver,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + permitLifetimeMs,
    });
    assertPermit(permit, { ...upload, origin: receiver });
    refuses(permit, { nowMs: permit.expiresAtMs }, "POLICY_PERMIT_EXPIRED");
    refuses(permit, { nowMs: nowMs - 1 }, "POLICY_PERMIT_EXPIRED");
    refuses(permit, { nowMs: Number.NaN }, "POLICY_PERMIT_EXPIRED");
    refuses(permit, { origin: "https://else.example" }, "POLICY_PERMIT_MISUSED");
    refuses(permit, { purpose: "relay" }, "POLICY_PERMIT_MISUSED");
    refuses(permit, { items: ["assistant.source-code"] }, "POLICY_PERMIT_MISUSED");
  });

  test("nobody but decide makes one", () => {
    const real = granted(upload);
    // @ts-expect-error -- an object with the same fields is not a permit: the type is nominal
    const literal: Permit = {
      items: real.items,
      purpose: real.purpose,
      recipient: real.recipient,
      origin: real.origin,
      issuedAtMs: real.issuedAtMs,
      expiresAtMs: real.expiresAtMs,
    };
    const forgeries: unknown[] = [
      literal,
      structuredClone(real),
      Object.create(real),
      Object.create(Permit.prototype),
      Object.assign(Object.create(Permit.prototype), real),
      new Proxy(real, {}),
      undefined,
      "permit",
    ];
    for (const forgery of forgeries) {
      expect(isPermit(forgery)).toBe(false);
      refuses(forgery, {}, "POLICY_NOT_A_PERMIT");
    }
    expect(() => new Permit(Symbol("policy.mint"), upload)).toThrow(PolicyError);
    expect(() => Reflect.construct(real.constructor, [undefined, upload])).toThrow(PolicyError);
    class Extended extends Permit {}
    expect(() => new Extended(Symbol("policy.mint"), upload)).toThrow(PolicyError);
  });

  test("a permit cannot be widened after it was made", () => {
    const items: ItemKey[] = [...reportItems];
    const permit = granted({ ...upload, items });
    items.push("assistant.source-code");
    expect(permit.items).toEqual(reportItems);
    expect(Object.isFrozen(permit)).toBe(true);
    expect(Object.isFrozen(permit.items)).toBe(true);
  });

  function granted(request: UseRequest): Permit {
    const decision = decide(request);
    if (decision.kind === "denied") throw new Error(`denied: ${decision.because}`);
    return decision.permit;
  }

  function refuses(
    permit: unknown,
    changed: Partial<Parameters<typeof assertPermit>[1]>,
    code: PolicyError["code"],
  ): void {
    const use = { ...upload, origin: receiver, ...changed };
    expect(() => assertPermit(permit, use)).toThrow(expect.objectContaining({ code }));
  }
});

describe("for all requests", () => {
  const origins = fc.constantFrom(receiver, model, "http://127.0.0.1:8080", "http://plain.example");
  const purposeKeys = fc.constantFrom(...(Object.keys(purposes) as (keyof typeof purposes)[]));
  const recipientKeys = fc.constantFrom(
    ...(Object.keys(recipients) as (keyof typeof recipients)[]),
  );
  const itemKeys = fc.constantFrom(...Object.keys(inventory).filter(isItemKey));
  const regions = fc.constantFrom("eu", "uk", "cn", "us", "other");
  const moments = fc.integer({ min: nowMs - 3, max: nowMs + 3 });
  const events: fc.Arbitrary<ConsentEvent> = fc.oneof(
    fc.record({
      answer: fc.constant("given"),
      purpose: fc.constantFrom("usage-statistics", "ask-chosen-model"),
      origin: origins,
      noticeVersion: fc.integer({ min: noticeVersion - 1, max: noticeVersion + 1 }),
      atMs: moments,
    }),
    fc.record(
      {
        answer: fc.constantFrom("refused", "withdrawn"),
        purpose: purposeKeys,
        origin: origins,
        atMs: moments,
      },
      { requiredKeys: ["answer", "purpose", "atMs"] },
    ),
  );
  const anyCircumstances: fc.Arbitrary<Circumstances> = fc.record(
    {
      consents: fc.array(events, { maxLength: 4 }),
      noticesShown: fc.record(
        {
          assistant: fc.integer({ min: noticeVersion - 1, max: noticeVersion + 1 }),
          gateway: fc.constant(1),
          service: fc.constant(1),
        },
        { requiredKeys: [] },
      ),
      editorTelemetry: fc.boolean(),
      doNotTrack: fc.boolean(),
      workspaceTrusted: fc.boolean(),
      organisation: fc.record({
        forbiddenPurposes: fc.array(purposeKeys, { maxLength: 2 }),
        allowedOrigins: fc.oneof(fc.constant("any"), fc.array(origins, { maxLength: 2 })),
      }),
      plainHttpOrigins: fc.array(origins, { maxLength: 1 }),
      region: regions,
    },
    {
      requiredKeys: [
        "consents",
        "noticesShown",
        "editorTelemetry",
        "doNotTrack",
        "workspaceTrusted",
        "organisation",
        "plainHttpOrigins",
      ],
    },
  );
  const destinations = fc.record(
    { recipient: recipientKeys, origin: origins, region: regions },
    { requiredKeys: ["recipient", "origin"] },
  );
  const anyRequest: fc.Arbitrary<UseRequest> = fc
    .record({
      items: fc.array(itemKeys, { minLength: 1, maxLength: 3 }),
      purpose: purposeKeys,
      destination: destinations,
      circumstances: anyCircumstances,
      collectedSinceMs: moments,
      nowMs: fc.constant(nowMs),
    })
    .chain((request) =>
      // Random keys almost never fit together, so most requests begin from one that would be granted.
      fc.constantFrom(
        request,
        {
          ...upload,
          circumstances: request.circumstances,
          collectedSinceMs: request.collectedSinceMs,
        },
        { ...askRemote, circumstances: request.circumstances },
        { ...askLocal, circumstances: request.circumstances, destination: request.destination },
        { ...relay, destination: { ...relay.destination, origin: request.destination.origin } },
      ),
    );

  test("[A3] no combination without a standing yes to that receiver grants statistics", () => {
    let grants = 0;
    fc.assert(
      fc.property(anyRequest, (request) => {
        const decision = decide({ ...request, purpose: "usage-statistics" });
        if (decision.kind === "denied") return;
        grants += 1;
        const { circumstances: facts, destination } = request;
        const answers = facts.consents.filter(
          (event) =>
            event.purpose === "usage-statistics" &&
            (event.origin === undefined || event.origin === destination.origin),
        );
        expect(answers.at(-1)).toMatchObject({ answer: "given", noticeVersion });
        expect(facts).toMatchObject({ editorTelemetry: true, doNotTrack: false });
        expect(request.items.every((key) => reportItems.includes(key))).toBe(true);
      }),
      { numRuns: 20_000, seed: 1 },
    );
    // Otherwise the property would hold for want of examples.
    expect(grants).toBeGreaterThan(0);
  });

  test("[A2] workspace text leaves the machine only with trust and a standing yes", () => {
    let grants = 0;
    fc.assert(
      fc.property(anyRequest, (request) => {
        const decision = decide(request);
        if (decision.kind === "denied" || !request.items.includes("assistant.source-code")) return;
        if (decision.permit.recipient === "local-model") {
          expect(decision.permit.origin).toBe("http://127.0.0.1:8080");
          return;
        }
        grants += 1;
        expect(decision.permit.recipient).toBe("chosen-model");
        expect(request.circumstances.workspaceTrusted).toBe(true);
        expect(
          request.circumstances.consents.some(
            (event) =>
              event.answer === "given" &&
              event.purpose === "ask-chosen-model" &&
              event.origin === decision.permit.origin,
          ),
        ).toBe(true);
      }),
      { numRuns: 20_000, seed: 2 },
    );
    expect(grants).toBeGreaterThan(0);
  });

  test("refusing wins: a refusal added to any circumstances never turns a no into a yes", () => {
    type Refuse = (facts: Circumstances, purpose: UseRequest["purpose"]) => Circumstances;
    const refusals = fc.constantFrom<Refuse[]>(
      (facts) => ({ ...facts, doNotTrack: true }),
      (facts) => ({ ...facts, editorTelemetry: false }),
      (facts) => ({ ...facts, workspaceTrusted: false }),
      (facts) => ({ ...facts, noticesShown: {} }),
      (facts) => ({ ...facts, plainHttpOrigins: [] }),
      (facts) => ({ ...facts, organisation: { ...facts.organisation, allowedOrigins: [] } }),
      (facts, purpose) => ({
        ...facts,
        organisation: { ...facts.organisation, forbiddenPurposes: [purpose] },
      }),
      (facts, purpose) => ({
        ...facts,
        consents: [...facts.consents, { answer: "refused", purpose, atMs: nowMs }],
      }),
    );
    fc.assert(
      fc.property(anyRequest, refusals, (request, refuse) => {
        if (decide(request).kind === "granted") return;
        const facts = refuse(request.circumstances, request.purpose);
        expect(decide({ ...request, circumstances: facts }).kind).toBe("denied");
      }),
      { numRuns: 10_000, seed: 3 },
    );
  });

  test("a person who only ever said no, or nothing, grants no consent purpose at all", () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const consents = request.circumstances.consents.filter((event) => event.answer !== "given");
        const decision = decide(circumstances(request, { consents }));
        if (decision.kind === "granted") {
          expect(["usage-statistics", "ask-chosen-model"]).not.toContain(request.purpose);
        }
      }),
      { numRuns: 10_000, seed: 4 },
    );
  });
});
