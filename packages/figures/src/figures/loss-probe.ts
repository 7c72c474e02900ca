/**
 * The loss of one digit as a function of one weight or bias, and its gradient there: a copy of the network in float64,
 * computed by the library's reference, in which that one number is moved.
 */
import type { Network } from "inkling";
import { labels, type Matrix } from "inkling/backends";
import { type CpuMatrix, copyOf, Reference } from "inkling/proofs";

/** One of the network's numbers: `element` of the parameter with this name. */
export interface Place {
  readonly name: string;
  readonly element: number;
}

export class LossProbe {
  readonly #copy: Network;
  readonly #x: Matrix;
  readonly #label: number;

  static async of(model: Network, pixels: Uint8Array, label: number): Promise<LossProbe> {
    return new LossProbe(await copyOf(model, new Reference("float64")), pixels, label);
  }

  private constructor(copy: Network, pixels: Uint8Array, label: number) {
    this.#copy = copy;
    this.#x = copy.backend.pixels(pixels, copy.inputs);
    this.#label = label;
  }

  /** What the number is now. */
  value(place: Place): number {
    return this.#numbers(place)[place.element] ?? Number.NaN;
  }

  /** C, with the number at another value. */
  loss(place: Place, value: number): number {
    return this.#at(place, value, () => dataOf(this.#forward().losses)[0] ?? Number.NaN);
  }

  /** ∂C/∂(this number) by backpropagation, with the number at another value or as it is. */
  gradient(place: Place, value = this.value(place)): number {
    return this.#at(place, value, () => {
      this.#copy.backward(this.#forward().dOutputs);
      return dataOf(this.#parameter(place).gradient)[place.element] ?? Number.NaN;
    });
  }

  /** (C(w + h) − C(w − h)) / 2h */
  difference(place: Place, h: number, value = this.value(place)): number {
    return (this.loss(place, value + h) - this.loss(place, value - h)) / (2 * h);
  }

  #at(place: Place, value: number, compute: () => number): number {
    const numbers = this.#numbers(place);
    const before = numbers[place.element] ?? Number.NaN;
    numbers[place.element] = value;
    const result = compute();
    numbers[place.element] = before;
    return result;
  }

  #forward() {
    const { backend, loss } = this.#copy;
    return loss.compute(backend, this.#copy.forward(this.#x), labels([this.#label]));
  }

  #numbers(place: Place) {
    return dataOf(this.#parameter(place).value);
  }

  #parameter({ name }: Place) {
    const found = this.#copy.parameters.find((parameter) => parameter.name === name);
    if (found === undefined) throw new Error(`The network has no ${name}.`);
    return found;
  }
}

function dataOf(matrix: Matrix) {
  return (matrix as CpuMatrix).data;
}
