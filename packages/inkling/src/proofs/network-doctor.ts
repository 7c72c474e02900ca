/**
 * What the doctor finds in a network, from what it measured at the start and after each epoch: its weights, its
 * neurons, its gradients and its loss. doctor.ts measures.
 */
import type { CrossEntropyOptions } from "../losses/cross-entropy.ts";
import type { Network } from "../network/network.ts";
import type { ActivationName } from "../numbers/activations.ts";
import { log } from "../numbers/float64.ts";
import { meanOf } from "../numbers/statistics.ts";
import { type Finding, figure, type Illness, share } from "./findings.ts";

/** From which number on something is an illness. */
const LIMITS = {
  /** The first loss, as a multiple of that of a guess. */
  badStart: 4,
  /** The share of a layer's neurons that have the first one's weights. */
  equalNeurons: 1,
  /** The loss after an epoch, as a multiple of the least so far. */
  risingLoss: 1.5,
  /** What part of the loss of a guess three epochs must take away from it. */
  flatLoss: 0.01,
  /** The size of a layer's weights, as a share of their first size. */
  shrunkWeights: 0.1,
  /** The share of a layer's neurons that are 0 for every example. */
  deadNeurons: 0.6,
  /** The mean slope of a layer's neurons, as a share of the steepest. */
  saturatedNeurons: 0.2,
  /** The gradient of the first layer's biases, as a share of that of the last layer's; and how many times that. */
  vanishingGradient: 1e-3,
  explodingGradient: 1e3,
  /** The loss of the model that a training leaves, as a multiple of what it saw in its last epoch. */
  laggingAverage: 4,
} as const;

/** What the doctor knows of one layer with weights, after an epoch. */
export interface LayerHealth {
  /** layers.1 */
  readonly layer: string;
  readonly activation: ActivationName | undefined;
  /** Whether it is the last layer. */
  readonly isOutput: boolean;
  /** Whether all its neurons have the same weights; only before the first epoch, and not of the last layer. */
  readonly alike: boolean;
  /** The share of its neurons that were 0 for every example; undefined unless its activation is ReLU. */
  readonly dead: number | undefined;
  /**
   * The mean of σ′(z), as a share of the steepest slope; undefined unless its activation is sigmoid or tanh, and of the
   * last layer unless its slope is part of δ, as for `quadratic`.
   */
  readonly slope: number | undefined;
  /**
   * √(mean of (∂C/∂b)²) in the last step: how fast its neurons learn (chapter 5); 0 before the first. Where there are no
   * biases, or batch norm takes them away again, that of its weights.
   */
  readonly gradient: number;
  /** ‖change of W in this epoch‖ / ‖W‖; 0 before the first. */
  readonly change: number;
  /** ‖W‖ / ‖first W‖. */
  readonly size: number;
}

export interface Checkup {
  /** 0 before the first epoch. */
  readonly epoch: number;
  /** On the doctor's examples. */
  readonly loss: number;
  /** The same of a network that knows nothing: ln(classes) for cross-entropy; undefined for other losses. */
  readonly guess: number | undefined;
  /** What training reported of this epoch; undefined before the first. */
  readonly training: { readonly loss: number; readonly hasEnded: boolean } | undefined;
  readonly layers: readonly LayerHealth[];
}

/** What is ill before the first step. */
export function examineStart(model: Network, checkup: Checkup): Finding[] {
  const equal = equalNeurons(checkup);
  // Neurons that are equal are also dead, or saturated, together; there is one thing to do.
  return [...badStart(model, checkup), ...(equal.length > 0 ? equal : layerFindings(checkup))];
}

/**
 * What is ill after an epoch, by all checkups so far. `patience`: for how many epochs a loss has to be flat, or above its
 * least.
 */
