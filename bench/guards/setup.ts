/** Runs in the tests' own process: which guard is out, and which guards each test file asks. */
import { appendFileSync } from "node:fs";
import { afterAll, expect, inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The key of the guard that is taken out; empty for none. */
    readonly guardOut: string;
    /** Where to note the guards that were asked. */
    readonly guardLog: string;
  }
}

const out = inject("guardOut");
const asked = new Set<string>();

Object.assign(globalThis, {
  __isGuardOut(key: string): boolean {
    asked.add(key);
    return key === out;
  },
});

afterAll(() => {
  if (out === "")
    appendFileSync(
      inject("guardLog"),
      `${JSON.stringify({ file: expect.getState().testPath, asked: [...asked] })}\n`,
    );
});
