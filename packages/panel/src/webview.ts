import { createPanel } from "./create.ts";
import type { HostMessage, PanelMessage } from "./protocol.ts";

// The panel in a webview of an editor: made in #panel as soon as the script is there.

declare function acquireVsCodeApi(): { postMessage(message: PanelMessage): void };

const root = document.getElementById("panel");
if (root === null) throw new Error("The webview has no element #panel.");
const editor = acquireVsCodeApi();
createPanel(root, {
  post: (message) => editor.postMessage(message),
  onMessage: (listener) => {
    // Nobody but the extension has a webview's window, so what comes is the host's.
    const hear = ({ data }: MessageEvent<HostMessage>): void => listener(data);
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  },
});