export function examineEpoch(model: Network, checkups: readonly Checkup[], patience: number): Finding[] {
  const [first, last] = [checkups[0], checkups[checkups.length - 1]];
  if (equalNeurons(first).length > 0) return [];
  // Both say why the loss is flat, or rises.
  const isLagging = lags(checkups);
  const shrunk = isLagging ? [] : shrunkWeights(first, last);
  const stuck = isLagging || shrunk.length > 0 ? shrunk : stuckLoss(model, checkups, patience);
  const ofLoss = isLagging || stuck.length > 0 ? stuck : lossFindings(checkups, patience);
  return [
    ...(isLagging ? laggingAverage(model, last) : []),
    ...ofLoss,
    ...layerFindings(last),
    ...gradientFindings(last),
  ];
}

/**
 * The loss of a network that knows nothing and gives each of n classes 1/n; undefined for other losses.
 *
 *   quadratic            C = ½·Σ (a − y)² = ½·(1 − 1/n)
 *   sigmoidCrossEntropy  C = −Σ (y·ln a + (1 − y)·ln(1 − a)) = ln n − (n − 1)·ln(1 − 1/n)
 */
function ignorance({ loss, outputs: n }: Network, { guess }: Checkup): number | undefined {
  if (n < 2) return undefined;
  if (loss.type === "quadratic") return (1 - 1 / n) / 2;
  if (loss.type === "sigmoidCrossEntropy") return log(n) - (n - 1) * log(1 - 1 / n);
  return guess;
}

/**
 * The loss of a network that gives all classes the same probability; undefined for other losses than cross-entropy.
 *
 *   Cᵢ = ln n·Σ_c w_c·q_c,  q = (1 − s)·y + s/n
 */
export function guessOf({ loss, outputs }: Network, labels: readonly number[]): number | undefined {
  if (loss.type !== "crossEntropy" || outputs < 2) return undefined;
  const { classWeights: w, labelSmoothing: s = 0 } = loss.settings as CrossEntropyOptions;
  if (w === undefined) return log(outputs);
  const guess = log(outputs) * ((1 - s) * meanOf(labels.map((y) => w[y])) + s * meanOf(w));
  return guess > 0 ? guess : undefined;
}

/** What a loss is compared with: that of a guess, or the first. */
const unitOf = ({ guess, loss }: Checkup) => guess ?? loss;

function badStart({ outputs }: Network, { loss, guess }: Checkup): Finding[] {
  if (guess === undefined || !(loss > LIMITS.badStart * guess)) return [];
  const weights = guess === log(outputs) ? "" : ", times the class weights,";
  const sentence =
    `The first loss is ${figure(loss)}, where guessing gives ln ${outputs}${weights} = ${figure(guess)}: the first ` +
    'weights or the inputs are too large. Take the initializer "he" or "glorot", and scale the inputs.';
  return [finding("badStart", undefined, loss / guess, "C = −ln p_y", sentence)];
}

/**
 * A loss that has moved, and now stands where that of a guess is, or above it: as of steps so large that all outputs
 * were pushed to an end of the sigmoid.
 */
function stuckLoss(model: Network, checkups: readonly Checkup[], patience: number): Finding[] {
  const guess = ignorance(model, checkups[0]);
  if (guess === undefined || checkups.length < patience + 2) return [];
  const limit = LIMITS.flatLoss * guess;
  const recent = checkups.slice(-patience - 1).map(({ loss }) => loss);
  const { epoch, loss, layers } = checkups[checkups.length - 1];
  const isStanding = Math.max(...recent) - Math.min(...recent) < limit;
  if (!(isStanding && loss > guess - limit && Math.abs(checkups[0].loss - loss) > limit)) return [];
  // Through neurons that are dead nothing is learnt; that is said of them.
  if (layers.some(({ dead = 0 }) => dead > LIMITS.deadNeurons)) return [];
  const { layer, slope = 1, activation } = layers[layers.length - 1] ?? {};
  const isSaturated = slope < LIMITS.saturatedNeurons;
  const reason = isSaturated
    ? `The outputs of ${layer} are saturated: the mean of ${activation}'s slope is ${share(slope)} of its steepest, ` +
      "and the gradient is multiplied by it. Take a smaller learning rate, or cross-entropy, whose δ has no σ′."
    : "Take another learning rate, or other first weights.";
  const sentence =
    `After epoch ${epoch} the loss is ${figure(loss)}, no better than that of a guess (${figure(guess)}), and it no ` +
    `longer changes. ${reason}`;
  const equation = isSaturated ? "δ = ∂C/∂a ⊙ σ′(z)" : "W ← W − η·∂C/∂W";
  return [finding("flatLoss", undefined, loss / guess, equation, sentence)];
}

