// As guards.test.ts, over all shapes.
import { describe, expect, test } from "vitest";
import { everything, guards } from "./guards.ts";
import { skipped } from "./machine.ts";

describe.each(["avx2", "avx512"] as const)("at %s, between pages without access rights", (level) => {
  const skip = skipped(level);
  if (skip !== undefined) {
    test.skip(skip);
    return;
  }

  test("on one thread", async () => expect(await guards(level, 1)).toMatch(everything));
  test("on three threads", async () => expect(await guards(level, 1, 3)).toMatch(everything));
});
