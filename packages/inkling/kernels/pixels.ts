/**
 * The first layer's products on bytes. 81 % of MNIST's pixels are 0, and their terms are left out by definition
 * (backends/backend.ts), so the work is a fifth of the dense product's.
 *
 *   matmul      z (m × n) = x·W            an image: z += x_l · (row l of W), for every pixel l that is not 0
 *   meanOuter   dW (k × n) = xᵀ·δ / m      a pixel: (row l of dW) += x_il · δ_i, for every image i where it is not 0
 *
 * Both first make lists of what is not 0: sixteen bytes are compared at once, and the bits of the mask walked from the
 * lowest. matmul lists an image's pixels, meanOuter a pixel's images in a block of 128. A list then serves all columns,
 * 32 at a time in eight registers, so that a sum is stored once. A full batch comes back in every epoch: its lists are
 * made once and kept (`listTile`), and matmul uses them too.
 *
 * Measured, one Zen 4 core: kept lists bring a full-batch epoch of 784-10-10 (T1) from 47 to 20 ms; at batch 128 and 128
 * columns (T3) matmul takes 250 µs and meanOuter 340 µs, a third of it for making the lists. Panels of W or δ copied
 * together, to spare the nearest cache, gained nothing.
 */
import { BYTES, scratch } from "./memory";
import { BLOCK } from "./products";
import { ARGUMENTS } from "./threads";

/** Pixels of a tile of meanOuter. */
export const BAND: i32 = 112;
/** Bytes of the list of one pixel in one block: 128 entries of two bytes, image · 256 + byte. */
const LIST: i32 = 256;

/**
 * Writes the pixels of an image that are not 0: pairs of words, where row l of W begins, and x_l = byte / 255. Returns
 * the end of the list.
 */
