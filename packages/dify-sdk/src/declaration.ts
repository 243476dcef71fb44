/**
 * What a plugin's files say it is: the manifest, its providers, their models and assets, read and checked as the daemon does.
 *
 * The same reading serves the packager (before a file leaves the author's machine) and the remote transport (which sends the
 * resolved declaration instead of the files). Every problem names its file and field; all are collected before any is thrown.
 */
import { parseDocument } from "yaml";
import { z } from "zod";
import { modelSchema } from "./wire.ts";

/** A plugin's files by their path with forward slashes, relative to its root. */
export type PluginFiles = ReadonlyMap<string, Uint8Array>;

/** A plugin, resolved: globs replaced by what they match. */
export interface Declaration {
  readonly manifest: Readonly<Record<string, unknown>> & {
    readonly author: string;
    readonly name: string;
    readonly version: string;
  };
  /** Providers by kind; a model provider's `models` is the list of its predefined models. */
  readonly providers: { readonly model: readonly Readonly<Record<string, unknown>>[] };
  /** Files of `_assets`, by name. */
  readonly assets: Readonly<Record<string, Uint8Array>>;
}

/** One thing wrong with a plugin's files. */
export interface Problem {
  readonly file: string;
  /** Path inside the file, such as `meta.runner.language`; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Thrown when a plugin's files are not what Dify accepts; `problems` holds every one found. */
export class DeclarationError extends Error {
  readonly code = "DECLARATION";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`Dify would refuse this plugin:\n${problems.map(formatProblem).join("\n")}`);
    this.name = "DeclarationError";
    this.problems = problems;
  }
}

/** A problem as one line for a person. */
export function formatProblem({ file, field, message }: Problem): string {
  return `  ${file}${field === "" ? "" : `: ${field}`}: ${message}`;
}

const localized = z.object({
  en_US: z.string().min(1, "must not be empty").max(1023),
  zh_Hans: z.string().max(1023).optional(),
  ja_JP: z.string().max(1023).optional(),
  pt_BR: z.string().max(1023).optional(),
});

const version = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,4}){2}(-\w{1,16})?$/, "must look like 1.2.3 or 1.2.3-beta");
const paths = z.array(z.string().max(128)).nullish();
const enabled = z.object({ enabled: z.boolean().optional() }).nullish();
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const tags = [
  "search", "image", "videos", "weather", "finance", "design", "travel", "social", "news", "medical", "productivity", "education",
  "business", "entertainment", "utilities", "agent", "rag", "other", "trigger",
] as const; // prettier-ignore

/** As the daemon's validators have it. */
const manifestSchema = z.looseObject({
  version,
  type: z.literal("plugin"),
  author: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/, "must be 1 to 64 of a-z, 0-9, _ and -")
    .refine((author) => author !== "langgenius", "is reserved for Dify's makers")
    .refine((author) => !uuid.test(author), "must not be a UUID"),
  name: z.string().regex(/^[a-z0-9_-]{1,128}$/, "must be 1 to 128 of a-z, 0-9, _ and -"),
  label: localized,
  description: localized,
  icon: z.string().min(1).max(128),
  icon_dark: z.string().max(128).optional(),
  resource: z.object({
    memory: z.int().positive("must be a number of bytes"),
    permission: z
      .object({
        tool: enabled,
        model: z
          .object({
            enabled: z.boolean(),
            llm: z.boolean(),
            text_embedding: z.boolean(),
            rerank: z.boolean(),
            tts: z.boolean(),
            speech2text: z.boolean(),
            moderation: z.boolean(),
          })
          .partial()
          .nullish(),
        node: enabled,
        endpoint: enabled,
        app: enabled,
        storage: z
          .object({ enabled: z.boolean().optional(), size: z.int().min(1024).max(1_073_741_824) })
          .nullish(),
      })
      .nullish(),
  }),
  plugins: z.object({
    tools: paths,
    models: paths,
    endpoints: paths,
    agent_strategies: paths,
    datasources: paths,
    triggers: paths,
  }),
  meta: z.object({
    version,
    arch: z.array(z.enum(["amd64", "arm64"])).min(1),
    runner: z.object({
      // The daemon runs `python -m <entrypoint>` whatever the plugin is written in.
      language: z.literal("python", {
        error: "must be python: the daemon starts nothing else; the launcher hands over to Node",
      }),
      version: z.string().min(1).max(128),
      entrypoint: z.string().min(1).max(256),
    }),
    minimum_dify_version: z.string().nullish(),
  }),
  tags: z.array(z.enum(tags)).max(128).nullish(),
  created_at: z.iso.datetime({
    offset: true,
    error: "must be an RFC 3339 time such as 2026-11-22T00:00:00Z",
  }),
  privacy: z.string().nullish(),
  repo: z.url().nullish(),
  verified: z.boolean().optional(),
});

