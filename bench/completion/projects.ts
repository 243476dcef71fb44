/**
 * The development set: projects that ordinary package managers install at pinned versions. Only their positions are made here;
 * no source of theirs enters this repository. The engine's constants were chosen on the projects of the set "develop"; those of
 * "confirm" played no part in that.
 */

/** One project and where its sources come from. */
export interface Project {
  readonly name: string;
  readonly set: "develop" | "confirm";
  readonly source:
    | { readonly kind: "npm"; readonly spec: string }
    | { readonly kind: "pypi"; readonly spec: string }
    | { readonly kind: "maven"; readonly artifact: string }
    | { readonly kind: "go"; readonly spec: string }
    | { readonly kind: "cargo"; readonly name: string; readonly version: string }
    | { readonly kind: "debian"; readonly package: string; readonly folder: string }
    | {
        readonly kind: "debian-zip";
        readonly package: string;
        readonly file: string;
        readonly only: string;
      };
}

/** In the order of the report. */
export const PROJECTS: readonly Project[] = [
  { name: "ajv", set: "develop", source: { kind: "npm", spec: "ajv@8.17.1" } },
  { name: "rxjs", set: "develop", source: { kind: "npm", spec: "rxjs@7.8.2" } },
  {
    name: "redux-toolkit",
    set: "develop",
    source: { kind: "npm", spec: "@reduxjs/toolkit@2.5.0" },
  },
  { name: "viem", set: "develop", source: { kind: "npm", spec: "viem@2.21.0" } },
  {
    name: "gson",
    set: "develop",
    source: { kind: "maven", artifact: "com.google.code.gson:gson:2.11.0" },
  },
  {
    name: "commons-lang",
    set: "develop",
    source: { kind: "maven", artifact: "org.apache.commons:commons-lang3:3.17.0" },
  },
  {
    name: "rocketmq-broker",
    set: "develop",
    source: { kind: "maven", artifact: "org.apache.rocketmq:rocketmq-broker:5.3.1" },
  },
  { name: "flask", set: "develop", source: { kind: "pypi", spec: "flask==3.0.3" } },
  {
    name: "djangorestframework",
    set: "develop",
    source: { kind: "pypi", spec: "djangorestframework==3.15.2" },
  },
  {
    name: "django",
    set: "develop",
    source: {
      kind: "debian",
      package: "python3-django",
      folder: "/usr/lib/python3/dist-packages/django",
    },
  },
  { name: "effect", set: "confirm", source: { kind: "npm", spec: "effect@3.11.0" } },
  { name: "zod", set: "confirm", source: { kind: "npm", spec: "zod@4.1.12" } },
  { name: "mobx", set: "confirm", source: { kind: "npm", spec: "mobx@6.13.5" } },
  {
    name: "guava",
    set: "confirm",
    source: { kind: "maven", artifact: "com.google.guava:guava:33.3.1-jre" },
  },
  {
    name: "jdk-java.base",
    set: "confirm",
    source: {
      kind: "debian-zip",
      package: "openjdk-17-source",
      file: "/usr/lib/jvm/openjdk-17/src.zip",
      only: "java.base/java/*",
    },
  },
  { name: "gin", set: "confirm", source: { kind: "go", spec: "github.com/gin-gonic/gin@v1.10.0" } },
  { name: "tokio", set: "confirm", source: { kind: "cargo", name: "tokio", version: "1.42.0" } },
];
