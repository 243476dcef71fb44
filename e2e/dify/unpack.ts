/** Lays a package out as the daemon does: plain files without execute permission, one folder. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readArchive } from "@cloud-code/dify-sdk/tools";

/** The new folder; whoever asked removes it. */
export async function unpack(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dify-plugin-"));
  for (const [path, content] of readArchive(bytes).files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o644 });
  }
  return folder;
}
