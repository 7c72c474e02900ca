import { expect, test } from "vitest";
import { Dataset } from "./dataset.ts";
import { expandByOnePixel } from "./expand.ts";

test("every image comes five times: as it is, then moved down, up, right and left by one pixel", () => {
  const image = [1, 2, 3, 4, 5, 6];
  const data = new Dataset({
    name: "two",
    shape: [2, 3, 1],
    inputs: Uint8Array.of(...image, ...image.map((byte) => byte + 10)),
    labels: [1, 0],
    classes: 2,
  });
  const expanded = expandByOnePixel(data);
  expect(expanded.count).toBe(10);
  expect(expanded.name).toBe("two, expanded by one pixel");
  expect(Array.from(expanded.labels ?? [])).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  const images = Array.from({ length: 5 }, (_, i) => Array.from(expanded.example(i)));
  expect(images).toEqual([
    [1, 2, 3, 4, 5, 6],
    [0, 0, 0, 1, 2, 3],
    [4, 5, 6, 0, 0, 0],
    [0, 1, 2, 0, 4, 5],
    [2, 3, 0, 5, 6, 0],
  ]);
  expect(Array.from(expanded.example(9))).toEqual([12, 13, 0, 15, 16, 0]);
  // The data set that it was made of is as before.
  expect(Array.from(data.inputs.subarray(0, 6))).toEqual(image);
});

test("channels move together, numbers too, and an image of one pixel moves out", () => {
  const colours = new Dataset({ name: "colours", shape: [1, 2, 2], inputs: Uint8Array.of(1, 2, 3, 4) });
  const [down, up, right, left] = [1, 2, 3, 4].map((i) => Array.from(expandByOnePixel(colours).example(i)));
  expect([down, up]).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(right).toEqual([0, 0, 1, 2]);
  expect(left).toEqual([3, 4, 0, 0]);
  const point = new Dataset({
    name: "point",
    shape: [1, 1],
    inputs: Float32Array.of(0.5),
    targets: Float32Array.of(7),
  });
  const expanded = expandByOnePixel(point);
  expect(Array.from(expanded.inputs)).toEqual([0.5, 0, 0, 0, 0]);
  expect(Array.from(expanded.targets ?? [])).toEqual([7, 7, 7, 7, 7]);
});

test("what are no images is refused", () => {
  const rows = new Dataset({ name: "rows", shape: [4], inputs: new Float32Array(8) });
  expect(() => expandByOnePixel(rows)).toThrow(
    "expandByOnePixel of rows: expected images (height × width × channels), got examples of 4 numbers.",
  );
  expect(() => expandByOnePixel({ train: rows } as never)).toThrow("expandByOnePixel: expected a data set, got");
});
