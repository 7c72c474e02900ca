/**
 * The same elementary functions in float64, for checking gradients and for runs against other programs. They too are
 * one sequence of + − × ÷, so that a float64 run gives the same bits in every engine. They use series instead of fitted
 * constants, because speed does not matter here.
 *
 *   exp(x)   x = n·ln 2 + r, |r| ≤ ln 2 / 2:  eʳ = Σ rᵏ / k!, k ≤ 14
 *   log(x)   x = 2ⁿ·m, √½ ≤ m < √2, s = (m − 1) / (m + 1):  ln m = 2·(s + s³/3 + s⁵/5 + …), up to s²⁵
 *   expm1(x)         Σ xᵏ / k!, 1 ≤ k ≤ 22, for |x| < 1
 *   normalCdf(x)     Φ(−t) = ½ − φ(t)·(t + t³/3 + t⁵/(3·5) + …) for t < ½, else φ(t) / (t + 1/(t + 2/(t + 3/(t + …))))
 *   normalDensity(x) e^(−x²/2) / √(2π), x² in two parts
 *
 * All are within 3 units in the last place of the true value (float32.test.ts).
 */
import type { Arithmetic } from "./float32.ts";

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer); // little-endian, as every platform with WebAssembly is

/** 2ⁿ for −1022 ≤ n ≤ 1023. */
function powerOfTwo(n: number): number {
  words[0] = 0;
  words[1] = (n + 1023) << 20;
  return float[0];
}

// ln 2 in two parts; the first ends in 32 zero bits, so that n · LN2_HIGH is exact.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** eˣ; overflows to Infinity above 709.78, is 0 below −745.13. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  if (Number.isNaN(x)) return x;
  const n = Math.round(x / Math.LN2);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  // Horner: 1 + r·(1 + r/2·(1 + r/3·(…)))
  let sum = 1;
  for (let k = 14; k >= 1; k--) sum = 1 + (r * sum) / k;
  const half = n >> 1;
  return sum * powerOfTwo(half) * powerOfTwo(n - half);
}

/** ln x; log(±0) = −Infinity, log of a negative number or NaN = NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const scaled = x < 2.2250738585072014e-308;
  float[0] = scaled ? x * 18014398509481984 : x;
  let n = (words[1] >>> 20) - 1023 - (scaled ? 54 : 0);
  words[1] = (words[1] & 0xfffff) | (1023 << 20);
  let m = float[0];
  if (m > Math.SQRT2) {
    m /= 2;
    n += 1;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let tail = 0;
  for (let k = 25; k >= 3; k -= 2) tail = (tail + 1 / k) * s2;
  return n * LN2_HIGH + (2 * s + (2 * s * tail + n * LN2_LOW));
}

/** tanh x; below 0.25 by eˣ's series without its 1, so that nothing cancels. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  let expm1 = 0; // e⁻²|x| − 1
  if (size < 0.25) {
    const r = -2 * size;
    let sum = 1;
    for (let k = 18; k >= 2; k--) sum = 1 + (r * sum) / k;
    expm1 = r * sum;
  } else {
    expm1 = exp(-2 * size) - 1;
  }
  const t = -expm1 / (2 + expm1);
  return x < 0 ? -t : t;
}

/** σ(x) = 1 / (1 + e⁻ˣ), without overflow. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** eˣ − 1. */
export function expm1(x: number): number {
  if (!(Math.abs(x) < 1)) return exp(x) - 1;
  let sum = 1;
  for (let k = 22; k >= 2; k--) sum = 1 + (x * sum) / k;
  return x * sum;
}

/** φ(x) = e^(−x²/2) / √(2π). x² is a short number's square, which is exact, and a small rest. */
export function normalDensity(x: number): number {
  const t = Math.min(Math.abs(x), 40);
  const short = Math.fround(t);
  return exp(-short * short * 0.5) * exp(-(t - short) * (t + short) * 0.5) * 0.3989422804014327;
}

/** Φ(x) = ½·(1 + erf(x / √2)). */
export function normalCdf(x: number): number {
  const t = Math.min(Math.abs(x), 40);
  let tail = 0; // Φ(−t)
  if (t < 0.5) {
    // t + t³/3 + t⁵/(3·5) + …, from the last term on
    let sum = 1;
    for (let k = 31; k >= 3; k -= 2) sum = 1 + (t * t * sum) / k;
    tail = 0.5 - normalDensity(t) * t * sum;
  } else {
    // The smaller t is, the more terms the fraction needs.
    let rest = t;
    for (let k = 30 + Math.ceil(400 / (t * t)); k >= 1; k--) rest = t + k / rest;
    tail = normalDensity(t) / rest;
  }
  if (Number.isNaN(x)) return x;
  return x < 0 ? tail : 1 - tail;
}

/** The arithmetic of gradient checks. */
export const float64: Arithmetic = {
  ...{ round: (x) => x, exp, log, tanh, sigmoid },
  ...{ expm1, normalCdf, normalDensity },
};
