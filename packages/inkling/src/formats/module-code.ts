/**
 * The functions of an exported module, as JavaScript: each layer in plain loops, with its equation. They compute what
 * the reference backend does, rounded at the same places, so that the outputs are the same bits: `fround` stands around
 * every product and sum, but where a Float32Array rounds what it stores. test/module.test.ts holds it.
 *
 * A module holds only the functions that its model needs.
 */

/** One function: what it needs, and its text. */
export interface ModuleFunction {
  readonly needs?: readonly string[];
  readonly text: string;
}

export const moduleFunctions: Readonly<Record<string, ModuleFunction>> = {
  dense: {
    text: `
/** A dense layer: z_j = Σ_l x_l · W_lj + b_j. W is inputs × outputs, row after row. */
function dense(x, W, b) {
  const n = b.length;
  const z = new Float32Array(n);
  for (let l = 0; l < x.length; l++) {
    if (x[l] === 0) continue;
    for (let j = 0; j < n; j++) z[j] += fround(x[l] * W[l * n + j]);
  }
  for (let j = 0; j < n; j++) z[j] += b[j];
  return z;
}`,
  },
  conv2d: {
    text: `
/**
 * A convolution: at each position z_f = Σ x · W_f + b_f, over the pixels that the window sees and their channels.
 * An image is row after row, the channels of a pixel side by side; outside of it are zeros.
 */
function conv2d(x, W, b, w) {
  const filters = b.length;
  const z = new Float32Array(w.outHeight * w.outWidth * filters);
  for (let p = 0; p < w.outHeight * w.outWidth; p++) {
    const top = Math.floor(p / w.outWidth) * w.strideY - w.top;
    const left = (p % w.outWidth) * w.strideX - w.left;
    for (let t = 0; t < w.rows * w.columns; t++) {
      const row = top + Math.floor(t / w.columns) * w.dilationY;
      const column = left + (t % w.columns) * w.dilationX;
      if (row < 0 || row >= w.height || column < 0 || column >= w.width) continue;
      for (let c = 0; c < w.channels; c++) {
        const value = x[(row * w.width + column) * w.channels + c];
        if (value === 0) continue;
        const from = (t * w.channels + c) * filters;
        for (let f = 0; f < filters; f++) z[p * filters + f] += fround(value * W[from + f]);
      }
    }
    for (let f = 0; f < filters; f++) z[p * filters + f] += b[f];
  }
  return z;
}`,
  },
  pool: {
    text: `
/** Pooling: of the numbers that each window sees, channel by channel, the one that \`choose\` makes of them. */
function pool(x, w, choose) {
  const z = new Float32Array(w.outHeight * w.outWidth * w.channels);
  for (let o = 0; o < z.length; o++) {
    const p = Math.floor(o / w.channels);
    const top = Math.floor(p / w.outWidth) * w.strideY - w.top;
    const left = (p % w.outWidth) * w.strideX - w.left;
    const seen = [];
    for (let row = Math.max(0, top); row < Math.min(w.height, top + w.rows); row++) {
      for (let column = Math.max(0, left); column < Math.min(w.width, left + w.columns); column++) {
        seen.push(x[(row * w.width + column) * w.channels + (o % w.channels)]);
      }
    }
    z[o] = choose(seen);
  }
  return z;
}`,
  },
  largestOf: {
    text: `
/** z = max x */
function largestOf(seen) {
  let most = -Infinity;
  for (const x of seen) if (x > most || Number.isNaN(x)) most = x;
  return most;
}`,
  },
  meanOf: {
    text: `
/** z = Σ x / n */
function meanOf(seen) {
  let sum = 0;
  for (const x of seen) sum = fround(sum + x);
  return fround(sum / seen.length);
}`,
  },
  batchNorm: {
    text: `
/** Batch normalization, by the mean and variance of the training: y = γ · (x − μ) / √(v + ε) + β, for each channel. */
function batchNorm(x, gamma, beta, mean, variance, epsilon) {
  const y = new Float32Array(x.length);
  for (let e = 0; e < x.length; e++) {
    const c = e % gamma.length;
    const sigma = fround(Math.sqrt(fround(variance[c] + fround(epsilon))));
    y[e] = fround(gamma[c] * fround(fround(x[e] - mean[c]) / sigma)) + beta[c];
  }
  return y;
}`,
  },
  addScaled: {
    text: `
/** A skip connection: y = x + s · f(x) */
function addScaled(x, f, s) {
  return x.map((value, e) => value + fround(fround(s) * f[e]));
}`,
  },
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
  largest: {
    text: `
/** The place of the largest number; of equal ones the first. */
function largest(numbers) {
  let best = 0;
  for (let j = 1; j < numbers.length; j++) if (numbers[j] > numbers[best]) best = j;
  return best;
}`,
  },
};

/** The functions of these names with all that they need, in the order of the table above. */
export function functionsFor(names: Iterable<string>): string {
  const needed = new Set<string>();
  const add = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const other of moduleFunctions[name]?.needs ?? []) add(other);
  };
  for (const name of names) add(name);
  return Object.entries(moduleFunctions)
    .flatMap(([name, { text }]) => (needed.has(name) ? [text.trim()] : []))
    .join("\n\n");
}
