/**
 * Several processes on one port (node:cluster): one supervises, the others serve. What they say to each other stands in
 * this file, both ends of it: counts for the operator's metrics, and what their consumers used of their limits.
 */
import cluster from "node:cluster";
import { type Ledger, MemoryLedger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { Metrics, type MetricsSnapshot } from "./metrics.ts";

/** What a serving process asks, and what it hears. */
type Message =
  | { readonly kind: "metrics-wanted" }
  | { readonly kind: "metrics-asked"; readonly number: number }
  | { readonly kind: "metrics"; readonly number: number; readonly snapshot: FlatSnapshot }
  | { readonly kind: "metrics-sum"; readonly snapshot: FlatSnapshot }
  | {
      readonly kind: "used";
      readonly number: number;
      readonly amounts: readonly (readonly [string, number])[];
    }
  | { readonly kind: "used-sum"; readonly number: number; readonly totals: number[] };

// Messages between processes are JSON, which has no maps.
type FlatSnapshot = readonly (readonly [
  string,
  Omit<MetricsSnapshot[number][1], "requests"> & {
    requests: readonly (readonly [number, number])[];
  },
])[];

const answerMs = 5000;

/** Starts the serving processes, starts lost ones again, passes signals on, adds up their numbers; until told to stop. */
export async function supervise(processes: number, log: Log): Promise<number> {
  let stopping = false;
  const asked = new Map<number, { asker: number; left: number; sum: Metrics }>();
  const ledger = new MemoryLedger();
  let number = 0;
  for (let index = 0; index < processes; index += 1) cluster.fork();
  cluster.on("exit", (worker, code) => {
    if (stopping || code === 0) return;
    log.write({ event: "worker-lost", count: worker.id });
    log.flush();
    setTimeout(() => cluster.fork(), 200);
  });
  cluster.on("message", (worker, given: unknown) => {
    // Only our own processes can write here.
    const message = given as Message;
    if (message.kind === "metrics-wanted") {
      const workers = Object.values(cluster.workers ?? {}).filter((one) => one !== undefined);
      number += 1;
      asked.set(number, { asker: worker.id, left: workers.length, sum: new Metrics() });
      for (const one of workers) one.send({ kind: "metrics-asked", number } satisfies Message);
    } else if (message.kind === "metrics") {
      const question = asked.get(message.number);
      if (question === undefined) return;
      question.sum.merge(revive(message.snapshot));
      question.left -= 1;
      if (question.left > 0) return;
      asked.delete(message.number);
      const snapshot = flatten(question.sum.snapshot());
      cluster.workers?.[question.asker]?.send({ kind: "metrics-sum", snapshot } satisfies Message);
    } else if (message.kind === "used") {
      void ledger.add(message.amounts).then((totals) => {
        if (worker.isConnected())
          worker.send({ kind: "used-sum", number: message.number, totals } satisfies Message);
      });
    }
  });
  const pass = (signal: NodeJS.Signals): void => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  };
  process.on("SIGHUP", () => pass("SIGHUP"));
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  stopping = true;
  pass("SIGTERM");
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (Object.keys(cluster.workers ?? {}).length > 0) return;
      clearInterval(timer);
      resolve();
    }, 50);
  });
  return 0;
}

/** A serving process' way to the one that supervises it. */
export interface WorkerLink {
  /** What all processes have counted; after five seconds `own` has to do. */
  collectMetrics(own: Metrics): Promise<Metrics>;
  /** The counters of all processes. */
  readonly ledger: Ledger;
  /** From now on tells the others what was counted here. */
  answerWith(metrics: Metrics): void;
}

/** Opens it. To be called in a serving process, once. */
export function createWorkerLink(): WorkerLink {
  let number = 0;
  return {
    async collectMetrics(own) {
      const answer = await ask({ kind: "metrics-wanted" }, (one) => one.kind === "metrics-sum");
      if (answer?.kind !== "metrics-sum") return own;
      const sum = new Metrics();
      sum.merge(revive(answer.snapshot));
      return sum;
    },
    ledger: {
      async add(amounts) {
        if (amounts.length === 0) return [];
        const mine = (number += 1);
        const answer = await ask(
          { kind: "used", number: mine, amounts },
          (one) => one.kind === "used-sum" && one.number === mine,
        );
        if (answer?.kind === "used-sum") return answer.totals;
        throw new Error("the supervising process does not answer");
      },
      close: () => undefined,
    },
    answerWith(metrics) {
      process.on("message", (message: Message) => {
        if (message.kind === "metrics-asked")
          tell({
            kind: "metrics",
            number: message.number,
            snapshot: flatten(metrics.snapshot()),
          });
      });
    },
  };
}

function tell(message: Message): void {
  // Without a supervisor nobody is left to tell, and this process is about to end.
  if (process.connected) process.send?.(message);
}

function ask(question: Message, fits: (message: Message) => boolean): Promise<Message | undefined> {
  return new Promise((resolve) => {
    const finish = (answer: Message | undefined): void => {
      clearTimeout(timer);
      process.off("message", receive);
      resolve(answer);
    };
    const receive = (message: Message): void => {
      if (fits(message)) finish(message);
    };
    const timer = setTimeout(() => finish(undefined), answerMs);
    process.on("message", receive);
    tell(question);
  });
}

function flatten(snapshot: MetricsSnapshot): FlatSnapshot {
  return snapshot.map(([key, series]) => [key, { ...series, requests: [...series.requests] }]);
}

function revive(snapshot: FlatSnapshot): MetricsSnapshot {
  return snapshot.map(([key, series]) => [key, { ...series, requests: new Map(series.requests) }]);
}
