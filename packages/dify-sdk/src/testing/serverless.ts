/** The daemon's way to a serverless plugin: one HTTP call per invocation. */
import { LineCutter } from "../protocol.ts";
import { Invocations, lineLimitBytes, type Invocation } from "./invocations.ts";

/**
 * Asks a plugin behind `url` and yields the messages of its answer. Aborting `signal` drops the call, as the daemon does
 * when Dify goes away.
 * @throws InvocationError as {@link Invocations.stream}; TypeError when the plugin cannot be reached.
 */
export async function* invokeOverHttp(
  url: string,
  invocation: Invocation,
  signal?: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let body = "";
  const invocations = new Invocations((line) => {
    body = line;
  });
  const messages = invocations.stream(invocation);
  const first = messages.next(); // writes the request and waits for the first message
  first.catch(() => undefined); // read below; until then a failure is not unhandled
  const response = await fetch(`${url}/invoke?action=${invocation.action}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok || response.body === null)
    throw new TypeError(`The plugin answered HTTP ${response.status}.`);
  const { body: stream } = response;
  const reading = (async () => {
    const cutter = new LineCutter(lineLimitBytes);
    for await (const bytes of stream as AsyncIterable<Uint8Array>)
      for (const line of cutter.push(bytes)) invocations.accept(line);
  })()
    .catch(() => undefined) // dropped, or a line beyond the limit: for the session both are an answer without an end
    .then(() => invocations.fail("the plugin's answer has no end"));
  for (let next = await first; !next.done; next = await messages.next()) yield next.value;
  await reading;
}
