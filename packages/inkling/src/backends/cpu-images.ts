/**
 * The door of the operations on images, convolutions and pooling, for every backend on this machine's processor; see
 * cpu-backend.ts. Each also checks that its operands meet the window (window.ts).
 */
import { checkWhole } from "../checks.ts";
import type { Pixels } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import { check, checkActivation, checkPool, rules } from "./check.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import { CpuNormalization } from "./cpu-normalization.ts";
import { checkWindow, imageSize, positions, taps, type Window } from "./window.ts";
import { checkPositions, checkTaps, wholeParts } from "./window-checks.ts";

export abstract class CpuImages extends CpuNormalization {
  // Convolutions

  convolve(
    x: CpuMatrix | Pixels,
    W: CpuMatrix,
    b: CpuMatrix,
    window: Window,
    activation: ActivationName,
  ): { z: CpuMatrix; a: CpuMatrix } {
    check(rules.convolve, this, x, W, b);
    checkTaps("convolve", window, x.columns, W.rows);
    checkActivation("convolve", activation);
    // z_p = Σₜ x_(p+t)·Wₜ + b
    const z = this.pool.matrix(x.rows, positions(window) * W.columns);
    this.kernels.convolve(x, W, b, window, z);
    if (activation === "identity") return { z, a: z };
    // a = σ(z)
    const a = this.pool.matrix(z.rows, z.columns);
    this.kernels.activate(z, activation, a);
    return { z, a };
  }

  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window): CpuMatrix {
    check(rules.convolveBackward, this, delta, W);
    checkTaps("convolveBackward", window, imageSize(window), W.rows);
    checkPositions("convolveBackward", window, W.columns, delta.columns);
    const dX = this.pool.matrix(delta.rows, imageSize(window));
    this.kernels.convolveBackward(delta, W, window, dX);
    return dX;
  }

  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, window: Window, into?: CpuMatrix): CpuMatrix {
    check(rules.convolveOuter, this, x, delta);
    checkWindow("convolveOuter, window", window, x.columns);
    const filters = wholeParts("convolveOuter, delta", delta.columns, positions(window));
    const dW = this.place("convolveOuter", taps(window), filters, into);
    this.kernels.convolveOuter(x, delta, window, dW, x.rows);
    return dW;
  }

  meanPositions(delta: CpuMatrix, filters: number, into?: CpuMatrix): CpuMatrix {
    check(rules.meanPositions, this, delta);
    checkWhole("meanPositions", "filters", filters, 1);
    wholeParts("meanPositions, delta", delta.columns, filters);
    const db = this.place("meanPositions", 1, filters, into);
    this.kernels.meanPositions(delta, db, delta.rows);
    return db;
  }

  // Pooling

  maxPool(x: CpuMatrix, window: Window): CpuMatrix {
    check(rules.maxPool, this, x);
    const z = this.pool.matrix(x.rows, checkPool("maxPool", window, x));
    this.kernels.maxPool(x, window, z);
    return z;
  }

  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window): CpuMatrix {
    check(rules.maxPoolBackward, this, x, z, delta);
    checkPool("maxPoolBackward", window, x, delta);
    const dX = this.pool.matrix(x.rows, x.columns);
    this.kernels.maxPoolBackward(x, z, delta, window, dX);
    return dX;
  }

  averagePool(x: CpuMatrix, window: Window): CpuMatrix {
    check(rules.averagePool, this, x);
    const z = this.pool.matrix(x.rows, checkPool("averagePool", window, x));
    this.kernels.averagePool(x, window, z);
    return z;
  }

  averagePoolBackward(delta: CpuMatrix, window: Window): CpuMatrix {
    check(rules.averagePoolBackward, this, delta);
    checkPool("averagePoolBackward", window, undefined, delta);
    const dX = this.pool.matrix(delta.rows, imageSize(window));
    this.kernels.averagePoolBackward(delta, window, dX);
    return dX;
  }
}
