// Masked loads and stores touch nothing but their lanes, and kernels nothing but their matrices. Each level runs in a
// process of its own, from the built package: a fault ends that process, and its last line names the kernel.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { skipped } from "./machine.ts";

function runFile(
  name: string,
  ...args: string[]
): Promise<{ lastLine: string | undefined; signal: string | undefined; errors: string }> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, stdout, errors) => {
      resolve({ lastLine: stdout.trimEnd().split("\n").at(-1), signal: error?.signal ?? undefined, errors });
    });
  });
}

describe.each(["avx2", "avx512"] as const)("at %s", (level) => {
  const skip = skipped(level);
  if (skip) {
    test.skip(skip);
    return;
  }

  test("masked loads and stores next to a page without access rights touch only their lanes", async () => {
    expect(await runFile("fences.js", level)).toEqual({ lastLine: "done", signal: undefined, errors: "" });
  });

  test("kernels read and write nothing beyond their matrices", async () => {
    expect(await runFile("kernel-fences.js", level)).toEqual({ lastLine: "done", signal: undefined, errors: "" });
  });

  test("a load without a mask ends the process there, and the last line names it", async () => {
    const { lastLine, signal } = await runFile("fences.js", level, "unmasked");
    expect({ lastLine, signal }).toEqual({ lastLine: `${level}: a load without a mask`, signal: "SIGSEGV" });
  });
});
