/**
 * What keeps gradients and weights small, besides weight decay (which is the optimizer's). In a step, in this order:
 *
 *   l1        ∂C/∂W ← ∂C/∂W + λ·sign(W)      chapter 3, "Other techniques for regularization"; his λ / n
 *   clipNorm  g ← min(1, c / ‖g‖)·g          g: the gradients of all parameters as one vector (Pascanu et al. 2013)
 *   the optimizer's update
 *   maxNorm   Wⱼ ← min(1, c / ‖Wⱼ‖)·Wⱼ       Wⱼ: a neuron's incoming weights (Srebro and Shraibman 2005)
 *
 * l1 and maxNorm act on weights, as weight decay does, not on biases. What is clipped is the loss's gradient with its
 * L1 term; the optimizer's weight decay comes after it. Norms are summed in float64; the order is in backend.ts.
 */
import type { Backend } from "../backends/backend.ts";
import { SquareSum } from "../backends/totals.ts";
import { checkNumber } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Parameter } from "../layers/layer.ts";
import { shown } from "../shown.ts";

export interface ConstraintOptions {
  /**
   * λ of an L1 penalty, above 0: adds λ·sign(W) to the gradient of every weight. The book's λ / n, n the training
   * examples. None if absent.
   */
  readonly l1?: number;
  /** The most that the norm of all gradients together may be, above 0: larger ones are scaled down. None if absent. */
  readonly clipNorm?: number;
  /**
   * The most that the norm of a neuron's incoming weights may be, above 0: after the update larger ones are scaled
   * down. A neuron is a column of W; in a convolution, a filter with all its taps. None if absent.
   */
  readonly maxNorm?: number;
}

/** The names of the constraints. */
export const constraintNames = ["l1", "clipNorm", "maxNorm"] as const;

/** The constraints that are given, checked. */
export function constraintsOf(where: string, options: ConstraintOptions): ConstraintOptions {
  const given = constraintNames.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    checkNumber(where, `${name} above 0`, value, (limit) => limit > 0);
    if (Math.fround(value) > 0 && Number.isFinite(Math.fround(value))) return [[name, value] as const];
    throw new ArgumentError(where, `${name} that float32 can hold`, shown(value));
  });
  return Object.fromEntries(given);
}

export class Constraints {
  readonly #ops: Backend;
  readonly #all: readonly Parameter[];
  readonly #weights: readonly Parameter[];
  readonly #options: ConstraintOptions;
  readonly #squares = new SquareSum();

  constructor(ops: Backend, parameters: readonly Parameter[], options: ConstraintOptions) {
    this.#ops = ops;
    this.#all = parameters;
    this.#weights = parameters.filter(({ decays }) => decays);
    this.#options = options;
  }

  /** What is done to the gradients before the update. */
  beforeUpdate(): void {
    const { l1, clipNorm } = this.#options;
    if (l1 !== undefined) for (const { value, gradient } of this.#weights) this.#ops.addSign(gradient, value, l1);
    if (clipNorm === undefined) return;
    this.#squares.reset();
    for (const { gradient } of this.#all) this.#ops.sumSquares(gradient, this.#squares);
    for (const { gradient } of this.#all) this.#ops.clip(gradient, this.#squares, clipNorm);
  }

  /** What is done to the weights after it. */
  afterUpdate(): void {
    const { maxNorm } = this.#options;
    if (maxNorm !== undefined) for (const { value } of this.#weights) this.#ops.limitColumns(value, maxNorm);
  }
}
