import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Tests of the library run from its source; those of the command and of machine code run what `npm test` builds first.
export default defineConfig({
  resolve: { conditions: ["inkling-source"] },
  ssr: { resolve: { conditions: ["inkling-source"] } },
  test: {
    projects: [
      // Tests beside the library's source share a process: loading the library for each file takes longer than most of
      // these tests. A test that replaces a module or changes the process stands elsewhere.
      {
        extends: true,
        test: {
          name: "units",
          include: ["packages/*/src/**/*.test.ts", "apps/site/.vitepress/**/*.test.ts"],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["packages/*/{platform,test}/**/*.test.ts"],
          exclude: ["packages/figures/**"],
        },
      },
      // What these look at is in pages, and nothing of it in their process: it loads the figures once.
      {
        extends: true,
        test: {
          name: "figures",
          include: ["packages/figures/test/**/*.test.ts"],
          globalSetup: "packages/figures/test/run-folder.ts",
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "site",
          include: ["apps/site/test/*.test.ts"],
          globalSetup: "apps/site/test/build.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A page on a busy machine may take seconds to follow; what it has to show is the same.
    expect: { poll: { timeout: 30_000 } },
    // One more than cores: much of the time is waiting for processes and pages. Vitest would leave one out.
    maxWorkers: availableParallelism() + 1,
    reporters: ["default", "./tools/counting-reporter.js"],
  },
});
