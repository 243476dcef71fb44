/**
 * Letters to people. They are sent in the background: a page that waited for a mail server would tell by its speed who has an account,
 * and would fail with it. Without a mail server they are written into a folder, one file each. With one, a letter is a file in that
 * folder until the server has taken it, so that neither a server that is down nor the end of this process loses it.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
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
  /** The folder of letters: all of them without a server, else those it has not taken yet. */
  readonly outbox: string;
  /** The sender's address. */
  readonly from: string;
}

/** Sends letters. */
export interface Mail {
  /** Begins to send and returns at once. A letter that a server does not take now is tried again by `retry`. */
  readonly send: (letter: Letter) => void;
  /** The same for a letter that has to be written first, for example because its reader's address has to be looked up. */
  readonly sendLater: (write: () => Promise<Letter | undefined>) => void;
  /** Tries the letters again that no server has taken yet. Returns how many are gone. */
  readonly retry: () => Promise<number>;
  /** Waits until nothing is under way. */
  readonly settled: () => Promise<void>;
}

/** How long a letter is tried; the links in letters are over by then. */
const GIVE_UP_MS = 3 * 24 * 60 * 60 * 1000;
const WAITING = ".waiting.json";

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
  const post =
    place.server === undefined ? new Folder(place) : new Server(place, place.server, log, gate);
  const underway = new Set<Promise<void>>();
  const follow = (work: Promise<void>): void => {
    const followed = work
      .catch((error: unknown) => log.write({ event: "mail-lost", code: codeOf(error) }))
      .finally(() => underway.delete(followed));
    underway.add(followed);
  };
  return {
    send: (letter) => follow(post.send(letter)),
    sendLater: (write) =>
      follow(
        (async () => {
          const letter = await write();
          if (letter !== undefined) await post.send(letter);
        })(),
      ),
    retry: async () => post.retry(),
    settled: async () => {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
}

/** How many letters in a folder wait for a mail server. */
export async function countWaiting(outbox: string): Promise<number> {
  return (await listWaiting(outbox)).length;
}

interface Post {
  readonly send: (letter: Letter) => Promise<void>;
  readonly retry: () => Promise<number>;
}

/** Letters as files, for whoever has no mail server yet. */
class Folder implements Post {
  readonly #place: MailPlace;

  constructor(place: MailPlace) {
    this.#place = place;
  }

  async send({ to, subject, text }: Letter): Promise<void> {
    const name = newName(".eml");
    const transport = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
    const { message } = await transport.sendMail({ from: this.#place.from, to, subject, text });
    await writeWhole(this.#place.outbox, name, message as Buffer);
  }

  async retry(): Promise<number> {
    return Promise.resolve(0);
  }
}

interface Waiting extends Letter {
  readonly sinceMs: number;
}

/** Letters to a mail server. */
class Server implements Post {
  readonly #place: MailPlace;
  readonly #log: Log;
  readonly #gate: MailGate;
  readonly #transport: ReturnType<typeof createTransport>;
  /** Files that are being sent at this moment: `retry` leaves them alone. */
  readonly #busy = new Set<string>();

  constructor(place: MailPlace, { url }: MailServer, log: Log, gate: MailGate) {
    this.#place = place;
    this.#log = log;
    this.#gate = gate;
    this.#transport = createTransport(withTimeouts(url));
  }

  async send(letter: Letter): Promise<void> {
    const name = newName(WAITING);
    this.#busy.add(name);
    const waiting: Waiting = { ...letter, sinceMs: Date.now() };
    await writeWhole(this.#place.outbox, name, JSON.stringify(waiting));
    await this.#try(name);
  }

  async retry(): Promise<number> {
    const waiting = await listWaiting(this.#place.outbox);
    if (waiting.length === 0) return 0;
    try {
      // Leave to send is asked for, and written down, once somebody is there to take the letter.
      await this.#transport.verify();
    } catch (error) {
      this.#log.write({ event: "mail-waiting", code: codeOf(error) });
      return 0;
    }
    let gone = 0;
    for (const name of waiting) {
      if (this.#busy.has(name)) continue;
      const outcome = await this.#try(name);
      // A server that does not answer does not answer the next letter either.
      if (outcome === "unreachable") break;
      if (outcome === "gone") gone += 1;
    }
    return gone;
  }

  async #deliver({ to, subject, text }: Letter): Promise<void> {
    const { gate, now } = this.#gate;
    const { permit, to: target } = await gate.permitLetter(to);
    assertTransferPermit(permit, { items: letterItems, to: target, nowMs: now() });
    await this.#transport.sendMail({ from: this.#place.from, to, subject, text });
  }

  async #try(name: string): Promise<"gone" | "waiting" | "unreachable"> {
    const path = join(this.#place.outbox, name);
    this.#busy.add(name);
    try {
      const { sinceMs, ...letter } = JSON.parse(await readFile(path, "utf8")) as Waiting;
      try {
        await this.#deliver(letter);
      } catch (error) {
        if (!isFinal(error) && Date.now() - sinceMs < GIVE_UP_MS) {
          this.#log.write({ event: "mail-waiting", code: codeOf(error) });
          return hasAnswer(error) ? "waiting" : "unreachable";
        }
        this.#log.write({ event: "mail-lost", code: codeOf(error) });
      }
      await rm(path, { force: true });
      return "gone";
    } finally {
      this.#busy.delete(name);
    }
  }
}

/** The address of a mail server with a limit of ten seconds for each step; nodemailer's own is two minutes. */
export function withTimeouts(url: string): string {
  const address = new URL(url);
  for (const name of ["connectionTimeout", "greetingTimeout", "socketTimeout"])
    if (!address.searchParams.has(name)) address.searchParams.set(name, "10000");
  return address.href;
}

async function listWaiting(outbox: string): Promise<readonly string[]> {
  await mkdir(outbox, { recursive: true, mode: 0o700 });
  // The names begin with the time, so the oldest is first.
  return (await readdir(outbox))
    .filter((name) => name.endsWith(WAITING) && !name.startsWith("."))
    .toSorted();
}

let named = 0;

/** Names sort as the letters were written, also those of one millisecond. */
function newName(ending: string): string {
  named += 1;
  const order = String(named).padStart(6, "0");
  return `${new Date().toISOString().replaceAll(":", "-")}-${order}-${randomUUID().slice(0, 8)}${ending}`;
}

/** Writes a file that is there wholly or not at all. */
async function writeWhole(folder: string, name: string, content: string | Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `.${name}`);
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, join(folder, name));
}

/** Whether the server answered at all. */
function hasAnswer(error: unknown): boolean {
  return error instanceof Error && "responseCode" in error;
}

/** A server that says no for good (5xx) says it again tomorrow, and so does the law. */
function isFinal(error: unknown): boolean {
  if (error instanceof TransferRefused) return true;
  return hasAnswer(error) && Number((error as { responseCode?: unknown }).responseCode) >= 500;
}

/** The kind of a failure; its message may quote the address. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
}
