// Evenly spaced moments, as many as fit, and none of a future that is not there any more.
import { dense, network } from "inkling";
import { expect, test } from "vitest";
import { Course } from "./course.ts";

const model = network([2], [dense(3)]);

test("a training has at most 64 moments, fewer where the network is large, and one each step where it is short", () => {
  expect(new Course(395, 23_860).every).toBe(7);
  expect(new Course(20, 23_860).every).toBe(1);
  expect(new Course(6400, 8 * 2 ** 20).every).toBe(6400);
});

test("keeps every so manieth step, and forgets what was after it", async () => {
  const course = new Course(640, 9);
  for (let total = 0; total <= 50; total++) await course.note(total, model);
  const steps = (end: number) => course.of("layers.0.weights", 2, end).map(([step]) => step);
  expect(steps(51)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(steps(30)).toEqual([0, 10, 20]);
  course.forgetFrom(25);
  expect(steps(51)).toEqual([0, 10, 20]);
  const [, [, value] = []] = course.of("layers.0.weights", 2, 51);
  expect(value).toBe((await model.backend.read(model.tensors[0].value))[2]);
});
