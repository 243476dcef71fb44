import { writeFileSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findChromium, startBrowser, visit, type Visit } from "./browser.ts";
import type { Copy } from "./lsp.ts";
import { createProject, enterFunction, ledger, type Running, startTry } from "./try.ts";

const pictures = fileURLToPath(new URL(".output/", import.meta.url));
const chromium = await findChromium();

let project: Copy;
let running: Running;
let browser: Browser;

beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  project = createProject();
  running = await startTry(project);
  if (chromium !== undefined) browser = await startBrowser(chromium);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  await running.stop();
  project.remove();
});

beforeEach(() => {
  writeFileSync(project.path("ledger.ts"), ledger);
});

/** Opens the page in a browser of its own and hands it to `act`; fails when any request went elsewhere or the page reported an error. */
async function inBrowser(
  act: (page: Page, visited: Visit) => Promise<void>,
  options?: BrowserContextOptions,
  at: string = running.url,
): Promise<void> {
  const visited = await visit(browser, options);
  try {
    await visited.page.goto(at);
    await act(visited.page, visited);
    const foreign = visited.requests.filter(
      (address) => new URL(address).origin !== new URL(at).origin,
    );
    expect(foreign).toEqual([]);
    // Chromium reports every answer that is not a success; a conflict is one that the page expects.
    expect(visited.errors.filter((text) => !text.includes("status of 409"))).toEqual([]);
  } catch (error) {
    await photograph(visited.page, "failed");
    throw error;
  } finally {
    await visited.close();
  }
}

/** Waits until something read from the page is as expected. Ten seconds, because test machines share their processors. */
function eventually<T>(
  read: () => Promise<T>,
  timeout = 10_000,
): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout });
}

async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press("Control+p");
  // On an empty filter the whole tree is shown again.
  await page.locator("#filter").fill(path);
  await page.keyboard.press("Enter");
  await eventually(() => page.locator("#path").textContent()).toBe(path);
  await page.locator("#filter").fill("");
}

/** Opens the ledger and goes into the function at its end. */
async function openFunction(page: Page): Promise<void> {
  await page.locator(".cm-content").waitFor();
  await openFile(page, "ledger.ts");
  await enterFunction(page);
}

function ghost(page: Page): Promise<string> {
  return page
    .locator(".ghost")
    .allTextContents()
    .then((texts) => texts.join("|"));
}

async function typed(page: Page): Promise<string> {
  return (await page.locator(".cm-activeLine").innerText()).trim();
}

async function checkAccessible(page: Page): Promise<void> {
  // By the test's own channel: the page's policy would refuse the script, as it should.
  const source = await readFile(
    createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
    "utf8",
  );
  await page.evaluate(source);
  const results = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(context: object, options: object): Promise<AxeResults> };
      }
    ).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  expect(
    results.violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
    ),
  ).toEqual([]);
  expect(results.passes.length).toBeGreaterThan(10);
}

async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

