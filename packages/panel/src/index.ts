export type * from "./protocol.ts";
export { colourNames, parsePanelMessage } from "./protocol.ts";
