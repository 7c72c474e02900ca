import { defineConfig } from "vitest/config";

// Tests of the library run from its source; those of the command run the built command, which `npm test` builds first.
export default defineConfig({
  resolve: { conditions: ["inkling-source"] },
  ssr: { resolve: { conditions: ["inkling-source"] } },
  test: {
    include: ["packages/*/{src,platform,test}/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./tools/counting-reporter.js"],
  },
});
