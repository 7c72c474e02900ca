/**
 * Dropout: z = m ⊙ x / (1 − r), the mask m drawn by Philox (draws.ts). A draw mixes
 * the counter (⌊j / 4⌋, example, epoch, 0) under the stream's key into four words, one for each of four numbers. Here
 * a lane is a draw: four draws at once, so sixteen numbers of a row.
 */
import * as argument from "./arguments";
import { draw4 } from "./draws";
import { scratch, storeFirst } from "./memory";

/** Four numbers of z: a number is kept if its word is not below the threshold. */
// @ts-ignore: decorator
@inline
function drop(x: usize, z: usize, words: v128, threshold: v128, s: v128, left: i32): void {
  const kept = i32x4.ge_u(words, threshold);
  storeFirst(z, v128.and(kept, f32x4.mul(s, v128.load(x))), left);
}

/** A tile is DROPOUT_TILE rows. */
export function dropoutTile(tile: i32): void {
  const n = load<i32>(argument.DROPOUT_COLUMNS);
  const rows = load<i32>(argument.DROPOUT_TILE);
  const first = tile * rows;
  const last = min(first + rows, load<i32>(argument.DROPOUT_ROWS));
  const examples = load<usize>(argument.DROPOUT_EXAMPLES);
  const epoch = load<i32>(argument.DROPOUT_EPOCH);
  const key0 = load<i32>(argument.DROPOUT_KEY);
  const key1 = load<i32>(argument.DROPOUT_KEY_HIGH);
  const words = scratch();
  const threshold = v128.load32_splat(argument.DROPOUT_THRESHOLD);
  const s = v128.load32_splat(argument.DROPOUT_SCALE);
  let at = <usize>first * (<usize>n << 2);
  let x = load<usize>(argument.DROPOUT_X) + at;
  let z = load<usize>(argument.DROPOUT_Z) + at;
  for (let row = first; row < last; row++) {
    const example = load<i32>(examples + (<usize>row << 2));
    let draw = 0;
    for (let left = n; left > 0; left -= 16) {
      draw4(draw, example, epoch, 0, key0, key1, words);
      const c0 = v128.load(words);
      const c1 = v128.load(words, 16);
      const c2 = v128.load(words, 32);
      const c3 = v128.load(words, 48);
      // Words of a lane become neighbours: a transpose of 4 × 4.
      const a = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
      const b = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
      const c = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
      const d = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
      drop(x, z, v128.shuffle<i64>(a, b, 0, 2), threshold, s, left);
      drop(x + 16, z + 16, v128.shuffle<i64>(a, b, 1, 3), threshold, s, left - 4);
      drop(x + 32, z + 32, v128.shuffle<i64>(c, d, 0, 2), threshold, s, left - 8);
      drop(x + 48, z + 48, v128.shuffle<i64>(c, d, 1, 3), threshold, s, left - 12);
      x += 64;
      z += 64;
      draw += 4;
    }
    // Behind the last number of the row.
    at = <usize>(-n & 15) << 2;
    x -= at;
    z -= at;
  }
}
