export { type Acceptance } from "./answers.ts";
export { type OpenSession } from "./roots.ts";
export { createServer, type Server, type ServerOptions } from "./server.ts";
