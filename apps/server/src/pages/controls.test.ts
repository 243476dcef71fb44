import { Hono } from "hono";
import { expect, test } from "vitest";
import type { ServerEnv } from "../environment.ts";
import { Select } from "./controls.tsx";

const options = [
  ["", "—"],
  ["DE", "Germany"],
  ['">', '"><script>alert(1)</script>'],
  ["a&b", "R & D's"],
] as const;

async function written(value: string | undefined): Promise<string> {
  const app = new Hono<ServerEnv>();
  app.get("/", (context) => {
    context.set("language", "en");
    return context.html(Select({ context, name: "country", label: "Country", options, value }));
  });
  const html = await (await app.request("/")).text();
  return html.slice(html.indexOf("<option"), html.indexOf("</select>"));
}

test("a choice among many marks the one that holds, and is text whatever it is made of", async () => {
  const lines = {
    "": '<option value="">—</option>',
    DE: '<option value="DE">Germany</option>',
    '">': '<option value="&quot;&gt;">&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</option>',
    "a&b": '<option value="a&amp;b">R &amp; D&#39;s</option>',
  };
  const check = async (value: string | undefined) => {
    const expected = Object.entries(lines).map(([each, line]) =>
      each === value ? line.replace('">', '" selected="">') : line,
    );
    expect(await written(value)).toBe(expected.join(""));
  };
  // Twice, because the second time it comes from what was written the first.
  for (const value of [undefined, "DE", '">', "a&b", "", "XX", "DE"]) await check(value);
});