const showOn = z
  .array(z.object({ variable: z.string().min(1).max(255), value: z.string().min(1).max(255) }))
  .max(16)
  .nullish();

const form = z
  .array(
    z.object({
      variable: z.string().min(1).max(255),
      label: localized,
      type: z.enum(["text-input", "secret-input", "select", "radio", "switch"]),
      required: z.boolean().optional(),
      default: z.string().max(255).nullish(),
      options: z
        .array(z.object({ label: localized, value: z.string().min(1).max(255), show_on: showOn }))
        .max(128)
        .nullish(),
      help: localized.nullish(),
      url: z.string().nullish(),
      placeholder: localized.nullish(),
      max_length: z.int().optional(),
      show_on: showOn,
    }),
  )
  .max(32, "Dify takes at most 32 entries in a form")
  .nullish();

const modelFiles = z
  .object({ predefined: z.array(z.string()).nullish(), position: z.string().nullish() })
  .nullish();

const providerSchema = z.looseObject({
  provider: z.string().min(1).max(255),
  label: localized,
  description: localized.nullish(),
  icon_small: localized.nullish(),
  icon_large: localized.nullish(),
  icon_small_dark: localized.nullish(),
  icon_large_dark: localized.nullish(),
  background: z.string().nullish(),
  help: z.object({ title: localized, url: localized }).nullish(),
  supported_model_types: z
    .array(
      z.enum([
        "llm",
        "text-embedding",
        "rerank",
        "speech2text",
        "moderation",
        "tts",
        "text2img",
        "multimodal-embedding",
        "multimodal-rerank",
      ]),
    )
    .min(1)
    .max(16),
  configurate_methods: z
    .array(z.enum(["predefined-model", "customizable-model"]))
    .min(1)
    .max(16),
  provider_credential_schema: z.object({ credential_form_schemas: form }).nullish(),
  model_credential_schema: z
    .object({
      model: z.object({ label: localized, placeholder: localized.nullish() }),
      credential_form_schemas: form,
    })
    .nullish(),
  models: z
    .object({
      llm: modelFiles,
      text_embedding: modelFiles,
      rerank: modelFiles,
      tts: modelFiles,
      speech2text: modelFiles,
      moderation: modelFiles,
    })
    .partial()
    .nullish(),
});

/**
 * Reads and checks a plugin's files.
 * @throws DeclarationError with every problem found.
 */
export function readDeclaration(files: PluginFiles): Declaration {
  const problems: Problem[] = [];
  const reader = new DeclarationReader(files, problems);
  const declaration = reader.read();
  if (declaration === null || problems.length > 0) throw new DeclarationError(problems);
  return declaration;
}

type Provider = z.infer<typeof providerSchema>;

/** Reads on after a problem, so that an author sees all of them at once. */
class DeclarationReader {
  readonly #files: PluginFiles;
  readonly #problems: Problem[];

  constructor(files: PluginFiles, problems: Problem[]) {
    this.#files = files;
    this.#problems = problems;
  }

