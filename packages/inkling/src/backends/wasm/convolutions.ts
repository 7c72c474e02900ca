/**
 * The convolutions of kernels/convolution.ts and the files beside it: with which arguments they are called, and in how
 * many tiles. Before they run, images with padding and images of pixels are copied as the window reads them, and W's
 * columns are packed.
 */
import * as argument from "../../../kernels/arguments.ts";
import { BLOCK, CONVOLVE, CONVOLVE_BACKWARD, CONVOLVE_OUTER, PACK, PAD } from "../../../kernels/layout.ts";
import { Pixels } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address } from "../fast/calls.ts";
import type { House } from "../fast/fast.ts";
import { ListedPixels } from "../fast/pixel-lists.ts";
import { imageSize, positions, taps, type Window } from "../window.ts";

/** Filters or channels that a kernel computes together; machine code, where there are more than these. */
const PANEL = 8;
const WIDE_PANEL = 16;
/** As many taps as one tile of `convolveOuter` has at least. */
const FEW_TAPS = 3;
/** Positions of a tile of `convolve`, where the batch has enough images for all threads. */
const TILE_POSITIONS = 1024;

export class Convolutions {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  /** z_p = Σₜ x_(p+t)·Wₜ + b */
  convolve(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix, window: Window, z: CpuMatrix): void {
    const { calls, threads } = this.#house;
    const [m, filters, count] = [x.rows, W.columns, positions(window)];
    const images = this.#listed(x);
    this.#setWindow(window, filters);
    this.#setImages(images, window);
    const panel = this.#panelFor(CONVOLVE, filters);
    this.#pack(W, window, filters, { panel, isTurned: false });
    // Where a number of W is not finite, machine code may decline.
    const isMachineCode = calls.hasMachineCode(CONVOLVE);
    if (panel > PANEL && !isMachineCode) this.#pack(W, window, filters, { panel: PANEL, isTurned: false });
    this.#setPositions(window, 4 * window.channels);
    if (isMachineCode) this.#setTaps(window);
    else this.#setRuns(window);
    // Of few images every thread has its part.
    const positionsOfTile = Math.min(TILE_POSITIONS, 4 * Math.ceil((m * count) / (8 * threads)));
    calls.word(argument.CONVOLUTION_BIAS, address(b));
    calls.word(argument.CONVOLUTION_OUT, address(z));
    calls.word(argument.CONVOLUTION_TILE, positionsOfTile);
    calls.run(CONVOLVE, m * Math.ceil(count / positionsOfTile), (m * count * taps(window) * filters) / 4);
  }

