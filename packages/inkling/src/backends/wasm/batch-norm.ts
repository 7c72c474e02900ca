/**
 * The calls of the kernels of batch normalization (kernels/batch-norm.ts): their arguments, and in how many tiles they
 * run. A row of x has P positions of n channels. Sums over the batch take two passes, each example's own sum and the
 * sum of these by the law; a third one divides.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  BLOCK,
  MEAN_OF_GROUPS,
  MOVE_STATISTIC,
  NORMALIZE,
  NORMALIZE_BACKWARD,
  POSITION_SUMS,
  SMALL,
  SUM_ROWS,
  TILE_COLUMNS,
  TILE_NUMBERS,
} from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { Normalization, NormalizationBackward, ScaleShiftOut, ScaleShiftTerms } from "../kernel-set.ts";
import type { MemoryPool } from "../pool.ts";
import type { StatisticSettings } from "../settings.ts";

/** What is summed over a batch: x, (x − μ)² or x·y; the numbers of kernels/arguments.ts, NORM_KIND. */
type Term = 0 | 1 | 2;

/** Rows of numbers so many times as long as the channels' own are one tile, at least: it begins by reading those. */
const CHANNELS_READ = 32;

export class BatchNorm {
  readonly #calls: Calls;
  readonly #pool: MemoryPool;
  readonly #threads: number;

  constructor(calls: Calls, pool: MemoryPool, threads: number) {
    this.#calls = calls;
    this.#pool = pool;
    this.#threads = threads;
  }

  /** μ = Σ x / terms */
  means(x: CpuMatrix, mean: CpuMatrix, terms: number): void {
    this.#divide(this.#sums(0, x, x, mean), terms, mean);
  }

  /** v = Σ (x − μ)² / terms */
  variances(x: CpuMatrix, mean: CpuMatrix, variance: CpuMatrix, terms: number): void {
    this.#divide(this.#sums(1, x, x, mean), terms, variance);
  }

