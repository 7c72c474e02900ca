/**
 * The reference: every operation of backend.ts as plain loops over its equation. It is never optimised; who reads it
 * has read the whole truth. Element (i, j) of a matrix with n columns is data[i·n + j].
 *
 * The products run their loops in the order i, k, j: each element still adds its terms with k ascending, and a row of
 * W is read as it lies in memory.
 */

import { inOrder, type Labels, largest, Matrix, type Numbers, Pixels, type Precision } from "../../matrix.ts";
import { type ActivationName, activations } from "../../numbers/activations.ts";
import { type Arithmetic, float32 } from "../../numbers/float32.ts";
import { float64 } from "../../numbers/float64.ts";
import {
  type AdamSettings,
  type Backend,
  BLOCK,
  type DescentSettings,
  type MomentumSettings,
  type RootSquareSettings,
  type Totals,
} from "../backend.ts";
import { Lending } from "../pool.ts";

/** Plain TypeScript on one thread, in float32 or float64. */
export class Reference implements Backend {
  readonly name = "reference";
  readonly arithmetic = "exact";
  readonly threads = 1;
  readonly precision: Precision;
  private readonly math: Arithmetic;
  private readonly lending: Lending;

  constructor(precision: Precision = "float32") {
    this.precision = precision;
    this.math = precision === "float32" ? float32 : float64;
    this.lending = new Lending((rows, columns) => this.keep(rows, columns));
  }

  // Memory

  matrix(rows: number, columns: number): Matrix {
    const matrix = this.lending.matrix(rows, columns);
    matrix.data.fill(0);
    return matrix;
  }

  keep(rows: number, columns: number): Matrix {
    const size = rows * columns;
    return new Matrix(rows, columns, this.precision === "float32" ? new Float32Array(size) : new Float64Array(size));
  }

  write(matrix: Matrix, values: ArrayLike<number>): void {
    matrix.data.set(values);
  }

  copy(from: Matrix, to: Matrix): void {
    to.data.set(from.data);
  }

  async read(matrix: Matrix): Promise<Numbers> {
    return matrix.data.slice();
  }

  settled(): undefined {}

  step<T>(body: () => T): T {
    return this.lending.step(body);
  }

  pixels(bytes: Uint8Array, columns: number): Pixels {
    const rows = bytes.length / columns;
    return new Pixels(bytes, columns, inOrder(rows), 0, rows);
  }

  select(data: Matrix | Pixels, order: Uint32Array, start: number, rows: number): Matrix | Pixels {
    if (data instanceof Pixels) return new Pixels(data.bytes, data.columns, order, start, rows);
    const { columns } = data;
    const out = this.matrix(rows, columns);
    for (let i = 0; i < rows; i++) {
      const from = order[start + i] * columns;
      for (let j = 0; j < columns; j++) out.data[i * columns + j] = data.data[from + j];
    }
    return out;
  }

  // Products

  matmul(x: Matrix | Pixels, W: Matrix): Matrix {
    const { round } = this.math;
    const [m, k, n] = [x.rows, x.columns, W.columns];
    const z = this.matrix(m, n);
    for (let i = 0; i < m; i++) {
      for (let l = 0; l < k; l++) {
        if (x instanceof Pixels && isZero(x, i, l)) continue;
        const xil = this.element(x, i, l);
        // zᵢⱼ = Σₗ xᵢₗ·Wₗⱼ
        for (let j = 0; j < n; j++) {
          z.data[i * n + j] = round(z.data[i * n + j] + round(xil * W.data[l * n + j]));
        }
      }
    }
    return z;
  }

  meanOuter(x: Matrix | Pixels, delta: Matrix): Matrix {
    const { round } = this.math;
    const [m, k, n] = [x.rows, x.columns, delta.columns];
    return this.meanOverBatch(m, k, n, (i, sum) => {
      for (let l = 0; l < k; l++) {
        if (x instanceof Pixels && isZero(x, i, l)) continue;
        const xil = this.element(x, i, l);
        // ∂C/∂Wₗⱼ = (1/m)·Σᵢ xᵢₗ·δᵢⱼ
        for (let j = 0; j < n; j++) {
          sum[l * n + j] = round(sum[l * n + j] + round(xil * delta.data[i * n + j]));
        }
      }
    });
  }

  matmulTransposeB(delta: Matrix, W: Matrix): Matrix {
    const { round } = this.math;
    const [m, k, n] = [delta.rows, W.rows, W.columns];
    const dX = this.matrix(m, k);
    for (let i = 0; i < m; i++) {
      for (let l = 0; l < k; l++) {
        // ∂C/∂xᵢₗ = Σⱼ δᵢⱼ·Wₗⱼ
        let sum = 0;
        for (let j = 0; j < n; j++) sum = round(sum + round(delta.data[i * n + j] * W.data[l * n + j]));
        dX.data[i * k + l] = sum;
      }
    }
    return dX;
  }

