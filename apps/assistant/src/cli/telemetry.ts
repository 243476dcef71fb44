import { writeFile } from "node:fs/promises";
import { renderNotice, toPlainText } from "@cloud-code/policy";
import { parseReceiver, type Telemetry, TelemetryError } from "@cloud-code/telemetry";
import { AssistantError, reasonOf } from "../errors.ts";
import type { TelemetryFigure, TelemetryReport, TelemetryState } from "../lsp/protocol.ts";
import { openTelemetry } from "../telemetry/open.ts";
import { toAssistantError, toExport, toQuestion, toState, toWeek } from "../telemetry/view.ts";
import { type Given, usage } from "./command.ts";
import { confirm } from "./confirm.ts";
import { print, printJson, type Terminal, type Words } from "./terminal.ts";

type Run = (given: Given, terminal: Terminal) => Promise<number>;

/** `cloud-code telemetry show`: what is counted and sent, and the exact bytes of the next report. Changes nothing. */
export const runShow: Run = command(async (telemetry, given, terminal) => {
  await tellState(telemetry, given, terminal);
  return 0;
});

/** `cloud-code telemetry on`: shows notice and question, and allows sending after an explicit yes. */
export const runOn: Run = command(async (telemetry, given, terminal) => {
  const { locale } = terminal;
  const { receiver: origin } = await telemetry.standing();
  if (origin === undefined) throw new AssistantError("TELEMETRY_RECEIVER_MISSING");
  const question = toQuestion("usage-statistics", origin, locale);
  if (!given.switches.has("yes")) {
    if (given.switches.has("json")) {
      const reason = {
        en: "With --json nobody can be asked: read `cloud-code privacy`, then add --yes.",
        zh: "使用 --json 时无法询问：请先阅读 `cloud-code privacy`，再加上 --yes。",
      };
      throw usage(reason[locale], "telemetry on");
    }
    print(terminal, toPlainText(renderNotice("assistant", locale)).trimEnd());
    print(terminal, `\n${question.title}\n${question.body}`);
    if (!(await confirm(terminal))) {
      print(terminal, say(terminal, unchanged));
      return 0;
    }
  }
  await telemetry.choose({ mode: "on", receiver: origin, noticeVersion: question.noticeVersion });
  await tellState(telemetry, given, terminal);
  return 0;
});

/** `cloud-code telemetry local`: counts on this machine and never sends. */
export const runLocal: Run = command(async (telemetry, given, terminal) => {
  await telemetry.choose({ mode: "local" });
  await tellState(telemetry, given, terminal);
  return 0;
});

/** `cloud-code telemetry off`: counts nothing, and deletes what was counted and not sent. */
export const runOff: Run = command(async (telemetry, given, terminal) => {
  await telemetry.choose({ mode: "off" });
  await tellState(telemetry, given, terminal);
  return 0;
});

/** `cloud-code telemetry history`: the weeks before this one, with the bytes of each report. */
export const runHistory: Run = command(async (telemetry, given, terminal) => {
  const weeks = (await telemetry.history()).map((week) => toWeek(week, terminal.locale));
  if (given.switches.has("json")) {
    printJson(terminal, weeks);
    return 0;
  }
  if (weeks.length === 0) print(terminal, say(terminal, noWeeks));
  for (const { week, outcome, bytes, figures } of weeks) {
    print(terminal, `${week}  ${say(terminal, outcomes[outcome])}`);
    printFigures(figures, terminal);
    if (bytes !== undefined) print(terminal, `  ${bytes}`);
  }
  return 0;
});

/** `cloud-code telemetry export`: everything that is kept, as JSON. */
export const runExport: Run = command(async (telemetry, given, terminal) => {
  const { text } = toExport(await telemetry.export());
  const path = given.texts["output"];
  if (path === undefined) {
    terminal.output.write(text);
    return 0;
  }
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new AssistantError("FILE_UNWRITABLE", { path, reason: reasonOf(cause) }, { cause });
  }
  return 0;
});

/** `cloud-code telemetry purge`: deletes every count and every copy of a report; the choice stays. */
export const runPurge: Run = command(async (telemetry, given, terminal) => {
  await telemetry.purge();
  if (given.switches.has("json")) printJson(terminal, { purged: telemetry.paths.figures });
  else print(terminal, say(terminal, purged));
  return 0;
});

