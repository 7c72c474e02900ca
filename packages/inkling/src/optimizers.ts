/**
 * What a step does with the gradients. An optimizer is a few numbers; `prepare` makes what it remembers of each
 * parameter (velocities) and the update. Weight decay acts on weights, not on biases.
 *
 *   sgd        W ← W − η·(∂C/∂W + λ·W)                          chapter 1, (20); weight decay: chapter 3, (93)
 *   momentum   v ← μ·v + ∂C/∂W + λ·W;  W ← W − η·v              chapter 3, (107): his v is our −η·v
 */
import type { Backend } from "./backends/backend.ts";
import { ArgumentError } from "./errors.ts";
import type { Parameter } from "./layers/layer.ts";
import type { Matrix } from "./matrix.ts";

export type OptimizerName = "sgd" | "momentum";

export interface Optimizer {
  readonly name: OptimizerName;
  readonly learningRate: number;
  /** All of its numbers, for records and reports. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** Makes its memory of these parameters, and the update that the training step calls after `backward`. */
  prepare(ops: Backend, parameters: readonly Parameter[]): Updater;
}

/** An optimizer at work on the parameters of one network. */
export interface Updater {
  /** What it remembers, by name: with the parameters, all that a training needs to go on. */
  readonly state: ReadonlyMap<string, Matrix>;
  /** Changes every parameter by its gradient. */
  update(): void;
}

interface SgdOptions {
  /** η, more than 0. */
  readonly learningRate?: number;
  /** λ, at least 0; Nielsen's λ / n. */
  readonly weightDecay?: number;
}

interface MomentumOptions extends SgdOptions {
  /** μ, from 0 to below 1. */
  readonly momentum?: number;
  /** Whether the gradient acts once more before the velocity does (Nesterov; as Sutskever et al. 2013). */
  readonly nesterov?: boolean;
}

/** Plain gradient descent: η = 0.1, no weight decay. With the full batch, the original program's. */
export function sgd({ learningRate = 0.1, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  checkDescent(learningRate, weightDecay);
  return {
    name: "sgd",
    learningRate,
    settings: { learningRate, weightDecay },
    prepare: (ops, parameters) => ({
      state: new Map(),
      update: () => {
        for (const { value, gradient, decays } of parameters) {
          ops.sgd(value, gradient, { learningRate, weightDecay: decays ? weightDecay : 0 });
        }
      },
    }),
  };
}

/** Gradient descent with momentum: η = 0.05, μ = 0.9, classical, no weight decay. */
export function momentum(options: MomentumOptions = {}): Optimizer {
  const { learningRate = 0.05, momentum: mu = 0.9, nesterov = false, weightDecay = 0 } = options;
  checkDescent(learningRate, weightDecay);
  if (!(mu >= 0 && mu < 1)) throw new ArgumentError("momentum", "momentum from 0 to below 1", String(mu));
  return {
    name: "momentum",
    learningRate,
    settings: { learningRate, momentum: mu, nesterov, weightDecay },
    prepare: (ops, parameters) => {
      const velocities = parameters.map(({ value }) => ops.keep(value.rows, value.columns));
      return {
        state: new Map(parameters.map(({ name }, i) => [`${name}.velocity`, velocities[i]])),
        update: () => {
          for (const [i, { value, gradient, decays }] of parameters.entries()) {
            const settings = { learningRate, momentum: mu, nesterov, weightDecay: decays ? weightDecay : 0 };
            ops.momentum(value, gradient, velocities[i], settings);
          }
        },
      };
    },
  };
}

function checkDescent(learningRate: number, weightDecay: number): void {
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new ArgumentError("optimizer", "a learning rate above 0", String(learningRate));
  }
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay))) {
    throw new ArgumentError("optimizer", "a weight decay of at least 0", String(weightDecay));
  }
}
