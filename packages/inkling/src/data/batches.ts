/** A data set as a backend sees it: moved there once, then handed out batch by batch. */
import type { Backend } from "../backends/backend.ts";
import { DataError } from "../errors.ts";
import { Labels, Matrix, type Pixels } from "../matrix.ts";
import type { Dataset } from "./dataset.ts";

/** A batch of m examples: x (m × inputs) and their labels. */
export interface Batch {
  readonly x: Matrix | Pixels;
  readonly labels: Labels;
}

/** Where each backend has the examples that it has seen, in their last shape; forgotten with them. */
const moved = new WeakMap<Backend, WeakMap<object, Matrix | Pixels>>();

export class Batches {
  private readonly backend: Backend;
  private readonly data: Matrix | Pixels;
  private readonly labels: Uint8Array;

  /** Throws a DataError if the examples have no labels. */
  constructor(backend: Backend, dataset: Dataset) {
    const { inputs, labels, count, columns, name } = dataset;
    if (labels === undefined) throw new DataError(name, "labels", "examples without labels");
    this.backend = backend;
    this.labels = labels;
    let places = moved.get(backend);
    if (places === undefined) {
      places = new WeakMap();
      moved.set(backend, places);
    }
    let place = places.get(inputs);
    if (place?.columns !== columns) {
      place = inputs instanceof Uint8Array ? backend.pixels(inputs, columns) : new Matrix(count, columns, inputs);
      places.set(inputs, place);
    }
    this.data = place;
  }

  /** Examples order[start] … order[start + rows − 1]; inside a step, until its end. */
  batch(order: Uint32Array, start: number, rows: number): Batch {
    return {
      x: this.backend.select(this.data, order, start, rows),
      labels: new Labels(this.labels, order, start, rows),
    };
  }
}
