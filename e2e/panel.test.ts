import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostMessage, PanelMessage, PanelResult, Tab } from "@cloud-code/panel/protocol";
import { findChromium, startBrowser } from "./browser.ts";
import {
  type Answering,
  type OpenPanel,
  PanelPages,
  settle,
  suggestions,
  type Theme,
  themes,
} from "./panel.ts";
import { answerOf, firstWords, resultOf, settingsOf, telemetryOf } from "./panel.scenes.ts";

const chromium = await findChromium();
const pictures = fileURLToPath(new URL(".output/panel/", import.meta.url));
/** Dozens of pages each: on a machine that does much else they take minutes. */
const slowMs = 300_000;
const tabs: readonly Tab[] = ["search", "statistics", "status", "data"];

describe.skipIf(chromium === undefined)("the panel, in a page as strict as a webview", () => {
  let browser: Browser;
  let pages: PanelPages;
  let axe: string;
  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
    [browser, pages, axe] = await Promise.all([
      startBrowser(chromium ?? ""),
      PanelPages.start(),
      readFile(path, "utf8"),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await pages.close();
  });

  /** A host that knows everything at once. */
  const host =
    (language: "en" | "zh"): Answering =>
    (message) => {
      switch (message.kind) {
        case "ready":
          return firstWords(language);
        case "search":
          return [{ kind: "answer", id: message.id, answer: answerOf(message.page, language) }];
        case "suggest":
          return [{ kind: "suggestions", id: message.id, words: suggestions }];
        case "preview": {
          const text = Array.from({ length: 50_000 }, (_, line) => `line ${line + 1}`).join("\n");
          return [{ kind: "file", id: message.id, file: { text, language: "typescript" } }];
        }
        case "copy":
        case "insert":
          return [{ kind: "done", id: message.id }];
        default:
          return [];
      }
    };

  /** Opens a panel for `act`; fails when the page reported an error, a violation of its policy or a request to elsewhere. */
  async function inPanel(
    options: Parameters<PanelPages["open"]>[1],
    act: (page: Page, panel: OpenPanel) => Promise<void>,
    answering: Answering = host(options.language ?? "en"),
  ): Promise<void> {
    const panel = await pages.open(browser, options, answering);
    try {
      await act(panel.page, panel);
      expect(panel.errors).toEqual([]);
      expect(panel.requests.filter((address) => !address.startsWith("http://127.0.0.1:"))).toEqual(
        [],
      );
    } catch (error) {
      await panel.page.screenshot({ path: `${pictures}failed.png` });
      throw error;
    } finally {
      await panel.close();
    }
  }

  async function checkAccessible(page: Page, where: string): Promise<void> {
    await page.evaluate(axe);
    const results = await page.evaluate(() =>
      (
        globalThis as unknown as {
          axe: { run(context: object, options: object): Promise<AxeResults> };
        }
      ).axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        // A page with this panel alone has no heading of the first level; the editor around it has.
        rules: { "page-has-heading-one": { enabled: false } },
      }),
    );
    expect(
      results.violations.map(
        ({ id, nodes }) =>
          `${where} ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
      ),
    ).toEqual([]);
    expect(results.passes.length).toBeGreaterThan(10);
  }

  async function ask(page: Page, query: string): Promise<void> {
    await page.locator("#panel-query").fill(query);
    await page.keyboard.press("Enter");
    await page.locator(".result").first().waitFor();
  }

  /** Nothing of the page lies outside of it: in a side bar nobody scrolls sideways. */
  async function checkFits(page: Page, where: string): Promise<void> {
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("#panel *")]
        .filter((element) => {
          const { right, width } = element.getBoundingClientRect();
          const isScrolled = element.closest(".window") !== null;
          return width > 0 && !isScrolled && right > innerWidth + 0.5;
        })
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    expect([where, outside]).toEqual([where, []]);
  }

  /** Waits until something read from the page is as expected: what a key does is seen after the page has drawn it. */
  function eventually<T>(read: () => Promise<T>): ReturnType<typeof expect.poll<T>> {
    return expect.poll(read, { timeout: 10_000 });
  }

  for (const theme of Object.keys(themes) as Theme[])
    for (const language of ["en", "zh"] as const)
      test(
        `every page is accessible and fits: ${theme}, ${language}`,
        { timeout: slowMs },
        async () => {
          for (const width of [320, 240, 800])
            await inPanel({ theme, language, width }, async (page) => {
              const name = `${theme.replaceAll(" ", "-")}-${language}-${width}`;
              const look = async (what: string, isFirst = width === 320): Promise<void> => {
                await settle(page);
                await checkFits(page, `${name} ${what}`);
                if (isFirst) await checkAccessible(page, `${name} ${what}`);
                await page.screenshot({ path: `${pictures}${name}-${what}.png` });
              };
              await look("intro");
              await page.locator("#panel-query").fill("read cre");
              await page.locator(".suggestions").waitFor();
              await page.keyboard.press("ArrowDown");
              await look("suggestions");
              await page.keyboard.press("Escape");
              await page.locator(".toggle").click();
              await look("filters");
              await page.locator(".toggle").click();
              await ask(page, "read excel file");
              await look("results");
              await page.locator(".result").first().locator(".actions button").nth(1).click();
              await page.locator(".window .line").first().waitFor();
              await look("preview");
              await page.keyboard.press("Escape");
              for (const tab of tabs.slice(1)) {
                await page.locator(`#panel-tab-${tab}`).click();
                await look(tab);
                // Names and addresses stay as they are; a sentence in English is one that nobody translated.
                if (language === "zh")
                  expect(await page.locator("#panel").innerText()).not.toMatch(
                    /\b(?:the|and|of|is|are|not|to|nothing)\b/i,
                  );
              }
            });
        },
      );

  test("states say what happens and what to do: waiting, cancelled, failed, empty", async () => {
    const asked: PanelMessage[] = [];
    const answering: Answering = (message) => {
      if (message.kind === "search") asked.push(message);
      return message.kind === "ready" ? [{ kind: "settings", settings: settingsOf("en") }] : [];
    };
    await inPanel(
      { theme: "dark" },
      async (page, { tell, posted }) => {
        const body = page.locator(".body");
        const look = async (what: string, words: string): Promise<void> => {
          await page.getByText(words).first().waitFor();
          await settle(page);
          await checkAccessible(page, what);
          await page.screenshot({ path: `${pictures}state-${what}.png` });
        };
        await page.locator("#panel-query").fill("read excel");
        await page.keyboard.press("Enter");
        await look("waiting", "The first search builds the index");
        await page.getByRole("button", { name: "Cancel" }).click();
        await look("cancelled", "Press Enter to ask again.");
        expect(posted.at(-1)).toEqual({ kind: "cancel", id: 1 });
        expect(await page.evaluate(() => document.activeElement?.id)).toBe("panel-query");

        await page.getByRole("button", { name: "Search again" }).click();
        const sentence = "The pattern /(/ does not parse. Correct it, or put quotes around it.";
        await tell({ kind: "problem", id: 2, sentence });
        await look("failed", sentence);

        await page.locator(".toggle").click();
        await page.getByRole("textbox", { name: "Package" }).fill("zod");
        await page.getByRole("button", { name: "Search", exact: true }).last().click();
        expect(asked.at(-1)).toMatchObject({ filter: { package: "zod" } });
        await tell({ kind: "answer", id: 3, answer: { ...answerOf(1, "en", []), total: 0 } });
        await look("empty", "Filters are active and may hide answers.");
        for (const tab of tabs.slice(1)) {
          await page.locator(`#panel-tab-${tab}`).click();
          expect(await body.innerText()).toContain("Loading …");
        }
        await tell({ kind: "egress", egress: { permits: [], connections: [] } });
        await look("nothing-sent", "Nothing has left this machine");
      },
      answering,
    );
    await inPanel(
      {},
      async (page) => {
        await page.getByText("Waiting for the assistant …").waitFor();
        await page.screenshot({ path: `${pictures}state-connecting.png` });
      },
      () => [],
    );
  });

  test("everything is reached by keyboard alone", async () => {
    await inPanel({ width: 400 }, async (page, { posted }) => {
      const press = async (...keys: readonly string[]): Promise<void> => {
        for (const key of keys) await page.keyboard.press(key);
      };
      const focused = (): Promise<string> =>
        page.evaluate(
          () =>
            document.activeElement?.getAttribute("aria-label") ??
            document.activeElement?.textContent ??
            "",
        );
      await press("Tab", "Tab");
      await eventually(focused).toBe("Search code");
      await page.keyboard.type("read cre");
      await page.locator(".suggestions").getByText("createRow").first().waitFor();
      await press("ArrowDown", "ArrowDown");
      const active = async (): Promise<string> => {
        const id = await page.locator("#panel-query").getAttribute("aria-activedescendant");
        return id === null ? "" : page.locator(`#${id}`).innerText();
      };
      await eventually(active).toContain("createRow");
      await press("Enter");
      await eventually(() => page.locator("#panel-query").inputValue()).toBe("read createRow");
      await press("Enter");
      await page.locator(".result").first().waitFor();
      await eventually(() => page.locator("[role=status]").innerText()).toContain("1,000 results.");

      await press("ArrowDown");
      await eventually(focused).toMatch(/^Result 1: src\/main/);
      await press("ArrowDown", "End");
      await eventually(focused).toMatch(/^Result 4: README/);
      await press("Home", "e");
      await eventually(() => page.locator(".result").first().locator(".line").count()).toBe(16);
      await press("c");
      await page.getByText("Copied.").waitFor();
      await press("i");
      await page.getByText("Inserted at the cursor.").waitFor();
      await press("n");
      await page.getByRole("button", { name: /^Result 11:/ }).waitFor();
      await eventually(focused).toMatch(/^Result 11:/);
      await press("p");
      await page.locator(".window .line").first().waitFor();
      await eventually(focused).toBe("Back to the results");
      await press("Escape");
      await eventually(focused).toMatch(/^Result 11:/);
      await press("Enter");
      await eventually(async () =>
        posted.flatMap((message) => (message.kind === "event" ? [message.event] : [])),
      ).toEqual([
        { kind: "adopt", rank: 1 },
        { kind: "adopt", rank: 1 },
        { kind: "page-turn" },
        { kind: "click" },
        { kind: "click" },
      ]);
      await press("/");
      await eventually(focused).toBe("Search code");

      await press("Shift+Tab", "ArrowRight");
      await eventually(focused).toBe("Statistics");
      await press("End");
      await eventually(focused).toBe("Data");
      await press("ArrowLeft", "ArrowLeft", "Tab", "ArrowUp");
      await eventually(async () => posted.at(-1)).toMatchObject({
        kind: "telemetry-set",
        choice: { mode: "local" },
      });
      await page.getByRole("button", { name: "Delete everything …" }).press("Enter");
      await eventually(focused).toBe("Keep it");
      await press("Enter");
      await eventually(focused).toBe("Delete everything …");
      await press("Enter", "Tab", "Enter");
      await expect
        .poll(async () => posted.at(-1), { timeout: 10_000 })
        .toMatchObject({ kind: "telemetry-purge" });
    });
  });

  test("[A3] a yes to statistics is asked for with its receiver, and leaving the question is a no", async () => {
    const off: HostMessage = { kind: "telemetry", telemetry: telemetryOf("en", "off") };
    await inPanel({ theme: "light" }, async (page, { posted, tell }) => {
      await tell(off);
      await page.locator("#panel-tab-statistics").click();
      const allow = page.getByRole("radio", { name: /Allow sending/ });
      await allow.click();
      await page.getByText("May usage statistics be sent?").waitFor();
      await checkAccessible(page, "question");
      await page.screenshot({ path: `${pictures}question.png` });
      expect(await allow.isChecked()).toBe(false);
      await page.locator("#panel-tab-data").click();
      await page.locator("#panel-tab-statistics").click();
      expect(await page.getByText("May usage statistics be sent?").count()).toBe(0);
      await allow.click();
      await page.getByRole("button", { name: "Not now" }).click();
      expect(posted.filter(({ kind }) => kind === "telemetry-set")).toEqual([]);
      await allow.click();
      await page.getByRole("button", { name: "Allow", exact: true }).click();
      expect(posted.find(({ kind }) => kind === "telemetry-set")).toMatchObject({
        choice: { mode: "on", receiver: "https://statistics.example", noticeVersion: 3 },
      });
    });
  });

  test("[A5] [A7] the bytes of a report are shown as they are, whatever they hold", async () => {
    const bytes = '{"a":"<b>&amp;\\u0000</b>",  "spaces":1}';
    await inPanel({}, async (page, { tell }) => {
      const next = { week: "2026-W47", bytes, enough: true };
      await tell({ kind: "telemetry", telemetry: { ...telemetryOf("en", "on"), next } });
      await page.locator("#panel-tab-statistics").click();
      expect(await page.locator(".report .bytes").textContent()).toBe(bytes);
      expect(await page.locator(".report .soft").textContent()).toContain(
        `${new TextEncoder().encode(bytes).length} bytes`,
      );
    });
  });

  test("code in results is text: nothing of it runs, loads or becomes an element", async () => {
    const corpus = [
      "<script>globalThis.hacked = 1</script>",
      '<img src=x onerror="globalThis.hacked = 2">',
      '"><svg/onload=globalThis.hacked=3>',
      "javascript:globalThis.hacked=4",
      "<iframe srcdoc='<script>parent.hacked=5</script>'>",
      "</code></pre><style>*{display:none}</style>",
      "<a href='data:text/html,<script>1</script>'>x</a>",
      "\u202Eevil\u202C {{7*7}} ${7*7} \u0000 &lt;script&gt;",
      "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=1&gt;'>",
    ];
    const found: PanelResult[] = corpus.map((text, index) => ({
      ...resultOf(text, text, text),
      why: text,
      symbol: { name: text, kind: "function" },
      package: { ecosystem: text, name: text, version: text, licence: text },
      startLine: index + 1,
    }));
    const answering: Answering = (message) =>
      message.kind === "search"
        ? [
            {
              kind: "answer",
              id: message.id,
              answer: {
                ...answerOf(1, "en", found),
                understoodAs: { kind: "literal", sentence: corpus.join(" ") },
              },
            },
          ]
        : message.kind === "suggest"
          ? [
              {
                kind: "suggestions",
                id: message.id,
                words: corpus.map((text) => ({ text, kind: "word", count: 1 })),
              },
            ]
          : message.kind === "preview"
            ? [{ kind: "file", id: message.id, file: { text: corpus.join("\n"), language: "x" } }]
            : host("en")(message);
    await inPanel(
      {},
      async (page) => {
        await page.locator("#panel-query").fill(corpus[0] ?? "");
        await page.locator(".suggestions li").first().waitFor();
        expect(await page.locator(".suggestions .text").allTextContents()).toEqual(corpus);
        await page.keyboard.press("Enter");
        await page.locator(".result").first().waitFor();
        const codes = await page.locator(".result .code").allTextContents();
        expect(codes.map((text) => text.replace(/\n$/, ""))).toEqual(corpus);
        await page.locator(".result .actions button").nth(1).click();
        await page.locator(".window .line").first().waitFor();
        const tags = await page.evaluate(() => [
          ...new Set([...document.querySelectorAll("#panel *")].map(({ localName }) => localName)),
        ]);
        for (const tag of ["script", "img", "iframe", "style", "a", "math", "object"])
          expect(tags).not.toContain(tag);
        expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
      },
      answering,
    );
  });

  test(
    "1,000 results, a page of 100 long ones and a file of 50,000 lines do not make the page stutter",
    { timeout: slowMs },
    async () => {
      const snippet = Array.from(
        { length: 60 },
        (_, line) => `  const value${line} = read(excel, "row ${line}"); // ${line}`,
      ).join("\n");
      const many = Array.from({ length: 100 }, (_, index) =>
        resultOf(`src/file${index}.ts`, "typescript", snippet),
      );
      const answering: Answering = (message) =>
        message.kind === "search"
          ? [
              {
                kind: "answer",
                id: message.id,
                answer: answerOf(message.page, "en", message.page === 1 ? many : many.slice(0, 10)),
              },
            ]
          : host("en")(message);
      await inPanel(
        { width: 400 },
        async (page) => {
          const longest = async (act: () => Promise<void>): Promise<number> => {
            await page.evaluate(() => {
              const seen: number[] = [];
              Object.assign(globalThis, { seen });
              new PerformanceObserver((list) =>
                seen.push(...list.getEntries().map(({ duration }) => duration)),
              ).observe({ entryTypes: ["longtask"] });
            });
            await act();
            await settle(page);
            return page.evaluate(() =>
              Math.max(0, ...(globalThis as unknown as { seen: number[] }).seen),
            );
          };
          const figures: Record<string, number> = {};
          figures["page of 100"] = await longest(() => ask(page, "read excel"));
          figures["20 page turns"] = await longest(async () => {
            for (let turned = 1; turned <= 20; turned++) {
              await page.getByRole("button", { name: "Next page" }).click();
              await page.getByText(`Page ${turned + 1} of 100`).waitFor();
            }
          });
          figures["preview of 50,000 lines"] = await longest(async () => {
            await page.locator(".result .actions button").nth(1).click();
            await page.locator(".window .line").first().waitFor();
          });
          figures["scrolling through it"] = await longest(async () => {
            await page.locator(".window").evaluate((element) => (element.scrollTop = 9e9));
            await page.locator(".line[data-line='50000']").waitFor();
          });
          expect(await page.locator(".window .line").count()).toBeLessThan(300);
          console.log(
            Object.entries(figures)
              .map(([what, ms]) => `${what}: ${Math.round(ms)} ms`)
              .join(", "),
          );
          // Without paging and without the window of the preview these are many seconds, on any machine.
          for (const [what, ms] of Object.entries(figures))
            expect([what, ms < 1_000]).toEqual([what, true]);
        },
        answering,
      );
    },
  );

  test("the bundle stays small: under 64 kB of script and 24 kB of style", async () => {
    const size = async (name: string): Promise<number> =>
      (await readFile(new URL(`../packages/panel/dist/bundle/${name}`, import.meta.url))).length;
    expect(await size("panel.js")).toBeLessThan(64_000);
    expect(await size("panel.css")).toBeLessThan(24_000);
  });
});
