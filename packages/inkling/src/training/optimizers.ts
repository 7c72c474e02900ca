/**
 * What a step does with the gradients. An optimizer is a few numbers; `prepare` makes what it remembers of each
 * parameter (velocities, averages) and the update. Weight decay acts on weights, not on biases. g is ∂C/∂W + λ·W.
 *
 *   sgd        W ← W − η·g                                               chapter 1, (20); λ: chapter 3, (93)
 *   momentum   v ← μ·v + g;  W ← W − η·v                                 chapter 3, (107): his v is our −η·v
 *   adam       m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²
 *              W ← W − η·m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)   Kingma and Ba 2015
 *   adamW      as adam, with g = ∂C/∂W and first W ← (1 − η·λ)·W          Loshchilov and Hutter 2019
 *   rmsprop    v ← α·v + (1 − α)·g²;  W ← W − η·g / (√v + ε)              Tieleman and Hinton 2012
 *   adagrad    v ← v + g²;  W ← W − η·g / (√v + ε)                        Duchi, Hazan and Singer 2011
 *
 * Names, defaults and the place of ε are PyTorch's; `torch.test.ts` compares ten updates of each.
 */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import type { Parameter } from "../layers/layer.ts";
import type { Matrix } from "../matrix.ts";

export type OptimizerName = "sgd" | "momentum" | "adam" | "adamW" | "rmsprop" | "adagrad";

export interface Optimizer {
  readonly name: OptimizerName;
  /** η; a schedule changes it from step to step. */
  readonly learningRate: number;
  /** All of its numbers, for records and reports. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** Makes its memory of these parameters, and the update that the training step calls after `backward`. */
  prepare(ops: Backend, parameters: readonly Parameter[]): Updater;
}

/** An optimizer at work on the parameters of one network. */
export interface Updater {
  /** What it remembers, by name: with the parameters and the number of steps, all that a training needs to go on. */
  readonly state: ReadonlyMap<string, Matrix>;
  /** Changes every parameter by its gradient. `learningRate`: η of this step; the optimizer's own if absent. */
  update(learningRate?: number): void;
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
      update: (eta = learningRate) => {
        for (const { value, gradient, decays } of parameters) {
          ops.sgd(value, gradient, { learningRate: eta, weightDecay: decays ? weightDecay : 0 });
        }
      },
    }),
  };
}

/** Gradient descent with momentum: η = 0.05, μ = 0.9, classical, no weight decay. */
export function momentum(options: MomentumOptions = {}): Optimizer {
  const { learningRate = 0.05, momentum: mu = 0.9, nesterov = false, weightDecay = 0 } = options;
  checkDescent(learningRate, weightDecay);
  checkShare("momentum", mu);
  return {
    name: "momentum",
    learningRate,
    settings: { learningRate, momentum: mu, nesterov, weightDecay },
    prepare: (ops, parameters) => {
      const [velocities] = memories(ops, parameters, ["velocity"]);
      return {
        state: named(parameters, { velocity: velocities }),
        update: (eta = learningRate) => {
          for (const [i, { value, gradient, decays }] of parameters.entries()) {
            const settings = { learningRate: eta, momentum: mu, nesterov, weightDecay: decays ? weightDecay : 0 };
            ops.momentum(value, gradient, velocities[i], settings);
          }
        },
      };
    },
  };
}

interface AdamOptions extends SgdOptions {
  /** β₁, from 0 to below 1: how long the mean of the gradients remembers. */
  readonly beta1?: number;
  /** β₂, from 0 to below 1: how long the mean of their squares remembers. */
  readonly beta2?: number;
  /** ε, above 0. */
  readonly epsilon?: number;
}

/** Adam: η = 0.001, β₁ = 0.9, β₂ = 0.999, ε = 1e-8, no weight decay. */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike("adam", { weightDecay: 0, ...options });
}

/** Adam with decoupled weight decay: as `adam`, λ = 0.01. */
export function adamW(options: AdamOptions = {}): Optimizer {
  return adamLike("adamW", { weightDecay: 0.01, ...options });
}

