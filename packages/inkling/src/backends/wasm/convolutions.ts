/**
 * The convolutions of kernels/convolution.ts and the files beside it: with which arguments they are called, and in how
 * many tiles. Before they run, images with padding and images of pixels are copied as the window reads them, and W's
 * columns are packed.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  CONVOLVE,
  CONVOLVE_BACKWARD,
  CONVOLVE_OUTER,
  CONVOLVE_POOL,
  PACK,
  TILE_NUMBERS,
} from "../../../kernels/layout.ts";
import type { Pixels } from "../../matrix.ts";
import { CpuMatrix } from "../cpu-matrix.ts";
import { address } from "../fast/calls.ts";
import type { House } from "../fast/fast.ts";
import { ListedPixels } from "../fast/pixel-lists.ts";
import { positions, taps, type Window } from "../window.ts";
import { ConvolutionArguments, levelsFor, padded } from "./convolution-arguments.ts";
import type { Entries } from "./sparse-delta.ts";

/** Filters or channels that a kernel computes together; machine code, where there are more than these. */
const PANEL = 8;
const WIDE_PANEL = 16;
/** As many taps as one tile of `convolveOuter` has at least. */
const FEW_TAPS = 3;
/** Positions of a tile of `convolve`, where the batch has enough images for all threads. */
const TILE_POSITIONS = 1024;

/** A convolution forwards. */
interface Forward {
  readonly x: CpuMatrix | Pixels;
  readonly W: CpuMatrix;
  readonly b: CpuMatrix;
  readonly window: Window;
}

/** What a max pool makes of it: its window, σ, and where maxima and choices go. */
interface Pooled {
  readonly window: Window;
  readonly activation: number;
  readonly z: CpuMatrix;
  readonly choices: CpuMatrix;
}

export class Convolutions {
  readonly #house: House;
  readonly #arguments: ConvolutionArguments;

  constructor(house: House) {
    this.#house = house;
    this.#arguments = new ConvolutionArguments(house);
  }

  /** z_p = Σₜ x_(p+t)·Wₜ + b */
  convolve(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix, window: Window, z: CpuMatrix): void {
    const { calls, threads } = this.#house;
    const [m, filters, count] = [x.rows, W.columns, positions(window)];
    this.#setForward(CONVOLVE, { x, W, b, window });
    // Of few images every thread has its part.
    const positionsOfTile = Math.min(TILE_POSITIONS, 4 * Math.ceil((m * count) / (8 * threads)));
    calls.word(argument.CONVOLUTION_OUT, address(z));
    calls.word(argument.CONVOLUTION_TILE, positionsOfTile);
    calls.run(CONVOLVE, m * Math.ceil(count / positionsOfTile), (m * count * taps(window) * filters) / 4);
  }

  /** Whether `convolvePool` is as fast as the rest: not where there is machine code for all but this. */
  poolsFaster({ W }: Forward, window: Window, activation: number): boolean {
    const { calls } = this.#house;
    calls.word(argument.CONVOLUTION_FILTERS, W.columns);
    calls.word(argument.CONVOLUTION_SKIPS, 0);
    calls.word(argument.CONVOLUTION_ACTIVATION, activation);
    this.#arguments.setPool(window);
    return calls.hasMachineCode(CONVOLVE_POOL) || !calls.hasMachineCode(CONVOLVE);
  }

  /** pooled = max σ(z_p) over each window of a pool whose windows touch, and which of its pixels that is. */
  convolvePool(of: Forward, { window, activation, z, choices }: Pooled): void {
    const { calls } = this.#house;
    const [m, filters] = [z.rows, of.W.columns];
    this.#setForward(CONVOLVE_POOL, of);
    // So many rows of windows as the nearest cache has room for, of what the convolution makes.
    const row = window.rows * window.width * filters;
    const tile = Math.max(1, Math.floor(TILE_NUMBERS / row));
    calls.needScratch(4 * tile * row);
    calls.word(argument.CONVOLUTION_OUT, address(z));
    calls.word(argument.CONVOLUTION_CHOICES, address(choices));
    calls.word(argument.CONVOLUTION_ACTIVATION, activation);
    calls.word(argument.CONVOLUTION_TILE, tile);
    this.#arguments.setPool(window);
    const work = (m * positions(of.window) * taps(of.window) * filters) / 4;
    calls.run(CONVOLVE_POOL, m * Math.ceil(window.outHeight / tile), work);
  }

