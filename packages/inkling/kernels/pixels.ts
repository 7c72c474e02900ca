/**
 * The first layer's products on bytes. 81 % of MNIST's pixels are 0, and their terms are left out by definition
 * (backends/backend.ts), so the work is a fifth of the dense product's.
 *
 *   matmul      z (m × n) = x·W            an image: z += x_l · (row l of W), for every pixel l that is not 0
 *   meanOuter   dW (k × n) = xᵀ·δ / m      an image i: (row l of dW) += x_l · δ_i, for every pixel l that is not 0
 *
 * What is not 0 stands in lists: pixel-lists.ts.
 *
 * matmul keeps 16 sums of an image in four registers; meanOuter keeps a row of δ in eight, and adds to sums in memory
 * near by, so that it needs no second set of lists, by pixel. Both wait for loads (two a cycle) and stores (one), not
 * for arithmetic.
 *
 * Measured in a training, one Zen 5 core, Node 20, batches of 128, 128 columns: matmul 190 µs, meanOuter 198 µs, of
 * which arithmetic would take 76. docs/decisions/0008 has what each part gains.
 */
import * as argument from "./arguments";
import {
  ADD_COLUMNS, BAND, BEFORE_SCRATCH, BLOCK, BYTES, FEW_COLUMNS, MANY_IMAGES, STRIP, STRIP_BYTES, SUM_COLUMNS,
} from "./layout";
import { clear, scratch, storeFirst } from "./memory";
import { carryAll, levelAfter, levelsOf } from "./tree";

/** Bytes of the columns that matmul takes at a time. */
const PANEL: usize = SUM_COLUMNS << 2;

/** The number byte / 255 of an entry, four times. */
// @ts-ignore: decorator
@inline
function value(entry: usize): v128 {
  return v128.load32_splat(BYTES + ((entry & 255) << 2));
}

/** matmul. A tile is some images by SUM_COLUMNS columns. */
export function pixelProductTile(tile: i32): void {
  const offsets = load<usize>(argument.PIXELS_OFFSETS);
  const order = load<usize>(argument.PIXELS_ORDER);
  const bias = load<usize>(argument.PIXELS_BIAS);
  const columns = load<i32>(argument.PIXELS_COLUMNS);
  const most = load<i32>(argument.PIXELS_TILE);
  const bands = load<usize>(argument.PIXELS_BANDS) << 2;
  const panels = (columns + SUM_COLUMNS - 1) / SUM_COLUMNS;
  const first = (tile / panels) * most;
  const last = min(first + most, load<i32>(argument.PIXELS_ROWS));
  const column = (tile % panels) * SUM_COLUMNS;
  const width = min(SUM_COLUMNS, columns - column);
  const at = <usize>column << 2;
  const rowBytes = <usize>columns << 2;
  let W = load<usize>(argument.PIXELS_W) + at;
  let stride = rowBytes;
  if (last - first >= MANY_IMAGES) {
    pack(W, stride, load<i32>(argument.PIXELS_PER_IMAGE), scratch());
    W = scratch();
    stride = PANEL;
  }
  // Images that stand one after the other are fetched by the processor itself.
  const far = load<i32>(order + (<usize>(last - 1) << 2)) - load<i32>(order + (<usize>first << 2)) != last - 1 - first;
  if (far) fetch(offsets, order, first, last, bands);
  let z = load<usize>(argument.PIXELS_OUT) + <usize>first * rowBytes + at;
  for (let i = first; i < last; i++) {
    const own = offsets + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4);
    const from = <usize>load<u32>(own);
    const to = <usize>load<u32>(own + bands);
    const b = bias == 0 ? <usize>0 : bias + at;
    if (width > 12) sum16(from, to, W, stride, z, b, width);
    else sum12(from, to, W, stride, z, b, width);
    z += rowBytes;
  }
}

/**
 * Reads the first twelve cache lines of each image's list, and does nothing with them. The images of a shuffled batch
 * stand anywhere in memory. Read together they arrive together; otherwise the core would wait for each of them.
 */