function list(bytes: usize, to: i32, rowBytes: i32, at: usize): usize {
  let l = 0;
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

/**
 * matmul. Arguments: bytes, order, W, z, bias, rows, pixels, columns, images of a tile. A tile's lists are made first,
 * then W is taken 16 columns at a time, so that the part of it that these images need stays in the nearest cache.
 */
export function pixelProductTile(tile: i32): void {
  const bytes = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const W = <usize>load<u32>(ARGUMENTS, 8);
  const z = <usize>load<u32>(ARGUMENTS, 12);
  const bias = <usize>load<u32>(ARGUMENTS, 16);
  const rows = load<i32>(ARGUMENTS, 20);
  const pixels = load<i32>(ARGUMENTS, 24);
  const columns = load<i32>(ARGUMENTS, 28);
  const stride = <usize>columns << 2;
  const most = load<i32>(ARGUMENTS, 32);
  const first = tile * most;
  const images = min(most, rows - first);
  // Where each image's list ends, then the lists.
  const ends = scratch();
  const lists = ends + (<usize>most << 2);
  let end = lists;
  for (let i = 0; i < images; i++) {
    const image = bytes + <usize>load<u32>(order + (<usize>(first + i) << 2)) * <usize>pixels;
    end = list(image, pixels, columns << 2, end);
    store<u32>(ends + (<usize>i << 2), <u32>end);
  }
  for (let column = 0; column < columns; column += 16) {
    const at = <usize>column << 2;
    const width = min(16, columns - column);
    const b = bias == 0 ? <usize>0 : bias + at;
    let from = lists;
    let out = z + <usize>first * stride + at;
    for (let i = 0; i < images; i++) {
      const to = <usize>load<u32>(ends + (<usize>i << 2));
      if (width > 12) sum16(from, to, W + at, out, b, width);
      else sum12(from, to, W + at, out, b, width);
      from = to;
      out += stride;
    }
  }
}

/** z[0 … 16) = Σ x_l · W[l, 0 … 16) + b, l ascending; of the last columns `width` are stored. */
function sum16(at: usize, end: usize, W: usize, z: usize, bias: usize, width: i32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; at < end; at += 8) {
    const w = W + <usize>load<u32>(at);
    const x = v128.load32_splat(at, 4);
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
  const out = width == 16 ? z : scratch() - 192;
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  if (width < 16) memory.copy(z, out, <usize>width << 2);
}

/** The same for up to twelve columns. What it reads beyond the row it is at, it does not store. */
function sum12(at: usize, end: usize, W: usize, z: usize, bias: usize, width: i32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0;
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
  const out = scratch() - 192;
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  memory.copy(z, out, <usize>width << 2);
}

/**
 * Lists, for the pixels [from … to), the images of one block where they are not 0: pixel by pixel LIST bytes at `lists`,
 * and how many at `counts`, a byte each.
 */
function listColumns(
  bytes: usize, order: usize, images: i32, pixels: i32, from: i32, to: i32, lists: usize, counts: usize,
): void {
  memory.fill(counts, 0, <usize>(to - from));
  for (let i = 0; i < images; i++) {
    const image = bytes + <usize>load<u32>(order + (<usize>i << 2)) * <usize>pixels;
    let l = from;
    for (; l + 16 <= to; l += 16) {
      let mask = ~i8x16.bitmask(i8x16.eq(v128.load(image + <usize>l), i8x16.splat(0))) & 0xffff;
      while (mask != 0) {
        note(image, l + ctz(mask), from, i, lists, counts);
        mask &= mask - 1;
      }
    }
    for (; l < to; l++) if (load<u8>(image + <usize>l) != 0) note(image, l, from, i, lists, counts);
  }
}

// @ts-ignore: decorator
@inline
function note(image: usize, pixel: i32, from: i32, i: i32, lists: usize, counts: usize): void {
  const column = <usize>(pixel - from);
  const count = <usize>load<u8>(counts + column);
  store<u16>(lists + (column << 8) + (count << 1), (i << 8) | load<u8>(image + <usize>pixel));
  store<u8>(counts + column, count + 1);
}

/** How many pixels of a block are not 0. Arguments: bytes, order, totals, rows, pixels. A tile is a block. */
export function countTile(block: i32): void {
  const bytes = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4) + (<usize>(block * BLOCK) << 2);
  const images = min(BLOCK, load<i32>(ARGUMENTS, 12) - block * BLOCK);
  const pixels = load<i32>(ARGUMENTS, 16);
  let total = 0;
  for (let i = 0; i < images; i++) {
    const image = bytes + <usize>load<u32>(order + (<usize>i << 2)) * <usize>pixels;
    let l = 0;
    for (; l + 16 <= pixels; l += 16) {
      total += 16 - popcnt(i8x16.bitmask(i8x16.eq(v128.load(image + <usize>l), i8x16.splat(0))));
    }
    for (; l < pixels; l++) if (load<u8>(image + <usize>l) != 0) total += 1;
  }
  store<i32>(<usize>load<u32>(ARGUMENTS, 8) + (<usize>block << 2), total);
}

/**
 * Makes the lists of one block for good: all pixels' entries one after the other, where each pixel's begin, and at last
 * where they end. Arguments: bytes, order, begins ((pixels + 1) words a block), where each block's entries begin, rows,
 * pixels. A tile is a block.
 */
export function listTile(block: i32): void {
  const bytes = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const rows = load<i32>(ARGUMENTS, 16);
  const pixels = load<i32>(ARGUMENTS, 20);
  let begin = <usize>load<u32>(ARGUMENTS, 8) + (<usize>(block * (pixels + 1)) << 2);
  let entries = <usize>load<u32>(<usize>load<u32>(ARGUMENTS, 12) + (<usize>block << 2));
  const first = block * BLOCK;
  const lists = scratch();
  const counts = lists + <usize>pixels * LIST;
  listColumns(bytes, order + (<usize>first << 2), min(BLOCK, rows - first), pixels, 0, pixels, lists, counts);
  for (let l = 0; l < pixels; l++) {
    const size = <usize>load<u8>(counts + <usize>l) << 1;
    store<u32>(begin, <u32>entries);
    memory.copy(entries, lists + <usize>l * LIST, size);
    entries += size;
    begin += 4;
  }
  store<u32>(begin, <u32>entries);
}

