/** Search with a second opinion: the program, our gateway, and an embedding service behind it that speaks OpenAI's bytes. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Gateway } from "@cloud-code/gateway";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, startGateway, usualConfig } from "./gateway/start.ts";

const PROGRAM = fileURLToPath(new URL("../apps/assistant/bin/cloud-code.js", import.meta.url));
const base = mkdtempSync(join(tmpdir(), "cloud-code-meaning-"));
const root = join(base, "project");
const asked: string[][] = [];
let answersLateMs = 0;
let service: Server;
let gateway: Gateway;
let url = "";

beforeAll(async () => {
  mkdirSync(root, { recursive: true });
  // By its words the first file is the better answer; what is meant is in the second.
  writeFileSync(
    join(root, "money.ts"),
    "/** Opens an account, an account with a bank account. */\nexport function openAccount() { return account(); }\n",
  );
  writeFileSync(
    join(root, "login.ts"),
    "/** Signs a person in to an account. */\nexport function signIn() { return session(); }\n",
  );
  writeFileSync(join(root, ".env"), "ACCOUNT=canary-secret\n");
  service = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { input } = JSON.parse(Buffer.concat(pieces).toString()) as { input: string[] };
      asked.push(input);
      const data = input.map((text, index) => ({
        object: "embedding",
        index,
        embedding: /signs|open an account/i.test(text) ? [1, 0.1] : [0.1, 1],
      }));
      setTimeout(() => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ object: "list", model: "m", data }));
      }, answersLateMs);
    });
  });
  await new Promise<void>((listening) => service.listen(0, "127.0.0.1", listening));
  const { port } = service.address() as AddressInfo;
  ({ gateway, url } = await startGateway(usualConfig(`http://127.0.0.1:${port}`)));
});
afterAll(async () => {
  await gateway.stop();
  service.closeAllConnections();
  service.close();
  rmSync(base, { recursive: true, force: true });
});

const QUESTION = "open an account";

/** Runs the program with these variables beside the usual ones. */
function run(
  line: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string; code: number }> {
  const env = {
    PATH: process.env["PATH"],
    HOME: base,
    LANG: "en_US.UTF-8",
    CLOUD_CODE_CACHE_DIR: join(base, "cache"),
    ...environment,
  };
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...line],
      { cwd: root, env },
      (error, stdout, stderr) =>
        done({
          stdout,
          // Whether indexing lasts long enough to be reported depends on the machine.
          stderr: stderr.replace(/^indexing .*\n/gm, ""),
          code: error === null ? 0 : Number(error.code),
        }),
    );
    child.stdin?.end();
  });
}

function first(stdout: string): string | undefined {
  return (JSON.parse(stdout) as { results: { path: string }[] }).results[0]?.path;
}

const search = ["search", QUESTION, "--as", "description", "--json"];
const through = (address: string): Record<string, string> => ({
  CLOUD_CODE_EMBEDDINGS_URL: address,
  CLOUD_CODE_EMBEDDINGS_MODEL: "m",
  CLOUD_CODE_EMBEDDINGS_KEY: key,
  CLOUD_CODE_EMBEDDINGS_WEIGHT: "0.8",
});

describe("search with an embedding model", () => {
  it("orders by words alone unless one is set up", async () => {
    expect(first((await run(search)).stdout)).toBe("money.ts");
    expect(asked).toEqual([]);
  });

  it("[A2] shows the model the question and the best passages, and nothing else", async () => {
    const { stdout, stderr } = await run(search, through(`${url}/v1`));
    expect([first(stdout), stderr]).toEqual(["login.ts", ""]);
    expect(asked).toHaveLength(1);
    const [question, ...passages] = asked[0] ?? [];
    expect(question).toBe(QUESTION);
    expect(passages).toHaveLength(2);
    expect(passages.join()).not.toContain("canary-secret");
  });

  it("[A2] asks no model elsewhere without a yes to that very service, and none in a folder that is not trusted", async () => {
    const elsewhere = { ...through("https://models.example.invalid/v1") };
    const { stdout, stderr } = await run(search, elsewhere);
    expect(first(stdout)).toBe("money.ts");
    expect(stderr).toMatch(/words alone.*you have not/s);
    const unanswered = await run(["model", "allow", "https://models.example.invalid"]);
    expect(unanswered.stdout).toMatch(/would go to https:\/\/models.*Nothing was changed/s);
    const yes = await run(["model", "allow", "https://models.example.invalid/v1", "--yes"]);
    expect([yes.code, yes.stdout]).toEqual([0, expect.stringMatching(/^Allowed/)]);
    const status = async (more: Record<string, string> = {}): Promise<unknown> =>
      JSON.parse((await run(["model", "status", "--json"], { ...elsewhere, ...more })).stdout);
    expect(await status()).toMatchObject({ embeddings: { isAllowed: true } });
    expect(await status({ CLOUD_CODE_UNTRUSTED: "1" })).toMatchObject({
      embeddings: { isAllowed: false, because: "workspace-not-trusted" },
    });
    expect((await run(["model", "forbid", "https://models.example.invalid"])).code).toBe(0);
    expect(await status()).toMatchObject({
      embeddings: { isAllowed: false, because: "consent-refused" },
      answers: [{ answer: "given" }, { answer: "withdrawn" }],
    });
  });

  it("goes on by words when the model is slow, gone or set up wrongly, and says so", async () => {
    answersLateMs = 10_000;
    const slow = await run(search, through(`${url}/v1`));
    answersLateMs = 0;
    expect([first(slow.stdout), slow.stderr]).toEqual([
      "money.ts",
      expect.stringMatching(/no answer in time/),
    ]);
    const gone = await run(search, through("http://127.0.0.1:9/v1"));
    expect([first(gone.stdout), gone.stderr]).toEqual([
      "money.ts",
      expect.stringMatching(/CONNECTION_FAILED/),
    ]);
    const wrong = await run(search, { CLOUD_CODE_EMBEDDINGS_URL: "somewhere" });
    expect([first(wrong.stdout), wrong.stderr]).toEqual([
      "money.ts",
      expect.stringMatching(/EMBEDDINGS_URL cannot be used/),
    ]);
  });
});
