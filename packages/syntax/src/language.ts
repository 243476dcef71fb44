/** Languages with a lexer of their own; every other text is lexed as "generic". */
export type Language =
  | "typescript"
  | "tsx"
  | "javascript"
  | "java"
  | "python"
  | "go"
  | "rust"
  | "c"
  | "cpp"
  | "csharp"
  | "php"
  | "ruby"
  | "generic";

const extensions: Readonly<Record<Language, string>> = {
  typescript: "ts mts cts",
  tsx: "tsx",
  javascript: "js jsx mjs cjs es6",
  java: "java jav",
  python: "py pyi pyw pyx pxd gyp wsgi",
  go: "go",
  rust: "rs",
  c: "c h",
  cpp: "cc cpp cxx c++ hh hpp hxx h++ ipp inl tcc tpp ino cu cuh",
  csharp: "cs csx",
  php: "php php3 php4 php5 phtml phps",
  ruby: "rb rbw rake gemspec podspec ru thor jbuilder builder",
  generic: `ada adb ads apex awk bash bat bzl cbl clj cljc cljs cls cmake cmd cob coffee cr cshtml d dart edn elm erl ex exs
    f f03 f90 f95 fish for fs fsi fsx gd glsl gql gradle graphql groovy gvy hack hcl hlsl hrl hs hx idr jl kt kts ksh lean
    lhs lisp lsp lua luau m metal mk ml mli mm move nim nix pas pl pm pp proto ps1 psm1 purs r re rei res rkt robot
    scala sc scm sh sol sql ss starlark sv svh swift tcl tf thrift toit v vala vb vbs verilog vhd vhdl vue svelte astro
    wgsl zig zsh`,
};

const names: Readonly<Partial<Record<Language, string>>> = {
  python: "sconstruct sconscript wscript snakefile",
  ruby: "rakefile gemfile guardfile podfile vagrantfile capfile fastfile appfile brewfile berksfile dangerfile",
  javascript: "jakefile",
  generic:
    "makefile gnumakefile dockerfile containerfile jenkinsfile cmakelists.txt build workspace tiltfile justfile",
};

/** Programs named on a script's first line; a version may follow the name. */
const interpreters: Readonly<Partial<Record<Language, string>>> = {
  javascript: "node nodejs bun",
  typescript: "deno tsx ts-node",
  python: "python pypy",
  ruby: "ruby jruby",
  php: "php",
  generic: "sh bash zsh dash ksh fish perl lua tclsh awk gawk pwsh groovy Rscript julia",
};

function byWord(words: Readonly<Partial<Record<Language, string>>>): ReadonlyMap<string, Language> {
  const map = new Map<string, Language>();
  // The keys of these records are languages by their type; Object.entries forgets that.
  for (const [language, list] of Object.entries(words) as [Language, string][]) {
    for (const word of list.trim().split(/\s+/)) map.set(word, language);
  }
  return map;
}

const languageByExtension = byWord(extensions);
const languageByName = byWord(names);
const languageByInterpreter = byWord(interpreters);

/**
 * The language of a file by its name, upper or lower case; undefined for what is not source: data, prose, styles,
 * markup, images, and names that say nothing (see {@link languageOfScript}). Path separators are "/" or "\".
 */
export function languageOf(path: string): Language | undefined {
  const name = path
    .slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)
    .toLowerCase();
  const known = languageByName.get(name);
  if (known !== undefined) return known;
  const dot = name.lastIndexOf(".");
  // A leading dot makes a hidden file, not an extension.
  return dot > 0 ? languageByExtension.get(name.slice(dot + 1)) : undefined;
}

/** The language that a script's `#!` line names, for files without an extension; undefined if there is no such line. */
export function languageOfScript(text: string): Language | undefined {
  const line = /^#!.{0,200}/.exec(text)?.[0];
  if (line === undefined) return undefined;
  // "#!/usr/bin/env -S FOO=1 python3.12 -u" runs python: the first word after env that is no option and no setting.
  for (const word of line.slice(2).trim().split(/\s+/)) {
    const program = word.slice(word.lastIndexOf("/") + 1);
    if (program === "env" || program.startsWith("-") || program.includes("=")) continue;
    return languageByInterpreter.get(program.replace(/[\d.]+$/, ""));
  }
  return undefined;
}
