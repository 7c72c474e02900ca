/**
 * The book's cross-entropy (chapter 3, (63); network2.py): each class is a yes or no of its own, by a sigmoid, and the
 * costs of all classes are added. The probabilities of an example need not add up to 1.
 *
 *   p = σ(z)   Cᵢ = −Σⱼ (yⱼ·ln pⱼ + (1 − yⱼ)·ln(1 − pⱼ))   ∂Cᵢ/∂z = p − y        z, p (m × n), y a one-hot row
 */
import { checkNoOptions } from "../options.ts";
import { type Loss, labelsOf } from "./loss.ts";
import { ClassScores } from "./scores.ts";

/**
 * The cross-entropy of the book's network2.py, for classes, on the logits of a last layer without activation; the
 * outputs mean sigmoid of them. For most trainings `crossEntropy()` (of softmax) is the better one.
 */
export function sigmoidCrossEntropy(...none: never[]): Loss<"classes"> {
  checkNoOptions("sigmoidCrossEntropy", none);
  return {
    type: "sigmoidCrossEntropy",
    task: "classes",
    settings: {},
    wantsLogits: true,
    compute(ops, z, targets) {
      const zeros = ops.matrix(z.rows, z.columns);
      // y = 0 − (0 − y): the slope of ½·Σ (aⱼ − yⱼ)² at a = 0 is −y
      const y = ops.addScaled(zeros, ops.squaredError(zeros, labelsOf("sigmoidCrossEntropy", targets), 0.5).dA, -1);
      // Cᵢ = Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ),  ∂Cᵢ/∂z = σ(z) − y
      const { losses, dZ } = ops.binaryCrossEntropy(z, y, 1);
      return { losses, dOutputs: dZ };
    },
    meaning: (ops, z) => ops.activate(z, "sigmoid"),
    scores: (data, classes, names, options) => new ClassScores(data, classes, names, options),
  };
}
