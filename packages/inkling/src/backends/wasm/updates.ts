/** The updates of kernels/elementwise.ts: their arguments. A tile is TILE_NUMBERS weights. */
import * as argument from "../../../kernels/arguments.ts";
import { ADAM, MOMENTUM, ROOT_SQUARE, SGD } from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { AdamSettings, DescentSettings, MomentumSettings, RootSquareSettings } from "../settings.ts";

export class Updates {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  sgd(value: CpuMatrix, gradient: CpuMatrix, settings: DescentSettings): void {
    this.#update(SGD, value, gradient, settings.learningRate, settings.weightDecay, 1);
  }

  momentum(value: CpuMatrix, gradient: CpuMatrix, velocity: CpuMatrix, settings: MomentumSettings): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_VELOCITY, address(velocity));
    calls.float(argument.UPDATE_MU, settings.momentum);
    calls.word(argument.UPDATE_NESTEROV, settings.nesterov ? 1 : 0);
    this.#update(MOMENTUM, value, gradient, settings.learningRate, settings.weightDecay, 2);
  }

  adam(value: CpuMatrix, gradient: CpuMatrix, mean: CpuMatrix, square: CpuMatrix, settings: AdamSettings): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_MEAN, address(mean));
    calls.word(argument.UPDATE_SQUARE, address(square));
    calls.float(argument.UPDATE_MEAN_OLD, settings.beta1);
    calls.float(argument.UPDATE_MEAN_FRESH, 1 - settings.beta1);
    calls.float(argument.UPDATE_OLD, settings.beta2);
    calls.float(argument.UPDATE_FRESH, 1 - settings.beta2);
    calls.float(argument.UPDATE_EPSILON, settings.epsilon);
    calls.float(argument.UPDATE_KEEP, settings.keep);
    this.#update(ADAM, value, gradient, settings.stepSize, settings.weightDecay, 8);
  }

  rootSquare(value: CpuMatrix, gradient: CpuMatrix, square: CpuMatrix, settings: RootSquareSettings): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_SQUARE, address(square));
    calls.float(argument.UPDATE_OLD, settings.old);
    calls.float(argument.UPDATE_FRESH, settings.fresh);
    calls.float(argument.UPDATE_EPSILON, settings.epsilon);
    this.#update(ROOT_SQUARE, value, gradient, settings.learningRate, settings.weightDecay, 8);
  }

  /** Runs an update whose own arguments are set; `work` is how much longer than plain descent it takes for a number. */
  #update(operation: number, value: CpuMatrix, gradient: CpuMatrix, eta: number, lambda: number, work: number): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_W, address(value));
    calls.word(argument.UPDATE_GRADIENT, address(gradient));
    calls.float(argument.UPDATE_ETA, eta);
    calls.float(argument.UPDATE_LAMBDA, lambda);
    calls.runOnNumbers(operation, argument.UPDATE_COUNT, value, work);
  }
}
