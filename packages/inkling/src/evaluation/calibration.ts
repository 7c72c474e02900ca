/**
 * How sure a model may be, measured: its temperature (evaluation/temperature.ts), and how often it is right when it is
 * so and so sure. A network that learned its examples by heart gives them probabilities near 1, and other examples too.
 *
 * The expected calibration error (Naeini, Cooper and Hauskrecht 2015) sorts m answers into 15 bins by their confidence
 * p, bin b from above b/15 to (b + 1)/15, and compares in each the mean confidence with the share of right answers:
 *
 *   ECE = Σ_b |B_b|/m · |right_b − confidence_b|
 *
 * Of classes the confidence is the probability of the answer. Of outputs that are yes or no each, every output is an
 * answer, its confidence the probability of yes, and "right" the share of yes.
 */
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import { largest } from "../matrix.ts";
import { type Calibration, setCalibration } from "../network/certainty.ts";
import { Network } from "../network/network.ts";
import { digestOf } from "../network/record.ts";
import { checkOptions } from "../options.ts";
import type { Ensemble } from "./ensemble.ts";
import { checkedLooks, type EvaluateOptions, inChunks } from "./evaluate.ts";
import { type Answers, isOfSigmoids, logitOf, probabilities, temperatureOf, truth } from "./temperature.ts";

/** One bin of a reliability table. */
export interface ReliabilityBin {
  /** The confidences in it: above `from`, at most `to`. */
  readonly from: number;
  readonly to: number;
  readonly answers: number;
  /** The mean confidence; NaN of no answers. */
  readonly confidence: number;
  /** The share of right answers; NaN of no answers. */
  readonly right: number;
}

/** How well confidences and right answers agree. */
export interface Reliability {
  /** From 0, where they agree in every bin, to 1. */
  readonly expectedCalibrationError: number;
  readonly bins: readonly ReliabilityBin[];
}

/** How well they agree with T = 1, and with the model's temperature; the same where it has none. */
export interface ReliabilityOf {
  readonly temperature: number;
  readonly raw: Reliability;
  readonly calibrated: Reliability;
}

const BINS = 15;
/**
 * Measures the temperature of a model on examples that it has not learned from, and gives it to the model: `predict`,
 * `predictAll` and `save` use it. Loss, accuracy and digest stay as they are. An ensemble gets one temperature, of the
 * logarithms of its mean probabilities; its members keep theirs, mostly none.
 *
 * Losses on logits have a temperature: crossEntropy, sigmoidCrossEntropy and binaryCrossEntropy. Throws an
 * ArgumentError for another loss (the outputs are no logits then), and a DataError where there is no minimum: for
 * examples that are all read right (the surer the better), and for answers that are no better than chance.
 *
 * @example
 * const { train: learned, validation } = digits.train.split(5000);
 * await train(model, learned);
 * (await calibrate(model, validation)).temperature; // 1.2
 */
export async function calibrate(
  model: Network | Ensemble,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<Calibration> {
  const answers = await answersOf("calibrate", model, data, options);
  const temperature = temperatureOf(answers, `calibrate, ${data.name}`);
  const calibration: Calibration = {
    temperature,
    data: { name: data.name, examples: data.count, sha256: await digestOf(data) },
    expectedCalibrationError: {
      raw: reliabilityAt(answers, 1).expectedCalibrationError,
      calibrated: reliabilityAt(answers, temperature).expectedCalibrationError,
    },
  };
  setCalibration(model, calibration);
  return calibration;
}

/**
 * How often a model is right when it is so and so sure, on these examples. Throws an ArgumentError for a loss without
 * logits.
 */
export async function reliability(
  model: Network | Ensemble,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<ReliabilityOf> {
  const answers = await answersOf("reliability", model, data, options);
  const temperature = model.calibration?.temperature ?? 1;
  const raw = reliabilityAt(answers, 1);
  return { temperature, raw, calibrated: temperature === 1 ? raw : reliabilityAt(answers, temperature) };
}

/** Whether a model's loss is on logits, so that it can have a temperature. */
export function hasTemperature({ loss }: Pick<Network, "loss">): boolean {
  return loss.wantsLogits && (loss.type === "crossEntropy" || isOfSigmoids(loss.type));
}

async function answersOf(
  where: string,
  model: Network | Ensemble,
  data: Dataset,
  options: EvaluateOptions,
): Promise<Answers> {
  checkOptions(where, options, ["signal"]);
  const looks = checkedLooks(where, model, data, options, { needsTargets: true });
  const { loss, outputs: columns } = model;
  if (!hasTemperature(model)) {
    const expected = "a loss on logits (crossEntropy, sigmoidCrossEntropy or binaryCrossEntropy)";
    throw new ArgumentError(where, expected, loss.type, "Its outputs have no temperature.");
  }
  const kind = isOfSigmoids(loss.type) ? "sigmoid" : "softmax";
  const z = new Float64Array(data.count * columns);
  const known = model.calibration?.temperature ?? 1;
  await inChunks(model, data, looks, undefined, (start, rows, outputs, meaning) => {
    for (let e = 0; e < rows * columns; e++) {
      z[start * columns + e] = model instanceof Network ? outputs[e] : known * logitOf(meaning[e], kind);
    }
  });
  return { kind, rows: data.count, columns, z, labels: data.labels, targets: data.targets };
}

function reliabilityAt(answers: Answers, temperature: number): Reliability {
  const { rows, columns, z, labels } = answers;
  const p = new Float64Array(columns);
  const bins = Array.from({ length: BINS }, () => ({ answers: 0, confidence: 0, right: 0 }));
  const add = (confidence: number, right: number) => {
    const bin = bins[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))];
    bin.answers++;
    bin.confidence += confidence;
    bin.right += right;
  };
  for (let i = 0; i < rows; i++) {
    probabilities(answers, i, 1 / temperature, p);
    const answer = largest(z, i, columns);
    // Of classes the answer counts, of yes or no each output: the confidence is that of yes.
    if (labels !== undefined) add(p[answer], labels[i] === answer ? 1 : 0);
    else for (let j = 0; j < columns; j++) add(p[j], truth(answers, i, j));
  }
  const count = bins.reduce((sum, { answers }) => sum + answers, 0);
  return {
    // Σ_b |B_b|/m · |right_b − confidence_b|, where right and confidence are still sums
    expectedCalibrationError: bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence) / count, 0),
    bins: bins.map(({ answers, confidence, right }, b) => ({
      ...{ from: b / BINS, to: (b + 1) / BINS, answers },
      ...{ confidence: confidence / answers, right: right / answers },
    })),
  };
}
