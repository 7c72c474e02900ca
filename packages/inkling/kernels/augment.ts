/**
 * Changes images: a bilinear sample of the image for every number of the new one. src/backends/warp.ts has the
 * equations and their order. A tile is some images.
 *
 *   image    the old image's bytes with a frame of zeros, one pixel before and two behind: (height + 3) × (width + 3)
 *   quads    for each channel (height + 2) × (width + 2) words: the four pixels p(X, Y), p(X + 1, Y), p(X, Y + 1),
 *            p(X + 1, Y + 1), X and Y from −1 on. One load of a lane brings all four: WebAssembly has no gather
 *   nodes    the random numbers of the elastic grid, first those of u, then those of v
 *   sums     for u, then v, for each row of nodes: Σᵢ r[j, i]·across[i, x], a number for each column
 *   normals  a normal number for each number of the image
 *
 * Weights that are 0 are left out: a sum that starts at +0 is the same without them. An image of 28 × 28 takes about
 * 7 µs of one thread, with elastic distortion 10 µs, with noise 3 µs more.
 */
import * as argument from "./arguments";
import { draw4, normal16, uniform16 } from "./draws";
import { AUGMENT_IMAGES, MAP, MAP_ERASED, MAP_EXAMPLE, NODE_DRAWS, NOISE_DRAWS } from "./layout";
import { clear, scratch } from "./memory";

/** Some images. */
export function augmentTile(tile: i32): void {
  const first = tile * AUGMENT_IMAGES;
  const last = min(first + AUGMENT_IMAGES, load<i32>(argument.AUGMENT_ROWS));
  const height = load<i32>(argument.AUGMENT_HEIGHT);
  const channels = load<i32>(argument.AUGMENT_CHANNELS);
  const bytes = <usize>(height * load<i32>(argument.AUGMENT_WIDTH) * channels);
  const normals = scratch() + load<usize>(argument.AUGMENT_NORMALS);
  for (let i = first; i < last; i++) {
    const map = load<usize>(argument.AUGMENT_MAPS) + <usize>(i * MAP * 4);
    const example = load<i32>(map + 4 * MAP_EXAMPLE);
    const to = load<usize>(argument.AUGMENT_OUT) + <usize>i * bytes;
    unlist(i);
    for (let channel = 0; channel < channels; channel++) makeQuads(channel);
    if (load<i32>(argument.AUGMENT_NODES_DOWN) > 0) makeSums(example);
    if (load<f32>(argument.AUGMENT_NOISE) > 0) {
      const end = normals + (bytes << 2);
      let draw = NOISE_DRAWS;
      for (let at = normals; at < end; at += 64) {
        drawAt(draw, example, at);
        normal16(at);
        draw += 4;
      }
    }
    for (let y = 0; y < height; y++) changeRow(y, map, to);
    erase(map, to);
  }
}

/** Sixteen words of this epoch's and copy's draws of an example. */
function drawAt(element: i32, example: i32, to: usize): void {
  const epoch = load<i32>(argument.AUGMENT_EPOCH);
  const copy = load<i32>(argument.AUGMENT_COPY);
  draw4(element, example, epoch, copy, load<i32>(argument.AUGMENT_KEY_0), load<i32>(argument.AUGMENT_KEY_1), to);
}

/** Image i from its list, in its frame. */
function unlist(i: i32): void {
  const image = scratch();
  const height = load<i32>(argument.AUGMENT_HEIGHT);
  const channels = load<i32>(argument.AUGMENT_CHANNELS);
  const rowBytes = load<i32>(argument.AUGMENT_WIDTH) * channels;
  const framed = rowBytes + 3 * channels;
  clear(image, <usize>((height + 3) * framed + 3) & ~3);
  const bands = load<usize>(argument.AUGMENT_BANDS) << 2;
  const order = load<usize>(argument.AUGMENT_ORDER);
  const own = load<usize>(argument.AUGMENT_OFFSETS) + <usize>load<u32>(order + (<usize>i << 2)) * (bands + 4);
  const end = <usize>load<u32>(own + bands);
  // Entries ascend: the row is found by going down.
  let rowEnd = rowBytes;
  let shift = image + <usize>(framed + channels);
  for (let at = <usize>load<u32>(own); at < end; at += 4) {
    const entry = load<u32>(at);
    const number = <i32>(entry >> 8);
    while (number >= rowEnd) {
      rowEnd += rowBytes;
      shift += <usize>(3 * channels);
    }
    store<u8>(shift + <usize>number, entry);
  }
}

