/**
 * Posts to a recipient's endpoint: over HTTPS, to public addresses, to the very address that was checked, and without following a redirect.
 */
import { lookup } from "node:dns/promises";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";

const TIMEOUT_MS = 10_000;

/** An address that must not be called. */
export class AddressError extends Error {
  readonly code = "address-refused";
}

const inner = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  inner.addSubnet(network, prefix, "ipv4");
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");
const special6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  special6.addSubnet(network, prefix, "ipv6");

/** Whether an address is one of the public internet: not this machine, not its networks, nothing reserved. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !inner.check(address, "ipv4");
  return isIP(address) === 6 && global6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

/** Finds the addresses of a host; every one has to be public, or none is used. Throws `AddressError`. */
export async function resolvePublic(
  url: URL,
  resolve: (host: string) => Promise<readonly string[]> = resolveHost,
): Promise<string> {
  if (url.protocol !== "https:") throw new AddressError("It has to begin with https://.");
  if (url.username !== "" || url.password !== "")
    throw new AddressError("It must not carry a user name or password.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  const [first] = addresses;
  if (first === undefined) throw new AddressError("The host has no address.");
  if (!addresses.every(isPublicAddress))
    throw new AddressError("The host is on a private network.");
  return first;
}

async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/**
 * Posts to the address that was checked and to no other: the name is looked up once, so it cannot point elsewhere by the time the
 * connection is made. A redirect is an answer like any other and no confirmation.
 */
export async function postSafely(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  trust: {
    readonly resolve?: (host: string) => Promise<readonly string[]>;
    readonly ca?: string;
  } = {},
): Promise<void> {
  const target = new URL(url);
  const address = await resolvePublic(target, trust.resolve);
  await new Promise<void>((resolve, reject) => {
    const outgoing = httpsRequest(
      {
        host: address,
        port: target.port === "" ? 443 : Number(target.port),
        path: `${target.pathname}${target.search}`,
        method: "POST",
        servername: isIP(target.hostname) === 0 ? target.hostname : "",
        headers: {
          ...headers,
          host: target.host,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
        timeout: TIMEOUT_MS,
        ...(trust.ca === undefined ? {} : { ca: trust.ca }),
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`The recipient answered ${status}.`));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("The recipient did not answer.")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
