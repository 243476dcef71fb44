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
  // One connection to the caller and one to the provider.
  if (
    limits?.files !== undefined &&
    limits.files < (config.file.limits.connections / config.file.processes) * 2
  )
    warnings.push("few-files");
  if (config.upstreams.size === 0) warnings.push("no-upstream");
  if (config.file.consumers.length === 0 && config.file.tokens.length === 0)
    warnings.push("no-consumer");
  return warnings;
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
