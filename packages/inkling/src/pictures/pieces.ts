/**
 * Connected pieces of ink: pixels above a threshold that touch each other, at a side or at a corner. A piece is kept as
 * its runs, the unbroken stretches of ink in a row. Runs that touch from one row to the next are joined by union-find
 * (Rosenfeld and Pfaltz 1966; Tarjan 1975).
 */
import type { Box } from "./normalize.ts";

/** All runs of a picture, row by row, and which piece each belongs to. */
export interface Runs {
  readonly count: number;
  readonly y: Int32Array;
  /** First column. */
  readonly from: Int32Array;
  /** One past the last column. */
  readonly to: Int32Array;
}

/** A connected piece of ink. */
export interface Piece extends Box {
  /** How many pixels it has. */
  readonly area: number;
  /** Its runs: indices, ascending. */
  readonly runs: Int32Array;
}

/** The pieces of ink above a threshold, in the order of their first pixels, and their runs. */
export function findPieces(values: Float32Array, width: number, threshold: number): { pieces: Piece[]; runs: Runs } {
  const runs = findRuns(values, width, threshold);
  const parents = joined(runs);
  return { runs, pieces: piecesOf(runs, parents) };
}

function findRuns(values: Float32Array, width: number, threshold: number): Runs {
  let [count, y, from, to] = [0, new Int32Array(1024), new Int32Array(1024), new Int32Array(1024)];
  for (let row = 0, begin = 0; begin < values.length; row++, begin += width) {
    for (let x = 0; x < width; x++) {
      if (!(values[begin + x] > threshold)) continue;
      if (count === y.length) [y, from, to] = [larger(y), larger(from), larger(to)];
      y[count] = row;
      from[count] = x;
      while (x < width && values[begin + x] > threshold) x++;
      to[count++] = x;
    }
  }
  return { count, y, from, to };
}

function larger(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const doubled = new Int32Array(2 * list.length);
  doubled.set(list);
  return doubled;
}

/** For each run the first run of its piece. */
function joined({ count, y, from, to }: Runs): Int32Array {
  const parents = Int32Array.from({ length: count }, (_, i) => i);
  const root = (i: number) => {
    let at = i;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  };
  // `above` walks along the row above while i walks along its own.
  for (let i = 0, above = 0; i < count; i++) {
    while (y[above] < y[i] - 1 || (y[above] === y[i] - 1 && to[above] < from[i])) above++;
    for (let k = above; y[k] === y[i] - 1 && from[k] <= to[i]; k++) {
      const [a, b] = [root(k), root(i)];
      if (a < b) parents[b] = a;
      else parents[a] = b;
    }
  }
  for (let i = 0; i < count; i++) parents[i] = root(i);
  return parents;
}

function piecesOf({ count, y, from, to }: Runs, parents: Int32Array): Piece[] {
  const places = new Int32Array(count);
  const lists: { left: number; right: number; top: number; bottom: number; area: number; runs: number }[] = [];
  for (let i = 0; i < count; i++) {
    const isFirst = parents[i] === i;
    if (isFirst) {
      places[i] = lists.length;
      lists.push({ left: from[i], right: to[i], top: y[i], bottom: y[i] + 1, area: 0, runs: 0 });
    }
    const piece = lists[places[parents[i]]];
    piece.left = Math.min(piece.left, from[i]);
    piece.right = Math.max(piece.right, to[i]);
    piece.bottom = y[i] + 1;
    piece.area += to[i] - from[i];
    piece.runs += 1;
  }
  const pieces = lists.map(({ left, right, top, bottom, area, runs }) => {
    return { left, top, width: right - left, height: bottom - top, area, runs: new Int32Array(runs) };
  });
  const filled = new Int32Array(pieces.length);
  for (let i = 0; i < count; i++) {
    const at = places[parents[i]];
    pieces[at].runs[filled[at]++] = i;
  }
  return pieces;
}
