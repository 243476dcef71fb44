import { describe, expect, it } from "vitest";
import { parseSettings } from "./settings.ts";

const base = { endpoint_url: "https://gateway.example.com/v1/", api_key: "k" };

describe("the form", () => {
  it("has defaults for all but the address and the key", () => {
    expect(parseSettings(base)).toMatchObject({
      connection: {
        credential: { kind: "key", key: "k", header: "Authorization", prefix: "Bearer" },
        allowPlainHttp: false,
        protocol: "openai",
      },
      mode: "chat",
      contextSize: 4096,
      maxTokens: 4096,
      tools: "none",
      structuredOutput: false,
      thinking: "never",
      maxChunks: 10,
    });
    expect(parseSettings(base).connection.url.href).toBe("https://gateway.example.com/v1");
  });

  it("says where the key goes", () => {
    const check = (header: string, expected: object): void =>
      expect(parseSettings({ ...base, api_key_header: header }).connection.credential).toEqual({
        kind: "key",
        key: "k",
        ...expected,
      });
    check("Authorization: Bearer", { header: "Authorization", prefix: "Bearer" });
    check("Authorization", { header: "Authorization" });
    check("Authorization:", { header: "Authorization", prefix: "" });
    check("x-api-key", { header: "x-api-key", prefix: "" });
    check("X-Key: Token", { header: "X-Key", prefix: "Token" });
  });

  it("reads the fields of a token and of a signature", () => {
    const token = {
      auth_method: "jwt",
      jwt_jwks: "{}",
      jwt_consumer_id: "a",
      jwt_algorithm: "ES256",
      jwt_consumer_claim: "sub",
      jwt_expiration: "60",
      jwt_issuer: "me",
      jwt_header_name: "X-T",
      jwt_header_prefix: "P",
    };
    expect(parseSettings({ ...base, ...token }).connection.credential).toEqual({
      kind: "jwt",
      key: "{}",
      consumer: "a",
      algorithm: "ES256",
      claim: "sub",
      lifetimeSeconds: 60,
      issuer: "me",
      header: "X-T",
      prefix: "P",
    });
    expect(
      parseSettings({ ...base, auth_method: "hmac", hmac_access_key: "a", hmac_secret_key: "s" })
        .connection.credential,
    ).toEqual({ kind: "hmac", accessKey: "a", secret: "s" });
  });

  it("takes both spellings of the earlier plugins' thinking field", () => {
    expect(parseSettings({ ...base, agent_though_support: "supported" }).thinking).toBe(
      "switchable",
    );
    expect(
      parseSettings({ ...base, agent_thought_support: "only_thinking_supported" }).thinking,
    ).toBe("always");
  });

  it("refuses what does not fit, naming the field and never its content", () => {
    const check = (fields: Record<string, string>, field: string): void => {
      const parse = (): unknown => parseSettings({ ...base, ...fields });
      expect(parse, field).toThrow(field);
      expect(parse).not.toThrow(/zqword/);
    };
    check({ endpoint_url: "" }, "endpoint_url");
    check({ endpoint_url: "ftp://zqword" }, "endpoint_url");
    check({ endpoint_url: "https://a.example/v1?key=zqword" }, "endpoint_url");
    check({ api_key_header: "two words zqword" }, "api_key_header");
    check({ context_size: "zqword" }, "context_size");
    check({ context_size: "1.5" }, "context_size");
    check({ max_tokens_to_sample: "0" }, "max_tokens_to_sample");
    check({ mode: "zqword" }, "mode");
    check({ auth_method: "jwt", jwt_jwks: "zqword" }, "jwt_consumer_id");
    check(
      { auth_method: "jwt", jwt_jwks: "x", jwt_consumer_id: "a", jwt_algorithm: "none" },
      "jwt_algorithm",
    );
    check(
      { auth_method: "jwt", jwt_jwks: "x", jwt_consumer_id: "a", jwt_expiration: "604801" },
      "jwt_expiration",
    );
    check({ auth_method: "hmac", hmac_access_key: "a" }, "hmac_secret_key");
  });
});
