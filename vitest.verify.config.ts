import { defineConfig } from "vitest/config";

// What takes minutes: `npm run verify`. The tests of the command run here too, each command in a process of its own.
export default defineConfig({
  resolve: { conditions: ["inkling-source"] },
  ssr: { resolve: { conditions: ["inkling-source"] } },
  test: {
    include: ["packages/*/test/**/*.verify.ts", "packages/cli/test/**/*.test.ts"],
    env: { INKLING_EACH_ALONE: "1" },
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    reporters: ["verbose", "./tools/counting-reporter.js"],
  },
});
