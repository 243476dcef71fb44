import { relative, resolve, sep } from "node:path";
import { languageOf } from "@cloud-code/syntax";
import { AssistantError, type Locale, wordError } from "../errors.ts";
import type { Notice } from "../session.ts";
import { wordSkipped, wordWhy } from "../words.ts";
import { readDocument } from "../workspace/document.ts";
import { Selector } from "../workspace/select.ts";
import { cacheFolder, indexFolder, type Manifest, Store } from "../workspace/store.ts";
import type { Given } from "./command.ts";
import { findWorkspace } from "./maintain.ts";
import { print, printJson, type Terminal, toDigits, type Words } from "./terminal.ts";

/** `cloud-code status`: what is indexed, what is left out and why, where it is kept, and what stands in the way. Changes nothing. */
export async function runStatus(given: Given, terminal: Terminal): Promise<number> {
  const root = await findWorkspace(given);
  const folder = indexFolder(root, cacheFolder());
  const store = new Store(root, folder);
  const notices: Notice[] = [];
  const note = (error: unknown): undefined => {
    if (!(error instanceof AssistantError)) throw error;
    notices.push({ code: error.code, details: error.details });
  };
  const manifest = await store.manifest().catch(note);
  await store.probe().catch(note);
  const keeper = manifest === undefined ? undefined : await store.keeper();
  const selector = new Selector(root, { exclude: folder });
  const found = await selector.select({ signal: terminal.signal });
  for (const details of found.unreadable) notices.push({ code: "FOLDER_UNREADABLE", details });
  const languages: Record<string, number> = {};
  for (const { language } of found.files) languages[language] = (languages[language] ?? 0) + 1;
  const file =
    given.texts["file"] === undefined
      ? undefined
      : await judgeFile(given.texts["file"], root, selector);
  const skipped = { ...found.skipped, ...manifest?.skipped };
  const state: State = {
    root,
    folder,
    manifest,
    keeper,
    files: found.files.length,
    languages,
    skipped,
    notices,
    file,
  };
  if (given.switches.has("json")) printJson(terminal, toJson(state, terminal));
  else printState(state, terminal);
  return 0;
}

interface State {
  readonly root: string;
  readonly folder: string;
  readonly manifest: Manifest | undefined;
  readonly keeper: number | undefined;
  /** Source files in the workspace now. */
  readonly files: number;
  readonly languages: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  readonly notices: readonly Notice[];
  readonly file:
    | {
        readonly path: string;
        /** Why it is not completed. */
        readonly why?: Words;
        /** That it is completed, but is not in the index. */
        readonly skipped?: Words;
      }
    | undefined;
}

/** Whether a file is completed, and learnt from; if not, why. */
async function judgeFile(
  named: string,
  root: string,
  selector: Selector,
): Promise<NonNullable<State["file"]>> {
  const path = relative(root, resolve(named)).split(sep).join("/");
  const words = (word: (locale: Locale) => string): Words => ({ en: word("en"), zh: word("zh") });
  try {
    await readDocument(named);
    if (path.startsWith("../")) throw new AssistantError("FILE_OUTSIDE", { path: named, root });
  } catch (error) {
    if (!(error instanceof AssistantError)) throw error;
    const { code, details } = error;
    return { path, why: words((locale) => wordError(code, details, locale)) };
  }
  if (languageOf(path) === undefined)
    return { path, why: words((locale) => wordWhy("unsupported-language", locale)) };
  const verdict = await selector.judge(path);
  if (verdict.kind !== "skipped") return { path };
  const { reason } = verdict;
  return {
    path,
    skipped: {
      en: `is completed, but other files do not learn from it: ${wordSkipped(reason, "en")}.`,
      zh: `可以补全，但其他文件不会从中学习：${wordSkipped(reason, "zh")}。`,
    },
  };
}

