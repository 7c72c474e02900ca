/**
 * The functions of an exported module, as JavaScript: each layer in plain loops, with its equation. They compute what
 * the reference backend does, rounded at the same places, so that the outputs are the same bits: `fround` stands around
 * every product and sum, but where a Float32Array rounds what it stores. test/module.test.ts holds it.
 *
 * A module holds only the functions that its model needs.
 */

import { arithmeticFunctions, type ModuleFunction } from "./module-arithmetic.ts";

const layerFunctions: Readonly<Record<string, ModuleFunction>> = {
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

const moduleFunctions: Readonly<Record<string, ModuleFunction>> = { ...layerFunctions, ...arithmeticFunctions };

/** The functions of these names with all that they need, in the order of the tables. */
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
