import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";

const MAGIC = Buffer.from("d9d505f920a163d7", "hex");
/** "As many records as the file holds." */
const ALL_RECORDS = 0xffffffff;

/**
 * Undoes what a killed process had begun to write: puts the pages back that SQLite had set aside in the rollback journal, and deletes it.
 *
 * SQLite does this by itself when nobody holds a lock on the file. The driver's lock is a folder, and to SQLite's question whether another process is
 * writing it answers yes because of the folder SQLite made a moment ago: it takes every journal for one in use, and reads a half-written file. The caller
 * holds the lock around this file, so the journal has no owner. Format: "Database File Format", section 3, of the SQLite documentation.
 */
export function playBack(databasePath: string): void {
  const journalPath = `${databasePath}-journal`;
  let journal: Buffer;
  try {
    journal = readFileSync(journalPath);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  const database = openSync(databasePath, "r+");
  try {
    restore(database, journal);
    fsyncSync(database);
  } finally {
    closeSync(database);
  }
  rmSync(journalPath, { force: true });
}

function restore(database: number, journal: Buffer): void {
  for (let header = 0, isFirst = true; header + 28 <= journal.length; isFirst = false) {
    // A header that was not finished ends the journal: what it would have announced was not written yet.
    if (!journal.subarray(header, header + 8).equals(MAGIC)) return;
    const announced = journal.readUInt32BE(header + 8);
    const nonce = journal.readUInt32BE(header + 12);
    const pagesBefore = journal.readUInt32BE(header + 16);
    const sectorSize = journal.readUInt32BE(header + 20);
    const pageSize = journal.readUInt32BE(header + 24);
    const recordSize = pageSize + 8;
    if (sectorSize < 28 || pageSize < 512) return;
    let at = header + sectorSize;
    const held = Math.max(0, Math.floor((journal.length - at) / recordSize));
    const count = announced === ALL_RECORDS ? held : Math.min(announced, held);
    // Pages are only written over once the journal says how many are safe in it.
    if (count === 0) return;
    if (isFirst && fstatSync(database).size > pagesBefore * pageSize)
      ftruncateSync(database, pagesBefore * pageSize);
    for (let record = 0; record < count; record++, at += recordSize) {
      const page = journal.subarray(at + 4, at + 4 + pageSize);
      if (journal.readUInt32BE(at + 4 + pageSize) !== checksum(nonce, page)) return;
      writeSync(database, page, 0, pageSize, (journal.readUInt32BE(at) - 1) * pageSize);
    }
    header = Math.ceil(at / sectorSize) * sectorSize;
  }
}

function checksum(nonce: number, page: Buffer): number {
  let sum = nonce;
  for (let at = page.length - 200; at > 0; at -= 200) sum += page[at] ?? 0;
  return sum >>> 0;
}
