/**
 * How the outputs of a network depend on each pixel: ∂z/∂x, by the library's own way back on a copy of the network.
 *
 *   contribution of pixel i to class k     x_i · mean of ∂z_k/∂x_i on the straight way from blank paper to x
 *
 * These are integrated gradients (Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks"). Together
 * they are what the drawing adds to the score of blank paper, but for the error of a mean over so many points. Where a
 * dense layer on the pixels is the only layer, ∂z_k/∂x_i is the weight W_ik everywhere, and there is no error.
 */
import type { Network } from "inkling";
import { copyOf } from "inkling/proofs";
import type { Slices } from "./slices.ts";

/** Points on the way from blank paper to the drawing. */
export const POINTS = 32;

/** What a look gives: one row for each direction. */
interface Looked {
  /** z: the last layer's outputs. */
  readonly outputs: Float32Array;
  /** For each direction d: Σ_k d_k · ∂z_k/∂x, one number a pixel. */
  readonly gradients: readonly Float32Array[];
}

export class Lens {
  readonly #copy: Network;

  private constructor(copy: Network) {
    this.#copy = copy;
  }

  /** Looks through a copy: the model itself is only read, and may learn on. Close it after use. */
  static async of(model: Network): Promise<Lens> {
    return new Lens(await copyOf(model, model.backend));
  }

  /** Each direction has a number for each output. */
  async look(pixels: Uint8Array, directions: readonly ArrayLike<number>[]): Promise<Looked> {
    const { backend, inputs, outputs: classes } = this.#copy;
    const rows = directions.length;
    const bytes = new Uint8Array(rows * inputs);
    for (let row = 0; row < rows; row++) bytes.set(pixels, row * inputs);
    while (backend.busy !== undefined) await backend.busy;
    const [outputs, dInputs] = await Promise.all(
      backend.step(() => {
        const z = this.#copy.forward(backend.temporaryPixels(bytes, inputs));
        const dOutputs = backend.matrix(rows, classes);
        backend.write(dOutputs, Float32Array.from(directions.flatMap((direction) => Array.from(direction))));
        const dX = this.#copy.backward(dOutputs, { wantsInput: true });
        return [backend.read(z), dX === undefined ? [] : backend.read(dX)] as const;
      }),
    );
    return {
      outputs: Float32Array.from(outputs).subarray(0, classes),
      gradients: directions.map((_, row) => Float32Array.from(dInputs).subarray(row * inputs, (row + 1) * inputs)),
    };
  }

  close(): void {
    this.#copy.close();
  }
}

/** What each pixel contributed to each class. */
export interface Contributions {
  /** Of each class its z. */
  readonly scores: Float32Array;
  /** The same of blank paper. */
  readonly blank: Float32Array;
  /** Of each class one number a pixel. */
  readonly ofClass: readonly Float32Array[];
  /** Of each class what the pixels together contributed. */
  readonly sums: readonly number[];
  /** Whether the contributions and the bias are all of z: the only layer is dense, on the pixels themselves. */
  readonly isExact: boolean;
}

export async function contributionsOf(model: Network, pixels: Uint8Array, slices: Slices): Promise<Contributions> {
  const lens = await Lens.of(model);
  try {
    const directions = Array.from({ length: model.outputs }, (_, k) => oneHot(k, model.outputs));
    const isExact = isOneDenseLayer(model);
    const points = isExact ? 1 : POINTS;
    const slopes = directions.map(() => new Float64Array(model.inputs));
    for (let point = 0; point < points; point++) {
      const share = (point + 0.5) / points;
      const { gradients } = await lens.look(
        pixels.map((pixel) => Math.round(share * pixel)),
        directions,
      );
      for (const [k, gradient] of gradients.entries()) add(slopes[k] as Float64Array, gradient);
      await slices.pause();
    }
    const ofClass = slopes.map((sums) =>
      Float32Array.from(sums, (slope, i) => (slope / points) * ((pixels[i] as number) / 255)),
    );
    const { outputs: scores } = await lens.look(pixels, directions.slice(0, 1));
    const { outputs: blank } = await lens.look(new Uint8Array(pixels.length), directions.slice(0, 1));
    return { scores, blank, ofClass, sums: ofClass.map((list) => list.reduce((sum, own) => sum + own, 0)), isExact };
  } finally {
    lens.close();
  }
}

function add(sums: Float64Array, numbers: Float32Array): void {
  for (const [i, number] of numbers.entries()) sums[i] = (sums[i] as number) + number;
}

/** 1 at one place, 0 elsewhere. */
export function oneHot(at: number, length: number): Float32Array {
  const vector = new Float32Array(length);
  vector[at] = 1;
  return vector;
}

function isOneDenseLayer({ specs }: Network): boolean {
  const [first, ...others] = specs.filter(({ type }) => type !== "flatten");
  return (
    first?.type === "dense" &&
    others.length === 0 &&
    ((first as { activation?: string }).activation ?? "identity") === "identity"
  );
}
