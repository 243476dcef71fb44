/**
 * Several processes on one port (node:cluster): one supervises, the others serve. What they say to each other stands in
 * this file, both ends of it: counts for the operator's metrics, what their consumers used of their limits, and which
 * signatures were used.
 */
import cluster from "node:cluster";
import { NonceStore } from "@cloud-code/models";
import { type Ledger, MemoryLedger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { Metrics, type MetricsSnapshot } from "./metrics.ts";

/** What a serving process asks, and what it hears. An answer has the number of its question. */
type Message =
  | { readonly kind: "metrics-wanted"; readonly number: number }
  | { readonly kind: "metrics-asked"; readonly number: number }
  | { readonly kind: "metrics"; readonly number: number; readonly snapshot: FlatSnapshot }
  | { readonly kind: "metrics-sum"; readonly number: number; readonly snapshot: FlatSnapshot }
  | {
      readonly kind: "used";
      readonly number: number;
      readonly amounts: readonly (readonly [string, number])[];
    }
  | { readonly kind: "used-sum"; readonly number: number; readonly totals: number[] }
  | {
      readonly kind: "nonce";
      readonly number: number;
      readonly nonce: string;
      readonly maxSkewMs: number;
    }
  | { readonly kind: "nonce-newness"; readonly number: number; readonly newness: Newness };

type Newness = ReturnType<NonceStore["accept"]>;

// Messages between processes are JSON, which has no maps.
type FlatSnapshot = readonly (readonly [
  string,
  Omit<MetricsSnapshot[number][1], "requests"> & {
    requests: readonly (readonly [number, number])[];
  },
])[];

const answerMs = 5000;
/** How soon a lost process is started again; twice as late each time it is lost before it served. */
const firstRestartMs = 200;
const lastRestartMs = 10_000;

/**
 * Starts the serving processes, starts lost ones again, passes signals on, adds up their numbers; until told to stop.
 * Gives the exit code: 1 when no process could begin to serve, which the processes themselves have explained.
 */
export async function supervise(processes: number, log: Log): Promise<number> {
  let stopping = false;
  let everServed = false;
  let restartMs = firstRestartMs;
  let stop = (): void => undefined;
  const asked = new Map<number, { asker: number; question: number; left: number; sum: Metrics }>();
  const ledger = new MemoryLedger();
  const nonces = new NonceStore();
  let number = 0;
  for (let index = 0; index < processes; index += 1) cluster.fork();
  cluster.on("listening", () => {
    everServed = true;
    restartMs = firstRestartMs;
  });
  cluster.on("exit", (worker) => {
    if (stopping) return;
    if (!everServed) return stop();
    log.write({ event: "worker-lost", count: worker.id });
    log.flush();
    setTimeout(() => {
      if (!stopping) cluster.fork();
    }, restartMs);
    restartMs = Math.min(2 * restartMs, lastRestartMs);
  });
  cluster.on("message", (worker, given: unknown) => {
    // Only our own processes can write here.
    const message = given as Message;
    if (message.kind === "metrics-wanted") {
      const workers = Object.values(cluster.workers ?? {}).filter((one) => one !== undefined);
      number += 1;
      asked.set(number, {
        asker: worker.id,
        question: message.number,
        left: workers.length,
        sum: new Metrics(),
      });
      for (const one of workers) one.send({ kind: "metrics-asked", number } satisfies Message);
    } else if (message.kind === "metrics") {
      const question = asked.get(message.number);
      if (question === undefined) return;
      question.sum.merge(revive(message.snapshot));
      question.left -= 1;
      if (question.left > 0) return;
      asked.delete(message.number);
      const snapshot = flatten(question.sum.snapshot());
      cluster.workers?.[question.asker]?.send({
        kind: "metrics-sum",
        number: question.question,
        snapshot,
      } satisfies Message);
    } else if (message.kind === "used") {
      void ledger.add(message.amounts).then((totals) => {
        if (worker.isConnected())
          worker.send({ kind: "used-sum", number: message.number, totals } satisfies Message);
      });
    } else if (message.kind === "nonce") {
      const newness = nonces.accept(message.nonce, Date.now(), message.maxSkewMs);
      worker.send({ kind: "nonce-newness", number: message.number, newness } satisfies Message);
    }
  });
  const pass = (signal: NodeJS.Signals): void => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  };
  process.on("SIGHUP", () => pass("SIGHUP"));
  await new Promise<void>((resolve) => {
    stop = resolve;
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
  return everServed ? 0 : 1;
}

/** A serving process' way to the one that supervises it. */
export interface WorkerLink {
  /** What all processes have counted; after five seconds `own` has to do. */
  collectMetrics(own: Metrics): Promise<Metrics>;
  /** The counters of all processes. */
  readonly ledger: Ledger;
  /** Whether a nonce is new to all processes; "full" when that cannot be asked. */
  acceptNonce(nonce: string, maxSkewMs: number): Promise<Newness>;
  /** From now on tells the others what was counted here. */
  answerWith(metrics: Metrics): void;
}

/** Opens it. To be called in a serving process, once. */
export function createWorkerLink(): WorkerLink {
  let number = 0;
  let counted: Metrics | undefined;
  const waiting = new Map<number, (answer: Message | undefined) => void>();
  process.on("message", (message: Message) => {
    if (message.kind !== "metrics-asked") waiting.get(message.number)?.(message);
    else if (counted !== undefined)
      tell({
        kind: "metrics",
        number: message.number,
        snapshot: flatten(counted.snapshot()),
      });
  });
  const ask = (question: (number: number) => Message): Promise<Message | undefined> =>
    new Promise((resolve) => {
      const mine = (number += 1);
      const finish = (answer: Message | undefined): void => {
        clearTimeout(timer);
        waiting.delete(mine);
        resolve(answer);
      };
      const timer = setTimeout(() => finish(undefined), answerMs);
      waiting.set(mine, finish);
      tell(question(mine));
    });
  return {
    async collectMetrics(own) {
      const answer = await ask((mine) => ({ kind: "metrics-wanted", number: mine }));
      if (answer?.kind !== "metrics-sum") return own;
      const sum = new Metrics();
      sum.merge(revive(answer.snapshot));
      return sum;
    },
    ledger: {
      async add(amounts) {
        if (amounts.length === 0) return [];
        const answer = await ask((mine) => ({ kind: "used", number: mine, amounts }));
        if (answer?.kind === "used-sum") return answer.totals;
        throw new Error("the supervising process does not answer");
      },
      close: () => undefined,
    },
    async acceptNonce(nonce, maxSkewMs) {
      const answer = await ask((mine) => ({ kind: "nonce", number: mine, nonce, maxSkewMs }));
      return answer?.kind === "nonce-newness" ? answer.newness : "full";
    },
    answerWith: (metrics) => void (counted = metrics),
  };
}

function tell(message: Message): void {
  // Without a supervisor nobody is left to tell, and this process is about to end.
  if (process.connected) process.send?.(message);
}

function flatten(snapshot: MetricsSnapshot): FlatSnapshot {
  return snapshot.map(([key, series]) => [key, { ...series, requests: [...series.requests] }]);
}

function revive(snapshot: FlatSnapshot): MetricsSnapshot {
  return snapshot.map(([key, series]) => [key, { ...series, requests: new Map(series.requests) }]);
}
