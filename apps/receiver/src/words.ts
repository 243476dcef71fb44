/** What the command line says to people, in both languages. */
const english = {
  help: `cloud-code-receiver: takes the weekly usage reports of Cloud Code on your own machine.

Usage:
  cloud-code-receiver serve --data DIR --certificate FILE --key FILE
                                          take reports at https://HOST:PORT/v1/usage-reports until SIGTERM
  cloud-code-receiver summary --data DIR  the eight figures of each week with 10 reports or more
  cloud-code-receiver export --data DIR   the reports of those weeks, one a line
  cloud-code-receiver purge --data DIR --yes [--week 2026-W47]
                                          delete the reports of a week, or all

Options of serve:
  --host ADDRESS            default 127.0.0.1; 0.0.0.0 for every interface
  --port N                  default 8443; 0 takes a free one
  --certificate FILE        certificate chain in PEM; SIGHUP reads it again
  --key FILE                its key in PEM
  --behind-proxy            plain HTTP, for a proxy in front that does HTTPS
  --consent-versions 1,2    versions of the notice to which a yes counts (default: the one of this build)

  --json                    summary, and errors, as JSON
  --version, --help

Nothing but the reports is kept: no address, no time, no log of requests. A week is kept for a year.
`,
  unknownCommand: (command: string) =>
    `There is no command "${command}". Run cloud-code-receiver --help.`,
  wrongUsage: (reason: string) => `${reason} Run cloud-code-receiver --help.`,
  needs: (option: string) => `--${option} is missing.`,
  notNumber: (option: string, value: string) => `--${option} cannot be ${JSON.stringify(value)}.`,
  needsTls:
    "Reports travel over HTTPS. Give --certificate and --key, or --behind-proxy when a proxy in front does it.",
  unreadable: (path: string, code: string) =>
    `${path} cannot be read (${code}). Check the path and its permissions.`,
  badTls: (code: string) =>
    `Certificate and key cannot be used (${code}). Both are PEM, and the key belongs to the certificate.`,
  taken: (port: number, code: string) =>
    `Port ${port} cannot be listened on (${code}). Choose another with --port.`,
  store: (path: string, code: string) =>
    `The reports in ${path} cannot be used (${code}). Check its permissions and the free space.`,
  listening: (address: string) => `Taking reports at ${address}/v1/usage-reports. Ctrl-C ends it.`,
  renewed: "The certificate was read again.",
  nothing: "There are no reports.",
  tooFew: (week: string) => `${week}  fewer than 10 reports: not shown`,
  week: (week: string, reports: number) => `${week}  ${reports} reports`,
  sure: "Reports that are deleted cannot be brought back. Add --yes to go on.",
  purged: (weeks: number) => `Deleted the reports of ${weeks} weeks.`,
};

/** The words of one language. */
export type ReceiverWords = typeof english & { readonly language: "en" | "zh" };

const chinese: typeof english = {
  help: `cloud-code-receiver：在您自己的机器上接收 Cloud Code 的每周使用报告。

用法：
  cloud-code-receiver serve --data 目录 --certificate 文件 --key 文件
                                          在 https://主机:端口/v1/usage-reports 接收报告，直到 SIGTERM
  cloud-code-receiver summary --data 目录 每周（不少于 10 份报告）的八项数据
  cloud-code-receiver export --data 目录  这些周的报告，每行一份
  cloud-code-receiver purge --data 目录 --yes [--week 2026-W47]
                                          删除某一周或全部报告

serve 的选项：
  --host 地址               默认 127.0.0.1；0.0.0.0 为所有网络接口
  --port N                  默认 8443；0 为任一空闲端口
  --certificate 文件        PEM 格式的证书链；收到 SIGHUP 时重新读取
  --key 文件                PEM 格式的私钥
  --behind-proxy            使用明文 HTTP，由前置代理提供 HTTPS
  --consent-versions 1,2    同意有效的声明版本（默认：此程序所带的版本）

  --json                    以 JSON 输出汇总和错误
  --version, --help

除报告外不保存任何内容：没有地址、时间或请求日志。每周的报告保存一年。
`,
  unknownCommand: (command) => `没有命令 "${command}"。请运行 cloud-code-receiver --help。`,
  wrongUsage: (reason) => `${reason}请运行 cloud-code-receiver --help。`,
  needs: (option) => `缺少 --${option}。`,
  notNumber: (option, value) => `--${option} 不能为 ${JSON.stringify(value)}。`,
  needsTls:
    "报告须经 HTTPS 传输。请给出 --certificate 和 --key；若由前置代理提供 HTTPS，请使用 --behind-proxy。",
  unreadable: (path, code) => `无法读取 ${path}（${code}）。请检查路径及其权限。`,
  badTls: (code) => `证书和私钥无法使用（${code}）。两者均应为 PEM 格式且相互匹配。`,
  taken: (port, code) => `无法监听端口 ${port}（${code}）。请用 --port 指定其他端口。`,
  store: (path, code) => `无法使用 ${path} 中的报告（${code}）。请检查其权限和剩余空间。`,
  listening: (address) => `正在 ${address}/v1/usage-reports 接收报告。按 Ctrl-C 结束。`,
  renewed: "已重新读取证书。",
  nothing: "没有报告。",
  tooFew: (week) => `${week}  报告少于 10 份，不显示`,
  week: (week, reports) => `${week}  ${reports} 份报告`,
  sure: "删除的报告无法恢复。请加上 --yes 以继续。",
  purged: (weeks) => `已删除 ${weeks} 周的报告。`,
};

/** The words for the language of an environment: Chinese for every "zh", otherwise English. */
export function wordsFor(environment: NodeJS.ProcessEnv): ReceiverWords {
  const tag = ["LC_ALL", "LC_MESSAGES", "LANG"]
    .map((name) => environment[name])
    .find((value) => value !== undefined && value !== "");
  return /^zh\b|^zh[_-]/i.test(tag ?? "")
    ? { ...chinese, language: "zh" }
    : { ...english, language: "en" };
}
