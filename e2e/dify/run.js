/** Runs the tests against a real daemon, or says that there is none. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const missing = ["DIFY_PLUGIN_DAEMON", "DIFY_CLI", "DIFY_SLIM"].filter(
  (name) => !existsSync(process.env[name] ?? ""),
);
if (missing.length > 0) {
  process.stdout.write(
    `The real Dify daemon was not there (${missing.join(", ")} name no file): nothing was run against it.\n`,
  );
} else {
  const config = new URL("vitest.config.ts", import.meta.url).pathname;
  process.exitCode =
    spawnSync("npx", ["vitest", "run", "--config", config, ...process.argv.slice(2)], {
      stdio: "inherit",
    }).status ?? 1;
}
