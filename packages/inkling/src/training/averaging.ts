/**
 * An average of the weights over the last steps, which is often better than the weights themselves (Polyak and Juditsky
 * 1992; as here in Tarvainen and Valpola 2017). After the first step A is W; after each later one
 *
 *   A ← d·A + (1 − d)·W
 *
 * as PyTorch's AveragedModel with get_ema_multi_avg_fn(d). It remembers about 1 / (1 − d) steps.
 *
 * Training goes on from the weights. From the end of an epoch to the next step the model shows the averages:
 * validation, `evaluate`, `save` and the digest see them; inside an epoch they see the weights. The two change places
 * for that, so nothing is lost.
 *
 * Statistics (the running means and variances of batch norm) are not averaged: those of the weights do not fit the
 * averages. `averagedStatistics` finds the averages' own, by one pass over the training data; the weights' are kept
 * aside meanwhile.
 */
import type { Backend } from "../backends/backend.ts";
import { checkNumber } from "../checks.ts";
import type { Batches } from "../data/batches.ts";
import type { Tensor } from "../layers/layer.ts";
import { inOrder, type Matrix } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { checkOptions } from "../options.ts";
import { yieldIfDue } from "../yielding.ts";
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
  readonly #parameters: readonly Tensor[];
  readonly #statistics: readonly Tensor[];
  readonly #decay: number;
  /** The averages; while the model shows them, the weights, and the statistics of the weights. */
  readonly tensors: ReadonlyMap<string, Matrix>;
  /** Steps so far, and whether the model shows the averages. */
  readonly numbers = { steps: 0, isShown: 0 };

  constructor(
    ops: Backend,
    parameters: readonly Tensor[],
    { decay }: AveragingSettings,
    statistics: readonly Tensor[] = [],
  ) {
    this.#ops = ops;
    this.#parameters = parameters;
    this.#statistics = statistics;
    this.#decay = decay;
    const all = [...parameters, ...statistics];
    this.tensors = new Map(all.map(({ name, value }) => [name, ops.keep(value.rows, value.columns)]));
  }

  /** Takes the weights after a step. */
  afterStep(): void {
    for (const [value, average] of this.#pairs(this.#parameters)) {
      if (this.numbers.steps === 0) this.#ops.copy(value, average);
      // A ← d·A + (1 − d)·W
      else this.#ops.average(average, value, this.#decay);
    }
    this.numbers.steps++;
  }

  /** Lets the model show the averages. Returns whether the model now needs statistics that fit them. */
  show(): boolean {
    if (this.numbers.isShown === 1 || this.numbers.steps === 0) return false;
    for (const [value, kept] of this.#pairs(this.#statistics)) this.#ops.copy(value, kept);
    this.#exchange(1);
    return this.#statistics.length > 0;
  }

  /** Gives the model its weights back, and their statistics, for the next step. */
  hide(): void {
    if (this.numbers.isShown === 0) return;
    this.#exchange(0);
    for (const [value, kept] of this.#pairs(this.#statistics)) this.#ops.copy(kept, value);
  }

  #exchange(isShown: number): void {
    for (const [value, average] of this.#pairs(this.#parameters)) exchange(this.#ops, value, average);
    this.numbers.isShown = isShown;
  }

  #pairs(tensors: readonly Tensor[]): [value: Matrix, kept: Matrix][] {
    return tensors.map(({ name, value }) => [value, this.tensors.get(name) as Matrix]);
  }
}

/**
 * Finds the statistics of a model's weights anew: one pass over all `count` examples in the order of the data, `size`
 * at a time, as they are (not augmented, nothing dropped). Of batches with the running means μ₁ … μₖ and N₁ … Nₖ
 * examples,
 *
 *   μ ← (1 − s)·μ + s·μₖ,   s = Nₖ / (N₁ + … + Nₖ)
 *
 * and the same for the unbiased variances: the mean over the batches, each by its number of examples. Where all batches
 * are equally large it is PyTorch's torch.optim.swa_utils.update_bn.
 */
export async function averagedStatistics(model: Network, batches: Batches, count: number, size: number): Promise<void> {
  const { backend } = model;
  const order = inOrder(count);
  for (let start = 0; start < count; start += size) {
    const rows = Math.min(size, count - start);
    while (backend.busy !== undefined) await backend.busy;
    const own = backend.sharing?.begin(rows) ?? { first: 0, rows };
    try {
      backend.step(() => {
        const first = start + own.first;
        const share = rows / (start + rows);
        const pass = { purpose: "statistics", epoch: 0, order, start: first, examples: rows, share } as const;
        model.forward(batches.batch(order, first, own.rows), pass);
      });
    } finally {
      backend.sharing?.end();
    }
    await backend.relieved();
    await yieldIfDue();
  }
}
