/**
 * Where the numbers of a layer stand in a picture: an image as an image, its channels side by side; a row of numbers as
 * a block that is about as wide as high; a matrix of weights as one picture for each neuron. A place says which number
 * a cell shows; between two pictures is a gap.
 */
import type { Numbers } from "inkling/backends";
import type { ImagePlace } from "inkling/proofs";

export interface Arrangement {
  readonly columns: number;
  /** For each cell, row by row, the place of its number; −1 in a gap. */
  readonly places: Int32Array;
}

/** The picture of one layer's numbers, by the shape that they have. */
export function arrangementOf(shape: readonly number[]): Arrangement {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length === 3 && channels === 1) return inOrder(height * width, width);
  if (shape.length === 3)
    return panels(height, width, channels, (row, column, c) => (row * width + column) * channels + c);
  const count = shape.reduce((product, size) => product * size, 1);
  return inOrder(count, blockColumns(count));
}

/**
 * The picture of a matrix of `count` columns: for each of the first `shown` (a neuron) a tile of its rows, which are
 * arranged like the inputs.
 */
export function matrixArrangement(tile: Arrangement, count: number, shown = count): Arrangement {
  const rows = Math.ceil(tile.places.length / tile.columns);
  return panels(rows, tile.columns, shown, (row, column, j) => {
    const place = tile.places[row * tile.columns + column] ?? -1;
    return place < 0 ? -1 : place * count + j;
  });
}

/** The numbers cell by cell; NaN, which has no colour, in a gap. */
export function arranged(values: ArrayLike<number>, { places }: Arrangement): Float64Array {
  return Float64Array.from(places, (place) => (place < 0 ? Number.NaN : (values[place] ?? Number.NaN)));
}

/** Where number `at` of an image is; of a list each number is a channel. */
export function placeIn(shape: readonly number[], at: number): ImagePlace {
  const [width, channels] = [shape.length === 3 ? (shape[1] ?? 1) : 1, shape.at(-1) ?? 1];
  const position = Math.floor(at / channels);
  return { row: Math.floor(position / width), column: position % width, channel: at % channels };
}

/** Column j of a matrix, row-major: the weights of neuron j. */
export function columnOf({ columns, values }: { readonly columns: number; readonly values: Numbers }, j: number) {
  return Float64Array.from({ length: values.length / columns }, (_, i) => values[i * columns + j] as number);
}

function inOrder(count: number, columns: number): Arrangement {
  return { columns, places: Int32Array.from({ length: count }, (_, i) => i) };
}

/** Up to 6 numbers are a row; more are the block of whole rows that is nearest to a square. */
function blockColumns(count: number): number {
  if (count <= 6) return Math.max(1, count);
  const root = Math.sqrt(count);
  for (let columns = Math.ceil(root); columns <= 2 * root; columns++) if (count % columns === 0) return columns;
  return Math.ceil(root);
}

/** Equal panels in about as many rows as columns, one cell apart. */
function panels(
  height: number,
  width: number,
  count: number,
  placeOf: (row: number, column: number, panel: number) => number,
): Arrangement {
  const across = count <= 3 ? count : Math.ceil(Math.sqrt((count * (height + 1)) / (width + 1)));
  const down = Math.ceil(count / across);
  const columns = across * (width + 1) - 1;
  const places = new Int32Array(columns * (down * (height + 1) - 1)).fill(-1);
  for (let panel = 0; panel < count; panel++) {
    const [top, left] = [Math.floor(panel / across) * (height + 1), (panel % across) * (width + 1)];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        places[(top + row) * columns + left + column] = placeOf(row, column, panel);
      }
    }
  }
  return { columns, places };
}