  read(): Declaration | null {
    const file = "manifest.yaml";
    const manifest = this.#parse(file, manifestSchema);
    if (manifest === null) return null;

    this.#needAsset(file, "icon", manifest.icon);
    if (manifest.icon_dark) this.#needAsset(file, "icon_dark", manifest.icon_dark);
    if (!this.#files.has("README.md"))
      this.#problem("README.md", "", "is missing; Dify shows it to people who consider the plugin");
    if (manifest.privacy && !this.#files.has(manifest.privacy))
      this.#problem(file, "privacy", `names ${manifest.privacy}, which is not in the package`);

    const { models, ...others } = manifest.plugins;
    for (const [kind, list] of Object.entries(others)) {
      if (list?.length)
        this.#problem(
          file,
          `plugins.${kind}`,
          "is not served by this version of the SDK; list providers under plugins.models",
        );
    }
    if (!models?.length)
      this.#problem(file, "plugins.models", "must list at least one provider file");

    const providers: Readonly<Record<string, unknown>>[] = [];
    for (const path of models ?? []) {
      const provider = this.#readProvider(path);
      if (provider !== null) providers.push(provider);
    }
    return { manifest, providers: { model: providers }, assets: this.#assets() };
  }

  #readProvider(file: string): Readonly<Record<string, unknown>> | null {
    const provider = this.#parse(file, providerSchema);
    if (provider === null) return null;
    for (const field of [
      "icon_small",
      "icon_large",
      "icon_small_dark",
      "icon_large_dark",
    ] as const) {
      for (const [language, name] of Object.entries(provider[field] ?? {})) {
        if (name !== undefined) this.#needAsset(file, `${field}.${language}`, name);
      }
    }
    this.#checkForms(file, provider);

    const models: unknown[] = [];
    const position: Record<string, unknown> = {};
    for (const [type, entry] of Object.entries(provider.models ?? {})) {
      if (!entry) continue;
      for (const pattern of entry.predefined ?? []) {
        const matches = [...this.#files.keys()]
          .filter((path) => !path.endsWith("_position.yaml") && isMatch(pattern, path))
          .toSorted();
        if (matches.length === 0)
          this.#problem(file, `models.${type}.predefined`, `${pattern} matches no file`);
        models.push(...matches.map((path) => this.#parse(path, modelSchema)));
      }
      if (entry.position) position[type] = this.#parse(entry.position, z.array(z.string()));
    }
    return { ...provider, models, ...(Object.keys(position).length > 0 ? { position } : {}) };
  }

  /** A condition on a variable that the form does not have would hide its field for good. */
  #checkForms(file: string, provider: Provider): void {
    for (const name of ["provider_credential_schema", "model_credential_schema"] as const) {
      const entries = provider[name]?.credential_form_schemas ?? [];
      const variables = new Set([
        "__model_type",
        "__model_name",
        ...entries.map((entry) => entry.variable),
      ]);
      entries.forEach((entry, index) => {
        for (const condition of [
          ...(entry.show_on ?? []),
          ...(entry.options ?? []).flatMap((option) => option.show_on ?? []),
        ]) {
          if (!variables.has(condition.variable)) {
            this.#problem(
              file,
              `${name}.credential_form_schemas.${index}.show_on`,
              `depends on ${condition.variable}, which is not in the form`,
            );
          }
        }
        if ((entry.type === "select" || entry.type === "radio") && !entry.options?.length) {
          this.#problem(
            file,
            `${name}.credential_form_schemas.${index}.options`,
            `must list the choices of ${entry.variable}`,
          );
        }
      });
    }
  }

  #parse<Value>(file: string, schema: z.ZodType<Value>): Value | null {
    const bytes = this.#files.get(file);
    if (bytes === undefined) {
      this.#problem(file, "", "is missing");
      return null;
    }
    const document = parseDocument(new TextDecoder().decode(bytes));
    const syntaxError = document.errors[0];
    if (syntaxError !== undefined) {
      this.#problem(
        file,
        "",
        `is not YAML: ${syntaxError.message.split("\n")[0] ?? "syntax error"}`,
      );
      return null;
    }
    const value: unknown = document.toJS();
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues)
      this.#problem(file, issue.path.map(String).join("."), issue.message);
    return null;
  }

  #assets(): Record<string, Uint8Array> {
    const prefix = "_assets/";
    return Object.fromEntries(
      [...this.#files]
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, content]) => [path.slice(prefix.length), content]),
    );
  }

  #needAsset(file: string, field: string, name: string): void {
    if (!this.#files.has(`_assets/${name}`))
      this.#problem(file, field, `names ${name}, which is not in _assets`);
  }

  #problem(file: string, field: string, message: string): void {
    this.#problems.push({ file, field, message });
  }
}

/** `*` and `?` within a path segment, as the daemon matches model files. */
function isMatch(pattern: string, path: string): boolean {
  const expression = pattern.replace(
    /[.*+?^${}()|[\]\\]/g,
    (character) => ({ "*": "[^/]*", "?": "[^/]" })[character] ?? `\\${character}`,
  );
  return new RegExp(`^${expression}$`).test(path);
}
