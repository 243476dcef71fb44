/// <reference types="node" />
// Packs the built extension as a .vsix: a zip with the extension's files and two descriptions of it. The format is that of the editors'
// galleries; the bytes are the same for the same files, so that a package can be checked by building it again.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

const here = fileURLToPath(new URL("..", import.meta.url));
const maxBytes = 15 * 1024 * 1024;
const parts = [
  "package.nls.json",
  "package.nls.zh-cn.json",
  "l10n",
  "media",
  "README.md",
  "CHANGELOG.md",
  "dist/main.cjs",
  "dist/server",
  "dist/panel",
  "dist/notice.en.md",
  "dist/notice.zh.md",
  "dist/third-party.txt",
];

const manifest = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
const words = JSON.parse(await readFile(join(here, "package.nls.json"), "utf8"));
// What only building needs stays here.
const { private: _, scripts: __, devDependencies: ___, ...published } = manifest;

/** @type {Record<string, Uint8Array>} */
const files = {
  "[Content_Types].xml": text(contentTypes()),
  "extension.vsixmanifest": text(description()),
  "extension/package.json": text(`${JSON.stringify(published, null, 2)}\n`),
  "extension/LICENSE.txt": await readFile(join(here, "../../LICENSE")),
};
for (const part of parts)
  for (const path of await filesOf(join(here, part)))
    files[`extension/${relative(here, path).split(sep).join("/")}`] = await readFile(path);

// 1 January 1980, the beginning of zip time: a real time would make two packages of the same files differ.
const packed = zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) });
const target = join(here, `${manifest.name}-${manifest.version}.vsix`);
const megabytes = (packed.length / 1024 / 1024).toFixed(1);
if (packed.length > maxBytes)
  throw new Error(
    `The package has ${megabytes} MB, more than ${maxBytes / 1024 / 1024}. Leave something out of it.`,
  );
await writeFile(target, packed);
console.log(
  `${relative(process.cwd(), target)}: ${Object.keys(files).length} files, ${megabytes} MB`,
);

/**
 * All files at a path, in order.
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesOf(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).toSorted();
  return (await Promise.all(names.map((name) => filesOf(join(path, name))))).flat();
}

function description() {
  const { publisher, name, version, engines, extensionKind, categories, keywords } = manifest;
  /** @param {string} key */
  const word = (key) => escape(words[key.replaceAll("%", "")]);
  const properties = Object.entries({
    "Microsoft.VisualStudio.Code.Engine": engines.vscode,
    "Microsoft.VisualStudio.Code.ExtensionDependencies": "",
    "Microsoft.VisualStudio.Code.ExtensionPack": "",
    "Microsoft.VisualStudio.Code.ExtensionKind": extensionKind.join(","),
    "Microsoft.VisualStudio.Code.LocalizedLanguages": "",
    "Microsoft.VisualStudio.Code.EnabledApiProposals": "",
    "Microsoft.VisualStudio.Code.ExecutesCode": "true",
    "Microsoft.VisualStudio.Services.GitHubFlavoredMarkdown": "true",
    "Microsoft.VisualStudio.Services.Content.Pricing": "Free",
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${escape(name)}" Version="${escape(version)}" Publisher="${escape(publisher)}" />
    <DisplayName>${word(manifest.displayName)}</DisplayName>
    <Description xml:space="preserve">${word(manifest.description)}</Description>
    <Tags>${escape(keywords.join(","))}</Tags>
    <Categories>${escape(categories.join(","))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
${properties.map(([id, value]) => `      <Property Id="${id}" Value="${escape(value)}" />`).join("\n")}
    </Properties>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/${manifest.icon}</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Changelog" Path="extension/CHANGELOG.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Icons.Default" Path="extension/${manifest.icon}" Addressable="true" />
  </Assets>
</PackageManifest>
`;
}

function contentTypes() {
  const types = {
    ".json": "application/json",
    ".vsixmanifest": "text/xml",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".js": "application/javascript",
    ".cjs": "application/javascript",
    ".css": "text/css",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
  };
  const rows = Object.entries(types).map(
    ([ending, type]) => `<Default Extension="${ending}" ContentType="${type}"/>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${rows.join("")}</Types>
`;
}

/** @param {string} value */
function text(value) {
  return new TextEncoder().encode(value);
}

/** @param {string} value */
function escape(value) {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
