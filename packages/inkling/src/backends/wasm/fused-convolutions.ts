/**
 * A convolution, its ReLU and its max pool as one kernel. What a convolution makes is postponed: where a max pool with
 * windows that touch comes next, z and a are never written to memory, and whoever else looks at them has them computed
 * as always. T10's first convolution makes 11 MB of each in a batch, and its pool keeps a quarter of one.
 */
import { LEAKY_RELU, RELU } from "../../../kernels/layout.ts";
import type { Pixels, Postponed } from "../../matrix.ts";
import type { ActivationName } from "../../numbers/activations.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { House } from "../fast/fast.ts";
import type { Window } from "../window.ts";
import type { Activations } from "./activations.ts";
import type { Convolutions } from "./convolutions.ts";

/** Activations that keep which number of a window is the largest, and what the kernel calls them. */
const activationNumbers: Partial<Record<ActivationName, number>> = { identity: 0, relu: RELU, leakyRelu: LEAKY_RELU };

/** What comes out of a convolution, and perhaps of an activation; not computed yet. */
export class PostponedConvolution implements Postponed {
  readonly x: CpuMatrix | Pixels;
  /** Copies: an update changes the parameters in place. */
  readonly W: CpuMatrix;
  readonly b: CpuMatrix;
  readonly window: Window;
  readonly activation: ActivationName;
  readonly compute: () => void;

  constructor(
    of: Pick<PostponedConvolution, "x" | "W" | "b" | "window">,
    activation: ActivationName,
    compute: () => void,
  ) {
    this.x = of.x;
    this.W = of.W;
    this.b = of.b;
    this.window = of.window;
    this.activation = activation;
    this.compute = compute;
  }
}

export class FusedConvolutions {
  readonly #house: House;
  readonly #convolutions: Convolutions;
  readonly #activations: Activations;

  constructor(house: House, convolutions: Convolutions, activations: Activations) {
    this.#house = house;
    this.#convolutions = convolutions;
    this.#activations = activations;
  }

  /** z_p = Σₜ x_(p+t)·Wₜ + b */
  convolve(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix, window: Window, z: CpuMatrix): void {
    const { pool, postponed } = this.#house;
    // Of a few images the copy of W would take as long as the convolution.
    if (!pool.isStepping || z.rows * z.columns < W.rows * W.columns) {
      this.#convolutions.convolve(x, W, b, window, z);
      return;
    }
    const of = { x, W: this.#copy(W), b: this.#copy(b), window };
    const compute = () => this.#convolutions.convolve(x, of.W, of.b, window, z);
    postponed.add(z, new PostponedConvolution(of, "identity", compute), [x]);
  }

  /** a = σ(z) */
  activate(z: CpuMatrix, activation: ActivationName, a: CpuMatrix): void {
    const compute = () => {
      z.settle();
      this.#activations.activate(z, activation, a);
    };
    const of = z.postponed;
    if (of instanceof PostponedConvolution && of.activation === "identity" && activation in activationNumbers) {
      this.#house.postponed.add(a, new PostponedConvolution(of, activation, compute), [z]);
    } else compute();
  }

  /** z = max x over each window that x is divided into, if x is postponed; and which pixel that is. */
  maxPool({ postponed: of }: CpuMatrix, window: Window, z: CpuMatrix): CpuMatrix | undefined {
    if (!(of instanceof PostponedConvolution)) return undefined;
    const { height, width, channels } = window;
    const isWhole = height === of.window.outHeight && width === of.window.outWidth && channels === of.W.columns;
    const activation = activationNumbers[of.activation] as number;
    if (!isWhole || !this.#convolutions.poolsFaster(of, window, activation)) return undefined;
    const choices = this.#house.pool.matrix(z.rows, z.columns);
    this.#convolutions.convolvePool(of, { window, activation, z, choices });
    return choices;
  }

  #copy(matrix: CpuMatrix): CpuMatrix {
    const copy = this.#house.pool.matrix(matrix.rows, matrix.columns);
    copy.data.set(matrix.data);
    return copy;
  }
}
