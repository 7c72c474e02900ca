/**
 * The first layer's products on bytes. 81 % of MNIST's pixels are 0, and their terms are left out by definition
 * (backends/backend.ts), so the work is a fifth of the dense product's.
 *
 *   matmul      z (m × n) = x·W            an image: z += x_l · (row l of W), for every pixel l that is not 0
 *   meanOuter   dW (k × n) = xᵀ·δ / m      an image i: (row l of dW) += x_l · δ_i, for every pixel l that is not 0
 *
 * What is not 0 stands in lists, an image's pixels in ascending order: words of pixel · 256 + byte. They are made once
 * for a data set (`countTile`, `listTile`). Where an image's list begins, where each further band of 112 pixels does,
 * and where it ends are (bands + 1) words, here called the image's begins.
 *
 * matmul keeps 16 sums of an image in four registers; meanOuter keeps a row of δ in eight, and adds to sums in memory
 * near by, so that it needs no second set of lists, by pixel. Both wait for loads (two a cycle) and stores (one), not
 * for arithmetic.
 *
 * Measured, one Zen 5 core, Node 20, in a training at batch 128 with 128 columns (T3): matmul 190 µs, meanOuter 198 µs,
 * of which arithmetic would take 76. docs/decisions/0008 has what each trick brings.
 */
import { BYTES, clear, scratch, storeFirst } from "./memory";
import { BLOCK } from "./products";
import { ARGUMENTS } from "./threads";

/** Pixels of a band. */
const BAND: i32 = 112;
/** Columns that matmul takes at a time, and bytes of them. */
const COLUMNS: i32 = 16;
const PANEL: usize = 64;
/** From so many images on, W's columns are copied together first. */
const MANY: i32 = 64;

/** Counts what is not 0. Arguments: bytes, begins, pixels, images, images of a tile, bands. Counts go to the begins. */
export function countTile(tile: i32): void {
  const pixels = load<i32>(ARGUMENTS, 8);
  const most = load<i32>(ARGUMENTS, 16);
  const words = load<i32>(ARGUMENTS, 20) + 1;
  const last = min((tile + 1) * most, load<i32>(ARGUMENTS, 12));
  for (let i = tile * most; i < last; i++) {
    const image = <usize>load<u32>(ARGUMENTS, 0) + <usize>i * <usize>pixels;
    let count = 0;
    let l = 0;
    for (; l + 16 <= pixels; l += 16) {
      count += 16 - popcnt(i8x16.bitmask(i8x16.eq(v128.load(image + <usize>l), i8x16.splat(0))));
    }
    for (; l < pixels; l++) if (load<u8>(image + <usize>l) != 0) count += 1;
    store<i32>(<usize>load<u32>(ARGUMENTS, 4) + (<usize>(i * words) << 2), count);
  }
}

/** Makes lists. Arguments as countTile's; an image's first begin is given, the others are written. */
export function listTile(tile: i32): void {
  const pixels = load<i32>(ARGUMENTS, 8);
  const most = load<i32>(ARGUMENTS, 16);
  const words = load<i32>(ARGUMENTS, 20) + 1;
  const last = min((tile + 1) * most, load<i32>(ARGUMENTS, 12));
  for (let i = tile * most; i < last; i++) {
    const image = <usize>load<u32>(ARGUMENTS, 0) + <usize>i * <usize>pixels;
    let begin = <usize>load<u32>(ARGUMENTS, 4) + (<usize>(i * words) << 2);
    let at = <usize>load<u32>(begin);
    for (let from = 0; from < pixels; from += BAND) {
      at = list(image, from, min(from + BAND, pixels), at);
      begin += 4;
      store<u32>(begin, <u32>at);
    }
  }
}

/**
 * Lists the pixels [from … to) of an image at `at`; returns the end. Sixteen bytes are compared at once, and the bits
 * of 64 walked from the lowest: the processor guesses wrong once where they end, not four times.
 */
function list(image: usize, from: i32, to: i32, at: usize): usize {
  let l = from;
  while (l + 16 <= to) {
    const first = l;
    let bits: u64 = 0;
    for (; l + 16 <= to && l < first + 64; l += 16) {
      const zeros = <u64>i8x16.bitmask(i8x16.eq(v128.load(image + <usize>l), i8x16.splat(0)));
      bits |= (zeros ^ 0xffff) << (l - first);
    }
    for (; bits != 0; bits &= bits - 1) {
      const pixel = first + <i32>ctz(bits);
      store<u32>(at, (pixel << 8) | load<u8>(image + <usize>pixel));
      at += 4;
    }
  }
  for (; l < to; l++) {
    const byte = load<u8>(image + <usize>l);
    if (byte == 0) continue;
    store<u32>(at, (l << 8) | byte);
    at += 4;
  }
  return at;
}

