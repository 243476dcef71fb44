/** A real receiver over HTTPS on loopback, for tests: what comes in, byte for byte, and what its store keeps. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { products } from "@cloud-code/policy";
import { ReportFolder } from "../folder.ts";
import { createReceiver } from "../receiver.ts";
import { serve, type Tls } from "../serve.ts";

/** A certificate for 127.0.0.1 that is its own authority; `authority` is its file, for `NODE_EXTRA_CA_CERTS`. */
export function makeCertificate(): Tls & { readonly authority: string } {
  const folder = mkdtempSync(join(tmpdir(), "receiver-tls-"));
  const [authority, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", authority];
  const { status, stderr } = spawnSync("openssl", ["req", "-x509", ...curve, ...names, ...files]);
  if (status !== 0) throw new Error(`openssl failed: ${String(stderr)}`);
  return {
    certificate: readFileSync(authority, "utf8"),
    key: readFileSync(key, "utf8"),
    authority,
  };
}

/** A receiver that runs. */
export interface TestReceiver {
  readonly origin: string;
  readonly certificate: string;
  /** File of the certificate. */
  readonly authority: string;
  /** The bodies that came in, whatever was answered. */
  readonly bodies: string[];
  /** The folder of its store. */
  readonly folder: string;
  /** Replaces what is answered; it is told the body. Undefined: the real receiver. */
  answer: ((body: string) => Response | Promise<Response>) | undefined;
  close(): Promise<void>;
}

/** Starts a receiver for which it is `now`. */
export async function startReceiver(now: () => number): Promise<TestReceiver> {
  const tls = makeCertificate();
  const folder = mkdtempSync(join(tmpdir(), "receiver-"));
  const receive = createReceiver({
    store: new ReportFolder(folder),
    isConsentValid: (version) => version === products.assistant.notice.version,
    now,
  });
  const bodies: string[] = [];
  const running = await serve(
    async (request) => {
      const copy = request.clone();
      const body = await request.text();
      bodies.push(body);
      return receiver.answer === undefined ? receive(copy) : receiver.answer(body);
    },
    { host: "127.0.0.1", port: 0, tls },
  );
  const receiver: TestReceiver = {
    origin: `https://127.0.0.1:${running.port}`,
    certificate: tls.certificate,
    authority: tls.authority,
    bodies,
    folder,
    answer: undefined,
    close: () => running.close(),
  };
  return receiver;
}
