/** The products of kernels/pixels.ts, and unpacking: with which arguments they are called, and in how many tiles. */
import * as argument from "../../../kernels/arguments.ts";
import {
  ADD_COLUMNS,
  ADD_GROUPS,
  BAND,
  BLOCK,
  FEW_COLUMNS,
  MANY_IMAGES,
  PIXEL_MEAN_OUTER,
  PIXEL_PRODUCT,
  STRIP,
  STRIP_BYTES,
  SUM_COLUMNS,
  TILE_NUMBERS,
  UNPACK,
} from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { ListedPixels } from "../fast/pixel-lists.ts";
import type { MemoryPool } from "../pool.ts";

/** Most images of a tile of matmul. */
const TILE_IMAGES = 512;
/** Most blocks of a group, and most bytes of the levels in which a thread keeps their sums. */
const MOST_BLOCKS = 8;
const LEVEL_BYTES = 1 << 20;
/** Numbers in the sums of groups that meanOuter keeps at a time: 16 MB. */
const GROUP_SUMS = 1 << 22;

export class PixelProducts {
  readonly #calls: Calls;
  readonly #pool: MemoryPool;
  readonly #threads: number;

  constructor(calls: Calls, pool: MemoryPool, threads: number) {
    this.#calls = calls;
    this.#pool = pool;
    this.#threads = threads;
  }

