import { run } from "./command.ts";
import { wordsFor } from "./words.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
// `cloud-code-receiver export | head` closes the pipe early: nobody reads on, so there is nothing more to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? 0 : 1),
);

process.exitCode = await run(process.argv.slice(2), {
  words: wordsFor(process.env),
  say: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
  signal: stop.signal,
  onRenew: (renew) => void process.on("SIGHUP", renew),
});
