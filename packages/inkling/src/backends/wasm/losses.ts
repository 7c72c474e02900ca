/**
 * The operations on rows, kernels/rows.ts and kernels/losses.ts: softmax, the losses and what a pass adds up. A tile of
 * softmax or of a loss is TILE_ROWS rows; of a sum over the batch it is a block, and the blocks' sums are added here.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  ABSOLUTE_ERROR,
  BINARY_CROSS_ENTROPY,
  BLOCK,
  COUNT_HITS,
  HUBER_ERROR,
  SOFTMAX,
  SOFTMAX_CROSS_ENTROPY,
  SQUARED_ERROR,
  SUM_LOSSES,
  TILE_ROWS,
  WEIGHTED_CROSS_ENTROPY,
} from "../../../kernels/layout.ts";
import { Labels } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { House } from "../fast/fast.ts";
import type { Totals } from "../totals.ts";

export class Losses {
  readonly #house: House;
  readonly #calls: Calls;

  constructor(house: House) {
    this.#house = house;
    this.#calls = house.calls;
  }

  softmax(z: CpuMatrix, p: CpuMatrix): void {
    this.#calls.needScratch(16 * z.columns);
    this.#setRows(z, address(p));
    this.#calls.run(SOFTMAX, z.rows / TILE_ROWS, 20 * z.rows * z.columns);
  }

  softmaxCrossEntropy(z: CpuMatrix, labels: Labels, losses: CpuMatrix, dZ: CpuMatrix): void {
    const calls = this.#calls;
    const labelsAt = this.#placeLabels(labels, z.columns);
    calls.needScratch(16 * z.columns);
    this.#setRows(z, address(dZ));
    calls.word(argument.ROWS_LABELS, labelsAt);
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.run(SOFTMAX_CROSS_ENTROPY, z.rows / TILE_ROWS, 20 * z.rows * z.columns);
  }

  squaredError(a: CpuMatrix, y: Labels | CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    const calls = this.#calls;
    const labelsAt = y instanceof Labels ? this.#placeLabels(y, a.columns) : 0;
    this.#setRows(a, address(dA));
    calls.word(argument.ROWS_LABELS, labelsAt);
    calls.word(argument.ROWS_TARGETS, y instanceof Labels ? 0 : address(y));
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.float(argument.ROWS_WEIGHT, weight);
    calls.float(argument.ROWS_TWICE, 2 * weight);
    calls.run(SQUARED_ERROR, a.rows / TILE_ROWS, 4 * a.rows * a.columns);
  }

  weightedCrossEntropy(
    z: CpuMatrix,
    labels: Labels,
    weights: CpuMatrix,
    smoothing: number,
    losses: CpuMatrix,
    dZ: CpuMatrix,
  ): void {
    const calls = this.#calls;
    const n = z.columns;
    const labelsAt = this.#placeLabels(labels, n);
    calls.needScratch(16 * n);
    this.#setRows(z, address(dZ));
    calls.word(argument.ROWS_LABELS, labelsAt);
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.word(argument.LOSS_CLASS_WEIGHTS, address(weights));
    calls.float(argument.LOSS_ON, 1 - smoothing + smoothing / n);
    calls.float(argument.LOSS_OFF, smoothing / n);
    calls.run(WEIGHTED_CROSS_ENTROPY, z.rows / TILE_ROWS, 24 * z.rows * n);
  }

  binaryCrossEntropy(z: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dZ: CpuMatrix): void {
    this.#meanLoss(BINARY_CROSS_ENTROPY, z, y, weight, losses, dZ, 16);
  }

  huberError(a: CpuMatrix, y: CpuMatrix, delta: number, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#calls.float(argument.LOSS_DELTA, delta);
    this.#meanLoss(HUBER_ERROR, a, y, weight, losses, dA, 4);
  }

  absoluteError(a: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#meanLoss(ABSOLUTE_ERROR, a, y, weight, losses, dA, 4);
  }

  /** Runs a loss that is a weighted sum over the outputs; `work`: vector operations for one number. */
  #meanLoss(
    operation: number,
    outputs: CpuMatrix,
    y: CpuMatrix,
    weight: number,
    losses: CpuMatrix,
    slopes: CpuMatrix,
    work: number,
  ): void {
    const calls = this.#calls;
    this.#setRows(outputs, address(slopes));
    calls.word(argument.ROWS_TARGETS, address(y));
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.float(argument.ROWS_WEIGHT, weight);
    calls.run(operation, outputs.rows / TILE_ROWS, work * outputs.rows * outputs.columns);
  }

  sumLosses(losses: CpuMatrix, totals: Totals): void {
    const blocks = Math.ceil(losses.rows / BLOCK);
    const sums = address(this.#house.pool.matrix(blocks, 2));
    this.#setRows(losses, sums);
    this.#calls.run(SUM_LOSSES, blocks, losses.rows);
    const doubles = this.#calls.whole.doubles;
    for (let block = 0; block < blocks; block++) totals.loss.add(doubles[sums / 8 + block]);
    totals.examples += losses.rows;
  }

  countHits(outputs: CpuMatrix, labels: Labels, totals: Totals): void {
    const blocks = Math.ceil(outputs.rows / BLOCK);
    const counts = address(this.#house.pool.matrix(blocks, 1));
    const { at } = this.#house.labels.place(labels);
    this.#setRows(outputs, counts);
    this.#calls.word(argument.ROWS_LABELS, at);
    this.#calls.run(COUNT_HITS, blocks, 4 * outputs.rows * outputs.columns);
    const words = this.#calls.whole.words;
    for (let block = 0; block < blocks; block++) totals.hits += words[counts / 4 + block];
  }

  /** What all operations on rows are given. */
  #setRows(from: CpuMatrix, to: number): void {
    const calls = this.#calls;
    calls.word(argument.ROWS_IN, address(from));
    calls.word(argument.ROWS_OUT, to);
    calls.word(argument.ROWS_COUNT, from.rows);
    calls.word(argument.ROWS_COLUMNS, from.columns);
  }

  /** Where labels stand in the memory. Throws a ShapeError unless every class is below `outputs`. */
  #placeLabels(labels: Labels, outputs: number): number {
    const { at, largest } = this.#house.labels.place(labels);
    if (largest >= outputs) labels.check(outputs);
    return at;
  }
}
