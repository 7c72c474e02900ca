// GELU, SiLU and ELU, and what they are made of, against mpmath (golden/smooth.py).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ActivationName, activations } from "./activations.ts";
import { type Arithmetic, float32 } from "./float32.ts";
import { float64 } from "./float64.ts";

type Golden = Record<string, number | string> & { bits: number };
const golden = JSON.parse(readFileSync(new URL("../../test/golden/smooth.json", import.meta.url), "utf8")) as {
  values: Golden[];
};

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function floatOf(pattern: number): number {
  bits[0] = pattern;
  return float[0];
}

const functions: Record<string, (x: number, arithmetic: Arithmetic) => number> = {
  expm1: (x, { expm1 }) => expm1(x),
  normalCdf: (x, { normalCdf }) => normalCdf(x),
  normalDensity: (x, { normalDensity }) => normalDensity(x),
};
for (const name of ["gelu", "silu", "elu"] as const) {
  const { value, slope } = activations[name];
  functions[name] = value;
  functions[`${name}Slope`] = (z, arithmetic) => slope(z, value(z, arithmetic), arithmetic);
}

/**
 * The error in units in the last place; below `normal`, the smallest normal number, in units of that number's last
 * place times `size`, since a product with a subnormal number has its error times the other factor.
 */
function units(got: number, exact: number, digits: number, normal: number, size = 1): number {
  if (got === exact || (Number.isNaN(got) && Number.isNaN(exact))) return 0;
  // Beyond the largest float32 number, infinity is right.
  if (!Number.isFinite(got)) return Math.abs(exact) > 3.4028235e38 ? 0 : Number.POSITIVE_INFINITY;
  const [least, at] = [normal * 2 ** -digits, Math.abs(exact)];
  const spacing = at < size * normal ? least * size : 2 ** (Math.floor(Math.log2(at)) - digits);
  return Math.abs(got - exact) / spacing;
}

/** What float32.ts and activations.ts promise, in units in the last place. */
const promised: Record<string, number> = {
  ...{ expm1: 2, normalCdf: 6, normalDensity: 4 },
  ...{ gelu: 7, silu: 4, elu: 2 },
};

for (const [name, most] of Object.entries(promised)) {
  const call = functions[name];
  // A product with z: an error of a subnormal factor grows with it.
  const sizeOf = (x: number) => (name === "gelu" || name === "silu" ? Math.max(1, Math.abs(x)) : 1);

  test(`${name} in float32 is within ${most} units of the true value, infinities and NaN included`, () => {
    for (const entry of golden.values) {
      const x = floatOf(entry.bits);
      const error = units(call(x, float32), Number(entry[name]), 23, 2 ** -126, sizeOf(x));
      expect(error, `x = ${x}`).toBeLessThanOrEqual(most);
    }
  });

  test(`${name} in float64 is within 4 units of the true value`, () => {
    for (const entry of golden.values) {
      const x = floatOf(entry.bits);
      const error = units(call(x, float64), Number(entry[name]), 52, 2 ** -1022, sizeOf(x));
      expect(error, `x = ${x}`).toBeLessThanOrEqual(4);
    }
  });

  test(`${name} in float32 is within ${most} units of float64 over 200,000 numbers of every size`, () => {
    let largest = 0;
    for (let pattern = 0; pattern < 2 ** 32; pattern += 20011) {
      const x = floatOf(pattern);
      largest = Math.max(largest, units(call(x, float32), call(x, float64), 23, 2 ** -126, sizeOf(x)));
    }
    // Most of the patterns above are tiny or huge.
    for (let x = -18; x < 18; x += 0.00037) {
      const z = Math.fround(x);
      largest = Math.max(largest, units(call(z, float32), call(z, float64), 23, 2 ** -126, sizeOf(z)));
    }
    expect(largest).toBeLessThanOrEqual(most);
  });
}

test.each(["gelu", "silu", "elu"] as const)("the slope of %s is within 4e-7 of the true one", (name) => {
  const call = functions[`${name}Slope`];
  let largest = 0;
  for (const entry of golden.values) {
    const [x, exact] = [floatOf(entry.bits), Number(entry[`${name}Slope`])];
    if (Number.isNaN(exact)) expect(call(x, float32)).toBeNaN();
    else expect(Math.abs(call(x, float32) - exact), `x = ${x}`).toBeLessThanOrEqual(4e-7);
    if (!Number.isNaN(exact)) expect(Math.abs(call(x, float64) - exact), `x = ${x}`).toBeLessThanOrEqual(1e-15);
  }
  for (let x = -110; x < 110; x += 0.0011) {
    const z = Math.fround(x);
    largest = Math.max(largest, Math.abs(call(z, float32) - call(z, float64)));
  }
  expect(largest).toBeLessThanOrEqual(4e-7);
});

test("every result in float32 is a float32 number", () => {
  for (let pattern = 0; pattern < 2 ** 32; pattern += 1048573) {
    for (const call of Object.values(functions)) {
      const y = call(floatOf(pattern), float32);
      expect(Object.is(Math.fround(y), y)).toBe(true);
    }
  }
});

test.each<[ActivationName, number, number]>([
  ["gelu", 0, 0.5],
  ["silu", 0, 0.5],
  ["elu", 0, 1],
])("%s is 0 at 0, with its slope", (name, value, slope) => {
  const { [name]: sigma } = activations;
  for (const zero of [0, -0]) {
    expect(sigma.value(zero, float32) + 0).toBe(value);
    expect(sigma.slope(zero, 0, float32)).toBe(slope);
  }
});
