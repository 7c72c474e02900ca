/**
 * δ below a max pool, kept sparse: of each window one number at most is not 0. What the pool makes of ∂C/∂z, and what the
 * slope of a ReLU makes of that, is postponed: a convolution's gradients do without the zeros (sparse-convolutions.ts),
 * and whoever else looks at the numbers has them computed as always. So the bits are those of the dense δ.
 */
import type { ActivationName } from "../../numbers/activations.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { House } from "../fast/fast.ts";
import type { Window } from "../window.ts";
import type { Activations } from "./activations.ts";
import type { FusedConvolutions } from "./fused-convolutions.ts";
import type { Pooling } from "./pooling.ts";
import { SparseDelta } from "./sparse-delta.ts";

/** A maximum that was made in this era from x; and which pixels it is of, if that is known. */
interface Maximum {
  readonly era: number;
  readonly x: CpuMatrix;
  readonly window: Window;
  readonly choices: CpuMatrix | undefined;
}

export class SparseDeltas {
  readonly #house: House;
  readonly #pooling: Pooling;
  readonly #activations: Activations;
  readonly #fused: FusedConvolutions;
  readonly #maxima = new WeakMap<CpuMatrix, Maximum>();

  constructor(house: House, pooling: Pooling, activations: Activations, fused: FusedConvolutions) {
    this.#house = house;
    this.#pooling = pooling;
    this.#activations = activations;
    this.#fused = fused;
  }

  /** z = max x over each window. Remembers it: only of a maximum is there one pixel of each window for δ to go to. */
  maxPool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    const { pool, postponed } = this.#house;
    const mayBeSparse = pool.isStepping && touch(window);
    const choices = mayBeSparse ? this.#fused.maxPool(x, window, z) : undefined;
    if (choices === undefined) {
      x.settle();
      this.#pooling.maxPool(x, window, z);
    }
    if (!mayBeSparse) return;
    this.#maxima.set(z, { era: postponed.era, x, window, choices });
    postponed.restOn([x, z]);
  }

  /** dX = Σ δ of the windows whose maximum it is */
  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    const { pool, postponed } = this.#house;
    const compute = () => {
      x.settle();
      this.#pooling.maxPoolBackward(x, z, delta, window, dX);
    };
    const maximum = this.#maxima.get(z);
    if (maximum === undefined || maximum.era !== postponed.era || maximum.x !== x || maximum.window !== window) {
      compute();
      return;
    }
    const choices = () => {
      const made = pool.matrix(z.rows, z.columns);
      this.#pooling.maxChoices(x, z, window, made);
      return made;
    };
    const entries = () => ({ window, values: delta, choices: maximum.choices ?? choices() });
    postponed.add(dX, new SparseDelta({ window, x, z }, entries, compute), [x, z, delta]);
  }

  /** δ = ∂C/∂a ⊙ σ′(z). The slope of a ReLU at a maximum is that of the largest z of the window. */
  activateBackward(dA: CpuMatrix, z: CpuMatrix, a: CpuMatrix, activation: ActivationName, delta: CpuMatrix): void {
    const { pool, postponed } = this.#house;
    const compute = () => {
      dA.settle();
      z.settle();
      a.settle();
      this.#activations.activateBackward(dA, z, a, activation, delta);
    };
    const sparse = dA.postponed;
    if (
      !(sparse instanceof SparseDelta) ||
      sparse.pool.x !== a ||
      !(activation === "relu" || activation === "leakyRelu")
    ) {
      compute();
      return;
    }
    const { z: most } = sparse.pool;
    const entries = () => {
      const values = pool.matrix(most.rows, most.columns);
      this.#activations.activateBackward(sparse.entries.values, most, most, activation, values);
      return { ...sparse.entries, values };
    };
    postponed.add(delta, new SparseDelta(sparse.pool, entries, compute), [dA, z, a]);
  }
}

/** Whether windows touch each other and there is no padding. */
function touch({ rows, columns, strideY, strideX, top, left, height, width, outHeight, outWidth }: Window): boolean {
  const isInside = top === 0 && left === 0 && outHeight * rows <= height && outWidth * columns <= width;
  return isInside && strideY === rows && strideX === columns;
}
