import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Config,
  ConfigError,
  type ConfigProblem,
  masterKeyVariable,
  parseConfig,
} from "./load.ts";
import { toJsonSchema } from "./schema.ts";
import { createMasterKey, decryptSecret, encryptSecret } from "./secret.ts";

const files: Record<string, string> = {
  "/etc/gw/key": "sk-from-file\n",
  "/etc/gw/jwks.json": '{"keys":[{"kty":"oct","k":"AA"}]}',
  "/etc/gw/prices.yaml": "m: { inputPerMillion: 1 }",
};
const masterKey = createMasterKey();
const environment = { KEY: "sk-from-env", EMPTY: "", [masterKeyVariable]: masterKey };

function parse(text: string, more: Record<string, string> = {}): Config {
  return parseConfig(text, {
    file: "/etc/gw/gateway.yaml",
    environment: { ...environment, ...more },
    readText(path) {
      const found = files[path];
      if (found === undefined) throw Object.assign(new Error("gone"), { code: "ENOENT" });
      return found;
    },
  });
}

/** Expects exactly these problems, each with its line and field. */
function check(
  text: string,
  ...expected: readonly [line: number, path: string, message: RegExp][]
): void {
  let problems: readonly ConfigProblem[] = [];
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems = error.problems;
    for (const { line } of problems) {
      expect(error.message).toContain(`/etc/gw/gateway.yaml${line === 0 ? "" : `:${line}`}: `);
    }
  }
  expect(problems.map(({ line, path }) => [line, path])).toEqual(
    expected.map(([line, path]) => [line, path]),
  );
  expected.forEach(([, , message], index) => expect(problems[index]?.message).toMatch(message));
}

