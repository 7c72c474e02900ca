import { expect, test } from "vitest";
import { Curve } from "./curve.ts";

test("a short training has a point a step; a long one at most 512, whose mean is the mean of all", () => {
  const curve = new Curve();
  for (let step = 1; step <= 3; step++) curve.add(step, 2 * step, step, 4);
  expect(Array.from(curve.data().steps)).toEqual([1, 2, 3]);
  expect(Array.from(curve.data().loss)).toEqual([0.5, 1, 1.5]);
  expect(Array.from(curve.data().accuracy)).toEqual([0.25, 0.5, 0.75]);
  for (let step = 4; step <= 40_001; step++) curve.add(step, 2 * step, 1, 4);
  const { steps, loss, width } = curve.data();
  expect(steps.length).toBeLessThanOrEqual(512);
  expect(steps.at(-1)).toBe(40_001);
  expect(width).toBe(128);
  // The first point stands for the steps 1 to 128: the mean of step / 2.
  expect(loss[0]).toBe(64.5 / 2);
});

test("goes on from its state as if it had not stopped", () => {
  const whole = new Curve();
  let again = new Curve();
  for (let step = 1; step <= 2000; step++) {
    whole.add(step, step % 7, step % 3, 10);
    if (step % 333 === 0) again = Curve.from(structuredClone(again.state()));
    again.add(step, step % 7, step % 3, 10);
  }
  expect(again.data()).toEqual(whole.data());
});
