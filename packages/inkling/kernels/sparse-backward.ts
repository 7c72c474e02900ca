/**
 * A convolution's ∂C/∂x below a max pool: dX_(p+t) = Σ δ_p·Wₜ over the positions p and filters whose δ is not 0
 * (sparse.ts).
 *
 * Lanes run across the numbers of a row of the window, which stand side by side in the image. Of a row of windows each
 * pixel's filters are listed; then position after position adds its filters to the numbers that it looks at, eight
 * vectors at a time, whose sums wait in scratch memory. So a number's sum meets positions and filters in the law's order.
 */
import * as argument from "./arguments";
import { clear, scratch, storeFirst } from "./memory";
import { filterRowBytes, windowsBefore } from "./sparse";

/** An entry of a list: where the filter's numbers begin, and δ. */
const ENTRY: usize = 8;

/** A tile is one image: its frame of sums, padding included, then the lists of a row of windows and where they end. */
export function sparseBackwardTile(i: i32): void {
  const sums = scratch();
  const bytes = load<usize>(argument.CONVOLUTION_IMAGE);
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const windows = load<i32>(argument.CONVOLUTION_POOLED_WIDTH);
  const rows = load<i32>(argument.CONVOLUTION_POOL_ROWS);
  const columns = load<i32>(argument.CONVOLUTION_POOL_COLUMNS);
  const lists = sums + ((bytes + 64 + 15) & ~15);
  // A list has room for all filters and one entry that is written and not counted.
  const listBytes = <usize>(filters + 1) * ENTRY;
  const ends = lists + <usize>(rows * columns * windows) * listBytes;
  const across = load<usize>(argument.CONVOLUTION_STRIDE_X) * (load<usize>(argument.CONVOLUTION_CHANNELS) << 2);
  const down = load<usize>(argument.CONVOLUTION_STRIDE_Y) * load<usize>(argument.CONVOLUTION_ROW);
  const rowOfWindows = <usize>(windows * filters) << 2;
  clear(sums, bytes);
  let before = windowsBefore(i);
  let line = sums;
  for (let y = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT); y > 0; y--, before += rowOfWindows) {
    listRow(before, lists, listBytes, ends);
    for (let r = 0; r < rows; r++, line += down) {
      let at = line;
      for (let w = 0; w < windows; w++) {
        for (let c = 0; c < columns; c++, at += across) {
          const list = (w * rows + r) * columns + c;
          const end = <usize>load<u32>(ends + (<usize>list << 2));
          addPosition(lists + <usize>list * listBytes, end, at);
        }
      }
    }
  }
  takeOut(i, sums);
}

/** Lists the filters of each pixel of a row of windows. List (window · rows + row) · columns + column is a pixel's. */
function listRow(before: usize, lists: usize, listBytes: usize, ends: usize): void {
  const filterBytes = load<usize>(argument.CONVOLUTION_ROWS) * filterRowBytes();
  const filters = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const places = load<i32>(argument.CONVOLUTION_POOL_ROWS) * load<i32>(argument.CONVOLUTION_POOL_COLUMNS);
  let delta = load<usize>(argument.CONVOLUTION_DELTA) + before;
  let choice = load<usize>(argument.CONVOLUTION_CHOICES) + before;
  for (let w = load<i32>(argument.CONVOLUTION_POOLED_WIDTH); w > 0; w--) {
    for (let place = 0; place < places; place++, lists += listBytes) {
      store<u32>(ends + (<usize>place << 2), <u32>lists);
    }
    let filter = load<usize>(argument.CONVOLUTION_PANELS);
    for (const last = delta + filters; delta < last; delta += 4, choice += 4) {
      const end = ends + (<usize>load<u32>(choice) << 2);
      const to = <usize>load<u32>(end);
      const number = load<f32>(delta);
      store<u32>(to, <u32>filter);
      store<f32>(to, number, 4);
      store<u32>(end, <u32>(to + <usize>(number != 0) * ENTRY));
      filter += filterBytes;
    }
    ends += <usize>places << 2;
  }
}

