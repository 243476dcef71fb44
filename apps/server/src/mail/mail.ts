/**
 * Letters to people. They are sent in the background: a page that waited for a mail server would tell by its speed who has an
 * account, and would fail with it. Without a mail server they are written into a folder, one file each.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import {
  assertTransferPermit,
  type ItemKey,
  type TransferPermit,
  type TransferTarget,
} from "@cloud-code/policy";
import { createTransport } from "nodemailer";
import type { Log } from "../log.ts";

/** One letter in the language of its reader. Plain text: nothing is loaded from anywhere when it is opened. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A mail server, and where it is: a letter carries an address there, so nobody gets one without the other. */
export interface MailServer {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly url: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** Where letters go. */
export interface MailPlace {
  /** Without one, letters go to `outbox`. */
  readonly server?: MailServer | undefined;
  readonly outbox: string;
  /** The sender's address. */
  readonly from: string;
}

/** Sends letters. */
export interface Mail {
  /** Begins to send and returns at once. A letter that cannot be delivered is tried three times, then counted in the log. */
  readonly send: (letter: Letter) => void;
  /** The same for a letter that has to be written first, for example because its reader's address has to be looked up. */
  readonly sendLater: (write: () => Promise<Letter | undefined>) => void;
  /** Waits until nothing is under way. */
  readonly settled: () => Promise<void>;
}

type Deliver = (letter: Letter) => Promise<void>;

const RETRY_MS = [1_000, 10_000];

/** A letter that may not leave: nothing is on record that allows it. */
export class TransferRefused extends Error {
  readonly code: string;

  constructor(because: string) {
    super(
      `The letter was not sent: ${because}. Record where the mail server is and what allows the transfer on the console's page of transfers.`,
    );
    this.name = "TransferRefused";
    this.code = `transfer-${because}`;
  }
}

/** What a letter carries to the mail server. */
export const letterItems: readonly ItemKey[] = ["service.email"];

/** What a letter to a server needs beside its words: leave to cross the border, and the moment. */
export interface MailGate {
  readonly gate: {
    /** Throws `TransferRefused`. */
    readonly permitLetter: (
      address: string,
    ) => Promise<{ readonly permit: TransferPermit; readonly to: TransferTarget }>;
  };
  readonly now: () => number;
}

/** Builds the mail of a running service. */
export function createMail(place: MailPlace, log: Log, gate: MailGate): Mail {
  const deliver =
    place.server === undefined ? toFolder(place) : toServer(place.server, place.from, gate);
  const underway = new Set<Promise<void>>();
  const follow = (work: Promise<void>): void => {
    const followed = work.finally(() => underway.delete(followed));
    underway.add(followed);
  };
  return {
    send: (letter) => follow(deliverPatiently(deliver, letter, log)),
    sendLater: (write) => follow(writeAndDeliver(deliver, write, log)),
    settled: async () => {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
}

async function writeAndDeliver(
  deliver: Deliver,
  write: () => Promise<Letter | undefined>,
  log: Log,
): Promise<void> {
  let letter: Letter | undefined;
  try {
    letter = await write();
  } catch (error) {
    log.write({ event: "mail-lost", code: codeOf(error) });
    return;
  }
  if (letter !== undefined) await deliverPatiently(deliver, letter, log);
}

async function deliverPatiently(deliver: Deliver, letter: Letter, log: Log): Promise<void> {
  for (const waitMs of [...RETRY_MS, undefined]) {
    try {
      await deliver(letter);
      return;
    } catch (error) {
      // Leave that is not given now is not given in ten seconds.
      if (waitMs === undefined || error instanceof TransferRefused)
        return log.write({ event: "mail-lost", code: codeOf(error) });
      await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    }
  }
}

function toServer({ url }: MailServer, from: string, { gate, now }: MailGate): Deliver {
  const transport = createTransport(url);
  return async ({ to, subject, text }) => {
    const { permit, to: target } = await gate.permitLetter(to);
    assertTransferPermit(permit, { items: letterItems, to: target, nowMs: now() });
    await transport.sendMail({ from, to, subject, text });
  };
}

function toFolder({ outbox, from }: MailPlace): Deliver {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
  return async ({ to, subject, text }) => {
    const { message } = await transport.sendMail({ from, to, subject, text });
    await mkdir(outbox, { recursive: true, mode: 0o700 });
    const name = `${new Date().toISOString().replaceAll(":", "-")}-${randomUUID().slice(0, 8)}.eml`;
    const unfinished = join(outbox, `.${name}`);
    await writeFile(unfinished, message as Buffer, { mode: 0o600 });
    await rename(unfinished, join(outbox, name));
  };
}

/** The kind of a failure; its message may quote the address. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
}
