import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundOf, type Colour, colourOf, mixed, palettes, type ThemeName } from "./palette.ts";

const themes: readonly ThemeName[] = ["light", "dark"];

test.each(themes)("zero is the surface, the ends are the ends, half a number is half the way (%s)", (theme) => {
  const palette = palettes[theme];
  expect(colourOf(0, 2, "signed", palette)).toEqual(palette.surface);
  expect(colourOf(-2, 2, "signed", palette)).toEqual(palette.negative);
  expect(colourOf(9, 2, "signed", palette)).toEqual(palette.positive);
  expect(colourOf(1, 2, "signed", palette)).toEqual(mixed(palette.surface, palette.positive, 0.5));
  expect(colourOf(Number.NaN, 2, "signed", palette)).toEqual(palette.surface);
  expect(colourOf(-1, 2, "amount", palette)).toEqual(palette.surface);
});

test("twice the numbers on twice the scale have the same colours", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const double = values.map((value) => 2 * value);
      const of = (list: readonly number[]) =>
        list.map((v) => colourOf(v, boundOf(list), "signed", palettes.light).join());
      expect(of(double)).toEqual(of(values));
    }),
    { seed: 1 },
  );
});

// Simulated with the matrices of Machado, Oliveira and Fernandes (2009), severity 1, in linear light.
const SIGHT = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

describe.each(Object.keys(SIGHT) as (keyof typeof SIGHT)[])("to %s", (sight) => {
  const distance = (a: Colour, b: Colour) => {
    const [p, q] = [labOf(seen(a, SIGHT[sight])), labOf(seen(b, SIGHT[sight]))];
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  };
  test.each(themes)("both ends of the signed scale are far apart, and so are their halves (%s)", (theme) => {
    const palette = palettes[theme];
    const at = (value: number) => colourOf(value, 1, "signed", palette);
    expect(distance(at(-1), at(1))).toBeGreaterThan(85);
    expect(distance(at(-0.5), at(0.5))).toBeGreaterThan(45.5);
    // A count is taken for neither sign.
    expect(distance(palette.amount, palette.negative)).toBeGreaterThan(20);
    expect(distance(palette.amount, palette.surface)).toBeGreaterThan(40);
  });
});

test.each(themes)("neither sign looks stronger: the ends are about equally light (%s)", (theme) => {
  const { negative, positive } = palettes[theme];
  const lightness = (colour: Colour) => labOf(linear(colour))[0];
  expect(Math.abs(lightness(negative) - lightness(positive))).toBeLessThan(8);
});

type Triple = readonly [number, number, number];

function linear(colour: Colour): Triple {
  const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return [r ?? 0, g ?? 0, b ?? 0];
}

function seen(colour: Colour, matrix: readonly number[]): Triple {
  const rgb = linear(colour);
  const row = (i: number) => {
    const sum = rgb.reduce((total, c, k) => total + c * (matrix[3 * i + k] ?? 0), 0);
    return Math.max(0, Math.min(1, sum));
  };
  return [row(0), row(1), row(2)];
}

/** CIE L*a*b* of linear light, white point D65. */
function labOf([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
