// Runs guards.js in a process of its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs guards.js on each so-manieth shape, and returns the last line of what it printed. */
export function guards(level: string, every: number): Promise<string> {
  const file = fileURLToPath(new URL("guards.js", import.meta.url));
  const options = { maxBuffer: 2 ** 28 };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, level, `${every}`], options, (error, stdout, stderr) => {
      const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
      resolve(error === null ? lastLine : `${error.signal ?? error.code} after "${lastLine}" ${stderr}`);
    });
  });
}
