/** Writes both flavours of the package into `dist/`. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  createRuntimeFiles,
  packFiles,
  readDescription,
  type NodeSource,
  type PluginPackage,
} from "@cloud-code/dify-sdk/tools";
import { describePlugin } from "./description.ts";

const root = new URL("../", import.meta.url);

/** Builds one flavour: Node from a wheel, or the machine's own. */
export async function buildPackage(node: NodeSource): Promise<PluginPackage> {
  const version =
    /"version": "([^"]+)"/.exec(await readFile(new URL("package.json", root), "utf8"))?.[1] ?? "";
  return packFiles(
    new Map([
      ...(await readDescription(fileURLToPath(new URL("plugin/", root)))),
      ...describePlugin(version),
      ...(await createRuntimeFiles(fileURLToPath(new URL("src/main.ts", root)), node)),
    ]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const node of ["wheel", "system"] as const) {
    const { bytes, identifier } = await buildPackage(node);
    const name = `alibaba-cloud-ai-gateway-${node === "wheel" ? "with-node" : "system-node"}.difypkg`;
    await writeFile(new URL(`dist/${name}`, root), bytes);
    process.stdout.write(`${name}  ${bytes.length} bytes  ${identifier}\n`);
  }
}
