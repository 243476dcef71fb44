import { isLoopback } from "@cloud-code/policy";
import { type ConfigFile, dashscopeRoots } from "./schema.ts";

/** Says what is wrong, and at which field. */
export type Report = (path: readonly PropertyKey[], message: string) => void;

/** Reports what one field cannot know of another, and addresses that would be readable on the way. */
export function checkReferences(file: ConfigFile, report: Report): void {
  for (const [name, upstream] of Object.entries(file.upstreams)) {
    const root = rootOf(upstream);
    if (root === "")
      report(
        ["upstreams", name],
        upstream.kind === "dashscope" ? "needs a region or a baseUrl" : "needs a baseUrl",
      );
    else if (
      upstream.region !== undefined &&
      (upstream.baseUrl !== undefined || upstream.kind !== "dashscope")
    )
      report(["upstreams", name, "region"], "goes with kind dashscope and without baseUrl");
    else if (hasMoreThanPath(root))
      report(
        ["upstreams", name, "baseUrl"],
        "must end with its path. A key belongs under credential, a query into paths",
      );
    else if (!isEncryptedOrLocal(root) && !upstream.allowPlainHttp)
      report(
        ["upstreams", name, "baseUrl"],
        "is plain HTTP to another machine: credentials and content would be readable on the way. Use https, or set allowPlainHttp: true",
      );
  }
  for (const [name, model] of Object.entries(file.models)) {
    if (typeof model === "string") {
      if (!Object.hasOwn(file.upstreams, model))
        report(["models", name], `there is no upstream "${model}"`);
      continue;
    }
    model.targets.forEach((target, index) => {
      if (!Object.hasOwn(file.upstreams, target.upstream))
        report(
          ["models", name, "targets", index, "upstream"],
          `there is no upstream "${target.upstream}"`,
        );
    });
    model.fallback.forEach((other, index) => {
      if (!Object.hasOwn(file.models, other) || other === name)
        report(["models", name, "fallback", index], `there is no other model "${other}"`);
    });
  }
  const names = new Set<string>();
  const accessKeys = new Set<string>();
  file.consumers.forEach((consumer, index) => {
    if (names.has(consumer.name))
      report(["consumers", index, "name"], `the name "${consumer.name}" is taken`);
    names.add(consumer.name);
    consumer.hmac.forEach((pair, at) => {
      if (accessKeys.has(pair.accessKey))
        report(["consumers", index, "hmac", at, "accessKey"], "is taken by another pair");
      accessKeys.add(pair.accessKey);
    });
  });
  const open = file.consumers.findIndex((consumer) => consumer.anonymous);
  const exposed = file.listen.findIndex(({ host }) => !isLocalHost(host));
  if (open !== -1 && exposed !== -1)
    report(
      ["consumers", open, "anonymous"],
      `would let the whole network in: listen[${exposed}] is not on loopback`,
    );
  file.listen.forEach((one, index) => {
    if (one.tls === undefined && !one.allowPlainHttp && !isLocalHost(one.host)) {
      report(
        ["listen", index],
        "is plain HTTP on the network: credentials and content would be readable on the way. Add tls, or set allowPlainHttp: true behind a proxy that encrypts",
      );
    }
  });
  file.tokens.forEach((issuer, index) => {
    if ((issuer.jwks === undefined) === (issuer.jwksUrl === undefined))
      report(["tokens", index], "needs either jwks or jwksUrl");
    if (issuer.jwksUrl !== undefined && !isEncryptedOrLocal(issuer.jwksUrl))
      report(
        ["tokens", index, "jwksUrl"],
        "must be https: whoever can change these keys can be any consumer",
      );
    if (
      issuer.jwksUrl !== undefined &&
      issuer.algorithms.some((algorithm) => algorithm.startsWith("HS"))
    )
      report(
        ["tokens", index, "algorithms"],
        "shared secrets (HS…) cannot be published at a jwksUrl",
      );
    if (issuer.consumer !== undefined && !names.has(issuer.consumer))
      report(["tokens", index, "consumer"], `there is no consumer "${issuer.consumer}"`);
  });
  if (file.limits.replayBytes > file.limits.peekBytes)
    report(["limits", "replayBytes"], "must not exceed peekBytes");
}

/** What an upstream's paths are appended to; empty when the configuration does not say. */
export function rootOf(upstream: ConfigFile["upstreams"][string]): string {
  const given =
    upstream.baseUrl ??
    dashscopeRoots[upstream.region ?? ""] ??
    (upstream.kind === "anthropic" ? "https://api.anthropic.com" : "");
  // People copy the address of the compatible mode; the other protocols of the host are beside it.
  return upstream.kind === "dashscope"
    ? given.replace(/\/(compatible-mode|compatible-api|apps|api)(\/.*)?$/, "")
    : given;
}

/** Whether nobody on the way can read what is sent to an address. What is no address is somebody else's to report. */
export function isEncryptedOrLocal(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url === undefined || url.protocol === "https:" || isLoopback(url.origin);
}

/** Whether an address carries a name, a password, a query or a fragment: it would be dropped without a word. */
function hasMoreThanPath(address: string): boolean {
  return /[?#]|^[^/]*\/\/[^/]*@/.test(address);
}

/** Whether a listener's host can be reached from this machine alone. */
export function isLocalHost(host: string): boolean {
  return isLoopback(`http://${host.includes(":") ? `[${host}]` : host}`);
}