/** Adds what the listed filters of a position give to the numbers that it looks at, from `at` on. */
function addPosition(list: usize, end: usize, at: usize): void {
  if (list == end) return;
  const rowBytes = filterRowBytes();
  const numbers = load<i32>(argument.CONVOLUTION_COLUMNS) * load<i32>(argument.CONVOLUTION_CHANNELS);
  const down = load<usize>(argument.CONVOLUTION_DILATION_Y) * load<usize>(argument.CONVOLUTION_ROW);
  let filter: usize = 0;
  for (let ky = load<i32>(argument.CONVOLUTION_ROWS); ky > 0; ky--, filter += rowBytes, at += down) {
    let n = 0;
    for (; n + 32 <= numbers; n += 32) eightVectors(list, end, filter + (<usize>n << 2), at + (<usize>n << 2));
    if (n + 16 <= numbers) {
      fourVectors(list, end, filter + (<usize>n << 2), at + (<usize>n << 2));
      n += 16;
    }
    for (; n < numbers; n += 4) oneVector(list, end, filter + (<usize>n << 2), at + (<usize>n << 2), numbers - n);
  }
}

function eightVectors(list: usize, end: usize, filter: usize, at: usize): void {
  let s0 = v128.load(at), s1 = v128.load(at, 16), s2 = v128.load(at, 32), s3 = v128.load(at, 48);
  let s4 = v128.load(at, 64), s5 = v128.load(at, 80), s6 = v128.load(at, 96), s7 = v128.load(at, 112);
  for (; list < end; list += ENTRY) {
    const w = filter + <usize>load<u32>(list);
    const delta = v128.load32_splat(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(w), delta));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(w, 16), delta));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(w, 32), delta));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(w, 48), delta));
    s4 = f32x4.add(s4, f32x4.mul(v128.load(w, 64), delta));
    s5 = f32x4.add(s5, f32x4.mul(v128.load(w, 80), delta));
    s6 = f32x4.add(s6, f32x4.mul(v128.load(w, 96), delta));
    s7 = f32x4.add(s7, f32x4.mul(v128.load(w, 112), delta));
  }
  v128.store(at, s0);
  v128.store(at, s1, 16);
  v128.store(at, s2, 32);
  v128.store(at, s3, 48);
  v128.store(at, s4, 64);
  v128.store(at, s5, 80);
  v128.store(at, s6, 96);
  v128.store(at, s7, 112);
}

function fourVectors(list: usize, end: usize, filter: usize, at: usize): void {
  let s0 = v128.load(at), s1 = v128.load(at, 16), s2 = v128.load(at, 32), s3 = v128.load(at, 48);
  for (; list < end; list += ENTRY) {
    const w = filter + <usize>load<u32>(list);
    const delta = v128.load32_splat(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(w), delta));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(w, 16), delta));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(w, 32), delta));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(w, 48), delta));
  }
  v128.store(at, s0);
  v128.store(at, s1, 16);
  v128.store(at, s2, 32);
  v128.store(at, s3, 48);
}

/** A vector, of which the first `count` numbers are the row's. */
function oneVector(list: usize, end: usize, filter: usize, at: usize, count: i32): void {
  let sum = v128.load(at);
  for (; list < end; list += ENTRY) {
    const w = filter + <usize>load<u32>(list);
    sum = f32x4.add(sum, f32x4.mul(v128.load(w), v128.load32_splat(list, 4)));
  }
  storeFirst(at, sum, count);
}

/** Brings an image's sums, without their padding, to dX. */
function takeOut(i: i32, sums: usize): void {
  const channels = load<usize>(argument.CONVOLUTION_CHANNELS) << 2;
  const rowBytes = load<usize>(argument.CONVOLUTION_ROW);
  const height = load<i32>(argument.CONVOLUTION_HEIGHT);
  const width = load<usize>(argument.CONVOLUTION_WIDTH) * channels;
  let to = load<usize>(argument.CONVOLUTION_OUT) + <usize>(i * height) * width;
  let row = sums + load<usize>(argument.CONVOLUTION_TOP) * rowBytes + load<usize>(argument.CONVOLUTION_LEFT) * channels;
  for (let y = 0; y < height; y++, row += rowBytes, to += width) {
    let at: usize = 0;
    for (; at + 16 <= width; at += 16) v128.store(to + at, v128.load(row + at));
    for (; at < width; at += 4) store<f32>(to + at, load<f32>(row + at));
  }
}