describe("a configuration", () => {
  it("needs nothing, and is YAML or JSON", () => {
    expect(parse("").file).toMatchObject({
      listen: [{ host: "127.0.0.1", port: 8787 }],
      processes: 1,
    });
    expect(parse('{"listen":[{"port":1}]}').file.listen[0]?.port).toBe(1);
  });
  it("takes secrets from the environment, from files and encrypted, and nowhere else", () => {
    const upstream = (reference: string): string =>
      `upstreams: { a: { kind: openai, baseUrl: "https://x/v1", credential: { key: "${reference}" } } }`;
    const keyOf = (reference: string): unknown =>
      parse(upstream(reference)).upstreams.get("a")?.credential;
    expect(keyOf("env:KEY")).toEqual({ kind: "key", key: "sk-from-env" });
    expect(keyOf("file:key")).toEqual({ kind: "key", key: "sk-from-file" });
    expect(keyOf(encryptSecret("sk-sealed", masterKey))).toEqual({ kind: "key", key: "sk-sealed" });
    check(upstream("sk-in-plain-text"), [
      1,
      "upstreams.a.credential.key",
      /must not stand here in plain text/,
    ]);
    check(upstream("env:EMPTY"), [1, "upstreams.a.credential.key", /EMPTY is not set/]);
    check(upstream("file:/none"), [1, "upstreams.a.credential.key", /ENOENT/]);
    check(upstream(encryptSecret("x", createMasterKey())), [
      1,
      "upstreams.a.credential.key",
      /another one/,
    ]);
  });
  it("is refused with the line of each fault", () => {
    check(
      "listen:\n  - port: 1\n  - port: 99999\nproceses: 2\n",
      [3, "listen.1.port", /65535/],
      [4, "proceses", /unknown field/],
    );
    check(
      "upstreams:\n  a:\n    kind: anthropic\n    credential:\n      key: env:KEY\n      hader: x\n",
      [6, "upstreams.a.credential.hader", /unknown field/],
    );
    check("a: [1\n", [2, "", /./]);
    check("a: *gone", [0, "", /alias/]);
    check(
      "models:\n  x: nowhere\n  y:\n    targets: [{ upstream: none }]\n    fallback:\n      - z\n",
      [2, "models.x", /no upstream "nowhere"/],
      [4, "models.y.targets.0.upstream", /no upstream/],
      [6, "models.y.fallback.0", /no other model/],
    );
    check(
      "upstreams:\n  a:\n    kind: dashscope\n  b:\n    kind: openai\n    baseUrl: http://models.example/v1\n",
      [2, "upstreams.a", /region or a baseUrl/],
      [6, "upstreams.b.baseUrl", /plain HTTP/],
    );
    check("consumers:\n  - name: a\n    keys:\n      - sha256: abc\n", [
      4,
      "consumers.0.keys.0.sha256",
      /64 hexadecimal/,
    ]);
    check("consumers:\n  - { name: a }\n  - { name: a }\n", [3, "consumers.1.name", /taken/]);
    check(
      "upstreams:\n  a:\n    kind: openai\n    baseUrl: https://x\n    credential:\n      hmac:\n        accessKey: k\n",
      [6, "upstreams.a.credential.hmac.secret", /./],
    );
  });
  it("names no certificate that cannot be used, and no address that would lose a part", () => {
    check("listen:\n  - port: 1\n    tls: { certificate: key, key: key }\n", [
      3,
      "listen.0.tls",
      /cannot be used together \(ERR_OSSL_/,
    ]);
    check(
      "upstreams:\n  a:\n    kind: openai\n    baseUrl: https://x/v1\n    certificateAuthority: key\n",
      [5, "upstreams.a.certificateAuthority", /not a certificate/],
    );
    for (const address of [
      "https://x/v1?api-version=1",
      "https://name:password@x/v1",
      "https://x/v1#a",
    ])
      check(`upstreams:\n  a:\n    kind: openai\n    baseUrl: ${address}\n`, [
        4,
        "upstreams.a.baseUrl",
        /must end with its path/,
      ]);
  });
  it("[G7] lets plain HTTP out of this machine only when it says so", () => {
    check("listen: [{ host: 0.0.0.0, port: 1 }]", [1, "listen.0", /plain HTTP on the network/]);
    check(
      "listen: [{ host: 0.0.0.0, port: 1, allowPlainHttp: true }]\nupstreams: { a: { kind: openai, baseUrl: 'http://x', allowPlainHttp: true } }",
    );
    check(
      "listen: [{ host: '::1', port: 1 }]\nupstreams: { a: { kind: openai, baseUrl: 'http://[::1]:8080/v1' } }",
    );
    check(
      "listen: [{ host: 0.0.0.0, port: 1, allowPlainHttp: true }]\nconsumers: [{ name: a, anonymous: true }]",
      [2, "consumers.0.anonymous", /whole network/],
    );
  });
  it("knows Model Studio's regions, and straightens the address people copy", () => {
    const rootOf = (settings: string): unknown =>
      parse(`upstreams: { a: { kind: dashscope, ${settings} } }`).upstreams.get("a")?.root;
    expect(rootOf("region: beijing")).toBe("https://dashscope.aliyuncs.com");
    expect(rootOf("region: singapore")).toBe("https://dashscope-intl.aliyuncs.com");
    expect(rootOf('baseUrl: "https://ws1.cn-beijing.maas.aliyuncs.com/compatible-mode/v1/"')).toBe(
      "https://ws1.cn-beijing.maas.aliyuncs.com",
    );
    check('upstreams: { a: { kind: openai, baseUrl: "https://x", region: beijing } }', [
      1,
      "upstreams.a.region",
      /goes with kind dashscope/,
    ]);
  });
  it("trusts tokens by keys it can trust", () => {
    expect(parse("tokens: [{ jwks: jwks.json, algorithms: [HS256] }]").jwks).toEqual([
      { keys: [{ kty: "oct", k: "AA" }] },
    ]);
    check("tokens: [{ algorithms: [ES256] }]", [1, "tokens.0", /either/]);
    check('tokens: [{ jwksUrl: "http://x/jwks", algorithms: [ES256] }]', [
      1,
      "tokens.0.jwksUrl",
      /https/,
    ]);
    check('tokens: [{ jwksUrl: "https://x/jwks", algorithms: [HS256] }]', [
      1,
      "tokens.0.algorithms",
      /shared secrets/,
    ]);
    check("tokens: [{ jwks: key, algorithms: [ES256] }]", [1, "tokens.0.jwks", /not a JWK set/]);
    check("tokens: [{ jwks: jwks.json, algorithms: [none] }]", [1, "tokens.0.algorithms.0", /./]);
  });
  it("reads prices from their own file", () => {
    expect(parse("prices: file:prices.yaml").prices).toEqual({
      m: { inputPerMillion: 1, outputPerMillion: 0 },
    });
  });
  it("never ends in anything but a configuration or a list of problems", () => {
    const word = fc.constantFrom(
      "listen",
      "upstreams",
      "models",
      "consumers",
      "kind",
      "openai",
      ":",
      "-",
      " ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      "a",
      "1",
      '"',
      "&x",
      "*x",
      "!!js",
      "|",
      "env:KEY",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        try {
          parse(words.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 1000 },
    );
  });
  it("has a published schema, which is the one in use", () => {
    const published = JSON.parse(
      readFileSync(new URL("../../schema.json", import.meta.url), "utf8"),
    ) as unknown;
    expect(published).toEqual(JSON.parse(JSON.stringify(toJsonSchema())));
  });
});

describe("a secret at rest", () => {
  it("is read back with its key alone, and differs each time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (secret) => {
        const sealed = encryptSecret(secret, masterKey);
        expect(decryptSecret(sealed, masterKey)).toBe(Buffer.from(secret, "utf8").toString("utf8"));
        expect(encryptSecret(secret, masterKey)).not.toBe(sealed);
        const flipped = Buffer.from(sealed.slice(7), "base64url");
        flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
        expect(() => decryptSecret(`enc:v1:${flipped.toString("base64url")}`, masterKey)).toThrow(
          /another one/,
        );
      }),
      { numRuns: 50 },
    );
    expect(() => encryptSecret("x", "short")).toThrow(/32 bytes/);
    expect(() => decryptSecret("enc:v1:AAAA", masterKey)).toThrow(/cut off/);
  });
});
