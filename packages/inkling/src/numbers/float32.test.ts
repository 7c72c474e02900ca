import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Arithmetic, float32 } from "./float32.ts";
import { float64 } from "./float64.ts";

type Name = "exp" | "log" | "tanh" | "sigmoid";
const names: readonly Name[] = ["exp", "log", "tanh", "sigmoid"];

// Correctly rounded from 600 bits, for 431 float32 numbers over the whole range (golden/generate.py).
const golden = JSON.parse(readFileSync(new URL("../../test/golden/activations.json", import.meta.url), "utf8")) as {
  values: ({ bits: number } & Record<Name, number | string>)[];
};

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function floatOf(pattern: number): number {
  bits[0] = pattern;
  return float[0];
}

/** The distance between neighbouring float32 numbers at x. */
function spacing32(x: number): number {
  const size = Math.abs(Math.fround(x));
  return size < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(size)) - 23);
}

function spacing64(x: number): number {
  const size = Math.abs(x);
  return size < 2 ** -1022 ? 2 ** -1074 : 2 ** (Math.floor(Math.log2(size)) - 52);
}

/** The error of got in units of the last place; 0 where both are the same infinity, NaN or signed zero. */
function units(got: number, exact: number, spacing: (x: number) => number, most: number): number {
  if (Object.is(got, exact) || (Number.isNaN(got) && Number.isNaN(exact))) return 0;
  // Beyond the largest number, infinity is as right as the largest number.
  if (!Number.isFinite(got)) return Math.abs(exact) >= most ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(got - exact) / spacing(exact);
}

function worst(arithmetic: Arithmetic, name: Name, spacing: (x: number) => number, most: number): number {
  return Math.max(
    ...golden.values.map((entry) => units(arithmetic[name](floatOf(entry.bits)), Number(entry[name]), spacing, most)),
  );
}

/** What float32.ts promises, in units of the last place. */
const promised = { exp: 1, log: 1, tanh: 2, sigmoid: 3 };

test.each(names)("%s in float32 keeps its promise against the true value, infinities and NaN included", (name) => {
  expect(worst(float32, name, spacing32, 3.4028235e38)).toBeLessThanOrEqual(promised[name]);
});

test.each(names)("%s in float64 is within 3 units in the last place of the true value", (name) => {
  expect(worst(float64, name, spacing64, Number.MAX_VALUE)).toBeLessThanOrEqual(3);
});

test.each(names)("%s in float32 keeps its promise over a million bit patterns, against float64", (name) => {
  let largest = 0;
  for (let pattern = 0; pattern < 2 ** 32; pattern += 4093) {
    const x = floatOf(pattern);
    const error = units(float32[name](x), float64[name](x), spacing32, 3.4028235e38);
    if (error > largest) largest = error;
  }
  expect(largest).toBeLessThanOrEqual(promised[name]);
});

test("every result in float32 is a float32 number", () => {
  for (let pattern = 0; pattern < 2 ** 32; pattern += 1048573) {
    for (const name of names) {
      const y = float32[name](floatOf(pattern));
      expect(Object.is(Math.fround(y), y)).toBe(true);
    }
  }
});

test("the ends of the range are defined", () => {
  expect(float32.exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(float32.exp(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(float32.exp(-0)).toBe(1);
  expect(float32.log(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(float32.log(-1)).toBeNaN();
  expect(float32.log(1)).toBe(0);
  expect(float32.tanh(-0)).toBe(0);
  expect(float32.sigmoid(0)).toBe(0.5);
});