/** The quads of one channel. */
function makeQuads(channel: i32): void {
  const height = load<i32>(argument.AUGMENT_HEIGHT);
  const width = load<i32>(argument.AUGMENT_WIDTH);
  const channels = load<i32>(argument.AUGMENT_CHANNELS);
  const framed = <usize>((width + 3) * channels);
  const step = <usize>channels;
  let to = quadsOf(channel);
  let row = scratch() + <usize>channel;
  for (let y = -1; y <= height; y++) {
    if (channels == 1) {
      // Beyond the row's end it writes what the next row overwrites.
      for (let x: usize = 0; x < <usize>(width + 2); x += 16) {
        const p = v128.load(row + x);
        const right = v128.load(row + x, 1);
        const below = v128.load(row + framed + x);
        const both = v128.load(row + framed + x, 1);
        storeQuads(to + (x << 2), interleaveLow(p, right), interleaveLow(below, both));
        storeQuads(to + (x << 2) + 32, interleaveHigh(p, right), interleaveHigh(below, both));
      }
    } else {
      for (let x: usize = 0; x < <usize>(width + 2); x++) {
        const at = row + x * step;
        const above = <u32>load<u8>(at) | (<u32>load<u8>(at + step) << 8);
        const below = <u32>load<u8>(at + framed) | (<u32>load<u8>(at + framed + step) << 8);
        store<u32>(to + (x << 2), above | (below << 16));
      }
    }
    row += framed;
    to += <usize>((width + 2) << 2);
  }
}

/** Where a channel's quads are. */
// @ts-ignore: decorator
@inline
function quadsOf(channel: i32): usize {
  const plane = (load<i32>(argument.AUGMENT_HEIGHT) + 2) * (load<i32>(argument.AUGMENT_WIDTH) + 2);
  return scratch() + load<usize>(argument.AUGMENT_QUADS) + <usize>((channel * plane) << 2);
}

