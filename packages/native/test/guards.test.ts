// No kernel touches a byte outside of its matrices, and every kernel of the list is run between closed pages, here or by
// kernel-fences.js. Each level runs in a process of its own, from the built package: a
// fault ends that process, and its last line names the operation. Here some of the shapes; `npm run verify` has all.
import { describe, expect, test } from "vitest";
import { kernels } from "../src/kernels/kernels.ts";
import { everything, fencedOperations, guards, operationsOf } from "./guards.ts";
import { skipped } from "./machine.ts";

describe.each(["avx2", "avx512"] as const)("at %s, between pages without access rights", (level) => {
  const skip = skipped(level);
  if (skip !== undefined) {
    test.skip(skip);
    return;
  }

  test("on one thread, and with kernel-fences.js every kernel", async () => {
    const line = await guards(level, 37);
    expect(line).toMatch(everything);
    const run = [...operationsOf(line), ...(await fencedOperations(level))];
    const left = kernels.map(({ operation }) => operation).filter((operation) => !run.includes(operation));
    expect(left, "operations with machine code that neither guards.js nor kernel-fences.js runs").toEqual([]);
  });
  test("on three threads", async () => expect(await guards(level, 101, 3)).toMatch(everything));
});
