/**
 * Block sums are added as a balanced tree (backends/backend.ts), with a binary counter: level l holds the sum of 2ˡ
 * blocks, or nothing. Before block b is added, the levels in use are the ones of b in binary. Its sum is carried, like
 * a digit: it takes up the levels of b's lowest ones and becomes the level above them. The last block takes up all
 * levels, and that is the total. So a thousand block sums need ten places.
 */

/** The levels that block b takes up, one bit each. */
// @ts-ignore: decorator
@inline
export function levelsOf(block: i32, isLast: bool): i32 {
  return isLast ? block : block & ~(block + 1);
}

/** The level that its sum becomes, unless it is the last. */
// @ts-ignore: decorator
@inline
export function levelAfter(block: i32): i32 {
  return ctz(~block);
}

/** A sum plus the levels that it takes up: four numbers of each, `stride` bytes apart. */
// @ts-ignore: decorator
@inline
export function carry(sum: v128, taken: i32, level: usize, stride: usize): v128 {
  for (; taken != 0; taken >>= 1) {
    if (taken & 1) sum = f32x4.add(v128.load(level), sum);
    level += stride;
  }
  return sum;
}

/** The same for many numbers: `bytes` of them stand at `from`, and in each level. */
export function carryAll(from: usize, to: usize, bytes: usize, taken: i32, levels: usize, stride: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, carry(v128.load(from + at), taken, levels + at, stride));
  }
}
