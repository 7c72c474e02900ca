/** A data set as a backend sees it: moved there once, as the model wants it, then handed out batch by batch. */
import type { Backend } from "../backends/backend.ts";
import { BugError } from "../errors.ts";
import type { Targets } from "../losses/loss.ts";
import { Labels, type Matrix } from "../matrix.ts";
import type { Dataset } from "./dataset.ts";
import type { Scaling } from "./scaling.ts";

/** Where each backend has the numbers that it has seen, in their last shape and scaling; forgotten with them. */
interface Moved {
  readonly matrix: Matrix;
  readonly scaling: Scaling | undefined;
}

const moved = new WeakMap<Backend, WeakMap<object, Moved>>();

export class Batches {
  readonly #backend: Backend;
  readonly #rows: (order: Uint32Array, start: number, rows: number) => Matrix;
  readonly #labels: Dataset["labels"];
  readonly #targets: Matrix | undefined;

  /** `scaling` and `targetScaling` are the model's; bytes are never scaled. */
  constructor(backend: Backend, data: Dataset, scaling?: Scaling, targetScaling?: Scaling) {
    const { stored, labels, targets, columns, outputs } = data;
    this.#backend = backend;
    if (stored === undefined) {
      const inputs = place(backend, data.inputs, columns, scaling);
      this.#rows = (order, start, rows) => backend.select(inputs, order, start, rows);
    } else {
      this.#rows = stored.batches(backend, scaling);
    }
    this.#labels = labels;
    this.#targets = targets && place(backend, targets, outputs, targetScaling);
  }

  /** Examples order[start] … order[start + rows − 1] (rows × inputs); inside a step, until its end. */
  batch(order: Uint32Array, start: number, rows: number): Matrix {
    return this.#rows(order, start, rows);
  }

  /** Their targets. Throws a BugError for a data set without any: whoever asks has checked that. */
  targetsOf(order: Uint32Array, start: number, rows: number): Targets {
    if (this.#labels !== undefined) return new Labels(this.#labels, order, start, rows);
    if (this.#targets === undefined) throw new BugError("targets of a data set without any.");
    return this.#backend.select(this.#targets, order, start, rows);
  }
}

function place(
  backend: Backend,
  numbers: Uint8Array | Float32Array,
  columns: number,
  scaling: Scaling | undefined,
): Matrix {
  let places = moved.get(backend);
  if (places === undefined) {
    places = new WeakMap();
    moved.set(backend, places);
  }
  const known = places.get(numbers);
  if (known?.matrix.columns === columns && known.scaling === scaling) return known.matrix;
  const matrix =
    numbers instanceof Uint8Array
      ? backend.pixels(numbers, columns)
      : backend.table(scaling?.apply(numbers) ?? numbers, columns);
  places.set(numbers, { matrix, scaling });
  return matrix;
}