  /** dX_(p+t) = Σ δ_p·Wₜ */
  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window, dX: CpuMatrix): void {
    const { calls } = this.#house;
    const [m, filters] = [delta.rows, W.columns];
    const { width, height } = padded(window);
    this.#setWindow(window, filters);
    const panel = this.#panelFor(CONVOLVE_BACKWARD, window.channels);
    this.#pack(W, window, filters, { panel, isTurned: true });
    // Sums of a panel of channels, padding included.
    this.#setPositions(window, 4 * panel);
    calls.needScratch(4 * panel * (height * width + 1));
    calls.word(argument.CONVOLUTION_ROW, 4 * panel * width);
    calls.word(argument.CONVOLUTION_IMAGE, 4 * panel * width * height);
    calls.word(argument.CONVOLUTION_DELTA, address(delta));
    calls.word(argument.CONVOLUTION_OUT, address(dX));
    const work = (m * positions(window) * taps(window) * filters) / 4;
    calls.run(CONVOLVE_BACKWARD, m * Math.ceil(window.channels / panel), work);
  }

  /** dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / m, in blocks of the batch */
  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, window: Window, dW: CpuMatrix): void {
    const { calls, threads } = this.#house;
    const [m, count, filters] = [x.rows, positions(window), dW.columns];
    const panels = Math.ceil(filters / PANEL);
    const images = this.#listed(x);
    this.#setWindow(window, filters);
    this.#setTaps(window);
    // Every thread has its part: of the filters, or else of the taps.
    const byFilters = panels % threads === 0;
    const filtersOfTile = PANEL * (byFilters ? panels / threads : panels);
    const tapsOfTile = byFilters ? taps(window) : Math.max(FEW_TAPS, Math.ceil(taps(window) / threads));
    const levels = 33 - Math.clz32(Math.ceil(m / BLOCK) - 1);
    calls.word(argument.CONVOLUTION_DELTA, address(delta));
    calls.word(argument.CONVOLUTION_OUT, address(dW));
    calls.word(argument.CONVOLUTION_EXAMPLES, m);
    calls.word(argument.CONVOLUTION_TILE, tapsOfTile);
    calls.word(argument.CONVOLUTION_TILE_FILTERS, filtersOfTile);
    // Machine code reads lists of pixels where a pixel and a tap meet at one position at most: it needs no copies.
    calls.word(argument.CONVOLUTION_IMAGES, 0);
    const readsLists = images instanceof ListedPixels && isPlain(window) && calls.hasMachineCode(CONVOLVE_OUTER);
    if (readsLists) this.#setLists(images);
    else this.#setImages(images, window);
    const copied = readsLists ? sizeOfCopy(window) : PANEL * count;
    calls.needScratch(4 * (copied + levels * tapsOfTile * filtersOfTile));
    const tiles = Math.ceil(filters / filtersOfTile) * Math.ceil(taps(window) / tapsOfTile);
    calls.run(CONVOLVE_OUTER, tiles, (m * count * taps(window) * filters) / 4);
  }

  /** How many filters or channels, of so many, the kernel of this operation computes together. The window is set. */
  #panelFor(operation: number, columns: number): number {
    return columns > PANEL && this.#house.calls.hasMachineCode(operation) ? WIDE_PANEL : PANEL;
  }

  /** W's columns, a panel at a time: filters, or turned channels. The window is set. */
  #pack(
    W: CpuMatrix,
    window: Window,
    filters: number,
    { panel, isTurned }: { readonly panel: number; readonly isTurned: boolean },
  ): void {
    const { calls, pool } = this.#house;
    const panels = Math.ceil((isTurned ? window.channels : filters) / panel);
    const rows = window.rows * window.columns * (isTurned ? filters : window.channels);
    calls.word(argument.CONVOLUTION_W, address(W));
    calls.word(argument.CONVOLUTION_PANELS, address(pool.matrix(panels * rows, panel)));
    calls.word(argument.CONVOLUTION_PANEL, panel);
    calls.word(argument.CONVOLUTION_TURNED, isTurned ? 1 : 0);
    calls.word(argument.CONVOLUTION_NOT_FINITE, 0);
    calls.run(PACK, panels, (panels * rows * panel) / 4);
  }

  /** Pixels with their lists. To make lists is an operation of its own: no arguments may be set before. */
  #listed(x: CpuMatrix | Pixels): CpuMatrix | ListedPixels {
    return x instanceof Pixels ? this.#house.lists.of(x) : x;
  }

  /** Images as the window reads them: where they are, or a copy with padding and of numbers. */
  #setImages(x: CpuMatrix | ListedPixels, window: Window): void {
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
      this.#setLists(x);
    } else {
      calls.word(argument.CONVOLUTION_X, address(x));
    }
    calls.run(PAD, x.rows, (x.rows * imageSize(window)) / 4);
  }

  #setLists(x: ListedPixels): void {
    const { calls } = this.#house;
    calls.word(argument.CONVOLUTION_OFFSETS, x.lists.offsets);
    calls.word(argument.CONVOLUTION_ORDER, x.orderAt);
    calls.word(argument.CONVOLUTION_BANDS, x.bands);
  }

  /** Where each position's window begins, where a pixel takes so many bytes. */
  #setPositions(window: Window, pixelBytes: number): void {
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
  #setTaps(window: Window): void {
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
  #setRuns(window: Window): void {
    const { calls } = this.#house;
    const { columns, channels, dilationX, dilationY } = window;
    const hasGaps = dilationX > 1;
    calls.word(argument.CONVOLUTION_RUN, 4 * channels * (hasGaps ? 1 : columns));
    calls.word(argument.CONVOLUTION_RUNS, hasGaps ? columns : 1);
    calls.word(argument.CONVOLUTION_GAP, 4 * channels * (dilationX - 1));
    calls.word(argument.CONVOLUTION_ROW_GAP, 4 * channels * (dilationY * padded(window).width - columns * dilationX));
  }

  #setWindow(window: Window, filters: number): void {
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

/** Whether positions and pixels stand at the same places: then pixel l and tap t meet at position l − t, or nowhere. */
function isPlain(window: Window): boolean {
  return window.channels === 1 && window.strideY === 1 && window.strideX === 1 && !padded(window).isPadded;
}

/** Numbers of the copy of δ that machine code makes for lists: sixteen of each position, with zeros around them. */
function sizeOfCopy({ width, height }: Window): number {
  return 16 * 2 * width * height;
}

/** The size of an image with all the padding that the window looks at, and whether that is more than the image. */
function padded(window: Window): { readonly width: number; readonly height: number; readonly isPadded: boolean } {
  const { rows, columns, strideY, strideX, dilationY, dilationX, top, left, outHeight, outWidth } = window;
  const height = Math.max(top + window.height, (outHeight - 1) * strideY + (rows - 1) * dilationY + 1);
  const width = Math.max(left + window.width, (outWidth - 1) * strideX + (columns - 1) * dilationX + 1);
  return { width, height, isPadded: height > window.height || width > window.width };
}
