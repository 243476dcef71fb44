import fc from "fast-check";
import { expect, it } from "vitest";
import { findTrouble } from "./trouble.ts";

function check(line: string, expected: string | undefined): void {
  const found = findTrouble(line);
  expect(found?.text).toBe(expected);
  if (found !== undefined)
    expect(line.slice(found.start, found.start + found.length)).toBe(found.text);
}

it("finds the message of an error in a terminal's line", () => {
  check("TypeError: x is not a function", "TypeError: x is not a function");
  check("Uncaught TypeError [ERR_X]: no  ", "TypeError [ERR_X]: no");
  check("java.io.IOException: Stream closed", "java.io.IOException: Stream closed");
  check("Caused by: a.b.MyException: why", "a.b.MyException: why");
  check("KeyboardInterrupt", "KeyboardInterrupt");
  check("sqlalchemy.exc.OperationalError: (x) y", "sqlalchemy.exc.OperationalError: (x) y");
  check("a.ts(3,5): error TS2322: Type 'x'", "error TS2322: Type 'x'");
  check("error[E0382]: borrow of moved value", "error[E0382]: borrow of moved value");
  check("main.c:1:10: fatal error: x.h: No such file", "fatal error: x.h: No such file");
  check("panic: runtime error: index out of range", "panic: runtime error: index out of range");
  check("npm ERR! code E404", "npm ERR! code E404");
});

it("leaves other lines alone", () => {
  for (const line of ["", "0 errors", "$ ls Error", "handleError(x)", "Errors: 3 in 2 files"])
    check(line, undefined);
});

it("gives a part of the line it was asked about", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.constantFrom("", "XError: ", "error: "),
      (text, head) => {
        const found = findTrouble(head + text);
        if (found === undefined) return;
        expect((head + text).slice(found.start, found.start + found.length)).toBe(found.text);
      },
    ),
  );
});
