/**
 * exp, log, tanh and sigmoid of a vector of float32: packages/inkling/src/numbers/float32.ts, operation for operation,
 * lane for lane, so with the same bits. Each function here writes the code for one vector. `to` and `x` are two
 * registers, and x keeps its value.
 *
 * Two things are done in another way, and every result is the same (test/float32.test.ts compares them):
 *
 *   the ends of exp   x is first brought between −104 and 89. Beyond that range eˣ rounds to 0 or to Infinity anyway
 *   2ⁿ·eʳ             at AVX-512 by one instruction, vscalefps, which rounds once, as the product of two factors does
 */
import type { KernelParts } from "../assembler/kernel.ts";
import type { Vec } from "../assembler/registers.ts";

type Parts = Pick<KernelParts<never>, "code" | "cpu" | "registers">;

const { fround } = Math;

const LOG2_E = fround(Math.LOG2E);
const LN2_HIGH = fround(0.693359375);
const LN2_LOW = fround(-2.1219444005469057e-4);
const ROUNDER = 12582912;

// The coefficients of the polynomials, the highest first.
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const TANH = [-5.7049887275e-3, 2.0639088794e-2, -5.373971593e-2, 1.333141315e-1, -3.3333281942e-1];

const SMALLEST_NORMAL = 1.1754943508222875e-38;
const SQRT_HALF_BITS = 0x3f3504f3;
const SIGN = 0x80000000;

/** to = ((c₀·x + c₁)·x + …), each product and each sum rounded. */
export function polynomial({ code, cpu }: Parts, to: Vec, x: Vec, coefficients: readonly number[]): void {
  const [first, second, ...rest] = coefficients as [number, number, ...number[]];
  code.vmulps(to, x, cpu.constant(fround(first)));
  code.vaddps(to, to, cpu.constant(fround(second)));
  for (const coefficient of rest) {
    code.vmulps(to, to, x);
    code.vaddps(to, to, cpu.constant(fround(coefficient)));
  }
}

/** to = eˣ. Where no x is above 0 (NaN may be), say so: it saves the choice at the upper end. */
export function exp(parts: Parts, to: Vec, x: Vec, isNeverAbove0 = false): void {
  const { code, cpu, registers } = parts;
  const [n, r, product] = [registers.vec("n"), registers.vec("r"), registers.vec("product")];
  // The operands' order matters: where x is NaN, these two give their last operand.
  cpu.fill(product, -104);
  code.vmaxps(r, product, x);
  if (!isNeverAbove0) {
    cpu.fill(product, 89);
    code.vminps(r, product, r);
  }
  expm1Near(parts, to, { n, r, product });
  code.vaddps(to, to, cpu.constant(1));
  if (cpu.level === "avx512") code.vscalefps(to, to, n);
  else timesPowerOfTwo(parts, to, n, product);
  registers.free(n, r, product);
}

/** n = the integer nearest to r / ln 2, to = e^(r − n·ln 2) − 1; r becomes r − n·ln 2. */
function expm1Near(parts: Parts, to: Vec, { n, r, product }: Readonly<Record<"n" | "r" | "product", Vec>>): void {
  const { code, cpu } = parts;
  code.vmulps(n, r, cpu.constant(LOG2_E));
  code.vaddps(n, n, cpu.constant(ROUNDER));
  code.vsubps(n, n, cpu.constant(ROUNDER));
  // r = x − n·ln 2
  code.vmulps(product, n, cpu.constant(LN2_HIGH));
  code.vsubps(r, r, product);
  code.vmulps(product, n, cpu.constant(LN2_LOW));
  code.vsubps(r, r, product);
  // eʳ − 1 = r + r²·(…)
  polynomial(parts, to, r, EXP);
  code.vmulps(product, r, r);
  code.vmulps(to, to, product);
  code.vaddps(to, to, r);
}

/** to = eˣ − 1 of what is not above 0; of other lanes anything. */
export function expm1Below(parts: Parts, to: Vec, x: Vec): void {
  const { code, cpu, registers } = parts;
  const [n, r, product] = [registers.vec("n"), registers.vec("r"), registers.vec("product")];
  const low = cpu.mask("low");
  code.vmovaps(r, x);
  expm1Near(parts, to, { n, r, product });
  // n = 2ⁿ
  code.vcvttps2dq(n, n);
  code.vpaddd(n, n, cpu.constantBits(127));
  code.vpslld(n, n, 23);
  code.vmulps(to, to, n);
  code.vsubps(n, n, cpu.constant(1));
  code.vaddps(to, to, n);
  cpu.compare(low, x, cpu.constant(-18), "LT_OQ");
  cpu.fill(n, -1);
  cpu.select(to, low, n, to);
  registers.free(n, r, product, low);
}

