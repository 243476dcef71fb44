/** What the command line says to people, in both languages. */

const english = {
  help: `cloud-code-gateway: a stateless way to any model. Nothing that passes is kept.

Usage:
  cloud-code-gateway init                      ask three questions, print a configuration
  cloud-code-gateway check [--connect]         check the configuration; with --connect also ask each provider
  cloud-code-gateway run                       run until SIGTERM; SIGHUP or a changed file reloads
  cloud-code-gateway keys new <consumer>       make an API key; prints what to configure
  cloud-code-gateway keys hash                 read a key, print its SHA-256
  cloud-code-gateway keys master               make a master key for secrets at rest
  cloud-code-gateway keys encrypt              read a secret, print it encrypted with the master key
  cloud-code-gateway schema                    print the JSON schema of the configuration

Options:
  --config <file>   default gateway.yaml (YAML or JSON)
  --processes <n>   with run: processes that share the port, or "auto" for one per processor
  --version, --help

Start here:  cloud-code-gateway init > gateway.yaml && cloud-code-gateway run
`,
  unknownCommand: (command: string) =>
    `There is no command "${command}". Run cloud-code-gateway --help.`,
  unknownOption: (option: string) =>
    `There is no option "${option}", or its value is missing. Run cloud-code-gateway --help.`,
  badProcesses: (most: number) =>
    `--processes takes a number from 1 to ${most}, or "auto" for one per processor.`,
  unreadable: (file: string, code: string) =>
    `${file} cannot be read (${code}). Make one with: cloud-code-gateway init > ${file}`,
  unusable: "The configuration cannot be used:",
  good: (file: string, models: number, consumers: number) =>
    `${file} is good. Models: ${models}. Consumers: ${consumers}.`,
  reachable: (name: string, _status: number) => `${name}: reachable`,
  refused: (name: string, status: number) =>
    `${name}: refuses the credential (${status}). Check the key, and that it belongs to this region.`,
  failing: (name: string, status: number) =>
    `${name}: reachable, but it answers with ${status}. Try again later, or ask its operator.`,
  unreachable: (name: string, _status: number) =>
    `${name}: no answer. Check address, network and that the server runs.`,
  askUpstream: "Which provider?",
  askKeyVariable: "Environment variable that holds the provider's API key",
  askPort: "Port to listen on (127.0.0.1)",
  found: "running on this machine",
  choose: "Number",
  badChoice: "Please answer with one of the numbers.",
  askAddress: "Address of the API, with /v1",
  badAddress: "Please answer with an address like https://gateway.example/v1.",
  badPort: "Please answer with a number up to 65535; 0 lets the system choose.",
  badVariable: "Please answer with a name made of letters, digits and _.",
  schemaHint: "For help in editors: cloud-code-gateway schema > schema.json",
  credentialHint: "If it asks for a key:",
  keyShown: (key: string) =>
    `Your API key, shown only now; the configuration holds its SHA-256:\n\n  ${key}\n`,
  nextSteps: (variable: string | undefined, port: number) =>
    `${variable === undefined ? "" : `Set ${variable}, then run:\n`}  cloud-code-gateway run\nClients use http://127.0.0.1:${port}/v1 with the key above.`,
  keyName: "Name the consumer: cloud-code-gateway keys new <consumer>",
  keyLine: (name: string, hash: string) =>
    `Add to the consumer "${name}":\n\n  keys:\n    - sha256: ${hash}\n`,
  masterNeeded:
    "Set CLOUD_CODE_GATEWAY_MASTER_KEY first. `cloud-code-gateway keys master` makes one.",
  masterMade:
    "Keep this apart from the configuration, as CLOUD_CODE_GATEWAY_MASTER_KEY or in the file CLOUD_CODE_GATEWAY_MASTER_KEY_FILE names:",
  listening: (address: string) => `Listening on ${address}`,
  taken: (code: string) =>
    code === "EADDRINUSE"
      ? "The address is taken by another program. Choose another port under listen."
      : `The gateway cannot listen there (${code}).`,
  warnings: {
    "core-dumps":
      "Core dumps are allowed for this process: a crash could write memory to disk. Start it with `ulimit -c 0`.",
    "node-options":
      "NODE_OPTIONS or the command line asks for reports, snapshots or an inspector: these could write memory to disk. Remove them.",
    "few-files":
      "The limit of open files is lower than limits.connections needs: fewer callers will be served at once. Raise it with `ulimit -n`.",
    "no-upstream": "No provider is configured yet: requests will be answered with how to add one.",
    "no-consumer":
      "No consumer is configured: every request will be refused. `cloud-code-gateway keys new <name>` makes a key.",
  },
};

type Words = typeof english;

