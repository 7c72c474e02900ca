// Digits are found where they were drawn, in the order in which they are read, whatever the paper.
import fc from "fast-check";
import { InklingError } from "inkling";
import { mnist } from "inkling/node";
import { findDigits, type Picture } from "inkling/pictures";
import { describe, expect, test } from "vitest";
import { blank, draw, enlarged, inverted, page, photographed } from "./painting.ts";

const { test: digits } = await mnist();
const found = (picture: Picture) => findDigits(picture).digits;

/** How far two images of 28 × 28 are apart: the mean difference of a pixel. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (p, i) => Math.abs(p - (b[i] ?? 0))).reduce((sum, d) => sum + d, 0) / 784;
}

describe("MNIST's own images, enlarged", () => {
  const some = [0, 1, 3, 7, 18, 61, 115, 247, 320, 1247];
  test.each(some)("image %i comes back almost as it was: plain, inverted, moved, photographed", (i) => {
    const image = digits.example(i);
    const sheet = { width: 500, height: 420, left: 190, top: 20 };
    const pictures = [enlarged(image, 10), inverted(enlarged(image, 10)), enlarged(image, 10, sheet)];
    for (const picture of pictures) {
      const list = found(picture);
      expect(list).toHaveLength(1);
      expect(apart(list[0]?.pixels ?? [], image)).toBeLessThan(14);
    }
    const [photo] = found(photographed(enlarged(image, 10), i));
    expect(apart(photo?.pixels ?? [], image)).toBeLessThan(18);
  });

  test("a page of them has each in its place, in reading order", () => {
    const images = Array.from({ length: 30 }, (_, i) => digits.example(100 + i));
    const list = found(page(images, 3, 4));
    expect(list).toHaveLength(30);
    for (const [i, { pixels, line }] of list.entries()) {
      expect(line).toBe(Math.floor(i / 10));
      expect(apart(pixels, images[i] ?? [])).toBeLessThan(30);
    }
  });
});

/** A sheet with digits, ten pixels of pen on white. */
function sheet(words: readonly string[], pen = 8): Picture {
  const picture = blank(800, 600);
  for (const [row, word] of words.entries()) {
    for (const [i, digit] of Array.from(word, Number).entries()) {
      const at = { left: 60 + 110 * i, top: 50 + 150 * row + 3 * i, height: 90 };
      draw(picture, digit, { ...at, pen, slant: 0.1, shake: 0.006, seed: 10 * row + i });
    }
  }
  return inverted(picture);
}

test("lines of drawn digits are found one by one, on paper and on a blackboard", () => {
  const words = ["314159", "2653", "589793"];
  const drawn = sheet(words);
  for (const picture of [drawn, inverted(drawn), photographed(inverted(drawn), 3, { fall: 0.8 })]) {
    const list = found(picture);
    expect(list.map(({ line }) => line).join("")).toBe("0000001111222222");
    expect(list.every(({ isWide }) => !isWide)).toBe(true);
  }
  expect(findDigits(drawn).isLightOnDark).toBe(false);
  expect(findDigits(inverted(drawn)).isLightOnDark).toBe(true);
});

test("a hard shadow across the sheet makes no digit and hides none", () => {
  const drawn = sheet(["12345", "67890"]);
  const pixels = drawn.pixels.map((p, i) =>
    Math.round((p * (i % 800 > 300 + Math.floor(i / 800) / 3 ? 0.55 : 1) * 9) / 10),
  );
  expect(found({ ...drawn, pixels })).toHaveLength(10);
  const thin = sheet(["12345", "67890"], 4);
  const shaded = thin.pixels.map((p, i) => (i % 800 > 300 + Math.floor(i / 800) / 3 ? Math.round(0.55 * p) : p));
  expect(found({ ...thin, pixels: shaded })).toHaveLength(10);
});

test("a sheet on a dark table is read, wherever it lies", () => {
  const paper = sheet(["906"]);
  const table = blank(1300, 900, 60);
  for (let y = 0; y < 500; y++) {
    table.pixels.set(paper.pixels.subarray(y * 800, (y + 1) * 800), (y + 180) * 1300 + 230);
  }
  for (const picture of [table, inverted(table)]) {
    const boxes = found(picture).map(({ box }) => box);
    expect(boxes).toHaveLength(3);
    for (const { left, top } of boxes) expect(left > 280 && top > 200).toBe(true);
  }
});

