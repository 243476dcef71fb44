/** A site with a proxy and a certificate authority of its own, as the daemon's environment describes it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalDaemon } from "@cloud-code/dify-sdk/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPackage } from "../../apps/dify-plugin/src/package.ts";
import { chat, textOf } from "./requests.ts";
import { unpack } from "./unpack.ts";
import { credentialsOf, Upstream } from "./upstream.ts";

const run = promisify(execFile);
let folder = "";
let site = "";
let upstream: Upstream;
let proxy: Server;
const asked: { target: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  folder = await unpack((await buildPackage("system")).bytes);
  site = await mkdtemp(join(tmpdir(), "dify-site-"));
  const openssl = (...args: string[]): Promise<unknown> => run("openssl", args, { cwd: site });
  await openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=Site CA",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  );
  await openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/CN=gateway.test",
    "-keyout",
    "server.key",
    "-out",
    "server.csr",
  );
  await writeFile(join(site, "names"), "subjectAltName=DNS:gateway.test");
  await openssl(
    "x509",
    "-req",
    "-in",
    "server.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "names",
    "-out",
    "server.pem",
  );
  upstream = await Upstream.listen({
    cert: await readFile(join(site, "server.pem"), "utf8"),
    key: await readFile(join(site, "server.key"), "utf8"),
  });
  // Whatever name is asked for, behind this proxy it is the gateway.
  proxy = createServer().on("connect", (request, socket) => {
    asked.push({ target: request.url, authorization: request.headers["proxy-authorization"] });
    const onward = connect(upstream.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await upstream.close();
  proxy.closeAllConnections();
  proxy.close();
  await Promise.all([folder, site].map((path) => rm(path, { recursive: true, force: true })));
});

const launch = (environment: Record<string, string>): Promise<LocalDaemon> =>
  LocalDaemon.start({
    command: "python3",
    args: ["-m", "main"],
    folder,
    launchMs: 20_000,
    environment: {
      HOME: process.env["HOME"] ?? "",
      DIFY_PLUGIN_NODE: process.execPath,
      HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      ...environment,
    },
  });

const question = chat({ endpoint_url: "https://gateway.test/v1", ...credentialsOf.hmac }, "hello");

it("goes through the proxy with its credentials, and trusts the site's authority", async () => {
  const daemon = await launch({ SSL_CERT_FILE: join(site, "ca.pem") });
  expect(textOf(await daemon.invocations.all(question))).toBe("You said: hello");
  expect(textOf(await daemon.invocations.all(question))).toBe("You said: hello");
  await daemon.stop();
  // One tunnel for both: connections are used again.
  expect(asked).toEqual([
    {
      target: "gateway.test:443",
      authorization: `Basic ${Buffer.from("user:p@ss").toString("base64")}`,
    },
  ]);
  expect(upstream.arrived.map(({ auth }) => auth)).toEqual(["hmac", "hmac"]);
});

it("does not trust an authority it was not told of", async () => {
  const daemon = await launch({});
  await expect(daemon.invocations.all(question)).rejects.toMatchObject({
    errorType: "InvokeConnectionError",
    message: expect.stringMatching(
      /\((SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)\)/,
    ),
  });
  await daemon.stop();
});

it("says so when the proxy cannot be reached", async () => {
  const daemon = await launch({ HTTPS_PROXY: "http://127.0.0.1:9" });
  await expect(daemon.invocations.all(question)).rejects.toMatchObject({
    errorType: "InvokeConnectionError",
    message: expect.stringContaining("ECONNREFUSED"),
  });
  await daemon.stop();
});
