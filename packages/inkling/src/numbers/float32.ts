/**
 * Our own exp, log, tanh, sigmoid and normal distribution in float32. Engines differ in the last bit of Math.exp and its like, so nothing
 * that decides a weight may use them; each function here is one written-out sequence of IEEE additions,
 * multiplications and divisions, every one rounded to float32, which the kernels repeat lane for lane.
 *
 *   exp(x)      x = n·ln 2 + r, |r| ≤ ln 2 / 2:  eˣ = 2ⁿ·eʳ, eʳ by a polynomial        ≤ 1 unit in the last place
 *   log(x)      x = 2ⁿ·m, √½ ≤ m < √2:  ln x = n·ln 2 + ln m, ln m by a polynomial     ≤ 1 unit
 *   tanh(x)     odd; a polynomial near 0, (1 − e⁻²ˣ) / (1 + e⁻²ˣ) beyond               ≤ 2 units
 *   sigmoid(x)  1 / (1 + e⁻ˣ), written so that nothing overflows                       ≤ 3 units
 *   expm1(x)    eˣ − 1 without the digits that 1 takes from a small eˣ − 1             ≤ 2 units
 *   normalCdf(x)      Φ(x) = ½·(1 + erf(x / √2)), its small values too                 ≤ 8 units
 *   normalDensity(x)  φ(x) = Φ′(x) = e^(−x²/2) / √(2π)                                 ≤ 4 units
 *
 * The errors are measured over all inputs of a dense grid by `float32.test.ts`, and over all 2³² by `npm run verify`.
 */

/** The elementary functions in one precision: what activations and losses are written with. */
export interface Arithmetic {
  /** Rounds to this precision; after every + − × ÷ √. */
  readonly round: (x: number) => number;
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
  readonly tanh: (x: number) => number;
  readonly sigmoid: (x: number) => number;
  /** eˣ − 1 */
  readonly expm1: (x: number) => number;
  /** Φ(x) = ½·(1 + erf(x / √2)): the share of the normal distribution below x */
  readonly normalCdf: (x: number) => number;
  /** φ(x) = Φ′(x) */
  readonly normalDensity: (x: number) => number;
}

const { fround } = Math;

// One float and its bits, to take exponents apart and to put them together.
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** 2ⁿ for −126 ≤ n ≤ 127, by writing the exponent's bits. */
function powerOfTwo(n: number): number {
  bits[0] = (n + 127) << 23;
  return float[0];
}

const LOG2_E = Math.fround(Math.LOG2E);
// ln 2 in two parts. The first has 9 bits, so that n · LN2_HIGH is exact for every exponent n.
const LN2_HIGH = Math.fround(0.693359375);
const LN2_LOW = Math.fround(-2.1219444005469057e-4);
// Adding and subtracting 1.5 · 2²³ rounds to the nearest integer.
const ROUNDER = Math.fround(12582912);

// eʳ ≈ 1 + r + r²·(E2 + r·(E3 + …)): minimax over |r| ≤ ln 2 / 2 (the constants of Cephes' expf).
const E2 = Math.fround(5.0000001201e-1);
const E3 = Math.fround(1.6666665459e-1);
const E4 = Math.fround(4.1665795894e-2);
const E5 = Math.fround(8.3334519073e-3);
const E6 = Math.fround(1.3981999507e-3);
const E7 = Math.fround(1.98756915e-4);

/**
 * eˣ. Above 88.72283 it overflows to Infinity, below −87.33655 the result is subnormal, below −103.97208 it is 0;
 * exp(±0) = 1, exp(NaN) = NaN.
 */
export function exp(x: number): number {
  if (x > 88.72283935546875) return Number.POSITIVE_INFINITY;
  if (x < -103.97207641601562) return 0;
  const n = halvings(x);
  const p = fround(expm1Near(x, n) + 1);
  // eˣ = 2ⁿ·eʳ in two factors: 2¹²⁸ is no float32, and a subnormal result is rounded once, at the end.
  const half = n >> 1;
  return fround(fround(p * powerOfTwo(half)) * powerOfTwo(n - half));
}

/** n, the integer nearest to x / ln 2. */
function halvings(x: number): number {
  return fround(fround(fround(x * LOG2_E) + ROUNDER) - ROUNDER);
}

/** eʳ − 1 with r = x − n·ln 2. */
function expm1Near(x: number, n: number): number {
  const r = fround(fround(x - fround(n * LN2_HIGH)) - fround(n * LN2_LOW));
  let p = E7;
  p = fround(fround(p * r) + E6);
  p = fround(fround(p * r) + E5);
  p = fround(fround(p * r) + E4);
  p = fround(fround(p * r) + E3);
  p = fround(fround(p * r) + E2);
  return fround(fround(p * fround(r * r)) + r);
}

/** eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1). From 20 on it is eˣ, below −18 it is −1; expm1(±0) = 0, expm1(NaN) = NaN. */
export function expm1(x: number): number {
  if (x > 20) return exp(x);
  if (x < -18) return -1;
  const n = halvings(x);
  const power = powerOfTwo(n);
  return fround(fround(expm1Near(x, n) * power) + fround(power - 1));
}

