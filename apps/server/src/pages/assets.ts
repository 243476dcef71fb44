import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

// Beside this file in the sources; in the built program the build put everything into `assets`.
const folders = [
  new URL("./", import.meta.url),
  new URL("./assets/", import.meta.url),
  new URL("../../dist/assets/", import.meta.url),
];

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
  woff2: "font/woff2",
};

/** A file that pages refer to. */
export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** The first characters of its SHA-256, by which browsers may keep it for ever. */
  readonly hash: string;
}

const known = new Map<string, Asset | undefined>();

/** Reads a file that ships with the pages; undefined when there is none of that name, or when it was not built yet. */
export function readAsset(name: string): Asset | undefined {
  if (!known.has(name)) known.set(name, findAsset(name));
  return known.get(name);
}

/** The address of a file, with its hash, so that a new build is a new address. */
export function assetPath(name: string): string {
  const asset = readAsset(name);
  return asset === undefined ? `/assets/${name}` : `/assets/${name}?v=${asset.hash}`;
}

function findAsset(name: string): Asset | undefined {
  const contentType = types[name.slice(name.lastIndexOf(".") + 1)];
  // Names come from addresses: only plain ones of a kind we serve are looked up.
  if (contentType === undefined || !/^[a-z0-9]+(?:[-/][a-z0-9]+)*\.[a-z0-9]+$/.test(name))
    return undefined;
  for (const folder of folders) {
    try {
      const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
      const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
      return { bytes, contentType, hash };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  return undefined;
}