  normalize(x: CpuMatrix, by: Normalization, xHat: CpuMatrix, y: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.BATCH_NORM_X, address(x));
    calls.word(argument.BATCH_NORM_Y, address(xHat));
    calls.word(argument.BATCH_NORM_OUT, address(y));
    calls.word(argument.BATCH_NORM_MEAN, address(by.mean));
    calls.word(argument.BATCH_NORM_SHIFT, address(by.shift));
    this.#runAlong(NORMALIZE, by, x, 3);
  }

  scaleShiftBackward(delta: CpuMatrix, xHat: CpuMatrix, out: ScaleShiftOut, terms: ScaleShiftTerms): void {
    const { examples, numbers } = terms;
    const products = this.#sums(2, delta, xHat, out.dScale);
    this.#divide(products, examples, out.dScale);
    this.#divide(products, numbers, out.meanProduct);
    const deltas = this.#sums(0, delta, xHat, out.dShift);
    this.#divide(deltas, examples, out.dShift);
    this.#divide(deltas, numbers, out.meanDelta);
  }

  normalizeBackward(delta: CpuMatrix, xHat: CpuMatrix, by: NormalizationBackward, dX: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.BATCH_NORM_X, address(delta));
    calls.word(argument.BATCH_NORM_Y, address(xHat));
    calls.word(argument.BATCH_NORM_OUT, address(dX));
    calls.word(argument.BATCH_NORM_MEAN, address(by.meanDelta));
    calls.word(argument.BATCH_NORM_SHIFT, address(by.meanProduct));
    this.#runAlong(NORMALIZE_BACKWARD, by, delta, 3);
  }

  moveStatistic(statistic: CpuMatrix, batch: CpuMatrix, { old, fresh }: StatisticSettings): void {
    const calls = this.#calls;
    const count = statistic.rows * statistic.columns;
    calls.word(argument.BATCH_NORM_OUT, address(statistic));
    calls.word(argument.BATCH_NORM_X, address(batch));
    calls.word(argument.BATCH_NORM_COUNT, count);
    calls.float(argument.BATCH_NORM_OLD, old);
    calls.float(argument.BATCH_NORM_FRESH, fresh);
    calls.run(MOVE_STATISTIC, count / TILE_NUMBERS, count / 2);
  }

  /**
   * Runs what is done to each number by itself, with the rest of its arguments set; `work` is how many operations it
   * takes for a vector of numbers.
   */
  #runAlong(
    operation: number,
    { variance, scale, epsilon }: Pick<Normalization, "variance" | "scale" | "epsilon">,
    { rows, columns }: CpuMatrix,
    work: number,
  ): void {
    const calls = this.#calls;
    const [count, channels] = [rows * columns, scale.columns];
    const tile = Math.ceil(Math.max(TILE_NUMBERS, CHANNELS_READ * channels) / 4) * 4;
    // Four lists of the channels' numbers, each with some of them once more: machine code reads up to 16 at a time.
    calls.needScratch(16 * (channels + 32));
    calls.word(argument.BATCH_NORM_VARIANCE, address(variance));
    calls.word(argument.BATCH_NORM_SCALE, address(scale));
    calls.float(argument.BATCH_NORM_EPSILON, epsilon);
    calls.word(argument.BATCH_NORM_CHANNELS, channels);
    calls.word(argument.BATCH_NORM_COUNT, count);
    calls.word(argument.BATCH_NORM_TILE, tile);
    calls.run(operation, count / tile, (work * count) / 4);
  }

  /** The sums over a batch: those of groups of blocks, one after the other. `channel`: 1 × channels; the means of x. */
  #sums(term: Term, x: CpuMatrix, y: CpuMatrix, channel: CpuMatrix): { at: number; groups: number } {
    const channels = channel.columns;
    const isSummed = term === 0 && x.columns === channels;
    return this.#sumRows(isSummed ? x : this.positionSums(term, x, y, channel), channels);
  }

  /** Each example's sum over its positions: m × channels; of term 0, y and the means are not read. */
  positionSums(term: Term, x: CpuMatrix, y: CpuMatrix, mean: CpuMatrix): CpuMatrix {
    const calls = this.#calls;
    const { rows, columns } = x;
    const sums = this.#pool.matrix(rows, mean.columns);
    // Whole groups of four examples.
    const tile = 4 * Math.max(1, Math.floor(TILE_NUMBERS / (4 * columns)));
    calls.word(argument.BATCH_NORM_KIND, term);
    calls.word(argument.BATCH_NORM_X, address(x));
    calls.word(argument.BATCH_NORM_Y, address(y));
    calls.word(argument.BATCH_NORM_OUT, address(sums));
    calls.word(argument.BATCH_NORM_MEAN, address(mean));
    calls.word(argument.BATCH_NORM_CHANNELS, mean.columns);
    calls.word(argument.BATCH_NORM_POSITIONS, columns / mean.columns);
    calls.word(argument.BATCH_NORM_EXAMPLES, rows);
    calls.word(argument.BATCH_NORM_TILE, tile);
    calls.run(POSITION_SUMS, rows / tile, (rows * columns) / 2);
    return sums;
  }

  /**
   * The sums of all rows, or of groups of whole blocks where there are fewer tiles than threads. A group is a power of
   * two of blocks, so it is a subtree of the sum.
   */
  #sumRows(x: CpuMatrix, channels: number): { at: number; groups: number } {
    const calls = this.#calls;
    const m = x.rows;
    const tiles = Math.ceil(channels / TILE_COLUMNS);
    const work = (m * channels) / 4;
    let group = m;
    if (tiles < this.#threads && work >= SMALL) {
      group = BLOCK;
      while (Math.ceil(m / (2 * group)) * tiles >= 4 * this.#threads) group *= 2;
    }
    const groups = Math.ceil(m / group);
    const at = address(this.#pool.matrix(groups, channels));
    calls.word(argument.BATCH_NORM_X, address(x));
    calls.word(argument.BATCH_NORM_OUT, at);
    calls.word(argument.BATCH_NORM_EXAMPLES, m);
    calls.word(argument.BATCH_NORM_CHANNELS, channels);
    calls.word(argument.BATCH_NORM_TILE, group);
    // Levels of the tree, of two vectors each.
    calls.needScratch(32 * 32);
    calls.run(SUM_ROWS, groups * tiles, work);
    return { at, groups };
  }

  /** mean = the sum of groups / terms */
  #divide({ at, groups }: { at: number; groups: number }, terms: number, mean: CpuMatrix): void {
    const calls = this.#calls;
    const count = mean.columns;
    calls.word(argument.SUM_X, at);
    calls.word(argument.SUM_Z, address(mean));
    calls.word(argument.SUM_COUNT, count);
    calls.word(argument.SUM_GROUPS, groups);
    calls.word(argument.SUM_EXAMPLES, terms);
    calls.needScratch(32 * 16);
    calls.run(MEAN_OF_GROUPS, count / TILE_NUMBERS, (groups * count) / 4);
  }
}
