/**
 * What the order of a sum over the batch costs in rounding: xᵀ·δ / m in float32, three orders, against float64.
 *
 *     node bench/rounding.js
 *
 *   one by one      all examples, one after the other
 *   blocks          blocks of 128 examples, their sums one after the other
 *   blocks, tree    blocks of 128 examples, their sums as a balanced tree: the law of backends/backend.ts
 *
 * An error is given as a share of what the sums are in size (their root mean square), in units of 2⁻²⁴, which is what
 * one rounding loses at most.
 */
const { fround } = Math;
const BLOCK = 128;
const [k, n] = [10, 10];

/** @typedef {(m: number, term: (i: number) => number) => number} Order */

/** @type {Order} */
const oneByOne = (m, term) => sum(0, m, term);

/** @type {Order} */
const blocks = (m, term) => {
  let total = 0;
  for (let i = 0; i < m; i += BLOCK) total = fround(total + sum(i, Math.min(i + BLOCK, m), term));
  return total;
};

/** @type {Order} */
const tree = (m, term) => {
  /** @type {(lo: number, hi: number) => number} */
  const between = (lo, hi) => {
    if (hi === lo + 1) return sum(lo * BLOCK, Math.min(hi * BLOCK, m), term);
    let h = 1;
    while (2 * h < hi - lo) h *= 2;
    return fround(between(lo, lo + h) + between(lo + h, hi));
  };
  return between(0, Math.ceil(m / BLOCK));
};

/**
 * @param {number} from
 * @param {number} to
 * @param {(i: number) => number} term
 */
function sum(from, to, term) {
  let total = 0;
  for (let i = from; i < to; i++) total = fround(total + fround(term(i)));
  return total;
}

/** Numbers from 0 to 1 by a linear congruential generator (Numerical Recipes), the same in every run. */
let state = 1;
function uniform() {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return fround(state / 2 ** 32);
}

const orders = { "one by one": oneByOne, blocks, "blocks, tree": tree };

for (const m of [41_000, 320_000]) {
  const x = Float32Array.from({ length: m * k }, uniform);
  /** @type {Record<string, Float32Array>} */
  const deltas = {
    "δ from −1 to 1": Float32Array.from({ length: m * n }, () => 2 * uniform() - 1),
    "δ from 0 to 1": Float32Array.from({ length: m * n }, uniform),
  };
  for (const [kind, delta] of Object.entries(deltas)) {
    const elements = Array.from({ length: k * n }, (_, e) => [Math.floor(e / n), e % n]);
    const truth = elements.map(([l, j]) => {
      let total = 0;
      for (let i = 0; i < m; i++) total += x[i * k + l] * delta[i * n + j];
      return total;
    });
    const size = Math.sqrt(truth.reduce((total, value) => total + value * value, 0) / truth.length);
    console.log(`${m.toLocaleString("en")} examples, x from 0 to 1, ${kind}: errors in units of 2⁻²⁴`);
    for (const [name, order] of Object.entries(orders)) {
      const errors = elements.map(([l, j], e) => {
        const got = order(m, (i) => x[i * k + l] * delta[i * n + j]);
        return (Math.abs(got - truth[e]) / size) * 2 ** 24;
      });
      const mean = errors.reduce((total, error) => total + error, 0) / errors.length;
      const [shown, most] = [mean, Math.max(...errors)].map((error) => error.toFixed(1).padStart(9));
      console.log(`  ${name.padEnd(14)} mean ${shown}   most ${most}`);
    }
  }
}
