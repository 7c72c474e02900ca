/**
 * exp, log, tanh and sigmoid for four numbers at once: src/float32.ts, operation for operation, lane for lane. What is
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

/** eˣ */
export function exp4(x: v128): v128 {
  // n = the integer nearest to x / ln 2
  const rounder = splat(12582912);
  const n = f32x4.sub(f32x4.add(f32x4.mul(x, splat(<f32>1.4426950408889634)), rounder), rounder);
  // r = x − n·ln 2
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, splat(LN2_HIGH))), f32x4.mul(n, splat(LN2_LOW)));
  let p = splat(1.9875691500e-4);
  p = horner(p, r, 1.3981999507e-3);
  p = horner(p, r, 8.3334519073e-3);
  p = horner(p, r, 4.1665795894e-2);
  p = horner(p, r, 1.6666665459e-1);
  p = horner(p, r, 5.0000001201e-1);
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), splat(1));
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
