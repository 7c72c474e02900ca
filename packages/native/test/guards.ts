// Runs guards.js in a process of its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What it has to compare, beside others: everything that machine code computes of a whole operation. */
export const everything: RegExp =
  /^\d+ compared, .*: matmul, matmul of pixels or labels, meanOuter, meanOuter of pixels or labels, matmulTransposeB, .*convolve, convolve of pixels or labels, convolveBackward, /;

/** Runs guards.js on each so-manieth shape, and returns the last line of what it printed. */
export function guards(level: string, every: number, threads = 1): Promise<string> {
  const file = fileURLToPath(new URL("guards.js", import.meta.url));
  const options = { maxBuffer: 2 ** 28 };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, level, `${every}`, `${threads}`], options, (error, stdout, stderr) => {
      const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
      resolve(error === null ? lastLine : `${error.signal ?? error.code} after "${lastLine}" ${stderr}`);
    });
  });
}

/** The numbers of the operations whose machine code has run, by the last line of guards.js. */
export function operationsOf(line: string): number[] {
  return (line.split("; operations ").at(1) ?? "").split(", ").map(Number);
}

/** The numbers of the operations that kernel-fences.js runs. */
export function fencedOperations(level: string): Promise<number[]> {
  const file = fileURLToPath(new URL("kernel-fences.js", import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, level, "operations"], (error, stdout) => {
      if (error === null) resolve(stdout.split(", ").map(Number));
      else reject(error);
    });
  });
}
