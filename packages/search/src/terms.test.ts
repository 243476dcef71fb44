import { describe, expect, it } from "vitest";
import { matchesHumps, splitIdentifier } from "./split.ts";
import { toBigrams, toTerms } from "./terms.ts";

describe("splitIdentifier", () => {
  function check(word: string, parts: readonly string[]): void {
    expect(splitIdentifier(word), word).toEqual(parts);
  }
  it("cuts at humps, underscores, digits and changes of script", () => {
    check("readXMLFile", ["read", "xml", "file"]);
    check("READ_XML_FILE", ["read", "xml", "file"]);
    check("parseURLs", ["parse", "urls"]);
    check("HTTPServer2", ["http", "server", "2"]);
    check("$scope", ["scope"]);
    check("__init__", ["init"]);
    check("größeÄndern", ["größe", "ändern"]);
    check("读取excel文件", ["读取", "excel", "文件"]);
  });
  it("keeps short words with their digits", () => {
    check("md5", ["md5"]);
    check("s3", ["s3"]);
    check("2d", ["2d"]);
  });
});

describe("toTerms", () => {
  function check(text: string, terms: readonly string[]): void {
    expect(toTerms(text), text).toEqual(terms);
  }
  it("stems words and leaves out those that say nothing", () => {
    check("Reads all the files of a folder", ["read", "file", "folder"]);
    check("readFiles(folderName)", ["read", "file", "folder", "name"]);
  });
  it("takes Chinese by pairs of characters, also within names", () => {
    check("读取文件", ["读取", "取文", "文件"]);
    check("按行读", ["按行", "行读"]);
    check("文", ["文"]);
    expect(toBigrams("read 读取 x 文件夹")).toEqual(["读取", "文件", "件夹"]);
  });
  it("leaves out data: words beyond any name, long numbers", () => {
    check(`${"a".repeat(65)} 1234567890123 12`, ["12"]);
  });
});

describe("matchesHumps", () => {
  it("takes beginnings of humps in their order", () => {
    expect(matchesHumps("HM", "HashMap")).toBe(true);
    expect(matchesHumps("HaMa", "HashMap")).toBe(true);
    expect(matchesHumps("crSh", "createSheet")).toBe(true);
    expect(matchesHumps("crSh", "createShortcut")).toBe(true);
    expect(matchesHumps("MH", "HashMap")).toBe(false);
    expect(matchesHumps("H", "HashMap")).toBe(false);
  });
});
