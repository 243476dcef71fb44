import ignore, { type Ignore } from "ignore";

/** The ignore files that are honoured, weakest first: a later one in the same folder overrules an earlier one. */
export const IGNORE_FILES = [".gitignore", ".ignore", ".cloudcodeignore"] as const;

/**
 * Left out even where no ignore file says so: what tools put there is not the project's own source. These are the weakest rules, so
 * `!vendor` in a `.cloudcodeignore` brings a folder back.
 */
const ALWAYS = `
  .git/ .hg/ .svn/ .jj/ CVS/
  node_modules/ bower_components/ jspm_packages/ vendor/ third_party/ Pods/ Carthage/
  site-packages/ __pycache__/ .venv/ venv/ .tox/ .nox/ .eggs/ *.egg-info/
  .cache/ .next/ .nuxt/ .svelte-kit/ .turbo/ .parcel-cache/ .angular/ .gradle/ .terraform/
  .mypy_cache/ .pytest_cache/ .ruff_cache/ .nyc_output/ coverage/ DerivedData/ .idea/ .vs/`
  .trim()
  .split(/\s+/);

/** Names that mean "build output" beside a project file, and may be anything elsewhere (`com/acme/build/Step.java`). */
const OUTPUTS = ["dist", "build", "out", "target", "obj", "_build"];
const PROJECT_FILES =
  /^(?:package\.json|pom\.xml|build\.gradle(?:\.kts)?|Cargo\.toml|CMakeLists\.txt|Makefile|setup\.py|pyproject\.toml|mix\.exs|.*\.(?:cs|vcx)proj)$/;

/** The rules that hold in one folder: those of the folders above with its own added. Immutable. */
export class IgnoreRules {
  readonly #rules: Ignore;
  readonly #caseless: boolean;

  private constructor(rules: Ignore, caseless: boolean) {
    this.#rules = rules;
    this.#caseless = caseless;
  }

  /** The rules of an empty workspace. `caseless`: names that differ only in case are one file here, as on macOS and Windows. */
  static create(caseless: boolean): IgnoreRules {
    return new IgnoreRules(ignore({ ignorecase: caseless }).add(ALWAYS), caseless);
  }

  /**
   * The rules inside `folder` ("" for the root), given the names in it and the texts of its ignore files, weakest first.
   * Git's meaning is kept by one ordered list, deeper files last: the last matching rule decides, and nothing below an ignored folder
   * can come back.
   */
  enter(folder: string, names: readonly string[], texts: readonly string[]): IgnoreRules {
    const outputs = names.some((name) => PROJECT_FILES.test(name))
      ? OUTPUTS.map((name) => `/${name}/`)
      : [];
    const lines = [
      ...outputs,
      ...texts.flatMap((text) => text.replace(/^\uFEFF/, "").split(/\r\n?|\n/)),
    ];
    const own = lines.flatMap((line) => anchor(line, folder));
    if (own.length === 0) return this;
    const rules = ignore({ ignorecase: this.#caseless }).add(this.#rules).add(own);
    return new IgnoreRules(rules, this.#caseless);
  }

  /** Whether a file or folder, relative to the root with forward slashes, is left out. */
  ignores(path: string, isFolder: boolean): boolean {
    return this.#rules.ignores(isFolder ? `${path}/` : path);
  }
}

// A pattern of `folder`'s ignore file as a pattern of the root's. In `web/`:
//
//     *.log   → /web/**/*.log      no slash but at the end: at any depth
//     /tmp    → /web/tmp           otherwise: from this folder
//     !a/b    → !/web/a/b          the mark of negation stays in front
function anchor(line: string, folder: string): string[] {
  const text = line.replace(/(?<!\\)[ \t]+$/, "");
  if (text === "" || text.startsWith("#")) return [];
  if (folder === "") return [text];
  const mark = text.startsWith("!") ? "!" : "";
  const pattern = text.slice(mark.length);
  const place = folder.replace(/[\\*?[\]!# ]/g, "\\$&");
  if (pattern.startsWith("/")) return [`${mark}/${place}${pattern}`];
  return [`${mark}/${place}/${pattern.slice(0, -1).includes("/") ? "" : "**/"}${pattern}`];
}