function toJson(state: State, { locale }: Terminal): object {
  const { manifest, notices, file, folder, ...rest } = state;
  return {
    ...rest,
    index:
      manifest === undefined
        ? null
        : {
            files: manifest.files,
            tokens: manifest.tokens,
            bytes: bytesOf(manifest),
            updatedAt: manifest.updatedAt,
          },
    cacheFolder: folder,
    problems: notices.map(({ code, details }) => ({
      code,
      message: wordError(code, details, locale),
    })),
    ...(file === undefined
      ? {}
      : {
          file: {
            path: file.path,
            ...(file.why === undefined ? {} : { why: file.why[locale] }),
            ...(file.skipped === undefined ? {} : { skipped: file.skipped[locale] }),
          },
        }),
  };
}

function printState(state: State, terminal: Terminal): void {
  const { locale } = terminal;
  const english = locale === "en";
  const { manifest, keeper, file } = state;
  const counts = (
    record: Readonly<Record<string, number>>,
    word: (name: string) => string,
  ): string[] =>
    Object.entries(record)
      .sort((a, b) => b[1] - a[1])
      .map(([name, count]) => `${toDigits(terminal, count)} ${word(name)}`);
  const rows: [Words, readonly string[]][] = [
    [{ en: "Workspace", zh: "工作区" }, [state.root]],
    [{ en: "Source files", zh: "源文件" }, [toDigits(terminal, state.files)]],
    [{ en: "Index", zh: "索引" }, [wordIndex(manifest, terminal)]],
    [{ en: "Kept in", zh: "位置" }, [state.folder]],
    [
      { en: "Kept by", zh: "维护者" },
      keeper === undefined ? [] : [english ? `process ${keeper}` : `进程 ${keeper}`],
    ],
    [
      { en: "Languages", zh: "语言" },
      counts(state.languages, (name) => (name !== "generic" ? name : english ? "other" : "其他")),
    ],
    [
      { en: "Left out", zh: "已排除" },
      counts(state.skipped, (reason) => wordSkipped(reason, locale)),
    ],
    [
      { en: "Problems", zh: "问题" },
      state.notices.map(({ code, details }) => wordError(code, details, locale)),
    ],
    [{ en: "Completion", zh: "补全" }, wordCompletion(state, terminal)],
    [
      { en: "This file", zh: "此文件" },
      file === undefined
        ? []
        : [
            `${file.path}: ${(file.why ?? file.skipped)?.[locale] ?? (english ? "is completed." : "可以补全。")}`,
          ],
    ],
  ];
  for (const [name, lines] of rows) {
    lines.forEach((line, at) =>
      print(terminal, `${padEnd(at === 0 ? name[locale] : "", 14)}${line}`),
    );
  }
}

function wordIndex(manifest: Manifest | undefined, terminal: Terminal): string {
  const english = terminal.locale === "en";
  if (manifest === undefined) {
    return english
      ? "none yet: it is built at the first completion, or now by `cloud-code index rebuild`"
      : "尚无：首次补全时建立，或立即运行 `cloud-code index rebuild`";
  }
  const [files, tokens] = [toDigits(terminal, manifest.files), toDigits(terminal, manifest.tokens)];
  const megabytes = (bytesOf(manifest) / 1e6).toFixed(1);
  const at = new Date(manifest.updatedAt).toLocaleString(english ? "en-GB" : "zh-CN");
  return english
    ? `${files} files, ${tokens} tokens, ${megabytes} MB, updated ${at}`
    : `${files} 个文件，${tokens} 个词元，${megabytes} MB，更新于 ${at}`;
}

function wordCompletion({ files, manifest }: State, { locale }: Terminal): string[] {
  const english = locale === "en";
  if (files === 0) {
    return [
      english
        ? "There are no source files here, so only the open file is learnt from."
        : "此处没有源文件，因此只能从打开的文件中学习。",
    ];
  }
  if (manifest === undefined) {
    return [
      english
        ? "Works from the open file alone until the index is built."
        : "在索引建立之前，仅依据打开的文件工作。",
    ];
  }
  return [english ? "works" : "可用"];
}

function bytesOf(manifest: Manifest): number {
  return manifest.segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Pads to a width on the screen, where a Chinese character takes two columns. */
function padEnd(text: string, width: number): string {
  const taken = Array.from(text).reduce(
    (sum, character) => sum + (character > "\u2e7f" ? 2 : 1),
    0,
  );
  return text + " ".repeat(Math.max(1, width - taken));
}