test("a 5 with a bar of its own and a 4 of two strokes are one digit each; points and dust are none", () => {
  const picture = sheet(["5454"], 6);
  const dark = (left: number, top: number, side: number) => {
    for (let y = top; y < top + side; y++) picture.pixels.fill(30, y * 800 + left, y * 800 + left + side);
  };
  dark(500, 130, 9);
  dark(700, 400, 14);
  dark(300, 500, 2);
  const { digits: list, leftOut } = findDigits(picture);
  expect(list).toHaveLength(4);
  expect(leftOut).toBe(3);
});

test("thin and thick pens become strokes as MNIST has them", () => {
  for (const pen of [2, 3, 8, 24, 34]) {
    const list = found(sheet(["80", "23"], pen));
    expect(list).toHaveLength(4);
    for (const { strokes } of list) {
      expect(strokes.after).toBeGreaterThan(1.1);
      expect(strokes.after).toBeLessThan(4.6);
    }
  }
});

test("digits that touch are found as one, which is said to be wide", () => {
  const picture = blank(600, 200);
  for (const [i, left] of [20, 120, 220].entries()) {
    draw(picture, 3, { left, top: 50, height: 100, pen: 8, seed: i });
  }
  for (const left of [330, 375, 420]) draw(picture, 0, { left, top: 50, height: 100, pen: 8 });
  const list = found(inverted(picture));
  expect(list.map(({ isWide }) => isWide)).toEqual([false, false, false, true]);
});

test("a larger picture is made smaller first; boxes are the picture's own", () => {
  const picture = blank(8400, 2100);
  draw(picture, 2, { left: 3000, top: 600, height: 900, pen: 90 });
  const [digit, ...others] = found(picture);
  expect(others).toEqual([]);
  const { left = 0, top = 0, height = 0 } = digit?.box ?? {};
  expect(Math.abs(left - 3100)).toBeLessThan(150);
  expect(Math.abs(top - 560)).toBeLessThan(60);
  expect(Math.abs(height - 980)).toBeLessThan(70);
});

test("an empty page has no digits: white, black, grey, grain, uneven light, one pixel, a strip", () => {
  const white = blank(300, 200);
  const empty = [white, inverted(white), blank(50, 50, 128), blank(1, 1), blank(20000, 10, 200), blank(3, 2000, 9)];
  for (const picture of [...empty, photographed(white, 1), photographed(white, 2, { grain: 3, fall: 0.9 })]) {
    expect(found(picture)).toEqual([]);
  }
});

test("any picture is read or refused, and twice the same", () => {
  const picture = fc.record({ width: fc.integer({ min: 1, max: 60 }), height: fc.integer({ min: 1, max: 60 }) });
  const channels = fc.constantFrom(1, 2, 3, 4);
  fc.assert(
    fc.property(picture, channels, fc.integer({ min: 0, max: 3 }), fc.integer(), (size, count, kind, seed) => {
      const pixels = Uint8Array.from({ length: size.width * size.height * count }, (_, i) => {
        const noise = Math.imul(i + seed, 0x9e3779b1) >>> 24;
        return kind === 0
          ? noise
          : kind === 1
            ? noise > 250
              ? 255
              : 0
            : kind === 2
              ? i & 255
              : (i >> 3) & 1
                ? 255
                : 0;
      });
      const read = () => findDigits({ ...size, channels: count, pixels } as Picture);
      const first = read();
      expect(read()).toEqual(first);
      for (const { box, pixels: image } of first.digits) {
        expect(image).toHaveLength(784);
        expect(box.left >= 0 && box.top >= 0).toBe(true);
        expect(box.left + box.width <= size.width && box.top + box.height <= size.height).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test("what is no picture and options that are none are refused in a sentence", () => {
  expect(() => findDigits({} as Picture)).toThrow(InklingError);
  expect(() => findDigits(blank(3, 3), { sides: 3 } as object)).toThrow("Did you mean side?");
  expect(() => findDigits(blank(3, 3), { side: 2 })).toThrow("expected a side from 4 to 1024 pixels, got 2");
});
