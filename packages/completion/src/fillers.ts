/**
 * Lines that put right what taking a line out puts wrong. When a document has errors with the cursor's line as it is, and without
 * it, the question is whether the line is to blame: it may have opened a block, closed one, or carried an expression on. If one of
 * these makes the errors go away, it was.
 */
import type { Language } from "@cloud-code/syntax";

/** Lines after which something is open. */
const OPENING = ["{", "class X {", "void x(", "try {", "x({", "x => {", "void x(X x,", "? x(", "["];
/** Lines that close something or carry it on. */
const CLOSING = ["}", ")", "})", ") {", "X x) {", ": x;", "+ x;", "x ||", "]", "} else {", "x"];

const PYTHON_OPENING = ["if x:", "try:", "def x(x):", "def x(x,", "x(", "class X:", "{", "["];
const PYTHON_CLOSING = [")", "x,", "}", "]", "x)", "x):", "else:", "except X:", "x"];

/** Lines to try, the likeliest first; what follows an indentation was probably opened by the line before it. */
export function fillersFor(language: Language, isNextLineDeeper: boolean): readonly string[] {
  const [opening, closing] =
    language === "python" ? [PYTHON_OPENING, PYTHON_CLOSING] : [OPENING, CLOSING];
  return isNextLineDeeper ? [...opening, ...closing] : [...closing, ...opening];
}