/** The number byte / 255 of an entry, four times. */
// @ts-ignore: decorator
@inline
function value(entry: usize): v128 {
  return v128.load32_splat(BYTES + ((entry & 255) << 2));
}

/**
 * matmul. Arguments: begins, order, W, z, bias (or 0), rows, pixels, columns, images of a tile, bands. A tile is some
 * images by 16 columns.
 */
export function pixelProductTile(tile: i32): void {
  const begins = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const bias = <usize>load<u32>(ARGUMENTS, 16);
  const columns = load<i32>(ARGUMENTS, 28);
  const most = load<i32>(ARGUMENTS, 32);
  const bands = <usize>load<u32>(ARGUMENTS, 36) << 2;
  const panels = (columns + COLUMNS - 1) / COLUMNS;
  const first = (tile / panels) * most;
  const last = min(first + most, load<i32>(ARGUMENTS, 20));
  const column = (tile % panels) * COLUMNS;
  const width = min(COLUMNS, columns - column);
  const at = <usize>column << 2;
  const rowBytes = <usize>columns << 2;
  let W = <usize>load<u32>(ARGUMENTS, 8) + at;
  let stride = rowBytes;
  if (last - first >= MANY) {
    pack(W, stride, load<i32>(ARGUMENTS, 24), scratch());
    W = scratch();
    stride = PANEL;
  }
  // Images that stand one after the other come by themselves.
  const far = load<i32>(order + (<usize>(last - 1) << 2)) - load<i32>(order + (<usize>first << 2)) != last - 1 - first;
  if (far) fetch(begins, order, first, last, bands);
  let z = <usize>load<u32>(ARGUMENTS, 12) + <usize>first * rowBytes + at;
  for (let i = first; i < last; i++) {
    const begin = begins + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4);
    const from = <usize>load<u32>(begin);
    const to = <usize>load<u32>(begin + bands);
    const b = bias == 0 ? <usize>0 : bias + at;
    if (width > 12) sum16(from, to, W, stride, z, b, width);
    else sum12(from, to, W, stride, z, b, width);
    z += rowBytes;
  }
}

/**
 * Looks at the first twelve cache lines of each image's list, and does nothing with them. The images of a shuffled
 * batch stand anywhere in memory: asked for together they arrive together, where each would be waited for on its own.
 */
function fetch(begins: usize, order: usize, first: i32, last: i32, bands: usize): void {
  let any: i32 = 0;
  for (let i = first; i < last; i++) any |= load<i32>(begins + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4));
  for (let i = first; i < last; i++) {
    const at = <usize>load<u32>(begins + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4));
    any |= load<i32>(at) | load<i32>(at, 64) | load<i32>(at, 128) | load<i32>(at, 192) | load<i32>(at, 256);
    any |= load<i32>(at, 320) | load<i32>(at, 384) | load<i32>(at, 448) | load<i32>(at, 512) | load<i32>(at, 576);
    any |= load<i32>(at, 640) | load<i32>(at, 704);
  }
  store<i32>(scratch() - 192, any);
}

/** Copies 16 columns of W together, row after row. */
function pack(W: usize, stride: usize, pixels: i32, to: usize): void {
  for (let l = 0; l < pixels; l++) {
    v128.store(to, v128.load(W));
    v128.store(to, v128.load(W, 16), 16);
    v128.store(to, v128.load(W, 32), 32);
    v128.store(to, v128.load(W, 48), 48);
    W += stride;
    to += PANEL;
  }
}

/**
 * z[0 … 16) = Σ x_l · W[l, 0 … 16) + b, l ascending along the list. Of the last columns `width` are stored: what is
 * read beyond them is something, and not used.
 */
function sum16(at: usize, end: usize, W: usize, stride: usize, z: usize, bias: usize, width: i32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; at < end; at += 4) {
    const entry = <usize>load<u32>(at);
    const x = value(entry);
    const w = W + (entry >> 8) * stride;
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(w, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(w, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(w, 48)));
  }
  if (bias != 0) {
    s0 = f32x4.add(s0, v128.load(bias));
    s1 = f32x4.add(s1, v128.load(bias, 16));
    s2 = f32x4.add(s2, v128.load(bias, 32));
    s3 = f32x4.add(s3, v128.load(bias, 48));
  }
  v128.store(z, s0);
  v128.store(z, s1, 16);
  v128.store(z, s2, 32);
  storeFirst(z + 48, s3, width - 12);
}

