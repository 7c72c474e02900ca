// Runs lifetimes.js and early-exit.js in processes of their own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** How such a process ended, and what it printed. */
function run(name: string, ...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, ["--expose-gc", file, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.signal ?? error.code), stdout, stderr });
    });
  });
}

/**
 * So many backends come and go in one process: nothing crashes, their threads end, and neither memory nor code grows.
 */
export async function expectNoGrowth(mode: "closed" | "dropped", count: number): Promise<void> {
  const { code, stdout, stderr } = await run("lifetimes.js", mode, `${count}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { grownMib, grownCode, moreThreads } = JSON.parse(stdout);
  expect(moreThreads).toBe(0);
  expect(grownCode).toBe(0);
  // What the garbage collector has not come to yet: a few backends with their threads, however many there were.
  expect(grownMib).toBeLessThan(256);
}

/** So many processes end while helping threads compute: each with the code that it should. */
export async function expectEnds(mode: "exit" | "throw", count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { code, stderr } = await run("lifetimes.js", mode);
    expect(code, stderr).toBe(mode === "exit" ? 0 : 1);
    if (mode === "throw") expect(stderr).toContain("Error: nobody catches this");
  }
}

/**
 * So many processes end while their helping threads load koffi, each a little later than the one before: all as if they
 * had no threads. Without the wait of platform/node/threads.ts three of twenty or more are aborted.
 */
export async function expectEarlyExits(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { code, stderr } = await run("early-exit.js", `${(i * Math.max(5, 100 / count)) % 100}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  }
}