  meanRows(delta: Matrix): Matrix {
    const { round } = this.math;
    const n = delta.columns;
    return this.meanOverBatch(delta.rows, 1, n, (i, sum) => {
      // ∂C/∂bⱼ = (1/m)·Σᵢ δᵢⱼ
      for (let j = 0; j < n; j++) sum[j] = round(sum[j] + delta.data[i * n + j]);
    });
  }

  unpack(pixels: Pixels): Matrix {
    const x = this.matrix(pixels.rows, pixels.columns);
    for (let i = 0; i < pixels.rows; i++) {
      for (let j = 0; j < pixels.columns; j++) x.data[i * pixels.columns + j] = this.element(pixels, i, j);
    }
    return x;
  }

  // Activations

  affine(x: Matrix | Pixels, W: Matrix, b: Matrix, activation: ActivationName): { z: Matrix; a: Matrix } {
    const { round } = this.math;
    const n = W.columns;
    const z = this.matmul(x, W);
    for (let i = 0; i < z.rows; i++) {
      // zᵢⱼ = (x·W)ᵢⱼ + bⱼ
      for (let j = 0; j < n; j++) z.data[i * n + j] = round(z.data[i * n + j] + b.data[j]);
    }
    if (activation === "identity") return { z, a: z };
    const a = this.matrix(z.rows, n);
    const { value } = activations[activation];
    // a = σ(z)
    for (let e = 0; e < z.data.length; e++) a.data[e] = value(z.data[e], this.math);
    return { z, a };
  }

  activateBackward(activation: ActivationName, dA: Matrix, z: Matrix, a: Matrix): Matrix {
    if (activation === "identity") return dA;
    const delta = this.matrix(dA.rows, dA.columns);
    const { slope } = activations[activation];
    for (let e = 0; e < delta.data.length; e++) {
      // δ = ∂C/∂a · σ′(z)
      delta.data[e] = this.math.round(dA.data[e] * slope(z.data[e], a.data[e], this.math));
    }
    return delta;
  }

  softmax(z: Matrix): Matrix {
    const n = z.columns;
    const p = this.matrix(z.rows, n);
    for (let i = 0; i < z.rows; i++) this.softmaxRow(z, i, p);
    return p;
  }

  /** Writes row i of softmax(z) into row i of p; returns M = max z and ln Σ exp(zₖ − M). */
  private softmaxRow(z: Matrix, i: number, p: Matrix): { max: number; logSum: number } {
    const { round, exp, log } = this.math;
    const n = z.columns;
    let max = z.data[i * n];
    for (let j = 1; j < n; j++) if (z.data[i * n + j] > max) max = z.data[i * n + j];
    let sum = 0;
    for (let j = 0; j < n; j++) sum = round(sum + exp(round(z.data[i * n + j] - max)));
    const logSum = log(sum);
    // pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M))
    for (let j = 0; j < n; j++) p.data[i * n + j] = exp(round(round(z.data[i * n + j] - max) - logSum));
    return { max, logSum };
  }

  // Losses

  softmaxCrossEntropy(z: Matrix, labels: Labels): { losses: Matrix; dZ: Matrix } {
    const { round } = this.math;
    const [m, n] = [z.rows, z.columns];
    const losses = this.matrix(m, 1);
    const dZ = this.matrix(m, n);
    labels.check(n);
    for (let i = 0; i < m; i++) {
      const y = labels.at(i);
      // dZ holds p until y is taken off.
      const { max, logSum } = this.softmaxRow(z, i, dZ);
      // Cᵢ = ln Σ exp(zₖ − M) − (z_y − M)
      losses.data[i] = round(logSum - round(z.data[i * n + y] - max));
      // ∂Cᵢ/∂z = p − y
      dZ.data[i * n + y] = round(dZ.data[i * n + y] - 1);
    }
    return { losses, dZ };
  }

  quadratic(a: Matrix, labels: Labels): { losses: Matrix; dA: Matrix } {
    const { round } = this.math;
    const [m, n] = [a.rows, a.columns];
    const losses = this.matrix(m, 1);
    const dA = this.matrix(m, n);
    labels.check(n);
    for (let i = 0; i < m; i++) {
      const y = labels.at(i);
      let sum = 0;
      for (let j = 0; j < n; j++) {
        const difference = round(a.data[i * n + j] - (j === y ? 1 : 0));
        sum = round(sum + round(difference * difference));
        // ∂Cᵢ/∂aⱼ = aⱼ − yⱼ
        dA.data[i * n + j] = difference;
      }
      // Cᵢ = ½·Σ (aⱼ − yⱼ)²
      losses.data[i] = round(0.5 * sum);
    }
    return { losses, dA };
  }

  tally(outputs: Matrix, losses: Matrix, labels: Labels, totals: Totals): void {
    for (let from = 0; from < outputs.rows; from += BLOCK) {
      let blockLoss = 0;
      for (let i = from; i < Math.min(from + BLOCK, outputs.rows); i++) {
        blockLoss += losses.data[i];
        if (largest(outputs.data, i, outputs.columns) === labels.at(i)) totals.correct += 1;
      }
      totals.loss += blockLoss;
    }
    totals.examples += outputs.rows;
  }