/** The same for up to twelve columns. */
function sum12(at: usize, end: usize, W: usize, stride: usize, z: usize, bias: usize, width: i32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0;
  for (; at < end; at += 4) {
    const entry = <usize>load<u32>(at);
    const x = value(entry);
    const w = W + (entry >> 8) * stride;
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(w, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(w, 32)));
  }
  if (bias != 0) {
    s0 = f32x4.add(s0, v128.load(bias));
    s1 = f32x4.add(s1, v128.load(bias, 16));
    s2 = f32x4.add(s2, v128.load(bias, 32));
  }
  storeFirst(z, s0, width);
  if (width > 4) storeFirst(z + 16, s1, width - 4);
  if (width > 8) storeFirst(z + 32, s2, width - 8);
}

/**
 * meanOuter. Arguments: begins, order, δ, dW, rows, pixels, columns, bands of a tile, bands, and where the sums of
 * blocks go (or 0: there is one block). The columns are taken 32 at a time; 12 or fewer that are left have sums of
 * 12.
 *
 * Of one block a tile is some bands of pixels by such columns, and the means go to dW. Of more blocks a tile is a
 * block by such columns, and its sums wait for `addBlocksTile`. So images are read once and as they stand in memory;
 * band after band over a full batch took three times as long, for every image's next band had to be waited for.
 */
export function pixelMeanOuterTile(tile: i32): void {
  const pixels = load<i32>(ARGUMENTS, 20);
  const columns = load<i32>(ARGUMENTS, 24);
  const most = load<i32>(ARGUMENTS, 28);
  const bands = load<i32>(ARGUMENTS, 32);
  const blockSums = <usize>load<u32>(ARGUMENTS, 36);
  const panels = (columns + 31) / 32;
  const part = tile / panels;
  const column = (tile % panels) * 32;
  const width = min(32, columns - column);
  if (blockSums != 0) {
    addImages(part, column, width, 0, bands, blockSums + sumsBefore(part, column, pixels, columns));
    return;
  }
  const first = part * most;
  const last = min(first + most, bands);
  addImages(0, column, width, first, last, scratch());
  finish(scratch(), column, width, first * BAND, min(last * BAND, pixels), load<i32>(ARGUMENTS, 16));
}

/** Bytes of a pixel's sums in so many columns. */
// @ts-ignore: decorator
@inline
function bytesOf(width: i32): usize {
  return width > 12 ? 128 : 48;
}

/** Bytes before the sums of a block and its columns from `column` on. */
function sumsBefore(block: i32, column: i32, pixels: i32, columns: i32): usize {
  const rest = columns & 31;
  const row = (<usize>(columns - rest) << 2) + (rest == 0 ? 0 : bytesOf(rest));
  return <usize>pixels * (<usize>block * row + (<usize>column << 2));
}

/** Sums x_l · δ_i over a block's images, ascending, for the pixels of the bands [first … last), from +0. */
function addImages(block: i32, column: i32, width: i32, first: i32, last: i32, sums: usize): void {
  const begins = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const stride = <usize>load<u32>(ARGUMENTS, 24) << 2;
  const words = <usize>load<u32>(ARGUMENTS, 32) + 1;
  const before = <usize>(first * BAND) * bytesOf(width);
  const lastImage = min((block + 1) * BLOCK, load<i32>(ARGUMENTS, 16));
  clear(sums, <usize>min(last * BAND, load<i32>(ARGUMENTS, 20)) * bytesOf(width) - before);
  let delta = <usize>load<u32>(ARGUMENTS, 8) + <usize>(block * BLOCK) * stride + (<usize>column << 2);
  for (let i = block * BLOCK; i < lastImage; i++) {
    const own = begins + ((<usize>load<u32>(order + (<usize>i << 2)) * words) << 2);
    const from = <usize>load<u32>(own + (<usize>first << 2));
    const to = <usize>load<u32>(own + (<usize>last << 2));
    if (width > 12) add32(from, to, delta, sums - before);
    else add12(from, to, delta, sums - before);
    delta += stride;
  }
}

/** sums[l, 0 … 32) += x_l · δ[0 … 32) along the list. */
function add32(at: usize, end: usize, delta: usize, sums: usize): void {
  const d0 = v128.load(delta), d1 = v128.load(delta, 16), d2 = v128.load(delta, 32), d3 = v128.load(delta, 48);
  const d4 = v128.load(delta, 64), d5 = v128.load(delta, 80), d6 = v128.load(delta, 96), d7 = v128.load(delta, 112);
  for (; at < end; at += 4) {
    const entry = <usize>load<u32>(at);
    const x = value(entry);
    const s = sums + ((entry >> 8) << 7);
    v128.store(s, f32x4.add(v128.load(s), f32x4.mul(x, d0)));
    v128.store(s, f32x4.add(v128.load(s, 16), f32x4.mul(x, d1)), 16);
    v128.store(s, f32x4.add(v128.load(s, 32), f32x4.mul(x, d2)), 32);
    v128.store(s, f32x4.add(v128.load(s, 48), f32x4.mul(x, d3)), 48);
    v128.store(s, f32x4.add(v128.load(s, 64), f32x4.mul(x, d4)), 64);
    v128.store(s, f32x4.add(v128.load(s, 80), f32x4.mul(x, d5)), 80);
    v128.store(s, f32x4.add(v128.load(s, 96), f32x4.mul(x, d6)), 96);
    v128.store(s, f32x4.add(v128.load(s, 112), f32x4.mul(x, d7)), 112);
  }
}

