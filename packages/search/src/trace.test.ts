import { describe, expect, it } from "vitest";
import { readTrace } from "./trace.ts";

/** The error's class, the longest piece of its message, and its frames as "path:line name". */
function check(text: string, exception: string, piece: string, frames: readonly string[]): void {
  const trace = readTrace(text);
  expect(trace.exception).toBe(exception);
  expect(trace.pieces[0] ?? "").toBe(piece);
  expect(trace.frames.map(({ path, line, name }) => `${path}:${line} ${name}`.trim())).toEqual(
    frames,
  );
}

describe("readTrace", () => {
  it("Node.js", () => {
    check(
      `Error: Cannot find module './lib/x' at startup 1234
    at Function.load (node:internal/modules/cjs/loader:1207:15)
    at async Store.open (/home/me/app/src/store.ts:41:7)
    at file:///home/me/app/src/main.ts:3:1`,
      "",
      "Cannot find module",
      [
        "node:internal/modules/cjs/loader:1207 Function.load",
        "/home/me/app/src/store.ts:41 Store.open",
        "/home/me/app/src/main.ts:3",
      ],
    );
  });
  it("Python, whose last line says what went wrong", () => {
    check(
      `Traceback (most recent call last):
  File "/srv/app/main.py", line 12, in run
    load(path)
  File "/usr/lib/python3/dist-packages/pandas/io/excel.py", line 300, in read_excel
    raise ValueError(msg)
ValueError: Excel file format cannot be determined, you must specify an engine manually.`,
      "ValueError",
      "Excel file format cannot be determined, you must specify an engine manually",
      [
        "/usr/lib/python3/dist-packages/pandas/io/excel.py:300 read_excel",
        "/srv/app/main.py:12 run",
      ],
    );
  });
  it("Java, with a value in the message", () => {
    check(
      `Exception in thread "main" java.lang.IllegalArgumentException: Sheet index (7) is out of range (0..2)
\tat org.apache.poi.xssf.usermodel.XSSFWorkbook.validateSheetIndex(XSSFWorkbook.java:1441)
\tat com.acme.Report.main(Report.java:15)`,
      "java.lang.IllegalArgumentException",
      "is out of range",
      [
        "XSSFWorkbook.java:1441 org.apache.poi.xssf.usermodel.XSSFWorkbook.validateSheetIndex",
        "Report.java:15 com.acme.Report.main",
      ],
    );
  });
  it("the cause before what it caused", () => {
    check(
      `java.lang.IllegalStateException: cannot start
\tat com.acme.Main.start(Main.java:9)
Caused by: java.io.FileNotFoundException: the settings are missing
\tat com.acme.Settings.read(Settings.java:31)
\t... 1 more`,
      "java.io.FileNotFoundException",
      "the settings are missing",
      ["Settings.java:31 com.acme.Settings.read", "Main.java:9 com.acme.Main.start"],
    );
    check(
      `TypeError: fetch failed
    at load (/app/load.js:3:9) {
  [cause]: RangeError: the header is too large
      at parse (/app/parse.js:7:1)
}`,
      "RangeError",
      "the header is too large",
      ["/app/parse.js:7 parse", "/app/load.js:3 load"],
    );
  });
  it("Go, Rust and compilers", () => {
    check(
      `panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.main()
\t/home/me/app/main.go:8 +0x1d`,
      "",
      "runtime error: index out of range",
      ["/home/me/app/main.go:8"],
    );
    check(
      `thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds`,
      "",
      "panicked at src/main.rs",
      ["src/main.rs:4"],
    );
    check(
      "src/store.ts(12,3): error TS2322: Type 'string' is not assignable to type 'number'.",
      "",
      "is not assignable to type",
      ["src/store.ts:12"],
    );
  });
});
