/** The packaged plugin, started as the daemon starts it, driven by the daemon double, against a gateway that verifies. */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { InvocationError, invokeOverHttp, LocalDaemon } from "@cloud-code/dify-sdk/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildPackage } from "../../apps/dify-plugin/src/package.ts";
import { chat, others, recording, soundOf, textOf, type Form } from "./requests.ts";
import { endProcess, freePort, waitForPort } from "./services.ts";
import { unpack } from "./unpack.ts";
import { credentialsOf, trusted, Upstream } from "./upstream.ts";

let folder = "";
let upstream: Upstream;
let daemon: LocalDaemon;
beforeAll(async () => {
  folder = await unpack((await buildPackage("system")).bytes);
  upstream = await Upstream.listen();
  daemon = await LocalDaemon.start({
    command: "python3",
    args: ["-m", "main"],
    folder,
    launchMs: 20_000,
    environment: { HOME: process.env["HOME"] ?? "", DIFY_PLUGIN_NODE: process.execPath },
  });
});

afterAll(async () => {
  await daemon.stop();
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

const form = (more: Form = {}, method: keyof typeof credentialsOf = "api_key"): Form => ({
  endpoint_url: `${upstream.origin}/v1`,
  ...credentialsOf[method],
  ...more,
});
const all = (invocation: Parameters<LocalDaemon["invocations"]["all"]>[0]): Promise<unknown[]> =>
  daemon.invocations.all(invocation);
const one = (
  invocation: Parameters<LocalDaemon["invocations"]["one"]>[0],
): Promise<Record<string, unknown>> => daemon.invocations.one(invocation);
const lastBody = (): Record<string, unknown> =>
  JSON.parse(upstream.arrived.at(-1)?.body.toString("utf8") ?? "{}") as Record<string, unknown>;
const refusal = (promise: Promise<unknown>): Promise<InvocationError> =>
  promise.then(
    () => {
      throw new Error("It was not refused.");
    },
    (error: unknown) => {
      if (error instanceof InvocationError) return error;
      throw error;
    },
  );

describe.each(["api_key", "jwt", "hmac"] as const)("with %s", (method) => {
  const arrivedBy = { api_key: "key", jwt: "jwt", hmac: "hmac" }[method];

  it("all five kinds of model work, and every request proves who sends it", async () => {
    const seen = upstream.arrived.length;
    expect(textOf(await all(chat(form({}, method), "hello")))).toBe("You said: hello");
    expect(textOf(await all(chat(form({}, method), "hello", { stream: false })))).toBe(
      "You said: hello",
    );
    expect(await one(others.embed(form({}, method), ["a", "bcd"]))).toMatchObject({
      embeddings: [
        [1, 0],
        [3, 1],
      ],
      usage: { total_tokens: 5 },
    });
    expect(await one(others.rerank(form({}, method), "q", ["a", "long"]))).toMatchObject({
      model: "gte-rerank-v2",
      docs: [
        { index: 1, text: "long", score: 0.04 },
        { index: 0, text: "a", score: 0.01 },
      ],
    });
    expect(
      soundOf(await all(others.speak(form({}, method), "Good day.", "alloy", "tts-1"))).toString(),
    ).toBe("ID3:alloy:Good day.");
    expect(await one(others.transcribe(form({}, method), recording("tick")))).toEqual({
      result: "audio.wav 48 tick",
    });
    expect(upstream.arrived.slice(seen).map(({ auth }) => auth)).toEqual(Array(6).fill(arrivedBy));
  });

  it("rerank and speech work by Model Studio's own protocol, from the same address", async () => {
    const native = form({ protocol: "dashscope" }, method);
    expect(await one(others.rerank(native, "q", ["a", "long"]))).toMatchObject({
      docs: [{ index: 1 }, { index: 0 }],
    });
    const sound = soundOf(await all(others.speak(native, "Good day.", "Cherry")));
    expect(sound.subarray(0, 4).toString()).toBe("RIFF");
    expect([...sound.subarray(44)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await one(others.transcribe(native, recording("tick")))).toEqual({
      result: "heard natively",
    });
    expect(upstream.arrived.at(-1)).toMatchObject({ auth: arrivedBy });
  });

  it("Qwen's voices are asked of OpenAI's path for the samples they give, under one WAV header", async () => {
    const text = "Good day. ".repeat(60);
    const sound = soundOf(await all(others.speak(form({}, method), text, "alloy")));
    expect(sound.subarray(0, 4).toString()).toBe("RIFF");
    expect(sound.subarray(44).toString().replaceAll("alloy:", "")).toBe(text);
    expect(lastBody()).toMatchObject({ model: "qwen3-tts-flash", response_format: "pcm" });
    const schema = await one(others.describe(form({}, method), "tts"));
    expect(schema).toMatchObject({ model_schema: { model_properties: { audio_type: "mp3" } } });
    const named = form({ endpoint_model_name: "qwen3-tts-flash" }, method);
    expect(await one(others.describe(named, "tts"))).toMatchObject({
      model_schema: { model_properties: { audio_type: "wav" } },
    });
  });

  it("wrong credentials are refused under the form, and the right ones accepted", async () => {
    for (const type of ["llm", "text-embedding", "rerank", "speech2text", "tts"]) {
      expect(await one(others.validate(form({}, method), type)), type).toMatchObject({
        result: true,
      });
    }
    const wrong = {
      api_key: { api_key: "no" },
      jwt: { jwt_consumer_id: "someone-else" },
      hmac: { hmac_secret_key: "no" },
    }[method];
    const error = await refusal(one(others.validate(form(wrong, method), "llm")));
    expect(error.errorType).toBe("CredentialsValidateFailedError");
    expect(error.wire.message).toContain("HTTP 401");
  });
});

describe("what travels", () => {
  it("[G3] is what was asked and nothing more", async () => {
    await all(
      chat(form(), "hello", {
        model_parameters: { temperature: 0.5, max_tokens: 9, unknown_parameter: 1 },
        stop: ["END"],
      }),
    );
    expect(lastBody()).toEqual({
      model: "qwen-plus",
      messages: [{ role: "user", content: "hello" }],
      temperature: 0.5,
      max_tokens: 9,
      stop: ["END"],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(Object.keys(upstream.arrived.at(-1)?.headers ?? {}).toSorted()).toEqual([
      "accept",
      "authorization",
      "connection",
      "content-length",
      "content-type",
      "host",
    ]);
    await one(others.embed(form({ document_prefix: "doc: " }), ["x"]));
    expect(lastBody()).toEqual({
      model: "text-embedding-v4",
      input: ["doc: x"],
      encoding_format: "float",
    });
    await one(others.rerank(form(), "q", ["a"], { top_n: 5 }));
    expect(lastBody()).toEqual({ model: "gte-rerank-v2", query: "q", documents: ["a"], top_n: 1 });
    await all(others.speak(form(), "Hi.", "alloy", "tts-1"));
    expect(lastBody()).toEqual({
      model: "tts-1",
      input: "Hi.",
      voice: "alloy",
      response_format: "mp3",
    });
    await one(others.transcribe(form(), recording("x")));
    const sent = upstream.arrived.at(-1)?.body.toString("latin1") ?? "";
    expect([...sent.matchAll(/name="(\w+)"/g)].map(([, name]) => name)).toEqual(["model", "file"]);
  });

  it("carries tools, media, formats and thinking as the model was set up", async () => {
    const rich = form({
      function_calling_type: "tool_call",
      vision_support: "all",
      structured_output_support: "supported",
      agent_though_support: "supported",
      endpoint_model_name: "real-name",
    });
    const tools = [{ name: "look", description: "looks", parameters: { type: "object" } }];
    const parts = [
      { type: "text", data: "see" },
      { type: "image", base64_data: "aGk=", mime_type: "image/png", url: "" },
      { type: "audio", base64_data: "aGk=", format: "mp3" },
      { type: "video", url: "https://example.com/v.mp4" },
      { type: "document", base64_data: "aGk=", mime_type: "application/pdf", filename: "a.pdf" },
    ];
    await all(
      chat(rich, parts, {
        tools,
        tool_choice: { mode: "tool", name: "look" },
        model_parameters: {
          enable_thinking: true,
          thinking_budget: 7,
          response_format: "json_schema",
          json_schema: '{"type":"object"}',
        },
      }),
    );
    expect(lastBody()).toEqual({
      model: "real-name",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "see" },
            { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
            { type: "input_audio", input_audio: { data: "aGk=", format: "mp3" } },
            { type: "video_url", video_url: { url: "https://example.com/v.mp4" } },
            {
              type: "file",
              file: { filename: "a.pdf", file_data: "data:application/pdf;base64,aGk=" },
            },
          ],
        },
      ],
      tools: [{ type: "function", function: tools[0] }],
      tool_choice: { type: "function", function: { name: "look" } },
      enable_thinking: true,
      thinking_budget: 7,
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: { type: "object" } },
      },
      stream: true,
      stream_options: { include_usage: true },
    });
    const error = await refusal(all(chat(form(), parts)));
    expect(error.errorType).toBe("InvokeBadRequestError");
    expect(error.wire.message).toContain("image input");
  });

  it("carries extra headers under the signature, and refuses those that would speak for the sender", async () => {
    await all(
      chat(form({}, "hmac"), "hello", { model_parameters: { extra_headers: '{"X-Tenant":"a"}' } }),
    );
    expect(upstream.arrived.at(-1)).toMatchObject({ auth: "hmac", headers: { "x-tenant": "a" } });
    expect(JSON.stringify(lastBody())).not.toContain("enant");
    for (const headers of [
      '{"Authorization":"x"}',
      '{"x-ca-key":"x"}',
      '{"Host":"x"}',
      '{"a":"b\\r\\nc: d"}',
      "not json",
    ]) {
      const error = await refusal(
        all(chat(form(), "hello", { model_parameters: { extra_headers: headers } })),
      );
      expect(error.errorType, headers).toBe("InvokeBadRequestError");
    }
  });

  it("honours header and prefix of a key and of a token", async () => {
    await all(chat(form({ api_key_header: "x-api-key" }), "hello"));
    expect(upstream.arrived.at(-1)).toMatchObject({
      auth: "key",
      headers: { "x-api-key": trusted.key },
    });
    await all(
      chat(form({ jwt_header_name: "X-Token", jwt_header_prefix: "Bearer" }, "jwt"), "hello"),
    );
    expect(upstream.arrived.at(-1)).toMatchObject({
      auth: "jwt",
      headers: { "x-token": expect.stringMatching(/^Bearer ey/) },
    });
  });

  it("is signed with the gateway's route prefix in the path", async () => {
    await all(chat(form({ endpoint_url: `${upstream.origin}/route/v1/` }, "hmac"), "hello"));
    expect(upstream.arrived.at(-1)).toMatchObject({
      auth: "hmac",
      path: "/route/v1/chat/completions",
    });
  });

  it("[G7] does not leave over plain HTTP unless the other end is this machine or it was allowed", async () => {
    const error = await refusal(all(chat(form({ endpoint_url: "http://192.0.2.1/v1" }), "hello")));
    expect(error.errorType).toBe("InvokeBadRequestError");
    expect(error.wire.message).toContain("plain HTTP");
    const seen = upstream.arrived.length;
    expect(textOf(await all(chat(form({ allow_plain_http: "true" }), "hello")))).toContain("hello");
    expect(upstream.arrived.length).toBe(seen + 1);
  });
});

