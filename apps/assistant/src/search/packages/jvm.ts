import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  folderOfProgram,
  isPlain,
  listIf,
  type PackageOnDisk,
  readIf,
  type Surroundings,
} from "./package.ts";

interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

/** Declared Maven and Gradle dependencies that have a source jar in a local repository, and the packages of the JDK that are imported. */
export async function findJvm(around: Surroundings): Promise<PackageOnDisk[]> {
  const artifacts = new Map<string, Artifact>();
  for (const folder of around.folders)
    for (const artifact of await readDeclared(folder))
      artifacts.set(`${artifact.group}:${artifact.name}:${artifact.version}`, artifact);
  const found: PackageOnDisk[] = [];
  for (const artifact of artifacts.values()) {
    const root = await findSources(artifact, around.environment);
    if (root === undefined) continue;
    const isImported = [...around.imports].some((name) => name.startsWith(`${artifact.group}.`));
    found.push({
      ecosystem: "maven",
      name: `${artifact.group}:${artifact.name}`,
      version: artifact.version,
      licence: await readLicence(root),
      root,
      isImported,
    });
  }
  return [...found, ...(await findJdk(around))];
}

async function readDeclared(folder: string): Promise<Artifact[]> {
  const found: Artifact[] = [];
  const pom = await readIf(join(folder, "pom.xml"));
  if (pom !== undefined) {
    const properties = new Map(
      Array.from(pom.matchAll(/<([\w.-]+)>([^<]+)<\/\1>/g), ([, name = "", value = ""]) => [
        name,
        value,
      ]),
    );
    const fill = (text: string): string =>
      text.trim().replace(/\$\{([\w.-]+)\}/g, (mark, name: string) => properties.get(name) ?? mark);
    for (const [, body = ""] of pom.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)) {
      const tag = (name: string): string =>
        fill(new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "");
      found.push({ group: tag("groupId"), name: tag("artifactId"), version: tag("version") });
    }
  }
  for (const file of ["build.gradle", "build.gradle.kts"]) {
    const text = (await readIf(join(folder, file))) ?? "";
    for (const [, group = "", name = "", version = ""] of text.matchAll(
      /["']([\w.-]+):([\w.-]+):([\w.-]+)["']/g,
    ))
      found.push({ group, name, version });
  }
  return found.filter(
    ({ group, name, version }) =>
      isPlain(group) && isPlain(name) && (version === "" || isOpen(version) || isPlain(version)),
  );
}

/** Whether a version is settled elsewhere, by a parent or a property. */
function isOpen(version: string): boolean {
  return version.includes("$");
}

/** The source jar of an artifact; with the version left to a parent, the newest that is there. */
async function findSources(
  { group, name, version }: Artifact,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const maven = join(
    environment["MAVEN_REPO_LOCAL"] ?? join(homedir(), ".m2", "repository"),
    ...group.split("."),
    name,
  );
  const gradle = join(
    environment["GRADLE_USER_HOME"] ?? join(homedir(), ".gradle"),
    "caches",
    "modules-2",
    "files-2.1",
    group,
    name,
  );
  const versions =
    version !== "" && !isOpen(version)
      ? [version]
      : (await listIf(maven)).sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const each of versions) {
    const jar = join(maven, each, `${name}-${each}-sources.jar`);
    if (existsSync(jar)) return jar;
    for (const hash of await listIf(join(gradle, each))) {
      const cached = join(gradle, each, hash, `${name}-${each}-sources.jar`);
      if (existsSync(cached)) return cached;
    }
  }
  return undefined;
}

async function readLicence(jar: string): Promise<string> {
  const pom = await readIf(jar.replace(/-sources\.jar$/, ".pom"));
  return /<license>[\s\S]*?<name>([^<]+)<\/name>/.exec(pom ?? "")?.[1]?.trim() ?? "";
}

async function findJdk({ imports, environment, folders }: Surroundings): Promise<PackageOnDisk[]> {
  const isJava = folders.some((folder) =>
    ["pom.xml", "build.gradle", "build.gradle.kts"].some((file) => existsSync(join(folder, file))),
  );
  const used = new Set(
    [...imports]
      .filter((name) => /^(?:java|javax|jdk)\./.test(name))
      .map((name) => name.replace(/(?:\.[A-Z*].*|\.)$/, "")),
  );
  if (!isJava && used.size === 0) return [];
  const program = await folderOfProgram("java", environment);
  const homes = [
    environment["JAVA_HOME"],
    program === undefined ? undefined : join(program, ".."),
  ].filter((home) => home !== undefined);
  const home = homes.find((each) => existsSync(join(each, "lib", "src.zip")));
  if (home === undefined) return [];
  const version =
    /JAVA_VERSION="([^"]+)"/.exec((await readIf(join(home, "release"))) ?? "")?.[1] ?? "";
  // Package by package: the whole archive has 200 MB, a program imports a few of its 400 packages.
  return [...new Set(["java.lang", "java.util", ...used])].map((name) => ({
    ecosystem: "jdk",
    name,
    version,
    licence: "GPL-2.0-with-classpath-exception",
    root: join(home, "lib", "src.zip"),
    paths: [name.replaceAll(".", "/")],
    isFlat: true,
    isImported: used.has(name),
  }));
}
