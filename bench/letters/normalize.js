/**
 * From a drawing in black and white to an image as MNIST's digits were made of theirs (QMNIST's reconstruction, Yadav and
 * Bottou 2019): the ink's box, widened to a square, averaged into 20 × 20 pixels, with its centre of mass placed in the
 * middle of 28 × 28. One thing is left out: their program made each source pixel 1 % smaller than it is.
 */

/** Height and width of an image. */
export const WIDTH = 28;
export const PIXELS = WIDTH * WIDTH;
/** Height and width of the box that the ink fills. */
const BOX = 20;
/** A smaller drawing is not enlarged further. */
const LEAST = 10;

/**
 * The image of a drawing, 28 × 28 bytes: 0 is paper, 255 is ink.
 *
 * @param {Uint8Array} mask size × size, row-major: 1 is ink; throws an Error if there is none
 * @param {number} size
 */
export function normalized(mask, size) {
  const box = boxed(mask, size);
  // The centre of mass, pixel 0 being from 0 to 1.
  let [sum, down, across] = [0, 0, 0];
  box.forEach((ink, i) => {
    sum += ink;
    down += ink * (Math.floor(i / BOX) + 0.5);
    across += ink * ((i % BOX) + 0.5);
  });
  const middle = WIDTH / 2 + 1;
  const [top, left] = [Math.trunc(middle - down / sum), Math.trunc(middle - across / sum)];
  const image = new Uint8Array(PIXELS);
  box.forEach((ink, i) => {
    const [row, column] = [top + Math.floor(i / BOX), left + (i % BOX)];
    const isInside = row >= 0 && row < WIDTH && column >= 0 && column < WIDTH;
    if (isInside) image[row * WIDTH + column] = ink;
  });
  return image;
}

/**
 * The ink in 20 × 20 bytes, the darkest 255. A pixel is the mean of the area that it covers.
 *
 * @param {Uint8Array} mask
 * @param {number} size
 */
function boxed(mask, size) {
  const { top, left, height, width } = inkBox(mask, size);
  const side = Math.max(height, width, LEAST);
  const [firstRow, firstColumn] = [top - Math.floor((side - height) / 2), left - Math.floor((side - width) / 2)];
  const step = side / BOX;
  const shares = new Float64Array(BOX * BOX);
  for (let row = 0; row < BOX; row++) {
    for (let column = 0; column < BOX; column++) {
      let ink = 0;
      for (let y = Math.floor(row * step); y < (row + 1) * step; y++) {
        for (let x = Math.floor(column * step); x < (column + 1) * step; x++) {
          if (!isInk(mask, size, firstRow + y, firstColumn + x)) continue;
          ink += overlap(y, row, step) * overlap(x, column, step);
        }
      }
      shares[row * BOX + column] = ink / (step * step);
    }
  }
  const most = shares.reduce((a, b) => Math.max(a, b));
  return Uint8Array.from(shares, (share) => Math.round((255 * share) / most));
}

/**
 * How much of a drawing's pixel, from `at` to at + 1, lies in the cell of `step` pixels with this number.
 *
 * @param {number} at
 * @param {number} cell
 * @param {number} step
 */
function overlap(at, cell, step) {
  return Math.max(0, Math.min(at + 1, (cell + 1) * step) - Math.max(at, cell * step));
}

/**
 * @param {Uint8Array} mask
 * @param {number} size
 * @param {number} row
 * @param {number} column
 */
function isInk(mask, size, row, column) {
  return row >= 0 && row < size && column >= 0 && column < size && mask[row * size + column] === 1;
}

/**
 * The smallest box around all ink.
 *
 * @param {Uint8Array} mask
 * @param {number} size
 */
function inkBox(mask, size) {
  let [top, left, bottom, right] = [size, size, -1, -1];
  mask.forEach((ink, i) => {
    if (ink !== 1) return;
    const [row, column] = [Math.floor(i / size), i % size];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  if (bottom < 0) throw new Error("normalized: expected a drawing with ink, got none.");
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}
