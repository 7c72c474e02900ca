/**
 * The loss of one digit as a function of the network's numbers: C(w). It is the library's network, copied into float64,
 * with the numbers that a figure sets; each call of `loss` is one forward pass.
 */
import type { Network, Parameter } from "inkling";
import { labels, type Matrix, type Numbers } from "inkling/backends";
import { type CpuMatrix, copyOf, Reference } from "inkling/proofs";

/** One number of the network: the place e of a parameter, row-major. */
export interface Place {
  readonly parameter: number;
  readonly e: number;
}

export class OneExample {
  readonly #copy: Network;
  /** Each parameter's numbers, in place. */
  readonly #values: readonly Numbers[];
  readonly #x: Matrix;
  readonly #label: number;

  private constructor(copy: Network, pixels: Uint8Array, label: number) {
    this.#copy = copy;
    this.#values = copy.parameters.map(({ value }) => (value as CpuMatrix).data);
    this.#x = copy.backend.pixels(pixels, copy.inputs);
    this.#label = label;
  }

  /** The model is copied; what a figure sets changes the copy alone. */
  static async of(model: Network, pixels: Uint8Array, label: number): Promise<OneExample> {
    return new OneExample(await copyOf(model, new Reference("float64")), pixels, label);
  }

  /** How many numbers the network has. */
  get count(): number {
    return this.#copy.parameters.reduce((sum, parameter) => sum + size(parameter), 0);
  }

  /** The weight from a pixel to a hidden neuron. */
  weight(pixel: number, neuron: number): Place {
    return { parameter: 0, e: pixel * (this.#copy.parameters[0]?.value.columns ?? 0) + neuron };
  }

  /** The weight from a hidden neuron to an output, as a number's place in declared order. */
  outputWeight(neuron: number, output: number): number {
    const [weights, biases, outputs] = this.#copy.parameters;
    return size(weights) + size(biases) + neuron * (outputs?.value.columns ?? 0) + output;
  }

  /** The place of the network's number i, in declared order. */
  place(i: number): Place {
    let e = i;
    for (const [parameter, { length }] of this.#values.entries()) {
      if (e < length) return { parameter, e };
      e -= length;
    }
    throw new RangeError(`place: expected a number below ${this.count}, got ${i}.`);
  }

  value({ parameter, e }: Place): number {
    return this.#numbers(parameter)[e] ?? Number.NaN;
  }

  set({ parameter, e }: Place, value: number): void {
    this.#numbers(parameter)[e] = value;
  }

  /** A copy of all numbers, in declared order. */
  all(): Float64Array {
    return joined(this.#values);
  }

  setAll(numbers: Float64Array): void {
    let start = 0;
    for (const values of this.#values) {
      values.set(numbers.subarray(start, start + values.length));
      start += values.length;
    }
  }

  /** C of the digit now: one forward pass. */
  loss(): number {
    return this.#forward().loss;
  }

  /** C with some numbers set, which are put back afterwards. */
  lossWith(...changes: readonly (readonly [place: Place, value: number])[]): number {
    const before = changes.map(([place]) => this.value(place));
    for (const [place, value] of changes) this.set(place, value);
    const loss = this.loss();
    for (const [i, [place]] of changes.entries()) this.set(place, before[i] ?? 0);
    return loss;
  }

  /** ∂C/∂ of all numbers at once: one forward and one backward pass. It gives those of the place that is asked for. */
  gradient(): (place: Place) => number {
    const copy = this.#copy;
    copy.backend.step(() => copy.backward(this.#computed().dOutputs));
    const gradients = copy.parameters.map(({ gradient }) => (gradient as CpuMatrix).data);
    return ({ parameter, e }) => gradients[parameter]?.[e] ?? Number.NaN;
  }

  /** The same as one list, in declared order. */
  gradients(): Float64Array {
    this.gradient();
    return joined(this.#copy.parameters.map(({ gradient }) => (gradient as CpuMatrix).data));
  }

  #forward(): { readonly loss: number } {
    return this.#copy.backend.step(() => ({ loss: (this.#computed().losses as CpuMatrix).data[0] ?? Number.NaN }));
  }

  #computed() {
    const copy = this.#copy;
    return copy.loss.compute(copy.backend, copy.forward(this.#x), labels([this.#label]));
  }

  #numbers(parameter: number): Numbers {
    return this.#values[parameter] ?? new Float64Array(0);
  }
}

function size(parameter: Parameter | undefined): number {
  return parameter === undefined ? 0 : parameter.value.rows * parameter.value.columns;
}

function joined(parts: readonly Numbers[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
