/** Pieces of the shared memory: a thread's scratch memory, zeros, the table of bytes, the ends of rows. */
import { BEFORE_SCRATCH, BYTES, SCRATCH } from "./layout";
import { thread } from "./threads";

/** This thread's scratch memory: panels of B or W, sums of pixels. BEFORE_SCRATCH bytes before it are its own too. */
export function scratch(): usize {
  return <usize>load<u32>(SCRATCH) + <usize>thread() * <usize>load<u32>(SCRATCH, 4) + BEFORE_SCRATCH;
}

/**
 * Fills a piece with 0; its size is a multiple of 4. Not memory.fill: where another thread has just made the memory
 * grow, an engine may still check that against the old size (tools/build-kernels.js leaves those instructions out).
 */
export function clear(at: usize, bytes: usize): void {
  const end = at + bytes;
  for (; at + 16 <= end; at += 16) v128.store(at, f32x4.splat(0));
  for (; at < end; at += 4) store<i32>(at, 0);
}

/** Fills the table of bytes; once, before anything else. */
export function makeBytes(): void {
  for (let p = 0; p < 256; p++) store<f32>(BYTES + (p << 2), <f32>p / <f32>255);
}

/** Stores the first `count` of four numbers, or all four of more. */
// @ts-ignore: decorator
@inline
export function storeFirst(at: usize, numbers: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, numbers);
    return;
  }
  if (count >= 2) v128.store64_lane(at, numbers, 0);
  if (count == 1) v128.store32_lane(at, numbers, 0);
  if (count == 3) v128.store32_lane(at, numbers, 2, 8);
}
