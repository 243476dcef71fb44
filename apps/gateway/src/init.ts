import { get } from "node:http";
import { createKey, hashKey } from "@cloud-code/models";
import type { wordsFor } from "./words.ts";

/** Asks a person a question and gives the answer; an empty one means the default. */
export type Ask = (question: string) => Promise<string>;

interface Choice {
  readonly title: string;
  /** Lines under `upstreams.<name>:`. */
  readonly settings: readonly string[];
  readonly name: string;
  readonly variable: string | undefined;
  readonly models: readonly string[];
}

/** Model servers people run on their own machine, and the port each listens on unless told otherwise. */
const localServers = [
  { title: "llama-server", name: "llama", port: 8080 },
  { title: "Ollama", name: "ollama", port: 11434 },
  { title: "vLLM", name: "vllm", port: 8000 },
] as const;

/** Three questions, and a configuration that works. Servers that run on this machine are offered first. */
export async function createConfiguration(
  ask: Ask,
  say: (text: string) => void,
  words: ReturnType<typeof wordsFor>,
): Promise<string> {
  const choices = await findChoices(words);
  say(
    `${words.askUpstream}\n${choices.map(({ title }, index) => `  ${index + 1}) ${title}`).join("\n")}`,
  );
  let choice: Choice | undefined;
  while (choice === undefined) {
    const answer = (await ask(`${words.choose} [1]: `)).trim();
    choice = choices[answer === "" ? 0 : Number(answer) - 1];
    if (choice === undefined) say(words.badChoice);
  }
  let settings = choice.settings;
  let variable = choice.variable;
  if (choice.name === "custom") {
    const standard = "http://127.0.0.1:8080/v1";
    const address = await askFor(
      ask,
      `${words.askAddress} [${standard}]: `,
      standard,
      (answer) => /^https?:\/\/[^\s?#@]+$/.test(answer) && URL.canParse(answer),
      () => say(words.badAddress),
    );
    settings = [
      "kind: openai",
      `baseUrl: ${JSON.stringify(address)}`,
      `# ${words.credentialHint} credential: { key: "env:API_KEY" }`,
    ];
  }
  if (variable !== undefined) {
    variable = await askFor(
      ask,
      `${words.askKeyVariable} [${variable}]: `,
      variable,
      (answer) => /^[A-Za-z_]\w*$/.test(answer),
      () => say(words.badVariable),
    );
  }
  const port = Number(
    await askFor(
      ask,
      `${words.askPort} [8787]: `,
      "8787",
      (answer) => /^\d{1,5}$/.test(answer) && Number(answer) <= 65_535,
      () => say(words.badPort),
    ),
  );
  const key = createKey();
  say(words.keyShown(key));
  say(words.nextSteps(variable, port));
  const credential = variable === undefined ? [] : ["credential:", `  key: env:${variable}`];
  return [
    "# yaml-language-server: $schema=./schema.json",
    `# ${words.schemaHint}`,
    "listen:",
    `  - port: ${port}`,
    "upstreams:",
    `  ${choice.name}:`,
    ...[...settings, ...credential].map((line) => `    ${line}`),
    "models:",
    ...choice.models.map((model) => `  ${JSON.stringify(model)}: ${choice.name}`),
    "consumers:",
    "  - name: me",
    "    keys:",
    `      - sha256: ${hashKey(key)}`,
    "",
  ].join("\n");
}

/** Asks until the answer has the right form; an empty one is the default. */
async function askFor(
  ask: Ask,
  question: string,
  standard: string,
  fits: (answer: string) => boolean,
  explain: () => void,
): Promise<string> {
  for (;;) {
    const answer = (await ask(question)).trim();
    if (answer === "") return standard;
    if (fits(answer)) return answer;
    explain();
  }
}

async function findChoices(words: ReturnType<typeof wordsFor>): Promise<Choice[]> {
  const local = await Promise.all(
    localServers.map(async ({ title, name, port }): Promise<Choice | undefined> => {
      const models = await findModels(port);
      if (models === undefined) return undefined;
      return {
        title: `${title} (127.0.0.1:${port}, ${words.found})`,
        name,
        settings: ["kind: openai", `baseUrl: http://127.0.0.1:${port}/v1`],
        variable: undefined,
        models: models.length === 0 ? ["*"] : models,
      };
    }),
  );
  const cloud: Choice[] = [
    ["Alibaba Cloud Model Studio, Beijing / 阿里云百炼（北京）", "beijing"],
    ["Alibaba Cloud Model Studio, Singapore", "singapore"],
  ].map(([title = "", region = ""]) => ({
    title,
    name: "qwen",
    settings: ["kind: dashscope", `region: ${region}`],
    variable: "DASHSCOPE_API_KEY",
    models: ["*"],
  }));
  return [
    ...local.filter((choice) => choice !== undefined),
    ...cloud,
    {
      title: "Anthropic",
      name: "anthropic",
      settings: ["kind: anthropic"],
      variable: "ANTHROPIC_API_KEY",
      models: ["claude-*"],
    },
    {
      title: "OpenAI",
      name: "openai",
      settings: ["kind: openai", "baseUrl: https://api.openai.com/v1"],
      variable: "OPENAI_API_KEY",
      models: ["*"],
    },
    {
      title: "llama-server, vLLM, Ollama, Higress, …",
      name: "custom",
      settings: [],
      variable: undefined,
      models: ["*"],
    },
  ];
}

/** The models of a server on this machine, or undefined when none answers within a quarter of a second. */
function findModels(port: number): Promise<string[] | undefined> {
  return new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/v1/models", timeout: 250 },
      (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (piece: string) => (text = (text + piece).slice(0, 100_000)));
        response
          .on("end", () => resolve(response.statusCode === 200 ? namesIn(text) : undefined))
          .on("error", () => resolve(undefined));
      },
    );
    request.on("timeout", () => request.destroy()).on("error", () => resolve(undefined));
  });
}

function namesIn(text: string): string[] | undefined {
  try {
    const { data } = JSON.parse(text) as { data?: { id?: unknown }[] };
    return data
      ?.map(({ id }) => id)
      .filter((id): id is string => typeof id === "string" && /^[\w.:@/+-]{1,128}$/.test(id));
  } catch {
    // Something else listens there.
    return undefined;
  }
}
