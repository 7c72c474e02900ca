/**
 * The losses made of squared differences.
 *
 *   quadratic     Cᵢ = ½·Σⱼ (aⱼ − yⱼ)²,  ∂Cᵢ/∂a = a − y              classes, y a one-hot row: chapter 1, (6)
 *   meanSquared   Cᵢ = (1/n)·Σⱼ (aⱼ − yⱼ)²,  ∂Cᵢ/∂a = (2/n)·(a − y)   numbers; PyTorch's MSELoss
 *
 *   a, y (m × n)
 */
import { checkNoOptions } from "../options.ts";
import { type Loss, labelsOf, numbersOf } from "./loss.ts";
import { ClassScores, NumberScores } from "./scores.ts";

/** The book's quadratic loss, for classes. The outputs are compared with 1 for the label and 0 for the others. */
export function quadratic(...none: never[]): Loss<"classes"> {
  checkNoOptions("quadratic", none);
  return {
    type: "quadratic",
    task: "classes",
    settings: {},
    wantsLogits: false,
    compute(ops, a, targets) {
      // Cᵢ = ½·Σ (aⱼ − yⱼ)²,  ∂Cᵢ/∂a = a − y
      const { losses, dA } = ops.squaredError(a, labelsOf("quadratic", targets), 0.5);
      return { losses, dOutputs: dA };
    },
    meaning: (_ops, a) => a,
    scores: (data, classes, names, options) => new ClassScores(data, classes, names, options),
  };
}

/** Mean squared error, for numbers (regression). */
export function meanSquared(...none: never[]): Loss<"numbers"> {
  checkNoOptions("meanSquared", none);
  return {
    type: "meanSquared",
    task: "numbers",
    settings: {},
    wantsLogits: false,
    compute(ops, a, targets) {
      // Cᵢ = (1/n)·Σ (aⱼ − yⱼ)²,  ∂Cᵢ/∂a = (2/n)·(a − y)
      const { losses, dA } = ops.squaredError(a, numbersOf("meanSquared", targets), 1 / a.columns);
      return { losses, dOutputs: dA };
    },
    meaning: (_ops, a) => a,
    scores: (data, outputs) => new NumberScores(data, outputs),
  };
}
