/**
 * The first layer's products on bytes. 81 % of MNIST's pixels are 0, and their terms are left out by definition
 * (backends/backend.ts), so the work is a fifth of the dense product's.
 *
 *   matmul      z (m × n) = x·W            an image: z += x_l · (row l of W), for every pixel l that is not 0
 *   meanOuter   dW (k × n) = xᵀ·δ / m      an image: (row l of dW) += x_l · δ, for every pixel l that is not 0
 *
 * An image is first turned into a list of its pixels that are not 0: sixteen bytes are compared at once, and the bits
 * of the mask walked from the lowest. The list then serves all columns, 32 of them at a time in eight registers.
 */
import { BYTES, scratch } from "./memory";
import { BLOCK } from "./products";
import { ARGUMENTS } from "./threads";

/** Images of a tile of matmul. */
export const IMAGES: i32 = 16;
/** Pixels of a tile of meanOuter. */
export const PIXELS: i32 = 112;

/**
 * Writes the pixels of bytes[from … to) that are not 0: pairs of words, where row l of the matrix begins, and
 * x_l = byte / 255. Returns the end of the list.
 */
function list(bytes: usize, from: i32, to: i32, rowBytes: i32, at: usize): usize {
  let l = from;
  for (; l + 16 <= to; l += 16) {
    let mask = ~i8x16.bitmask(i8x16.eq(v128.load(bytes + <usize>l), i8x16.splat(0))) & 0xffff;
    while (mask != 0) {
      const pixel = l + ctz(mask);
      store<i32>(at, pixel * rowBytes);
      store<f32>(at, load<f32>(BYTES + ((<usize>load<u8>(bytes + <usize>pixel)) << 2)), 4);
      at += 8;
      mask &= mask - 1;
    }
  }
  for (; l < to; l++) {
    const byte = load<u8>(bytes + <usize>l);
    if (byte == 0) continue;
    store<i32>(at, l * rowBytes);
    store<f32>(at, load<f32>(BYTES + ((<usize>byte) << 2)), 4);
    at += 8;
  }
  return at;
}

/** Arguments: bytes, order (at the batch's first row), W, z, bias, rows, pixels, columns. */
export function pixelProductTile(tile: i32): void {
  const bytes = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const W = <usize>load<u32>(ARGUMENTS, 8);
  const z = <usize>load<u32>(ARGUMENTS, 12);
  const bias = <usize>load<u32>(ARGUMENTS, 16);
  const rows = load<i32>(ARGUMENTS, 20);
  const pixels = load<i32>(ARGUMENTS, 24);
  const columns = load<i32>(ARGUMENTS, 28);
  const pixelList = scratch();
  const last = min((tile + 1) * IMAGES, rows);
  for (let row = tile * IMAGES; row < last; row++) {
    const image = bytes + <usize>load<u32>(order + ((<usize>row) << 2)) * <usize>pixels;
    const end = list(image, 0, pixels, columns << 2, pixelList);
    const zRow = z + ((<usize>(row * columns)) << 2);
    let column = 0;
    for (; column + 32 <= columns; column += 32) {
      const at = (<usize>column) << 2;
      sum32(pixelList, end, W + at, zRow + at, bias == 0 ? <usize>0 : bias + at);
    }
    for (; column < columns; column += 12) {
      const at = (<usize>column) << 2;
      sum12(pixelList, end, W + at, zRow + at, bias == 0 ? <usize>0 : bias + at, min(12, columns - column));
    }
  }
}

