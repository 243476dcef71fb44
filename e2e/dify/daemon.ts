/** A real dify-plugin-daemon, started from its binary and asked over HTTP as Dify asks it. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Invocation } from "@cloud-code/dify-sdk/testing";
import { readEvents } from "@cloud-code/models";
import { endProcess, freePort, waitForPort, type Service } from "./services.ts";

const run = promisify(execFile);

/** What the daemon needs around it. */
export interface RealDaemonOptions {
  readonly server: string;
  readonly cli: string;
  readonly folder: string;
  readonly postgres: Service;
  readonly redis: Service;
  readonly python: { readonly uv: string; readonly python: string; readonly path: string };
  /** Public key (PEM file) whose signatures are accepted; verification is on. */
  readonly publicKey: string;
}

/** Where each action goes on the daemon's HTTP interface. */
const routes: Readonly<Record<string, string>> = {
  invoke_llm: "llm/invoke",
  get_llm_num_tokens: "llm/num_tokens",
  invoke_text_embedding: "text_embedding/invoke",
  get_text_embedding_num_tokens: "text_embedding/num_tokens",
  invoke_rerank: "rerank/invoke",
  invoke_tts: "tts/invoke",
  get_tts_model_voices: "tts/model/voices",
  invoke_speech2text: "speech2text/invoke",
  invoke_moderation: "moderation/invoke",
  validate_provider_credentials: "model/validate_provider_credentials",
  validate_model_credentials: "model/validate_model_credentials",
  get_ai_model_schemas: "model/schema",
};

/** An error as the daemon hands it to Dify. */
export class DaemonError extends Error {
  readonly code = "DAEMON";
}

/** A running daemon. */
export class RealDaemon {
  /** Everything it printed. */
  log = "";
  readonly debuggingPort: number;
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #key: string;

