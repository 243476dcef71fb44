import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { unnamedOperator } from "@cloud-code/policy";
import { eq } from "drizzle-orm";
import type { Hono } from "hono";
import type { Role } from "../accounts/port.ts";
import { users } from "../accounts/tables.ts";
import type { ServerEnv } from "../environment.ts";
import type { LogEntry } from "../log.ts";
import { createService } from "../service.ts";
import type { Config, Services } from "../services.ts";
import { type DatabaseKind, openTestDatabase } from "./database.ts";

/** A whole service on a real database, without a port. */
export interface TestService {
  readonly app: Hono<ServerEnv>;
  readonly services: Services;
  /** Everything it logged. */
  readonly log: readonly LogEntry[];
  /** How long answers were held back, milliseconds; here nobody waits. */
  readonly pauses: readonly number[];
  /** Moves the service's clock. Sessions of the accounts library go by the real one. */
  readonly advance: (ms: number) => void;
  /** The text of the newest letter to an address, decoded; waits until none is under way. */
  readonly letterTo: (address: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** The origin test services believe to have. */
export const testOrigin = "http://localhost:4000";

/** Where the mail server of a test is. */
const country = "IE";

/** Builds a service for a test. Its letters are files, unless it is given a mail server. */
export async function openTestService(
  kind: DatabaseKind = "embedded",
  config: Partial<Config> = {},
  mailUrl?: string,
): Promise<TestService> {
  const database = await openTestDatabase(kind);
  const outbox = mkdtempSync(join(tmpdir(), "cc-outbox-"));
  const log: LogEntry[] = [];
  const pauses: number[] = [];
  let offsetMs = 0;
  const { app, services } = await createService({
    config: {
      origin: testOrigin,
      trustedProxies: 0,
      // Where the mail server is too, so that a letter crosses no border.
      operator: mailUrl === undefined ? unnamedOperator : { ...unnamedOperator, country },
      secret: "tests-need-a-secret-of-thirty-two-characters-or-more",
      ...config,
    },
    database,
    mail: {
      server: mailUrl === undefined ? undefined : { url: mailUrl, country },
      outbox,
      from: "service@example.com",
    },
    log: { write: (entry) => void log.push(entry) },
    now: () => Date.now() + offsetMs,
    pause: async (ms) => {
      pauses.push(ms);
    },
  });
  return {
    app,
    services,
    log,
    pauses,
    advance: (ms) => {
      offsetMs += ms;
    },
    letterTo: async (address) => {
      await services.mail.settled();
      const letters = readdirSync(outbox)
        .toSorted()
        .map((name) => readFileSync(join(outbox, name), "utf8"))
        .filter((letter) => letter.includes(`To: ${address}`));
      return decodeLetter(letters.at(-1) ?? "");
    },
    close: async () => {
      await services.mail.settled();
      await database.close();
      rmSync(outbox, { recursive: true, force: true });
    },
  };
}

/** A whole service on a port of this machine, for a real browser; `service` is the one behind it. */
export interface ServedService {
  readonly origin: string;
  readonly service: TestService;
  readonly close: () => Promise<void>;
}

/** Builds a service for a test and lets it listen. */
export async function serveTestService(
  kind: DatabaseKind = "embedded",
  config: Partial<Config> = {},
): Promise<ServedService> {
  let handle: (request: Request, bindings: object) => Response | Promise<Response> = () =>
    new Response(null, { status: 503 });
  const server = createAdaptorServer({
    fetch: async (request: Request, bindings: object) => handle(request, bindings),
  }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const service = await openTestService(kind, { origin, ...config });
  handle = (request, bindings) => service.app.fetch(request, bindings);
  return {
    origin,
    service,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await service.close();
    },
  };
}

/** Head and text of a letter, whichever way its text is encoded. */
function decodeLetter(letter: string): string {
  const [head = "", ...rest] = letter.split("\n\n");
  const text = rest.join("\n\n");
  if (/^Content-Transfer-Encoding: base64$/im.test(head)) {
    return `${head}\n\n${Buffer.from(text, "base64").toString("utf8")}`;
  }
  if (!/^Content-Transfer-Encoding: quoted-printable$/im.test(head)) return letter;
  const bytes = text
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return `${head}\n\n${Buffer.from(bytes, "latin1").toString("utf8")}`;
}

/** A browser without scripts: keeps cookies, and sends forms as the page it is on wrote them. */
export class TestBrowser {
  readonly #app: Hono<ServerEnv>;
  readonly cookies: Map<string, string> = new Map<string, string>();
  /** Sent with every request. */
  readonly headers: Record<string, string> = {};
  /** The page the browser is on. */
  html = "";

  readonly #origin: string;

  constructor({ app, services }: Pick<TestService, "app" | "services">) {
    this.#app = app;
    this.#origin = services.config.origin;
  }

  async get(path: string): Promise<Response> {
    return this.#send(path, { method: "GET" });
  }

  /** Sends a form. Hidden fields of the form with this action on the current page go along, the form token among them. */
  async submit(action: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.post(action, { ...this.#hiddenFields(action), ...fields });
  }

  /** Sends exactly these fields. */
  async post(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.#send(path, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await this.#app.request(path, {
      ...init,
      headers: { origin: this.#origin, ...this.headers, ...(init.headers as object), cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      if (attributes.some((each) => /^max-age=0$/i.test(each))) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    if ((response.headers.get("content-type") ?? "").startsWith("text/html")) {
      this.html = await response.clone().text();
    }
    return response;
  }

  #hiddenFields(action: string): Record<string, string> {
    const forms = this.html.match(/<form[^]*?<\/form>/g) ?? [];
    const form = forms.find((each) => each.includes(`action="${action}"`)) ?? "";
    const fields = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    return Object.fromEntries([...fields].map(([, name = "", value = ""]) => [name, value]));
  }
}

/** A password nobody would guess. */
export const goodPassword = "seven quiet herons over Wuhan";

/** Opens a confirmed account through the pages and signs it in. */
export async function signUp(
  service: TestService,
  username: string,
  role: Role = "person",
): Promise<TestBrowser> {
  // Every account comes from the same address; an hour later its limits are forgotten.
  service.advance(2 * 60 * 60 * 1000);
  const browser = new TestBrowser(service);
  const email = `${username}@example.com`;
  await browser.get("/sign-up");
  await browser.submit("/sign-up", { username, email, password: goodPassword, age: "yes" });
  const link = linkIn(await service.letterTo(email));
  await browser.get(link);
  await browser.submit("/confirm");
  if (role !== "person") {
    await service.services.database.orm.update(users).set({ role }).where(eq(users.email, email));
  }
  await signIn(browser, username);
  return browser;
}

/** Signs in through the page. */
export async function signIn(
  browser: TestBrowser,
  identifier: string,
  password: string = goodPassword,
): Promise<Response> {
  await browser.get("/sign-in");
  return browser.submit("/sign-in", { identifier, password });
}

/** The text of a page or a part of one, without its tags. */
export function textOf(html: string): string {
  return html
    .replace(/<(style|script)[^]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

/** The path of the link in a letter. */
export function linkIn(letter: string): string {
  const url = /https?:\/\/\S+/.exec(letter)?.[0];
  if (url === undefined) throw new Error(`No link in: ${letter}`);
  const { pathname, search } = new URL(url);
  return pathname + search;
}