describe.skipIf(chromium === undefined)("cloud-code try, in a browser", () => {
  test("the first screen shows a source file, its project, and how to begin", async () => {
    await inBrowser(async (page) => {
      await page.locator(".cm-content").waitFor();
      expect(await page.locator("#path").textContent()).toMatch(/^(?:apps|packages)\/.*\.ts$/);
      expect(await page.locator("#hint").innerText()).toContain(
        "Put the cursor at the end of a line and type.",
      );
      await eventually(() => page.locator("#activity-words").textContent()).toBe("Ready");
      expect(await page.locator("#index").textContent()).toMatch(/^[\d,]+ files · [\d.]+K tokens/);
      expect(await page.locator("#privacy").innerText()).toBe("No byte left this machine");
      expect(page.url()).not.toContain("key");
      await checkAccessible(page);
      await photograph(page, "first");
    });
  });

  test("“Show me” begins a line that the engine continues, and the file on disk stays as it is", async () => {
    await inBrowser(async (page) => {
      await page.locator(".cm-content").waitFor();
      const path = project.path((await page.locator("#path").textContent()) ?? "");
      const before = await readFile(path, "utf8");
      await page.getByRole("button", { name: "Show me" }).click();
      await page.locator(".ghost").waitFor();
      expect(await page.locator("#hint").innerText()).toContain("Tab takes the rest");
      expect(await readFile(path, "utf8")).toBe(before);
    });
  });

  test("typing shows ghost text, Tab takes it, Ctrl+S saves it, and the file on disk has it", async () => {
    await inBrowser(async (page, { requests }) => {
      await openFunction(page);
      const asked = (): number =>
        requests.filter((address) => address.endsWith("/api/complete")).length;
      await page.keyboard.type("const total");
      await eventually(() => ghost(page)).toBe(
        "Cents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);",
      );
      expect(await page.locator("#offer-facts").textContent()).toMatch(
        /\d+ % · (this file|project)$/,
      );
      expect(await page.locator("#latency").textContent()).toMatch(/^Last answer: [\d.]+ ms$/);
      await checkAccessible(page);
      await photograph(page, "ghost");

      const before = asked();
      await page.keyboard.type("Cents = ", { delay: 30 });
      expect(await ghost(page)).toBe(
        "order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);",
      );
      expect(asked() - before, "typing along a suggestion asks for nothing").toBe(0);

      await page.keyboard.press("Tab");
      expect(await typed(page)).toBe(
        "const totalCents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);",
      );
      expect(await page.locator("#unsaved").isVisible()).toBe(true);
      await page.keyboard.press("Control+s");
      await page.locator("#unsaved").waitFor({ state: "hidden" });
      const saved = await readFile(project.path("ledger.ts"), "utf8");
      const line =
        "const totalCents = order.lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);";
      expect(saved).toContain(`export function copy(order: Order): number {\n  ${line}\n}\n`);
    });
  });

  test("Ctrl+→ takes a word, Alt+] and Alt+[ go round, Esc dismisses, Tab indents when there is nothing to take", async () => {
    await inBrowser(async (page) => {
      await openFunction(page);
      await page.keyboard.type("const totalCents = order");
      await eventually(() => ghost(page)).toBe(
        ".lines.reduce((sum, line) => sum + line.priceCents * line.count, 0);",
      );
      await page.keyboard.press("Control+ArrowRight");
      await page.keyboard.press("Control+ArrowRight");
      expect(await typed(page)).toContain("const totalCents = order.lines");
      expect(await ghost(page)).toBe(
        ".reduce((sum, line) => sum + line.priceCents * line.count, 0);",
      );

      await page.keyboard.press("Control+Space");
      await page.locator("[role=listbox]").waitFor();
      const first = await ghost(page);
      await page.keyboard.press("Alt+]");
      const second = await ghost(page);
      expect(second).not.toBe(first);
      await page.keyboard.press("Alt+[");
      expect(await ghost(page)).toBe(first);

      await page.keyboard.press("Escape");
      expect(await page.locator("[role=listbox]").count()).toBe(0);
      expect(await ghost(page)).toBe(first);
      await page.keyboard.press("Escape");
      expect(await ghost(page)).toBe("");
      expect(await page.locator("#why").textContent()).toContain("Dismissed.");
      const before = await page.locator(".cm-activeLine").textContent();
      await page.keyboard.press("Tab");
      expect(await page.locator(".cm-activeLine").textContent()).not.toBe(before);
    });
  });

  test("Ctrl+Space opens the ranked list, and arrows and Enter choose from it", async () => {
    await inBrowser(async (page) => {
      await openFunction(page);
      await page.keyboard.type("return order");
      await page.keyboard.press("Control+Space");
      const list = page.getByRole("listbox", { name: "Suggestions, best first" });
      await list.waitFor();
      const options = list.getByRole("option");
      expect(await options.count()).toBeGreaterThan(1);
      const name = /^1 .+ (\d+|<1) % (this file|project)$/;
      expect(await list.getByRole("option", { name, selected: true }).count()).toBe(1);
      expect(await list.locator(".rank").allTextContents()).toEqual(
        Array.from({ length: await options.count() }, (_, index) => String(index + 1)),
      );
      await checkAccessible(page);
      await photograph(page, "list");

      await page.keyboard.press("ArrowDown");
      const chosen = list.locator("[aria-selected=true]");
      expect(await page.locator(".cm-content").getAttribute("aria-activedescendant")).toBe(
        await chosen.getAttribute("id"),
      );
      const text = await chosen.locator(".code").textContent();
      await page.keyboard.press("Enter");
      expect(await typed(page)).toBe(`return order${text}`);
      expect(await list.count()).toBe(0);
    });
  });

  test("a click in the list takes an option, and Alt+\\ opens it where Ctrl+Space belongs to the input method", async () => {
    await inBrowser(async (page) => {
      await openFunction(page);
      await page.keyboard.type("return order");
      await page.keyboard.press("Alt+\\");
      const option = page.getByRole("option").nth(1);
      const text = await option.locator(".code").textContent();
      await option.click();
      expect(await typed(page)).toBe(`return order${text}`);
    });
  });

  test("when nothing is shown it says why, in words", async () => {
    await inBrowser(async (page) => {
      await openFunction(page);
      const why = (): Promise<string | null> => page.locator("#why").textContent();
      await page.keyboard.type("// an order");
      await eventually(why).toBe("The cursor is inside a comment.");
      await photograph(page, "why");
      await page.keyboard.press("Backspace");
      await eventually(why).toBe("Nothing is suggested while you delete.");
      await page.keyboard.press("Control+Space");
      await page.locator(".note").waitFor();
      expect(await page.locator(".note").innerText()).toContain("Nothing to suggest");
      await photograph(page, "note");
      await page.keyboard.press("Control+a");
      await eventually(why).toBe("Nothing is suggested for a selection or several cursors.");
    });
  });

  test("a file that another program changed is saved only as the person chooses", async () => {
    const path = project.path("shared.ts");
    await writeFile(path, "export const one = 1;\n", { mode: 0o640 });
    await inBrowser(async (page) => {
      const dialog = page.getByRole("dialog", { name: "Changed on disk" });
      const editWhileOther = async (theirs: string): Promise<void> => {
        await page.locator(".cm-content").focus();
        await page.keyboard.press("Control+End");
        await page.keyboard.insertText("mine");
        await writeFile(path, theirs);
        await page.keyboard.press("Control+s");
        await dialog.waitFor();
      };
      await page.locator(".cm-content").waitFor();
      await openFile(page, "shared.ts");
      await editWhileOther("export const two = 2;\n");
      await checkAccessible(page);
      await photograph(page, "conflict");
      await dialog.getByRole("button", { name: "Keep editing" }).click();
      expect(await readFile(path, "utf8")).toBe("export const two = 2;\n");

      await page.keyboard.press("Control+s");
      await dialog.getByRole("button", { name: "Load from disk" }).click();
      await eventually(() => page.locator(".cm-content").innerText()).toContain("two");

      await editWhileOther("export const three = 3;\n");
      await dialog.getByRole("button", { name: "Save mine" }).click();
      await eventually(() => readFile(path, "utf8")).toBe("export const two = 2;\nmine");
      expect((await stat(path)).mode & 0o777).toBe(0o640);
    });
  });

  test("files are found and opened by keyboard alone, and secrets are not among them", async () => {
    await inBrowser(async (page) => {
      await page.locator(".cm-content").waitFor();
      await page.keyboard.press("Control+p");
      await page.keyboard.type("ledger");
      await eventually(() => page.getByRole("treeitem").count()).toBe(1);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await eventually(() => page.locator("#path").textContent()).toBe("ledger.ts");
      await page.locator("#filter").fill("secrets");
      await eventually(() => page.locator("#tree-note").textContent()).toBe("No file matches.");
      await page.locator("#filter").fill("");
      const focused = (): Promise<string | null> =>
        page.evaluate(() => document.activeElement?.textContent ?? null);
      await page.keyboard.press("ArrowDown");
      expect(await focused()).toBe("ledger.ts");
      await page.keyboard.press("Home");
      expect(await focused()).toBe("apps");
      // The tree shows where the open file lies, and which one is opened first depends on the project.
      await page.keyboard.press("ArrowLeft");
      const folder = page.getByRole("treeitem", { name: "packages", exact: true });
      await page.keyboard.type("pack");
      expect(await focused()).toBe("packages");
      if ((await folder.getAttribute("aria-expanded")) === "false")
        await page.keyboard.press("ArrowRight");
      expect(await folder.getAttribute("aria-expanded")).toBe("true");
      await page.keyboard.press("ArrowLeft");
      expect(await folder.getAttribute("aria-expanded")).toBe("false");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      expect(await focused()).toBe("completion");
      await page.keyboard.press("ArrowLeft");
      expect(await focused()).toBe("packages");
    });
  });

  test("the page speaks Chinese", async () => {
    await inBrowser(async (page) => {
      await openFunction(page);
      await page.getByRole("button", { name: /Chinese/ }).click();
      expect(await page.locator("html").getAttribute("lang")).toBe("zh-CN");
      await enterFunction(page);
      await page.keyboard.type("// ");
      await eventually(() => page.locator("#why").textContent()).toBe("光标位于注释中。");
      expect(await page.locator("#privacy").innerText()).toBe("没有一个字节离开本机");
      const texts = await page.locator("body").innerText();
      expect(texts).not.toMatch(/Accept|Dismiss|Try it|Ready|files/);
      for (const key of ["Home", "Shift+End", "Backspace"]) await page.keyboard.press(key);
      await page.keyboard.type("const total");
      await page.keyboard.press("Control+Space");
      await page.getByRole("listbox", { name: "建议（最佳在前）" }).waitFor();
      await checkAccessible(page);
      await photograph(page, "chinese");
    });
  });

  test("colours follow the system and can be switched", async () => {
    await inBrowser(
      async (page) => {
        const ground = (): Promise<string> =>
          page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        await openFunction(page);
        await page.keyboard.type("const total");
        await page.locator(".ghost").waitFor();
        const dark = await ground();
        await checkAccessible(page);
        await photograph(page, "dark");
        await page.keyboard.press("Control+Space");
        await page.getByRole("listbox").waitFor();
        await checkAccessible(page);
        await photograph(page, "dark-list");
        await page.getByRole("button", { name: "Switch to light colours" }).click();
        expect(await ground()).not.toBe(dark);
        await checkAccessible(page);
      },
      { colorScheme: "dark" },
    );
  });

  test("a phone shows the editor, keeps the files behind a button and takes a suggestion by touch", async () => {
    await inBrowser(
      async (page) => {
        await page.locator(".cm-content").waitFor();
        expect(await page.locator("#side").isVisible()).toBe(false);
        await page.getByRole("button", { name: "Show me" }).tap();
        await page.locator(".ghost").waitFor();
        await checkAccessible(page);
        await photograph(page, "phone");
        const isWide = (): Promise<boolean> =>
          page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect(await isWide()).toBe(false);
        const rest = await ghost(page);
        await page.locator(".ghost").first().tap();
        expect(await page.locator(".cm-activeLine").innerText()).toContain(rest);
        await page.getByRole("button", { name: "Show or hide the file list" }).tap();
        await photograph(page, "phone-files");
        await page.getByRole("treeitem", { name: "ledger.ts" }).tap();
        await eventually(() => page.locator("#path").textContent()).toBe("ledger.ts");
        expect(await page.locator("#side").isVisible()).toBe(false);
        expect(await isWide()).toBe(false);
      },
      { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
    );
  });

  test("keys and facts are one click away", async () => {
    await inBrowser(async (page) => {
      await page.locator(".cm-content").waitFor();
      await page.getByRole("button", { name: "No byte left this machine" }).click();
      const facts = page.getByRole("dialog", { name: "Keys and facts" });
      expect(await facts.innerText()).toContain("may hold secrets (never opened)");
      await checkAccessible(page);
      await photograph(page, "facts");
      await page.keyboard.press("Escape");
      expect(await facts.isVisible()).toBe(false);
    });
  });

  test("the page survives a reload, and is locked without its key", async () => {
    await inBrowser(async (page) => {
      await page.locator(".cm-content").waitFor();
      await page.reload();
      await page.locator(".cm-content").waitFor();
      const other = await page.context().newPage();
      await other.goto(new URL("/", running.url).href);
      await other.getByRole("heading", { name: "This page needs its key" }).waitFor();
      expect(await other.locator("#side").isVisible()).toBe(false);
      await checkAccessible(other);
      await photograph(other, "locked");
    });
  });

  test("indexing is shown as it goes, and completion works meanwhile", async () => {
    const large = createProject(60);
    const other = await startTry(large);
    try {
      await inBrowser(
        async (page) => {
          await page.locator("#progress").waitFor({ timeout: 10_000 });
          expect(await page.locator("#activity-words").textContent()).toMatch(
            /^Indexing \d+\/\d+ files$/,
          );
          await photograph(page, "indexing");
          await openFunction(page);
          await page.keyboard.type("const total");
          await page.locator(".ghost").waitFor();
          await eventually(() => page.locator("#activity-words").textContent(), 60_000).toBe(
            "Ready",
          );
          expect(await page.locator("#progress").isVisible()).toBe(false);
        },
        {},
        other.url,
      );
    } finally {
      await other.stop();
      large.remove();
    }
  });

  test("when the program stops the page says so and keeps the text", async () => {
    const other = await startTry(project);
    const visited = await visit(browser);
    try {
      const { page } = visited;
      await page.goto(other.url);
      await page.locator(".cm-content").waitFor();
      expect(await other.stop()).toBe(0);
      await eventually(() => page.locator("#alert").textContent()).toContain(
        "The program has stopped.",
      );
      await photograph(page, "stopped");
      expect(await page.locator(".cm-content").isVisible()).toBe(true);
    } finally {
      await visited.close();
    }
  });
});

test("the address is printed with its key, and a taken port is explained", async () => {
  expect(running.output()).toContain(running.url);
  const port = new URL(running.url).port;
  await expect(startTry(project, { port })).rejects.toThrow(
    new RegExp(`Port ${port} is taken by another program\\. Choose another with --port`),
  );
});
