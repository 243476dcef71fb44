/** Only undici's pool is loaded: its `fetch`, WebSocket, cache and mocks would cost 9 MB that nothing here uses. */
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}

declare module "undici/lib/core/connect.js" {
  import { buildConnector } from "undici";
  export default buildConnector;
}
