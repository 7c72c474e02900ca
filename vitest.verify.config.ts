import { defineConfig } from "vitest/config";

// What takes minutes: `npm run verify`. Tests of `npm test` that do a part of something do all of it here: each command
// runs in a process of its own, and every page of a browser does every training.
export default defineConfig({
  resolve: { conditions: ["inkling-source"] },
  ssr: { resolve: { conditions: ["inkling-source"] } },
  test: {
    include: [
      "packages/*/test/**/*.verify.ts",
      "packages/cli/test/**/*.test.ts",
      "packages/inkling/test/{browser,groups}/*.test.ts",
    ],
    env: { INKLING_VERIFY: "1" },
    testTimeout: 7_200_000,
    hookTimeout: 7_200_000,
    maxWorkers: "100%",
    reporters: ["verbose", "./tools/counting-reporter.js"],
  },
});
