export { createPanel } from "./create.ts";
export type { Panel, PanelHost } from "./create.ts";
export type * from "./protocol.ts";
export { colourNames, parsePanelMessage } from "./protocol.ts";
