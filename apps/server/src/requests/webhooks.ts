/**
 * Tells recipients that data was erased, corrected or restricted (GDPR article 19). A message is signed, sent to public addresses over
 * HTTPS only and only under a permit for the transfer, never follows a redirect, and is tried again until it is confirmed.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  assertTransferPermit,
  type ItemKey,
  type RecipientKey,
  type Region,
} from "@cloud-code/policy";
import { and, asc, desc, eq, isNull, lte } from "drizzle-orm";
import { z } from "zod";
import { byService, type AuditTrail } from "../audit/trail.ts";
import type { Services } from "../services.ts";
import type { TransferGate } from "../transfers/gate.ts";
import { AddressError, postSafely } from "./post.ts";
import { createSeal, type Seal } from "./seal.ts";
import type { RequestLine, RequestStore } from "./store.ts";
import { rightsRequests, webhookDeliveries, webhookEndpoints } from "./tables.ts";

/** What happened to a person's data. */
export type WebhookKind = (typeof webhookDeliveries.$inferSelect)["kind"];

/** The body of a message. The same message may come more than once; its `id` is the same then. */
export const webhookMessage = z.strictObject({
  id: z.uuid(),
  event: z.enum(["erased", "corrected", "restricted", "unrestricted"]),
  request: z.string(),
  email: z.string(),
});

/** Where a recipient wants to be told. */
export interface Endpoint {
  readonly id: string;
  readonly recipient: string;
  readonly url: string;
}

const problems = ["transferRefused", "addressRefused", "unconfirmed"] as const;

/** Why a message is not confirmed. */
export type DeliveryProblem = (typeof problems)[number];

/** A message as the console shows it. */
export interface Delivery {
  readonly id: string;
  readonly kind: WebhookKind;
  readonly recipient: string;
  readonly url: string;
  /** The number of the request. */
  readonly number: string;
  readonly attempts: number;
  readonly nextMs: number;
  readonly deliveredMs: number | undefined;
  /** Why the last try failed. */
  readonly problem: DeliveryProblem | undefined;
}

/** What is sealed with a message until it is confirmed. */
interface Told extends Omit<z.infer<typeof webhookMessage>, "id"> {
  readonly pseudonym: string;
  readonly region: Region | undefined;
}

/** Sends one message; throws when it was not confirmed. */
export type Post = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<void>;

const RETRY_MS = [60_000, 300_000, 1_800_000, 7_200_000, 43_200_000, 86_400_000];
const SIGNATURE_MS = 5 * 60_000;

/** The recipients' endpoints and what they still have to be told. */
export class Webhooks {
  readonly #services: Pick<Services, "database" | "now" | "config">;
  readonly #store: RequestStore;
  readonly #trail: AuditTrail;
  readonly #seal: Seal;
  readonly #gate: Pick<TransferGate, "permit">;
  readonly #post: Post;

  constructor(
    services: Pick<Services, "database" | "now" | "config">,
    store: RequestStore,
    trail: AuditTrail,
    gate: Pick<TransferGate, "permit">,
    post: Post = postSafely,
  ) {
    this.#services = services;
    this.#store = store;
    this.#trail = trail;
    this.#gate = gate;
    this.#post = post;
    this.#seal = createSeal(services.config.secret, "webhooks");
  }

  /** Adds an endpoint of a recipient. The key is given out once, here; the recipient checks signatures with it. */
  async register(
    recipient: RecipientKey,
    url: string,
    actor: string = byService,
  ): Promise<{ readonly key: string }> {
    if (new URL(url).protocol !== "https:")
      throw new AddressError("It has to begin with https://.");
    const key = randomBytes(32).toString("base64url");
    await this.#services.database.orm
      .insert(webhookEndpoints)
      .values({ recipient, url, sealedKey: this.#seal.close(key) });
    await this.#trail.record({
      actor,
      action: "webhook-changed",
      purpose: "keep-records",
      detail: { recipient, endpoint: "added" },
    });
    return { key };
  }

