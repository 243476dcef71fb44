import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Credential } from "@cloud-code/models";
import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import * as z from "zod";
import {
  checkReferences,
  isEncryptedOrLocal,
  isLocalHost,
  type Report,
  rootOf,
} from "./references.ts";
import { type ConfigFile, configSchema } from "./schema.ts";
import { decryptSecret } from "./secret.ts";
import type { StoreSettings } from "../ledger.ts";
import type { TraceSettings } from "../tracing.ts";

/** One thing wrong in a configuration file, and where. */
export interface ConfigProblem {
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number;
  /** For example `upstreams.qwen.region`. */
  readonly path: string;
  readonly message: string;
}

/** Thrown when a configuration cannot be used; nothing of it was applied. */
export class ConfigError extends Error {
  readonly code = "INVALID_CONFIG";
  readonly problems: readonly ConfigProblem[];
  /** A line for each problem, with the file's name. */
  readonly lines: string;

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems
      .map(
        ({ line, path, message }) =>
          `  ${file}${line === 0 ? "" : `:${line}`}: ${path === "" ? "" : `${path}: `}${message}`,
      )
      .join("\n");
    super(`The configuration cannot be used:\n${lines}`);
    this.name = "ConfigError";
    this.problems = problems;
    this.lines = lines;
  }
}

/** What reading a configuration needs from outside. */
export interface ConfigSource {
  /** Name of the file, for messages and relative paths. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readText(path: string): string;
}

/** A configuration with every reference looked up: ready to run. */
export interface Config {
  readonly file: Omit<ConfigFile, "prices">;
  readonly prices: Readonly<
    Record<string, { readonly inputPerMillion: number; readonly outputPerMillion: number }>
  >;
  readonly upstreams: ReadonlyMap<
    string,
    {
      readonly root: string;
      readonly credential: Credential;
      readonly certificateAuthority: string | undefined;
    }
  >;
  /** Secrets of HMAC consumers by access key. */
  readonly hmacSecrets: ReadonlyMap<string, string>;
  readonly jwks: readonly (object | undefined)[];
  readonly certificates: readonly (
    | { readonly certificate: string; readonly key: string }
    | undefined
  )[];
  readonly metricsKey: string | undefined;
  /** The store of counters that several machines share. */
  readonly sharing: StoreSettings | undefined;
  readonly traces: TraceSettings | undefined;
  /** Every other file that was read: to be watched. */
  readonly dependencies: readonly string[];
}

/** Name of the environment variable that holds the master key, or with `_FILE` behind it the path of a file that does. */
export const masterKeyVariable = "CLOUD_CODE_GATEWAY_MASTER_KEY";

/** Parses, checks and completes a configuration; throws a ConfigError that lists everything wrong, with lines. */
export function parseConfig(text: string, source: ConfigSource): Config {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: true,
  });
  if (document.errors.length > 0) {
    throw new ConfigError(
      source.file,
      document.errors.map((error) => ({
        line: counter.linePos(error.pos[0]).line,
        path: "",
        message: firstLine(error.message),
      })),
    );
  }
  const problems: ConfigProblem[] = [];
  const report = (path: readonly PropertyKey[], message: string): void => {
    problems.push({ line: lineOf(document, counter, path), path: path.join("."), message });
  };
  const result = configSchema.safeParse(toPlain(document, source.file) ?? {});
  if (!result.success) {
    for (const issue of flattenIssues(result.error.issues)) report(issue.path, issue.message);
    throw new ConfigError(source.file, problems);
  }
  const config = resolve(result.data, source, report);
  if (problems.length > 0) throw new ConfigError(source.file, problems);
  return config;
}

// An alias to nothing is found only now.
function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError(file, [
      {
        line: 0,
        path: "",
        message: error instanceof Error ? firstLine(error.message) : "cannot be read",
      },
    ]);
  }
}

/** A file that the configuration names, as data; undefined when it is neither YAML nor JSON. */
function parseData(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS();
  } catch {
    // An alias to nothing.
    return undefined;
  }
}