// ln(1 + f) ≈ f − f²/2 + f³·(L0 + f·(L1 + …)): minimax over √½ ≤ 1 + f < √2 (the constants of Cephes' logf).
const L = [
  3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
  1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
].map(fround);
const SQRT_HALF_BITS = 0x3f3504f3; // the bits of √½

/** ln x. log(±0) = −Infinity, log of a negative number or NaN = NaN, log(Infinity) = Infinity; subnormals are exact. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  // A subnormal is first brought into the normal range by an exact factor 2²³.
  const scaled = x < 1.1754943508222875e-38;
  float[0] = scaled ? x * 8388608 : x;
  // x = 2ⁿ·m with √½ ≤ m < √2: subtracting the bits of √½ leaves n in the exponent's place.
  const shifted = bits[0] - SQRT_HALF_BITS;
  const n = (shifted >> 23) - (scaled ? 23 : 0);
  bits[0] = (shifted & 0x7fffff) + SQRT_HALF_BITS;
  const f = fround(float[0] - 1);
  const f2 = fround(f * f);
  let p = L[8];
  for (let i = 7; i >= 0; i--) p = fround(fround(p * f) + L[i]);
  p = fround(fround(p * f) * f2);
  // ln x = n·ln 2 + f − f²/2 + f³·p, the small terms first
  p = fround(p + fround(n * LN2_LOW));
  p = fround(p - fround(0.5 * f2));
  return fround(fround(p + f) + fround(n * LN2_HIGH));
}

// tanh x ≈ x + x³·(T0 + x²·(T1 + …)) for |x| < 0.625 (the constants of Cephes' tanhf).
const T0 = Math.fround(-3.3333281942e-1);
const T1 = Math.fround(1.333141315e-1);
const T2 = Math.fround(-5.373971593e-2);
const T3 = Math.fround(2.0639088794e-2);
const T4 = Math.fround(-5.7049887275e-3);

/** tanh x = (1 − e⁻²ˣ) / (1 + e⁻²ˣ). tanh(±Infinity) = ±1, tanh(±0) = 0, tanh(NaN) = NaN. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 0.625) {
    const s = fround(x * x);
    let p = T4;
    p = fround(fround(p * s) + T3);
    p = fround(fround(p * s) + T2);
    p = fround(fround(p * s) + T1);
    p = fround(fround(p * s) + T0);
    return fround(x + fround(fround(p * s) * x));
  }
  const e = exp(fround(-2 * size));
  const t = fround(fround(1 - e) / fround(1 + e));
  return x < 0 ? -t : t;
}

/** σ(x) = 1 / (1 + e⁻ˣ), for a negative x written as eˣ / (1 + eˣ). sigmoid(±Infinity) = 1 or 0, sigmoid(NaN) = NaN. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return fround((x < 0 ? e : 1) / fround(1 + e));
}

/** e^(−t²/2) for 0 ≤ t ≤ 16. t² is taken as s + e, exactly: rounded alone, it would cost the result up to 80 units. */
function bell(t: number): number {
  const s = fround(t * t);
  // t = high + low, each so short that its products are exact (Dekker)
  const c = fround(t * 4097);
  const high = fround(c - fround(c - t));
  const low = fround(t - high);
  const e = fround(fround(fround(fround(high * high) - s) + fround(fround(2 * high) * low)) + fround(low * low));
  // e^(−(s + e)/2) = e^(−s/2)·(1 − e/2)
  return fround(exp(fround(-0.5 * s)) * fround(1 - fround(0.5 * e)));
}

/** |x|, at most 16: further out Φ is 0 or 1. */
function distance(x: number): number {
  const size = Math.abs(x);
  return size > 16 ? 16 : size;
}

// Φ(−t)·e^(t²/2) ≈ u·(N0 + u·(N1 + …)) with u = 1 / (1 + t·25/64): minimax over 0 ≤ t ≤ 14.6, relative error 8e-9.
const N = [
  0.1558316946029663, 0.15599307417869568, 0.1300201117992401, 0.0994596779346466, -0.04415390267968178,
  0.17250779271125793, -0.419402539730072, 0.3901421129703522, -0.1699601262807846, 0.029562117531895638,
].map(fround);

/**
 * Φ(x) = ½·(1 + erf(x / √2)) = ½·erfc(−x / √2), for a negative x written without the 1 that would take its digits.
 * normalCdf(±0) = ½, normalCdf(±Infinity) = 1 or 0, normalCdf(NaN) = NaN.
 */
export function normalCdf(x: number): number {
  const t = distance(x);
  const u = fround(1 / fround(1 + fround(0.390625 * t)));
  let p = N[9];
  for (let i = 8; i >= 0; i--) p = fround(fround(p * u) + N[i]);
  // Φ(−t)
  const tail = fround(fround(p * u) * bell(t));
  return x < 0 ? tail : fround(1 - tail);
}

const DENSITY_AT_0 = Math.fround(0.3989422804014327);

/** φ(x) = e^(−x²/2) / √(2π). normalDensity(±Infinity) = 0, normalDensity(NaN) = NaN. */
export function normalDensity(x: number): number {
  return fround(bell(distance(x)) * DENSITY_AT_0);
}

/** The arithmetic of everything that is trained. */
export const float32: Arithmetic = { round: fround, exp, log, tanh, sigmoid, expm1, normalCdf, normalDensity };
