/**
 * The proxies of the site, which Node ignores by itself: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, in either case.
 * Private certificate authorities need nothing here: the launcher hands them to Node at start.
 */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { isLoopback } from "@cloud-code/policy";

/** Knows by which way an address is reached. */
export interface Proxies {
  /** The agent to use for an address; undefined for Node's own, that is a direct connection. */
  agentFor(url: URL): HttpAgent | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment once. A proxy that is not an http or https address is ignored, as curl ignores it. */
export function createProxies(environment: Environment): Proxies {
  const read = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name] || undefined;
  const direct = (read("NO_PROXY") ?? "").split(/[\s,]+/).filter(Boolean);
  // One agent per proxy and protocol, so that connections are used again.
  const agents = new Map<string, HttpAgent>();
  const agentOf = (proxy: string, secure: boolean): HttpAgent | undefined => {
    const key = `${secure} ${proxy}`;
    const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
    const agent = agents.get(key) ?? createTunnelAgent(url, secure);
    agents.set(key, agent);
    return agent;
  };
  const pooled = {
    secure: new HttpsAgent({ keepAlive: true }),
    plain: new HttpAgent({ keepAlive: true }),
  };
  return {
    agentFor(url) {
      const secure = url.protocol === "https:";
      const own = secure ? pooled.secure : pooled.plain;
      if (isLoopback(url.origin) || direct.some((pattern) => isExempt(url, pattern))) return own;
      const proxy = secure
        ? (read("HTTPS_PROXY") ?? read("ALL_PROXY"))
        : (read("HTTP_PROXY") ?? read("ALL_PROXY"));
      return (proxy === undefined ? undefined : agentOf(proxy, secure)) ?? own;
    },
  };
}

/** `*`, `example.com` (and all below it), `.example.com`, `host:8443`. */
function isExempt(url: URL, pattern: string): boolean {
  if (pattern === "*") return true;
  const [, host = "", port] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
  const actualPort = url.port || (url.protocol === "https:" ? "443" : "80");
  if (port !== undefined && port !== actualPort) return false;
  const suffix = host.replace(/^\*?\./, "");
  return suffix !== "" && (url.hostname === suffix || url.hostname.endsWith(`.${suffix}`));
}

type Connected = (error: Error | null, socket?: Duplex) => void;

/** Connections through the proxy's CONNECT (RFC 9110, 9.3.6): the proxy sees a host name and, with TLS, nothing else. */
function createTunnelAgent(proxy: URL, secure: boolean): HttpAgent {
  const open = (
    options: {
      host?: string | null;
      hostname?: string | null;
      port?: string | number | null;
      servername?: string;
    },
    connected: Connected,
  ): undefined => {
    const host = options.hostname ?? options.host ?? "";
    const target = `${host.includes(":") ? `[${host}]` : host}:${options.port ?? (secure ? 443 : 80)}`;
    const credentials =
      proxy.username === ""
        ? {}
        : {
            "proxy-authorization": `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString("base64")}`,
          };
    const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...credentials },
      agent: false,
    });
    request.once("connect", (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        connected(Object.assign(new Error("The proxy refused."), { code: "PROXY_REFUSED" }));
        return;
      }
      if (!secure) return connected(null, socket);
      const tls = connectTls({ socket, host, servername: options.servername ?? host });
      // The request waits for "secureConnect" itself; an error before it belongs to the request as well.
      connected(null, tls);
    });
    request.once("error", (error) => connected(error));
    request.end();
    return undefined;
  };
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  return Object.assign(agent, { createConnection: open });
}
