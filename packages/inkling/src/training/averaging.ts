/**
 * An average of the weights over the last steps, which is often better than the weights themselves (Polyak and Juditsky
 * 1992; as here in Tarvainen and Valpola 2017). After the first step A is W; after each later one
 *
 *   A ← d·A + (1 − d)·W
 *
 * as PyTorch's AveragedModel with get_ema_multi_avg_fn(d). It remembers about 1 / (1 − d) steps.
 *
 * Training goes on from the weights. From the end of an epoch to the next step the model shows the averages: validation,
 * `evaluate`, `save` and the digest see them; inside an epoch they see the weights. The two change places for that, so
 * nothing is lost. Statistics (running means) are not averaged.
 */
import type { Backend } from "../backends/backend.ts";
import { checkNumber } from "../checks.ts";
import type { Parameter } from "../layers/layer.ts";
import type { Matrix } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { exchange, type Memory } from "./memory.ts";

export interface AveragingOptions {
  /** d, above 0 and below 1: the share of itself that the average keeps in each step. 0.999 if absent. */
  readonly decay?: number;
}

export type AveragingSettings = Required<AveragingOptions>;

/** The options, checked and completed. */
export function averagingSettings(where: string, options: AveragingOptions): AveragingSettings {
  checkOptions(where, options, ["decay"]);
  const { decay = 0.999 } = options;
  // Its float32 has to be one, too: a 1 would never change.
  checkNumber(where, "a decay above 0, below 1 (in float32 too)", decay, (d) => d > 0 && Math.fround(d) < 1);
  return { decay };
}

export class Averaging implements Memory {
  readonly #ops: Backend;
  readonly #parameters: readonly Parameter[];
  readonly #decay: number;
  /** The averages; while the model shows them, the weights. */
  readonly tensors: ReadonlyMap<string, Matrix>;
  /** Steps so far, and whether the model shows the averages. */
  readonly numbers = { steps: 0, isShown: 0 };

  constructor(ops: Backend, parameters: readonly Parameter[], { decay }: AveragingSettings) {
    this.#ops = ops;
    this.#parameters = parameters;
    this.#decay = decay;
    this.tensors = new Map(parameters.map(({ name, value }) => [name, ops.keep(value.rows, value.columns)]));
  }

  /** Takes the weights after a step. */
  afterStep(): void {
    for (const [value, average] of this.#pairs()) {
      if (this.numbers.steps === 0) this.#ops.copy(value, average);
      // A ← d·A + (1 − d)·W
      else this.#ops.average(average, value, this.#decay);
    }
    this.numbers.steps++;
  }

  /** Lets the model show the averages. */
  show(): void {
    if (this.numbers.isShown === 0 && this.numbers.steps > 0) this.#exchange(1);
  }

  /** Gives the model its weights back, for the next step. */
  hide(): void {
    if (this.numbers.isShown === 1) this.#exchange(0);
  }

  #exchange(isShown: number): void {
    for (const [value, average] of this.#pairs()) exchange(this.#ops, value, average);
    this.numbers.isShown = isShown;
  }

  #pairs(): [value: Matrix, average: Matrix][] {
    return this.#parameters.map(({ name, value }) => [value, this.tensors.get(name) as Matrix]);
  }
}
