// No kernel touches a byte outside of its matrices. Each level runs in a process of its own, from the built package: a
// fault ends that process, and its last line names the operation. Here a tenth of the shapes; `npm run verify` has all.
import { expect, test } from "vitest";
import { guards } from "./guards.ts";
import { skipped } from "./machine.ts";

test.each(["avx2", "avx512"] as const)("at %s, between pages without access rights", async (level) => {
  const skip = skipped(level);
  if (skip !== undefined) {
    console.log(skip);
    return;
  }
  expect(await guards(level, 10)).toMatch(/^\d+ compared, \d+ left to WebAssembly: matmul meanOuter /);
});
