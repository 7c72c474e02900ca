/** The activations of kernels/elementwise.ts and kernels/smooth.ts: their arguments. A tile is TILE_NUMBERS numbers. */
import * as argument from "../../../kernels/arguments.ts";
import {
  ACTIVATE,
  ACTIVATE_BACKWARD,
  ELU,
  GELU,
  LEAKY_RELU,
  RELU,
  SIGMOID,
  SILU,
  TANH,
} from "../../../kernels/layout.ts";
import type { ActivationName } from "../../numbers/activations.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";

/** The kernels' numbers of activations. The identity needs none. */
const activationNumbers: Readonly<Record<ActivationName, number>> = {
  identity: 0,
  relu: RELU,
  leakyRelu: LEAKY_RELU,
  sigmoid: SIGMOID,
  tanh: TANH,
  gelu: GELU,
  silu: SILU,
  elu: ELU,
};

export class Activations {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  activate(z: CpuMatrix, activation: ActivationName, a: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.ACTIVATION_Z, address(z));
    calls.word(argument.ACTIVATION_A, address(a));
    calls.word(argument.ACTIVATION_KIND, activationNumbers[activation]);
    calls.runOnNumbers(ACTIVATE, argument.ACTIVATION_COUNT, z, 2);
  }

  activateBackward(dA: CpuMatrix, z: CpuMatrix, a: CpuMatrix, activation: ActivationName, delta: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.ACTIVATION_DA, address(dA));
    calls.word(argument.ACTIVATION_Z, address(z));
    calls.word(argument.ACTIVATION_A, address(a));
    calls.word(argument.ACTIVATION_DELTA, address(delta));
    calls.word(argument.ACTIVATION_KIND, activationNumbers[activation]);
    calls.runOnNumbers(ACTIVATE_BACKWARD, argument.ACTIVATION_COUNT, dA, 2);
  }
}
