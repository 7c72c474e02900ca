/**
 * The arguments that the kernels of convolutions share: the window, and images as it reads them. Images with padding and
 * images of pixels are copied for that, with zeros around them.
 */
import * as argument from "../../../kernels/arguments.ts";
import { BLOCK, PAD } from "../../../kernels/layout.ts";
import { Pixels } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address } from "../fast/calls.ts";
import type { House } from "../fast/fast.ts";
import { ListedPixels } from "../fast/pixel-lists.ts";
import { imageSize, taps, type Window } from "../window.ts";
import type { Entries } from "./sparse-delta.ts";

export class ConvolutionArguments {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  /** Pixels with their lists. To make lists is an operation of its own: no arguments may be set before. */
  listed(x: CpuMatrix | Pixels): CpuMatrix | ListedPixels {
    return x instanceof Pixels ? this.#house.lists.of(x) : x;
  }

  /** Images as the window reads them: where they are, or a copy with padding and of numbers. */
  setImages(x: CpuMatrix | ListedPixels, window: Window): void {
    const { calls, pool } = this.#house;
    const { width, height, isPadded } = padded(window);
    const numbers = width * height * window.channels;
    calls.word(argument.CONVOLUTION_ROW, 4 * width * window.channels);
    calls.word(argument.CONVOLUTION_IMAGE, 4 * numbers);
    calls.word(argument.CONVOLUTION_SKIPS, x instanceof ListedPixels ? 2 : isPadded ? 1 : 0);
    if (!(x instanceof ListedPixels) && !isPadded) {
      calls.word(argument.CONVOLUTION_IMAGES, address(x));
      return;
    }
    calls.word(argument.CONVOLUTION_IMAGES, address(pool.matrix(x.rows, numbers)));
    if (x instanceof ListedPixels) {
      this.setLists(x);
    } else {
      calls.word(argument.CONVOLUTION_X, address(x));
    }
    calls.run(PAD, x.rows, (x.rows * imageSize(window)) / 4);
  }

  /** δ with a number for each position. */
  setDense(delta: CpuMatrix): void {
    const { calls } = this.#house;
    calls.word(argument.CONVOLUTION_DELTA, address(delta));
    calls.word(argument.CONVOLUTION_CHOICES, 0);
  }

  /** δ with a number for each window of a max pool. */
  setSparse({ window, values, choices }: Entries): void {
    const { calls } = this.#house;
    calls.word(argument.CONVOLUTION_DELTA, address(values));
    calls.word(argument.CONVOLUTION_CHOICES, address(choices));
    this.setPool(window);
  }

  /** The window of a max pool. */
  setPool({ rows, columns, outHeight, outWidth }: Window): void {
    const { calls } = this.#house;
    calls.word(argument.CONVOLUTION_POOL_ROWS, rows);
    calls.word(argument.CONVOLUTION_POOL_COLUMNS, columns);
    calls.word(argument.CONVOLUTION_POOLED_HEIGHT, outHeight);
    calls.word(argument.CONVOLUTION_POOLED_WIDTH, outWidth);
  }

  setLists(x: ListedPixels): void {
    const { calls } = this.#house;
    calls.word(argument.CONVOLUTION_OFFSETS, x.lists.offsets);
    calls.word(argument.CONVOLUTION_ORDER, x.orderAt);
    calls.word(argument.CONVOLUTION_BANDS, x.bands);
  }