/** z[0 … 32) = Σ x_l · W[l, 0 … 32) + b, l ascending. */
function sum32(at: usize, end: usize, W: usize, z: usize, bias: usize): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0;
  for (; at < end; at += 8) {
    const w = W + <usize>load<u32>(at);
    const x = v128.load32_splat(at, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(w, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(w, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(w, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(w, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(w, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(w, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(w, 112)));
  }
  if (bias != 0) {
    s0 = f32x4.add(s0, v128.load(bias));
    s1 = f32x4.add(s1, v128.load(bias, 16));
    s2 = f32x4.add(s2, v128.load(bias, 32));
    s3 = f32x4.add(s3, v128.load(bias, 48));
    s4 = f32x4.add(s4, v128.load(bias, 64));
    s5 = f32x4.add(s5, v128.load(bias, 80));
    s6 = f32x4.add(s6, v128.load(bias, 96));
    s7 = f32x4.add(s7, v128.load(bias, 112));
  }
  v128.store(z, s0);
  v128.store(z, s1, 16);
  v128.store(z, s2, 32);
  v128.store(z, s3, 48);
  v128.store(z, s4, 64);
  v128.store(z, s5, 80);
  v128.store(z, s6, 96);
  v128.store(z, s7, 112);
}

/**
 * The same for up to twelve columns. It reads a little beyond the row it is at, which every allocation has room for,
 * and stores only what is its own.
 */
function sum12(at: usize, end: usize, W: usize, z: usize, bias: usize, width: i32): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0;
  for (; at < end; at += 8) {
    const w = W + <usize>load<u32>(at);
    const x = v128.load32_splat(at, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(w, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(w, 32)));
  }
  if (bias != 0) {
    s0 = f32x4.add(s0, v128.load(bias));
    s1 = f32x4.add(s1, v128.load(bias, 16));
    s2 = f32x4.add(s2, v128.load(bias, 32));
  }
  if (width == 12) {
    v128.store(z, s0);
    v128.store(z, s1, 16);
    v128.store(z, s2, 32);
    return;
  }
  const sums = scratch() - 48;
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  memory.copy(z, sums, (<usize>width) << 2);
}

/** Arguments: bytes, order, δ, dW, block sums (as large as dW), rows, pixels, columns. A tile is a band of pixels. */
export function pixelMeanOuterTile(tile: i32): void {
  const bytes = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const delta = <usize>load<u32>(ARGUMENTS, 8);
  const dW = <usize>load<u32>(ARGUMENTS, 12);
  const blockSums = <usize>load<u32>(ARGUMENTS, 16);
  const rows = load<i32>(ARGUMENTS, 20);
  const pixels = load<i32>(ARGUMENTS, 24);
  const columns = load<i32>(ARGUMENTS, 28);
  const from = tile * PIXELS;
  const to = min(from + PIXELS, pixels);
  const pixelList = scratch();
  const band = (<usize>(from * columns)) << 2;
  const bandBytes = (<usize>((to - from) * columns)) << 2;

  memory.fill(dW + band, 0, bandBytes);
  for (let first = 0; first < rows; first += BLOCK) {
    // A batch of one block is summed in place.
    const sums = rows <= BLOCK ? dW : blockSums;
    if (first > 0 || rows > BLOCK) memory.fill(sums + band, 0, bandBytes);
    const last = min(first + BLOCK, rows);
    for (let row = first; row < last; row++) {
      const image = bytes + <usize>load<u32>(order + ((<usize>row) << 2)) * <usize>pixels;
      const end = list(image, from, to, columns << 2, pixelList);
      const deltaRow = delta + ((<usize>(row * columns)) << 2);
      let column = 0;
      for (; column + 32 <= columns; column += 32) {
        const at = (<usize>column) << 2;
        add32(pixelList, end, deltaRow + at, sums + at);
      }
      for (; column + 4 <= columns; column += 4)
        add4(pixelList, end, deltaRow + ((<usize>column) << 2), sums + ((<usize>column) << 2));
      for (; column < columns; column++)
        add1(pixelList, end, deltaRow + ((<usize>column) << 2), sums + ((<usize>column) << 2));
    }
    if (sums != dW) {
      for (let e: usize = 0; e < bandBytes; e += 4) {
        store<f32>(dW + band + e, load<f32>(dW + band + e) + load<f32>(sums + band + e));
      }
    }
  }
  const m = <f32>rows;
  let e: usize = 0;
  for (; e + 16 <= bandBytes; e += 16) {
    v128.store(dW + band + e, f32x4.div(v128.load(dW + band + e), f32x4.splat(m)));
  }
  for (; e < bandBytes; e += 4) store<f32>(dW + band + e, load<f32>(dW + band + e) / m);
}

/** dW[l, 0 … 32) += x_l · δ[0 … 32) for every pixel of the list. */
function add32(at: usize, end: usize, delta: usize, dW: usize): void {
  const d0 = v128.load(delta),
    d1 = v128.load(delta, 16),
    d2 = v128.load(delta, 32),
    d3 = v128.load(delta, 48);
  const d4 = v128.load(delta, 64),
    d5 = v128.load(delta, 80),
    d6 = v128.load(delta, 96),
    d7 = v128.load(delta, 112);
  for (; at < end; at += 8) {
    const w = dW + <usize>load<u32>(at);
    const x = v128.load32_splat(at, 4);
    v128.store(w, f32x4.add(v128.load(w), f32x4.mul(x, d0)));
    v128.store(w, f32x4.add(v128.load(w, 16), f32x4.mul(x, d1)), 16);
    v128.store(w, f32x4.add(v128.load(w, 32), f32x4.mul(x, d2)), 32);
    v128.store(w, f32x4.add(v128.load(w, 48), f32x4.mul(x, d3)), 48);
    v128.store(w, f32x4.add(v128.load(w, 64), f32x4.mul(x, d4)), 64);
    v128.store(w, f32x4.add(v128.load(w, 80), f32x4.mul(x, d5)), 80);
    v128.store(w, f32x4.add(v128.load(w, 96), f32x4.mul(x, d6)), 96);
    v128.store(w, f32x4.add(v128.load(w, 112), f32x4.mul(x, d7)), 112);
  }
}

function add4(at: usize, end: usize, delta: usize, dW: usize): void {
  const d = v128.load(delta);
  for (; at < end; at += 8) {
    const w = dW + <usize>load<u32>(at);
    v128.store(w, f32x4.add(v128.load(w), f32x4.mul(v128.load32_splat(at, 4), d)));
  }
}

function add1(at: usize, end: usize, delta: usize, dW: usize): void {
  const d = load<f32>(delta);
  for (; at < end; at += 8) {
    const w = dW + <usize>load<u32>(at);
    store<f32>(w, load<f32>(w) + load<f32>(at, 4) * d);
  }
}
