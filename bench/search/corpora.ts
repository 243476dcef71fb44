/** Fetches the pinned packages that the questions are about, each through its own package manager, into a folder outside of the repository. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const NPM = ["commander@12.1.0", "express@4.21.2", "axios@1.7.9", "semver@7.6.3"];
const PYPI = ["requests==2.32.3", "flask==3.0.3", "click==8.1.7"];
const MAVEN = [
  "com.google.code.gson:gson:2.11.0",
  "org.apache.commons:commons-lang3:3.14.0",
  "org.apache.commons:commons-csv:1.11.0",
];
/** More than a million lines in one tree, for the times. */
const TREE = ["sympy==1.13.3", "django==5.1.4", "networkx==3.4.2", "sqlalchemy==2.0.36"];

/** A folder for each package, by the name that the questions use. */
export function fetchCorpora(cache: string): Map<string, string> {
  const folders = new Map<string, string>();
  const place = (name: string, fill: (folder: string) => void): void => {
    const folder = join(cache, "corpora", name);
    folders.set(name, folder);
    if (existsSync(folder)) return;
    const fresh = `${folder}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    fill(fresh);
    cpSync(fresh, folder, { recursive: true });
    rmSync(fresh, { recursive: true });
  };
  for (const spec of NPM) {
    const name = spec.slice(0, spec.lastIndexOf("@"));
    place(name, (folder) => {
      run("npm", ["pack", "--silent", "--pack-destination", folder, spec], folder);
      run("tar", ["xzf", readdirSync(folder)[0] ?? "", "--strip-components=1"], folder);
      for (const file of readdirSync(folder)) if (file.endsWith(".tgz")) rmSync(join(folder, file));
    });
  }
  for (const spec of PYPI) {
    const name = spec.slice(0, spec.indexOf("="));
    place(name, (folder) => {
      const all = join(folder, "all");
      run("pip", ["install", "-q", "--no-deps", "--target", all, spec], folder);
      cpSync(join(all, name), folder, { recursive: true });
      rmSync(all, { recursive: true });
    });
  }
  for (const spec of MAVEN) {
    const name = spec.split(":")[1] ?? spec;
    place(name, (folder) => {
      const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
      run(
        "mvn",
        ["-q", "-B", goal, `-Dartifact=${spec}:jar:sources`, `-DoutputDirectory=${folder}`],
        folder,
      );
      run("unzip", ["-q", readdirSync(folder)[0] ?? ""], folder);
    });
  }
  return folders;
}

/** The large tree. */
export function fetchTree(cache: string): string {
  const folder = join(cache, `tree-${TREE.join(",").replaceAll("==", "-")}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.new`;
  mkdirSync(fresh, { recursive: true });
  run("pip", ["install", "-q", "--no-deps", "--no-compile", "--target", fresh, ...TREE], cache);
  cpSync(fresh, folder, { recursive: true });
  rmSync(fresh, { recursive: true });
  return folder;
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, [...args], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 600_000,
  });
}
