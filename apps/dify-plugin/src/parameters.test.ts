import { describe, expect, it } from "vitest";
import { applyParameters, rulesFor } from "./parameters.ts";
import { parseSettings } from "./settings.ts";

const settings = (more: Record<string, string> = {}): ReturnType<typeof parseSettings> =>
  parseSettings({ endpoint_url: "https://a.example/v1", api_key: "k", ...more });
const names = (more: Record<string, string>): string[] =>
  rulesFor(settings(more)).map(({ name }) => name);
const body = (values: object, more: Record<string, string> = {}): unknown =>
  applyParameters({ ...values }, settings(more), undefined).body;

describe("the rules", () => {
  it("offer thinking and schemas where the model was set up for them", () => {
    expect(names({})).not.toContain("enable_thinking");
    expect(names({})).not.toContain("json_schema");
    expect(names({ agent_though_support: "supported" })).toEqual(
      expect.arrayContaining(["enable_thinking", "thinking_budget"]),
    );
    expect(names({ agent_though_support: "only_thinking_supported" })).not.toContain(
      "enable_thinking",
    );
    expect(
      names({ agent_though_support: "supported", thinking_dialect: "reasoning_effort" }),
    ).toContain("reasoning_effort");
    expect(names({ structured_output_support: "supported" })).toContain("json_schema");
    expect(names({ mode: "completion" })).not.toContain("response_format");
  });

  it("have a label or a name, and unique names", () => {
    const all = names({
      agent_though_support: "supported",
      structured_output_support: "supported",
    });
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("values", () => {
  it("travel when a rule names them, and only then", () => {
    expect(
      body({
        temperature: 0.5,
        top_k: "7",
        seed: 1,
        enable_search: true,
        user: "x",
        messages: [],
        model: "other",
        max_tokens: null,
      }),
    ).toEqual({ temperature: 0.5, top_k: 7, seed: 1, enable_search: true });
  });

  it("that do not fit are refused by name", () => {
    const check = (values: object, name: string): void =>
      expect(() => body(values)).toThrow(`parameter ${name}`);
    check({ temperature: 3 }, "temperature");
    check({ temperature: "warm" }, "temperature");
    check({ top_k: 1.5 }, "top_k");
    check({ max_tokens: 4097 }, "max_tokens");
    check({ enable_search: "maybe" }, "enable_search");
    check({ response_format: "yaml" }, "response_format");
    check({ extra_headers: "[1]" }, "extra_headers");
    check({ extra_headers: '{"a":{}}' }, "extra_headers");
  });

  it("of thinking are said in the model's dialect", () => {
    const check = (
      dialect: string,
      values: object,
      expected: object,
      support = "supported",
    ): void =>
      expect(body(values, { agent_though_support: support, thinking_dialect: dialect })).toEqual(
        expected,
      );
    check(
      "enable_thinking",
      { enable_thinking: true, thinking_budget: 9 },
      { enable_thinking: true, thinking_budget: 9 },
    );
    check(
      "enable_thinking",
      { enable_thinking: false, thinking_budget: 9 },
      { enable_thinking: false },
    );
    check(
      "enable_thinking",
      { thinking_budget: 9 },
      { thinking_budget: 9 },
      "only_thinking_supported",
    );
    check(
      "chat_template_kwargs",
      { enable_thinking: false },
      { chat_template_kwargs: { enable_thinking: false, thinking: false } },
    );
    check(
      "thinking",
      { enable_thinking: true, thinking_budget: 9 },
      { thinking: { type: "enabled", budget_tokens: 9 } },
    );
    check(
      "thinking",
      { enable_thinking: false, thinking_budget: 9 },
      { thinking: { type: "disabled" } },
    );
    check(
      "reasoning_effort",
      { reasoning_effort: "low", enable_thinking: true },
      { reasoning_effort: "low" },
    );
    check("none", { enable_thinking: true }, {});
    check("enable_thinking", { enable_thinking: true }, {}, "not_supported");
  });

  it("of the format become the protocol's, a bare schema wrapped", () => {
    const structured = { structured_output_support: "supported" };
    const schema = { type: "object" };
    expect(body({ response_format: "text" })).toEqual({});
    expect(body({ response_format: "JSON" })).toEqual({ response_format: { type: "json_object" } });
    expect(
      body({ response_format: "json_schema", json_schema: JSON.stringify(schema) }, structured),
    ).toEqual({
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    });
    const named = { name: "n", schema, strict: true };
    expect(
      body({ response_format: "json_schema", json_schema: JSON.stringify(named) }, structured),
    ).toEqual({ response_format: { type: "json_schema", json_schema: named } });
    expect(() => body({ response_format: "json_schema" }, structured)).toThrow("json_schema");
    expect(() => body({ response_format: "json_schema", json_schema: "{" }, structured)).toThrow(
      "json_schema",
    );
    expect(applyParameters({}, settings(), schema).body).toEqual({
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    });
  });

  it("of extra headers leave the body", () => {
    const applied = applyParameters(
      { extra_headers: '{"X-Tenant":"a","X-Level":3}' },
      settings(),
      undefined,
    );
    expect(applied).toEqual({ body: {}, headers: { "X-Tenant": "a", "X-Level": "3" } });
  });
});
