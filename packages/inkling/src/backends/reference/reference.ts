/**
 * The reference backend: plain TypeScript loops on one thread, in float32 or float64. It defines every number that
 * Inkling computes, and it is never optimised. This file has its memory; the loops stand beside it, one file a family:
 * products.ts, convolutions.ts, activations.ts, pooling.ts, batch-norm.ts, dropout.ts, losses.ts, updates.ts, norms.ts.
 */
import { inOrder, type Matrix, Pixels, type Precision } from "../../matrix.ts";
import { float32 } from "../../numbers/float32.ts";
import { float64 } from "../../numbers/float64.ts";
import { CpuBackend } from "../cpu-backend.ts";
import { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";
import { MemoryPool } from "../pool.ts";
import type { Draws, Warp } from "../warp.ts";
import { activationLoops } from "./activations.ts";
import { augmentedBytes } from "./augmentation.ts";
import { batchNormLoops } from "./batch-norm.ts";
import { convolutionLoops } from "./convolutions.ts";
import { dropoutLoops } from "./dropout.ts";
import { lossLoops } from "./losses.ts";
import { normLoops } from "./norms.ts";
import { poolingLoops } from "./pooling.ts";
import { productLoops } from "./products.ts";
import { updateLoops } from "./updates.ts";

export class Reference extends CpuBackend {
  readonly name = "reference";
  readonly threads = 1;
  readonly precision: Precision;
  protected kernels: KernelSet;
  protected readonly pool: MemoryPool;

  constructor(precision: Precision = "float32") {
    super();
    this.precision = precision;
    const math = precision === "float32" ? float32 : float64;
    this.kernels = {
      ...productLoops(math, precision),
      ...convolutionLoops(math, precision),
      ...activationLoops(math),
      ...poolingLoops(math),
      ...batchNormLoops(math, precision),
      ...dropoutLoops(math),
      ...lossLoops(math),
      ...updateLoops(math),
      ...normLoops(math),
    };
    this.pool = new MemoryPool((rows, columns) => this.allocate(rows, columns));
  }

  protected allocate(rows: number, columns: number): CpuMatrix {
    const count = rows * columns;
    const data = this.precision === "float32" ? new Float32Array(count) : new Float64Array(count);
    return new CpuMatrix(this, rows, columns, data);
  }

  protected keepPixels(bytes: Uint8Array, columns: number): Pixels {
    const rows = bytes.length / columns;
    return new Pixels(this, bytes, columns, inOrder(rows), 0, rows);
  }

  protected pixelsForStep(bytes: Uint8Array, columns: number): Pixels {
    return this.keepPixels(bytes, columns);
  }

  protected keepTable(numbers: Float32Array, columns: number): CpuMatrix {
    return new CpuMatrix(this, numbers.length / columns, columns, numbers);
  }

  protected selectRows(data: Matrix, order: Uint32Array, start: number, rows: number): CpuMatrix | Pixels {
    if (data instanceof Pixels) return new Pixels(this, data.bytes, data.columns, order, start, rows);
    const { columns, data: numbers } = data as CpuMatrix;
    const out = this.pool.matrix(rows, columns);
    for (let i = 0; i < rows; i++) {
      const from = order[start + i] * columns;
      for (let j = 0; j < columns; j++) out.data[i * columns + j] = numbers[from + j];
    }
    return out;
  }

  protected augmentRows(pixels: Pixels, warp: Warp, draws: Draws): Pixels {
    return this.keepPixels(augmentedBytes(pixels, warp, draws), pixels.columns);
  }
}