  /** Takes an endpoint away, with what it was not told yet. */
  async remove(id: string, actor: string = byService): Promise<void> {
    const [removed] = await this.#services.database.orm
      .delete(webhookEndpoints)
      .where(eq(webhookEndpoints.id, id))
      .returning({ recipient: webhookEndpoints.recipient });
    if (removed === undefined) return;
    await this.#trail.record({
      actor,
      action: "webhook-changed",
      purpose: "keep-records",
      detail: { recipient: removed.recipient, endpoint: "removed" },
    });
  }

  /** The endpoints, without their keys. */
  async endpoints(): Promise<readonly Endpoint[]> {
    const { id, recipient, url } = webhookEndpoints;
    return this.#services.database.orm
      .select({ id, recipient, url })
      .from(webhookEndpoints)
      .orderBy(recipient, url);
  }

  /** The latest messages, the ones that wait first. What they say of the person is not shown. */
  async deliveries(limit: number): Promise<readonly Delivery[]> {
    const rows = await this.#services.database.orm
      .select({
        delivery: webhookDeliveries,
        url: webhookEndpoints.url,
        recipient: webhookEndpoints.recipient,
        number: rightsRequests.number,
      })
      .from(webhookDeliveries)
      .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
      .innerJoin(rightsRequests, eq(rightsRequests.id, webhookDeliveries.requestId))
      .orderBy(desc(webhookDeliveries.deliveredAt), desc(webhookDeliveries.nextAt))
      .limit(limit);
    return rows.map(({ delivery, ...rest }) => ({
      ...rest,
      id: delivery.id,
      kind: delivery.kind,
      attempts: delivery.attempts,
      nextMs: delivery.nextAt.getTime(),
      deliveredMs: delivery.deliveredAt?.getTime(),
      problem: problems.find((each) => each === delivery.problem),
    }));
  }

  /**
   * Makes a message that waits due now. It keeps its id, by which the recipient knows it again, and is signed anew. Whether there was
   * one: of a confirmed message nothing is kept that could be sent, since it names somebody who may have been erased.
   */
  async sendAgain(id: string, actor: string): Promise<boolean> {
    if (!z.uuid().safeParse(id).success) return false;
    return this.#services.database.orm.transaction(async (transaction) => {
      const [due] = await transaction
        .update(webhookDeliveries)
        .set({ nextAt: new Date(this.#services.now()) })
        .where(and(eq(webhookDeliveries.id, id), isNull(webhookDeliveries.deliveredAt)))
        .returning({ endpointId: webhookDeliveries.endpointId });
      if (due === undefined) return false;
      const [endpoint] = await transaction
        .select({ recipient: webhookEndpoints.recipient })
        .from(webhookEndpoints)
        .where(eq(webhookEndpoints.id, due.endpointId));
      await this.#trail.record(
        {
          actor,
          action: "sent-again",
          purpose: "keep-records",
          detail: { recipient: endpoint?.recipient ?? "", delivery: id },
        },
        transaction,
      );
      return true;
    });
  }

  /** Writes down what every endpoint has to be told of a request; done twice it adds nothing. Returns how many were added. */
  async announce(request: RequestLine, kind: WebhookKind): Promise<number> {
    const { orm } = this.#services.database;
    const content = this.#store.contentOf(request);
    if (content === undefined) return 0;
    const endpoints = await orm.select({ id: webhookEndpoints.id }).from(webhookEndpoints);
    if (endpoints.length === 0) return 0;
    const { email, pseudonym } = content;
    const sealed = this.#seal.close({
      event: kind,
      request: request.number,
      email,
      pseudonym,
      region: request.state.region,
    } satisfies Told);
    const nextAt = new Date(this.#services.now());
    const { rowCount } = await orm
      .insert(webhookDeliveries)
      .values(
        endpoints.map(({ id }) => ({
          requestId: request.id,
          endpointId: id,
          kind,
          sealed,
          nextAt,
        })),
      )
      .onConflictDoNothing();
    return rowCount ?? 0;
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
      const problem = await this.#send(
        delivery.id,
        endpoint,
        this.#seal.open(delivery.sealed) as Told,
      );
      if (problem === undefined) {
        await orm
          .update(webhookDeliveries)
          .set({
            attempts: delivery.attempts + 1,
            deliveredAt: new Date(this.#services.now()),
            // What names the person is not needed any more.
            sealed: null,
            problem: null,
          })
          .where(eq(webhookDeliveries.id, delivery.id));
        await this.#trail.record({
          actor: byService,
          action: "recipient-told",
          purpose: "keep-records",
          detail: { recipient: endpoint.recipient, delivery: delivery.id },
        });
        confirmed += 1;
        continue;
      }
      const waitMs = RETRY_MS[Math.min(delivery.attempts, RETRY_MS.length - 1)] ?? 86_400_000;
      await orm
        .update(webhookDeliveries)
        .set({
          attempts: delivery.attempts + 1,
          nextAt: new Date(this.#services.now() + waitMs),
          problem,
        })
        .where(eq(webhookDeliveries.id, delivery.id));
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

  /** Sends one message under a permit; answers why it was not confirmed, or nothing. */
  async #send(
    id: string,
    { recipient, url, sealedKey }: typeof webhookEndpoints.$inferSelect,
    { pseudonym, region, ...told }: Told,
  ): Promise<DeliveryProblem | undefined> {
    const items: readonly ItemKey[] = ["service.email"];
    const answer = await this.#gate.permit({
      recipient: recipient as RecipientKey,
      items,
      purpose: "service-mail",
      subject: pseudonym,
      from: region,
    });
    if (answer.kind === "refused") return "transferRefused";
    assertTransferPermit(answer.permit, { items, to: answer.to, nowMs: this.#services.now() });
    const body = JSON.stringify({ id, ...told } satisfies z.input<typeof webhookMessage>);
    const key = this.#seal.open(sealedKey) as string;
    try {
      await this.#post(url, body, {
        ...signatureHeaders(key, body, this.#services.now()),
        "cloud-code-delivery": id,
      });
      return undefined;
    } catch (error) {
      // Whatever the network says: the message waits, and the page of webhooks shows that it does.
      return error instanceof AddressError ? "addressRefused" : "unconfirmed";
    }
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
