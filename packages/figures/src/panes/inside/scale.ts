/** Where the scale of a layer's pictures ends: one for all neurons, one for each, or as it was when it was locked. */
import { boundOf } from "../../colours/palette.ts";
import type { View } from "./looking.ts";

export class LayerScale {
  /** Each picture has an end of its own. */
  isPerNeuron = false;
  #locked: ReadonlyMap<View, number> | undefined;
  readonly #ends = new Map<View, number>();

  get isLocked(): boolean {
    return this.#locked !== undefined;
  }

  /** The numbers may be others: ends that are not locked are found again. */
  renew(): void {
    this.#ends.clear();
  }

  /** Another layer is looked at. */
  forget(): void {
    this.#locked = undefined;
    this.renew();
  }

  /** Keeps the ends as they are, also while a training changes the numbers; or lets them go. */
  toggleLock(ends: ReadonlyMap<View, number>): void {
    this.#locked = this.#locked === undefined ? ends : undefined;
  }

  /** `all` are each neuron's numbers. */
  boundOf(view: View, own: ArrayLike<number>, all: () => Iterable<ArrayLike<number>>): number {
    const locked = this.#locked?.get(view);
    if (locked !== undefined) return locked;
    return this.isPerNeuron ? boundOf(own) : this.ofLayer(view, all);
  }

  /** The largest size in the layer. */
  ofLayer(view: View, all: () => Iterable<ArrayLike<number>>): number {
    let end = this.#ends.get(view);
    if (end === undefined) {
      end = boundOf(Array.from(all(), (values) => mostOf(values)));
      this.#ends.set(view, end);
    }
    return end;
  }
}

function mostOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (size > most && size !== Number.POSITIVE_INFINITY) most = size;
  }
  return most;
}
