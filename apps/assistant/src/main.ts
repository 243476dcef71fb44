import { run } from "./cli/run.ts";

const stop = new AbortController();
process.on("SIGINT", () => {
  // The second Ctrl-C is for whoever will not wait for the index to be stored.
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});
process.on("SIGTERM", () => stop.abort());
// `cloud-code … | head` closes the pipe early: nobody reads on, so there is nothing more to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? 0 : 1),
);

process.exitCode = await run(
  process.argv.slice(2),
  {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    isColored:
      process.stdout.isTTY &&
      (process.env["NO_COLOR"] ?? "") === "" &&
      process.env["TERM"] !== "dumb",
    signal: stop.signal,
  },
  process.env,
);
// What could not be closed in time, such as an index that was just being opened, must not keep the program alive.
setTimeout(() => process.exit(), 2_000).unref();
