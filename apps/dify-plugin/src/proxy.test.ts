import { expect, it } from "vitest";
import { createProxies } from "./proxy.ts";

it("chooses the way by protocol, name and port, as curl does", () => {
  const direct = createProxies({}).agentFor(new URL("https://a.example"));
  expect(direct).toBeDefined();
  const check = (environment: Record<string, string>, address: string, proxied: boolean): void => {
    const proxies = createProxies(environment);
    const agent = proxies.agentFor(new URL(address));
    // A tunnel opens connections in its own way; Node's agents do it by their class.
    expect(
      agent !== undefined && Object.hasOwn(agent, "createConnection"),
      `${JSON.stringify(environment)} ${address}`,
    ).toBe(proxied);
    expect(proxies.agentFor(new URL(address))).toBe(agent);
  };
  const both = { HTTPS_PROXY: "http://p:1", HTTP_PROXY: "http://q:2" };
  check(both, "https://a.example", true);
  check(both, "http://a.example", true);
  check({ HTTP_PROXY: "http://q:2" }, "https://a.example", false);
  check({ https_proxy: "http://p:1" }, "https://a.example", true);
  check({ ALL_PROXY: "http://p:1" }, "https://a.example", true);
  check({ HTTPS_PROXY: "socks5://p:1" }, "https://a.example", false);
  check({ HTTPS_PROXY: "not an address" }, "https://a.example", false);
  check(both, "https://localhost:8443", false);
  check(both, "http://127.0.0.1:8080", false);
  const exempt = (pattern: string, address: string, proxied: boolean): void =>
    check({ ...both, NO_PROXY: pattern }, address, proxied);
  exempt("*", "https://a.example", false);
  exempt("a.example", "https://a.example", false);
  exempt("a.example", "https://b.a.example", false);
  exempt(".a.example", "https://b.a.example", false);
  exempt("*.a.example", "https://b.a.example", false);
  exempt("a.example", "https://ba.example", true);
  exempt("a.example:8443", "https://a.example", true);
  exempt("x.example, a.example:443", "https://a.example", false);
});
