import { defineConfig } from "vitest/config";

// Tests of the library run from its source; those of the command and of machine code run what `npm test` builds first.
export default defineConfig({
  resolve: { conditions: ["inkling-source"] },
  ssr: { resolve: { conditions: ["inkling-source"] } },
  test: {
    include: ["packages/*/{src,platform,test}/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // All cores: much of the time is waiting for processes and pages. Vitest would leave one out.
    maxWorkers: "100%",
    reporters: ["default", "./tools/counting-reporter.js"],
  },
});