const chinese: Words = {
  help: `cloud-code-gateway：通往任意模型的无状态网关，经过的内容一概不留存。

用法：
  cloud-code-gateway init                      回答三个问题，输出配置
  cloud-code-gateway check [--connect]         检查配置；加 --connect 时同时连接各提供方
  cloud-code-gateway run                       运行至收到 SIGTERM；SIGHUP 或文件变更触发重新加载
  cloud-code-gateway keys new <调用方>         生成 API 密钥，并输出应写入配置的内容
  cloud-code-gateway keys hash                 读取密钥，输出其 SHA-256
  cloud-code-gateway keys master               生成用于加密静态密文的主密钥
  cloud-code-gateway keys encrypt              读取机密，输出以主密钥加密后的文本
  cloud-code-gateway schema                    输出配置文件的 JSON Schema

选项：
  --config <文件>   默认 gateway.yaml（YAML 或 JSON）
  --processes <数>  用于 run：共享端口的进程数；“auto”表示每个处理器一个
  --version, --help

从这里开始：cloud-code-gateway init > gateway.yaml && cloud-code-gateway run
`,
  unknownCommand: (command) => `没有命令“${command}”。请运行 cloud-code-gateway --help。`,
  unknownOption: (option) =>
    `没有选项“${option}”，或缺少它的值。请运行 cloud-code-gateway --help。`,
  badProcesses: (most) => `--processes 的值应为 1 到 ${most} 的整数，或“auto”（每个处理器一个）。`,
  unreadable: (file, code) =>
    `无法读取 ${file}（${code}）。可这样生成：cloud-code-gateway init > ${file}`,
  unusable: "配置无法使用：",
  good: (file, models, consumers) => `${file} 正确：${models} 个模型，${consumers} 个调用方。`,
  reachable: (name) => `${name}：可达`,
  refused: (name, status) => `${name}：拒绝了凭证（${status}）。请检查密钥及其所属地域。`,
  failing: (name, status) => `${name}：可达，但返回 ${status}。请稍后再试，或联系其运维人员。`,
  unreachable: (name) => `${name}：没有应答。请检查地址、网络，并确认服务正在运行。`,
  askUpstream: "使用哪个提供方？",
  askKeyVariable: "存放提供方 API 密钥的环境变量",
  askPort: "监听端口（127.0.0.1）",
  found: "正在本机运行",
  choose: "编号",
  badChoice: "请输入列表中的编号。",
  askAddress: "API 地址，含 /v1",
  badAddress: "请输入形如 https://gateway.example/v1 的地址。",
  badPort: "请输入不大于 65535 的数字；0 表示由系统选择。",
  badVariable: "请输入由字母、数字和 _ 组成的名称。",
  schemaHint: "如需编辑器提示：cloud-code-gateway schema > schema.json",
  credentialHint: "如需密钥：",
  keyShown: (key) => `您的 API 密钥，仅显示这一次；配置中只保存其 SHA-256：\n\n  ${key}\n`,
  nextSteps: (variable, port) =>
    `${variable === undefined ? "" : `设置 ${variable} 后运行：\n`}  cloud-code-gateway run\n客户端使用 http://127.0.0.1:${port}/v1 及上面的密钥。`,
  keyName: "请指明调用方：cloud-code-gateway keys new <调用方>",
  keyLine: (name, hash) => `写入调用方“${name}”：\n\n  keys:\n    - sha256: ${hash}\n`,
  masterNeeded:
    "请先设置 CLOUD_CODE_GATEWAY_MASTER_KEY，可用 `cloud-code-gateway keys master` 生成。",
  masterMade:
    "请与配置分开保存：设为 CLOUD_CODE_GATEWAY_MASTER_KEY，或存入 CLOUD_CODE_GATEWAY_MASTER_KEY_FILE 指明的文件：",
  listening: (address) => `正在监听 ${address}`,
  taken: (code) =>
    code === "EADDRINUSE"
      ? "该地址已被其他程序占用，请在 listen 下更换端口。"
      : `无法监听该地址（${code}）。`,
  warnings: {
    "core-dumps": "本进程允许核心转储：崩溃时内存可能被写入磁盘。请以 `ulimit -c 0` 启动。",
    "node-options": "NODE_OPTIONS 或命令行启用了报告、快照或调试器，可能将内存写入磁盘。请移除。",
    "few-files":
      "打开文件数上限低于 limits.connections 的需要，可同时服务的调用方将减少。请用 `ulimit -n` 调高。",
    "no-upstream": "尚未配置提供方：请求将得到如何添加的说明。",
    "no-consumer":
      "尚未配置调用方：所有请求都会被拒绝。可用 `cloud-code-gateway keys new <名称>` 生成密钥。",
  },
};

/** The words in the language of the environment: Chinese for `zh…`, English otherwise. */
export function wordsFor(environment: Readonly<Record<string, string | undefined>>): Words {
  const language = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? "";
  return /^zh/i.test(language) ? chinese : english;
}

/** A code of the self-check. */
export type WarningCode = keyof Words["warnings"];
