import { expect, it } from "vitest";
import { languageOf, languageOfScript } from "./index.ts";
import type { Language } from "./index.ts";

function check(
  rows: readonly (readonly [string, Language | undefined])[],
  of: typeof languageOf,
): void {
  for (const [input, language] of rows) expect(of(input), input).toBe(language);
}

it("a file's language follows from its extension or its name, in any case", () => {
  check(
    [
      ["src/index.ts", "typescript"],
      ["types.d.ts", "typescript"],
      ["App.TSX", "tsx"],
      ["a.mjs", "javascript"],
      ["C:\\code\\Main.java", "java"],
      ["stub.pyi", "python"],
      ["a/b.go", "go"],
      ["lib.rs", "rust"],
      ["stdio.h", "c"],
      ["a.hpp", "cpp"],
      ["Program.cs", "csharp"],
      ["index.php", "php"],
      ["Gemfile", "ruby"],
      ["Main.kt", "generic"],
      ["run.sh", "generic"],
      ["App.vue", "generic"],
      ["deploy/Dockerfile", "generic"],
    ],
    languageOf,
  );
});

it("data, prose, styles and names that say nothing have no language", () => {
  const names = [
    "a.json",
    "a.yaml",
    "README.md",
    "a.xml",
    "a.html",
    "a.css",
    "a.png",
    "a.toml",
    "LICENSE",
    ".rs",
    ".env",
    "ts",
    "a.",
    "",
    "a.ts/",
  ];
  check(
    names.map((name) => [name, undefined]),
    languageOf,
  );
});

it("a script names its language on its first line", () => {
  check(
    [
      ["#!/bin/bash\n", "generic"],
      ["#!/usr/bin/env python3.12\nx", "python"],
      ["#! /usr/bin/env -S FOO=1 node --x", "javascript"],
      ["#!/usr/bin/ruby -w", "ruby"],
      ["#!/opt/unknown", undefined],
      ["#!", undefined],
      ["x\n#!/bin/sh", undefined],
      ["", undefined],
    ],
    languageOfScript,
  );
});