// @ts-ignore: decorator
@inline
function interleaveLow(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function interleaveHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Eight quads of eight pairs above and eight pairs below. */
// @ts-ignore: decorator
@inline
function storeQuads(to: usize, above: v128, below: v128): void {
  v128.store(to, v128.shuffle<i16>(above, below, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(to, v128.shuffle<i16>(above, below, 4, 12, 5, 13, 6, 14, 7, 15), 16);
}

/** Draws the nodes of an example and adds them up across, for u and for v. */
function makeSums(example: i32): void {
  const nodesAcross = load<i32>(argument.AUGMENT_NODES_ACROSS);
  const rows = 2 * load<i32>(argument.AUGMENT_NODES_DOWN);
  const nodes = scratch() + load<usize>(argument.AUGMENT_NODES);
  const end = nodes + <usize>((rows * nodesAcross) << 2);
  let draw = NODE_DRAWS;
  for (let at = nodes; at < end; at += 64) {
    drawAt(draw, example, at);
    uniform16(at);
    draw += 4;
  }
  const stride = <usize>strideOf();
  const across = load<usize>(argument.AUGMENT_ACROSS);
  let sums = scratch() + load<usize>(argument.AUGMENT_SUMS);
  let own = nodes;
  for (let j = 0; j < rows; j++) {
    for (let x: usize = 0; x < stride; x += 16) {
      const from = firstNode(<i32>(x >> 2));
      const to = min(firstNode(<i32>(x >> 2) + 3) + load<i32>(argument.AUGMENT_REACH), nodesAcross);
      let sum = f32x4.splat(0);
      let weights = across + <usize>from * stride + x;
      for (let i = from; i < to; i++) {
        // Σᵢ r[j, i]·across[i, x]
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(own + (<usize>i << 2)), v128.load(weights)));
        weights += stride;
      }
      v128.store(sums + x, sum);
    }
    sums += stride;
    own += <usize>(nodesAcross << 2);
  }
}

/** The first node that a pixel sees. */
// @ts-ignore: decorator
@inline
function firstNode(pixel: i32): i32 {
  const spacing = load<i32>(argument.AUGMENT_SPACING);
  return (pixel + spacing - 1) / spacing;
}

/** Bytes from one row of sums, or of weights across, to the next: whole vectors. */
// @ts-ignore: decorator
@inline
function strideOf(): i32 {
  return ((load<i32>(argument.AUGMENT_WIDTH) + 3) & ~3) << 2;
}

/** One row of the new image, four pixels at a time. */
function changeRow(y: i32, map: usize, to: usize): void {
  const height = load<i32>(argument.AUGMENT_HEIGHT);
  const width = load<i32>(argument.AUGMENT_WIDTH);
  const channels = load<i32>(argument.AUGMENT_CHANNELS);
  const a = v128.load32_splat(map);
  const d = v128.load32_splat(map, 12);
  // b·y + c and e·y + f
  const row = <f32>y;
  const rowX = f32x4.splat(load<f32>(map, 4) * row + load<f32>(map, 8));
  const rowY = f32x4.splat(load<f32>(map, 16) * row + load<f32>(map, 20));
  const nodesDown = load<i32>(argument.AUGMENT_NODES_DOWN);
  const reach = load<i32>(argument.AUGMENT_REACH);
  const minusOne = f32x4.splat(-1);
  const mostX = f32x4.splat(<f32>width);
  const mostY = f32x4.splat(<f32>height);
  for (let x = 0; x < width; x += 4) {
    const columns = f32x4.convert_i32x4_s(i32x4.add(i32x4.splat(x), i32x4(0, 1, 2, 3)));
    let fromX = f32x4.add(f32x4.mul(a, columns), rowX);
    let fromY = f32x4.add(f32x4.mul(d, columns), rowY);
    if (nodesDown > 0) {
      const stride = <usize>strideOf();
      const first = firstNode(y);
      const last = min(first + reach, nodesDown);
      let weight = load<usize>(argument.AUGMENT_DOWN) + <usize>((first * height + y) << 2);
      let sums = scratch() + load<usize>(argument.AUGMENT_SUMS) + <usize>first * stride + <usize>(x << 2);
      const second = <usize>nodesDown * stride;
      let u = f32x4.splat(0);
      let v = f32x4.splat(0);
      for (let j = first; j < last; j++) {
        // Σⱼ down[j, y]·(the sum of row j)
        const down = v128.load32_splat(weight);
        u = f32x4.add(u, f32x4.mul(down, v128.load(sums)));
        v = f32x4.add(v, f32x4.mul(down, v128.load(sums + second)));
        weight += <usize>(height << 2);
        sums += stride;
      }
      fromX = f32x4.add(fromX, u);
      fromY = f32x4.add(fromY, v);
    }
    fromX = f32x4.pmin(f32x4.pmax(fromX, minusOne), mostX);
    fromY = f32x4.pmin(f32x4.pmax(fromY, minusOne), mostY);
    const X = f32x4.floor(fromX);
    const Y = f32x4.floor(fromY);
    const fx = f32x4.sub(fromX, X);
    const fy = f32x4.sub(fromY, Y);
    // (Y + 1)·(width + 2) + X + 1
    const line = i32x4.mul(i32x4.trunc_sat_f32x4_s(Y), i32x4.splat(width + 2));
    const quad = i32x4.add(i32x4.add(line, i32x4.trunc_sat_f32x4_s(X)), i32x4.splat(width + 3));
    for (let channel = 0; channel < channels; channel++) {
      const number = (y * width + x) * channels + channel;
      const value = bilinear(quadsOf(channel), quad, fx, fy);
      storePixels(to + <usize>number, rounded(value, number, channels), min(4, width - x), channels);
    }
  }
}

/** Four values, each between the four pixels of a quad. */
// @ts-ignore: decorator
@inline
function bilinear(quads: usize, quad: v128, fx: v128, fy: v128): v128 {
  const at = i32x4.shl(quad, 2);
  let four = v128.load32_zero(quads + <usize>i32x4.extract_lane(at, 0));
  four = v128.load32_lane(quads + <usize>i32x4.extract_lane(at, 1), four, 1);
  four = v128.load32_lane(quads + <usize>i32x4.extract_lane(at, 2), four, 2);
  four = v128.load32_lane(quads + <usize>i32x4.extract_lane(at, 3), four, 3);
  const byte = i32x4.splat(255);
  const p = f32x4.convert_i32x4_s(v128.and(four, byte));
  const right = f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(four, 8), byte));
  const below = f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(four, 16), byte));
  const both = f32x4.convert_i32x4_s(i32x4.shr_u(four, 24));
  // top = p(X, Y) + fx·(p(X + 1, Y) − p(X, Y))
  const top = f32x4.add(p, f32x4.mul(fx, f32x4.sub(right, p)));
  const bottom = f32x4.add(below, f32x4.mul(fx, f32x4.sub(both, below)));
  // top + fy·(bottom − top)
  return f32x4.add(top, f32x4.mul(fy, f32x4.sub(bottom, top)));
}