function adamLike(name: "adam" | "adamW", options: AdamOptions & { readonly weightDecay: number }): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay } = options;
  checkDescent(learningRate, weightDecay);
  checkShare("beta1", beta1);
  checkShare("beta2", beta2);
  checkEpsilon(epsilon);
  return {
    name,
    learningRate,
    settings: { learningRate, beta1, beta2, epsilon, weightDecay },
    prepare: (ops, parameters) => {
      const [means, squares] = memories(ops, parameters, ["mean", "square"]);
      // β₁ᵗ and β₂ᵗ, by multiplication: engines differ in the last bit of a power.
      let [power1, power2] = [1, 1];
      return {
        state: named(parameters, { mean: means, square: squares }),
        update: (eta = learningRate) => {
          power1 *= beta1;
          power2 *= beta2;
          // η·m̂ / (√v̂ + ε) = (η·r / (1 − β₁ᵗ))·m / (√v + ε·r) with r = √(1 − β₂ᵗ)
          const root = Math.sqrt(1 - power2);
          const step = { stepSize: (eta * root) / (1 - power1), epsilon: epsilon * root, beta1, beta2 };
          for (const [i, { value, gradient, decays }] of parameters.entries()) {
            const lambda = decays ? weightDecay : 0;
            const decay =
              name === "adam" ? { weightDecay: lambda, keep: 1 } : { weightDecay: 0, keep: 1 - eta * lambda };
            ops.adam(value, gradient, means[i], squares[i], { ...step, ...decay });
          }
        },
      };
    },
  };
}

interface RmspropOptions extends SgdOptions {
  /** α, from 0 to below 1: how long the mean of the squares remembers. */
  readonly alpha?: number;
  /** ε, above 0. */
  readonly epsilon?: number;
}

/** RMSprop: η = 0.01, α = 0.99, ε = 1e-8, no weight decay. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate = 0.01, alpha = 0.99, epsilon = 1e-8, weightDecay = 0 } = options;
  checkShare("alpha", alpha);
  return scaled("rmsprop", { learningRate, weightDecay, epsilon }, { alpha }, { old: alpha, fresh: 1 - alpha });
}

interface AdagradOptions extends SgdOptions {
  /** ε, above 0. */
  readonly epsilon?: number;
}

/** Adagrad: η = 0.01, ε = 1e-10, no weight decay. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { learningRate = 0.01, epsilon = 1e-10, weightDecay = 0 } = options;
  return scaled("adagrad", { learningRate, weightDecay, epsilon }, {}, { old: 1, fresh: 1 });
}

/** v ← old·v + fresh·g²;  W ← W − η·g / (√v + ε) */
function scaled(
  name: "rmsprop" | "adagrad",
  { learningRate, weightDecay, epsilon }: { learningRate: number; weightDecay: number; epsilon: number },
  own: Readonly<Record<string, number>>,
  { old, fresh }: { old: number; fresh: number },
): Optimizer {
  checkDescent(learningRate, weightDecay);
  checkEpsilon(epsilon);
  return {
    name,
    learningRate,
    settings: { learningRate, ...own, epsilon, weightDecay },
    prepare: (ops, parameters) => {
      const [squares] = memories(ops, parameters, ["square"]);
      return {
        state: named(parameters, { square: squares }),
        update: (eta = learningRate) => {
          for (const [i, { value, gradient, decays }] of parameters.entries()) {
            const settings = { learningRate: eta, weightDecay: decays ? weightDecay : 0, old, fresh, epsilon };
            ops.rootSquare(value, gradient, squares[i], settings);
          }
        },
      };
    },
  };
}

/** For each name a matrix of zeros for each parameter. */
function memories(ops: Backend, parameters: readonly Parameter[], names: readonly string[]): Matrix[][] {
  return names.map(() => parameters.map(({ value }) => ops.keep(value.rows, value.columns)));
}

/** layers.0.weights.velocity and so on. */
function named(parameters: readonly Parameter[], all: Readonly<Record<string, Matrix[]>>): ReadonlyMap<string, Matrix> {
  return new Map(
    Object.entries(all).flatMap(([kind, matrices]) =>
      parameters.map(({ name }, i) => [`${name}.${kind}`, matrices[i]]),
    ),
  );
}

function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new ArgumentError("optimizer", `${name} from 0 to below 1`, String(value));
}

function checkEpsilon(epsilon: number): void {
  if (!(epsilon > 0 && Number.isFinite(epsilon)))
    throw new ArgumentError("optimizer", "epsilon above 0", String(epsilon));
}

function checkDescent(learningRate: number, weightDecay: number): void {
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new ArgumentError("optimizer", "a learning rate above 0", String(learningRate));
  }
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay))) {
    throw new ArgumentError("optimizer", "a weight decay of at least 0", String(weightDecay));
  }
}
