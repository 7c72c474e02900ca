// As guards.test.ts, over all shapes.
import { expect, test } from "vitest";
import { guards } from "./guards.ts";
import { skipped } from "./machine.ts";

test.each(["avx2", "avx512"] as const)("at %s, between pages without access rights", async (level) => {
  const skip = skipped(level);
  if (skip !== undefined) {
    console.log(skip);
    return;
  }
  expect(await guards(level, 1)).toMatch(/^\d+ compared, \d+ left to WebAssembly: matmul meanOuter /);
});
