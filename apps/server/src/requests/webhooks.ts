/**
 * Tells recipients that data was erased, corrected or restricted (GDPR article 19). A message is signed, sent to public addresses over
 * HTTPS only, never follows a redirect, and is tried again until it is confirmed.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { lookup } from "node:dns/promises";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";
import { and, asc, eq, isNull, lte } from "drizzle-orm";
import { byService, type AuditTrail } from "../audit/trail.ts";
import type { Services } from "../services.ts";
import { createSeal, type Seal } from "./seal.ts";
import type { RequestLine, RequestStore } from "./store.ts";
import { webhookDeliveries, webhookEndpoints } from "./tables.ts";

/** What happened to a person's data. */
export type WebhookKind = "erased" | "corrected" | "restricted" | "unrestricted";

/** Sends one message; throws when it was not confirmed. */
export type Post = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<void>;

const RETRY_MS = [60_000, 300_000, 1_800_000, 7_200_000, 43_200_000, 86_400_000];
const TIMEOUT_MS = 10_000;
const SIGNATURE_MS = 5 * 60_000;

/** The recipients' endpoints and what they still have to be told. */
export class Webhooks {
  readonly #services: Pick<Services, "database" | "now" | "config">;
  readonly #store: RequestStore;
  readonly #trail: AuditTrail;
  readonly #seal: Seal;
  readonly #post: Post;

  constructor(
    services: Pick<Services, "database" | "now" | "config">,
    store: RequestStore,
    trail: AuditTrail,
    post: Post = postSafely,
  ) {
    this.#services = services;
    this.#store = store;
    this.#trail = trail;
    this.#post = post;
    this.#seal = createSeal(services.config.secret, "webhooks");
  }

