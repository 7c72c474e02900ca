/**
 * Activations and what outputs mean, as functions of an exported module (formats/module-code.ts). They are the
 * sequences of numbers/float32.ts and numbers/activations.ts, step by step.
 */

/** One function: what it needs, and its text. */
export interface ModuleFunction {
  readonly needs?: readonly string[];
  readonly text: string;
}

export const arithmeticFunctions: Readonly<Record<string, ModuleFunction>> = {
  relu: {
    text: `
/** a = max(0, z) */
function relu(z) {
  return z <= 0 ? 0 : z;
}`,
  },
  leakyRelu: {
    text: `
/** a = z above 0, z / 100 below */
function leakyRelu(z) {
  return z <= 0 ? fround(0.01) * z : z;
}`,
  },
  sigmoid: {
    needs: ["exp"],
    text: `
/** a = 1 / (1 + e⁻ᶻ), written so that nothing overflows */
function sigmoid(z) {
  const e = exp(-Math.abs(z));
  return fround((z < 0 ? e : 1) / fround(1 + e));
}`,
  },
  tanh: {
    needs: ["exp"],
    text: `
/** a = tanh z = (1 − e⁻²ᶻ) / (1 + e⁻²ᶻ); near 0 a polynomial */
function tanh(z) {
  const size = Math.abs(z);
  if (size < 0.625) {
    const s = fround(z * z);
    let p = fround(-5.7049887275e-3);
    for (const t of [2.0639088794e-2, -5.373971593e-2, 1.333141315e-1, -3.3333281942e-1]) {
      p = fround(fround(p * s) + fround(t));
    }
    return fround(z + fround(fround(p * s) * z));
  }
  const e = exp(fround(-2 * size));
  const t = fround(fround(1 - e) / fround(1 + e));
  return z < 0 ? -t : t;
}`,
  },
  gelu: {
    needs: ["normalCdf"],
    text: `
/** a = z · Φ(z), Φ(z) the share of the normal distribution below z */
function gelu(z) {
  return (z < -(2 ** 100) ? -(2 ** 100) : z) * normalCdf(z);
}`,
  },
  silu: {
    needs: ["sigmoid"],
    text: `
/** a = z / (1 + e⁻ᶻ) */
function silu(z) {
  return (z < -(2 ** 100) ? -(2 ** 100) : z) * sigmoid(z);
}`,
  },
  elu: {
    needs: ["expm1"],
    text: `
/** a = z above 0, eᶻ − 1 below */
function elu(z) {
  return z > 0 ? z : expm1(z);
}`,
  },
  normalCdf: {
    needs: ["exp"],
    text: `
/** Φ(x) = ½ · (1 + erf(x / √2)): Φ(−t) = e^(−t²/2) times a polynomial in u = 1 / (1 + t · 25/64) */
function normalCdf(x) {
  const t = Math.min(Math.abs(x), 16);
  const u = fround(1 / fround(1 + fround(0.390625 * t)));
  let p = 0;
  for (const n of NORMAL) p = fround(fround(p * u) + fround(n));
  // e^(−t²/2), with t² in two parts: its own rounding would cost digits
  const s = fround(t * t);
  const c = fround(t * 4097);
  const high = fround(c - fround(c - t));
  const low = fround(t - high);
  const rest = fround(fround(fround(fround(high * high) - s) + fround(fround(2 * high) * low)) + fround(low * low));
  const bell = fround(exp(fround(-0.5 * s)) * fround(1 - fround(0.5 * rest)));
  const tail = fround(fround(p * u) * bell);
  return x < 0 ? tail : fround(1 - tail);
}
const NORMAL = [
  0.029562117531895638, -0.1699601262807846, 0.3901421129703522, -0.419402539730072, 0.17250779271125793,
  -0.04415390267968178, 0.0994596779346466, 0.1300201117992401, 0.15599307417869568, 0.1558316946029663,
];`,
  },
  exp: {
    needs: ["nearestExponent", "expm1Near", "powerOfTwo"],
    text: `
/** eˣ = 2ⁿ · eʳ with r = x − n · ln 2, rounded to float32 in each step: the same bits in every engine */
function exp(x) {
  if (x > 88.72283935546875) return Infinity;
  if (x < -103.97207641601562) return 0;
  const n = nearestExponent(x);
  const half = n >> 1;
  return fround(fround(fround(expm1Near(x, n) + 1) * powerOfTwo(half)) * powerOfTwo(n - half));
}`,
  },
  expm1: {
    needs: ["exp", "nearestExponent", "expm1Near", "powerOfTwo"],
    text: `
/** eˣ − 1 = 2ⁿ · (eʳ − 1) + (2ⁿ − 1) */
function expm1(x) {
  if (x > 20) return exp(x);
  if (x < -18) return -1;
  const n = nearestExponent(x);
  return fround(fround(expm1Near(x, n) * powerOfTwo(n)) + fround(powerOfTwo(n) - 1));
}`,
  },
  nearestExponent: {
    text: `
/** n, the whole number nearest to x / ln 2: adding and subtracting 1.5 · 2²³ rounds to one */
function nearestExponent(x) {
  return fround(fround(fround(x * fround(Math.LOG2E)) + 12582912) - 12582912);
}`,
  },
  expm1Near: {
    text: `
/** eʳ − 1 with r = x − n · ln 2, by a polynomial */
function expm1Near(x, n) {
  const r = fround(fround(x - fround(n * fround(0.693359375))) - fround(n * fround(-2.1219444005469057e-4)));
  let p = fround(1.98756915e-4);
  for (const e of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]) {
    p = fround(fround(p * r) + fround(e));
  }
  return fround(fround(p * fround(r * r)) + r);
}`,
  },
  powerOfTwo: {
    text: `
/** 2ⁿ, by writing the exponent's bits */
function powerOfTwo(n) {
  bits[0] = (n + 127) << 23;
  return float[0];
}
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);`,
  },
  log: {
    needs: ["powerOfTwo"],
    text: `
/** ln x = n · ln 2 + ln m with x = 2ⁿ · m and √½ ≤ m < √2, for a positive x that is not subnormal */
function log(x) {
  if (Number.isNaN(x)) return x;
  float[0] = x;
  const shifted = bits[0] - 0x3f3504f3; // the bits of √½
  const n = shifted >> 23;
  bits[0] = (shifted & 0x7fffff) + 0x3f3504f3;
  const f = fround(float[0] - 1);
  const f2 = fround(f * f);
  let p = 0;
  for (const l of LOGARITHM) p = fround(fround(p * f) + fround(l));
  p = fround(fround(p * f) * f2);
  p = fround(p + fround(n * fround(-2.1219444005469057e-4)));
  p = fround(p - fround(0.5 * f2));
  return fround(fround(p + f) + fround(n * fround(0.693359375)));
}
const LOGARITHM = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];`,
  },
  softmax: {
    needs: ["exp", "log"],
    text: `
/** p_j = e^(z_j) / Σ e^(z_k), written with M = max z so that nothing overflows: e^((z_j − M) − ln Σ e^(z_k − M)) */
function softmax(z) {
  const max = z.reduce((most, value) => (value > most ? value : most), z[0]);
  let sum = 0;
  for (const value of z) sum = fround(sum + exp(fround(value - max)));
  const logSum = log(sum);
  return z.map((value) => exp(fround(fround(value - max) - logSum)));
}`,
  },
  temperedSoftmax: {
    needs: ["log", "softmax"],
    text: `
/** softmax(ln p / T): what a temperature makes of the mean of several networks */
function temperedSoftmax(p, T) {
  return softmax(p.map((share) => log(Math.max(2 ** -126, share)) / T));
}`,
  },
  temperedSigmoid: {
    needs: ["log", "sigmoid"],
    text: `
/** σ(ln(p / (1 − p)) / T): the same of answers that are yes or no each */
function temperedSigmoid(p, T) {
  const shares = p.map((share) => Math.max(2 ** -126, Math.min(1 - 2 ** -24, share)));
  return shares.map((share) => sigmoid(fround((log(share) - log(fround(1 - share))) / T)));
}`,
  },
};
