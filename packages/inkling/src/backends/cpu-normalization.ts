/**
 * The door of the operations of batch normalization, for every backend on this machine's processor; see cpu-backend.ts.
 */
import type { ScaleShiftGradients } from "./backend.ts";
import { check, checkChannels, checkPlace, rules } from "./check.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import { CpuMemory } from "./cpu-memory.ts";
import type { KernelSet } from "./kernel-set.ts";
import type { StatisticSettings } from "./settings.ts";

export abstract class CpuNormalization extends CpuMemory {
  protected abstract kernels: KernelSet;

  batchMoments(x: CpuMatrix, channels: number): { mean: CpuMatrix; variance: CpuMatrix } {
    check(rules.batchMoments, this, x);
    checkChannels("batchMoments", x.columns, channels);
    const mean = this.pool.matrix(1, channels);
    const variance = this.pool.matrix(1, channels);
    const numbers = (x.rows * x.columns) / channels;
    this.kernels.channelMeans(x, mean, numbers);
    this.kernels.channelVariances(x, mean, variance, numbers);
    return { mean, variance };
  }

  normalize(
    x: CpuMatrix,
    mean: CpuMatrix,
    variance: CpuMatrix,
    scale: CpuMatrix,
    shift: CpuMatrix,
    epsilon: number,
  ): { xHat: CpuMatrix; y: CpuMatrix } {
    check(rules.normalize, this, x, mean, variance, scale, shift);
    checkChannels("normalize", x.columns, mean.columns);
    const xHat = this.pool.matrix(x.rows, x.columns);
    const y = this.pool.matrix(x.rows, x.columns);
    this.kernels.normalize(x, { mean, variance, scale, shift, epsilon }, xHat, y);
    return { xHat, y };
  }

  scaleShiftBackward(
    delta: CpuMatrix,
    xHat: CpuMatrix,
    channels: number,
    into?: { readonly dScale: CpuMatrix; readonly dShift: CpuMatrix },
  ): ScaleShiftGradients {
    check(rules.scaleShiftBackward, this, delta, xHat);
    checkChannels("scaleShiftBackward", delta.columns, channels);
    for (const place of Object.values(into ?? {})) checkPlace("scaleShiftBackward", this, 1, channels, place);
    const { dScale, dShift } = into ?? { dScale: this.pool.matrix(1, channels), dShift: this.pool.matrix(1, channels) };
    const meanProduct = this.pool.matrix(1, channels);
    const meanDelta = this.pool.matrix(1, channels);
    const out = { dScale, dShift, meanProduct, meanDelta };
    const numbers = (delta.rows * delta.columns) / channels;
    this.kernels.scaleShiftBackward(delta, xHat, out, { examples: delta.rows, numbers });
    return out;
  }

  normalizeBackward(
    delta: CpuMatrix,
    xHat: CpuMatrix,
    meanDelta: CpuMatrix,
    meanProduct: CpuMatrix,
    variance: CpuMatrix,
    scale: CpuMatrix,
    epsilon: number,
  ): CpuMatrix {
    check(rules.normalizeBackward, this, delta, xHat, meanDelta, meanProduct, variance, scale);
    checkChannels("normalizeBackward", delta.columns, scale.columns);
    const dX = this.pool.matrix(delta.rows, delta.columns);
    this.kernels.normalizeBackward(delta, xHat, { meanDelta, meanProduct, variance, scale, epsilon }, dX);
    return dX;
  }

  moveStatistic(statistic: CpuMatrix, batch: CpuMatrix, settings: StatisticSettings): void {
    check(rules.moveStatistic, this, statistic, batch);
    this.kernels.moveStatistic(statistic, batch, settings);
  }
}
