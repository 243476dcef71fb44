import { defineConfig } from "vitest/config";

/** Only the tests that need a real daemon; everything else of this folder runs with `npm test`. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: { include: ["e2e/dify/*.e2e.ts"], testTimeout: 300_000, hookTimeout: 600_000 },
});
