import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { eq, isNotNull, isNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "../accounts/tables.ts";
import { auditEntries } from "../audit/tables.ts";
import { openTestService, type TestService } from "../testing/index.ts";
import { createRights, type Rights } from "./rights.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";
import { isPublicAddress, postSafely, resolvePublic } from "./post.ts";
import { signatureHeaders, verifySignature } from "./webhooks.ts";

describe("an address that is called", () => {
  const refused = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "not-an-address",
  ];
  it.each(refused)("is not %s", (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(["8.8.8.8", "93.184.216.34", "2606:4700::1111"])("may be %s", (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  const to = async (url: string, ...addresses: string[]) =>
    resolvePublic(new URL(url), async () => Promise.resolve(addresses));
  it("is refused when one of the host's addresses is private, however it is written", async () => {
    await expect(to("https://rebind.example/", "8.8.8.8", "127.0.0.1")).rejects.toThrow(
      "private network",
    );
    for (const url of [
      "https://127.0.0.1/",
      "https://2130706433/",
      "https://0x7f.1/",
      "https://[::1]/",
      "https://[::ffff:7f00:1]/",
      "https://127.1/",
    ])
      await expect(resolvePublic(new URL(url)), url).rejects.toThrow("private network");
    await expect(to("http://ok.example/", "8.8.8.8")).rejects.toThrow("https");
    await expect(to("https://user:pass@ok.example/", "8.8.8.8")).rejects.toThrow("user name");
    await expect(to("https://empty.example/")).rejects.toThrow("no address");
    expect(await to("https://ok.example/", "8.8.8.8")).toBe("8.8.8.8");
  });
});

it("a signature fits its key, its body and its time, and nothing else", () => {
  const nowMs = 1_800_000_000_000;
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.string(),
      fc.integer({ min: -600, max: 600 }),
      (key, body, other, seconds) => {
        const headers = signatureHeaders(key, body, nowMs);
        expect(verifySignature(key, body, headers, nowMs + seconds * 1000)).toBe(
          Math.abs(seconds) <= 300,
        );
        expect(verifySignature(key, other, headers, nowMs)).toBe(other === body);
        expect(verifySignature(`${key}x`, body, headers, nowMs)).toBe(false);
      },
    ),
  );
});

describe("[C7] recipients", () => {
  let service: TestService;
  let rights: Rights;
  let folder: string;
  let server: Server;
  let status = 200;
  const refusals: string[] = [];
  const received: {
    readonly body: string;
    readonly headers: Record<string, string | undefined>;
  }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cc-webhook-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        key,
        "-out",
        cert,
        "-days",
        "2",
        "-subj",
        "/CN=hooks.example",
        "-addext",
        "subjectAltName=DNS:hooks.example",
      ],
      { stdio: "pipe" },
    );
    server = createServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          received.push({ body, headers: request.headers as Record<string, string | undefined> });
          response
            .writeHead(status, status === 302 ? { location: "https://127.0.0.1/" } : {})
            .end();
        });
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const ca = readFileSync(cert, "utf8");
    service = await openTestService();
    // The test's server is on this machine, which the guard refuses; so here the guard's answer is replaced after it was asked.
    rights = createRights(service.services, {
      post: async (url, body, headers) => {
        const guarded = postSafely(url, body, headers, {
          ca,
          resolve: () => Promise.resolve(["127.0.0.1"]),
        });
        refusals.push(await guarded.then(String, String));
        const { request } = await import("node:https");
        await new Promise<void>((resolve, reject) => {
          const outgoing = request(
            { host: "127.0.0.1", port, method: "POST", servername: "hooks.example", ca, headers },
            (response) => {
              response.resume();
              if (response.statusCode === 200) resolve();
              else reject(new Error("not confirmed"));
            },
          );
          outgoing.on("error", reject);
          outgoing.end(body);
        });
      },
    });
  });
  afterAll(async () => {
    await service.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("an endpoint is taken away once, and the trail says so once", async () => {
    const { orm } = service.services.database;
    const noted = async (): Promise<number> =>
      orm.$count(auditEntries, eq(auditEntries.action, "webhook-changed"));
    await rights.transfers.place("mail-service", "IE", "https://hooks.example");
    await rights.webhooks.register("mail-service", "https://hooks.example/once");
    const [endpoint] = await orm.select({ id: webhookEndpoints.id }).from(webhookEndpoints);
    const before = await noted();
    await rights.webhooks.remove(endpoint?.id ?? "");
    await rights.webhooks.remove(endpoint?.id ?? "");
    expect(await noted()).toBe(before + 1);
  });

  it("are told of an erasure, signed, again until they confirm, at once when an officer says so", async () => {
    const { orm } = service.services.database;
    await rights.transfers.place("mail-service", "IE", "https://hooks.example");
    await expect(rights.webhooks.register("mail-service", "http://hooks.example/")).rejects.toThrow(
      "https",
    );
    const { key } = await rights.webhooks.register("mail-service", "https://hooks.example/erased");
    const now = new Date(service.services.now());
    await orm.insert(users).values({
      id: "w1",
      name: "w",
      username: "walker",
      displayUsername: "walker",
      email: "walker@example.com",
      oldEnough: true,
      createdAt: now,
      updatedAt: now,
    });
    await rights.handling.ask("w1", { right: "delete", language: "en" });
    status = 302;
    expect(await rights.webhooks.deliver()).toBe(0);
    status = 200;
    expect(await rights.webhooks.deliver()).toBe(0);
    const [waiting] = await rights.webhooks.deliveries(1);
    expect(await rights.webhooks.sendAgain(waiting?.id ?? "", "p-officer")).toBe(true);
    expect(await rights.webhooks.deliver()).toBe(1);
    expect(await rights.webhooks.deliver()).toBe(0);
    expect(received).toHaveLength(2);
    for (const { headers } of received)
      expect(headers["cloud-code-delivery"]).toBe(waiting?.id ?? "");
    const [entry] = await orm
      .select()
      .from(auditEntries)
      .where(eq(auditEntries.action, "sent-again"));
    expect(entry).toMatchObject({
      actor: "p-officer",
      detail: { recipient: "mail-service", delivery: waiting?.id },
    });
    expect(refusals[0]).toContain("private network");
    const [, last] = received;
    expect(JSON.parse(last?.body ?? "")).toMatchObject({
      event: "erased",
      email: "walker@example.com",
    });
    expect(
      verifySignature(key, last?.body ?? "", last?.headers ?? {}, service.services.now()),
    ).toBe(true);
    expect(await orm.$count(webhookDeliveries, isNull(webhookDeliveries.deliveredAt))).toBe(0);

    // Confirmed: nothing is left that names the person, and nothing to send.
    const [confirmed] = await orm.select().from(webhookDeliveries);
    expect(confirmed).toMatchObject({ attempts: 2, sealed: null });
    expect(await rights.webhooks.sendAgain(confirmed?.id ?? "", "p-officer")).toBe(false);
    expect(await rights.webhooks.sendAgain("none", "p-officer")).toBe(false);
    expect(await rights.webhooks.deliver()).toBe(0);
  });

  it("[C11] are told of a child's erasure, and then nothing that names it is kept", async () => {
    const { orm } = service.services.database;
    const now = new Date(service.services.now());
    await orm.insert(users).values({
      id: "c1",
      name: "c",
      username: "little",
      displayUsername: "little",
      email: "little@example.com",
      oldEnough: true,
      createdAt: now,
      updatedAt: now,
    });
    await rights.handling.deleteChild("c1", "p-officer");
    expect(await rights.webhooks.deliver()).toBe(1);
    expect(await orm.$count(webhookDeliveries, isNotNull(webhookDeliveries.sealed))).toBe(0);
  });
});
