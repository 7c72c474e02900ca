/**
 * How the outputs of a network depend on each pixel: ∂z/∂x, by the library's own way back on a copy of the network.
 *
 *   contribution of pixel i to class k     x_i · ∂z_k/∂x_i
 *
 * Where a dense layer on the pixels is the only layer, ∂z_k/∂x_i is the weight W_ik, and the contributions and the bias
 * are all of z_k. Otherwise the gradient is true near this image only: the contributions leave a rest.
 */
import type { Network } from "inkling";
import { copyOf } from "inkling/proofs";

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
  /** Of each class one number a pixel. */
  readonly ofClass: readonly Float32Array[];
  /** Of each class what the pixels together contributed. */
  readonly sums: readonly number[];
  /** Whether the contributions and the bias are all of z: the only layer is dense, on the pixels themselves. */
  readonly isExact: boolean;
}

export async function contributionsOf(model: Network, pixels: Uint8Array): Promise<Contributions> {
  const lens = await Lens.of(model);
  try {
    const classes = model.outputs;
    const { outputs, gradients } = await lens.look(
      pixels,
      Array.from({ length: classes }, (_, k) => oneHot(k, classes)),
    );
    const ofClass = gradients.map((gradient) => gradient.map((slope, i) => (slope * (pixels[i] as number)) / 255));
    const sums = ofClass.map((list) => list.reduce((sum, value) => sum + value, 0));
    return { scores: outputs, ofClass, sums, isExact: isOneDenseLayer(model) };
  } finally {
    lens.close();
  }
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
