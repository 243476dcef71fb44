import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../bin/cloud-code.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cloud-code-mcp-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("cloud-code mcp", () => {
  it("offers the search to the protocol's own client over a pipe", async () => {
    writeFileSync(
      join(folder, "a.py"),
      'def read_rows(path):\n    """Reads the rows of a table."""\n    return path\n',
    );
    const client = new Client({ name: "test", version: "1" });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [PROGRAM, "mcp", "--workspace", folder],
        env: { CLOUD_CODE_CACHE_DIR: join(folder, ".cache"), PATH: "" },
      }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["search_code"]);
    const answer = await client.callTool({
      name: "search_code",
      arguments: { query: "read rows of a table" },
    });
    expect(answer.structuredContent).toMatchObject({
      total: 1,
      results: [{ path: "a.py", startLine: 1, endLine: 3 }],
    });
    expect(JSON.stringify(answer.content)).toContain("def read_rows(path)");
    const wrong = await client.callTool({
      name: "search_code",
      arguments: { query: "rows", filter: { languages: ["pyton"] } },
    });
    expect(JSON.stringify(wrong)).toMatch(/"isError":true/);
    expect(JSON.stringify(wrong)).toContain("typescript, tsx");
    const python = await client.callTool({
      name: "search_code",
      arguments: { query: "read_rows", filter: { languages: ["PY"] } },
    });
    expect(python.structuredContent).toMatchObject({ total: 1 });
    expect(JSON.stringify(python).split("Reads the rows").length).toBe(2);
    const refused = await client.callTool({ name: "search_code", arguments: { query: "/(/" } });
    expect(refused).toMatchObject({ isError: true });
    await client.close();
  });
});
