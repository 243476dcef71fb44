/**
 * The zip container of a `.difypkg`: written the same byte for byte from the same files, read with every bound checked.
 *
 * A library would do for most of it, but a package carries its signature in the archive's comment, must hold no directory
 * entries, and has to come out identical on every machine. The format: https://pkware.cachefly.net/webdocs/APPNOTE.
 */
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import type { PluginFiles } from "../declaration.ts";

/** The daemon's default limit for the sum of the unpacked files, in bytes (`MAX_PLUGIN_PACKAGE_SIZE`). */
export const maxUnpackedBytes = 52_428_800;

/** Thrown for bytes that are not a package, or one too large. */
export class ArchiveError extends Error {
  readonly code = "ARCHIVE";
}

/** A package taken apart: files in the order of the archive, and the archive's comment. */
export interface Archive {
  readonly files: PluginFiles;
  readonly comment: string;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const utf8Flag = 0x0800;
const deflated = 8;
// 1 January 1980, the beginning of zip time: a real time would make two builds of the same source differ.
const dosDate = 0x21;

/** @throws ArchiveError when the files exceed `maxBytes` unpacked; the message names the largest. */
export function writeArchive(
  { files, comment }: Archive,
  maxBytes: number = maxUnpackedBytes,
): Uint8Array {
  checkSize(files, maxBytes);
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path, "utf8");
    const packed = deflateRawSync(content, { level: 9 });
    const fields = [20, utf8Flag, deflated, 0, dosDate];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(localSignature, 0);
    fields.forEach((value, index) => local.writeUInt16LE(value, 4 + index * 2));
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(name.length, 26);

    const central = Buffer.alloc(46);
    central.writeUInt32LE(centralSignature, 0);
    central.writeUInt16LE(20, 4);
    local.copy(central, 6, 4, 30); // from "version needed" to the length of the name, the two headers agree
    central.writeUInt32LE(offset, 42);

    parts.push(local, name, packed);
    directory.push(central, name);
    offset += local.length + name.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const text = Buffer.from(comment, "utf8");
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(text.length, 20);
  return Buffer.concat([...parts, central, end, text]);
}

/** @throws ArchiveError when the bytes are not a package, hold a path that leaves it, or unpack to more than `maxBytes`. */
export function readArchive(bytes: Uint8Array, maxBytes: number = maxUnpackedBytes): Archive {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(data);
  const count = data.readUInt16LE(end + 10);
  const files = new Map<string, Uint8Array>();
  let position = data.readUInt32LE(end + 16);
  let unpacked = 0;
  try {
    for (let index = 0; index < count; index += 1) {
      if (data.readUInt32LE(position) !== centralSignature)
        throw new ArchiveError("The package's directory is damaged. Build it again.");
      const method = data.readUInt16LE(position + 10);
      const checksum = data.readUInt32LE(position + 16);
      const packedLength = data.readUInt32LE(position + 20);
      const length = data.readUInt32LE(position + 24);
      const nameLength = data.readUInt16LE(position + 28);
      const local = data.readUInt32LE(position + 42);
      const path = data.toString("utf8", position + 46, position + 46 + nameLength);
      position +=
        46 + nameLength + data.readUInt16LE(position + 30) + data.readUInt16LE(position + 32);

      checkPath(path);
      unpacked += length;
      if (unpacked > maxBytes)
        throw new ArchiveError(`The package unpacks to more than ${maxBytes} bytes.`);
      const start = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
      const packed = data.subarray(start, start + packedLength);
      // The declared length bounds the inflater, so that a bomb ends at its own lie.
      const content =
        method === deflated
          ? inflateRawSync(packed, { maxOutputLength: Math.max(length, 1) })
          : packed;
      if (content.length !== length || crc32(content) !== checksum)
        throw new ArchiveError(`${path} is damaged in the package. Build it again.`);
      files.set(path, content);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError("The package is cut short or damaged. Build it again.", {
      cause: error,
    });
  }
  return {
    files,
    comment: data.toString("utf8", end + 22, end + 22 + data.readUInt16LE(end + 20)),
  };
}

function findEnd(data: Buffer): number {
  for (
    let position = data.length - 22;
    position >= Math.max(0, data.length - 22 - 0xffff);
    position -= 1
  ) {
    if (
      data.readUInt32LE(position) === endSignature &&
      position + 22 + data.readUInt16LE(position + 20) === data.length
    )
      return position;
  }
  throw new ArchiveError("This is not a .difypkg file: no zip directory was found in it.");
}

function checkPath(path: string): void {
  const segments = path.split("/");
  if (path === "" || path.startsWith("/") || path.includes("\\") || segments.includes("..")) {
    throw new ArchiveError(
      `The package holds the path ${JSON.stringify(path)}, which would leave its folder.`,
    );
  }
  if (path.endsWith("/"))
    throw new ArchiveError(
      `The package holds the folder entry ${path}; Dify cannot unpack those. Build it with dify-sdk package.`,
    );
}

function checkSize(files: PluginFiles, maxBytes: number): void {
  let total = 0;
  for (const [path, content] of files) {
    checkPath(path);
    total += content.length;
  }
  if (total <= maxBytes) return;
  const largest = [...files]
    .toSorted((left, right) => right[1].length - left[1].length)
    .slice(0, 5)
    .map(([path, content]) => `  ${path}: ${content.length} bytes`);
  throw new ArchiveError(
    `The files have ${total} bytes; Dify takes ${maxBytes}. Name what is not needed in .difyignore. The largest:\n${largest.join("\n")}`,
  );
}
