import { defineConfig } from "vitest/config";

// What takes minutes: `npm run verify`.
export default defineConfig({
  resolve: { conditions: ["inkling-source"] },
  ssr: { resolve: { conditions: ["inkling-source"] } },
  test: {
    include: ["packages/*/test/**/*.verify.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    reporters: ["verbose", "./tools/counting-reporter.js"],
  },
});
