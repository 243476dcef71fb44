/**
 * PostgreSQL inside this process, made durable. PGlite starts PostgreSQL with fsync off and gives its file system no way to do one;
 * here the file system learns fsync and PostgreSQL is told to use it, so a commit that was answered survives a loss of power.
 */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** An open database engine that speaks PostgreSQL's wire protocol. */
export interface Engine {
  /** Executes whole protocol messages and returns the answer's bytes. One call at a time. */
  readonly exchange: (messages: Uint8Array) => Promise<Uint8Array>;
  /** How many real fsyncs were done since the start. */
  readonly syncs: () => number;
  readonly close: () => Promise<void>;
  /** The whole data directory as an archive, from which `openEngine` can start. */
  readonly dump: () => Promise<Blob>;
}

/** Opens the database in a folder, or in memory when there is none; `archive` fills a new one. */
export async function openEngine(directory: string | undefined, archive?: Blob): Promise<Engine> {
  const files = directory === undefined ? undefined : new DurableFiles(directory);
  const engine = new PGlite({
    ...(files === undefined ? { dataDir: "memory://" } : { fs: files }),
    ...(archive === undefined ? {} : { loadDataDir: archive }),
    startParams: files === undefined ? PGlite.defaultStartParams : durableParameters(),
  });
  await engine.waitReady;
  return {
    exchange: async (messages) => engine.execProtocolRaw(messages, { syncToFs: false }),
    syncs: () => files?.syncs ?? 0,
    close: async () => engine.close(),
    dump: async () => engine.dumpDataDir("gzip"),
  };
}

function durableParameters(): string[] {
  return [
    ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
    "-c",
    "fsync=on",
    "-c",
    "wal_sync_method=fsync",
    "-c",
    "synchronous_commit=on",
    // Nothing checkpoints by itself in here; `upkeep.ts` does, and these keep what it leaves behind small.
    "-c",
    "max_wal_size=64MB",
    "-c",
    "min_wal_size=32MB",
  ];
}

/** What Emscripten knows of an open file, as far as it is needed here. */
interface OpenFile {
  readonly nfd?: number;
  readonly node: object;
}

interface NodeFiles {
  readonly stream_ops: { fsync?: (file: OpenFile) => number };
  readonly realPath: (node: object) => string;
}

class DurableFiles extends NodeFS {
  syncs = 0;

  override async init(
    ...[engine, options]: Parameters<NodeFS["init"]>
  ): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(engine, options);
    const teach = (module: { readonly NODEFS?: NodeFiles }): void => {
      const files = module.NODEFS;
      if (files === undefined) return;
      files.stream_ops.fsync = (file) => {
        this.syncs += 1;
        if (file.nfd !== undefined) fsyncSync(file.nfd);
        else syncFolder(files.realPath(file.node));
        return 0;
      };
    };
    emscriptenOpts.preRun = [...(emscriptenOpts.preRun ?? []), teach];
    return { emscriptenOpts };
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