  private constructor(child: ChildProcess, url: string, key: string, debuggingPort: number) {
    this.#child = child;
    this.#url = url;
    this.#key = key;
    this.debuggingPort = debuggingPort;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => (this.log += data.toString("utf8")));
  }

  /** Migrates the database, starts the daemon, waits until it answers. */
  static async start(options: RealDaemonOptions): Promise<RealDaemon> {
    const [port, debuggingPort] = [await freePort(), await freePort()];
    const key = randomUUID();
    const folder = join(options.folder, "daemon");
    await mkdir(folder);
    const environment = {
      PATH: options.python.path,
      HOME: options.folder,
      SERVER_HOST: "127.0.0.1",
      SERVER_PORT: String(port),
      SERVER_KEY: key,
      GIN_MODE: "release",
      PLATFORM: "local",
      DB_TYPE: "postgresql",
      DB_USERNAME: "postgres",
      DB_PASSWORD: "unused",
      DB_HOST: "127.0.0.1",
      DB_PORT: String(options.postgres.port),
      DB_DATABASE: "dify_plugin",
      DB_SSL_MODE: "disable",
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: String(options.redis.port),
      REDIS_PASSWORD: "",
      PLUGIN_STORAGE_TYPE: "local",
      PLUGIN_STORAGE_LOCAL_ROOT: join(folder, "storage"),
      PLUGIN_WORKING_PATH: join(folder, "cwd"),
      PLUGIN_REMOTE_INSTALLING_ENABLED: "true",
      PLUGIN_REMOTE_INSTALLING_HOST: "127.0.0.1",
      PLUGIN_REMOTE_INSTALLING_PORT: String(debuggingPort),
      DIFY_INNER_API_URL: "http://127.0.0.1:9",
      DIFY_INNER_API_KEY: "unused",
      PYTHON_INTERPRETER_PATH: options.python.python,
      UV_PATH: options.python.uv,
      PIP_MIRROR_AUTO_DETECT: "false",
      FORCE_VERIFYING_SIGNATURE: "true",
      THIRD_PARTY_SIGNATURE_VERIFICATION_ENABLED: "true",
      THIRD_PARTY_SIGNATURE_VERIFICATION_PUBLIC_KEYS: options.publicKey,
      ...siteSettings(),
    };
    await run(options.cli, ["migrate"], { env: environment, cwd: folder });
    const child = spawn(options.server, [], {
      env: environment,
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const daemon = new RealDaemon(child, `http://127.0.0.1:${port}`, key, debuggingPort);
    await waitForPort(port, 60_000).catch(() => {
      throw new Error(`The daemon did not start:\n${daemon.log.slice(-4000)}`);
    });
    return daemon;
  }

  async stop(): Promise<void> {
    await endProcess(this.#child);
  }

  /** Uploads a package with its signature checked; returns the unique identifier. */
  async upload(tenant: string, bytes: Uint8Array): Promise<string> {
    const form = new FormData();
    form.set("dify_pkg", new Blob([Uint8Array.from(bytes)]), "plugin.difypkg");
    form.set("verify_signature", "true");
    const answer = await this.#call(`/plugin/${tenant}/management/install/upload/package`, {
      method: "POST",
      body: form,
    });
    return String(answer["unique_identifier"]);
  }

  /** Installs an uploaded package and waits until the daemon says that it runs. */
  async install(tenant: string, identifier: string): Promise<void> {
    const started = await this.#call(
      `/plugin/${tenant}/management/install/identifiers`,
      json({ plugin_unique_identifiers: [identifier], source: "package", metas: [{}] }),
    );
    if (started["all_installed"] === true) return;
    for (;;) {
      const task = await this.#call(
        `/plugin/${tenant}/management/install/tasks/${String(started["task_id"])}`,
        {},
      );
      if (task["status"] === "success") return;
      if (task["status"] === "failed") throw new DaemonError(JSON.stringify(task["plugins"]));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** The models the daemon knows of a tenant's plugins. */
  async models(tenant: string): Promise<unknown> {
    return this.#call(`/plugin/${tenant}/management/models?page=1&page_size=256`, {});
  }

  /** A key for the debugging port. */
  async debuggingKey(tenant: string): Promise<string> {
    return String((await this.#call(`/plugin/${tenant}/debugging/key`, { method: "POST" }))["key"]);
  }

  /** Asks a plugin, through the daemon, as Dify does. */
  async all(
    tenant: string,
    pluginId: string,
    { action, data }: Invocation,
    signal?: AbortSignal,
  ): Promise<unknown[]> {
    const response = await fetch(`${this.#url}/plugin/${tenant}/dispatch/${routes[action]}`, {
      ...json({ user_id: "user-1", data }),
      headers: {
        "content-type": "application/json",
        "x-api-key": this.#key,
        "x-plugin-id": pluginId,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok || response.body === null)
      throw new DaemonError(`HTTP ${response.status}: ${await response.text()}`);
    const answers: unknown[] = [];
    for await (const event of readEvents(response.body)) {
      const {
        code,
        message,
        data: answer,
      } = JSON.parse(event.data) as { code: number; message: string; data: unknown };
      if (code !== 0) throw new DaemonError(message);
      answers.push(answer);
    }
    return answers;
  }

  async #call(path: string, init: RequestInit): Promise<Record<string, unknown>> {
    const response = await fetch(this.#url + path, {
      ...init,
      headers: {
        ...(typeof init.body === "string" ? { "content-type": "application/json" } : {}),
        "x-api-key": this.#key,
      },
    });
    const text = await response.text();
    const body = JSON.parse(text) as { code: number; message: string; data: unknown };
    if (!response.ok || body.code !== 0) throw new DaemonError(body.message ?? text);
    return (body.data ?? {}) as Record<string, unknown>;
  }
}

/** How this site reaches PyPI: the daemon hands these to uv, and to the plugin. */
function siteSettings(): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PIP_MIRROR_URL"]) {
    const value = process.env[name];
    if (value !== undefined) settings[name] = value;
  }
  // uv brings its own certificate authorities; the machine's know the site's own as well.
  const authorities = "/etc/ssl/certs/ca-certificates.crt";
  if (settings["SSL_CERT_FILE"] === undefined && existsSync(authorities))
    settings["SSL_CERT_FILE"] = authorities;
  return settings;
}

function json(body: unknown): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}