describe("an answer", () => {
  it("with thoughts shows them in tags that are always closed", async () => {
    const thinking = form({ agent_though_support: "only_thinking_supported" });
    expect(textOf(await all(chat(thinking, "x", { model: "thinker" })))).toBe(
      "<think>\nlet me see\n</think>\n\ndone",
    );
    expect(textOf(await all(chat(thinking, "x", { model: "thinks-only" })))).toBe(
      "<think>\nendless\n</think>\n\n",
    );
    expect(textOf(await all(chat(thinking, "x", { model: "thinker", stream: false })))).toBe(
      "<think>\nhm\n</think>\n\nYou said: x",
    );
  });

  it("with tool calls joins their pieces by index and gives each an id", async () => {
    const messages = await all(
      chat(form({ function_calling_type: "tool_call" }), "x", {
        model: "caller",
        tools: [{ name: "first", description: "", parameters: {} }],
      }),
    );
    expect(messages).toHaveLength(2);
    expect(messages[1]).toMatchObject({ delta: { finish_reason: "tool_calls" } });
    expect(messages[0]).toMatchObject({
      delta: {
        message: {
          tool_calls: [
            { id: "call_1", function: { name: "first", arguments: '{"a":1}' } },
            {
              id: expect.stringMatching(/^call_[0-9a-f-]{36}$/),
              function: { name: "second", arguments: '{"b":2}' },
            },
          ],
        },
      },
    });
  });

  it("has the gateway's own token counts, or an estimate", async () => {
    expect((await all(chat(form(), "hello"))).at(-1)).toMatchObject({
      delta: {
        usage: { prompt_tokens: 10, completion_tokens: 20, total_price: "0", currency: "USD" },
      },
    });
    expect((await all(chat(form(), "hello", { model: "thinks-only" }))).at(-1)).toMatchObject({
      delta: { finish_reason: "stop", usage: { prompt_tokens: 8 } },
    });
    expect(await one(others.countPrompt(form(), "word"))).toEqual({ num_tokens: 7 });
    expect(await one(others.countTexts(form(), ["word", "你好"]))).toEqual({ num_tokens: [1, 2] });
  });

  it("of a completion model goes on with the text", async () => {
    expect(textOf(await all(chat(form({ mode: "completion" }), "once", { stream: false })))).toBe(
      "after once",
    );
  });

  it("describes the model that was entered", async () => {
    const { model_schema: schema } = await one(
      others.describe(
        form({
          context_size: "131072",
          function_calling_type: "tool_call",
          vision_support: "support",
          voices: "Cherry，Ethan",
        }),
        "llm",
      ),
    );
    expect(schema).toMatchObject({
      model: "my-model",
      model_type: "llm",
      fetch_from: "customizable-model",
      features: ["tool-call", "stream-tool-call", "multi-tool-call", "vision"],
      model_properties: { mode: "chat", context_size: 131072 },
    });
    expect(await one(others.voices(form({ voices: "Cherry，Ethan" })))).toEqual({
      voices: [
        { name: "Cherry", value: "Cherry" },
        { name: "Ethan", value: "Ethan" },
      ],
    });
  });

  it("survives broken bytes: half characters, missing blank lines", async () => {
    expect(textOf(await all(chat(form(), "x", { model: "half-utf8" })))).toBe("你好👋");
    expect(textOf(await all(chat(form(), "x", { model: "no-blank-lines" })))).toBe("ab");
  });
});