  // Optimizers

  sgd(value: Matrix, gradient: Matrix, settings: DescentSettings): void {
    const { round } = this.math;
    const [eta, lambda] = [round(settings.learningRate), round(settings.weightDecay)];
    for (let e = 0; e < value.data.length; e++) {
      const w = value.data[e];
      // W ← W − η·g
      value.data[e] = round(w - round(eta * this.decayed(gradient.data[e], w, lambda)));
    }
  }

  momentum(value: Matrix, gradient: Matrix, velocity: Matrix, settings: MomentumSettings): void {
    const { round } = this.math;
    const [eta, lambda, mu] = [round(settings.learningRate), round(settings.weightDecay), round(settings.momentum)];
    for (let e = 0; e < value.data.length; e++) {
      const w = value.data[e];
      const g = this.decayed(gradient.data[e], w, lambda);
      // v ← μ·v + g
      const v = round(round(mu * velocity.data[e]) + g);
      velocity.data[e] = v;
      // W ← W − η·v, or for Nesterov W ← W − η·(g + μ·v)
      const direction = settings.nesterov ? round(g + round(mu * v)) : v;
      value.data[e] = round(w - round(eta * direction));
    }
  }

  adam(value: Matrix, gradient: Matrix, mean: Matrix, square: Matrix, settings: AdamSettings): void {
    const { round } = this.math;
    const [s, epsilon, lambda, keep] = [
      round(settings.stepSize),
      round(settings.epsilon),
      round(settings.weightDecay),
      round(settings.keep),
    ];
    const [beta1, beta2] = [round(settings.beta1), round(settings.beta2)];
    const [fresh1, fresh2] = [round(1 - settings.beta1), round(1 - settings.beta2)];
    for (let e = 0; e < value.data.length; e++) {
      // W ← keep·W
      const w = keep === 1 ? value.data[e] : round(keep * value.data[e]);
      const g = this.decayed(gradient.data[e], w, lambda);
      // m ← β₁·m + (1 − β₁)·g
      const m = round(round(beta1 * mean.data[e]) + round(fresh1 * g));
      // v ← β₂·v + (1 − β₂)·g²
      const v = round(round(beta2 * square.data[e]) + round(fresh2 * round(g * g)));
      mean.data[e] = m;
      square.data[e] = v;
      // W ← W − s·m / (√v + ε)
      value.data[e] = round(w - round(round(s * m) / round(round(Math.sqrt(v)) + epsilon)));
    }
  }

  rootSquare(value: Matrix, gradient: Matrix, square: Matrix, settings: RootSquareSettings): void {
    const { round } = this.math;
    const [eta, epsilon, lambda] = [round(settings.learningRate), round(settings.epsilon), round(settings.weightDecay)];
    const [old, fresh] = [round(settings.old), round(settings.fresh)];
    for (let e = 0; e < value.data.length; e++) {
      const w = value.data[e];
      const g = this.decayed(gradient.data[e], w, lambda);
      // v ← old·v + fresh·g²
      const v = round(round(old * square.data[e]) + round(fresh * round(g * g)));
      square.data[e] = v;
      // W ← W − η·g / (√v + ε)
      value.data[e] = round(w - round(round(eta * g) / round(round(Math.sqrt(v)) + epsilon)));
    }
  }

  /** g = ∂C/∂W + λ·W; without weight decay, the gradient as it is. */
  private decayed(gradient: number, w: number, lambda: number): number {
    const { round } = this.math;
    return lambda === 0 ? gradient : round(gradient + round(lambda * w));
  }

  // What the operations share

  /** xᵢₗ; of pixels byte / 255, divided and rounded once. */
  private element(x: Matrix | Pixels, i: number, l: number): number {
    if (x instanceof Pixels) return this.math.round(x.bytes[x.offset(i) + l] / 255);
    return x.data[i * x.columns + l];
  }

  /**
   * A mean over the batch (k × n): `add` adds example i to the sum of its block, which starts at +0; the block sums are
   * added from +0, in order; the total is divided by m, rounded.
   */
  private meanOverBatch(m: number, k: number, n: number, add: (i: number, sum: Numbers) => void): Matrix {
    const { round } = this.math;
    const blockSize = this.precision === "float32" ? BLOCK : m;
    const mean = this.matrix(k, n);
    const block = this.matrix(k, n);
    for (let from = 0; from < m; from += blockSize) {
      block.data.fill(0);
      for (let i = from; i < Math.min(from + blockSize, m); i++) add(i, block.data);
      for (let e = 0; e < k * n; e++) mean.data[e] = round(mean.data[e] + block.data[e]);
    }
    const examples = round(m);
    for (let e = 0; e < k * n; e++) mean.data[e] = round(mean.data[e] / examples);
    return mean;
  }
}

/** Whether pixel l of image i is 0, so that its term is left out. */
function isZero(x: Pixels, i: number, l: number): boolean {
  return x.bytes[x.offset(i) + l] === 0;
}
