import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationToken } from "vscode-languageserver-protocol/node";
import { products } from "@cloud-code/policy";
import { afterEach, describe, expect, it } from "vitest";
import { listenForModels } from "./models.ts";
import { modelSetMethod, type ModelState, modelStateMethod } from "./protocol.ts";
import type { Wire } from "./wire.ts";

const origin = "https://models.example";
const noticeVersion = products.assistant.notice.version;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A server's side of the requests, for a person with this environment. */
function serve(environment: NodeJS.ProcessEnv): {
  readonly folder: string;
  readonly ask: (method: string, params?: object) => Promise<ModelState>;
} {
  const folder = mkdtempSync(join(tmpdir(), "models-"));
  folders.push(folder);
  const handlers = new Map<string, Parameters<Wire["onRequest"]>[1]>();
  listenForModels({ onRequest: (method, handle) => void handlers.set(method, handle) }, "en", {
    CLOUD_CODE_TELEMETRY_DIR: folder,
    CLOUD_CODE_POLICY_FILE: join(folder, "policy.json"),
    ...environment,
  });
  return {
    folder,
    ask: async (method, params) =>
      (await handlers.get(method)?.(params, CancellationToken.None)) as ModelState,
  };
}

const remote = {
  CLOUD_CODE_EMBEDDINGS_URL: `${origin}/v1`,
  CLOUD_CODE_EMBEDDINGS_MODEL: "some-model",
};

describe("the embedding model, for an editor", () => {
  it("is none, one on this machine, or one elsewhere that nobody asks without a yes", async () => {
    const check = async (environment: object, expected: Partial<ModelState>): Promise<void> => {
      const { ask } = serve({ ...environment });
      expect(await ask(modelStateMethod)).toMatchObject(expected);
    };
    await check({}, { kind: "none", asks: false, answered: false });
    await check(
      { ...remote, CLOUD_CODE_EMBEDDINGS_MODEL: "" },
      { kind: "none", sentence: expect.stringContaining("CLOUD_CODE_EMBEDDINGS_MODEL") },
    );
    await check(
      { ...remote, CLOUD_CODE_EMBEDDINGS_URL: "http://127.0.0.1:8080/v1" },
      { kind: "local", asks: true },
    );
    await check(remote, {
      kind: "remote",
      asks: false,
      answered: false,
      receiver: origin,
      question: expect.objectContaining({ receiver: origin, noticeVersion }),
    });
  });

  it("is asked after a yes, and no longer after it is taken back", async () => {
    const { ask, folder } = serve(remote);
    const yes = { allowed: true, receiver: origin, noticeVersion };
    expect(await ask(modelSetMethod, yes)).toMatchObject({ asks: true, answered: true });
    expect(readFileSync(join(folder, "models.jsonl"), "utf8")).toContain('"given"');
    const no = { allowed: false, receiver: origin };
    expect(await ask(modelSetMethod, no)).toMatchObject({ asks: false, answered: true });
    expect(await ask(modelStateMethod)).toHaveProperty("question");
  });

  it("takes no answer to another question", async () => {
    const { ask, folder } = serve(remote);
    const check = (answer: object): Promise<void> =>
      expect(ask(modelSetMethod, answer)).rejects.toMatchObject({ code: -32602 });
    await check({});
    await check({ allowed: true, receiver: origin });
    await check({ allowed: true, receiver: origin, noticeVersion: noticeVersion - 1 });
    await check({ allowed: true, receiver: "https://other.example", noticeVersion });
    await check({ allowed: "yes", receiver: origin, noticeVersion });
    expect(() => readFileSync(join(folder, "models.jsonl"))).toThrow("ENOENT");
  });

  it("[A2] is not asked in a workspace that is not trusted, nor where the organisation forbids it, and no yes would help", async () => {
    const untrusted = serve({ ...remote, CLOUD_CODE_UNTRUSTED: "1" });
    const yes = { allowed: true, receiver: origin, noticeVersion };
    const state = await untrusted.ask(modelSetMethod, yes);
    expect(state).toMatchObject({ asks: false, sentence: expect.stringContaining("trust") });
    expect(state).not.toHaveProperty("question");
    const forbidden = serve(remote);
    const policy = JSON.stringify({ forbiddenPurposes: ["ask-chosen-model"] });
    writeFileSync(join(forbidden.folder, "policy.json"), policy);
    const locked = await forbidden.ask(modelSetMethod, yes);
    expect(locked).toMatchObject({
      asks: false,
      sentence: expect.stringContaining("organisation"),
    });
    expect(locked).not.toHaveProperty("question");
  });
});
