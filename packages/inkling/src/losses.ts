/**
 * The loss functions: what a batch's outputs cost, and ∂C/∂output, side by side. Both are means over the batch, and
 * the mean is taken here and nowhere else: every gradient below already carries its 1 / m.
 *
 *   cross-entropy   C = −ln p_y, p = softmax(z), on logits z          ∂C/∂z = (p − y) / m     chapter 3
 *   quadratic               C = ½·‖a − y‖², y a one-hot row                   ∂C/∂a = (a − y) / m     chapter 1, (6)
 */
import type { Backend } from "./backends/backend.ts";
import type { Labels, Matrix } from "./matrix.ts";

export type LossName = "cross-entropy" | "quadratic";

/** The loss of each example (m × 1), and the gradient of their mean with respect to the network's outputs (m × n). */
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
