/**
 * Cross-entropy of softmax, for classes. Chapter 3, "Softmax". With class weights w, or with label smoothing s (Szegedy
 * et al. 2016), the target is a row q instead of a one-hot row y:
 *
 *   p = softmax(z)   Cᵢ = −ln p_y   ∂Cᵢ/∂z = p − y                                                z, p, q (m × n classes)
 *   q = (1 − s)·y + s/n   Cᵢ = −Σ_c w_c·q_c·ln p_c   ∂Cᵢ/∂zⱼ = pⱼ·Σ_c w_c·q_c − wⱼ·qⱼ                        w (1 × n)
 *
 * The loss of a batch is C = (1/m)·Σ Cᵢ also with weights. That is PyTorch's CrossEntropyLoss(weight, label_smoothing,
 * reduction="sum") divided by m; its reduction="mean" divides by the sum of the labels' weights.
 */
import { checkNumber, checkShare } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { type Loss, labelsOf } from "./loss.ts";
import { ClassScores } from "./scores.ts";

export interface CrossEntropyOptions {
  /**
   * s, from 0 to below 1: the share of the target that is spread evenly over all classes, so that the network does not
   * become too sure. 0 if absent; 0.1 is usual.
   */
  readonly labelSmoothing?: number;
  /**
   * How much each class counts: a number of at least 0 a class, class 0 first. All 1 if absent. `balancedWeights(data)`
   * makes rare classes count as much as frequent ones, `namedWeights(data, { cat: 2 })` takes them by name.
   */
  readonly classWeights?: readonly number[];
}

/**
 * Cross-entropy, on the logits of a last layer without activation. The outputs mean probabilities: softmax of them.
 * Throws an ArgumentError for options out of their range; a network throws a ShapeError for another number of weights
 * than it has outputs.
 *
 * @example
 * const rareCounts = crossEntropy({ labelSmoothing: 0.1, classWeights: [1, 1, 4] });
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss<"classes"> {
  checkOptions("crossEntropy", options, ["labelSmoothing", "classWeights"]);
  const { labelSmoothing: smoothing = 0, classWeights: weights } = options;
  checkShare("crossEntropy", "labelSmoothing", smoothing);
  const classWeights = weights && checkedWeights(weights);
  const isPlain = smoothing === 0 && classWeights === undefined;
  let ones: readonly number[] = [];
  const weightsFor = (n: number) => {
    if (ones.length !== n) ones = new Array<number>(n).fill(1);
    return classWeights ?? ones;
  };
  return {
    type: "crossEntropy",
    task: "classes",
    settings: { ...(smoothing > 0 && { labelSmoothing: smoothing }), ...(classWeights && { classWeights }) },
    wantsLogits: true,
    compute(ops, z, targets) {
      const labels = labelsOf("crossEntropy", targets);
      if (isPlain) {
        // Cᵢ = −ln p_y,  ∂Cᵢ/∂z = p − y
        const { losses, dZ } = ops.softmaxCrossEntropy(z, labels);
        return { losses, dOutputs: dZ };
      }
      const w = ops.matrix(1, z.columns);
      ops.write(w, weightsFor(z.columns));
      // Cᵢ = −Σ_c w_c·q_c·ln p_c,  ∂Cᵢ/∂zⱼ = pⱼ·Σ_c w_c·q_c − wⱼ·qⱼ
      const { losses, dZ } = ops.weightedCrossEntropy(z, labels, w, smoothing);
      return { losses, dOutputs: dZ };
    },
    meaning: (ops, z) => ops.softmax(z),
    checkModel({ outputs }) {
      if (classWeights === undefined || classWeights.length === outputs) return;
      const expected = `${outputs} numbers (one for each class)`;
      throw new ShapeError("crossEntropy, classWeights", expected, String(classWeights.length));
    },
    scores: (data, classes, names, options) => new ClassScores(data, classes, names, options),
  };
}

/** A copy of class weights. Throws an ArgumentError unless they are numbers of at least 0, and one is above 0. */
function checkedWeights(given: unknown): readonly number[] {
  if (!(Array.isArray(given) || given instanceof Float32Array || given instanceof Float64Array)) {
    throw new ArgumentError("crossEntropy", "classWeights to be a list of numbers", shown(given));
  }
  const weights = Array.from<number>(given);
  for (const [c, weight] of weights.entries()) {
    const where = `crossEntropy, classWeights[${c}]`;
    checkNumber(where, "a number of at least 0 that float32 can hold", weight, (w) => w >= 0 && w < 3.4e38);
  }
  if (weights.some((weight) => weight > 0)) return weights;
  throw new ArgumentError("crossEntropy, classWeights", "a weight above 0", weights.length === 0 ? "none" : "only 0");
}