/** matmul by kept lists, of at most 12 columns. Arguments: begins, W, z, bias, rows, pixels, columns. A tile is a block. */
export function listedProductTile(block: i32): void {
  const W = <usize>load<u32>(ARGUMENTS, 4);
  const bias = <usize>load<u32>(ARGUMENTS, 12);
  const rows = load<i32>(ARGUMENTS, 16);
  const pixels = load<i32>(ARGUMENTS, 20);
  const columns = load<i32>(ARGUMENTS, 24);
  const begins = <usize>load<u32>(ARGUMENTS, 0) + (<usize>(block * (pixels + 1)) << 2);
  const images = min(BLOCK, rows - block * BLOCK);
  // The block's sums, 12 columns wide.
  const sums = scratch();
  memory.fill(sums, 0, images * 48);
  for (let l = 0; l < pixels; l++) {
    const end = <usize>load<u32>(begins + (<usize>l << 2), 4);
    const w = W + (<usize>(l * columns) << 2);
    const w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32);
    for (let at = <usize>load<u32>(begins + (<usize>l << 2)); at < end; at += 2) {
      const entry = <usize>load<u16>(at);
      const x = v128.load32_splat(BYTES + ((entry & 255) << 2));
      const z = sums + (entry >> 8) * 48;
      v128.store(z, f32x4.add(v128.load(z), f32x4.mul(x, w0)));
      v128.store(z, f32x4.add(v128.load(z, 16), f32x4.mul(x, w1)), 16);
      v128.store(z, f32x4.add(v128.load(z, 32), f32x4.mul(x, w2)), 32);
    }
  }
  let z = <usize>load<u32>(ARGUMENTS, 8) + (<usize>(block * BLOCK * columns) << 2);
  for (let i = 0; i < images; i++) {
    for (let j = 0; j < columns; j++) {
      const at = <usize>j << 2;
      const sum = load<f32>(sums + <usize>(i * 48) + at);
      store<f32>(z + at, bias == 0 ? sum : sum + load<f32>(bias + at));
    }
    z += <usize>columns << 2;
  }
}

/**
 * meanOuter. Arguments: bytes, order, δ, dW, rows, pixels, columns, kept begins (or 0), and where the blocks' sums are
 * kept until the last (a row of `wide` numbers a pixel), `wide`. A tile is a band of pixels.
 *
 * A vector that is stored may reach beyond its row. In dW the next rows are written after it, and the rows at the band's
 * end are stored number by number, because what follows them is another tile's.
 */
export function pixelMeanOuterTile(tile: i32): void {
  const bytes = <usize>load<u32>(ARGUMENTS, 0);
  const order = <usize>load<u32>(ARGUMENTS, 4);
  const delta = <usize>load<u32>(ARGUMENTS, 8);
  const dW = <usize>load<u32>(ARGUMENTS, 12);
  const rows = load<i32>(ARGUMENTS, 16);
  const pixels = load<i32>(ARGUMENTS, 20);
  const columns = load<i32>(ARGUMENTS, 24);
  const keptBegins = <usize>load<u32>(ARGUMENTS, 28);
  const sums = <usize>load<u32>(ARGUMENTS, 32);
  const wide = <usize>load<u32>(ARGUMENTS, 36) << 2;
  const from = tile * BAND;
  const to = min(from + BAND, pixels);
  const stride = <usize>columns << 2;
  const bandEnd = dW + <usize>to * stride;
  const lists = scratch();
  const counts = lists + BAND * LIST;
  for (let first = 0; first < rows; first += BLOCK) {
    const images = min(BLOCK, rows - first);
    let begins: usize = 0;
    if (keptBegins == 0) {
      listColumns(bytes, order + (<usize>first << 2), images, pixels, from, to, lists, counts);
    } else {
      begins = keptBegins + (<usize>((first / BLOCK) * (pixels + 1) + from) << 2);
    }
    const add = first > 0;
    const over = first + images == rows ? rows : 0;
    const block = delta + <usize>first * stride;
    // Whole panels of 32 columns are taken one after the other, so that their part of δ (16 kB) stays near; a last
    // narrower one has to follow its row.
    const group = columns % 32 == 0 ? 32 : columns;
    for (let panel = 0; panel < columns; panel += group) {
      for (let l = from; l < to; l++) {
        let list = lists + <usize>(l - from) * LIST;
        let end = list + (<usize>load<u8>(counts + <usize>(l - from)) << 1);
        if (begins != 0) {
          list = <usize>load<u32>(begins + (<usize>(l - from) << 2));
          end = <usize>load<u32>(begins + (<usize>(l - from) << 2), 4);
        }
        if (list == end && add && over == 0) continue;
        let column = panel;
        while (column < panel + group) {
          const isWide = columns - column > 12;
          const at = <usize>column << 2;
          const before = sums + <usize>l * wide + at;
          const row = dW + <usize>l * stride + at;
          let out = over == 0 ? before : row;
          const cut = over != 0 && row + (isWide ? 128 : 48) > bandEnd;
          if (cut) out = lists - 192;
          if (isWide) column32(list, end, block + at, stride, before, out, add, over);
          else column12(list, end, block + at, stride, before, out, add, over);
          if (cut) memory.copy(row, out, <usize>min(isWide ? 32 : 12, columns - column) << 2);
          column += isWide ? 32 : 12;
        }
      }
    }
  }
}

