/**
 * The parts of an identifier in lower case: `readXMLFile2` and `READ_XML_FILE2` both give read, xml, file, 2.
 * Letters of scripts without case stay together, and so do a letter or two with their digits: `md5`, `s3`, `2d`.
 */
export function splitIdentifier(word: string): string[] {
  return (word.match(PART) ?? []).map((part) => part.toLowerCase());
}

// In turn: short words with their digits, capitals before a capitalised word ("XML" of "XMLFile", "URLs" whole), a word, the other letters of the world, digits.
const PART =
  /(?<![\p{L}\p{N}])(?:\p{L}{1,3}\p{N}{1,2}|\p{N}\p{L})(?![\p{L}\p{N}])|\p{Lu}+s(?!\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu;

/** Whether `pattern` abbreviates `name` hump by hump: `HM` and `HaMa` stand for `HashMap`, `crSh` for `createSheet`. */
export function matchesHumps(pattern: string, name: string): boolean {
  const wanted = humpsOf(pattern);
  const humps = humpsOf(name);
  if (wanted.length < 2 || wanted.length > humps.length) return false;
  return wanted.every((hump, at) => (humps[at] ?? "").toLowerCase().startsWith(hump.toLowerCase()));
}

/** The humps of a name: `HashMap` has Hash and Map. */
export function humpsOf(name: string): readonly string[] {
  return name.match(HUMP) ?? [];
}

// A hump is a capital with what follows, or the small letters at the beginning; "_" separates as a capital does.
const HUMP = /\p{Lu}[\p{Ll}\p{N}]*|[\p{Ll}\p{N}]+/gu;
