/**
 * Images as lists of their pixels that are not 0, ascending: words of pixel · 256 + byte. They are made once for a data
 * set: first all pixels are counted, then every list has its place. Where an image's list starts, where each further
 * band of 112 pixels does, and where it ends are (bands + 1) words: the image's offsets.
 */
import * as argument from "./arguments";
import { BAND, BYTES } from "./layout";
import { clear } from "./memory";

/** Counts what is not 0. The counts go to the first of each image's offsets. */
export function countTile(tile: i32): void {
  const pixels = load<i32>(argument.PIXELS_PER_IMAGE);
  const most = load<i32>(argument.PIXELS_TILE);
  const words = load<i32>(argument.PIXELS_BANDS) + 1;
  const last = min((tile + 1) * most, load<i32>(argument.PIXELS_ROWS));
  for (let i = tile * most; i < last; i++) {
    const image = load<usize>(argument.PIXELS_BYTES) + <usize>i * <usize>pixels;
    let count = 0;
    let l = 0;
    for (; l + 16 <= pixels; l += 16) {
      count += 16 - popcnt(i8x16.bitmask(i8x16.eq(v128.load(image + <usize>l), i8x16.splat(0))));
    }
    for (; l < pixels; l++) if (load<u8>(image + <usize>l) != 0) count += 1;
    store<i32>(load<usize>(argument.PIXELS_OFFSETS) + (<usize>(i * words) << 2), count);
  }
}

/** Makes lists. An image's first offset is given, the others are written. */
export function listTile(tile: i32): void {
  const pixels = load<i32>(argument.PIXELS_PER_IMAGE);
  const most = load<i32>(argument.PIXELS_TILE);
  const words = load<i32>(argument.PIXELS_BANDS) + 1;
  const last = min((tile + 1) * most, load<i32>(argument.PIXELS_ROWS));
  for (let i = tile * most; i < last; i++) {
    const image = load<usize>(argument.PIXELS_BYTES) + <usize>i * <usize>pixels;
    let offset = load<usize>(argument.PIXELS_OFFSETS) + (<usize>(i * words) << 2);
    let at = <usize>load<u32>(offset);
    for (let from = 0; from < pixels; from += BAND) {
      at = list(image, from, min(from + BAND, pixels), at);
      offset += 4;
      store<u32>(offset, <u32>at);
    }
  }
}

/** x = byte / 255. A tile is some images. */
export function unpackTile(tile: i32): void {
  const offsets = load<usize>(argument.PIXELS_OFFSETS);
  const order = load<usize>(argument.PIXELS_ORDER);
  const bands = load<usize>(argument.PIXELS_BANDS) << 2;
  const rowBytes = load<usize>(argument.PIXELS_PER_IMAGE) << 2;
  const first = tile * load<i32>(argument.PIXELS_TILE);
  const last = min(first + load<i32>(argument.PIXELS_TILE), load<i32>(argument.PIXELS_ROWS));
  let x = load<usize>(argument.PIXELS_OUT) + <usize>first * rowBytes;
  clear(x, <usize>(last - first) * rowBytes);
  for (let i = first; i < last; i++) {
    const own = offsets + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4);
    const to = <usize>load<u32>(own + bands);
    for (let at = <usize>load<u32>(own); at < to; at += 4) {
      const entry = <usize>load<u32>(at);
      store<f32>(x + ((entry >> 8) << 2), load<f32>(BYTES + ((entry & 255) << 2)));
    }
    x += rowBytes;
  }
}

/**
 * Lists, for each pixel, the images in which it is not 0, and its numbers there: lists as machine code reads them that
 * leaves out zeros (src/backends/wasm/listed-products.ts). A tile is a band.
 */
export function listByPixelTile(band: i32): void {
  const offsets = load<usize>(argument.PIXELS_OFFSETS) + (<usize>band << 2);
  const order = load<usize>(argument.PIXELS_ORDER);
  const words = (load<usize>(argument.PIXELS_BANDS) + 1) << 2;
  const half = load<usize>(argument.PRODUCT_LIST_HALF);
  const lists = load<usize>(argument.PRODUCT_LISTS);
  const counts = load<usize>(argument.PRODUCT_COUNTS);
  const next = load<u32>(argument.PIXELS_COLUMNS) << 2;
  const pixels = min(BAND, load<i32>(argument.PIXELS_PER_IMAGE) - band * BAND);
  clear(counts + (<usize>(band * BAND) << 2), <usize>pixels << 2);
  let offset: u32 = 0;
  for (let i = 0; i < load<i32>(argument.PIXELS_ROWS); i++, offset += next) {
    const own = offsets + <usize>load<u32>(order + (<usize>i << 2)) * words;
    const to = <usize>load<u32>(own, 4);
    for (let at = <usize>load<u32>(own); at < to; at += 4) {
      const entry = <usize>load<u32>(at);
      const pixel = entry >> 8;
      const count = <usize>load<u32>(counts + (pixel << 2));
      const list = lists + pixel * 2 * half + (count << 2);
      store<u32>(list, offset);
      store<f32>(list + half, load<f32>(BYTES + ((entry & 255) << 2)));
      store<u32>(counts + (pixel << 2), <u32>count + 1);
    }
  }
}

/**
 * Lists the pixels [from … to) of an image at `at`; returns the end. Sixteen bytes are compared at once, and the bits
 * of 64 are taken from the lowest: so the processor mispredicts one branch, at their end, not four.
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
