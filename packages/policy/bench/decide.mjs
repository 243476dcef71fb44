// Prints what a decision and a notice cost. Run `npm run bench -w @cloud-code/policy`.
import {
  decide,
  products,
  renderNotice,
  reportItems,
  strictest,
  toMarkdown,
} from "../dist/index.js";

const nowMs = 1_800_000_000_000;
const origin = "https://receiver.example";
const noticeVersion = products.assistant.notice.version;
const circumstances = {
  ...strictest,
  consents: ["usage-statistics", "ask-chosen-model"].map((purpose) => ({
    answer: "given",
    purpose,
    origin,
    noticeVersion,
    atMs: nowMs,
  })),
  noticesShown: { assistant: noticeVersion },
  editorTelemetry: true,
  doNotTrack: false,
  workspaceTrusted: true,
};

function request(purpose, recipient, items) {
  const destination = { recipient, origin };
  return { items, purpose, destination, circumstances, collectedSinceMs: nowMs, nowMs };
}

measure(
  "decide, weekly report of 15 items",
  request("usage-statistics", "statistics-receiver", reportItems),
);
measure(
  "decide, code to a chosen model",
  request("ask-chosen-model", "chosen-model", ["assistant.source-code"]),
);
time("render the service's notice, Chinese, as Markdown", 1, () =>
  toMarkdown(renderNotice("service", "zh")),
);

/** Times a decision after making sure that it is the right one: a denial would be cheaper. */
function measure(name, use) {
  if (decide(use).kind !== "granted") throw new Error(`${name}: expected a permit`);
  time(name, 100, () => decide(use));
}

function time(name, repeats, run) {
  const samples = Array.from({ length: 300 }, () => {
    const start = performance.now();
    for (let count = 0; count < repeats; count += 1) run();
    return ((performance.now() - start) * 1000) / repeats;
  }).toSorted((left, right) => left - right);
  const at = (share) => samples[Math.floor(samples.length * share)].toFixed(1);
  console.log(`${name}: median ${at(0.5)} µs, p95 ${at(0.95)} µs`);
}
