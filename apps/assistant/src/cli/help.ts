import type { Locale } from "../errors.ts";
import type { Command, OptionSpec } from "./command.ts";
import { COMMANDS, COMMON } from "./commands.ts";

/** The help of the program, or of one command, or of a group such as "index". */
export function wordHelp(topic: Command | string | undefined, locale: Locale): string {
  if (typeof topic === "object") return wordCommand(topic, locale);
  const commands = COMMANDS.filter(
    ({ name }) => topic === undefined || name.startsWith(`${topic} `),
  );
  const english = locale === "en";
  const title = english
    ? "Cloud Code completes lines of code and finds code by name, description or error, on this machine, offline."
    : "Cloud Code 在本机补全代码行，并按名称、描述或错误信息查找代码，离线运行。";
  const more = english
    ? "`cloud-code COMMAND --help` says more about a command. Your code never leaves this machine."
    : "运行 `cloud-code COMMAND --help` 可查看某个命令的详细说明。您的代码不会离开本机。";
  const version = { version: { short: "v", help: { en: "show the version", zh: "显示版本" } } };
  const exits = english
    ? "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled."
    : "退出码：0 完成，1 失败，2 用法错误，130 已取消。";
  return [
    ...(topic === undefined ? [title, ""] : []),
    `${english ? "Usage" : "用法"}: cloud-code ${topic === undefined ? "" : `${topic} `}COMMAND [OPTIONS]`,
    "",
    english ? "Commands:" : "命令：",
    ...toColumns(commands.map(({ name, summary }) => [name, summary[locale]])),
    "",
    english ? "Options:" : "选项：",
    ...toColumns(optionRows({ ...COMMON, ...(topic === undefined ? version : {}) }, locale)),
    "",
    more,
    exits,
  ].join("\n");
}

function wordCommand(command: Command, locale: Locale): string {
  const english = locale === "en";
  const positional = command.positional === undefined ? "" : ` ${command.positional}`;
  return [
    `cloud-code ${command.name}: ${command.summary[locale]}`,
    "",
    `${english ? "Usage" : "用法"}: cloud-code ${command.name}${positional} [OPTIONS]`,
    "",
    english ? "Options:" : "选项：",
    ...toColumns(optionRows({ ...COMMON, ...command.options }, locale)),
    "",
    `${english ? "Example" : "示例"}: ${command.example}`,
  ].join("\n");
}

function optionRows(
  options: Readonly<Record<string, OptionSpec>>,
  locale: Locale,
): [string, string][] {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const flag = `${short === undefined ? "    " : `-${short}, `}--${name}`;
    return [value === undefined ? flag : `${flag} ${value}`, help[locale]];
  });
}

function toColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`);
}
