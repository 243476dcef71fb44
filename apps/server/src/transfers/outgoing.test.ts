import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditTrail } from "../audit/trail.ts";
import { createMail } from "../mail/mail.ts";
import { openTestService, type TestService } from "../testing/index.ts";
import { TransferGate } from "./gate.ts";
import { transfers } from "./tables.ts";

const source = fileURLToPath(new URL("..", import.meta.url));

/** Every file that can open a connection, and what stands between it and the world. */
const doors: Readonly<Record<string, string>> = {
  "mail/mail.ts": "a permit for each letter",
  "requests/post.ts": "called by webhooks.ts with a permit for each message",
  "requests/rights.ts": "hands fetch to the gate and to nobody else",
  "service.ts": "hands fetch to the gate and to nobody else",
  "command/doctor.ts": "asks the mail server whether it is there; no letter",
  "command/control.ts": "a socket in the data directory",
  "database/database.ts": "the database itself",
};

describe("[C13] nothing leaves the service but through the gate", () => {
  it("because nothing else can open a connection", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
      (name) =>
        /\.tsx?$/.test(name) &&
        !/\.test\.tsx?$|\.worker\.ts$/.test(name) &&
        !/^(testing|pages\/scripts)\//.test(name),
    );
    expect(files.length).toBeGreaterThan(100);
    const opening = files.filter((name) => {
      const text = readFileSync(join(source, name), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
      const imports =
        /import (?!type\b)[^;]*from "(?:node:(?:https?|http2|net|tls|dgram)|nodemailer|undici|ws|pg)"/;
      return (
        imports.test(text) || /(?<![\w.])fetch\s*[(,)]/.test(text) || /new WebSocket\b/.test(text)
      );
    });
    expect(opening.toSorted()).toEqual(Object.keys(doors).toSorted());
  });

  it("and webhooks send only after they asked for a permit", () => {
    const text = readFileSync(join(source, "requests/webhooks.ts"), "utf8");
    expect(text.match(/this\.#post\(/g)).toHaveLength(1);
    expect(text.indexOf("assertTransferPermit(")).toBeGreaterThan(0);
    expect(text.indexOf("assertTransferPermit(answer")).toBeLessThan(text.indexOf("this.#post("));
  });
});

describe("[C13] a letter to a mail server", () => {
  let service: TestService;
  let server: Server;
  let folder: string;
  let said = "";

  beforeAll(async () => {
    service = await openTestService("embedded");
    folder = mkdtempSync(join(tmpdir(), "cc-smtp-"));
    // A mail server of the simplest kind: takes everything and remembers it.
    server = createServer((socket) => {
      let inData = false;
      socket.write("220 ready\r\n");
      socket.on("data", (chunk: Buffer) => {
        const text = chunk.toString();
        said += text;
        if (inData) {
          if (!text.endsWith("\r\n.\r\n")) return;
          inData = false;
          socket.write("250 taken\r\n");
        } else if (/^DATA/i.test(text)) {
          inData = true;
          socket.write("354 go on\r\n");
        } else socket.write(/^QUIT/i.test(text) ? "221 bye\r\n" : "250 fine\r\n");
      });
      socket.on("error", () => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(async () => {
    server.close();
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function send(country: string, operatorCountry: string | undefined): Promise<string[]> {
    const { database, now, config } = service.services;
    const parts = {
      database,
      now,
      config: {
        ...config,
        operator: {
          ...config.operator,
          ...(operatorCountry === undefined ? {} : { country: operatorCountry }),
        },
      },
    };
    const gate = new TransferGate(parts, new AuditTrail(parts), fetch);
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const url = `smtp://127.0.0.1:${port}`;
    await gate.place("mail-service", country, url);
    const lost: string[] = [];
    const mail = createMail(
      { server: { url, country }, outbox: folder, from: "service@example.com" },
      { write: (entry) => void (entry.event === "mail-lost" && lost.push(entry.code)) },
      { gate, now },
    );
    said = "";
    mail.send({ to: "reader@example.com", subject: "Hello", text: "Words." });
    await mail.settled();
    return lost;
  }

  it("within a country is sent and needs nothing on record", async () => {
    expect(await send("IE", "IE")).toEqual([]);
    expect(said).toContain("reader@example.com");
    expect(await service.services.database.orm.$count(transfers)).toBe(0);
  });

  it("across a border without a mechanism is not sent, not even its address, and stands in the register", async () => {
    expect(await send("SG", "IE")).toEqual(["transfer-mechanism-missing"]);
    expect(said).toBe("");
    expect(await service.services.database.orm.select().from(transfers)).toMatchObject([
      { country: "SG", ground: null, refusal: "mechanism-missing" },
    ]);
  });

  it("goes under clauses that are in force", async () => {
    const gate = new TransferGate(service.services, new AuditTrail(service.services), fetch);
    await gate.agree("mail-service", {
      kind: "clauses",
      reference: "SCC-9",
      assessment: "TIA-9",
      signedMs: service.services.now() - 1,
      endsMs: undefined,
    });
    expect(await send("SG", "IE")).toEqual([]);
    expect(said).toContain("reader@example.com");
  });
});
