/**
 * The losses for numbers (regression) in which a far outlier pulls no harder than any other example: their slope does
 * not grow with the distance.
 *
 *   huber          Cᵢ = (1/n)·Σⱼ h(aⱼ − yⱼ),  ∂Cᵢ/∂a = (1/n)·(a − y, held between −δ and δ)   Huber 1964
 *                  h(d) = ½·d² where |d| ≤ δ, otherwise δ·(|d| − ½·δ)                         PyTorch's HuberLoss
 *   meanAbsolute   Cᵢ = (1/n)·Σⱼ |aⱼ − yⱼ|,  ∂Cᵢ/∂a = (1/n)·sign(a − y)                       PyTorch's L1Loss
 *
 *   a, y (m × n)
 */
import { checkNumber } from "../checks.ts";
import { checkNoOptions, checkOptions } from "../options.ts";
import { type Loss, numbersOf } from "./loss.ts";
import { NumberScores } from "./scores.ts";

export interface HuberOptions {
  /**
   * δ, above 0: up to this distance the loss is a square, beyond it a straight line. 1 if absent. It is a distance of
   * the numbers as the network sees them: scaled where the model scales them.
   */
  readonly delta?: number;
}

/** Huber's loss, for numbers (regression). Throws an ArgumentError unless delta is above 0. */
export function huber(options: HuberOptions = {}): Loss<"numbers"> {
  checkOptions("huber", options, ["delta"]);
  const { delta = 1 } = options;
  const isHeld = (value: number) => Math.fround(value) > 0 && Number.isFinite(Math.fround(value));
  checkNumber("huber", "delta above 0 that float32 can hold", delta, isHeld);
  return {
    type: "huber",
    task: "numbers",
    settings: { delta },
    wantsLogits: false,
    compute(ops, a, targets) {
      // Cᵢ = (1/n)·Σⱼ h(aⱼ − yⱼ),  ∂Cᵢ/∂a = (1/n)·(a − y, held between −δ and δ)
      const { losses, dA } = ops.huberError(a, numbersOf("huber", targets), delta, 1 / a.columns);
      return { losses, dOutputs: dA };
    },
    meaning: (_ops, a) => a,
    scores: (data, outputs) => new NumberScores(data, outputs),
  };
}

/** Mean absolute error, for numbers (regression). At a difference of 0 its slope is 0. */
export function meanAbsolute(...none: never[]): Loss<"numbers"> {
  checkNoOptions("meanAbsolute", none);
  return {
    type: "meanAbsolute",
    task: "numbers",
    settings: {},
    wantsLogits: false,
    compute(ops, a, targets) {
      // Cᵢ = (1/n)·Σⱼ |aⱼ − yⱼ|,  ∂Cᵢ/∂a = (1/n)·sign(a − y)
      const { losses, dA } = ops.absoluteError(a, numbersOf("meanAbsolute", targets), 1 / a.columns);
      return { losses, dOutputs: dA };
    },
    meaning: (_ops, a) => a,
    scores: (data, outputs) => new NumberScores(data, outputs),
  };
}
