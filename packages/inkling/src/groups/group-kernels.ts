/**
 * The kernels of a backend that has joined a group. Those that sum over the batch compute the sums of this machine's
 * parts, and exchange them; all others are the backend's own.
 */
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import type { KernelSet } from "../backends/kernel-set.ts";
import { Totals } from "../backends/totals.ts";
import type { Numbers } from "../matrix.ts";
import type { Cut, Exchange } from "./exchange.ts";
import { examplesIn, rowsIn, shaped } from "./rows.ts";
import { type Range, rowsOf } from "./shares.ts";

/** The batch under way, on this machine. */
export interface Batch {
  readonly cut: Cut;
  /** Its parts, as rows of its own matrices. */
  readonly parts: readonly Range[];
}

export interface GroupState {
  readonly exchange: Exchange;
  /** Undefined where nothing is shared: then the backend computes for itself. */
  readonly batch: Batch | undefined;
}

/** The batch of so many examples, as machine `rank` sees it. */
export function batchOf(cut: Cut, rank: number): Batch {
  const { first } = rowsOf(cut.shares[rank], cut.examples);
  const parts = cut.parts[rank].map((part) => {
    const rows = rowsOf(part, cut.examples);
    return { first: rows.first - first, end: rows.end - first };
  });
  return { cut, parts };
}

type BatchSums = Pick<
  KernelSet,
  | "meanOuter"
  | "meanRows"
  | "convolveOuter"
  | "meanPositions"
  | "channelMeans"
  | "channelVariances"
  | "scaleShiftBackward"
  | "sumLosses"
  | "countHits"
>;

/** `matrix`: memory for numbers, whatever they are, until the step ends. */
export function groupKernels(
  own: KernelSet,
  state: GroupState,
  matrix: (rows: number, columns: number) => CpuMatrix,
): KernelSet {
  return { ...bound(own), ...batchSums(own, state, matrix) };
}

function batchSums(own: KernelSet, state: GroupState, matrix: (rows: number, columns: number) => CpuMatrix): BatchSums {
  /** Sums the parts of this machine, `count` numbers each, and exchanges them; `sum` writes a part's sum. */
  const totalOf = (
    batch: Batch,
    total: Numbers,
    sum: (part: Range, at: CpuMatrix, from: number) => void,
    terms = 1,
  ) => {
    const count = total.length;
    const sums = matrix(Math.max(1, batch.parts.length), count);
    for (const [i, part] of batch.parts.entries()) sum(part, sums, i * count);
    state.exchange.total(batch.cut, sums.data, total, terms);
  };

  return {
    meanOuter(x, delta, dW, terms) {
      const { batch } = state;
      if (batch === undefined) return own.meanOuter(x, delta, dW, terms);
      const sum = (part: Range, sums: CpuMatrix, at: number) =>
        own.meanOuter(examplesIn(x, part), rowsIn(delta, part), shaped(sums, at, dW.rows, dW.columns), 1);
      totalOf(batch, dW.data, sum, batch.cut.examples);
    },

    meanRows(delta, db, terms) {
      const { batch } = state;
      if (batch === undefined) return own.meanRows(delta, db, terms);
      const sum = (part: Range, sums: CpuMatrix, at: number) =>
        own.meanRows(rowsIn(delta, part), shaped(sums, at, 1, db.columns), 1);
      totalOf(batch, db.data, sum, batch.cut.examples);
    },

    convolveOuter(x, delta, window, dW, terms) {
      const { batch } = state;
      if (batch === undefined) return own.convolveOuter(x, delta, window, dW, terms);
      const sum = (part: Range, sums: CpuMatrix, at: number) =>
        own.convolveOuter(examplesIn(x, part), rowsIn(delta, part), window, shaped(sums, at, dW.rows, dW.columns), 1);
      totalOf(batch, dW.data, sum, batch.cut.examples);
    },

    meanPositions(delta, db, terms) {
      const { batch } = state;
      if (batch === undefined) return own.meanPositions(delta, db, terms);
      const sum = (part: Range, sums: CpuMatrix, at: number) =>
        own.meanPositions(rowsIn(delta, part), shaped(sums, at, 1, db.columns), 1);
      totalOf(batch, db.data, sum, batch.cut.examples);
    },

    channelMeans(x, mean, terms) {
      const { batch } = state;
      if (batch === undefined) return own.channelMeans(x, mean, terms);
      const sum = (part: Range, sums: CpuMatrix, at: number) =>
        own.channelMeans(rowsIn(x, part), shaped(sums, at, 1, mean.columns), 1);
      totalOf(batch, mean.data, sum, (batch.cut.examples * x.columns) / mean.columns);
    },

    channelVariances(x, mean, variance, terms) {
      const { batch } = state;
      if (batch === undefined) return own.channelVariances(x, mean, variance, terms);
      const sum = (part: Range, sums: CpuMatrix, at: number) =>
        own.channelVariances(rowsIn(x, part), mean, shaped(sums, at, 1, mean.columns), 1);
      totalOf(batch, variance.data, sum, (batch.cut.examples * x.columns) / mean.columns);
    },

    scaleShiftBackward(delta, xHat, out, terms) {
      const { batch } = state;
      if (batch === undefined) return own.scaleShiftBackward(delta, xHat, out, terms);
      const channels = out.dScale.columns;
      // Σ δ·x̂, then Σ δ
      const total = matrix(2, channels);
      totalOf(batch, total.data, (part, sums, at) => {
        const [products, deltas] = [shaped(sums, at, 1, channels), shaped(sums, at + channels, 1, channels)];
        const into = { dScale: products, meanProduct: products, dShift: deltas, meanDelta: deltas };
        own.scaleShiftBackward(rowsIn(delta, part), rowsIn(xHat, part), into, { examples: 1, numbers: 1 });
      });
      const m = Math.fround(batch.cut.examples);
      const N = Math.fround((batch.cut.examples * delta.columns) / channels);
      for (let c = 0; c < channels; c++) {
        const [product, sum] = [total.data[c], total.data[channels + c]];
        out.dScale.data[c] = product / m;
        out.meanProduct.data[c] = product / N;
        out.dShift.data[c] = sum / m;
        out.meanDelta.data[c] = sum / N;
      }
    },

    sumLosses(losses, totals) {
      const { batch } = state;
      if (batch === undefined) return own.sumLosses(losses, totals);
      const sums = batch.parts.map((part) => {
        const partial = new Totals();
        own.sumLosses(rowsIn(losses, part), partial);
        return partial.loss.total;
      });
      const total = new Float64Array(1);
      state.exchange.total(batch.cut, Float64Array.from(sums), total);
      totals.loss.add(total[0]);
      totals.examples += batch.cut.examples;
    },

    countHits(outputs, labels, totals) {
      const { batch } = state;
      if (batch === undefined) return own.countHits(outputs, labels, totals);
      const partial = new Totals();
      if (batch.parts.length > 0) own.countHits(outputs, labels, partial);
      for (const hits of state.exchange.numbers(partial.hits)) totals.hits += hits;
    },
  };
}

/** The methods of a set of kernels, each bound to it. */
function bound(own: KernelSet): KernelSet {
  const methods: Record<string, unknown> = {};
  for (let at: object = own; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const method: unknown = Reflect.get(own, name);
      if (name !== "constructor" && typeof method === "function") methods[name] ??= method.bind(own);
    }
  }
  return methods as never;
}
