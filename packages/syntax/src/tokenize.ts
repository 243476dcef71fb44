import type { Language } from "./language.ts";
import { c, cpp } from "./lexers/c.ts";
import { csharp } from "./lexers/csharp.ts";
import { jsx, typescript } from "./lexers/ecmascript.ts";
import { generic } from "./lexers/generic.ts";
import { go } from "./lexers/go.ts";
import { java } from "./lexers/java.ts";
import { php } from "./lexers/php.ts";
import { python } from "./lexers/python.ts";
import { ruby } from "./lexers/ruby.ts";
import { rust } from "./lexers/rust.ts";
import { Scanner } from "./scanner.ts";
import type { Lexer } from "./scanner.ts";
import type { Tokens } from "./token.ts";

const lexers: Readonly<Record<Language, Lexer>> = {
  typescript,
  tsx: jsx,
  javascript: jsx,
  java,
  python,
  go,
  rust,
  c,
  cpp,
  csharp,
  php,
  ruby,
  generic,
};

/**
 * Splits a text into tokens. Any text has tokens: unfinished and malformed code included, in time linear in its length.
 *
 * A string literal is one token, also over several lines, and interpolated strings are too, except for JavaScript's
 * template literals, whose chunks are tokens with the tokens of the expressions between them. An unterminated literal
 * ends at the line break if its language ends it there, else at the end of the text. `>>` is two tokens in languages
 * with type arguments, because only a parser can tell a shift from the end of `Map<string, Set<number>>`.
 */
export function tokenize(text: string, language: Language): Tokens {
  const { lexicon, lex } = lexers[language];
  const scanner = new Scanner(text, lexicon);
  lex(scanner);
  return scanner.finish();
}

/** True if `word` is reserved in `language`; words that are reserved only in places (`async`, `record`) are not. */
export function isKeyword(word: string, language: Language): boolean {
  return lexers[language].lexicon.keywords.value(word, 0, word.length) !== 0;
}
