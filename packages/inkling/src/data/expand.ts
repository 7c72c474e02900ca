/**
 * The book's expansion of the training data (chapter 3, "Artificially expanding the training data"; chapter 6, program
 * expand_mnist.py): every image five times, as it is and moved by one pixel down, up, right and left.
 */
import { DataError } from "../errors.ts";
import { size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { Dataset } from "./dataset.ts";

/** Rows and columns by which the four copies move, in the book's order. */
const MOVES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/**
 * Five times the examples: each image, then its copies moved by one pixel down, up, right and left, with its label or
 * targets; what moves in is 0. (The book's program then shuffles them once; a training shuffles them in every epoch.)
 * Throws a DataError for what are no images.
 *
 * @example
 * const digits = await mnist();
 * expandByOnePixel(digits.train.take(50000)).count; // 250000
 */
export function expandByOnePixel(data: Dataset): Dataset {
  if (!(data instanceof Dataset)) throw new DataError("expandByOnePixel", "a data set", shown(data));
  const { name, shape, count, columns, inputs } = data;
  if (shape.length !== 2 && shape.length !== 3) {
    const expected = "images (height × width × channels)";
    throw new DataError(`expandByOnePixel of ${name}`, expected, `examples of ${shape.join(" × ")} numbers`);
  }
  const [height, ...row] = shape;
  const [rowLength, pixel] = [size(row), size(row.slice(1))];
  const order = Uint32Array.from({ length: 5 * count }, (_, i) => Math.floor(i / 5));
  const expanded = data.pick(order, `${name}, expanded by one pixel`);
  const moved = expanded.inputs;
  for (let i = 0; i < count; i++) {
    for (const [move, [down, right]] of MOVES.entries()) {
      const to = (5 * i + 1 + move) * columns;
      moved.fill(0, to, to + columns);
      for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
        const from = i * columns + (y - down) * rowLength;
        // What moves out on the left or on the right is left out.
        const [first, last] = right > 0 ? [0, rowLength - pixel] : right < 0 ? [pixel, rowLength] : [0, rowLength];
        moved.set(inputs.subarray(from + first, from + last), to + y * rowLength + first + right * pixel);
      }
    }
  }
  // Examples that lie elsewhere are now in memory.
  return expanded.stored === undefined ? expanded : new Dataset({ ...expanded, inputs: moved });
}