/** Four values, whose first is a number of the image, with their noise and as bytes in words. */
// @ts-ignore: decorator
@inline
function rounded(value: v128, number: i32, channels: i32): v128 {
  const deviation = load<f32>(argument.AUGMENT_NOISE);
  if (deviation > 0) {
    const at = scratch() + load<usize>(argument.AUGMENT_NORMALS) + (<usize>number << 2);
    const step = <usize>(channels << 2);
    let normals = v128.load32_zero(at);
    normals = v128.load32_lane(at + step, normals, 1);
    normals = v128.load32_lane(at + 2 * step, normals, 2);
    normals = v128.load32_lane(at + 3 * step, normals, 3);
    value = f32x4.add(value, f32x4.mul(f32x4.splat(deviation), normals));
  }
  const within = f32x4.min(f32x4.max(value, f32x4.splat(0)), f32x4.splat(255));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(within, f32x4.splat(0.5)));
}

/** Stores the first `count` of four bytes, a pixel apart. */
// @ts-ignore: decorator
@inline
function storePixels(at: usize, bytes: v128, count: i32, channels: i32): void {
  if (channels == 1 && count == 4) {
    const packed = v128.shuffle<i8>(bytes, bytes, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
    v128.store32_lane(at, packed, 0);
    return;
  }
  const step = <usize>channels;
  store<u8>(at, i32x4.extract_lane(bytes, 0));
  if (count > 1) store<u8>(at + step, i32x4.extract_lane(bytes, 1));
  if (count > 2) store<u8>(at + 2 * step, i32x4.extract_lane(bytes, 2));
  if (count > 3) store<u8>(at + 3 * step, i32x4.extract_lane(bytes, 3));
}

/** Fills the erased rows and columns. */
function erase(map: usize, to: usize): void {
  const erased = map + 4 * MAP_ERASED;
  const channels = load<i32>(argument.AUGMENT_CHANNELS);
  const rowBytes = load<i32>(argument.AUGMENT_WIDTH) * channels;
  const fill = load<i32>(argument.AUGMENT_FILL);
  const bottom = <i32>load<f32>(erased, 4);
  const left = <usize>(<i32>load<f32>(erased, 8) * channels);
  const right = <usize>(<i32>load<f32>(erased, 12) * channels);
  for (let y = <i32>load<f32>(erased); y < bottom; y++) {
    const row = to + <usize>(y * rowBytes);
    for (let at = left; at < right; at++) store<u8>(row + at, fill);
  }
}