function fetch(offsets: usize, order: usize, first: i32, last: i32, bands: usize): void {
  let any: i32 = 0;
  for (let i = first; i < last; i++) {
    any |= load<i32>(offsets + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4));
  }
  for (let i = first; i < last; i++) {
    const at = <usize>load<u32>(offsets + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4));
    any |= load<i32>(at) | load<i32>(at, 64) | load<i32>(at, 128) | load<i32>(at, 192) | load<i32>(at, 256);
    any |= load<i32>(at, 320) | load<i32>(at, 384) | load<i32>(at, 448) | load<i32>(at, 512) | load<i32>(at, 576);
    any |= load<i32>(at, 640) | load<i32>(at, 704);
  }
  store<i32>(scratch() - BEFORE_SCRATCH, any);
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
 * z[0 … 16) = Σ x_l · W[l, 0 … 16) + b, l ascending along the list. Only `width` columns are stored: what is read
 * beyond the last column is not used.
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
 * meanOuter. The columns are taken 32 at a time; 12 or fewer that are left have sums of 12.
 *
 * Of one block a tile is some bands of pixels by such columns, and the means go to dW. Of more blocks a tile is a group
 * of blocks by such columns, and its sums wait for `addGroupsTile`. So images are read once, as they stand in memory;
 * band after band over a full batch took three times as long, for every image's next band had to be waited for.
 */
export function pixelMeanOuterTile(tile: i32): void {
  const pixels = load<i32>(argument.PIXELS_PER_IMAGE);
  const columns = load<i32>(argument.PIXELS_COLUMNS);
  const most = load<i32>(argument.PIXELS_TILE);
  const bands = load<i32>(argument.PIXELS_BANDS);
  const sums = load<usize>(argument.PIXELS_SUMS);
  const panels = (columns + ADD_COLUMNS - 1) / ADD_COLUMNS;
  const part = tile / panels;
  const column = (tile % panels) * ADD_COLUMNS;
  const width = min(ADD_COLUMNS, columns - column);
  if (sums != 0) {
    addGroup(part, most, column, width, sums + sumsBefore(part, column, pixels, columns));
    return;
  }
  const first = part * most;
  const last = min(first + most, bands);
  addImages(0, column, width, first, last, scratch());
  finish(scratch(), column, width, first * BAND, min(last * BAND, pixels), load<i32>(argument.PIXELS_EXAMPLES));
}

/**
 * Sums a group of blocks: a power of two of them, or what is left at the batch's end. Each block's sums are added up
 * where they will stay, at a level of the tree or at `sums`. Levels stay in a core's own cache. (Sums of single blocks
 * went to memory and back: 11.6 ms for 41,000 images and ten columns on one core, instead of 9.4.)
 */
function addGroup(group: i32, size: i32, column: i32, width: i32, sums: usize): void {
  const blocks = (load<i32>(argument.PIXELS_ROWS) + BLOCK - 1) / BLOCK;
  const bytes = <usize>load<i32>(argument.PIXELS_PER_IMAGE) * bytesOf(width);
  const first = group * size;
  const last = min(first + size, blocks) - 1;
  for (let block = first; block <= last; block++) {
    const isLast = block == last;
    const at = isLast ? sums : scratch() + <usize>levelAfter(block - first) * bytes;
    addImages(block, column, width, 0, load<i32>(argument.PIXELS_BANDS), at);
    const taken = levelsOf(block - first, isLast);
    if (taken != 0) carryAll(at, at, bytes, taken, scratch(), bytes);
  }
}

/** Bytes of a pixel's sums in so many columns. */
// @ts-ignore: decorator
@inline
function bytesOf(width: i32): usize {
  return width > FEW_COLUMNS ? ADD_COLUMNS << 2 : FEW_COLUMNS << 2;
}

/** Bytes before the sums of a group and its columns from `column` on. */
function sumsBefore(group: i32, column: i32, pixels: i32, columns: i32): usize {
  const rest = columns & (ADD_COLUMNS - 1);
  const row = (<usize>(columns - rest) << 2) + (rest == 0 ? 0 : bytesOf(rest));
  return <usize>pixels * (<usize>group * row + (<usize>column << 2));
}

