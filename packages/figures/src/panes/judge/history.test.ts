// Pictures of a layer's numbers over a training: true ends, and a column for each moment.
import { dense, network } from "inkling";
import { expect, test } from "vitest";
import { Course } from "../../session/course.ts";
import { momentOf, spreadsOf } from "./history.ts";

const look = (outputs: number[], gradient?: Float32Array) => ({
  layers: [{ name: "layers.0", units: 1, outputs: Float32Array.from(outputs), gradient }],
  loss: 0,
});

test("the scale goes from the lowest number of all moments to the highest", () => {
  const slopes = Float32Array.of(-1, 3);
  const [outputs, gradient] = spreadsOf([momentOf(look([0, 2], slopes)), momentOf(look([1, 8], slopes))]);
  expect([outputs?.low, outputs?.high, outputs?.moments]).toEqual([0, 8, 2]);
  expect([gradient?.low, gradient?.high]).toEqual([-1, 3]);
  // Two columns; the lowest number is in the lowest row of the first, the highest in the highest row of the second.
  expect([outputs?.values[60], outputs?.values[1]]).toEqual([1, 1]);
});

test("a layer without weights has no picture", () => {
  expect(spreadsOf([momentOf(look([1]))])).toEqual([]);
});

test("a course gives its moments evenly, the beginning first, and nothing of what is to come", async () => {
  const model = network([2], [dense(3)]);
  const course = new Course(640, 9);
  for (let total = 0; total <= 200; total += 10) await course.note(total, model);
  expect(course.all(200, 5).map(({ total }) => total)).toEqual([0, 40, 80, 120, 160]);
  expect(course.all(200, 5)[0]?.tensors.map(([name]) => name)).toEqual(model.tensors.map(({ name }) => name));
});
