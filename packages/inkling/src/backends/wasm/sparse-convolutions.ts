/**
 * A convolution's gradients where δ is sparse (sparse-deltas.ts): the calls of kernels/sparse.ts and the files beside
 * it. They leave out terms x·0, which is the law's sum as long as x and W are finite. Where that is not so, or the
 * kernels gain nothing, each of these returns false, and the dense kernels compute.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  CHOSEN_SUMS,
  FILTER_ROW,
  PACK_FILTERS,
  SPARSE_BACKWARD,
  SPARSE_OUTER,
  TILE_NUMBERS,
} from "../../../kernels/layout.ts";
import type { Pixels } from "../../matrix.ts";
import { CpuMatrix } from "../cpu-matrix.ts";
import { address } from "../fast/calls.ts";
import type { House } from "../fast/fast.ts";
import type { Window } from "../window.ts";
import { ConvolutionArguments, levelsFor, padded } from "./convolution-arguments.ts";
import type { Entries, SparseDelta } from "./sparse-delta.ts";

/** Numbers that stand side by side in a window, at least: with fewer, most lanes would have nothing to do. */
const FEW_NUMBERS = 16;
/** Bytes of a line of the cache, and of the widest vector. */
const LINE = 64;

export class SparseConvolutions {
  readonly #house: House;
  readonly #arguments: ConvolutionArguments;

  constructor(house: House) {
    this.#house = house;
    this.#arguments = new ConvolutionArguments(house);
  }

  /** Each example's Σₚ δ_p: m × filters. */
  positionSums({ entries }: SparseDelta): CpuMatrix {
    const { calls, pool } = this.#house;
    const { window, values } = entries;
    const filters = window.channels;
    const sums = pool.matrix(values.rows, filters);
    // Whole groups of four examples.
    const tile = 4 * Math.max(1, Math.floor(TILE_NUMBERS / (4 * values.columns)));
    this.#arguments.setSparse(entries);
    calls.word(argument.CONVOLUTION_FILTERS, filters);
    calls.word(argument.CONVOLUTION_OUT, address(sums));
    calls.word(argument.CONVOLUTION_EXAMPLES, values.rows);
    calls.word(argument.CONVOLUTION_TILE, tile);
    calls.run(CHOSEN_SUMS, values.rows / tile, (values.rows * values.columns * window.rows) / 2);
    return sums;
  }

  /** dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / terms, in blocks of the batch */
  outer(x: CpuMatrix | Pixels, delta: SparseDelta, window: Window, dW: CpuMatrix, terms: number): boolean {
    const { calls, threads } = this.#house;
    if (!hasRows(window) || !(x instanceof CpuMatrix)) return false;
    const [m, filters] = [x.rows, dW.columns];
    const { entries } = delta;
    if (!calls.areFinite(x) || (padded(window).isPadded && !calls.areFinite(entries.values))) return false;
    this.#arguments.setWindow(window, filters);
    this.#arguments.setImages(x, window);
    this.#arguments.setSparse(entries);
    const filtersOfTile = Math.ceil(filters / threads);
    calls.word(argument.CONVOLUTION_OUT, address(dW));
    calls.word(argument.CONVOLUTION_EXAMPLES, m);
    calls.word(argument.CONVOLUTION_TERMS, terms);
    calls.word(argument.CONVOLUTION_TILE_FILTERS, filtersOfTile);
    calls.needScratch(outerScratch(entries.window, window, m, filtersOfTile));
    calls.run(SPARSE_OUTER, filters / filtersOfTile, this.#work(entries, window));
    return true;
  }

  /** dX_(p+t) = Σ δ_p·Wₜ */
  backward(delta: SparseDelta, W: CpuMatrix, window: Window, dX: CpuMatrix): boolean {
    const { calls, pool } = this.#house;
    if (!hasRows(window)) return false;
    const filters = W.columns;
    const { entries } = delta;
    const { width, height } = padded(window);
    const numbers = width * height * window.channels;
    const panels = pool.matrix(filters, window.rows * filterRow(window));
    this.#arguments.setWindow(window, filters);
    calls.word(argument.CONVOLUTION_W, address(W));
    calls.word(argument.CONVOLUTION_PANELS, address(panels));
    calls.run(PACK_FILTERS, filters, (panels.rows * panels.columns) / 4);
    if (!this.#wasFinite) return false;
    this.#arguments.setSparse(entries);
    calls.word(argument.CONVOLUTION_ROW, 4 * width * window.channels);
    calls.word(argument.CONVOLUTION_IMAGE, 4 * numbers);
    calls.word(argument.CONVOLUTION_OUT, address(dX));
    // Behind the sums: lists of a row of windows, or by machine code an item for each position and 64 filters.
    const across = entries.window.rows * entries.window.columns * entries.window.outWidth;
    const items = 24 * across * entries.window.outHeight * Math.ceil(filters / 64);
    calls.needScratch(4 * numbers + 128 + Math.max(items, across * (8 * (filters + 1) + 4)));
    calls.run(SPARSE_BACKWARD, dX.rows, this.#work(entries, window));
    return true;
  }

  get #wasFinite(): boolean {
    return this.#house.calls.argument(argument.CONVOLUTION_NOT_FINITE) === 0;
  }

  /** Vector operations, if every window has a δ. */
  #work({ values }: Entries, window: Window): number {
    return (values.rows * values.columns * window.rows * filterRow(window)) / 4;
  }
}

/** Whether a row of the window stands side by side in the image, and is long enough. */
function hasRows({ columns, channels, dilationX }: Window): boolean {
  return dilationX === 1 && columns * channels >= FEW_NUMBERS;
}

/** Numbers of a row of a filter with what stands behind it. */
function filterRow({ columns, channels }: Pick<Window, "columns" | "channels">): number {
  return Math.ceil((columns * channels) / FILTER_ROW) * FILTER_ROW;
}

/**
 * Bytes of scratch memory for ∂C/∂W: the levels of the tree, and before them what finds the positions. Machine code has
 * three words for each position below the pool, and for 64 of them two vectors of bits, which begin at a line of the
 * cache. WebAssembly's list, two words for each window and one, is shorter.
 */
export function outerScratch(
  { rows, columns, outHeight, outWidth }: Pick<Window, "rows" | "columns" | "outHeight" | "outWidth">,
  window: Pick<Window, "rows" | "columns" | "channels">,
  examples: number,
  filters: number,
): number {
  const covered = rows * outHeight * columns * outWidth;
  const tables = 12 * covered + LINE + Math.ceil(covered / 64) * 2 * LINE;
  return tables + levelsFor(examples) * filters * 4 * window.rows * filterRow(window);
}
