/**
 * Cross-entropy of sigmoid, for yes or no: each output is a question of its own, and several may be true of one example.
 * Chapter 3, (57), with the mean over the outputs.
 *
 *   p = σ(z)   Cᵢ = −(1/n)·Σⱼ (yⱼ·ln pⱼ + (1 − yⱼ)·ln(1 − pⱼ))   ∂Cᵢ/∂z = (1/n)·(p − y)               z, p, y (m × n)
 *
 * It is computed on z, as Cᵢ = (1/n)·Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ), so that no p is rounded to 0 or 1 first: PyTorch's
 * BCEWithLogitsLoss.
 */
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { checkNoOptions } from "../options.ts";
import { type Loss, numbersOf } from "./loss.ts";
import { ShareScores } from "./scores.ts";

/**
 * Binary cross-entropy, on the logits of a last layer without activation, one output a question. The targets are
 * numbers from 0 (no) to 1 (yes), never scaled; the outputs mean probabilities: sigmoid of them. Training and evaluation
 * throw a DataError for targets outside of 0 to 1.
 *
 * Of two classes with labels, crossEntropy() with two outputs is the same: softmax of two outputs is sigmoid of their
 * difference.
 *
 * @example
 * const data = table([[0, 1], [1, 1]], [0, 1], { task: "numbers", targetNames: ["is spam"] });
 * const model = network([2], [dense(8, "relu"), dense(1)], { loss: binaryCrossEntropy() });
 */
export function binaryCrossEntropy(...none: never[]): Loss<"numbers"> {
  checkNoOptions("binaryCrossEntropy", none);
  return {
    type: "binaryCrossEntropy",
    task: "numbers",
    settings: {},
    wantsLogits: true,
    wantsShares: true,
    compute(ops, z, targets) {
      // Cᵢ = (1/n)·Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ),  ∂Cᵢ/∂z = (1/n)·(σ(z) − y)
      const y = numbersOf("binaryCrossEntropy", targets);
      const { losses, dZ } = ops.binaryCrossEntropy(z, y, 1 / z.columns);
      return { losses, dOutputs: dZ };
    },
    meaning(ops, z) {
      // σ(z) = w·(σ(z) − y) with y = 0 and w = 1
      return ops.binaryCrossEntropy(z, ops.matrix(z.rows, z.columns), 1).dZ;
    },
    checkModel({ targetScaling }) {
      if (targetScaling === undefined) return;
      const expected = "no targetScaling (binaryCrossEntropy takes targets from 0 to 1 as they are)";
      throw new ArgumentError("network", expected, "a scaling", "Leave it out.");
    },
    checkTargets,
    scores: (data, outputs) => new ShareScores(data, outputs),
  };
}

function checkTargets(where: string, { name, outputs, targets = new Float32Array() }: Dataset): void {
  const bad = targets.findIndex((target) => !(target >= 0 && target <= 1));
  if (bad === -1) return;
  const place = `${where}, ${name}, example ${Math.floor(bad / outputs)}`;
  const advice = "For other numbers take meanSquared().";
  throw new DataError(place, "targets from 0 to 1 (the loss is binaryCrossEntropy)", String(targets[bad]), advice);
}
