/**
 * Dropout: z = m ⊙ x / (1 − r), the mask m drawn by Philox 4×32 with 10 rounds (src/numbers/random.ts). A draw mixes
 * the counter (⌊j / 4⌋, example, epoch, 0) under the stream's key into four words, one for each of four numbers. Here
 * a lane is a draw: four draws at once, so sixteen numbers of a row.
 */
import * as argument from "./arguments";
import { storeFirst } from "./memory";

// Philox's multipliers, and what its key walks on by in each round.
const M0: i32 = 0xd2511f53;
const M1: i32 = 0xcd9e8d57;
const W0: i32 = 0x9e3779b9;
const W1: i32 = 0xbb67ae85;

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
  const epoch = v128.load32_splat(argument.DROPOUT_EPOCH);
  const threshold = v128.load32_splat(argument.DROPOUT_THRESHOLD);
  const s = v128.load32_splat(argument.DROPOUT_SCALE);
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  let at = <usize>first * (<usize>n << 2);
  let x = load<usize>(argument.DROPOUT_X) + at;
  let z = load<usize>(argument.DROPOUT_Z) + at;
  for (let row = first; row < last; row++) {
    const example = v128.load32_splat(examples + (<usize>row << 2));
    let draw = i32x4(0, 1, 2, 3);
    for (let left = n; left > 0; left -= 16) {
      let c0 = draw;
      let c1 = example;
      let c2 = epoch;
      let c3 = i32x4.splat(0);
      let k0 = v128.load32_splat(argument.DROPOUT_KEY);
      let k1 = v128.load32_splat(argument.DROPOUT_KEY_HIGH);
      for (let round = 0; round < 10; round++) {
        // Products of 64 bits, two lanes each: their high words are mixed, their low ones move on.
        const a0 = i64x2.extmul_low_i32x4_u(c0, m0);
        const b0 = i64x2.extmul_high_i32x4_u(c0, m0);
        const a1 = i64x2.extmul_low_i32x4_u(c2, m1);
        const b1 = i64x2.extmul_high_i32x4_u(c2, m1);
        c0 = v128.xor(v128.xor(v128.shuffle<i32>(a1, b1, 1, 3, 5, 7), c1), k0);
        c1 = v128.shuffle<i32>(a1, b1, 0, 2, 4, 6);
        c2 = v128.xor(v128.xor(v128.shuffle<i32>(a0, b0, 1, 3, 5, 7), c3), k1);
        c3 = v128.shuffle<i32>(a0, b0, 0, 2, 4, 6);
        k0 = i32x4.add(k0, i32x4.splat(W0));
        k1 = i32x4.add(k1, i32x4.splat(W1));
      }
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
      draw = i32x4.add(draw, i32x4.splat(4));
    }
    // Behind the last number of the row.
    at = <usize>(-n & 15) << 2;
    x -= at;
    z -= at;
  }
}
