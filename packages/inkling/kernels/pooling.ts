/**
 * Pooling: one number of each window, channel by channel (NHWC: the channels of a pixel stand side by side). A tile is
 * POOL_TILE images.
 *
 * Lanes run across four channels; the last vector of a pixel reads beyond it and stores what is its own. Images of one
 * or two channels have little side by side. There the lanes run across four neighbours of the output, where
 * their windows are whole: each lane has a place of its own (max pooling of 28 × 28 × 1 then takes half the time).
 *
 * Backwards, δ is added to the pixels of its window, window after window in the order of the output. So each pixel's
 * sum has the order of the law. A window may add +0 to a pixel that is not its maximum: a sum that starts at +0 is
 * never −0, so that changes no bit.
 */
import * as argument from "./arguments";
import { AVERAGE_POOL, AVERAGE_POOL_BACKWARD, MAX_CHOICES, MAX_POOL, MAX_POOL_BACKWARD } from "./layout";
import { clear, storeFirst } from "./memory";

// The window under way: rows and pixels of it that are inside of the image, and bytes from pixel to pixel, row to row.
let lines: i32 = 0;
let across: i32 = 0;
let pixelBytes: usize = 0;
let lineBytes: usize = 0;

// Where each lane's first pixel is. Where lanes are channels, only the first is used.
let place0: usize = 0;
let place1: usize = 0;
let place2: usize = 0;
let place3: usize = 0;

/** Four numbers of a pixel's channels, or one of each lane's place; `at` is bytes from the first pixel. */
// @ts-ignore: decorator
@inline
function load4(isPixel: bool, at: usize): v128 {
  if (isPixel) return v128.load(place0 + at);
  let four = v128.load32_splat(place0 + at);
  four = v128.load32_lane(place1 + at, four, 1);
  four = v128.load32_lane(place2 + at, four, 2);
  return v128.load32_lane(place3 + at, four, 3);
}

/** Adds four numbers to what stands at these places; of a pixel's channels only the first `count`. */
// @ts-ignore: decorator
@inline
function add4(isPixel: bool, at: usize, numbers: v128, count: i32): void {
  const sum = f32x4.add(load4(isPixel, at), numbers);
  if (isPixel) {
    storeFirst(place0 + at, sum, count);
    return;
  }
  v128.store32_lane(place0 + at, sum, 0);
  v128.store32_lane(place1 + at, sum, 1);
  v128.store32_lane(place2 + at, sum, 2);
  v128.store32_lane(place3 + at, sum, 3);
}

/** max x, of equal ones the first; NaN if there is one */
// @ts-ignore: decorator
@inline
function maximum(isPixel: bool): v128 {
  let most = f32x4.splat(-Infinity);
  // pmax(a, b) is a < b ? b : a, which passes over a NaN in b; such lanes are all ones at the end, a NaN.
  let isNaN = f32x4.splat(0);
  for (let line = 0, row: usize = 0; line < lines; line++, row += lineBytes) {
    for (let pixel = 0, at = row; pixel < across; pixel++, at += pixelBytes) {
      const x = load4(isPixel, at);
      most = f32x4.pmax(most, x);
      isNaN = v128.or(isNaN, f32x4.ne(x, x));
    }
  }
  return v128.or(most, isNaN);
}

/** The number of the first pixel that equals z or is NaN: from 0 on, row by row. */
// @ts-ignore: decorator
@inline
function choice(isPixel: bool, z: v128): v128 {
  let isLeft = i32x4.splat(-1);
  let chosen = i32x4.splat(0);
  let number = chosen;
  for (let line = 0, row: usize = 0; line < lines; line++, row += lineBytes) {
    for (let pixel = 0, at = row; pixel < across; pixel++, at += pixelBytes) {
      const x = load4(isPixel, at);
      const isMost = v128.and(isLeft, v128.or(f32x4.eq(x, z), f32x4.ne(x, x)));
      chosen = v128.or(chosen, v128.and(isMost, number));
      isLeft = v128.andnot(isLeft, isMost);
      number = i32x4.add(number, i32x4.splat(1));
    }
  }
  return chosen;
}

/** Adds δ to the first pixel that equals z or is NaN. `toX`: bytes from a pixel of ∂C/∂x to the same one of x. */
// @ts-ignore: decorator
@inline
function addToMaximum(isPixel: bool, toX: usize, z: v128, delta: v128, count: i32): void {
  let isLeft = i32x4.splat(-1);
  for (let line = 0, row: usize = 0; line < lines; line++, row += lineBytes) {
    for (let pixel = 0, at = row; pixel < across; pixel++, at += pixelBytes) {
      const x = load4(isPixel, at + toX);
      const isMost = v128.and(isLeft, v128.or(f32x4.eq(x, z), f32x4.ne(x, x)));
      isLeft = v128.andnot(isLeft, isMost);
      add4(isPixel, at, v128.and(isMost, delta), count);
    }
  }
}

/** Σ x / n, the sum from +0 in the window's order */
// @ts-ignore: decorator
@inline
function mean(isPixel: bool): v128 {
  let sum = f32x4.splat(0);
  for (let line = 0, row: usize = 0; line < lines; line++, row += lineBytes) {
    for (let pixel = 0, at = row; pixel < across; pixel++, at += pixelBytes) {
      sum = f32x4.add(sum, load4(isPixel, at));
    }
  }
  return f32x4.div(sum, f32x4.splat(<f32>(lines * across)));
}