/** to = to · 2ⁿ for a whole float32 n, in two factors: 2¹²⁸ is no float32. n is overwritten. */
function timesPowerOfTwo({ code, cpu }: Parts, to: Vec, n: Vec, half: Vec): void {
  code.vcvttps2dq(n, n);
  code.vpsrad(half, n, 1);
  code.vpsubd(n, n, half);
  for (const exponent of [half, n]) {
    // 2ⁿ, by writing the exponent's bits
    code.vpaddd(exponent, exponent, cpu.constantBits(127));
    code.vpslld(exponent, exponent, 23);
    code.vmulps(to, to, exponent);
  }
}

/** to = ln x. */
export function log(parts: Parts, to: Vec, x: Vec): void {
  const { code, cpu, registers } = parts;
  const [n, f, square, other] = registers.vecs("log", 4) as [Vec, Vec, Vec, Vec];
  const lanes = cpu.mask("lanes");
  // A subnormal is first brought into the normal range by an exact factor 2²³.
  code.vmulps(f, x, cpu.constant(8388608));
  cpu.compare(lanes, x, cpu.constant(SMALLEST_NORMAL), "LT_OQ");
  cpu.select(f, lanes, f, x);
  cpu.fill(other, 23);
  cpu.keep(other, lanes, other);
  // x = 2ⁿ·m with √½ ≤ m < √2,  f = m − 1
  code.vpsubd(f, f, cpu.constantBits(SQRT_HALF_BITS));
  code.vpsrad(n, f, 23);
  code.vcvtdq2ps(n, n);
  code.vsubps(n, n, other);
  code.vpandd(f, f, cpu.constantBits(0x7fffff));
  code.vpaddd(f, f, cpu.constantBits(SQRT_HALF_BITS));
  code.vsubps(f, f, cpu.constant(1));
  code.vmulps(square, f, f);
  polynomial(parts, to, f, LOG);
  code.vmulps(to, to, f);
  code.vmulps(to, to, square);
  // ln x = n·ln 2 + f − f²/2 + f³·p, the small terms first
  code.vmulps(other, n, cpu.constant(LN2_LOW));
  code.vaddps(to, to, other);
  code.vmulps(other, square, cpu.constant(0.5));
  code.vsubps(to, to, other);
  code.vaddps(to, to, f);
  code.vmulps(other, n, cpu.constant(LN2_HIGH));
  code.vaddps(to, to, other);
  // ln Infinity = Infinity, ln 0 = −Infinity, and NaN for negative numbers and NaN
  cpu.compare(lanes, x, cpu.constant(Number.POSITIVE_INFINITY), "EQ_OQ");
  cpu.select(to, lanes, x, to);
  cpu.fill(other, Number.NaN);
  cpu.compare(lanes, x, cpu.constant(0), "GT_OQ");
  cpu.select(to, lanes, to, other);
  cpu.fill(other, Number.NEGATIVE_INFINITY);
  cpu.compare(lanes, x, cpu.constant(0), "EQ_OQ");
  cpu.select(to, lanes, other, to);
  registers.free(n, f, square, other, lanes);
}

/** to = tanh x: a polynomial near 0, (1 − e⁻²ˣ) / (1 + e⁻²ˣ) beyond; every lane computes both. */
export function tanh(parts: Parts, to: Vec, x: Vec): void {
  const { code, cpu, registers } = parts;
  const [size, far, e, one] = registers.vecs("tanh", 4) as [Vec, Vec, Vec, Vec];
  code.vpandd(size, x, cpu.constantBits(0x7fffffff));
  code.vmulps(far, size, cpu.constant(-2));
  exp(parts, e, far, true);
  cpu.fill(one, 1);
  code.vsubps(far, one, e);
  code.vaddps(e, one, e);
  code.vdivps(far, far, e);
  // The quotient has no sign; it gets that of x.
  code.vpandd(e, x, cpu.constantBits(SIGN));
  code.vpord(far, far, e);
  // x + x³·(…)
  code.vmulps(e, x, x);
  polynomial(parts, to, e, TANH);
  code.vmulps(to, to, e);
  code.vmulps(to, to, x);
  code.vaddps(to, x, to);
  const near = cpu.mask("near 0");
  cpu.compare(near, size, cpu.constant(0.625), "LT_OQ");
  cpu.select(to, near, to, far);
  registers.free(size, far, e, one, near);
}

/** to = σ(x) = 1 / (1 + e⁻ˣ), for a negative x written as eˣ / (1 + eˣ). */
export function sigmoid(parts: Parts, to: Vec, x: Vec): void {
  const { code, cpu, registers } = parts;
  const [e, one] = [registers.vec("e"), registers.vec("one")];
  const negative = cpu.mask("negative");
  // e = exp(−|x|)
  code.vpord(one, x, cpu.constantBits(SIGN));
  exp(parts, e, one, true);
  cpu.fill(one, 1);
  cpu.compare(negative, x, cpu.constant(0), "LT_OQ");
  cpu.select(to, negative, e, one);
  code.vaddps(e, one, e);
  code.vdivps(to, to, e);
  registers.free(e, one, negative);
}