function resolve(file: ConfigFile, source: ConfigSource, report: Report): Config {
  const dependencies: string[] = [];
  const read = (path: string, at: readonly PropertyKey[]): string => {
    const full = resolvePath(source.file, path);
    dependencies.push(full);
    try {
      return source.readText(full);
    } catch (error) {
      report(
        at,
        `${full} cannot be read (${error instanceof Error && "code" in error ? String(error.code) : "unknown reason"})`,
      );
      return "";
    }
  };
  const secret = (reference: string, at: readonly PropertyKey[]): string => {
    try {
      return readSecret(reference, source, (path) => read(path, at));
    } catch (error) {
      report(at, error instanceof Error ? error.message : "cannot be read");
      return "";
    }
  };
  const authority = (path: string | undefined, at: readonly PropertyKey[]): string | undefined => {
    if (path === undefined) return undefined;
    const text = read(path, at);
    if (text !== "" && !isCertificate(text)) report(at, "is not a certificate in PEM");
    return text;
  };
  checkReferences(file, report);
  const prices =
    typeof file.prices === "string"
      ? readPrices(read(file.prices.slice(5), ["prices"]), report)
      : file.prices;
  return {
    file,
    prices,
    upstreams: new Map(
      Object.entries(file.upstreams).map(([name, upstream]) => [
        name,
        {
          root: rootOf(upstream).replace(/\/+$/, ""),
          credential: toCredential(upstream, (reference, at) =>
            secret(reference, ["upstreams", name, "credential", ...at]),
          ),
          certificateAuthority: authority(upstream.certificateAuthority, [
            "upstreams",
            name,
            "certificateAuthority",
          ]),
        },
      ]),
    ),
    hmacSecrets: new Map(
      file.consumers.flatMap((consumer, index) =>
        consumer.hmac.map(
          (pair, at) =>
            [
              pair.accessKey,
              secret(pair.secret, ["consumers", index, "hmac", at, "secret"]),
            ] as const,
        ),
      ),
    ),
    jwks: file.tokens.map((issuer, index) =>
      issuer.jwks === undefined
        ? undefined
        : parseKeySet(
            read(issuer.jwks, ["tokens", index, "jwks"]),
            ["tokens", index, "jwks"],
            report,
          ),
    ),
    certificates: file.listen.map(({ tls }, index) => {
      if (tls === undefined) return undefined;
      const at = ["listen", index, "tls"];
      const certificate = read(tls.certificate, [...at, "certificate"]);
      const key = read(tls.key, [...at, "key"]);
      const problem = certificate === "" || key === "" ? "" : problemOfPair(certificate, key);
      if (problem !== "") report(at, problem);
      return { certificate, key };
    }),
    metricsKey:
      file.metrics.key === undefined ? undefined : secret(file.metrics.key, ["metrics", "key"]),
    sharing:
      file.sharing === undefined ? undefined : toStore(file.sharing, authority, secret, report),
    traces: file.traces === undefined ? undefined : toTraces(file.traces, secret, report),
    dependencies: [...new Set(dependencies)],
  };
}

/** What keeps a certificate and its key from being used; empty when nothing does. */
function problemOfPair(certificate: string, key: string): string {
  try {
    createSecureContext({ cert: certificate, key });
    return "";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    return `certificate and key cannot be used together (${code}): both must be PEM, the key without a password, and the first certificate made for it`;
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    // Not one: said where it was named.
    return false;
  }
}

type Read = (path: string, at: readonly PropertyKey[]) => string;
type ReadAuthority = (path: string | undefined, at: readonly PropertyKey[]) => string | undefined;

function toStore(
  given: NonNullable<ConfigFile["sharing"]>,
  authority: ReadAuthority,
  secret: Read,
  report: Report,
): StoreSettings {
  // The platform does not know the scheme; as HTTPS it parses the rest of the address the same way.
  const url = new URL(given.url.replace(/^rediss?:/, "https:"));
  const tls = given.url.startsWith("rediss:");
  if (!tls && !given.allowPlainHttp && !isLocalHost(url.hostname.replace(/^\[|\]$/g, "")))
    report(
      ["sharing", "url"],
      "is not encrypted: consumers' names and counts would be readable on the way. Use rediss://, or set allowPlainHttp: true",
    );
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(/:(\d+)(?:\/\d+)?$/.exec(given.url)?.[1] ?? 6379),
    tls,
    database: Number(url.pathname.slice(1)),
    username: given.username,
    password:
      given.password === undefined ? undefined : secret(given.password, ["sharing", "password"]),
    prefix: given.prefix,
    certificateAuthority: authority(given.certificateAuthority, [
      "sharing",
      "certificateAuthority",
    ]),
    allowPlainHttp: given.allowPlainHttp,
  };
}

