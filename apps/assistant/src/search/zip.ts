import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

/** A file in an archive. */
interface Entry {
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const END_MARK = 0x06054b50;
const ENTRY_MARK = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
const inflate = promisify(inflateRaw);

/** A ZIP archive open for reading: source jars and the JDK's `src.zip`. By the .ZIP File Format Specification 6.3; without encryption, parts and ZIP64. */
export class Zip {
  readonly #file: FileHandle;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(file: FileHandle, entries: ReadonlyMap<string, Entry>) {
    this.#file = file;
    this.#entries = entries;
  }

  /** Opens an archive; rejects when the file is none. */
  static async open(path: string): Promise<Zip> {
    const file = await open(path, "r");
    try {
      return new Zip(file, await readDirectory(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The files with their sizes in bytes. */
  get files(): { readonly path: string; readonly bytes: number }[] {
    return Array.from(this.#entries, ([path, { bytes }]) => ({ path, bytes }));
  }

  /** The bytes of a file; undefined when there is none of this name, or it is packed in an unknown way, or larger than the archive said. */
  async read(path: string): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    const header = await readAt(this.#file, entry.offset, 30);
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = await readAt(this.#file, start, entry.packedBytes);
    if (entry.method === STORED) return packed;
    // The bound keeps a bomb from unpacking.
    return entry.method === DEFLATED
      ? inflate(packed, { maxOutputLength: Math.max(1, entry.bytes) })
      : undefined;
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

async function readDirectory(file: FileHandle): Promise<Map<string, Entry>> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_MARK) end--;
  if (end < 0) throw new Error("not a ZIP archive");
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY_MARK;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const path = directory.toString("utf8", at + 46, at + 46 + nameBytes);
    const isSafe = !path.startsWith("/") && !path.split("/").includes("..");
    if (!path.endsWith("/") && isSafe)
      entries.set(path, {
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error("the archive is cut off");
  return buffer;
}
