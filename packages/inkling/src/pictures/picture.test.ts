import fc from "fast-check";
import { expect, test } from "vitest";
import { InklingError } from "../errors.ts";
import { checkPicture, MOST_PIXELS, type Picture, resize, toGrey } from "./picture.ts";

const grey = (width: number, height: number, ...pixels: number[]): Picture => {
  return { width, height, channels: 1, pixels: Uint8Array.from(pixels) };
};

test("grey is the luminance of BT.601, and grey stays what it is", () => {
  const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 77, 77, 77, 0, 0, 0);
  expect(Array.from(toGrey({ width: 6, height: 1, channels: 3, pixels }).pixels)).toEqual([76, 150, 29, 255, 77, 0]);
  const values = Array.from({ length: 256 }, (_, i) => i);
  expect(Array.from(toGrey(grey(16, 16, ...values)).pixels)).toEqual(values);
});

test("what is transparent shows white paper", () => {
  const picture: Picture = {
    width: 3,
    height: 1,
    channels: 4,
    pixels: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 51]),
  };
  expect(Array.from(toGrey(picture).pixels)).toEqual([255, 0, 204]);
  expect(Array.from(toGrey({ width: 2, height: 1, channels: 2, pixels: Uint8Array.of(0, 0, 9, 255) }).pixels)).toEqual([
    255, 9,
  ]);
});

test("a smaller picture has the means of what its pixels cover", () => {
  expect(Array.from(resize(grey(4, 2, 0, 10, 20, 30, 40, 50, 60, 70), 2, 1).pixels)).toEqual([25, 45]);
  // Three into two: each new pixel covers one whole and half of the middle one.
  expect(Array.from(resize(grey(3, 1, 0, 90, 240), 2, 1).pixels)).toEqual([30, 190]);
});

test("a larger picture repeats its pixels", () => {
  expect(Array.from(resize(grey(2, 1, 7, 200), 4, 2).pixels)).toEqual([7, 7, 200, 200, 7, 7, 200, 200]);
});

test("channels do not mix, and a transparent pixel gives no colour to its neighbour", () => {
  const colour: Picture = { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(0, 100, 200, 50, 100, 0) };
  expect(Array.from(resize(colour, 1, 1).pixels)).toEqual([25, 100, 100]);
  const seen: Picture = { width: 2, height: 1, channels: 4, pixels: Uint8Array.of(200, 10, 0, 255, 0, 0, 0, 0) };
  expect(Array.from(resize(seen, 1, 1).pixels)).toEqual([200, 10, 0, 128]);
});

test("one colour stays one colour in every size", () => {
  const side = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (w, h, width, height, value) => {
      const one = { width: w, height: h, channels: 1, pixels: new Uint8Array(w * h).fill(value) } as const;
      expect(new Set(resize(one, width, height).pixels)).toEqual(new Set([value]));
    }),
  );
});

test("what is no picture is refused in one sentence", () => {
  const refused = (picture: unknown) => {
    try {
      checkPicture("toGrey", picture as Picture);
    } catch (error) {
      if (error instanceof InklingError) return error.message;
    }
    return "taken";
  };
  expect(refused(undefined)).toBe(
    "toGrey: expected a picture { width, height, channels, pixels: Uint8Array }, got nothing.",
  );
  expect(refused({ ...grey(2, 2, 1, 2, 3) })).toBe("toGrey: expected 4 bytes for 2 × 2 pixels × 1, got 3.");
  expect(refused({ ...grey(1, 1, 1), channels: 5 })).toBe("toGrey: expected 1, 2, 3 or 4 channels, got 5.");
  expect(refused({ ...grey(0, 1) })).toBe("toGrey: expected width and height of at least 1 pixel, got 0.");
  expect(refused({ ...grey(1, 1, 1), width: 2 ** 20, height: 2 ** 20 })).toBe(
    `toGrey: expected at most ${MOST_PIXELS} pixels, got 1048576 × 1048576. Make the picture smaller.`,
  );
  expect(() => resize(grey(1, 1, 1), 2 ** 14, 2 ** 14)).toThrow("resize: expected at most");
  expect(() => resize(grey(1, 1, 1), 1.5, 1)).toThrow("width and height of at least 1 pixel, got 1.5");
});
