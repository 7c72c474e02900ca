/** The products of kernels/pixels.ts: with which arguments they are called, and in how many tiles. */
import type { Matrix } from "../../matrix.ts";
import { BLOCK } from "../backend.ts";
import type { Lending } from "../pool.ts";
import { operations } from "../wasm/kernels.ts";
import { address, type Calls } from "./calls.ts";
import { BAND, type ListedPixels } from "./pixel-lists.ts";

/** Columns that matmul and meanOuter take at a time; of 12 or fewer that are left meanOuter has sums of 12. */
const SUM_COLUMNS = 16;
const ADD_COLUMNS = 32;
const FEW_COLUMNS = 12;
/** From so many images on, matmul copies W's columns together. */
const MANY_IMAGES = 64;

/** Most images of a tile of matmul. */
const TILE_IMAGES = 512;
/** Numbers in the sums of blocks that meanOuter keeps at a time: 16 MB. */
const BLOCK_SUMS = 1 << 22;

export class PixelProducts {
  private readonly calls: Calls;
  private readonly lending: Lending;
  private readonly threads: number;

  constructor(calls: Calls, lending: Lending, threads: number) {
    this.calls = calls;
    this.lending = lending;
    this.threads = threads;
  }

  /** z = x·W, plus the bias at that address if it is not 0. */
  matmul(x: ListedPixels, W: Matrix, bias: number, z: Matrix): void {
    const { calls } = this;
    const [m, k, n] = [x.rows, x.columns, W.columns];
    // Of a small batch every thread has its part.
    const panels = Math.ceil(n / SUM_COLUMNS);
    const images = Math.min(TILE_IMAGES, Math.ceil((m * panels) / this.threads));
    if (images >= MANY_IMAGES) calls.needScratch(4 * SUM_COLUMNS * k);
    calls.setWords(x.lists.begins, x.orderAt, address(W), address(z), bias, m, k, n, images, x.bands);
    calls.run(operations.pixelProduct, panels * Math.ceil(m / images), (m * k * n) / 16);
  }

  /** dW = xᵀ·δ / m: of one block at once, of more in pieces of as many blocks as there is room for their sums. */
  meanOuter(x: ListedPixels, delta: Matrix, dW: Matrix): void {
    const { calls } = this;
    const [m, k, n] = [x.rows, x.columns, delta.columns];
    const panels = Math.ceil(n / ADD_COLUMNS);
    const left = n % ADD_COLUMNS;
    const wide = n - left + (left === 0 ? 0 : left > FEW_COLUMNS ? ADD_COLUMNS : FEW_COLUMNS);
    const { begins } = x.lists;
    const deltaAt = address(delta);
    if (m <= BLOCK) {
      // As many tiles as give every thread a share.
      const bands = Math.ceil((x.bands * panels) / Math.max(panels, 2 * this.threads));
      calls.needScratch(4 * ADD_COLUMNS * bands * BAND);
      calls.setWords(begins, x.orderAt, deltaAt, address(dW), m, k, n, bands, x.bands, 0);
      calls.run(operations.pixelMeanOuter, panels * Math.ceil(x.bands / bands), (m * k * n) / 16);
      return;
    }
    calls.needScratch(4 * ADD_COLUMNS * BAND);
    const blocks = Math.ceil(m / BLOCK);
    const most = Math.min(blocks, Math.max(1, Math.floor(BLOCK_SUMS / (k * wide))));
    const sums = address(this.lending.matrix(most, k * wide));
    for (let first = 0; first < blocks; first += most) {
      const count = Math.min(most, blocks - first);
      const from = first * BLOCK;
      const images = Math.min(m - from, count * BLOCK);
      calls.setWords(begins, x.orderAt + 4 * from, deltaAt + 4 * from * n, 0, images, k, n, 0, x.bands, sums);
      calls.run(operations.pixelMeanOuter, panels * count, (images * k * n) / 16);
      calls.setWords(sums, 0, 0, address(dW), count, k, n, first === 0 ? 1 : 0, first + count === blocks ? m : 0);
      calls.run(operations.addBlocks, x.bands, (count * k * wide) / 4);
    }
  }
}