function toTraces(
  given: NonNullable<ConfigFile["traces"]>,
  secret: Read,
  report: Report,
): TraceSettings {
  if (!isEncryptedOrLocal(given.url) && !given.allowPlainHttp)
    report(
      ["traces", "url"],
      "is plain HTTP to another machine. Use https, or set allowPlainHttp: true",
    );
  const { credential } = given;
  return {
    url: given.url,
    credential:
      credential === undefined
        ? { kind: "none" }
        : {
            kind: "key",
            key: secret(credential.key, ["traces", "credential", "key"]),
            ...withoutUndefined({ header: credential.header, prefix: credential.prefix }),
          },
    sample: given.sample,
    allowPlainHttp: given.allowPlainHttp,
  };
}

function toCredential(
  upstream: ConfigFile["upstreams"][string],
  secret: (reference: string, at: readonly PropertyKey[]) => string,
): Credential {
  const given = upstream.credential;
  if (given === undefined) return { kind: "none" };
  if ("jwt" in given)
    return {
      kind: "jwt",
      ...withoutUndefined(given.jwt),
      key: secret(given.jwt.key, ["jwt", "key"]),
    };
  if ("hmac" in given)
    return {
      kind: "hmac",
      ...withoutUndefined(given.hmac),
      secret: secret(given.hmac.secret, ["hmac", "secret"]),
    };
  const header = given.header ?? (upstream.kind === "anthropic" ? "x-api-key" : undefined);
  return {
    kind: "key",
    key: secret(given.key, ["key"]),
    ...(header === undefined ? {} : { header }),
    ...(given.prefix === undefined ? {} : { prefix: given.prefix }),
  };
}

type Defined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
}

/** Reads a secret by its reference; throws a sentence that names the reference, never the secret. */
function readSecret(
  reference: string,
  source: ConfigSource,
  read: (path: string) => string,
): string {
  if (reference.startsWith("env:")) {
    const variable = reference.slice(4);
    const value = source.environment[variable];
    if (value === undefined || value === "")
      throw new Error(`the environment variable ${variable} is not set`);
    return value.trim();
  }
  if (reference.startsWith("file:")) return read(reference.slice(5)).trim();
  const path = source.environment[`${masterKeyVariable}_FILE`];
  const masterKey =
    source.environment[masterKeyVariable] ?? (path === undefined ? undefined : read(path));
  if (masterKey === undefined)
    throw new Error(
      `is encrypted, but neither ${masterKeyVariable} nor ${masterKeyVariable}_FILE is set`,
    );
  return decryptSecret(reference, masterKey);
}

const priceFile = z.record(
  z.string(),
  z.strictObject({
    inputPerMillion: z.number().min(0).default(0),
    outputPerMillion: z.number().min(0).default(0),
  }),
);

function readPrices(text: string, report: Report): Config["prices"] {
  const result = priceFile.safeParse(parseData(text));
  if (result.success) return result.data;
  report(["prices"], "the file is not a list of models with inputPerMillion and outputPerMillion");
  return {};
}

function parseKeySet(text: string, at: readonly PropertyKey[], report: Report): object | undefined {
  if (text === "") return undefined;
  const result = z
    .object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) })
    .safeParse(parseData(text));
  if (result.success) return result.data;
  report(at, 'the file is not a JWK set: {"keys":[…]}');
  return undefined;
}

function resolvePath(file: string, path: string): string {
  if (path.startsWith("/")) return path;
  const slash = file.lastIndexOf("/");
  return slash === -1 ? path : `${file.slice(0, slash)}/${path}`;
}

// A union reports all its branches; the one that came furthest says what was meant.
function flattenIssues(
  issues: readonly z.core.$ZodIssue[],
): { path: PropertyKey[]; message: string }[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: "unknown field" }));
    if (issue.code !== "invalid_union") return [{ path: issue.path, message: issue.message }];
    const branches = issue.errors
      .map((branch) => flattenIssues(branch))
      .filter((branch) => branch.length > 0);
    const best =
      branches.toSorted(
        (left, right) => deepest(right) - deepest(left) || left.length - right.length,
      )[0] ?? [];
    return best.map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
  });
}

function deepest(issues: readonly { path: PropertyKey[] }[]): number {
  return Math.max(...issues.map(({ path }) => path.length));
}

function lineOf(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const key = isMap(parent)
      ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === last)?.key
      : undefined;
    const node = key ?? document.getIn(path.slice(0, length), true);
    const range =
      typeof node === "object" && node !== null && "range" in node
        ? (node.range as readonly number[] | null | undefined)
        : undefined;
    if (range?.[0] !== undefined) return counter.linePos(range[0]).line;
  }
  return 0;
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
