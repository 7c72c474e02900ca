// What changes are: measured on the images that come out.
import { describe, expect, test } from "vitest";
import { Wasm } from "../backends/wasm/wasm.ts";
import { inOrder, type Pixels } from "../matrix.ts";
import { type AugmentOptions, augment } from "./augmentation.ts";
import { Dataset } from "./dataset.ts";

const backend = new Wasm();

/** So many copies of one image, changed; copy i by the random numbers of example i. */
function changed(
  options: AugmentOptions,
  image: ArrayLike<number>,
  shape: readonly number[],
  { count = 100, seed = 1, epoch = 1, copy = 0, first = 0 } = {},
): Uint8Array[] {
  const inputs = Uint8Array.from({ length: (first + count) * image.length }, (_, e) => image[e % image.length]);
  const data = new Dataset({ name: "copies", shape, inputs });
  const warp = augment(options).warpFor("test", data, seed);
  const order = inOrder(first + count);
  return backend.step(() => {
    const images = backend.select(backend.pixels(inputs, image.length), order, first, count);
    const { bytes } = backend.augment(images, warp, { epoch, copy, order, start: first }) as Pixels;
    return Array.from({ length: count }, (_, i) => bytes.slice(i * image.length, (i + 1) * image.length));
  });
}

/** A soft blob of ink at a place of a square. */
function blob(side: number, x: number, y: number, radius: number): Uint8Array {
  return Uint8Array.from({ length: side * side }, (_, e) => {
    const t = ((e % side) - x) ** 2 + (Math.floor(e / side) - y) ** 2;
    return Math.max(0, 255 * Math.min(1, (radius + 1 - Math.sqrt(t)) / 2));
  });
}

