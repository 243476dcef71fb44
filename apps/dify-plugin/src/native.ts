/** Model Studio's own protocol has its paths from the host (or the gateway's route), not from OpenAI's `/v1`. */
import type { Connection } from "./settings.ts";

/** The connection without the compatible mode's suffix: `…/route/compatible-mode/v1` and `…/route/v1` become `…/route`. */
export function nativeConnection(connection: Connection): Connection {
  const url = new URL(connection.url);
  url.pathname = url.pathname.replace(/(\/compatible-(mode|api))?\/v1\/?$/, "") || "/";
  return { ...connection, url };
}