/** Sums x_l · δ_i over a block's images, ascending, for the pixels of the bands [first … last), from +0. */
function addImages(block: i32, column: i32, width: i32, first: i32, last: i32, sums: usize): void {
  const offsets = load<usize>(argument.PIXELS_OFFSETS);
  const order = load<usize>(argument.PIXELS_ORDER);
  const stride = load<usize>(argument.PIXELS_COLUMNS) << 2;
  const words = load<usize>(argument.PIXELS_BANDS) + 1;
  const before = <usize>(first * BAND) * bytesOf(width);
  const lastImage = min((block + 1) * BLOCK, load<i32>(argument.PIXELS_ROWS));
  clear(sums, <usize>min(last * BAND, load<i32>(argument.PIXELS_PER_IMAGE)) * bytesOf(width) - before);
  let delta = load<usize>(argument.PIXELS_DELTA) + <usize>(block * BLOCK) * stride + (<usize>column << 2);
  for (let i = block * BLOCK; i < lastImage; i++) {
    const own = offsets + ((<usize>load<u32>(order + (<usize>i << 2)) * words) << 2);
    const from = <usize>load<u32>(own + (<usize>first << 2));
    const to = <usize>load<u32>(own + (<usize>last << 2));
    if (width > FEW_COLUMNS) add32(from, to, delta, sums - before);
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
 * Adds the sums of groups as a tree, and then those of the pieces of the batch before this one. A piece is a power of
 * two of groups, or what is left. A tile is STRIP pixels: a strip's levels stay in the nearest cache.
 */
export function addGroupsTile(tile: i32): void {
  const groups = load<i32>(argument.PIXELS_GROUPS);
  const piece = load<i32>(argument.PIXELS_PIECE);
  const examples = load<i32>(argument.PIXELS_EXAMPLES);
  const pixels = load<i32>(argument.PIXELS_PER_IMAGE);
  const columns = load<i32>(argument.PIXELS_COLUMNS);
  const from = tile * STRIP;
  const to = min(from + STRIP, pixels);
  const total = scratch();
  const levels = total + STRIP_BYTES;
  const groupBytes = sumsBefore(1, 0, pixels, columns);
  for (let column = 0; column < columns; column += ADD_COLUMNS) {
    const width = min(ADD_COLUMNS, columns - column);
    const bytes = <usize>(to - from) * bytesOf(width);
    const before = sumsBefore(0, column, pixels, columns) + <usize>from * bytesOf(width);
    let sums = load<usize>(argument.PIXELS_SUMS) + before;
    for (let group = 0; group < groups; group++) {
      const isLast = group == groups - 1;
      const at = isLast ? total : levels + <usize>levelAfter(group) * STRIP_BYTES;
      carryAll(sums, at, bytes, levelsOf(group, isLast), levels, STRIP_BYTES);
      sums += groupBytes;
    }
    const isLast = examples != 0;
    const pieces = load<usize>(argument.PIXELS_LEVELS) + before;
    const at = isLast ? total : pieces + <usize>levelAfter(piece) * groupBytes;
    carryAll(total, at, bytes, levelsOf(piece, isLast), pieces, groupBytes);
    if (isLast) finish(total, column, width, from, to, examples);
  }
}

/** Brings the sums of the pixels [from … to) to dW, divided by the `over` examples of the batch. */
function finish(sums: usize, column: i32, width: i32, from: i32, to: i32, over: i32): void {
  const stride = load<usize>(argument.PIXELS_COLUMNS) << 2;
  let dW = load<usize>(argument.PIXELS_OUT) + <usize>from * stride + (<usize>column << 2);
  // By a power of two a product is the same number, and a fifth of the time.
  const isPower = (over & (over - 1)) == 0;
  const by = f32x4.splat(isPower ? <f32>1 / <f32>over : <f32>over);
  for (let l = from; l < to; l++) {
    for (let j = 0; j < width; j += 16) {
      finish16(sums + (<usize>j << 2), dW + (<usize>j << 2), width - j, isPower, by);
    }
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
