/**
 * The loss functions: what each example's outputs cost, and the gradient, side by side. The loss of a batch is the mean
 * of its examples'; it is taken where the gradients of the parameters are summed (backends/backend.ts).
 *
 *   cross-entropy   Cᵢ = −ln p_y, p = softmax(z), on logits z      ∂Cᵢ/∂z = p − y     chapter 3, "Softmax"
 *   quadratic       Cᵢ = ½·‖a − y‖², y a one-hot row               ∂Cᵢ/∂a = a − y     chapter 1, (6)
 */
import type { Backend } from "../backends/backend.ts";
import type { Labels, Matrix } from "../matrix.ts";

export type LossName = "cross-entropy" | "quadratic";

/** The loss of each example (m × 1), and its gradient with respect to that example's outputs (m × n). */
export interface LossAndGradient {
  readonly losses: Matrix;
  readonly dOutputs: Matrix;
}

type Loss = (ops: Backend, outputs: Matrix, labels: Labels) => LossAndGradient;

export const losses: Readonly<Record<LossName, Loss>> = {
  "cross-entropy": (ops, z, labels) => {
    const { losses, dZ } = ops.softmaxCrossEntropy(z, labels);
    return { losses, dOutputs: dZ };
  },
  quadratic: (ops, a, labels) => {
    const { losses, dA } = ops.quadratic(a, labels);
    return { losses, dOutputs: dA };
  },
};
