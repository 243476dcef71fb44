import { randomBytes } from "node:crypto";
import {
  commands,
  type Disposable,
  env,
  Uri,
  type Webview,
  type WebviewView,
  type WebviewViewProvider,
} from "vscode";
import { type HostMessage, parsePanelMessage, type Tab } from "@cloud-code/panel/protocol";
import type { Host } from "./host.ts";
import type { Query } from "./query.ts";

/** The identifier of the view in the side bar. */
export const viewId = "cloudCode.panel";

/** The panel in the side bar. It is made when it is first shown; what is said to it before waits for it. */
export class PanelView implements WebviewViewProvider, Disposable {
  readonly #assets: Uri;
  readonly #host: Host;
  #view: WebviewView | undefined;
  #isReady = false;
  #waiting: HostMessage[] = [];
  #subscriptions: Disposable[] = [];

  /** `assets` is the folder of the panel's bundle. */
  constructor(assets: Uri, host: Host) {
    this.#assets = assets;
    this.#host = host;
    host.post = (message) => this.#post(message);
  }

  /** Brings a page to the front. */
  async show(tab: Tab): Promise<void> {
    this.#post({ kind: "show", tab });
    await commands.executeCommand(`${viewId}.focus`);
  }

  /** Searches. */
  async ask({ text, mode }: Query): Promise<void> {
    this.#post({ kind: "show", tab: "search" });
    this.#post({ kind: "ask", query: text, mode });
    await commands.executeCommand(`${viewId}.focus`);
  }

  resolveWebviewView(view: WebviewView): void {
    this.#forget();
    this.#view = view;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [this.#assets] };
    this.#subscriptions = [
      webview.onDidReceiveMessage((sent: unknown) => {
        const message = parsePanelMessage(sent);
        if (message === undefined) return;
        if (message.kind === "ready") this.#becomeReady();
        this.#host.hear(message);
      }),
      view.onDidDispose(() => this.#forget()),
    ];
    webview.html = this.#page(webview);
  }

  dispose(): void {
    this.#forget();
  }

  #post(message: HostMessage): void {
    if (this.#view !== undefined && this.#isReady) void this.#view.webview.postMessage(message);
    // Answers belong to a panel that is gone; only a wish of the person is for the next one.
    else if (message.kind === "ask" || message.kind === "show") this.#waiting.push(message);
  }

  #becomeReady(): void {
    this.#isReady = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    // Behind the settings, which the host posts first.
    queueMicrotask(() => waiting.forEach((message) => this.#post(message)));
  }

  #forget(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#subscriptions = [];
    this.#view = undefined;
    this.#isReady = false;
    this.#host.forget();
  }

  #page(webview: Webview): string {
    const nonce = randomBytes(16).toString("base64url");
    const address = (name: string): string =>
      webview.asWebviewUri(Uri.joinPath(this.#assets, name)).toString();
    const policy = [
      "default-src 'none'",
      `style-src ${webview.cspSource}`,
      `font-src ${webview.cspSource}`,
      `script-src 'nonce-${nonce}'`,
    ].join("; ");
    return `<!DOCTYPE html>
<html lang="${env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${address("panel.css")}">
    <title>Cloud Code</title>
  </head>
  <body>
    <div id="panel"></div>
    <script nonce="${nonce}" src="${address("panel.js")}"></script>
  </body>
</html>`;
  }
}
