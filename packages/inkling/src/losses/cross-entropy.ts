/**
 * Cross-entropy of softmax, for classes. Chapter 3, "Softmax".
 *
 *   p = softmax(z)   Cᵢ = −ln p_y   ∂Cᵢ/∂z = p − y, y a one-hot row      z, p (m × classes)
 */
import { checkNoOptions } from "../options.ts";
import { type Loss, labelsOf } from "./loss.ts";
import { ClassScores } from "./scores.ts";

/** Cross-entropy, on the logits of a last layer without activation. The outputs mean probabilities: softmax of them. */
export function crossEntropy(...none: never[]): Loss<"classes"> {
  checkNoOptions("crossEntropy", none);
  return {
    type: "crossEntropy",
    task: "classes",
    settings: {},
    wantsLogits: true,
    compute(ops, z, targets) {
      // Cᵢ = −ln p_y,  ∂Cᵢ/∂z = p − y
      const { losses, dZ } = ops.softmaxCrossEntropy(z, labelsOf("crossEntropy", targets));
      return { losses, dOutputs: dZ };
    },
    meaning: (ops, z) => ops.softmax(z),
    scores: (data, classes, names) => new ClassScores(data, classes, names),
  };
}
