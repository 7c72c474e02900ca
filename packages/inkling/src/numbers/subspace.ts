/**
 * The directions in which most of some rows lie: the first eigenvectors of S = Σ x·xᵀ, by orthogonal iteration (the
 * power method for several vectors at once; Golub and Van Loan, "Matrix computations", 8.2.4).
 *
 *   Q ← S·Q, made orthonormal                      S (n × n), Q (n × k); from random ±1, so many rounds
 *
 * The first directions converge at once, the last ones hardly; their span is what counts. In float64, and of rows of
 * whole numbers S is exact, whatever the order of its sum.
 */
import { Stream } from "./random.ts";

const ROUNDS = 4;

/** Up to `k` orthonormal directions of rows (m × n, row-major), as seen from 0. Fewer where the rows have no more. */
export function principalDirections(rows: Float64Array, n: number, k: number): Float64Array[] {
  const S = outerSum(rows, n);
  const start = new Stream(1, "subspace");
  let Q: Float64Array[] = Array.from({ length: Math.min(k, n, rows.length / n) }, (_, d) =>
    Float64Array.from({ length: n }, (_, j) => (start.uniform(j, d) < 0.5 ? -1 : 1)),
  );
  // Once before the first comparison of lengths: what the rows do not have is gone then.
  Q = Q.map((v) => product(S, v));
  for (let round = 0; round < ROUNDS; round++) Q = orthonormal(Q).map((v) => product(S, v));
  // Twice, so that rounding leaves nothing.
  return orthonormal(orthonormal(Q));
}

/** S = Σ x·xᵀ (n × n). Cells that are 0 are left out. */
function outerSum(rows: Float64Array, n: number): Float64Array {
  const S = new Float64Array(n * n);
  const filled = new Int32Array(n);
  for (let start = 0; start < rows.length; start += n) {
    let count = 0;
    for (let i = 0; i < n; i++) if (rows[start + i] !== 0) filled[count++] = i;
    for (let a = 0; a < count; a++) {
      const i = filled[a];
      const x = rows[start + i];
      for (let b = a; b < count; b++) S[i * n + filled[b]] += x * rows[start + filled[b]];
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) S[i * n + j] = S[j * n + i];
  return S;
}

/** S·v */
function product(S: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  const result = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += S[at++] * v[j];
    result[i] = sum;
  }
  return result;
}

/** Gram and Schmidt. A vector that is in the span of those before it is dropped. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const v of vectors) {
    const rest = v.slice();
    for (const b of basis) {
      const along = dot(b, rest);
      for (let j = 0; j < rest.length; j++) rest[j] -= along * b[j];
    }
    const size = Math.sqrt(dot(rest, rest));
    if (size > 1e-10 * Math.sqrt(dot(v, v))) basis.push(rest.map((number) => number / size));
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