/** A command over the usage statistics of this user. A terminal has no editor's switch, so nothing is ever sent from here. */
function command(
  work: (telemetry: Telemetry, given: Given, terminal: Terminal) => Promise<number>,
): Run {
  return async (given, terminal) => {
    const failures: unknown[] = [];
    const receiver = readReceiver(given);
    const telemetry = await openTelemetry({
      editorTelemetry: () => undefined,
      receiver: () => receiver,
      failed: (error) => failures.push(error),
    });
    try {
      const { figures: path } = telemetry.paths;
      const [cause] = failures;
      if (cause !== undefined)
        throw new AssistantError(
          "TELEMETRY_UNREADABLE",
          { path, reason: reasonOf(cause) },
          { cause },
        );
      return await work(telemetry, given, terminal);
    } catch (error) {
      throw error instanceof TelemetryError ? toAssistantError(error) : error;
    } finally {
      await telemetry.close();
    }
  };
}

/** What `--receiver` names. Throws `TELEMETRY_RECEIVER_INVALID`. */
function readReceiver({ texts: { receiver } }: Given): string | undefined {
  try {
    return receiver === undefined ? undefined : parseReceiver(receiver);
  } catch (error) {
    throw error instanceof TelemetryError ? toAssistantError(error) : error;
  }
}

async function tellState(telemetry: Telemetry, given: Given, terminal: Terminal): Promise<void> {
  const state = toState(await telemetry.standing(), telemetry.paths, terminal.locale);
  if (given.switches.has("json")) printJson(terminal, state);
  else printState(state, terminal);
}

function printState(state: TelemetryState, terminal: Terminal): void {
  print(terminal, state.sentence);
  if (state.figures !== undefined) {
    print(terminal, `\n${say(terminal, thisWeek)}`);
    printFigures(state.figures, terminal);
  }
  if (state.next !== undefined) printReport(nextReport, state.next, terminal);
  for (const report of state.waiting) printReport(waitingReport, report, terminal);
  print(terminal, `\n${say(terminal, choicesAt)}${state.choicesPath}`);
  print(terminal, `${say(terminal, figuresAt)}${state.figuresPath}`);
}

function printReport(
  title: Words,
  { bytes, enough, dueAt }: TelemetryReport,
  terminal: Terminal,
): void {
  const due =
    dueAt === undefined
      ? ""
      : ` ${new Date(dueAt).toLocaleString(terminal.locale === "en" ? "en-GB" : "zh-CN")}`;
  print(terminal, `\n${say(terminal, title)}${due}${enough ? "" : say(terminal, tooFew)}`);
  print(terminal, bytes);
}

function printFigures(figures: readonly TelemetryFigure[], terminal: Terminal): void {
  for (const { title, value } of figures)
    print(terminal, `  ${title}: ${value === "" ? "–" : value}`);
}

function say(terminal: Terminal, words: Words): string {
  return words[terminal.locale];
}

const unchanged: Words = { en: "Nothing was changed.", zh: "未作任何更改。" };
const noWeeks: Words = {
  en: "Nothing is kept about earlier weeks.",
  zh: "没有保存之前各周的内容。",
};
const purged: Words = {
  en: "All counts and all copies of reports on this machine are deleted.",
  zh: "已删除本机上的全部统计和报告副本。",
};
const thisWeek: Words = { en: "This week, on this machine:", zh: "本周（本机）：" };
const nextReport: Words = {
  en: "The report of this week, byte for byte, if it ended now:",
  zh: "若本周此刻结束，报告的完整字节为：",
};
const waitingReport: Words = { en: "Waiting to be sent:", zh: "等待发送：" };
const tooFew: Words = {
  en: " (not sent: fewer than 20 triggers)",
  zh: "（触发少于 20 次，不发送）",
};
const choicesAt: Words = { en: "Your choices: ", zh: "您的选择：" };
const figuresAt: Words = { en: "Counts and copies of reports: ", zh: "统计与报告副本：" };
const outcomes: Readonly<Record<"sent" | "refused" | "waiting" | "kept", Words>> = {
  sent: { en: "sent", zh: "已发送" },
  refused: { en: "refused by the receiver", zh: "被接收方拒收" },
  waiting: { en: "waiting to be sent", zh: "等待发送" },
  kept: { en: "kept on this machine", zh: "仅保存在本机" },
};
