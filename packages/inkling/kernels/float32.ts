/**
 * exp, log, tanh, sigmoid and the normal distribution for four numbers at once: src/float32.ts, operation for operation, lane for lane. What is
 * a branch there is a choice between two results here; every lane computes both.
 */

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Per lane, where the mask's bits are set `yes`, otherwise `no`. */
// @ts-ignore: decorator
@inline
function choose(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

/** p·x + c, each rounded. */
// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(p, x), splat(c));
}

/** 2ⁿ, by writing the exponent's bits. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444005469057e-4;

/** n, the integer nearest to x / ln 2 */
// @ts-ignore: decorator
@inline
function halvings(x: v128): v128 {
  const rounder = splat(12582912);
  return f32x4.sub(f32x4.add(f32x4.mul(x, splat(<f32>1.4426950408889634)), rounder), rounder);
}

/** eʳ − 1 with r = x − n·ln 2 */
// @ts-ignore: decorator
@inline
function expm1Near(x: v128, n: v128): v128 {
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, splat(LN2_HIGH))), f32x4.mul(n, splat(LN2_LOW)));
  let p = splat(1.9875691500e-4);
  p = horner(p, r, 1.3981999507e-3);
  p = horner(p, r, 8.3334519073e-3);
  p = horner(p, r, 4.1665795894e-2);
  p = horner(p, r, 1.6666665459e-1);
  p = horner(p, r, 5.0000001201e-1);
  return f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r);
}

/** eˣ */
export function exp4(x: v128): v128 {
  const n = halvings(x);
  const p = f32x4.add(expm1Near(x, n), splat(1));
  // eˣ = 2ⁿ·eʳ in two factors
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const y = f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
  const high = choose(f32x4.gt(x, splat(<f32>88.72283935546875)), splat(Infinity), y);
  return choose(f32x4.lt(x, splat(<f32>-103.97207641601562)), splat(0), high);
}

/** ln x */
export function log4(x: v128): v128 {
  const subnormal = f32x4.lt(x, splat(<f32>1.1754943508222875e-38));
  const scaled = choose(subnormal, f32x4.mul(x, splat(8388608)), x);
  // x = 2ⁿ·m with √½ ≤ m < √2
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const n = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(subnormal, i32x4.splat(23))));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, splat(1));
  const f2 = f32x4.mul(f, f);
  let p = splat(7.0376836292e-2);
  p = horner(p, f, -1.1514610310e-1);
  p = horner(p, f, 1.1676998740e-1);
  p = horner(p, f, -1.2420140846e-1);
  p = horner(p, f, 1.4249322787e-1);
  p = horner(p, f, -1.6668057665e-1);
  p = horner(p, f, 2.0000714765e-1);
  p = horner(p, f, -2.4999993993e-1);
  p = horner(p, f, 3.3333331174e-1);
  p = f32x4.mul(f32x4.mul(p, f), f2);
  // ln x = n·ln 2 + f − f²/2 + f³·p, the small terms first
  p = f32x4.add(p, f32x4.mul(n, splat(LN2_LOW)));
  p = f32x4.sub(p, f32x4.mul(splat(0.5), f2));
  const y = f32x4.add(f32x4.add(p, f), f32x4.mul(n, splat(LN2_HIGH)));
  const finite = choose(f32x4.eq(x, splat(Infinity)), x, y);
  const positive = choose(f32x4.gt(x, splat(0)), finite, splat(NaN));
  return choose(f32x4.eq(x, splat(0)), splat(-Infinity), positive);
}

/** tanh x */
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  let p = splat(-5.7049887275e-3);
  p = horner(p, s, 2.0639088794e-2);
  p = horner(p, s, -5.3739715930e-2);
  p = horner(p, s, 1.3331413150e-1);
  p = horner(p, s, -3.3333281942e-1);
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(p, s), x));
  const e = exp4(f32x4.mul(splat(-2), size));
  const t = f32x4.div(f32x4.sub(splat(1), e), f32x4.add(splat(1), e));
  const far = choose(f32x4.lt(x, splat(0)), f32x4.neg(t), t);
  return choose(f32x4.lt(size, splat(0.625)), near, far);
}

/** σ(x) */
export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  return f32x4.div(choose(f32x4.lt(x, splat(0)), e, splat(1)), f32x4.add(splat(1), e));
}

/** eˣ − 1 of what is not above 0; of other lanes anything */
export function expm1Below4(x: v128): v128 {
  const n = halvings(x);
  const power = powerOfTwo(i32x4.trunc_sat_f32x4_s(n));
  const y = f32x4.add(f32x4.mul(expm1Near(x, n), power), f32x4.sub(power, splat(1)));
  return choose(f32x4.lt(x, splat(-18)), splat(-1), y);
}

/** |x|, at most 16 */
export function distance4(x: v128): v128 {
  return f32x4.pmin(f32x4.abs(x), splat(16));
}

/** e^(−t²/2) */
export function bell4(t: v128): v128 {
  const s = f32x4.mul(t, t);
  // t = high + low
  const c = f32x4.mul(t, splat(4097));
  const high = f32x4.sub(c, f32x4.sub(c, t));
  const low = f32x4.sub(t, high);
  const twice = f32x4.mul(f32x4.mul(splat(2), high), low);
  const e = f32x4.add(f32x4.add(f32x4.sub(f32x4.mul(high, high), s), twice), f32x4.mul(low, low));
  return f32x4.mul(exp4(f32x4.mul(splat(-0.5), s)), f32x4.sub(splat(1), f32x4.mul(splat(0.5), e)));
}

/** Φ(x), where t is |x|, at most 16, and bell is e^(−t²/2) */
export function normalCdf4(x: v128, t: v128, bell: v128): v128 {
  const u = f32x4.div(splat(1), f32x4.add(splat(1), f32x4.mul(splat(0.390625), t)));
  let p = splat(0.029562117531895638);
  p = horner(p, u, -0.1699601262807846);
  p = horner(p, u, 0.3901421129703522);
  p = horner(p, u, -0.419402539730072);
  p = horner(p, u, 0.17250779271125793);
  p = horner(p, u, -0.04415390267968178);
  p = horner(p, u, 0.0994596779346466);
  p = horner(p, u, 0.1300201117992401);
  p = horner(p, u, 0.15599307417869568);
  p = horner(p, u, 0.1558316946029663);
  const tail = f32x4.mul(f32x4.mul(p, u), bell);
  return choose(f32x4.lt(x, splat(0)), tail, f32x4.sub(splat(1), tail));
}

/** φ(x), where bell is e^(−x²/2) */
export function normalDensity4(bell: v128): v128 {
  return f32x4.mul(bell, splat(<f32>0.3989422804014327));
}
