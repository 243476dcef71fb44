// Where things end. Every function takes the text and an index and answers with the index behind the thing; none
// looks at a character twice, none fails, and what is unterminated ends where its comment says.

/** True for "\n" and "\r", the two characters that can begin a line break. */
export function isBreak(code: number): boolean {
  return code === 10 || code === 13;
}

/** Where the line break that starts at `at` ends: "\r\n" is one. */
export function breakEnd(text: string, at: number): number {
  return text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
}

/** Where the line that holds `at` ends, before its line break. */
export function lineEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isBreak(text.charCodeAt(end))) end++;
  return end;
}

/** The end of the next `mark` at or after `at`, or of the text. */
export function behind(text: string, mark: string, at: number): number {
  const found = text.indexOf(mark, at);
  return found < 0 ? text.length : found + mark.length;
}

/** True for the codes of "0" to "9". */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True for ASCII letters, digits and "_". */
export function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isDigit(code) || code === 95;
}

/** True if the character with this code is one of `characters`; false for NaN, the code beyond the end of a text. */
export function isOneOf(code: number, characters: string): boolean {
  return code > 0 && characters.includes(String.fromCharCode(code));
}

/** What a non-ASCII code may be in a name. */
const Part = { Unseen: 0, Start: 1, Continue: 2, Never: 3 } as const;

/** One {@link Part} per UTF-16 unit, filled as units are met: the Unicode tables are slow to ask, and large to copy. */
const parts = new Uint8Array(0x10000);

function classify(character: string): number {
  if (/\p{ID_Start}/u.test(character)) return Part.Start;
  return /\p{ID_Continue}/u.test(character) ? Part.Continue : Part.Never;
}

function partAt(text: string, at: number): number {
  const code = text.codePointAt(at) ?? 0;
  if (code >= 0x10000) return classify(String.fromCodePoint(code));
  let part = parts[code] ?? Part.Never;
  if (part === Part.Unseen) {
    // A lone surrogate has neither property, so it is never part of a name.
    part = classify(String.fromCharCode(code));
    parts[code] = part;
  }
  return part;
}

function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) >= 0x10000 ? 2 : 1;
}

/** True if a name can start with the non-ASCII character at `at`. */
export function isLetterAt(text: string, at: number): boolean {
  return partAt(text, at) === Part.Start;
}

/** True if a name can start at `at`: a letter or "_". */
export function isNameAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code >= 128) return isLetterAt(text, at);
  return isWord(code) && !isDigit(code);
}

/** Where the non-ASCII part of a name at `at` ends, one character on; `at` itself if there is none. */
export function partEnd(text: string, at: number): number {
  return at < text.length && partAt(text, at) !== Part.Never ? at + width(text, at) : at;
}

/** Where the name that holds `at` ends: letters, digits, "_" and the other characters that Unicode allows in names. */
export function nameEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    if (isWord(text.charCodeAt(end))) {
      end++;
    } else if (text.charCodeAt(end) >= 128) {
      const next = partEnd(text, end);
      if (next === end) return end;
      end = next;
    } else {
      return end;
    }
  }
}

/** Where the character at `at` ends: a surrogate pair is two units. */
export function characterEnd(text: string, at: number): number {
  return at + (text.charCodeAt(at) >= 128 ? width(text, at) : 1);
}

/** How a language writes numbers, beyond what all share. */
export interface NumberStyle {
  /** True if `1.` is a number, so that the point may stand without digits after it. */
  readonly bare: boolean;
  /** True if `.5` is a number. */
  readonly leading: boolean;
  /** True if `'` may stand between digits, as in C++. */
  readonly quotes: boolean;
}

/**
 * Where the number that starts at `at` ends: digits, letters (`0xFF`, `10n`, `1_000u32`), one point with
 * digits, and a sign after the letter of an exponent. The letters are not checked: `1abc` is one number.
 */
export function numberEnd(text: string, at: number, style: NumberStyle): number {
  const hexadecimal = text.charCodeAt(at) === 48 && (text.charCodeAt(at + 1) | 32) === 120;
  const exponent = hexadecimal ? 112 /* p */ : 101; /* e */
  let pointed = false;
  let end = at;
  for (;;) {
    // Beyond the end of the text the code is NaN, which fails every comparison.
    const code = text.charCodeAt(end);
    if (isWord(code)) {
      end++;
      if (
        (code | 32) === exponent &&
        isSign(text.charCodeAt(end)) &&
        isDigit(text.charCodeAt(end + 1))
      )
        end++;
    } else if (code === 46 && !pointed && isFraction(text, end + 1, style)) {
      pointed = true;
      end++;
    } else if (code === 39 && style.quotes && end > at && isWord(text.charCodeAt(end + 1))) {
      end++;
    } else {
      return end;
    }
  }
}

function isSign(code: number): boolean {
  return code === 43 || code === 45;
}

/** True if the point before `at` belongs to the number: not in `1..2` nor in `1.max(2)`, but in `1.5`, `1.` and `1.e5`. */
function isFraction(text: string, at: number, style: NumberStyle): boolean {
  const code = text.charCodeAt(at);
  if (isDigit(code)) return true;
  if (!style.bare || code === 46) return false;
  if (!isNameAt(text, at)) return true;
  const next = text.charCodeAt(at + 1);
  if ((code | 32) === 101 && (isDigit(next) || isSign(next))) return true;
  // A suffix that stands alone: 1.f, 1.d, 1.l, 1.j
  return isOneOf(code, "fdljFDLJ") && !isWord(next);
}

/** How a string literal meets a line break. */
export const Breaks = {
  /** It ends before it. */
  End: 0,
  /** It ends before it, unless a backslash stands there. */
  Escaped: 1,
  /** It goes on. */
  Inside: 2,
} as const;

/** One of the numbers in {@link Breaks}. */
export type Breaks = (typeof Breaks)[keyof typeof Breaks];

/**
 * Where the literal ends whose content starts at `at` and whose closing quote has the code `quote`; a backslash
 * takes the next character along. Unterminated, it ends at the line break or at the end of the text, as `breaks` says.
 */
export function quotedEnd(text: string, at: number, quote: number, breaks: Breaks): number {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === quote) return end + 1;
    if (code === 92) {
      const next = text.charCodeAt(end + 1);
      if (isBreak(next)) {
        if (breaks === Breaks.End) return end + 1;
        end = breakEnd(text, end + 1);
      } else {
        end += 2;
      }
    } else if (breaks !== Breaks.Inside && isBreak(code)) {
      return end;
    } else {
      end++;
    }
  }
  return text.length;
}

/** Where the literal ends that is closed by `close` (several characters) and may hold escapes and line breaks; else the text's end. */
export function escapedEnd(text: string, at: number, close: string): number {
  const first = close.charCodeAt(0);
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 92) end += 2;
    else if (code === first && text.startsWith(close, end)) return end + close.length;
    else end++;
  }
  return text.length;
}
