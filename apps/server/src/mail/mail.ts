/**
 * Letters to people. They are sent in the background: a page that waited for a mail server would tell by its speed who has an
 * account, and would fail with it. Without a mail server they are written into a folder, one file each.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { createTransport } from "nodemailer";
import type { Log } from "../log.ts";

/** One letter in the language of its reader. Plain text: nothing is loaded from anywhere when it is opened. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Where letters go. */
export interface MailPlace {
  /** `smtp://user:password@host:587` or `smtps://…`; without it letters go to `outbox`. */
  readonly url?: string | undefined;
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

/** Builds the mail of a running service. */
export function createMail(place: MailPlace, log: Log): Mail {
  const deliver = place.url === undefined ? toFolder(place) : toServer(place.url, place.from);
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
      if (waitMs === undefined) log.write({ event: "mail-lost", code: codeOf(error) });
      else await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    }
  }
}

function toServer(url: string, from: string): Deliver {
  const transport = createTransport(url);
  return async ({ to, subject, text }) => {
    await transport.sendMail({ from, to, subject, text });
  };
}

function toFolder({ outbox, from }: MailPlace): Deliver {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
  let sent = 0;
  return async ({ to, subject, text }) => {
    // Two letters of one millisecond still lie in the order in which they were sent.
    const order = String((sent += 1)).padStart(6, "0");
    const name = `${new Date().toISOString().replaceAll(":", "-")}-${order}-${randomUUID().slice(0, 8)}.eml`;
    const { message } = await transport.sendMail({ from, to, subject, text });
    await mkdir(outbox, { recursive: true, mode: 0o700 });
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