const canary = "canary-7f3a-秘密";

describe("a failure", () => {
  const check = async (model: string, errorType: string, said: RegExp): Promise<void> => {
    const error = await refusal(all(chat(form(), canary, { model })));
    expect(error.errorType, model).toBe(errorType);
    expect(error.wire.message).toMatch(said);
    expect(JSON.stringify(error.wire)).not.toContain("canary");
  };

  it("[G4] is named, explained and says nothing of what was sent", async () => {
    await check(
      "fail-401",
      "InvokeAuthorizationError",
      /HTTP 401 \(invalid_api_key\).*Request 0a1b2c3d-0000-4000-8000-0123456789ab\./,
    );
    await check("fail-403", "InvokeAuthorizationError", /HTTP 403 \(AccessDenied\.Unpurchased\)/);
    await check("fail-404", "InvokeBadRequestError", /HTTP 404.*endpoint address/);
    await check("fail-429", "InvokeRateLimitError", /HTTP 429/);
    await check("fail-500", "InvokeServerUnavailableError", /HTTP 500/);
    await check("fail-503", "InvokeServerUnavailableError", /HTTP 503\. /);
    await check("error-midway", "InvokeRateLimitError", /limit_requests/);
    await check("broken-sse", "InvokeServerUnavailableError", /not what the protocol prescribes/);
    await check("reset", "InvokeConnectionError", /ECONNRESET/);
    await check("long-line", "InvokeServerUnavailableError", /larger than this plugin takes/);
    const unreachable = await refusal(
      all(chat(form({ endpoint_url: "http://127.0.0.1:9/v1" }), canary)),
    );
    expect(unreachable.errorType).toBe("InvokeConnectionError");
    expect(unreachable.wire.message).toContain("ECONNREFUSED");
  });

  it("[G2] a redirect is not followed", async () => {
    await check("fail-302", "InvokeBadRequestError", /redirects are not followed/);
  });

  it("a web page in place of an answer is no answer", async () => {
    await check("web-page", "InvokeServerUnavailableError", /address is that of an API/);
  });

  it("in the form names the field, not its content", async () => {
    const checkField = async (more: Form, said: RegExp): Promise<void> => {
      const error = await refusal(one(others.validate(form(more), "llm")));
      expect(error.errorType).toBe("CredentialsValidateFailedError");
      expect(error.wire.message).toMatch(said);
      expect(error.wire.message).not.toContain("canary");
    };
    await checkField({ endpoint_url: "canary" }, /endpoint_url should hold an address/);
    await checkField({ endpoint_url: "https://user:canary@example.com" }, /without user name/);
    await checkField({ api_key: "" }, /api_key is empty/);
    await checkField({ context_size: "canary" }, /context_size should hold a whole number/);
    await checkField(
      { auth_method: "canary" },
      /auth_method should hold one of api_key, jwt, hmac/,
    );
    await checkField(
      { auth_method: "jwt", jwt_jwks: "canary", jwt_consumer_id: "a" },
      /cannot be signed/,
    );
  });
});

