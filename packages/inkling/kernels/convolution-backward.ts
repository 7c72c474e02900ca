/**
 * A convolution's ∂C/∂x: dX_(p+t) = Σ δ_p·Wₜ, four positions by eight channels in registers. Every position adds to the
 * numbers that it looks at, whose sums wait in scratch memory. (As a convolution of δ with W turned round, dX would
 * need zeros around δ: of 8 × 8 positions and a window of 5 × 5 that is 2.25 times the work.)
 */
import * as argument from "./arguments";
import { clear, scratch } from "./memory";
import { offsetOf, PANEL, PANEL_BYTES, storePosition } from "./windows";

/**
 * A tile is eight channels of an image. Their sums wait in scratch memory, padding included. Four
 * positions one after the other, then the window's pixels backwards: so a number's sum meets its positions row-major.
 * Nothing is multiplied with padding, so that every term is one of the law's.
 */
export function convolveBackwardTile(tile: i32): void {
  const channels = load<i32>(argument.CONVOLUTION_CHANNELS);
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const positions = load<i32>(argument.CONVOLUTION_OUT_HEIGHT) * load<i32>(argument.CONVOLUTION_OUT_WIDTH);
  const columns = load<i32>(argument.CONVOLUTION_COLUMNS);
  const pixels = load<i32>(argument.CONVOLUTION_ROWS) * columns;
  const panels = (channels + PANEL - 1) / PANEL;
  const rowBytes = load<usize>(argument.CONVOLUTION_ROW);
  const bytes = load<usize>(argument.CONVOLUTION_IMAGE);
  const i = tile / panels;
  const channel = (tile % panels) * PANEL;
  const deltaRow = <usize>filters << 2;
  const panelBytes = <usize>filters * PANEL_BYTES;
  const panel = load<usize>(argument.CONVOLUTION_PANELS) + <usize>((channel / PANEL) * pixels) * panelBytes;
  // Behind the image one place for what a last group of less than four positions has too much.
  const sums = scratch();
  const spare = sums + bytes;
  clear(sums, bytes + PANEL_BYTES);
  let delta = load<usize>(argument.CONVOLUTION_DELTA) + <usize>(i * positions) * deltaRow;
  for (let p = 0; p < positions; p += 4) {
    const left = positions - p;
    const d1 = left > 1 ? delta + deltaRow : delta;
    const d2 = left > 2 ? d1 + deltaRow : delta;
    const d3 = left > 3 ? d2 + deltaRow : delta;
    const c0 = sums + offsetOf(p), c1 = sums + offsetOf(p + 1);
    const c2 = sums + offsetOf(p + 2), c3 = sums + offsetOf(p + 3);
    for (let pixel = pixels - 1; pixel >= 0; pixel--) {
      const ky = <usize>(pixel / columns) * load<usize>(argument.CONVOLUTION_DILATION_Y);
      const kx = <usize>(pixel % columns) * load<usize>(argument.CONVOLUTION_DILATION_X);
      const at = ky * rowBytes + kx * PANEL_BYTES;
      addFour(
        delta, d1, d2, d3, panel + <usize>pixel * panelBytes, deltaRow,
        c0 + at, left > 1 ? c1 + at : spare, left > 2 ? c2 + at : spare, left > 3 ? c3 + at : spare,
      );
    }
    delta += 4 * deltaRow;
  }
  takeOut(i, channel, sums, rowBytes);
}

/** Four positions by eight channels: c += Σ δ·w over the filters, ascending. `bytes` of δ are a position's. */
function addFour(
  d0: usize, d1: usize, d2: usize, d3: usize, panel: usize, bytes: usize, c0: usize, c1: usize, c2: usize, c3: usize,
): void {
  let s00 = v128.load(c0), s01 = v128.load(c0, 16), s10 = v128.load(c1), s11 = v128.load(c1, 16);
  let s20 = v128.load(c2), s21 = v128.load(c2, 16), s30 = v128.load(c3), s31 = v128.load(c3, 16);
  let b0: v128, b1: v128, d: v128;
  const end = d0 + bytes;
  for (;;) {
    b0 = v128.load(panel);
    b1 = v128.load(panel, 16);
    d = v128.load32_splat(d0);
    s00 = f32x4.add(s00, f32x4.mul(d, b0));
    s01 = f32x4.add(s01, f32x4.mul(d, b1));
    d = v128.load32_splat(d1);
    s10 = f32x4.add(s10, f32x4.mul(d, b0));
    s11 = f32x4.add(s11, f32x4.mul(d, b1));
    d = v128.load32_splat(d2);
    s20 = f32x4.add(s20, f32x4.mul(d, b0));
    s21 = f32x4.add(s21, f32x4.mul(d, b1));
    d = v128.load32_splat(d3);
    s30 = f32x4.add(s30, f32x4.mul(d, b0));
    s31 = f32x4.add(s31, f32x4.mul(d, b1));
    panel += PANEL_BYTES;
    d0 += 4;
    d1 += 4;
    d2 += 4;
    d3 += 4;
    if (d0 == end) break;
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** Brings the sums of eight channels, without their padding, to row i of dX. */
function takeOut(i: i32, channel: i32, sums: usize, rowBytes: usize): void {
  const height = load<i32>(argument.CONVOLUTION_HEIGHT);
  const width = load<i32>(argument.CONVOLUTION_WIDTH);
  const channels = load<i32>(argument.CONVOLUTION_CHANNELS);
  const count = min(PANEL, channels - channel);
  let dX = load<usize>(argument.CONVOLUTION_OUT) + (<usize>(i * height * width * channels + channel) << 2);
  let row = sums + load<usize>(argument.CONVOLUTION_TOP) * rowBytes;
  row += load<usize>(argument.CONVOLUTION_LEFT) * PANEL_BYTES;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = row + <usize>x * PANEL_BYTES;
      storePosition(dX, v128.load(at), v128.load(at, 16), count);
      dX += <usize>channels << 2;
    }
    row += rowBytes;
  }
}
