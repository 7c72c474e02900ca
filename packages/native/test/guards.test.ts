// No kernel touches a byte outside of its matrices. Each level runs in a process of its own, from the built package: a
// fault ends that process, and its last line names the operation. Here some of the shapes; `npm run verify` has all.
import { describe, expect, test } from "vitest";
import { everything, guards } from "./guards.ts";
import { skipped } from "./machine.ts";

describe.each(["avx2", "avx512"] as const)("at %s, between pages without access rights", (level) => {
  const skip = skipped(level);
  if (skip !== undefined) {
    test.skip(skip);
    return;
  }

  test("on one thread", async () => expect(await guards(level, 37)).toMatch(everything));
  test("on three threads", async () => expect(await guards(level, 101, 3)).toMatch(everything));
});