  /** z = x·W, plus the bias at that address if it is not 0. */
  matmul(x: ListedPixels, W: CpuMatrix, bias: number, z: CpuMatrix): void {
    const calls = this.#calls;
    const [m, k, n] = [x.rows, x.columns, W.columns];
    // Of a small batch every thread has its part.
    const panels = Math.ceil(n / SUM_COLUMNS);
    const images = Math.min(TILE_IMAGES, Math.ceil((m * panels) / this.#threads));
    if (images >= MANY_IMAGES) calls.needScratch(4 * SUM_COLUMNS * k);
    this.#setImages(x, 0, m);
    calls.word(argument.PIXELS_W, address(W));
    calls.word(argument.PIXELS_BIAS, bias);
    calls.word(argument.PIXELS_OUT, address(z));
    calls.word(argument.PIXELS_COLUMNS, n);
    calls.word(argument.PIXELS_TILE, images);
    calls.run(PIXEL_PRODUCT, panels * Math.ceil(m / images), (m * k * n) / 16);
  }

  /** x = byte / 255 */
  unpack(pixels: ListedPixels, x: CpuMatrix): void {
    const calls = this.#calls;
    const images = Math.max(1, Math.floor(TILE_NUMBERS / pixels.columns));
    this.#setImages(pixels, 0, pixels.rows);
    calls.word(argument.PIXELS_OUT, address(x));
    calls.word(argument.PIXELS_TILE, images);
    calls.run(UNPACK, pixels.rows / images, (pixels.rows * pixels.columns) / 4);
  }

  /** dW = xᵀ·δ / terms */
  meanOuter(x: ListedPixels, delta: CpuMatrix, dW: CpuMatrix, terms: number): void {
    this.#calls.word(argument.PIXELS_OUT, address(dW));
    this.#calls.word(argument.PIXELS_COLUMNS, delta.columns);
    if (x.rows <= BLOCK) this.#meanOuterOfBlock(x, delta, terms);
    else this.#meanOuterOfBlocks(x, delta, terms);
  }

  /** Of one block at once: the tiles are bands of pixels. */
  #meanOuterOfBlock(x: ListedPixels, delta: CpuMatrix, terms: number): void {
    const calls = this.#calls;
    const panels = Math.ceil(delta.columns / ADD_COLUMNS);
    // As many tiles as give every thread a share.
    const bands = Math.ceil((x.bands * panels) / Math.max(panels, 2 * this.#threads));
    calls.needScratch(4 * ADD_COLUMNS * bands * BAND);
    this.#setImages(x, 0, x.rows);
    calls.word(argument.PIXELS_DELTA, address(delta));
    calls.word(argument.PIXELS_TILE, bands);
    calls.word(argument.PIXELS_SUMS, 0);
    calls.word(argument.PIXELS_EXAMPLES, terms);
    calls.run(PIXEL_MEAN_OUTER, panels * Math.ceil(x.bands / bands), (x.rows * x.columns * delta.columns) / 16);
  }

  /**
   * Of more blocks: the tiles are groups of blocks, and their sums are added afterwards. If there is no room for the
   * sums of all groups, this is done piece by piece. Groups and pieces are powers of two, so that they are subtrees.
   */
  #meanOuterOfBlocks(x: ListedPixels, delta: CpuMatrix, terms: number): void {
    const calls = this.#calls;
    const pool = this.#pool;
    const [m, k, n] = [x.rows, x.columns, delta.columns];
    const panels = Math.ceil(n / ADD_COLUMNS);
    const left = n % ADD_COLUMNS;
    const numbers = k * (n - left + (left === 0 ? 0 : left > FEW_COLUMNS ? ADD_COLUMNS : FEW_COLUMNS));
    const blocks = Math.ceil(m / BLOCK);
    const levelBytes = 4 * k * (n > FEW_COLUMNS ? ADD_COLUMNS : FEW_COLUMNS);
    const group = this.#groupOf(blocks * panels, levelBytes);
    const groups = Math.ceil(blocks / group);
    const most = powerBelow(GROUP_SUMS / numbers);
    const sums = address(pool.matrix(Math.min(most, groups), numbers));
    const pieces = Math.ceil(groups / most);
    const levels = pieces === 1 ? 0 : address(pool.matrix(levelsFor(pieces), numbers));
    calls.needScratch(Math.max(levelsFor(group) * levelBytes, (1 + levelsFor(most)) * STRIP_BYTES));
    for (let piece = 0; piece < pieces; piece++) {
      const count = Math.min(most, groups - piece * most);
      const from = piece * most * group * BLOCK;
      const images = Math.min(m - from, count * group * BLOCK);
      this.#setImages(x, from, images);
      calls.word(argument.PIXELS_DELTA, address(delta) + 4 * from * n);
      calls.word(argument.PIXELS_TILE, group);
      calls.word(argument.PIXELS_SUMS, sums);
      calls.run(PIXEL_MEAN_OUTER, panels * count, (images * k * n) / 16);
      calls.word(argument.PIXELS_GROUPS, count);
      calls.word(argument.PIXELS_PIECE, piece);
      calls.word(argument.PIXELS_LEVELS, levels);
      calls.word(argument.PIXELS_EXAMPLES, piece === pieces - 1 ? terms : 0);
      calls.run(ADD_GROUPS, k / STRIP, (count * numbers) / 4);
    }
  }

  /** Blocks of a group: as many as leave every thread some tiles, if their levels fit a core's own cache. */
  #groupOf(tiles: number, levelBytes: number): number {
    let group = MOST_BLOCKS;
    const least = this.#threads === 1 ? 1 : 4 * this.#threads;
    while (group > 1 && (tiles / group < least || levelsFor(group) * levelBytes > LEVEL_BYTES)) group /= 2;
    return group;
  }

  /** Some rows of x, from row `from` on. */
  #setImages(x: ListedPixels, from: number, rows: number): void {
    const calls = this.#calls;
    calls.word(argument.PIXELS_OFFSETS, x.lists.offsets);
    calls.word(argument.PIXELS_ORDER, x.orderAt + 4 * from);
    calls.word(argument.PIXELS_ROWS, rows);
    calls.word(argument.PIXELS_PER_IMAGE, x.columns);
    calls.word(argument.PIXELS_BANDS, x.bands);
  }
}

/** The largest power of two that is at most `number`; at least 1. */
function powerBelow(number: number): number {
  let power = 1;
  while (2 * power <= number) power *= 2;
  return power;
}

/** Levels of a tree of so many sums, without the total (kernels/tree.ts). */
function levelsFor(count: number): number {
  return 32 - Math.clz32(count - 1);
}
