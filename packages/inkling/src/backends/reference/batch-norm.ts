/**
 * Batch normalization as plain loops (Ioffe & Szegedy 2015). A row is an example of P positions with c channels each,
 * the channels of a position side by side; of a row of numbers P is 1. N = m·P numbers stand in a channel.
 *
 *   x, x̂, y, δ (m × P·c)   μ, v, γ, β (1 × c)
 *
 * A sum over the batch follows the law of backend.ts: an example's own sum over its positions from +0, then blocks of
 * 128 examples, added as a tree.
 */
import type { Precision } from "../../matrix.ts";
import type { Arithmetic } from "../../numbers/float32.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";
import { batchSum } from "./batch-mean.ts";

type BatchNorm = Pick<
  KernelSet,
  "channelMeans" | "channelVariances" | "normalize" | "scaleShiftBackward" | "normalizeBackward" | "moveStatistic"
>;

/** Batch normalization in one precision. */
export function batchNormLoops({ round }: Arithmetic, precision: Precision): BatchNorm {
  const sumOverBatch = batchSum(round, precision);
  const zeros = (count: number) => (precision === "float32" ? new Float32Array(count) : new Float64Array(count));

  /** Σ over all m·P numbers of each channel; `term(e, c)` is what place e of the batch adds to channel c. */
  function channelSums({ rows: m, columns }: CpuMatrix, channels: number, term: (e: number, c: number) => number) {
    const own = zeros(channels);
    return sumOverBatch(m, channels, (i, sum) => {
      // An example's sum over its positions, row-major, from +0.
      own.fill(0);
      for (let at = 0; at < columns; at += channels) {
        for (let c = 0; c < channels; c++) own[c] = round(own[c] + term(i * columns + at + c, c));
      }
      for (let c = 0; c < channels; c++) sum[c] = round(sum[c] + own[c]);
    });
  }

  return {
    channelMeans(x, mean, terms) {
      const channels = mean.columns;
      const N = round(terms);
      // μ = Σ x / N
      const sums = channelSums(x, channels, (e) => x.data[e]);
      for (let c = 0; c < channels; c++) mean.data[c] = round(sums[c] / N);
    },

    channelVariances(x, mean, variance, terms) {
      const channels = mean.columns;
      const N = round(terms);
      const squares = channelSums(x, channels, (e, c) => {
        const d = round(x.data[e] - mean.data[c]);
        return round(d * d);
      });
      // v = Σ (x − μ)² / N
      for (let c = 0; c < channels; c++) variance.data[c] = round(squares[c] / N);
    },

    normalize(x, { mean, variance, scale, shift, epsilon }, xHat, y) {
      const channels = mean.columns;
      for (let e = 0; e < x.data.length; e++) {
        const c = e % channels;
        // σ = √(v + ε)
        const sigma = round(Math.sqrt(round(variance.data[c] + round(epsilon))));
        // x̂ = (x − μ) / σ
        xHat.data[e] = round(round(x.data[e] - mean.data[c]) / sigma);
        // y = γ·x̂ + β
        y.data[e] = round(round(scale.data[c] * xHat.data[e]) + shift.data[c]);
      }
    },

    scaleShiftBackward(delta, xHat, { dScale, dShift, meanProduct, meanDelta }, { examples, numbers }) {
      const channels = dScale.columns;
      const [m, N] = [round(examples), round(numbers)];
      const products = channelSums(delta, channels, (e) => round(delta.data[e] * xHat.data[e]));
      const deltas = channelSums(delta, channels, (e) => delta.data[e]);
      for (let c = 0; c < channels; c++) {
        // ∂C/∂γ = Σ δ·x̂ / m
        dScale.data[c] = round(products[c] / m);
        // ∂C/∂β = Σ δ / m
        dShift.data[c] = round(deltas[c] / m);
        // mean(δ·x̂) = Σ δ·x̂ / N
        meanProduct.data[c] = round(products[c] / N);
        // mean(δ) = Σ δ / N
        meanDelta.data[c] = round(deltas[c] / N);
      }
    },

    normalizeBackward(delta, xHat, { meanDelta, meanProduct, variance, scale, epsilon }, dX) {
      const channels = scale.columns;
      for (let e = 0; e < delta.data.length; e++) {
        const c = e % channels;
        const sigma = round(Math.sqrt(round(variance.data[c] + round(epsilon))));
        const slope = round(scale.data[c] / sigma);
        const centred = round(delta.data[e] - meanDelta.data[c]);
        // ∂C/∂x = (γ / σ)·(δ − mean(δ) − x̂·mean(δ·x̂))
        dX.data[e] = round(slope * round(centred - round(xHat.data[e] * meanProduct.data[c])));
      }
    },

    moveStatistic(statistic, batch, settings) {
      const [old, fresh] = [round(settings.old), round(settings.fresh)];
      for (let e = 0; e < statistic.data.length; e++) {
        // s ← old·s + fresh·b
        statistic.data[e] = round(round(old * statistic.data[e]) + round(fresh * batch.data[e]));
      }
    },
  };
}
