import {
  consentQuestion,
  denials,
  isLoopback,
  renderNotice,
  toPlainText,
} from "@cloud-code/policy";
import { allowModel, consentsPath, forbidModel, readConsents } from "../consents.ts";
import { judgeModel, readMeaning } from "../search/meaning.ts";
import { type Given, usage } from "./command.ts";
import { confirm } from "./confirm.ts";
import { print, printJson, type Terminal } from "./terminal.ts";

/** `cloud-code model status`: which embedding model is set up, whether it may be asked, and what was allowed so far. */
export async function runModelStatus(given: Given, terminal: Terminal): Promise<number> {
  const settings = readMeaning(process.env);
  const path = consentsPath(process.env);
  const consents = readConsents(path);
  const english = terminal.locale === "en";
  const origin = settings === undefined ? undefined : new URL(settings.root).origin;
  const decision = origin === undefined ? undefined : await judgeModel(origin, process.env);
  const refusal = decision?.kind === "denied" ? decision.because : undefined;
  if (given.switches.has("json")) {
    printJson(terminal, {
      embeddings:
        settings === undefined
          ? null
          : {
              root: settings.root,
              model: settings.model,
              weight: settings.weight,
              isAllowed: refusal === undefined,
              because: refusal,
            },
      answers: consents,
      answersPath: path,
    });
    return 0;
  }
  if (settings === undefined) {
    print(
      terminal,
      english
        ? "No embedding model is set up: descriptions are searched by words. Set CLOUD_CODE_EMBEDDINGS_URL and CLOUD_CODE_EMBEDDINGS_MODEL to use one."
        : "未设置嵌入模型：描述按词语搜索。如需使用，请设置 CLOUD_CODE_EMBEDDINGS_URL 与 CLOUD_CODE_EMBEDDINGS_MODEL。",
    );
  } else {
    print(terminal, `${settings.root}  ${settings.model}`);
    const allowed = english ? "May be asked." : "允许询问。";
    print(terminal, refusal === undefined ? allowed : denials[refusal][terminal.locale]);
  }
  for (const event of consents) {
    const at = new Date(event.atMs).toISOString().slice(0, 10);
    print(terminal, `${at}  ${wordAnswer(event.answer, english)}  ${event.origin ?? "*"}`);
  }
  return 0;
}

/** `cloud-code model allow URL`: asks the question, and records a yes to it. */
export async function runModelAllow(given: Given, terminal: Terminal): Promise<number> {
  const origin = toOrigin(given, "model allow", terminal);
  const english = terminal.locale === "en";
  if (isLoopback(origin)) {
    print(
      terminal,
      english
        ? `${origin} is on this computer: nothing leaves it, and no permission is needed.`
        : `${origin} 位于本机：数据不会离开本机，无需许可。`,
    );
    return 0;
  }
  const question = consentQuestion("ask-chosen-model", origin);
  if (!given.switches.has("yes")) {
    print(terminal, toPlainText(renderNotice("assistant", terminal.locale)).trimEnd());
    print(terminal, `\n${question.title[terminal.locale]}\n${question.body[terminal.locale]}`);
    if (!(await confirm(terminal))) {
      print(terminal, english ? "Nothing was changed." : "未作任何更改。");
      return 0;
    }
  }
  allowModel(origin, process.env);
  print(
    terminal,
    english
      ? `Allowed. \`cloud-code model forbid ${origin}\` takes it back.`
      : `已允许。可用 \`cloud-code model forbid ${origin}\` 撤回。`,
  );
  return 0;
}

/** `cloud-code model forbid URL`: a no, which holds from the next request. */
export function runModelForbid(given: Given, terminal: Terminal): Promise<number> {
  const origin = toOrigin(given, "model forbid", terminal);
  forbidModel(origin, process.env);
  print(
    terminal,
    terminal.locale === "en" ? `${origin} may not be asked.` : `不允许询问 ${origin}。`,
  );
  return Promise.resolve(0);
}

function toOrigin({ positionals }: Given, command: string, { locale }: Terminal): string {
  const [address = ""] = positionals;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usage(
      locale === "en"
        ? "Give the address of the model service, for example https://models.example."
        : "请给出模型服务的地址，例如 https://models.example。",
      command,
    );
  return url.origin;
}

function wordAnswer(answer: "given" | "refused" | "withdrawn", english: boolean): string {
  if (answer === "given") return english ? "allowed" : "已允许";
  if (answer === "refused") return english ? "forbidden" : "已禁止";
  return english ? "withdrawn" : "已撤回";
}
