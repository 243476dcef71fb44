import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { AssistantError, type Locale, reasonOf } from "../errors.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** One file of the built page. */
interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The page as the build left it. It holds no data of the person, so it is served without the key. */
export interface Assets {
  /** The document, with the policy that lets its own parts run and nothing else. */
  document(language: Locale): { readonly html: string; readonly policy: string };
  /** A script, style or picture by its name. */
  find(name: string): Asset | undefined;
}

/** Beside both `src/console` and `dist/console`, so that tests run the built page from the sources. */
const builtPage = new URL("../../dist/console/page/", import.meta.url);

/** Reads the built page into memory (under 2 MB). Fails when the build was not run. */
export async function readAssets(folder: URL = builtPage): Promise<Assets> {
  const files = new Map<string, Asset>();
  let template: string;
  try {
    template = await readFile(new URL("index.html", folder), "utf8");
    for (const name of await readdir(folder)) {
      const type = contentTypes[extname(name)];
      if (type !== undefined)
        files.set(name, { type, bytes: await readFile(new URL(name, folder)) });
    }
  } catch (cause) {
    throw new AssistantError(
      "PAGE_NOT_BUILT",
      { path: fileURLToPath(folder), reason: reasonOf(cause) },
      { cause },
    );
  }
  return {
    document(language) {
      // The editor adds its style sheets at run time; a nonce lets these in and no other inline style.
      const nonce = randomBytes(16).toString("base64");
      const html = template
        .replaceAll("{{nonce}}", nonce)
        .replaceAll("{{lang}}", language === "zh" ? "zh-CN" : "en");
      return { html, policy: policyFor(nonce) };
    },
    find: (name) => files.get(name),
  };
}

function policyFor(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
