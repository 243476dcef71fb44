import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { products } from "@cloud-code/policy";
import { buildReport, noCounts, reportPath, weekMs, weekOf } from "@cloud-code/telemetry";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { makeCertificate } from "../../../packages/telemetry/src/testing/index.ts";
import { run } from "./command.ts";
import { wordsFor } from "./words.ts";

// The program as an operator starts it.
const program = fileURLToPath(new URL("../bin/cloud-code-receiver.js", import.meta.url));
const week = weekOf(Date.now() - weekMs);
const report = buildReport({
  consentVersion: products.assistant.notice.version,
  week,
  counts: { ...noCounts, triggers: 40, accepts: 9 },
});

let folder: string;
beforeAll(() => {
  const { authority } = makeCertificate();
  folder = join(authority, "..");
});

/** The program that serves, and the port it took. */
async function start(
  data: string,
): Promise<{ child: ChildProcess; port: number; said: () => string }> {
  const tls = ["--certificate", join(folder, "certificate.pem"), "--key", join(folder, "key.pem")];
  const child = spawn(process.execPath, [program, "serve", "--data", data, "--port", "0", ...tls], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LANG: "C.UTF-8" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  for (let waitedMs = 0; !output.includes("https://"); waitedMs += 50) {
    if (waitedMs > 10_000) throw new Error(`It did not start: ${output}`);
    await pause(50);
  }
  return { child, port: Number(/:(\d+)\//.exec(output)?.[1]), said: () => output };
}

function post(port: number, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(join(folder, "certificate.pem"));
    const headers = { "Content-Type": "application/json" };
    const sending = request({
      host: "127.0.0.1",
      port,
      path: reportPath,
      method: "POST",
      headers,
      ca,
    });
    sending.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

function call(
  data: string,
  ...words: readonly string[]
): { status: number | null; stdout: string } {
  const line = [program, ...words, "--data", data];
  const { status, stdout } = spawnSync(process.execPath, line, {
    encoding: "utf8",
    env: { ...process.env, LANG: "C.UTF-8" },
  });
  return { status, stdout };
}

describe("cloud-code-receiver", () => {
  it("[A6] [A7] takes reports, shows them from ten on, exports, deletes, and loses none that it acknowledged when it is killed", async () => {
    const data = join(mkdtempSync(join(tmpdir(), "receiver-")), "data");
    const first = await start(data);
    for (let count = 0; count < 9; count++) expect(await post(first.port, report)).toBe(204);
    first.child.kill("SIGKILL");
    await once(first.child, "close");
    expect(call(data, "summary").stdout).toBe(`${week}  fewer than 10 reports: not shown\n`);
    expect(call(data, "export").stdout).toBe("");
    const second = await start(data);
    expect(await post(second.port, report)).toBe(204);
    expect(await post(second.port, report.replace("{", '{"id":1,'))).toBe(422);
    expect(call(data, "summary").stdout).toContain(
      `${week}  10 reports\n  Number of completion triggers and acceptances: 400 / 90\n`,
    );
    expect(JSON.parse(call(data, "summary", "--json").stdout)).toMatchObject([
      { week, shown: true, reports: 10, counts: { triggers: 400 } },
    ]);
    expect(call(data, "export").stdout).toBe(`${report}\n`.repeat(10));
    expect(call(data, "purge")).toEqual({ status: 2, stdout: "" });
    expect(call(data, "purge", "--yes").status).toBe(0);
    expect(call(data, "summary").stdout).toBe("There are no reports.\n");
    // Deleting does not disturb the program that serves.
    expect(await post(second.port, report)).toBe(204);
    second.child.kill("SIGTERM");
    expect(await once(second.child, "close")).toEqual([0, null]);
    expect(second.said().trim().split("\n").length).toBe(1);
  });

  it("takes a renewed certificate without a break", async () => {
    const { child, port, said } = await start(mkdtempSync(join(tmpdir(), "receiver-")));
    const serial = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.end();
        });
        socket.on("error", reject);
      });
    const before = await serial();
    const renewed = join(makeCertificate().authority, "..");
    for (const name of ["certificate.pem", "key.pem"])
      copyFileSync(join(renewed, name), join(folder, name));
    child.kill("SIGHUP");
    for (let waitedMs = 0; !said().includes("read again") && waitedMs < 5_000; waitedMs += 50)
      await pause(50);
    expect(await serial()).not.toBe(before);
  });

  it("says what is wrong and what to do, in both languages", async () => {
    const check = async (line: string, status: number, english: RegExp): Promise<void> => {
      for (const LANG of ["en_US.UTF-8", "zh_CN.UTF-8"]) {
        const said: string[] = [];
        const words = line === "" ? [] : line.split(" ");
        const code = await run(words, {
          words: wordsFor({ LANG }),
          say: (text) => said.push(text),
          warn: (text) => said.push(text),
          signal: AbortSignal.abort(),
          onRenew: () => undefined,
        });
        expect([line, code]).toEqual([line, status]);
        expect(said.join("\n")).toMatch(LANG.startsWith("en") ? english : /[\u4e00-\u9fff]/);
      }
    };
    await check("", 0, /Usage:/);
    await check("--help", 0, /Usage:/);
    await check("server", 2, /no command "server"/);
    await check("toString", 2, /no command/);
    await check("serve --data /tmp/x", 2, /--certificate and --key/);
    await check("serve --data /tmp/x --prot 1", 2, /Unknown option '--prot'/);
    await check("serve --data /tmp/x --behind-proxy --port 70000", 2, /--port cannot be "70000"/);
    await check(
      "serve --data /tmp/x --certificate /none --key /none",
      1,
      /\/none cannot be read \(ENOENT\)/,
    );
    await check("serve --data /tmp/x --certificate /dev/null --key /dev/null", 1, /cannot be used/);
    await check("summary", 2, /--data is missing/);
    await check("purge --data /tmp/x --week 2026-W99 --yes", 2, /--week cannot be/);
    await check("summary --data /dev/null", 1, /cannot be used \(ENOTDIR\)/);
  });
});