describe("many at once", () => {
  it("200 streams lose and mix nothing", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `c${index}`);
    const answers = await Promise.all(
      names.map((name) => all(chat(form(), name, { model: "counter" }))),
    );
    answers.forEach((messages, index) => {
      expect(textOf(messages)).toBe(
        Array.from({ length: 50 }, (_, piece) => `c${index}:${piece};`).join(""),
      );
    });
  });
});

it("as a serverless plugin ends the call at the gateway when its caller leaves", async () => {
  const port = await freePort();
  const child = spawn(process.execPath, ["plugin.mjs"], {
    cwd: folder,
    env: {
      INSTALL_METHOD: "serverless",
      SERVERLESS_HOST: "127.0.0.1",
      SERVERLESS_PORT: String(port),
    },
    stdio: "ignore",
  });
  onTestFinished(() => endProcess(child));
  await waitForPort(port);
  const url = `http://127.0.0.1:${port}`;
  const whole: unknown[] = [];
  for await (const message of invokeOverHttp(url, chat(form(), "hello"))) whole.push(message);
  expect(textOf(whole)).toBe("You said: hello");

  const leave = new AbortController();
  const call = invokeOverHttp(url, chat(form(), "hello", { model: "stall" }), leave.signal);
  expect(textOf([(await call.next()).value])).toBe("wait");
  leave.abort();
  await expect.poll(() => upstream.arrived.at(-1)?.aborted).toBe(true);
});

it("says nothing beside its answers, through everything above", () => {
  expect(daemon.strayLines).toEqual([]);
  expect(daemon.stderr).toBe("");
});
