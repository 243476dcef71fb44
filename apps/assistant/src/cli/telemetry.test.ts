import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { products } from "@cloud-code/policy";
import { describe, expect, it, onTestFinished } from "vitest";
import { COMMANDS } from "./commands.ts";

// The program as people start it: the committed launcher over the build.
const program = fileURLToPath(new URL("../../bin/cloud-code.js", import.meta.url));
const receiver = "https://statistics.example";

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person's terminal, with a folder for choices and figures that does not exist yet. */
class Person {
  readonly home: string = mkdtempSync(join(tmpdir(), "usage-"));
  readonly folder: string = join(this.home, "usage");

  constructor() {
    onTestFinished(() => rmSync(this.home, { recursive: true, force: true }));
  }

  run(line: string, input = "", environment: NodeJS.ProcessEnv = {}): Outcome {
    return spawnSync(process.execPath, [program, "telemetry", ...line.split(" ")], {
      encoding: "utf8",
      input,
      env: {
        PATH: process.env["PATH"],
        HOME: this.home,
        LANG: "en_US.UTF-8",
        CLOUD_CODE_TELEMETRY_DIR: this.folder,
        ...environment,
      },
    });
  }

  choices(): string {
    const path = join(this.folder, "telemetry.jsonl");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }
}

describe("cloud-code telemetry", () => {
  it("[A1] [A3] shows notice and question, and takes nothing but a word for yes as one", () => {
    const check = (answer: string, isYes: boolean): void => {
      const person = new Person();
      const { status, stdout } = person.run(`on --receiver ${receiver}`, answer);
      expect([answer, status]).toEqual([answer, 0]);
      expect(stdout).toMatch(/privacy/i);
      expect(stdout).toContain(`Once a week eight figures would go to ${receiver}`);
      expect([answer, person.choices().includes('"mode":"on"')]).toEqual([answer, isYes]);
      expect([answer, existsSync(person.folder)]).toEqual([answer, isYes]);
    };
    check("y\n", true);
    check("Yes\n", true);
    check("允许\n", true);
    check("", false);
    check("\n", false);
    check("n\n", false);
    check("maybe\n", false);
  });

  it("[A8] records what was on the screen, and says that a terminal sends nothing itself", () => {
    const person = new Person();
    const { status, stdout } = person.run(`on --receiver ${receiver}/ --yes --json`);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      mode: "on",
      sends: false,
      because: "editor-forbids",
    });
    expect(JSON.parse(person.choices().trim())).toMatchObject({
      mode: "on",
      receiver,
      noticeVersion: products.assistant.notice.version,
    });
    expect(person.run("show").stdout).toContain(
      "from editors whose own telemetry switch allows it",
    );
    expect(person.run("show").stdout).toMatch(/\n\{"schemaVersion":1,.*"pageTurns":0\}\n/);
  });

  it("says what is wrong and what to do, in both languages", () => {
    const person = new Person();
    const check = (line: string, code: string, environment: NodeJS.ProcessEnv = {}): void => {
      const status = code === "USAGE" ? 2 : 1;
      const json = person.run(`${line} --json`, "", environment);
      expect([line, json.status, json.stderr]).toEqual([line, status, ""]);
      expect(JSON.parse(json.stdout)).toMatchObject({ error: { code } });
      const chinese = person.run(`${line} --lang zh`, "y\n", environment);
      expect(chinese.stderr + chinese.stdout).toMatch(/[\u4e00-\u9fff]/);
    };
    check("on --yes", "TELEMETRY_RECEIVER_MISSING");
    check("on --yes --receiver http://statistics.example", "TELEMETRY_RECEIVER_INVALID");
    check("on --yes --receiver statistics", "TELEMETRY_RECEIVER_INVALID");
    check("on --receiver https://statistics.example/", "USAGE");
    check("show", "TELEMETRY_UNREADABLE", { CLOUD_CODE_TELEMETRY_DIR: "/dev/null" });
    check("local", "TELEMETRY_UNREADABLE", { CLOUD_CODE_TELEMETRY_DIR: "/dev/null" });
    check("export --output /dev/null/usage.json", "FILE_UNWRITABLE");
    check(`on --yes --receiver ${receiver}`, "TELEMETRY_FORBIDDEN", {
      CLOUD_CODE_POLICY_FILE: person.home,
    });
  });

  it("[A7] exports to a file", () => {
    const person = new Person();
    person.run("local");
    const path = join(person.home, "usage.json");
    expect(person.run(`export --output ${path}`)).toEqual(
      expect.objectContaining({ status: 0, stdout: "" }),
    );
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ choices: [{ mode: "local" }] });
  });

  it("has help in both languages for each command", () => {
    const person = new Person();
    const names = COMMANDS.filter(({ name }) => name.startsWith("telemetry ")).map(
      ({ name }) => name.split(" ")[1] ?? "",
    );
    expect(names).toEqual(["show", "on", "local", "off", "history", "export", "purge"]);
    for (const name of names) {
      expect(person.run(`${name} --help`).stdout).toMatch(/^cloud-code telemetry .*\n\nUsage:/);
      expect(person.run(`${name} --help --lang zh`).stdout).toMatch(/用法/);
    }
    expect(existsSync(person.folder)).toBe(false);
  });
});