/** Adds δ / n to every pixel of the window. */
// @ts-ignore: decorator
@inline
function addShares(isPixel: bool, delta: v128, count: i32): void {
  const share = f32x4.div(delta, f32x4.splat(<f32>(lines * across)));
  for (let line = 0, row: usize = 0; line < lines; line++, row += lineBytes) {
    for (let pixel = 0, at = row; pixel < across; pixel++, at += pixelBytes) add4(isPixel, at, share, count);
  }
}

/** One window, or four: `e` is bytes from the first number that comes out of the images, `count` how many are there. */
// @ts-ignore: decorator
@inline
function pool(operation: i32, isPixel: bool, e: usize, toX: usize, count: i32): void {
  if (operation == MAX_POOL) storeFirst(load<usize>(argument.POOL_Z) + e, maximum(isPixel), count);
  else if (operation == AVERAGE_POOL) storeFirst(load<usize>(argument.POOL_Z) + e, mean(isPixel), count);
  else if (operation == MAX_CHOICES) {
    const chosen = choice(isPixel, v128.load(load<usize>(argument.POOL_Z) + e));
    storeFirst(load<usize>(argument.POOL_CHOICES) + e, chosen, count);
  } else {
    const delta = v128.load(load<usize>(argument.POOL_DELTA) + e);
    if (operation == MAX_POOL_BACKWARD) {
      addToMaximum(isPixel, toX, v128.load(load<usize>(argument.POOL_Z) + e), delta, count);
    } else addShares(isPixel, delta, count);
  }
}

/** A tile of each of the operations of pooling. Backwards the places are those of ∂C/∂x, otherwise those of x. */
export function poolTile(operation: i32, tile: i32): void {
  const isForward = operation != MAX_POOL_BACKWARD && operation != AVERAGE_POOL_BACKWARD;
  const images = load<usize>(isForward ? argument.POOL_X : argument.POOL_DX);
  const toX = load<usize>(argument.POOL_X) - images;
  const height = load<i32>(argument.POOL_HEIGHT);
  const width = load<i32>(argument.POOL_WIDTH);
  const channels = load<i32>(argument.POOL_CHANNELS);
  const rows = load<i32>(argument.POOL_ROWS);
  const outHeight = load<i32>(argument.POOL_OUT_HEIGHT);
  const imageBytes = <usize>(height * width * channels) << 2;
  const outRow = load<i32>(argument.POOL_OUT_WIDTH) * channels;
  const first = tile * load<i32>(argument.POOL_TILE);
  const last = min(first + load<i32>(argument.POOL_TILE), load<i32>(argument.POOL_IMAGES));
  pixelBytes = <usize>channels << 2;
  lineBytes = <usize>width * pixelBytes;
  let image = images + <usize>first * imageBytes;
  let e = <usize>first * <usize>outHeight * (<usize>outRow << 2);
  if (!isForward) clear(image, <usize>(last - first) * imageBytes);
  for (let i = first; i < last; i++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y = oy * load<i32>(argument.POOL_STRIDE_Y) - load<i32>(argument.POOL_TOP);
      lines = min(y + rows, height) - max(y, 0);
      poolRow(operation, image + <usize>max(y, 0) * lineBytes, e, toX, channels, outRow);
      e += <usize>outRow << 2;
    }
    image += imageBytes;
  }
}

/** A row of the output: `line` is where its windows' first row of pixels begins. */
function poolRow(operation: i32, line: usize, e: usize, toX: usize, channels: i32, outRow: i32): void {
  const width = load<i32>(argument.POOL_WIDTH);
  const columns = load<i32>(argument.POOL_COLUMNS);
  const stride = load<i32>(argument.POOL_STRIDE_X);
  const mayNeighbour = channels < 3 && load<i32>(argument.POOL_NEIGHBOURS) != 0;
  // The first pixel of the window, and its first channel that is still to be done.
  let x = -load<i32>(argument.POOL_LEFT);
  let c = 0;
  for (let done = 0; done < outRow; ) {
    let count = 4;
    let isPixel = true;
    place0 = line + (<usize>(max(x, 0) * channels + c) << 2);
    // Of four neighbours the last window is at most three strides further on.
    if (mayNeighbour && x >= 0 && done + 4 <= outRow && x + (c + 3) / channels * stride + columns <= width) {
      isPixel = false;
      across = columns;
      const jump = <usize>((stride - 1) * channels) << 2;
      place1 = place0 + 4 + (++c % channels == 0 ? jump : 0);
      place2 = place1 + 4 + (++c % channels == 0 ? jump : 0);
      place3 = place2 + 4 + (++c % channels == 0 ? jump : 0);
      c++;
      x += c / channels * stride;
      c %= channels;
    } else {
      across = min(x + columns, width) - max(x, 0);
      count = min(4, channels - c);
      c += count;
      if (c == channels) {
        c = 0;
        x += stride;
      }
    }
    pool(operation, isPixel, e + (<usize>done << 2), toX, count);
    done += count;
  }
}
