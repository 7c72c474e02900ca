/**
 * Random words and normal numbers for four lanes at once: Philox of src/numbers/random.ts and the normal pairs of
 * src/numbers/trigonometry.ts, operation for operation.
 */
import { log4 } from "./float32";

/**
 * Four draws of a stream, of the elements from `element` on: sixteen words at `to`, first word 0 of the four draws,
 * then word 1 of the four …
 */
export function draw4(element: i32, example: i32, epoch: i32, copy: i32, key0: i32, key1: i32, to: usize): void {
  let c0 = i32x4.add(i32x4.splat(element), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(example);
  let c2 = i32x4.splat(epoch);
  let c3 = i32x4.splat(copy);
  let k0 = key0;
  let k1 = key1;
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    // Products of 64 bits, two lanes at a time; then their low and their high words.
    const near0 = i64x2.extmul_low_i32x4_u(c0, m0);
    const far0 = i64x2.extmul_high_i32x4_u(c0, m0);
    const near1 = i64x2.extmul_low_i32x4_u(c2, m1);
    const far1 = i64x2.extmul_high_i32x4_u(c2, m1);
    const high0 = v128.shuffle<i32>(near0, far0, 1, 3, 5, 7);
    const high1 = v128.shuffle<i32>(near1, far1, 1, 3, 5, 7);
    c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(k0));
    c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(k1));
    c1 = v128.shuffle<i32>(near1, far1, 0, 2, 4, 6);
    c3 = v128.shuffle<i32>(near0, far0, 0, 2, 4, 6);
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  v128.store(to, c0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
}

/** Sixteen words become uniform numbers on (−1, 1), in place: (2·(word >>> 8) + 1)·2⁻²⁴ − 1, exact. */
export function uniform16(at: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const odd = v128.or(i32x4.shl(i32x4.shr_u(v128.load(at + i), 8), 1), i32x4.splat(1));
    const centred = f32x4.convert_i32x4_s(i32x4.sub(odd, i32x4.splat(1 << 24)));
    v128.store(at + i, f32x4.mul(centred, f32x4.splat(<f32>5.960464477539063e-8)));
  }
}

/** Sixteen words become normal numbers, in place: words i and i + 8 are a pair's radius and angle. */
export function normal16(at: usize): void {
  normal8(at);
  normal8(at + 16);
}

/** p·x + c, each rounded. */
// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(p, x), f32x4.splat(c));
}

function normal8(at: usize): void {
  // r = √(−2·ln u)
  const above = i32x4.add(i32x4.shr_u(v128.load(at), 8), i32x4.splat(1));
  const u = f32x4.mul(f32x4.convert_i32x4_s(above), f32x4.splat(<f32>5.960464477539063e-8));
  const r = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log4(u)));
  // The angle: quarter turns and a rest
  const angle = i32x4.shr_u(v128.load(at, 32), 8);
  const q = i32x4.shr_u(i32x4.add(angle, i32x4.splat(1 << 21)), 22);
  const rest = f32x4.convert_i32x4_s(i32x4.sub(angle, i32x4.shl(q, 22)));
  const x = f32x4.mul(rest, f32x4.splat(<f32>3.7450703871400037e-7));
  const x2 = f32x4.mul(x, x);
  let s = horner(f32x4.splat(<f32>-1.9515295891e-4), x2, 8.3321608736e-3);
  s = horner(s, x2, -1.6666654611e-1);
  s = f32x4.add(x, f32x4.mul(f32x4.mul(s, x2), x));
  let c = horner(f32x4.splat(<f32>2.443315711809948e-5), x2, -1.388731625493765e-3);
  c = horner(c, x2, 4.166664568298827e-2);
  c = f32x4.add(f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(0.5), x2)), f32x4.mul(f32x4.mul(c, x2), x2));
  // An odd quarter swaps sine and cosine; cosine is negative in quarters 1 and 2, sine in 2 and 3.
  const swapped = i32x4.ne(v128.and(q, i32x4.splat(1)), i32x4.splat(0));
  const one = i32x4.splat(1);
  const cosSign = i32x4.shl(i32x4.shr_u(v128.and(i32x4.add(q, one), i32x4.splat(2)), 1), 31);
  const sinSign = i32x4.shl(i32x4.shr_u(v128.and(q, i32x4.splat(2)), 1), 31);
  const cos = v128.xor(v128.bitselect(s, c, swapped), cosSign);
  const sin = v128.xor(v128.bitselect(c, s, swapped), sinSign);
  v128.store(at, f32x4.mul(r, cos));
  v128.store(at, f32x4.mul(r, sin), 32);
}
