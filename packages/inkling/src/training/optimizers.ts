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
import { checkNumber } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Parameter } from "../layers/layer.ts";
import type { Matrix } from "../matrix.ts";
import { calledAdvice, checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import type { Memory } from "./memory.ts";

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

/** An optimizer at work on the parameters of one network. What it remembers is its memory. */
export interface Updater extends Memory {
  /** Changes every parameter by its gradient. `learningRate`: η of this step; the optimizer's own if absent. */
  update(learningRate?: number): void;
}

interface SgdOptions {
  /** η, more than 0. */
  readonly learningRate?: number;
  /** λ, at least 0; Nielsen's λ / n, n the training examples: his λ = 5 on 50,000 of them is 0.0001. */
  readonly weightDecay?: number;
}

interface MomentumOptions extends SgdOptions {
  /** μ, from 0 to below 1. */
  readonly momentum?: number;
  /** Whether the gradient acts once more before the velocity does (Nesterov; as Sutskever et al. 2013). */
  readonly nesterov?: boolean;
}

interface AdamOptions extends SgdOptions {
  /** β₁, from 0 to below 1: how long the mean of the gradients remembers. */
  readonly beta1?: number;
  /** β₂, from 0 to below 1: how long the mean of their squares remembers. */
  readonly beta2?: number;
  /** ε, above 0. */
  readonly epsilon?: number;
}

interface RmspropOptions extends SgdOptions {
  /** α, from 0 to below 1: how long the mean of the squares remembers. */
  readonly alpha?: number;
  /** ε, above 0. */
  readonly epsilon?: number;
}

interface AdagradOptions extends SgdOptions {
  /** ε, above 0. */
  readonly epsilon?: number;
}

/** Plain gradient descent: η = 0.1, no weight decay. With the full batch, the original program's. */
export function sgd(options: SgdOptions = {}): Optimizer {
  return optimizer("sgd", options, { learningRate: 0.1, weightDecay: 0 }, [], (ops, learningRate) => {
    return (W, dW, weightDecay) => ops.sgd(W, dW, { learningRate, weightDecay });
  });
}

/** Gradient descent with momentum: η = 0.05, μ = 0.9, classical, no weight decay. */
export function momentum(options: MomentumOptions = {}): Optimizer {
  const defaults = { learningRate: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 };
  return optimizer("momentum", options, defaults, ["velocity"], (ops, learningRate, { momentum, nesterov }) => {
    return (W, dW, weightDecay, [v]) => ops.momentum(W, dW, v, { learningRate, momentum, nesterov, weightDecay });
  });
}

/** Adam: η = 0.001, β₁ = 0.9, β₂ = 0.999, ε = 1e-8, no weight decay. */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike("adam", options, 0);
}

/** Adam with decoupled weight decay: as `adam`, λ = 0.01. */
export function adamW(options: AdamOptions = {}): Optimizer {
  return adamLike("adamW", options, 0.01);
}

function adamLike(name: "adam" | "adamW", options: AdamOptions, weightDecay: number): Optimizer {
  const defaults = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay };
  const step: Step<typeof defaults> = (ops, eta, { beta1, beta2, epsilon }, powers) => {
    // β₁ᵗ and β₂ᵗ, by multiplication: engines differ in the last bit of a power.
    powers.beta1Power *= beta1;
    powers.beta2Power *= beta2;
    // η·m̂ / (√v̂ + ε) = (η·r / (1 − β₁ᵗ))·m / (√v + ε·r) with r = √(1 − β₂ᵗ)
    const root = Math.sqrt(1 - powers.beta2Power);
    const numbers = { stepSize: (eta * root) / (1 - powers.beta1Power), epsilon: epsilon * root, beta1, beta2 };
    return (W, dW, lambda, [m, v]) => {
      const decay = name === "adam" ? { weightDecay: lambda, keep: 1 } : { weightDecay: 0, keep: 1 - eta * lambda };
      ops.adam(W, dW, m, v, { ...numbers, ...decay });
    };
  };
  return optimizer(name, options, defaults, ["mean", "square"], step, { beta1Power: 1, beta2Power: 1 });
}