/** The same for twelve columns. */
function add12(at: usize, end: usize, delta: usize, sums: usize): void {
  const d0 = v128.load(delta), d1 = v128.load(delta, 16), d2 = v128.load(delta, 32);
  for (; at < end; at += 4) {
    const entry = <usize>load<u32>(at);
    const x = value(entry);
    const s = sums + (entry >> 8) * 48;
    v128.store(s, f32x4.add(v128.load(s), f32x4.mul(x, d0)));
    v128.store(s, f32x4.add(v128.load(s, 16), f32x4.mul(x, d1)), 16);
    v128.store(s, f32x4.add(v128.load(s, 32), f32x4.mul(x, d2)), 32);
  }
}

/**
 * Adds the sums of blocks, in their order. Arguments: the sums, -, -, dW, blocks, pixels, columns, whether they are the
 * first of the batch, and the batch's examples if they are the last (or 0). A tile is a band of pixels.
 */
export function addBlocksTile(tile: i32): void {
  const blocks = load<i32>(ARGUMENTS, 16);
  const pixels = load<i32>(ARGUMENTS, 20);
  const columns = load<i32>(ARGUMENTS, 24);
  const from = tile * BAND;
  const to = min(from + BAND, pixels);
  const isFirst = load<i32>(ARGUMENTS, 28) != 0;
  const stride = <usize>columns << 2;
  for (let column = 0; column < columns; column += 32) {
    const width = min(32, columns - column);
    const bytes = <usize>(to - from) * bytesOf(width);
    const total = scratch();
    if (isFirst) {
      clear(total, bytes);
    } else {
      let dW = <usize>load<u32>(ARGUMENTS, 12) + <usize>from * stride + (<usize>column << 2);
      for (let at = total; at < total + bytes; at += bytesOf(width)) {
        for (let j: usize = 0; j < <usize>width << 2; j += 4) store<f32>(at + j, load<f32>(dW + j));
        dW += stride;
      }
    }
    for (let block = 0; block < blocks; block++) {
      const begin = <usize>load<u32>(ARGUMENTS) + sumsBefore(block, column, pixels, columns);
      const sums = begin + <usize>from * bytesOf(width);
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(total + at, f32x4.add(v128.load(total + at), v128.load(sums + at)));
      }
    }
    finish(total, column, width, from, to, load<i32>(ARGUMENTS, 32));
  }
}

/**
 * Brings the sums of the pixels [from … to) to dW, divided by the `over` examples of the batch (if not 0). Arguments:
 * dW and columns, as above.
 */
function finish(sums: usize, column: i32, width: i32, from: i32, to: i32, over: i32): void {
  const stride = <usize>load<u32>(ARGUMENTS, 24) << 2;
  let dW = <usize>load<u32>(ARGUMENTS, 12) + <usize>from * stride + (<usize>column << 2);
  // By a power of two a product is the same number, and a fifth of the time.
  const isPower = (over & (over - 1)) == 0;
  const by = f32x4.splat(over == 0 ? 1 : isPower ? <f32>1 / <f32>over : <f32>over);
  for (let l = from; l < to; l++) {
    finish16(sums, dW, min(width, 16), isPower, by);
    if (width > 16) finish16(sums + 64, dW + 64, width - 16, isPower, by);
    sums += bytesOf(width);
    dW += stride;
  }
}

/** Sixteen columns or fewer of a pixel. */
// @ts-ignore: decorator
@inline
function finish16(sums: usize, dW: usize, width: i32, isPower: bool, by: v128): void {
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  if (isPower) {
    s0 = f32x4.mul(s0, by);
    s1 = f32x4.mul(s1, by);
    s2 = f32x4.mul(s2, by);
    s3 = f32x4.mul(s3, by);
  } else if (v128.any_true(v128.or(v128.or(s0, s1), v128.or(s2, s3)))) {
    // Of a small batch most pixels are 0 everywhere: nothing to divide.
    s0 = f32x4.div(s0, by);
    s1 = f32x4.div(s1, by);
    s2 = f32x4.div(s2, by);
    s3 = f32x4.div(s3, by);
  }
  storeFirst(dW, s0, width);
  if (width > 4) storeFirst(dW + 16, s1, width - 4);
  if (width > 8) storeFirst(dW + 32, s2, width - 8);
  if (width > 12) storeFirst(dW + 48, s3, width - 12);
}