function lossFindings(checkups: readonly Checkup[], patience: number): Finding[] {
  const losses = checkups.map(({ loss }) => loss);
  const [first, last] = [losses[0], losses[losses.length - 1]];
  const epochs = losses.length - 1;
  const unit = unitOf(checkups[0]);
  // A loss that is small may be flat, or rise again.
  if (epochs < patience || !(last > unit / 2)) return [];
  const least = Math.min(...losses);
  const change = Math.max(...checkups.flatMap(({ layers }) => layers.map((layer) => layer.change)));
  const recent = losses.slice(-patience);
  if (recent.every((loss) => loss > LIMITS.risingLoss * least)) {
    const sentence =
      `After epoch ${epochs} the loss is ${figure(last)}; it was ${figure(least)} before. The steps jump over the ` +
      "minimum (W ← W − η·∂C/∂W). Take a smaller learning rate, or a schedule that ends near 0.";
    return [finding("risingLoss", undefined, last / least, "W ← W − η·∂C/∂W", sentence)];
  }
  const fallen = (first - least) / unit;
  if (fallen > LIMITS.flatLoss) return [];
  const reason =
    change < 0.01
      ? `an epoch changes the weights by ${share(change)} of their size. Take a larger learning rate`
      : `the weights do move, by up to ${share(change)} of their size in an epoch. Take a smaller learning rate, or ` +
        "other first weights";
  const sentence = `After ${epochs} epochs the loss is ${figure(last)}, at first it was ${figure(first)}: ${reason}.`;
  return [finding("flatLoss", undefined, fallen, "W ← W − η·∂C/∂W", sentence)];
}

function layerFindings({ layers }: Checkup): Finding[] {
  return layers.flatMap(({ layer, activation, dead, slope, isOutput }) => {
    if (dead !== undefined && dead > LIMITS.deadNeurons) {
      const sentence =
        `In ${layer} ${share(dead)} of the neurons are 0 for every example: ReLU's slope is 0 there, so they learn ` +
        'nothing more. Take a smaller learning rate, the initializer "he", or "leakyRelu".';
      return [finding("deadNeurons", layer, dead, "σ′(z) = 0 for z ≤ 0", sentence)];
    }
    if (!isOutput && slope !== undefined && slope < LIMITS.saturatedNeurons) {
      const sentence =
        `The neurons of ${layer} are saturated: the mean of ${activation}'s slope is ${share(slope)} of its ` +
        'steepest, and the gradient is multiplied by it. Take the initializer "glorot", scale the inputs, or take "relu".';
      return [finding("saturatedNeurons", layer, slope, "δ = ∂C/∂a ⊙ σ′(z)", sentence)];
    }
    return [];
  });
}

