import { expect, test } from "vitest";
import { AdaptiveThreads } from "./adaptive-threads.ts";

/** Runs steps that take so long together and alone; returns how many of them were computed alone. */
function run(adaptive: AdaptiveThreads, steps: number, together: number, alone: number, kind = 1): number {
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (adaptive.alone) count++;
    adaptive.after(kind, adaptive.alone ? alone : together);
  }
  return count;
}

test("while nothing disturbs, all threads compute, also through a step that was late", () => {
  const adaptive = new AdaptiveThreads();
  expect(run(adaptive, 100, 1, 2)).toBe(0);
  expect(run(adaptive, 1, 4, 2)).toBe(0);
  expect(run(adaptive, 1000, 1, 2)).toBe(0);
});

test("while threads are slower than the caller is by itself, it computes alone, and tries them ever more rarely", () => {
  const adaptive = new AdaptiveThreads();
  run(adaptive, 100, 1, 2);
  expect(run(adaptive, 10_000, 3, 2)).toBeGreaterThan(9_800);
  // The disturbance is over: soon all compute again.
  run(adaptive, 5_000, 1, 2);
  expect(run(adaptive, 1000, 1, 2)).toBe(0);
});

test("on a machine that has become slower, for one thread too, all compute", () => {
  const adaptive = new AdaptiveThreads();
  run(adaptive, 100, 1, 2);
  expect(run(adaptive, 1000, 3, 6)).toBeLessThan(20);
});

test("steps of different kinds are not compared", () => {
  const adaptive = new AdaptiveThreads();
  for (let i = 0; i < 100; i++) {
    expect(run(adaptive, 20, 1, 2, 1)).toBe(0);
    expect(run(adaptive, 20, 10, 20, 2)).toBe(0);
  }
});
