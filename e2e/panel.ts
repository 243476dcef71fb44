import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import type { Completion } from "@cloud-code/search";
import { type HostMessage, parsePanelMessage, type PanelMessage } from "@cloud-code/panel/protocol";
import { visit, type Visit } from "./browser.ts";

const bundle = new URL("../packages/panel/dist/bundle/", import.meta.url);

/** Theme variables as editors of the VS Code family set them, for the four kinds of themes; "browser" is none. */
export const themes = {
  browser: { classes: "", variables: {} },
  light: {
    classes: "vscode-light",
    variables: {
      "sideBar-background": "#F8F8F8",
      foreground: "#3B3B3B",
      descriptionForeground: "#3B3B3B",
      "panel-border": "#E5E5E5",
      "editor-background": "#FFFFFF",
      "editor-foreground": "#3B3B3B",
      "editorLineNumber-foreground": "#6E7681",
      "list-hoverBackground": "#F2F2F2",
      "input-background": "#FFFFFF",
      "input-foreground": "#3B3B3B",
      "input-border": "#CECECE",
      "input-placeholderForeground": "#767676",
      focusBorder: "#005FB8",
      "button-background": "#005FB8",
      "button-foreground": "#FFFFFF",
      "button-hoverBackground": "#0258A8",
      "button-secondaryBackground": "#E5E5E5",
      "button-secondaryForeground": "#3B3B3B",
      "button-secondaryHoverBackground": "#CCCCCC",
      "textLink-foreground": "#005FB8",
      "editorSuggestWidget-background": "#F8F8F8",
      "editorSuggestWidget-foreground": "#3B3B3B",
      "editorSuggestWidget-selectedBackground": "#E8E8E8",
      "editorSuggestWidget-selectedForeground": "#000000",
      "badge-background": "#CCCCCC",
      "badge-foreground": "#3B3B3B",
      errorForeground: "#F85149",
      "testing-iconPassed": "#388A34",
    },
  },
  dark: {
    classes: "vscode-dark",
    variables: {
      "sideBar-background": "#181818",
      "sideBar-foreground": "#CCCCCC",
      foreground: "#CCCCCC",
      descriptionForeground: "#9D9D9D",
      "panel-border": "#2B2B2B",
      "editor-background": "#1F1F1F",
      "editor-foreground": "#CCCCCC",
      "editorLineNumber-foreground": "#6E7681",
      "list-hoverBackground": "#2A2D2E",
      "input-background": "#313131",
      "input-foreground": "#CCCCCC",
      "input-border": "#3C3C3C",
      "input-placeholderForeground": "#989898",
      focusBorder: "#0078D4",
      "button-background": "#0078D4",
      "button-foreground": "#FFFFFF",
      "button-hoverBackground": "#026EC1",
      "button-secondaryBackground": "#313131",
      "button-secondaryForeground": "#CCCCCC",
      "button-secondaryHoverBackground": "#3C3C3C",
      "textLink-foreground": "#4DAAFC",
      "editorSuggestWidget-background": "#202020",
      "editorSuggestWidget-foreground": "#CCCCCC",
      "editorSuggestWidget-selectedBackground": "#04395E",
      "editorSuggestWidget-selectedForeground": "#FFFFFF",
      "badge-background": "#616161",
      "badge-foreground": "#F8F8F8",
      errorForeground: "#F85149",
      "testing-iconPassed": "#73C991",
    },
  },
  "high contrast": {
    classes: "vscode-high-contrast",
    variables: {
      "sideBar-background": "#000000",
      "sideBar-foreground": "#FFFFFF",
      foreground: "#FFFFFF",
      descriptionForeground: "#FFFFFFB3",
      contrastBorder: "#6FC3DF",
      "panel-border": "#6FC3DF",
      "editor-background": "#000000",
      "editor-foreground": "#FFFFFF",
      "editorLineNumber-foreground": "#FFFFFF",
      "input-background": "#000000",
      "input-foreground": "#FFFFFF",
      "input-border": "#6FC3DF",
      "input-placeholderForeground": "#FFFFFFB3",
      focusBorder: "#F38518",
      "button-background": "#000000",
      "button-foreground": "#FFFFFF",
      "textLink-foreground": "#21A6FF",
      "badge-background": "#000000",
      "badge-foreground": "#FFFFFF",
      errorForeground: "#F48771",
    },
  },
  "high contrast light": {
    classes: "vscode-high-contrast-light vscode-high-contrast",
    variables: {
      "sideBar-background": "#FFFFFF",
      "sideBar-foreground": "#292929",
      foreground: "#292929",
      descriptionForeground: "#292929B3",
      contrastBorder: "#0F4A85",
      "panel-border": "#0F4A85",
      "editor-background": "#FFFFFF",
      "editor-foreground": "#292929",
      "editorLineNumber-foreground": "#237893",
      "input-background": "#FFFFFF",
      "input-foreground": "#292929",
      "input-border": "#0F4A85",
      "input-placeholderForeground": "#292929B3",
      focusBorder: "#006BBD",
      "button-background": "#0F4A85",
      "button-foreground": "#FFFFFF",
      "textLink-foreground": "#0F4A85",
      "badge-background": "#0F4A85",
      "badge-foreground": "#FFFFFF",
      errorForeground: "#B5200D",
    },
  },
} as const;

