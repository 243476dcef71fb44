/** Letters to a mail server that is away, comes back, hangs or says no. The server is a real one, on a socket. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogEntry } from "../log.ts";
import { decideTransfer, regionOfCountry } from "@cloud-code/policy";
import { countWaiting, createMail, letterItems, type Mail, type MailGate } from "./mail.ts";

let outbox: string;
let log: LogEntry[];
let servers: SmtpServer[];

beforeEach(() => {
  outbox = mkdtempSync(join(tmpdir(), "cc-mail-"));
  log = [];
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(outbox, { recursive: true, force: true });
});

const letter = { to: "ada@example.com", subject: "您好", text: "A link: https://x.example/?t=1\n" };

/** Leave for a server in the reader's own country, which needs no more; `outgoing.test.ts` tries the others. */
const atHome: MailGate = {
  now: Date.now,
  gate: {
    permitLetter: () => {
      const to = { recipient: "mail-service", country: "IE", origin: "smtp://127.0.0.1" } as const;
      const decision = decideTransfer({
        items: letterItems,
        purpose: "service-mail",
        from: regionOfCountry("IE"),
        fromCountry: "IE",
        to,
        mechanisms: [],
        counters: { people: 0, sensitivePeople: 0 },
        nowMs: Date.now(),
      });
      if (decision.kind === "refused") throw new Error(decision.because);
      return Promise.resolve({ ...decision, to });
    },
  },
};

function mailTo(port: number): Mail {
  return createMail(
    {
      server: { url: `smtp://127.0.0.1:${port}?ignoreTLS=true`, country: "IE" },
      outbox,
      from: "us@example.com",
    },
    { write: (entry) => void log.push(entry) },
    atHome,
  );
}

interface SmtpServer {
  readonly port: number;
  /** What it took, whole messages. */
  readonly taken: readonly string[];
  readonly stop: () => Promise<void>;
}

/** A mail server of the few commands a letter needs (RFC 5321). `toRecipient` is what it says to an address. */
async function startSmtp(port = 0, toRecipient = "250 fine"): Promise<SmtpServer> {
  const taken: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let buffer = "";
    let inMessage = false;
    socket.write("220 mail.example\r\n");
    socket.setEncoding("utf8").on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      buffer += chunk;
      for (;;) {
        const end = inMessage ? buffer.indexOf("\r\n.\r\n") : buffer.indexOf("\r\n");
        if (end < 0) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + (inMessage ? 5 : 2));
        if (inMessage) {
          taken.push(line);
          inMessage = false;
          socket.write("250 taken\r\n");
        } else if (/^DATA/i.test(line)) {
          inMessage = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
        else socket.write(`${/^RCPT/i.test(line) ? toRecipient : "250 fine"}\r\n`);
      }
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const running = {
    port: (server.address() as AddressInfo).port,
    taken,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) {
        const closed = once(server, "close");
        server.close();
        await closed;
      }
    },
  };
  servers.push(running);
  return running;
}

const events = (): readonly string[] => log.map(({ event }) => event);

describe("a mail server", () => {
  it("gets a letter at once, and nothing of it stays with us", async () => {
    const server = await startSmtp();
    const mail = mailTo(server.port);
    mail.send(letter);
    await mail.settled();
    expect(server.taken).toHaveLength(1);
    expect(server.taken[0]).toContain("To: ada@example.com");
    expect(readdirSync(outbox)).toEqual([]);
    expect(events()).toEqual([]);
  });

  it("[C15] that is away gets every letter when it is back, also from a process that was started since", async () => {
    const gone = await startSmtp();
    await gone.stop();
    const first = mailTo(gone.port);
    first.send(letter);
    first.sendLater(() => Promise.resolve({ ...letter, to: "bo@example.com" }));
    await first.settled();
    expect(await countWaiting(outbox)).toBe(2);
    expect(events()).toEqual(["mail-waiting", "mail-waiting"]);
    // Letters are for their readers only.
    for (const name of readdirSync(outbox))
      expect(statSync(join(outbox, name)).mode & 0o077).toBe(0);

    const second = mailTo(gone.port);
    expect(await second.retry()).toBe(0);
    const back = await startSmtp(gone.port);
    expect(await second.retry()).toBe(2);
    expect(back.taken.map((text) => /^To: (.+)$/m.exec(text)?.[1] ?? "").toSorted()).toEqual([
      "ada@example.com",
      "bo@example.com",
    ]);
    expect(readdirSync(outbox)).toEqual([]);
  });

  it("that puts a letter off is asked again; one that refuses it for good is not", async () => {
    const busy = await startSmtp(0, "451 later please");
    const mail = mailTo(busy.port);
    mail.send(letter);
    await mail.settled();
    expect([await countWaiting(outbox), events()]).toEqual([1, ["mail-waiting"]]);
    await busy.stop();
    const strict = await startSmtp(busy.port, "550 nobody here");
    expect(await mail.retry()).toBe(1);
    expect(strict.taken).toEqual([]);
    expect([await countWaiting(outbox), events()]).toEqual([0, ["mail-waiting", "mail-lost"]]);
  });

  it("[C3] leaves neither address nor text in the log, whatever it says", async () => {
    const rude = await startSmtp(0, "550 ada@example.com is not here");
    const mail = mailTo(rude.port);
    mail.send(letter);
    await mail.settled();
    expect(JSON.stringify(log)).not.toMatch(/ada|example|link/);
  });
});

it("without a server a letter is a file that a mail program opens", async () => {
  const mail = createMail({ outbox, from: "us@example.com" }, { write: () => undefined }, atHome);
  mail.send(letter);
  await mail.settled();
  const [name = ""] = readdirSync(outbox);
  expect(name).toMatch(/\.eml$/);
  expect(readFileSync(join(outbox, name), "utf8")).toMatch(/^To: ada@example.com$/m);
  expect(await mail.retry()).toBe(0);
});

it("a letter that cannot be written is counted as lost, and takes nobody down", async () => {
  const mail = createMail(
    { outbox, from: "us@example.com" },
    { write: (entry) => void log.push(entry) },
    atHome,
  );
  mail.sendLater(() => Promise.reject(new Error("no such person")));
  await mail.settled();
  expect(log).toEqual([{ event: "mail-lost", code: "unknown" }]);
});
