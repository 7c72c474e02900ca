import { expect, test } from "vitest";
import { Pace } from "./adaptive-threads.ts";

/** Runs steps that take so long together and alone; returns how many of them were computed alone. */
function run(pace: Pace, steps: number, together: number, alone: number, kind = 1): number {
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (pace.alone) count++;
    pace.after(kind, pace.alone ? alone : together);
  }
  return count;
}

test("while nothing disturbs, all threads compute, also through a step that was late", () => {
  const pace = new Pace();
  expect(run(pace, 100, 1, 2)).toBe(0);
  expect(run(pace, 1, 4, 2)).toBe(0);
  expect(run(pace, 1000, 1, 2)).toBe(0);
});

test("while threads are slower than the caller is by itself, it computes alone, and tries them ever more rarely", () => {
  const pace = new Pace();
  run(pace, 100, 1, 2);
  expect(run(pace, 10_000, 3, 2)).toBeGreaterThan(9_800);
  // The disturbance is over: soon all compute again.
  run(pace, 5_000, 1, 2);
  expect(run(pace, 1000, 1, 2)).toBe(0);
});

test("on a machine that has become slower, for one thread too, all compute", () => {
  const pace = new Pace();
  run(pace, 100, 1, 2);
  expect(run(pace, 1000, 3, 6)).toBeLessThan(20);
});

test("steps of different kinds are not compared", () => {
  const pace = new Pace();
  for (let i = 0; i < 100; i++) {
    expect(run(pace, 20, 1, 2, 1)).toBe(0);
    expect(run(pace, 20, 10, 20, 2)).toBe(0);
  }
});