/** The name of a theme. */
export type Theme = keyof typeof themes;

/** What a host under test answers to a message of the panel. */
export type Answering = (message: PanelMessage) => readonly HostMessage[];

/** A panel in a page that is as strict as a webview. */
export interface OpenPanel extends Visit {
  /** Every message the panel posted, in order. */
  readonly posted: readonly PanelMessage[];
  /** Tells the panel something. */
  readonly tell: (message: HostMessage) => Promise<void>;
}

/** Serves pages with the built panel. */
export class PanelPages {
  readonly #server: Server;
  readonly #address: string;

  private constructor(server: Server) {
    this.#server = server;
    this.#address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** Starts the server on a free port. */
  static async start(): Promise<PanelPages> {
    const script = await readFile(new URL("panel.js", bundle));
    const style = await readFile(new URL("panel.css", bundle));
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
      if (pathname === "/panel.js") {
        response.setHeader("Content-Type", "text/javascript; charset=utf-8");
        response.end(script);
      } else if (pathname.endsWith(".css")) {
        response.setHeader("Content-Type", "text/css; charset=utf-8");
        response.end(pathname === "/panel.css" ? style : styleOf(searchParams.get("theme") ?? ""));
      } else {
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.setHeader(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'self'; script-src 'nonce-one'; require-trusted-types-for 'script'; trusted-types 'none'",
        );
        response.end(documentOf(searchParams));
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new PanelPages(server);
  }

  /** Opens a panel whose host answers as `answering` says. */
  async open(
    browser: Browser,
    options: {
      readonly theme?: Theme;
      readonly language?: "en" | "zh";
      readonly width?: number;
      readonly height?: number;
    },
    answering: Answering,
  ): Promise<OpenPanel> {
    const { theme = "browser", language = "en", width = 320, height = 800 } = options;
    const visited = await visit(browser, { viewport: { width, height } });
    const { page } = visited;
    const posted: PanelMessage[] = [];
    const tell = (message: HostMessage): Promise<void> =>
      page.evaluate((data) => globalThis.postMessage(data, location.origin), message);
    await page.exposeFunction("panelPosted", async (value: unknown) => {
      const message = parsePanelMessage(value);
      if (message === undefined) throw new Error(`No message: ${JSON.stringify(value)}`);
      posted.push(message);
      for (const answer of answering(message)) await tell(answer);
    });
    await page.addInitScript(() => {
      const { panelPosted } = globalThis as unknown as { panelPosted: (message: unknown) => void };
      Object.assign(globalThis, { acquireVsCodeApi: () => ({ postMessage: panelPosted }) });
    });
    await page.goto(`${this.#address}?theme=${encodeURIComponent(theme)}&language=${language}`);
    await page.locator(".panel .frame").waitFor();
    return { ...visited, posted, tell };
  }

  /** Frees the port. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function documentOf(parameters: URLSearchParams): string {
  const theme = toTheme(parameters.get("theme") ?? "");
  const language = parameters.get("language") === "zh" ? "zh-CN" : "en";
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>Panel</title>
<link rel="stylesheet" href="/theme.css?theme=${encodeURIComponent(theme)}"><link rel="stylesheet" href="/panel.css"></head>
<body class="${themes[theme].classes}"><main id="panel"></main><script nonce="one" src="/panel.js"></script></body>
</html>`;
}

function styleOf(name: string): string {
  const rows = Object.entries(themes[toTheme(name)].variables);
  return `html, body { margin: 0; height: 100%; }
#panel { height: 100vh; }
:root { ${rows.map(([variable, value]) => `--vscode-${variable}: ${value};`).join(" ")} }`;
}

function toTheme(name: string): Theme {
  return name in themes ? (name as Theme) : "browser";
}

/** Waits until nothing moves: fonts are there, and what was asked was answered. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** Suggestions for tests. */
export const suggestions: readonly Completion[] = [
  { text: "read createSheet", kind: "method", count: 9 },
  { text: "read createRow", kind: "method", count: 4 },
  { text: "read create", kind: "word", count: 12 },
];
