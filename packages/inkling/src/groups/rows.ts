/** Some rows of what a backend computes with, where they lie: nothing is copied. */
import { CpuMatrix } from "../backends/cpu-matrix.ts";
import { ListedPixels } from "../backends/fast/pixel-lists.ts";
import { Pixels } from "../matrix.ts";
import type { Range } from "./shares.ts";

/** Rows of a matrix of numbers. */
export function rowsIn(x: CpuMatrix, { first, end }: Range): CpuMatrix {
  if (first === 0 && end === x.rows) return x;
  return new CpuMatrix(x.owner, end - first, x.columns, x.data.subarray(first * x.columns, end * x.columns));
}

/** Rows of a matrix of numbers or of pixels. */
export function examplesIn(x: CpuMatrix | Pixels, range: Range): CpuMatrix | Pixels {
  if (!(x instanceof Pixels)) return rowsIn(x, range);
  const { first, end } = range;
  if (first === 0 && end === x.rows) return x;
  const place = [x.owner, x.bytes, x.columns, x.order, x.start + first, end - first] as const;
  return x instanceof ListedPixels ? new ListedPixels(...place, x.lists, x.rooms) : new Pixels(...place);
}

/** Numbers of a matrix as a matrix of another shape, from number `at` on. */
export function shaped(numbers: CpuMatrix, at: number, rows: number, columns: number): CpuMatrix {
  return new CpuMatrix(numbers.owner, rows, columns, numbers.data.subarray(at, at + rows * columns));
}
