/**
 * A program that counts until it is killed, for the tests of crashes: `node … FOLDER MODE`. It prints the number of triggers that are
 * acknowledged, after each flush.
 */
import { setImmediate as immediate } from "node:timers/promises";
import { join } from "node:path";
import { Telemetry } from "../telemetry.ts";

const [folder = "", pace = "flush"] = process.argv.slice(2);
const telemetry = await Telemetry.open({
  paths: { choices: join(folder, "telemetry.jsonl"), figures: join(folder, "telemetry") },
  signals: () =>
    Promise.resolve({
      editorTelemetry: true,
      doNotTrack: false,
      organisation: { forbiddenPurposes: [], allowedOrigins: "any" },
    }),
  receiver: () => "https://statistics.example",
});
let counted = 0;
process.stdout.write("0\n");
for (;;) {
  telemetry.count({ kind: "trigger" });
  counted += 1;
  if (pace === "flush") {
    await telemetry.flush();
    process.stdout.write(`${counted}\n`);
  } else {
    // Left to its own interval: said is what was counted, with the time.
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.stdout.write(`${counted} ${Date.now()}\n`);
  }
  await immediate();
}
