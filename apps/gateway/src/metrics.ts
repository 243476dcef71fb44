/**
 * Numbers for the operator, as Prometheus text. Names follow OpenTelemetry's conventions for generative AI (status
 * "development", as of 2026) where they have one. Labels come from the configuration and from tables, so there are only
 * so many series, and none of them can hold what a caller wrote.
 */

import type { RequestLine } from "./log.ts";

/** What is true at this moment. */
export interface Gauges {
  readonly liveRequests: number;
  readonly upstreams: readonly {
    readonly name: string;
    readonly live: number;
    readonly resting: boolean;
  }[];
  /** Undefined when nothing is traced. */
  readonly traces: { readonly sent: number; readonly dropped: number } | undefined;
  /** Whether the limits' counters are out of reach; undefined when they are not shared. */
  readonly sharingFails: boolean | undefined;
}

const durationBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const firstByteBounds = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Series {
  readonly labels: string;
  requests: Map<number, number>;
  input: number;
  output: number;
  received: number;
  sent: number;
  cost: number;
  retries: number;
  duration: Histogram;
  firstByte: Histogram;
}

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

/** A copy of all numbers that can be sent between processes and added up. */
export type MetricsSnapshot = readonly (readonly [key: string, series: Series])[];

/** Counts exchanges. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  /** Counts a finished request: what the log says of it, and its cost by the configured prices. */
  add(line: RequestLine, cost: number): void {
    const { consumer, model, upstream, route } = line;
    const key = `${consumer ?? ""}\n${model ?? ""}\n${upstream ?? ""}\n${route}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = createSeries(
        `consumer="${escape(consumer ?? "")}",gen_ai_request_model="${escape(model ?? "")}",gen_ai_provider_name="${escape(upstream ?? "")}",gen_ai_operation_name="${route}"`,
      );
      this.#series.set(key, series);
    }
    series.requests.set(line.status, (series.requests.get(line.status) ?? 0) + 1);
    series.input += line.inputTokens;
    series.output += line.outputTokens;
    series.received += line.requestBytes;
    series.sent += line.responseBytes;
    series.cost += cost;
    series.retries += Math.max(0, line.attempts - 1);
    observe(series.duration, durationBounds, line.durationMs / 1000);
    if (line.firstByteMs !== null)
      observe(series.firstByte, firstByteBounds, line.firstByteMs / 1000);
  }

  /** Everything counted so far. */
  snapshot(): MetricsSnapshot {
    return [...this.#series];
  }

  /** Adds what another process counted. */
  merge(other: MetricsSnapshot): void {
    for (const [key, theirs] of other) {
      const ours = this.#series.get(key) ?? createSeries(theirs.labels);
      this.#series.set(key, ours);
      for (const [status, count] of theirs.requests)
        ours.requests.set(status, (ours.requests.get(status) ?? 0) + count);
      ours.input += theirs.input;
      ours.output += theirs.output;
      ours.received += theirs.received;
      ours.sent += theirs.sent;
      ours.cost += theirs.cost;
      ours.retries += theirs.retries;
      for (const [mine, yours] of [
        [ours.duration, theirs.duration],
        [ours.firstByte, theirs.firstByte],
      ] as const) {
        mine.sum += yours.sum;
        mine.count += yours.count;
        yours.buckets.forEach(
          (count, index) => (mine.buckets[index] = (mine.buckets[index] ?? 0) + count),
        );
      }
    }
  }

  /** The text that Prometheus reads (exposition format 0.0.4). */
  toText(gauges: Gauges): string {
    const lines: string[] = [];
    const family = (name: string, type: string, help: string, values: Iterable<string>): void => {
      const written = [...values];
      if (written.length > 0)
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...written);
    };
    const all = [...this.#series.values()];
    family(
      "cloud_code_gateway_requests_total",
      "counter",
      "Finished requests.",
      all.flatMap(({ labels, requests }) =>
        [...requests].map(
          ([status, count]) =>
            `cloud_code_gateway_requests_total{${labels},status="${status}"} ${count}`,
        ),
      ),
    );
    family(
      "cloud_code_gateway_retries_total",
      "counter",
      "Attempts beyond the first.",
      all.map(({ labels, retries }) => `cloud_code_gateway_retries_total{${labels}} ${retries}`),
    );
    family(
      "gen_ai_client_token_usage_total",
      "counter",
      "Tokens read and written.",
      all.flatMap(({ labels, input, output }) => [
        `gen_ai_client_token_usage_total{${labels},gen_ai_token_type="input"} ${input}`,
        `gen_ai_client_token_usage_total{${labels},gen_ai_token_type="output"} ${output}`,
      ]),
    );
    family(
      "cloud_code_gateway_bytes_total",
      "counter",
      "Bytes of requests received and of answers sent.",
      all.flatMap(({ labels, received, sent }) => [
        `cloud_code_gateway_bytes_total{${labels},direction="received"} ${received}`,
        `cloud_code_gateway_bytes_total{${labels},direction="sent"} ${sent}`,
      ]),
    );
    family(
      "cloud_code_gateway_cost_total",
      "counter",
      "Cost by the configured prices.",
      all
        .filter(({ cost }) => cost > 0)
        .map(({ labels, cost }) => `cloud_code_gateway_cost_total{${labels}} ${cost}`),
    );
    family(
      "gen_ai_server_request_duration_seconds",
      "histogram",
      "From a request's headers to its answer's last byte.",
      all.flatMap((series) =>
        histogramLines(
          "gen_ai_server_request_duration_seconds",
          series.labels,
          series.duration,
          durationBounds,
        ),
      ),
    );
    family(
      "gen_ai_server_time_to_first_token_seconds",
      "histogram",
      "From a request's headers to its answer's first byte.",
      all.flatMap((series) =>
        histogramLines(
          "gen_ai_server_time_to_first_token_seconds",
          series.labels,
          series.firstByte,
          firstByteBounds,
        ),
      ),
    );
    family("cloud_code_gateway_live_requests", "gauge", "Requests in progress.", [
      `cloud_code_gateway_live_requests ${gauges.liveRequests}`,
    ]);
    family(
      "cloud_code_gateway_upstream_live_requests",
      "gauge",
      "Requests in progress at a provider.",
      gauges.upstreams.map(
        ({ name, live }) =>
          `cloud_code_gateway_upstream_live_requests{gen_ai_provider_name="${escape(name)}"} ${live}`,
      ),
    );
    family(
      "cloud_code_gateway_upstream_resting",
      "gauge",
      "1 while a provider rests after failures.",
      gauges.upstreams.map(
        ({ name, resting }) =>
          `cloud_code_gateway_upstream_resting{gen_ai_provider_name="${escape(name)}"} ${resting ? 1 : 0}`,
      ),
    );
    const { traces, sharingFails } = gauges;
    family(
      "cloud_code_gateway_traces_total",
      "counter",
      "Traces sent to the collector, and dropped because it did not take them; of the answering process.",
      traces === undefined
        ? []
        : [
            `cloud_code_gateway_traces_total{outcome="sent"} ${traces.sent}`,
            `cloud_code_gateway_traces_total{outcome="dropped"} ${traces.dropped}`,
          ],
    );
    family(
      "cloud_code_gateway_sharing_failing",
      "gauge",
      "1 while the limits' counters are out of reach, so that each process keeps to them alone.",
      sharingFails === undefined
        ? []
        : [`cloud_code_gateway_sharing_failing ${sharingFails ? 1 : 0}`],
    );
    family("process_resident_memory_bytes", "gauge", "Resident memory of the answering process.", [
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ]);
    return `${lines.join("\n")}\n`;
  }
}

function createSeries(labels: string): Series {
  const histogram = (bounds: readonly number[]): Histogram => ({
    buckets: bounds.map(() => 0),
    sum: 0,
    count: 0,
  });
  return {
    labels,
    requests: new Map(),
    input: 0,
    output: 0,
    received: 0,
    sent: 0,
    cost: 0,
    retries: 0,
    duration: histogram(durationBounds),
    firstByte: histogram(firstByteBounds),
  };
}

function observe(histogram: Histogram, bounds: readonly number[], value: number): void {
  histogram.sum += value;
  histogram.count += 1;
  const index = bounds.findIndex((bound) => value <= bound);
  if (index !== -1) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
}

function histogramLines(
  name: string,
  labels: string,
  histogram: Histogram,
  bounds: readonly number[],
): string[] {
  let sum = 0;
  const buckets = bounds.map(
    (bound, index) =>
      `${name}_bucket{${labels},le="${bound}"} ${(sum += histogram.buckets[index] ?? 0)}`,
  );
  return [
    ...buckets,
    `${name}_bucket{${labels},le="+Inf"} ${histogram.count}`,
    `${name}_sum{${labels}} ${histogram.sum}`,
    `${name}_count{${labels}} ${histogram.count}`,
  ];
}

function escape(label: string): string {
  return label.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
