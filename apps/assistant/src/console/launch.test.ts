import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBrowser } from "./launch.ts";

const address = "http://127.0.0.1:4000/#ticket=a-b_c";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "launch-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const isLinux = process.platform === "linux";
if (!isLinux)
  console.warn("How the browser is opened is tried on Linux alone: it is done by xdg-open there.");

describe.runIf(isLinux)("on Linux", () => {
  test("the desktop is handed the address when there is a display", async () => {
    const script = `#!/bin/sh\nprintf %s "$1" > "${join(folder, "opened")}"\n`;
    await writeFile(join(folder, "xdg-open"), script);
    await chmod(join(folder, "xdg-open"), 0o755);
    expect(await openBrowser(address, { PATH: folder, DISPLAY: ":0" })).toBe(true);
    const opened = (): Promise<string> =>
      readFile(join(folder, "opened"), "utf8").catch(() => "not yet");
    await expect.poll(opened, { timeout: 10_000 }).toBe(address);
  });

  test("nothing is tried without a display", async () => {
    expect(await openBrowser(address, { PATH: folder })).toBe(false);
  });

  test("a desktop without xdg-open is no failure", async () => {
    expect(await openBrowser(address, { PATH: folder, WAYLAND_DISPLAY: "wayland-0" })).toBe(false);
  });
});
