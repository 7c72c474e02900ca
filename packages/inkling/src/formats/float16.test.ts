import { expect, test } from "vitest";
import { fromBfloat16, fromFloat16 } from "./float16.ts";

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x0001, 2 ** -24],
  [0x83ff, -(2 ** -14 - 2 ** -24)],
  [0x3555, 0.333251953125],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])("float16 %i is %d", (bits, value) => {
  expect(fromFloat16(bits)).toBe(value);
});

test.each([
  [0x0000, 0],
  [0x3f80, 1],
  [0xc049, -3.140625],
  [0x7f80, Number.POSITIVE_INFINITY],
])("bfloat16 %i is %d", (bits, value) => {
  expect(fromBfloat16(bits)).toBe(value);
});