/**
 * dW[l, 0 … 32) of one block: Σ x_il · δ_i over the list, images ascending; to it the sum of the blocks `before` (if
 * `add`) is added; the last one divides by the `over` images of the batch.
 */
function column32(
  at: usize, end: usize, delta: usize, stride: usize, before: usize, out: usize, add: bool, over: i32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  if (at == end && !add) {
    // Of a small batch most pixels are 0 everywhere: nothing to divide.
    v128.store(out, s0);
    v128.store(out, s0, 16);
    v128.store(out, s0, 32);
    v128.store(out, s0, 48);
    v128.store(out, s0, 64);
    v128.store(out, s0, 80);
    v128.store(out, s0, 96);
    v128.store(out, s0, 112);
    return;
  }
  for (; at < end; at += 2) {
    const entry = <usize>load<u16>(at);
    const x = v128.load32_splat(BYTES + ((entry & 255) << 2));
    const d = delta + (entry >> 8) * stride;
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(d)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(d, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(d, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(d, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(d, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(d, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(d, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(d, 112)));
  }
  keep(before, out, s0, add, over);
  keep(before + 16, out + 16, s1, add, over);
  keep(before + 32, out + 32, s2, add, over);
  keep(before + 48, out + 48, s3, add, over);
  keep(before + 64, out + 64, s4, add, over);
  keep(before + 80, out + 80, s5, add, over);
  keep(before + 96, out + 96, s6, add, over);
  keep(before + 112, out + 112, s7, add, over);
}

/** The same for twelve columns. */
function column12(
  at: usize, end: usize, delta: usize, stride: usize, before: usize, out: usize, add: bool, over: i32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0;
  for (; at < end; at += 2) {
    const entry = <usize>load<u16>(at);
    const x = v128.load32_splat(BYTES + ((entry & 255) << 2));
    const d = delta + (entry >> 8) * stride;
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(d)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(d, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(d, 32)));
  }
  keep(before, out, s0, add, over);
  keep(before + 16, out + 16, s1, add, over);
  keep(before + 32, out + 32, s2, add, over);
}

// @ts-ignore: decorator
@inline
function keep(before: usize, out: usize, sum: v128, add: bool, over: i32): void {
  if (add) sum = f32x4.add(v128.load(before), sum);
  if (over != 0) {
    // By a power of two a product is the same number, and a fifth of the time.
    const m = <f32>over;
    if ((over & (over - 1)) == 0) sum = f32x4.mul(sum, f32x4.splat(<f32>1 / m));
    else sum = f32x4.div(sum, f32x4.splat(m));
  }
  v128.store(out, sum);
}