  /** What `convolve` and `convolvePool` need alike. */
  #setForward(operation: number, { x, W, b, window }: Forward): void {
    const { calls } = this.#house;
    const filters = W.columns;
    const images = this.#arguments.listed(x);
    this.#arguments.setWindow(window, filters);
    this.#arguments.setImages(images, window);
    const panel = this.#panelFor(operation, filters);
    this.#pack(W, window, filters, { panel, isTurned: false });
    // Where a number of W is not finite, machine code may decline.
    const isMachineCode = calls.hasMachineCode(operation);
    if (panel > PANEL && !isMachineCode) this.#pack(W, window, filters, { panel: PANEL, isTurned: false });
    this.#arguments.setPositions(window, 4 * window.channels);
    if (isMachineCode) this.#arguments.setTaps(window);
    else this.#arguments.setRuns(window);
    calls.word(argument.CONVOLUTION_BIAS, address(b));
  }

  /** dX_(p+t) = Σ δ_p·Wₜ */
  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window, dX: CpuMatrix): void {
    const { calls } = this.#house;
    const [m, filters] = [delta.rows, W.columns];
    const { width, height } = padded(window);
    this.#arguments.setWindow(window, filters);
    const panel = this.#panelFor(CONVOLVE_BACKWARD, window.channels);
    this.#pack(W, window, filters, { panel, isTurned: true });
    // Sums of a panel of channels, padding included.
    this.#arguments.setPositions(window, 4 * panel);
    calls.needScratch(4 * panel * (height * width + 1));
    calls.word(argument.CONVOLUTION_ROW, 4 * panel * width);
    calls.word(argument.CONVOLUTION_IMAGE, 4 * panel * width * height);
    calls.word(argument.CONVOLUTION_DELTA, address(delta));
    calls.word(argument.CONVOLUTION_OUT, address(dX));
    const work = (m * positions(window) * taps(window) * filters) / 4;
    calls.run(CONVOLVE_BACKWARD, m * Math.ceil(window.channels / panel), work);
  }

  /** dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / terms, in blocks of the batch; `delta` may be sparse. */
  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix | Entries, window: Window, dW: CpuMatrix, terms: number): void {
    const { calls, threads } = this.#house;
    const [m, count, filters] = [x.rows, positions(window), dW.columns];
    const panels = Math.ceil(filters / PANEL);
    const images = this.#arguments.listed(x);
    this.#arguments.setWindow(window, filters);
    this.#arguments.setTaps(window);
    // Every thread has its part: of the filters, or else of the taps.
    const byFilters = panels % threads === 0;
    const filtersOfTile = PANEL * (byFilters ? panels / threads : panels);
    const tapsOfTile = byFilters ? taps(window) : Math.max(FEW_TAPS, Math.ceil(taps(window) / threads));
    const levels = levelsFor(m);
    if (delta instanceof CpuMatrix) this.#arguments.setDense(delta);
    else this.#arguments.setSparse(delta);
    calls.word(argument.CONVOLUTION_OUT, address(dW));
    calls.word(argument.CONVOLUTION_EXAMPLES, m);
    calls.word(argument.CONVOLUTION_TERMS, terms);
    calls.word(argument.CONVOLUTION_TILE, tapsOfTile);
    calls.word(argument.CONVOLUTION_TILE_FILTERS, filtersOfTile);
    // Machine code reads lists of pixels where a pixel and a tap meet at one position at most: it needs no copies.
    calls.word(argument.CONVOLUTION_IMAGES, 0);
    const readsLists = images instanceof ListedPixels && isPlain(window) && calls.hasMachineCode(CONVOLVE_OUTER);
    if (readsLists) this.#arguments.setLists(images);
    else this.#arguments.setImages(images, window);
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
}

/** Whether positions and pixels stand at the same places: then pixel l and tap t meet at position l − t, or nowhere. */
function isPlain(window: Window): boolean {
  return window.channels === 1 && window.strideY === 1 && window.strideX === 1 && !padded(window).isPadded;
}

/** Numbers of the copy of δ that machine code makes for lists: sixteen of each position, with zeros around them. */
function sizeOfCopy({ width, height }: Window): number {
  return 16 * 2 * width * height;
}
