/**
 * Rows of many numbers as points on a plane: the two directions in which the rows differ most, found by the power
 * method (Golub and Van Loan, "Matrix computations", 8.2). The library has no such picture of data; these numbers
 * decide nothing but where a point is drawn.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

const ROUNDS = 60;

/** The rows (count × columns, row-major) on the plane, scaled so that all of them lie between −1 and 1. */
export function onPlane(rows: ArrayLike<number>, columns: number): Point[] {
  const count = rows.length / columns;
  const centred = Float64Array.from(rows);
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += centred[i * columns + j] ?? 0;
    for (let i = 0; i < count; i++) centred[i * columns + j] = (centred[i * columns + j] ?? 0) - sum / count;
  }
  const first = direction(centred, columns, undefined);
  const second = direction(centred, columns, first);
  const [xs, ys] = [along(centred, columns, first), along(centred, columns, second)];
  const bound = Math.max(1e-12, ...xs.map(Math.abs), ...ys.map(Math.abs));
  return Array.from(xs, (x, i) => ({ x: x / bound, y: (ys[i] ?? 0) / bound }));
}

/** The unit vector v that makes Σ (x·v)² largest, among those at right angles to another. */
function direction(rows: Float64Array, columns: number, other: Float64Array | undefined): Float64Array {
  // A fixed start that is no axis: the same rows give the same picture.
  let v = Float64Array.from({ length: columns }, (_, j) => 1 + ((j * 7919) % 101) / 101);
  for (let round = 0; round < ROUNDS; round++) {
    const products = along(rows, columns, v);
    const next = new Float64Array(columns);
    for (let i = 0, at = 0; i < products.length; i++) {
      const p = products[i] ?? 0;
      for (let j = 0; j < columns; j++, at++) next[j] = (next[j] ?? 0) + p * (rows[at] ?? 0);
    }
    if (other !== undefined) {
      const shared = dot(next, other);
      for (let j = 0; j < columns; j++) next[j] = (next[j] ?? 0) - shared * (other[j] ?? 0);
    }
    const length = Math.sqrt(dot(next, next));
    if (length === 0) return next;
    v = next.map((value) => value / length);
  }
  return v;
}

function along(rows: Float64Array, columns: number, v: Float64Array): Float64Array {
  const result = new Float64Array(rows.length / columns);
  for (let i = 0; i < result.length; i++) result[i] = dot(rows.subarray(i * columns, (i + 1) * columns), v);
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] ?? 0) * (b[j] ?? 0);
  return sum;
}