/** Ink, centre of mass, and the root of the mean square of the distance from it, across and down. */
function moments(image: Uint8Array, side: number) {
  let [ink, sumX, sumY] = [0, 0, 0];
  for (const [e, byte] of image.entries()) {
    ink += byte;
    sumX += byte * (e % side);
    sumY += byte * Math.floor(e / side);
  }
  const [x, y] = [sumX / ink, sumY / ink];
  let [squareX, squareY] = [0, 0];
  for (const [e, byte] of image.entries()) {
    squareX += byte * ((e % side) - x) ** 2;
    squareY += byte * (Math.floor(e / side) - y) ** 2;
  }
  return { ink, x, y, width: Math.sqrt(squareX / ink), height: Math.sqrt(squareY / ink) };
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const rootMeanSquare = (numbers: readonly number[]) => Math.sqrt(mean(numbers.map((number) => number * number)));

const SIDE = 41;
const CENTRE = 20;
const square = [SIDE, SIDE, 1];

describe("augment", () => {
  test.each<[string, AugmentOptions]>([
    ["nothing", {}],
    ["numbers that change nothing", { shift: 0, rotation: 0, scale: [1, 1], shear: 0, noise: 0, flip: false }],
    ["an elastic distortion of strength 0", { elastic: { alpha: 0, sigma: 4 } }],
    ["erasing in no image", { erase: { probability: 0, size: [3, 3] } }],
  ])("with %s returns every byte as it was", (_name, options) => {
    const image = Uint8Array.from({ length: 15 * 9 * 2 }, (_, e) => (e * 37) % 256);
    for (const got of changed(options, image, [15, 9, 2], { count: 3 })) expect(got).toEqual(image);
  });

  test("shift moves the centre of mass, evenly up to its number of pixels, and keeps the ink", () => {
    const image = blob(SIDE, 18, 22, 4);
    const before = moments(image, SIDE);
    const after = changed({ shift: 3 }, image, square, { count: 400 }).map((got) => moments(got, SIDE));
    for (const axis of ["x", "y"] as const) {
      const moves = after.map((now) => now[axis] - before[axis]);
      expect(Math.max(...moves.map(Math.abs))).toBeLessThan(3.02);
      expect(Math.max(...moves)).toBeGreaterThan(2.9);
      expect(Math.min(...moves)).toBeLessThan(-2.9);
      expect(Math.abs(mean(moves))).toBeLessThan(0.25);
      // Of numbers that are uniform over ±3 the root of the mean square is √3.
      expect(rootMeanSquare(moves)).toBeCloseTo(Math.sqrt(3), 0.9);
    }
    for (const { ink } of after) expect(Math.abs(ink / before.ink - 1)).toBeLessThan(0.01);
  });

  test("rotation turns about the centre by up to its angle and keeps the ink", () => {
    const image = blob(SIDE, CENTRE + 12, CENTRE, 4);
    const before = moments(image, SIDE);
    const turned = changed({ rotation: 30 }, image, square, { count: 400 }).map((got) => moments(got, SIDE));
    const angles = turned.map(({ x, y }) => (Math.atan2(y - CENTRE, x - CENTRE) * 180) / Math.PI);
    expect(Math.max(...angles)).toBeGreaterThan(29);
    expect(Math.max(...angles)).toBeLessThan(30.1);
    expect(Math.min(...angles)).toBeLessThan(-29);
    expect(Math.min(...angles)).toBeGreaterThan(-30.1);
    expect(rootMeanSquare(angles)).toBeCloseTo(Math.sqrt(300), -0.3);
    for (const { ink, x, y } of turned) {
      expect(Math.hypot(x - CENTRE, y - CENTRE)).toBeCloseTo(12, 0.7);
      expect(Math.abs(ink / before.ink - 1)).toBeLessThan(0.01);
    }
  });

  test("scale multiplies the area by width's number times height's, each within the range", () => {
    const image = blob(SIDE, CENTRE, CENTRE, 7);
    const before = moments(image, SIDE);
    // Of the range alone: both are 1.5.
    for (const got of changed({ scale: [1.5, 1.5] }, image, square, { count: 3 })) {
      expect(moments(got, SIDE).ink / before.ink).toBeCloseTo(2.25, 1.7);
    }
    const after = changed({ scale: [0.7, 1.3] }, image, square, { count: 2000, seed: 2 }).map((got) =>
      moments(got, SIDE),
    );
    const widths = after.map(({ width }) => width / before.width);
    const areas = after.map(({ ink }) => ink / before.ink);
    expect(Math.min(...widths)).toBeGreaterThan(0.68);
    expect(Math.min(...widths)).toBeLessThan(0.75);
    expect(Math.max(...widths)).toBeLessThan(1.32);
    expect(Math.max(...widths)).toBeGreaterThan(1.25);
    expect(Math.max(...areas)).toBeGreaterThan(1.5);
    expect(mean(areas)).toBeCloseTo(1, 1);
    // Drawn independently: a wide image is not a high one.
    const heights = after.map(({ height }) => height / before.height);
    const together = mean(widths.map((width, i) => (width - mean(widths)) * (heights[i] - mean(heights))));
    expect(Math.abs(together)).toBeLessThan(0.1 * 0.03);
  });

  test("shear slants upright lines by up to its angle", () => {
    // A point 12 above the centre moves sideways by 12·tan(angle), and keeps its height.
    const image = blob(SIDE, CENTRE, CENTRE - 12, 3);
    const after = changed({ shear: 20 }, image, square, { count: 400 }).map((got) => moments(got, SIDE));
    const angles = after.map(({ x }) => (Math.atan((CENTRE - x) / 12) * 180) / Math.PI);
    expect(Math.max(...angles)).toBeLessThan(20.3);
    expect(Math.max(...angles)).toBeGreaterThan(19);
    expect(Math.min(...angles)).toBeLessThan(-19);
    for (const { y } of after) expect(y).toBeCloseTo(CENTRE - 12, 1);
  });

  test("flip mirrors half of the images", () => {
    const image = Uint8Array.from({ length: 12 }, (_, e) => 20 * e);
    const mirrored = image.map((_, e) => image[4 * Math.floor(e / 4) + 3 - (e % 4)]);
    const flipped = changed({ flip: true }, image, [3, 4, 1], { count: 400 }).map((got) => {
      const isMirrored = got.join() === mirrored.join();
      expect(isMirrored || got.join() === image.join()).toBe(true);
      return isMirrored ? 1 : 0;
    });
    expect(mean(flipped)).toBeCloseTo(0.5, 0.9);
  });

  test.each([
    [34, 4],
    [36, 5],
    [38, 6],
    [8, 4],
    [10, 1.5],
  ])("an elastic distortion of α = %d, σ = %d moves pixels by α / (2·σ·√(3π)) each way", (alpha, sigma) => {
    // Two ramps, so that a byte says where it comes from: channel 0 across, channel 1 down.
    const ramps = Uint8Array.from({ length: 28 * 28 * 2 }, (_, e) => {
      const pixel = e >>> 1;
      return 8 * (e % 2 === 0 ? pixel % 28 : Math.floor(pixel / 28)) + 16;
    });
    const inside = [8, 11, 14, 17, 20].flatMap((y) => [8, 11, 14, 17, 20].map((x) => [x, y] as const));
    const moves = changed({ elastic: { alpha, sigma } }, ramps, [28, 28, 2], { count: 400 }).map((got) => [
      inside.map(([x, y]) => (got[2 * (28 * y + x)] - 16) / 8 - x),
      inside.map(([x, y]) => (got[2 * (28 * y + x) + 1] - 16) / 8 - y),
    ]);
    const promised = alpha / (2 * sigma * Math.sqrt(3 * Math.PI));
    for (const direction of [0, 1]) {
      const all = moves.flatMap((both) => both[direction]);
      expect(rootMeanSquare(all) / promised).toBeGreaterThan(0.93);
      expect(rootMeanSquare(all) / promised).toBeLessThan(1.07);
      expect(Math.abs(mean(all))).toBeLessThan(0.1 * promised);
    }
    // Neighbours three pixels apart move together as exp(−3²/(4σ²)) says, and the two directions are independent.
    const neighbours = mean(
      moves.map(([across]) => mean(across.slice(1).map((u, i) => (i % 5 === 4 ? 0 : u * across[i])))),
    );
    expect((neighbours * 24) / 20 / promised ** 2).toBeCloseTo(Math.exp(-9 / (4 * sigma ** 2)), 0.7);
    const both = mean(moves.map(([across, down]) => mean(across.map((u, i) => u * down[i]))));
    expect(Math.abs(both)).toBeLessThan(0.1 * promised ** 2);
  });

  test("an elastic field is as strong at the edges as within, and as strong at σ = 5.9 between its nodes as on them", () => {
    // The field across, at every column of one row, over many images.
    const ramp = Uint8Array.from({ length: 11 * 40 }, (_, e) => 5 * (e % 40) + 30);
    const fields = changed({ elastic: { alpha: 20, sigma: 5.9 } }, ramp, [11, 40, 1], { count: 3000 });
    const strength = (x: number) => rootMeanSquare(fields.map((got) => (got[5 * 40 + x] - 30) / 5 - x));
    const strengths = [3, 5, 7, 10, 13, 20, 25, 36].map(strength);
    for (const found of strengths) expect(found / mean(strengths)).toBeCloseTo(1, 1);
  });

  test("noise is normal, with its standard deviation, on every byte by itself", () => {
    const image = new Uint8Array(20 * 20 * 3).fill(128);
    const all = changed({ noise: 10 }, image, [20, 20, 3], { count: 40 }).map((got) => Array.from(got, (b) => b - 128));
    const numbers = all.flat();
    expect(Math.abs(mean(numbers))).toBeLessThan(0.2);
    // Rounding to bytes adds a variance of 1/12.
    expect(rootMeanSquare(numbers)).toBeCloseTo(Math.sqrt(100 + 1 / 12), 0.7);
    expect(mean(numbers.map((n) => (Math.abs(n) > 20 ? 1 : 0)))).toBeCloseTo(0.04, 1.9);
    const neighbours = mean(all.flatMap((list) => list.slice(1).map((n, i) => n * list[i])));
    expect(Math.abs(neighbours)).toBeLessThan(2);
    // 0 and 255 are the ends.
    for (const end of [0, 255]) {
      const [got] = changed({ noise: 50 }, new Uint8Array(400).fill(end), [20, 20], { count: 1 });
      expect(mean(Array.from(got, (b) => (b === end ? 1 : 0)))).toBeCloseTo(0.5, 0.8);
    }
  });

  test("erase puts a rectangle of its size somewhere within the image, in its share of the images", () => {
    const image = new Uint8Array(12 * 9 * 2).fill(50);
    const erase = { probability: 0.3, size: [2, 4] as const, fill: 7 };
    const places = changed({ erase }, image, [12, 9, 2], { count: 1000 }).flatMap((got) => {
      const erased = Array.from(got.entries()).flatMap(([e, byte]) => (byte === 7 ? [e >>> 1] : []));
      expect(got.every((byte) => byte === 7 || byte === 50)).toBe(true);
      if (erased.length === 0) return [];
      const [rows, columns] = [erased.map((pixel) => Math.floor(pixel / 9)), erased.map((pixel) => pixel % 9)];
      const [top, left] = [Math.min(...rows), Math.min(...columns)];
      const [height, width] = [Math.max(...rows) - top + 1, Math.max(...columns) - left + 1];
      expect(erased.length).toBe(2 * height * width);
      return [{ top, left, height, width }];
    });
    expect(places.length / 1000).toBeCloseTo(0.3, 1);
    for (const side of ["height", "width"] as const) {
      expect(new Set(places.map((place) => place[side]))).toEqual(new Set([2, 3, 4]));
    }
    expect(new Set(places.map(({ top, height }) => top + height)).has(12)).toBe(true);
    expect(new Set(places.map(({ left }) => left)).has(0)).toBe(true);
    // A side that is longer than the image's is cut.
    const [whole] = changed({ erase: { probability: 1, size: [99, 99] } }, [1, 2, 3], [1, 3, 1], { count: 1 });
    expect(Array.from(whole)).toEqual([0, 0, 0]);
  });

  test("draws anew for another epoch, example, copy and seed, and the same for the same", () => {
    const options = { shift: 2, elastic: { alpha: 34, sigma: 4 }, noise: 10, erase: { size: [1, 3] as const } };
    const image = blob(14, 7, 6, 3);
    const one = (more: object) => changed(options, image, [14, 14], { count: 1, ...more })[0].join();
    expect(one({})).toBe(one({}));
    // Which batch an example comes in makes no difference.
    expect(one({ first: 5 })).toBe(changed(options, image, [14, 14], { count: 9 })[5].join());
    const others = [{}, { seed: 2 }, { epoch: 2 }, { copy: 1 }, { first: 1 }].map(one);
    expect(new Set(others).size).toBe(others.length);
  });

  test("what moves out of the image is lost, and 0 moves in", () => {
    const image = new Uint8Array(16).fill(200);
    for (const got of changed({ shift: 10_000 }, image, [4, 4, 1], { count: 20 })) {
      expect(got.every((byte) => byte <= 200)).toBe(true);
    }
    const far = changed({ shift: 100 }, image, [4, 4, 1], { count: 50 });
    expect(far.filter((got) => got.every((byte) => byte === 0)).length).toBeGreaterThan(40);
  });
});

describe("augment refuses", () => {
  test.each<[string, unknown, string]>([
    ["no options", 5, "augment: expected an object of options (shift, rotation, scale"],
    ["an unknown name", { rotate: 5 }, "augment: expected options among shift, rotation"],
    ["a misspelt one", { rotatoin: 5 }, 'got "rotatoin". Did you mean rotation?'],
    ["a shift below 0", { shift: -1 }, "augment: expected shift from 0 to 10000 pixels, got -1."],
    ["a shift that is no number", { shift: "2" }, 'shift from 0 to 10000 pixels, got "2".'],
    ["a turn of more than half", { rotation: 181 }, "rotation from 0 to 180 degrees, got 181."],
    ["a turn of NaN", { rotation: Number.NaN }, "rotation from 0 to 180 degrees, got NaN."],
    ["a slant of 90 degrees", { shear: 90 }, "shear from 0 to below 90 degrees, got 90."],
    ["a scale of one number", { scale: 0.15 }, "scale as [least, most], from 0.01 to 100, got 0.15."],
    ["a scale of 0", { scale: [0, 1] }, "scale as [least, most], from 0.01 to 100, got [0, 1]."],
    ["a range the wrong way round", { scale: [1.2, 0.8] }, "got [1.2, 0.8]."],
    ["a flip that is no truth", { flip: 1 }, "flip true or false, got 1."],
    [
      "elastic without sigma",
      { elastic: { alpha: 34 } },
      "augment, elastic: expected sigma from 1 to 1000 pixels, got",
    ],
    ["elastic without alpha", { elastic: { sigma: 4 } }, "alpha from 0 to 10000, got nothing."],
    ["a sigma below a pixel", { elastic: { alpha: 34, sigma: 0.5 } }, "sigma from 1 to 1000 pixels, got 0.5."],
    ["noise beyond a byte", { noise: 256 }, "noise from 0 to 255, got 256."],
    ["erase without a size", { erase: {} }, "augment, erase: expected size as [least, most], from 1 to 10000, got"],
    ["half pixels", { erase: { size: [1, 2.5] } }, "augment, erase: expected size in whole pixels, got 2.5."],
    ["a probability above 1", { erase: { size: [1, 2], probability: 1.5 } }, "probability from 0 to 1, got 1.5."],
    ["a fill that is no byte", { erase: { size: [1, 2], fill: 256 } }, "fill to be a byte, from 0 to 255, got 256."],
  ])("%s", (_name, options, sentence) => {
    expect(() => augment(options as AugmentOptions)).toThrow(sentence);
  });

  test("data that are no images in bytes", () => {
    const warpFor = (fields: { inputs: Uint8Array | Float32Array; shape: readonly number[] }) =>
      augment({ shift: 1 }).warpFor("train", new Dataset({ name: "points", ...fields }), 1);
    expect(() => warpFor({ inputs: new Float32Array(12), shape: [2, 2, 1] })).toThrow(
      "train, augmentation of points: expected images in bytes (height × width × channels), got numbers. " +
        "Leave augmentation out.",
    );
    expect(() => warpFor({ inputs: new Uint8Array(12), shape: [12] })).toThrow("got bytes of shape 12.");
    expect(() => warpFor({ inputs: new Uint8Array(16), shape: [2, 2, 2, 2] })).toThrow(
      "got bytes of shape 2 × 2 × 2 × 2.",
    );
    expect(warpFor({ inputs: new Uint8Array(12), shape: [3, 4] }).channels).toBe(1);
  });
});
