/** The program as an operator meets it: the built one, with real folders, ports, databases and mail servers, and with everything wrong. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres, testableKinds } from "../../apps/server/src/testing/index.ts";
import { type RunningService, startService } from "./service.ts";

const program = fileURLToPath(
  new URL("../../apps/server/bin/cloud-code-server.js", import.meta.url),
);

interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs the program to its end. */
async function run(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "en_GB.UTF-8",
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { env }, (error, out, problems) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, text: out + problems });
    });
  });
}

let folder: string;
let service: RunningService;
const servers: Server[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cc-command-"));
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function check(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  code: number,
  said: string,
): Promise<void> {
  const { text, ...result } = await run(words, environment);
  expect([words, result, text]).toEqual([words, { code }, expect.stringContaining(said)]);
  // What is the operator's to mend is a sentence, never the program's insides.
  expect(text).not.toMatch(/^\s+at |node:internal/m);
}

describe("what is wrong is one sentence with a code and what to do", () => {
  test("in the words", async () => {
    await check([], {}, 2, "Usage:");
    await check(["--help"], {}, 0, "Usage:");
    await check(["--help"], { LANG: "zh_CN.UTF-8" }, 0, "用法：");
    await check(["serve"], {}, 2, "There is no command “serve”.");
    await check(["start", "--prot", "1"], {}, 2, "not “--prot 1”");
    await check(["doctor", "again"], {}, 2, "not “again”");
    await check(
      ["user", "create", "--bogus"],
      { CLOUD_CODE_DATA_DIR: service.folder },
      2,
      "--help",
    );
  });

  test("in the settings, before anything is opened", async () => {
    const start = ["start", "--port", "0", "--data-dir", join(folder, "none")];
    const invalid = "setting-invalid: ";
    await check(["start", "--port", "abc"], {}, 1, `${invalid}PORT should be`);
    await check(start, { CLOUD_CODE_OPTIONAL_COOKIES: "ads" }, 1, "display, or nothing at all");
    await check(start, { CLOUD_CODE_SECRET: "a".repeat(40) }, 1, "openssl rand");
    await check(start, { CLOUD_CODE_ORIGIN: "code.example.com" }, 1, "https://code.example.com");
    await check(start, { CLOUD_CODE_SMTP_URL: "mail.example" }, 1, "smtps://");
    await check(
      start,
      { CLOUD_CODE_OPERATOR_FILE: "/none" },
      1,
      `${invalid}CLOUD_CODE_OPERATOR_FILE`,
    );
    await check(
      start,
      { DATABASE_URL: "mysql://x", LANG: "zh_CN.UTF-8" },
      1,
      "应为形如 postgres://",
    );
  });

  test("in the folder", async () => {
    writeFileSync(join(folder, "file"), "");
    for (const place of [join(folder, "file"), join(folder, "file", "below"), "/proc/none"])
      await check(["start", "--port", "0", "--data-dir", place], {}, 1, "folder-unusable: ");
    await check(["doctor", "--data-dir", "/proc/none"], {}, 1, "✗ folder-unusable: ");
  });

  test("when the port is taken, or another process has the data", async () => {
    const { port } = new URL(service.origin);
    await check(["start", "--port", port, "--data-dir", folder], {}, 1, `Port ${port} is taken.`);
    await check(["start", "--port", "0", "--data-dir", service.folder], {}, 1, "database-locked: ");
    await check(["migrate", "--data-dir", service.folder], {}, 1, "database-locked: ");
    await check(["doctor", "--data-dir", service.folder], {}, 0, "in use by the running service");
    expect((await fetch(`${service.origin}/api/health`)).status).toBe(200);
  });

  test.runIf(testableKinds().includes("server"))("in the address of a database", async () => {
    const cluster = await startPostgres();
    try {
      const at = (user: string, name: string): Readonly<Record<string, string>> => ({
        DATABASE_URL: `postgres://${user}:secretly@localhost/${name}?host=${encodeURIComponent(cluster.socket)}`,
        CLOUD_CODE_DATA_DIR: join(folder, "beside"),
      });
      await check(["migrate"], at("admin", "none"), 1, "database-missing: ");
      await check(["migrate"], at("stranger", "postgres"), 1, "database-refused: ");
      await check(
        ["migrate"],
        { DATABASE_URL: "postgres://u:p@127.0.0.1:1/x" },
        1,
        "database-unreachable: ",
      );
      expect((await run(["migrate"], at("stranger", "postgres"))).text).not.toContain("secretly");
      await check(["migrate"], at("admin", "postgres"), 0, "The database is at this version.");
    } finally {
      await cluster.stop();
    }
  });
});

test("a kept connection waits longer for its next request than the proxy in front keeps it", async () => {
  const { headers } = await fetch(`${service.origin}/api/session`);
  // Ten minutes is the longest that common proxies keep a connection they do not use.
  expect(Number(/^timeout=(\d+)$/.exec(headers.get("keep-alive") ?? "")?.[1])).toBeGreaterThan(600);
});

describe("doctor", () => {
  test("says whether the mail server accepts us, and how many letters wait for it", async () => {
    const server = createServer((socket) => {
      socket.write("220 mail.example\r\n");
      socket.on("data", () => socket.write("250 fine\r\n")).on("error", () => socket.destroy());
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const smtp = (at: number): Readonly<Record<string, string>> => ({
      CLOUD_CODE_SMTP_URL: `smtp://127.0.0.1:${at}?ignoreTLS=true`,
      CLOUD_CODE_SMTP_COUNTRY: "IE",
    });
    const doctor = ["doctor", "--data-dir", service.folder];
    await check(doctor, smtp(port), 0, "✓ Mail server answers.");
    writeFileSync(join(service.folder, "outbox", "2026-a.waiting.json"), "{}");
    await check(doctor, smtp(port), 0, "· Letters that wait for the mail server: 1.");
    rmSync(join(service.folder, "outbox", "2026-a.waiting.json"));
    await check(doctor, smtp(1), 1, "✗ Mail server does not accept us");
  });
});

describe("what administers a running service", () => {
  test("opens an account with a link, gives it a role, shuts it, and says what it does not know", async () => {
    const at = ["--data-dir", service.folder];
    const made = await run(["user", "create", "desk", "--email", "desk@example.com", ...at]);
    expect([made.code, made.text]).toEqual([0, expect.stringMatching(/\/reset\/choose\?token=/)]);
    await check(["user", "create", "desk", "--email", "d@example.com", ...at], {}, 1, "is taken");
    await check(["user", "create", "other", ...at], {}, 1, "--email");
    await check(["user", "create", "x", "--email", "x@example.com", ...at], {}, 1, "name");
    await check(["user", "promote", "desk", "--role", "king", ...at], {}, 1, "officer, auditor");
    await check(["user", "promote", "desk", "--role", "auditor", ...at], {}, 0, "desk is auditor");
    await check(["user", "disable", "nobody", ...at], {}, 1, "no account “nobody”");
    await check(["user", "disable", "desk", ...at], {}, 0, "disabled");
    await check(["user", "list", ...at], {}, 0, "desk@example.com\tauditor\t-\tdisabled");
  });

  test("[C14] publishes notices only when there is something new, and never too late", async () => {
    const at = ["--data-dir", service.folder];
    await check(["notice", "publish", "service", ...at], {}, 0, "unchanged: service-");
    await check(["notice", "publish", "everything", ...at], {}, 2, "Which notice");
    await check(
      ["notice", "publish", "service", "--effective", "soon", ...at],
      {},
      2,
      "YYYY-MM-DD",
    );
    await check(["notice", "list", ...at], {}, 0, "assistant-");
    await check(["audit", "verify", ...at], {}, 0, "none tampered with");
  });
});
