// GELU, SiLU, ELU and what they are made of against float64: all 2³² numbers where float64 is quick, the others as they
// are counted below. And the normal numbers of augmentation over all of their 2²⁴ angles and 2²⁴ radii. Some minutes.
import { expect, test } from "vitest";
import { activations } from "../src/numbers/activations.ts";
import { type Arithmetic, float32 } from "../src/numbers/float32.ts";
import { float64 } from "../src/numbers/float64.ts";
import { normalPair } from "../src/numbers/trigonometry.ts";

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const SIGN = 2 ** 31;

/** The distance between neighbouring float32 numbers at y; where they are subnormal, that of the smallest normal one. */
function spacing(y: number): number {
  float[0] = y;
  const exponent = (bits[0] >>> 23) & 0xff;
  return exponent === 0 ? 2 ** -149 : 2 ** (exponent - 150);
}

/** The pattern of a number above 0. */
function patternOf(x: number): number {
  float[0] = x;
  return bits[0];
}

/** Patterns from the first to before the end, every `step`-th of them, with both signs. */
interface Part {
  readonly from: number;
  readonly end: number;
  readonly step: number;
}

const INFINITY = patternOf(Number.POSITIVE_INFINITY);
const everything: Part[] = [{ from: 0, end: INFINITY + 1, step: 1 }];
// Φ in float64 is a long fraction. Beyond 16 every result is 0, 1 or x itself; below ½ it is a short series.
const ofNormal: Part[] = [
  { from: 0, end: patternOf(0.5), step: 7 },
  { from: patternOf(0.5), end: patternOf(16), step: 1 },
  { from: patternOf(16), end: INFINITY + 1, step: 7 },
];

type Call = (x: number, arithmetic: Arithmetic) => number;
const ofActivation = (name: "gelu" | "silu" | "elu"): Call => activations[name].value;

/**
 * The largest error in units in the last place. A product with z has the error of its subnormal factor times z: there
 * the unit is 2⁻¹⁴⁹·max(1, |z|).
 */
function largestError(call: Call, parts: readonly Part[], isProduct: boolean): { largest: number; count: number } {
  let [largest, count] = [0, 0];
  for (const { from, end, step } of parts) {
    for (const sign of [0, SIGN]) {
      for (let pattern = from; pattern < end; pattern += step) {
        bits[0] = sign + pattern;
        const x = float[0];
        const [got, wanted] = [call(x, float32), call(x, float64)];
        count++;
        if (got === wanted || (Number.isNaN(got) && Number.isNaN(wanted))) continue;
        if (!Number.isFinite(got)) {
          expect(Math.abs(wanted), `x = ${x}`).toBeGreaterThanOrEqual(3.4028234e38);
          continue;
        }
        const size = isProduct ? Math.max(1, Math.abs(x)) : 1;
        const unit = Math.abs(wanted) < size * 2 ** -126 ? size * 2 ** -149 : spacing(wanted);
        const error = Math.abs(got - wanted) / unit;
        if (!(error <= largest)) largest = error;
      }
    }
  }
  return { largest, count };
}

test.each<[string, Call, number, Part[], boolean]>([
  ["expm1", (x, { expm1 }) => expm1(x), 2, everything, false],
  ["elu", ofActivation("elu"), 2, everything, false],
  ["silu", ofActivation("silu"), 4, everything, true],
  ["normalCdf", (x, { normalCdf }) => normalCdf(x), 8, ofNormal, false],
  ["normalDensity", (x, { normalDensity }) => normalDensity(x), 4, ofNormal, false],
  ["gelu", ofActivation("gelu"), 8, ofNormal, true],
])("%s is within its units in the last place", (name, call, promised, parts, isProduct) => {
  const { largest, count } = largestError(call, parts, isProduct);
  console.log(`${name}: at most ${largest.toFixed(3)} units over ${count} numbers`);
  expect(largest).toBeLessThanOrEqual(promised);
});

test.each<["gelu" | "silu" | "elu", Part[]]>([
  ["gelu", ofNormal],
  ["silu", everything.map((part) => ({ ...part, step: 7 }))],
  ["elu", everything.map((part) => ({ ...part, step: 7 }))],
])("the slope of %s is within 4e-7", (name, parts) => {
  const { value, slope } = activations[name];
  let largest = 0;
  for (const { from, end, step } of parts) {
    for (const sign of [0, SIGN]) {
      for (let pattern = from; pattern < end; pattern += step) {
        bits[0] = sign + pattern;
        const z = float[0];
        const error = Math.abs(slope(z, value(z, float32), float32) - slope(z, value(z, float64), float64));
        if (error > largest) largest = error;
      }
    }
  }
  console.log(`the slope of ${name}: at most ${largest}`);
  expect(largest).toBeLessThanOrEqual(4e-7);
});

test("normal numbers have a turn's sine and cosine within 1.6e-7 at all angles, and their radius at all words", () => {
  // Of sine and cosine at most 10⁻⁷, of the product's rounding 6·10⁻⁸. At the angle 0 it is the radius itself.
  const [radius] = normalPair(0, 0);
  let [angles, radii] = [0, 0];
  for (let word = 0; word < 2 ** 24; word++) {
    const turn = (2 * Math.PI * word) / 2 ** 24;
    const [x, y] = normalPair(0, word * 256);
    angles = Math.max(angles, Math.abs(x / radius - Math.cos(turn)), Math.abs(y / radius - Math.sin(turn)));
    const exact = Math.sqrt(-2 * Math.log((word + 1) / 2 ** 24));
    radii = Math.max(radii, Math.abs(normalPair(word * 256, 0)[0] - exact));
  }
  console.log(`angles: at most ${angles}; radii: at most ${radii}`);
  expect(angles).toBeLessThanOrEqual(1.6e-7);
  expect(radii).toBeLessThanOrEqual(1e-6);
});
