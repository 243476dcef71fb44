import type { Config } from "./config/load.ts";
import { readText } from "./files.ts";
import type { WarningCode } from "./words.ts";

/** What a gateway that starts should be warned of: ways by which memory could reach a disk, and limits that are too low. */
export function checkSurroundings(
  config: Config,
  nodeArguments: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): WarningCode[] {
  const warnings: WarningCode[] = [];
  const options = [...nodeArguments, environment["NODE_OPTIONS"] ?? ""].join(" ");
  if (
    /--(inspect|report-|heapsnapshot|heap-prof|cpu-prof|diagnostic-dir|abort-on-uncaught)/.test(
      options,
    )
  )
    warnings.push("node-options");
  const limits = readLimits();
  if (limits?.core !== undefined && limits.core > 0) warnings.push("core-dumps");
  if (connectionsFor(config) < config.file.limits.connections / config.file.processes)
    warnings.push("few-files");
  if (config.upstreams.size === 0) warnings.push("no-upstream");
  if (config.file.consumers.length === 0 && config.file.tokens.length === 0)
    warnings.push("no-consumer");
  return warnings;
}

/** Files that are open besides connections: the program's own, listeners, logs, connections kept to idle providers. */
const reservedFiles = 64;

/**
 * How many callers this process can serve at once: what the configuration says, unless the limit of open files is lower.
 * Each caller needs a second connection to its provider; callers that took all files would leave none for that, and
 * nobody would be served.
 */
export function connectionsFor(config: Config): number {
  const wanted = Math.ceil(config.file.limits.connections / config.file.processes);
  const files = readLimits()?.files ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(wanted, Math.floor((files - reservedFiles) / 2)));
}

function readLimits(): { core: number; files: number } | undefined {
  let text: string;
  try {
    text = readText("/proc/self/limits");
  } catch {
    // Not Linux: nothing is known.
    return undefined;
  }
  const soft = (name: string): number => {
    const value = new RegExp(`^${name}\\s+(\\S+)`, "m").exec(text)?.[1];
    return value === "unlimited" ? Number.POSITIVE_INFINITY : Number(value ?? 0);
  };
  return { core: soft("Max core file size"), files: soft("Max open files") };
}