  /** Where each position's window begins, where a pixel takes so many bytes. */
  setPositions(window: Window, pixelBytes: number): void {
    const { calls, pool } = this.#house;
    const { outHeight, outWidth, strideY, strideX } = window;
    const { width } = padded(window);
    const at = address(pool.matrix(1, outHeight * outWidth + 3));
    const { words } = calls.whole;
    let p = at / 4;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) words[p++] = (oy * strideY * width + ox * strideX) * pixelBytes;
    }
    // A last group of less than four positions looks at the last one again.
    words.fill(words[p - 1], p, p + 3);
    calls.word(argument.CONVOLUTION_POSITIONS, at);
  }

  /** What each tap looks at, from where the window begins. */
  setTaps(window: Window): void {
    const { calls, pool } = this.#house;
    const { rows, columns, channels, dilationY, dilationX } = window;
    const { width } = padded(window);
    const at = address(pool.matrix(1, taps(window)));
    const { words } = calls.whole;
    let t = at / 4;
    for (let ky = 0; ky < rows; ky++) {
      for (let kx = 0; kx < columns; kx++) {
        const pixel = ky * dilationY * width + kx * dilationX;
        for (let c = 0; c < channels; c++) words[t++] = 4 * (pixel * channels + c);
      }
    }
    calls.word(argument.CONVOLUTION_TAPS, at);
  }

  /** A run of taps is a row of the window, or where there are gaps between its pixels, one pixel. */
  setRuns(window: Window): void {
    const { calls } = this.#house;
    const { columns, channels, dilationX, dilationY } = window;
    const hasGaps = dilationX > 1;
    calls.word(argument.CONVOLUTION_RUN, 4 * channels * (hasGaps ? 1 : columns));
    calls.word(argument.CONVOLUTION_RUNS, hasGaps ? columns : 1);
    calls.word(argument.CONVOLUTION_GAP, 4 * channels * (dilationX - 1));
    calls.word(argument.CONVOLUTION_ROW_GAP, 4 * channels * (dilationY * padded(window).width - columns * dilationX));
  }

  setWindow(window: Window, filters: number): void {
    const { calls } = this.#house;
    const { width } = padded(window);
    const positionGap = window.strideY * width - window.outWidth * window.strideX;
    calls.word(argument.CONVOLUTION_POSITION_GAP, 4 * window.channels * positionGap);
    calls.word(argument.CONVOLUTION_FILTERS, filters);
    calls.word(argument.CONVOLUTION_NOT_FINITE, 0);
    calls.word(argument.CONVOLUTION_COUNT, taps(window));
    calls.word(argument.CONVOLUTION_HEIGHT, window.height);
    calls.word(argument.CONVOLUTION_WIDTH, window.width);
    calls.word(argument.CONVOLUTION_CHANNELS, window.channels);
    calls.word(argument.CONVOLUTION_ROWS, window.rows);
    calls.word(argument.CONVOLUTION_COLUMNS, window.columns);
    calls.word(argument.CONVOLUTION_STRIDE_Y, window.strideY);
    calls.word(argument.CONVOLUTION_STRIDE_X, window.strideX);
    calls.word(argument.CONVOLUTION_DILATION_Y, window.dilationY);
    calls.word(argument.CONVOLUTION_DILATION_X, window.dilationX);
    calls.word(argument.CONVOLUTION_TOP, window.top);
    calls.word(argument.CONVOLUTION_LEFT, window.left);
    calls.word(argument.CONVOLUTION_OUT_HEIGHT, window.outHeight);
    calls.word(argument.CONVOLUTION_OUT_WIDTH, window.outWidth);
  }
}

/** Levels of the tree of block sums that a batch of m examples needs. */
export function levelsFor(m: number): number {
  return 33 - Math.clz32(Math.ceil(m / BLOCK) - 1);
}

/** The size of an image with all the padding that the window looks at, and whether that is more than the image. */
export function padded(window: Window): {
  readonly width: number;
  readonly height: number;
  readonly isPadded: boolean;
} {
  const { rows, columns, strideY, strideX, dilationY, dilationX, top, left, outHeight, outWidth } = window;
  const height = Math.max(top + window.height, (outHeight - 1) * strideY + (rows - 1) * dilationY + 1);
  const width = Math.max(left + window.width, (outWidth - 1) * strideX + (columns - 1) * dilationX + 1);
  return { width, height, isPadded: height > window.height || width > window.width };
}
