/**
 * Build, check, sign and try plugin packages; what the `dify-sdk` command is made of.
 *
 * @packageDocumentation
 */
export {
  ArchiveError,
  maxUnpackedBytes,
  readArchive,
  writeArchive,
  type Archive,
} from "./archive.ts";
export {
  computeChecksum,
  createKeyPair,
  KeyError,
  signPackage,
  verifyPackage,
  type Category,
  type Verification,
} from "./signature.ts";
export {
  bundle,
  type Bundle,
  BundleError,
  createRuntimeFiles,
  packFiles,
  readDescription,
  readFolder,
  type NodeSource,
  type PluginPackage,
} from "./package.ts";
export { developPlugin, type DevelopOptions } from "./dev.ts";
export { runCommand, type Terminal } from "./command.ts";