/** RMSprop: η = 0.01, α = 0.99, ε = 1e-8, no weight decay. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const defaults = { learningRate: 0.01, alpha: 0.99, epsilon: 1e-8, weightDecay: 0 };
  return optimizer("rmsprop", options, defaults, ["square"], (ops, learningRate, { alpha, epsilon }) => {
    const numbers = { learningRate, old: alpha, fresh: 1 - alpha, epsilon };
    return (W, dW, weightDecay, [v]) => ops.rootSquare(W, dW, v, { ...numbers, weightDecay });
  });
}

/** Adagrad: η = 0.01, ε = 1e-10, no weight decay. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const defaults = { learningRate: 0.01, epsilon: 1e-10, weightDecay: 0 };
  return optimizer("adagrad", options, defaults, ["square"], (ops, learningRate, { epsilon }) => {
    const numbers = { learningRate, old: 1, fresh: 1, epsilon };
    return (W, dW, weightDecay, [v]) => ops.rootSquare(W, dW, v, { ...numbers, weightDecay });
  });
}

type Settings = Optimizer["settings"] & { readonly learningRate: number; readonly weightDecay: number };

/** Changes one parameter by its gradient. `remembered`: the optimizer's matrices of it, in the order of their names. */
type Change = (W: Matrix, dW: Matrix, weightDecay: number, remembered: readonly Matrix[]) => void;

/** Begins a step: what is done to each parameter. `numbers`: what it remembers, to be changed in place. */
type Step<S> = (ops: Backend, eta: number, settings: S, numbers: Record<string, number>) => Change;

/**
 * An optimizer from its settings and its step. `remembers`: the matrices that it remembers of each parameter, by name;
 * zeros at first. `first`: the numbers that it remembers, as they are before the first step.
 */
function optimizer<S extends Settings>(
  name: OptimizerName,
  options: { readonly [Name in keyof S]?: unknown },
  defaults: S,
  remembers: readonly string[],
  step: Step<S>,
  first: Readonly<Record<string, number>> = {},
): Optimizer {
  checkOptions(name, options, Object.keys(defaults));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: S = { ...defaults, ...Object.fromEntries(given) };
  for (const [setting, value] of Object.entries(settings)) checkSetting(name, setting, value);
  const { learningRate, weightDecay } = settings;
  return {
    name,
    learningRate,
    settings,
    prepare(ops, parameters) {
      const tensors = new Map<string, Matrix>();
      const numbers = { ...first };
      const changed = parameters.map(({ name, value, gradient, decays }) => {
        const remembered = remembers.map((kind) => {
          const matrix = ops.keep(value.rows, value.columns);
          tensors.set(`${name}.${kind}`, matrix);
          return matrix;
        });
        return { value, gradient, lambda: decays ? weightDecay : 0, remembered };
      });
      const update = (eta = learningRate) => {
        const change = step(ops, eta, settings, numbers);
        for (const { value, gradient, lambda, remembered } of changed) change(value, gradient, lambda, remembered);
      };
      return { tensors, numbers, update };
    },
  };
}

/** Settings that are no shares, as a sentence names them, and their range. */
const inWords: Readonly<Record<string, readonly [name: string, range: string]>> = {
  learningRate: ["a learning rate", "above 0"],
  weightDecay: ["a weight decay", "of at least 0"],
  epsilon: ["epsilon", "above 0"],
};

/** Throws an ArgumentError for a setting that is out of its range, or would be as the float32 that it is rounded to. */
function checkSetting(optimizer: OptimizerName, setting: string, value: unknown): void {
  if (setting === "nesterov") {
    if (typeof value !== "boolean") throw new ArgumentError(optimizer, "nesterov true or false", shown(value));
    return;
  }
  const isShare = !Object.hasOwn(inWords, setting);
  const [named, range] = isShare ? [setting, "from 0 to below 1"] : inWords[setting];
  const isAbove0 = range === "above 0";
  checkNumber("optimizer", `${named} ${range}`, value, (x) => (isAbove0 ? x > 0 : x >= 0 && !(isShare && x >= 1)));
  const held = Math.fround(value as number);
  if (!Number.isFinite(held) || (held === 0 && value !== 0)) {
    throw new ArgumentError("optimizer", `${named} that float32 can hold`, shown(value));
  }
  if (isShare && held === 1) throw new ArgumentError("optimizer", `${named} below 1 in float32 too`, shown(value));
}

/** The optimizers by their names, as files and the command line use them. */
export const optimizers = { sgd, momentum, adam, adamW, rmsprop, adagrad } as const satisfies Record<
  OptimizerName,
  (options: never) => Optimizer
>;

/** Throws an ArgumentError for what is no optimizer. */
export function checkOptimizer(where: string, optimizer: unknown): asserts optimizer is Optimizer {
  if (typeof (optimizer as Partial<Optimizer> | null | undefined)?.prepare === "function") return;
  const advice = calledAdvice(optimizer, Object.keys(optimizers));
  throw new ArgumentError(where, "an optimizer, as adam()", shown(optimizer), advice);
}