function gradientFindings({ layers }: Checkup): Finding[] {
  const [first, last] = [layers[0], layers.at(-1)];
  if (layers.length < 3 || first === undefined || last === undefined || !(last.gradient > 0)) return [];
  const ratio = first.gradient / last.gradient;
  // Through neurons that are dead no gradient comes; that was said.
  if (ratio < LIMITS.vanishingGradient && !layers.some(({ dead = 0 }) => dead > LIMITS.deadNeurons)) {
    const start = layers.slice(0, -1).every(({ activation }) => activation === "relu")
      ? 'the initializer "he"'
      : '"relu" with the initializer "he"';
    const sentence =
      `The gradient of ${first.layer} is ${share(ratio)} of that of ${last.layer}: each layer between multiplies it ` +
      `by W and σ′(z), and it vanishes. Take ${start}, fewer layers, or batch normalisation.`;
    return [finding("vanishingGradient", first.layer, ratio, "δˡ = (δˡ⁺¹·Wᵀ) ⊙ σ′(zˡ)", sentence)];
  }
  if (ratio > LIMITS.explodingGradient) {
    const sentence =
      `The gradient of ${first.layer} is ${figure(ratio)} times that of ${last.layer}: each layer between multiplies ` +
      'it by W, and it explodes. Take the initializer "he" or "glorot", or clip the gradient.';
    return [finding("explodingGradient", first.layer, ratio, "δˡ = (δˡ⁺¹·Wᵀ) ⊙ σ′(zˡ)", sentence)];
  }
  return [];
}

function equalNeurons({ layers }: Checkup): Finding[] {
  return layers
    .filter(({ alike }) => alike)
    .map(({ layer }) => {
      const sentence =
        `All neurons of ${layer} start with the same weights: they get the same gradient and learn the same, so they ` +
        'are one neuron. Take an initializer that draws the weights, as "he" or "glorot".';
      return finding("equalNeurons", layer, 1, "∂C/∂W = (1/m)·xᵀ·δ", sentence);
    });
}

function shrunkWeights(first: Checkup, { loss, layers }: Checkup): Finding[] {
  const least = layers.reduce((a, b) => (b.size < a.size ? b : a), layers[0]);
  // Of a network that learns, weights may become small.
  if (least === undefined || loss < unitOf(first) / 2 || !(least.size < LIMITS.shrunkWeights)) return [];
  const sentence =
    `The weights of ${least.layer} have shrunk to ${share(least.size)} of their first size, and the loss is ` +
    `${figure(loss)}: in each step the penalty, or max-norm, takes more from them than the gradient adds. Take a ` +
    "smaller weight decay or L1, or a larger max-norm.";
  return [finding("shrunkWeights", least.layer, least.size, "W ← (1 − η·λ)·W − η·∂C/∂W", sentence)];
}

/**
 * Whether the model, as it is between two epochs, stays near its first loss while training goes on to a small one. (After
 * one epoch it may be a jump of the loss, and a loss far above the first is one of steps that are too large.)
 */
function lags([first, ...after]: readonly Checkup[]): boolean {
  return after.slice(-2).every(({ loss, training }) => {
    const isNearStart = loss > unitOf(first) / 2 && loss < 2 * first.loss;
    return isNearStart && training !== undefined && loss > LIMITS.laggingAverage * training.loss;
  });
}

/** After the last epoch: then it stays so. */
function laggingAverage({ tensors }: Network, { loss, training }: Checkup): Finding[] {
  if (!training?.hasEnded) return [];
  const hasStatistics = tensors.some(({ role }) => role === "statistic");
  const [kept, advice] = hasStatistics
    ? ["the averages of the weights, or batch norm's statistics,", "a larger momentum of batch norm, or more steps"]
    : ["the averages of the weights", "or more steps"];
  const sentence =
    `The model's loss is ${figure(loss)}, and in the last epoch the training saw ${figure(training.loss)}: ` +
    `${kept} remember too many steps. Average over fewer (a smaller decay)${hasStatistics ? ", take" : ","} ${advice}.`;
  return [finding("laggingAverage", undefined, loss / training.loss, "A ← d·A + (1 − d)·W", sentence)];
}

function finding(
  illness: Exclude<Illness, "divergence"> & keyof typeof LIMITS,
  layer: string | undefined,
  value: number,
  equation: string,
  sentence: string,
): Finding {
  return { illness, layer, value, limit: LIMITS[illness], equation, sentence };
}