  /** Adds an endpoint of a recipient. The key is given out once, here; the recipient checks signatures with it. */
  async register(recipient: string, url: string): Promise<{ readonly key: string }> {
    if (new URL(url).protocol !== "https:")
      throw new AddressError("It has to begin with https://.");
    const key = randomBytes(32).toString("base64url");
    await this.#services.database.orm
      .insert(webhookEndpoints)
      .values({ recipient, url, sealedKey: this.#seal.close(key) });
    return { key };
  }

  /** Writes down what every endpoint has to be told of a request; done twice it adds nothing. Returns how many were added. */
  async announce(request: RequestLine, kind: WebhookKind): Promise<number> {
    const { orm } = this.#services.database;
    const content = this.#store.contentOf(request);
    if (content === undefined) return 0;
    return orm.transaction(async (transaction) => {
      const known = await transaction
        .select({ endpointId: webhookDeliveries.endpointId })
        .from(webhookDeliveries)
        .where(eq(webhookDeliveries.requestId, request.id));
      const endpoints = (await transaction.select().from(webhookEndpoints)).filter(
        ({ id }) => !known.some(({ endpointId }) => endpointId === id),
      );
      if (endpoints.length === 0) return 0;
      const sealed = this.#seal.close({
        event: kind,
        request: request.number,
        email: content.email,
      });
      const nextAt = new Date(this.#services.now());
      await transaction
        .insert(webhookDeliveries)
        .values(
          endpoints.map(({ id }) => ({ requestId: request.id, endpointId: id, sealed, nextAt })),
        );
      return endpoints.length;
    });
  }

  /** Sends what is due. Returns how many were confirmed. */
  async deliver(): Promise<number> {
    const { orm } = this.#services.database;
    const due = await orm
      .select()
      .from(webhookDeliveries)
      .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
      .where(
        and(
          isNull(webhookDeliveries.deliveredAt),
          lte(webhookDeliveries.nextAt, new Date(this.#services.now())),
        ),
      )
      .orderBy(asc(webhookDeliveries.nextAt))
      .limit(100);
    let confirmed = 0;
    for (const { webhook_deliveries: delivery, webhook_endpoints: endpoint } of due) {
      if (delivery.sealed === null) continue;
      const body = JSON.stringify({
        id: delivery.id,
        ...(this.#seal.open(delivery.sealed) as object),
      });
      const key = this.#seal.open(endpoint.sealedKey) as string;
      try {
        await this.#post(endpoint.url, body, signatureHeaders(key, body, this.#services.now()));
        await orm
          .update(webhookDeliveries)
          // What names the person is not needed any more.
          .set({ deliveredAt: new Date(this.#services.now()), sealed: null, problem: null })
          .where(eq(webhookDeliveries.id, delivery.id));
        await this.#trail.record({
          actor: byService,
          action: "recipient-told",
          purpose: "keep-records",
          detail: { recipient: endpoint.recipient, delivery: delivery.id },
        });
        confirmed += 1;
      } catch (error) {
        const waitMs = RETRY_MS[Math.min(delivery.attempts, RETRY_MS.length - 1)] ?? TIMEOUT_MS;
        await orm
          .update(webhookDeliveries)
          .set({
            attempts: delivery.attempts + 1,
            nextAt: new Date(this.#services.now() + waitMs),
            problem: error instanceof AddressError ? error.message : "It was not confirmed.",
          })
          .where(eq(webhookDeliveries.id, delivery.id));
      }
    }
    return confirmed;
  }

  /** How many messages wait for their confirmation. */
  async countWaiting(): Promise<number> {
    return this.#services.database.orm.$count(
      webhookDeliveries,
      isNull(webhookDeliveries.deliveredAt),
    );
  }
}

/** The headers by which a recipient knows that a message is ours and fresh. */
export function signatureHeaders(
  key: string,
  body: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  const time = String(Math.floor(nowMs / 1000));
  return { "cloud-code-time": time, "cloud-code-signature": sign(key, time, body) };
}

/** What a recipient does: whether a message is signed with the key and not older than five minutes. */
export function verifySignature(
  key: string,
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): boolean {
  const time = headers["cloud-code-time"] ?? "";
  const given = Buffer.from(headers["cloud-code-signature"] ?? "");
  const expected = Buffer.from(sign(key, time, body));
  return (
    Math.abs(nowMs - Number(time) * 1000) <= SIGNATURE_MS &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}

function sign(key: string, time: string, body: string): string {
  return `v1=${createHmac("sha256", key).update(`${time}.${body}`).digest("hex")}`;
}

/** An address that must not be called. */
class AddressError extends Error {
  readonly code = "address-refused";
}

const inner = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  inner.addSubnet(network, prefix, "ipv4");
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");
const special6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  special6.addSubnet(network, prefix, "ipv6");

/** Whether an address is one of the public internet: not this machine, not its networks, nothing reserved. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !inner.check(address, "ipv4");
  return isIP(address) === 6 && global6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

/** Finds the addresses of a host; every one has to be public, or none is used. Throws `AddressError`. */
export async function resolvePublic(
  url: URL,
  resolve: (host: string) => Promise<readonly string[]> = resolveHost,
): Promise<string> {
  if (url.protocol !== "https:") throw new AddressError("It has to begin with https://.");
  if (url.username !== "" || url.password !== "")
    throw new AddressError("It must not carry a user name or password.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  const [first] = addresses;
  if (first === undefined) throw new AddressError("The host has no address.");
  if (!addresses.every(isPublicAddress))
    throw new AddressError("The host is on a private network.");
  return first;
}

async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/**
 * Posts to the address that was checked and to no other: the name is looked up once, so it cannot point elsewhere by the time the
 * connection is made. A redirect is an answer like any other and no confirmation.
 */
export async function postSafely(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  trust: {
    readonly resolve?: (host: string) => Promise<readonly string[]>;
    readonly ca?: string;
  } = {},
): Promise<void> {
  const target = new URL(url);
  const address = await resolvePublic(target, trust.resolve);
  await new Promise<void>((resolve, reject) => {
    const outgoing = httpsRequest(
      {
        host: address,
        port: target.port === "" ? 443 : Number(target.port),
        path: `${target.pathname}${target.search}`,
        method: "POST",
        servername: isIP(target.hostname) === 0 ? target.hostname : "",
        headers: {
          ...headers,
          host: target.host,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
        timeout: TIMEOUT_MS,
        ...(trust.ca === undefined ? {} : { ca: trust.ca }),
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`The recipient answered ${status}.`));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("The recipient did not answer.")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
