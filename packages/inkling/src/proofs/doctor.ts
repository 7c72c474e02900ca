/**
 * The failure doctor: why does this network not learn? It looks at the data once, at the network before the first step
 * and after each epoch, and names each illness once, with its number, its equation and what to do.
 *
 *   const doctor = new Doctor(model, data);
 *   for (const { sentence } of await doctor.before()) console.warn(sentence);
 *   for await (const progress of train(model, data, options)) {
 *     for (const { sentence } of await doctor.after(progress)) console.warn(sentence);
 *   }
 *
 * It sends a few training examples through the network as `evaluate` does, so it changes nothing: a training with it
 * has the same digest. Looking takes about as long as one step of training, and once an epoch. Chapter 3 ("Weight
 * initialization", "How to choose a neural network's hyper-parameters?"); chapter 5 for gradients that vanish.
 */
import { Totals } from "../backends/totals.ts";
import { Batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { DivergenceError } from "../errors.ts";
import { checkFits } from "../evaluation/fits.ts";
import { EVALUATION, type Parameter } from "../layers/layer.ts";
import { compareWith } from "../losses/loss.ts";
import type { Matrix, Numbers } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import type { ActivationName } from "../numbers/activations.ts";
import { log } from "../numbers/float64.ts";
import { checkOptions } from "../options.ts";
import type { Progress } from "../training/train.ts";
import { examineData } from "./data-doctor.ts";
import { type Finding, figure, type Illness, share } from "./findings.ts";
import { activationOf, changeOf, deadShare, outputShapes, rootMeanSquare, slopeShare } from "./health.ts";

/** Training examples that are sent through the network, spread evenly over all. */
const EXAMPLES = 256;

/** From which number on something is an illness. */
const LIMITS = {
  /** The first loss, as a multiple of that of a guess. */
  badStart: 4,
  /** The loss after an epoch, as a multiple of the least so far. */
  risingLoss: 1.5,
  /** What part of the loss of a guess three epochs must take away from it. */
  flatLoss: 0.01,
  /** The share of a layer's neurons that are 0 for every example. */
  deadNeurons: 0.6,
  /** The mean slope of a layer's neurons, as a share of the steepest. */
  saturatedNeurons: 0.2,
  /** The gradient of the first layer's biases, as a share of that of the last layer's; and how many times that. */
  vanishingGradient: 1e-3,
  explodingGradient: 1e3,
} as const;

/** The loss is flat, or rises, when it has done so for so many epochs and steps. */
const [EPOCHS, STEPS] = [3, 10];

/** What the doctor knows of one layer with weights, after an epoch. */
export interface LayerHealth {
  /** layers.1 */
  readonly layer: string;
  readonly activation: ActivationName | undefined;
  /** The share of its neurons that were 0 for every example; undefined unless its activation is ReLU. */
  readonly dead: number | undefined;
  /** The mean of σ′(z), as a share of the steepest slope; undefined unless its activation is sigmoid or tanh. */
  readonly slope: number | undefined;
  /** √(mean of (∂C/∂b)²) in the last step: how fast its neurons learn (chapter 5); 0 before the first. */
  readonly gradient: number;
  /** ‖change of W in this epoch‖ / ‖W‖; 0 before the first. */
  readonly change: number;
}

export interface Checkup {
  /** 0 before the first epoch. */
  readonly epoch: number;
  /** On the doctor's examples. */
  readonly loss: number;
  readonly layers: readonly LayerHealth[];
}

export interface DoctorOptions {
  /** The examples to test on: training examples among them are an illness, too. */
  readonly test?: Dataset;
}

export class Doctor {
  /** What was measured before the training and after each epoch. */
  readonly checkups: Checkup[] = [];
  /** Everything that was found so far. */
  readonly findings: Finding[] = [];
  readonly #model: Network;
  readonly #data: Dataset;
  readonly #test: Dataset | undefined;
  readonly #batches: Batches;
  readonly #order: Uint32Array;
  #weights: readonly Numbers[] = [];

  /** Throws a ShapeError or a DataError if model and data do not fit. */
  constructor(model: Network, data: Dataset, options: DoctorOptions = {}) {
    checkNetwork("Doctor", model);
    checkOptions("Doctor", options, ["test"]);
    checkFits("Doctor", model, data, { needsTargets: true });
    this.#model = model;
    this.#data = data;
    this.#test = options.test;
    this.#batches = new Batches(model.backend, data, model.scaling, model.targetScaling);
    const count = Math.min(EXAMPLES, data.count);
    this.#order = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * data.count) / count));
  }

  /** Examines the data, and the network as it is now. Returns what it has not said before. */
  async before(): Promise<Finding[]> {
    const checkup = await this.#look(0);
    return this.#news([
      ...examineData(this.#model, this.#data, this.#test),
      ...this.#startFindings(checkup),
      ...this.#layerFindings(checkup),
    ]);
  }

  /** Examines the network after an epoch; inside one it finds nothing. Returns what it has not said before. */
  async after({ epoch, epochEnded, steps }: Progress): Promise<Finding[]> {
    if (!epochEnded) return [];
    const checkup = await this.#look(epoch);
    return this.#news([
      ...this.#lossFindings(Math.max(EPOCHS, Math.ceil(STEPS / steps))),
      ...this.#layerFindings(checkup),
      ...this.#gradientFindings(checkup),
    ]);
  }

  /** What a training died of; nothing for an error that is no divergence. */
  onError(error: unknown): Finding[] {
    if (!(error instanceof DivergenceError)) return [];
    const { learningRate, epoch, step } = error;
    const value = Math.max(0, ...this.checkups.flatMap(({ layers }) => layers.map(({ change }) => change)));
    return this.#news([
      {
        ...{ illness: "divergence", layer: undefined, value: learningRate, limit: Number.POSITIVE_INFINITY },
        equation: "W ← W − η·∂C/∂W",
        sentence:
          `The numbers overflowed in epoch ${epoch}, step ${step}: each step was larger than the one before. ` +
          `The learning rate is ${figure(learningRate)}` +
          (value > 0 ? `, and an epoch changed the weights by ${share(value)} of their size. ` : ". ") +
          "Take a tenth of it, scale the inputs, or clip the gradient.",
      },
    ]);
  }

  /** Those that were not said before: one a kind and layer. */
  #news(found: readonly Finding[]): Finding[] {
    const key = ({ illness, layer }: Finding) => `${illness} ${layer}`;
    const said = new Set(this.findings.map(key));
    const fresh = found.filter((finding) => !said.has(key(finding)));
    this.findings.push(...fresh);
    return fresh;
  }

  /** Sends the examples through the network, layer by layer, and reads what comes out, and all weights. */
  async #look(epoch: number): Promise<Checkup> {
    const { backend, layers, specs } = this.#model;
    while (backend.busy !== undefined) await backend.busy;
    const totals = new Totals();
    const outputs = backend.step(() => {
      let a: Matrix = this.#batches.batch(this.#order, 0, this.#order.length);
      const reads = layers.map((layer, i) => {
        a = this.#model.forwardThrough(layer, a, EVALUATION);
        return activationOf(specs[i]) === undefined ? undefined : backend.read(a);
      });
      const targets = this.#batches.targetsOf(this.#order, 0, this.#order.length);
      compareWith(targets, a.isPixels ? backend.unpack(a) : a, this.#model, totals);
      return reads;
    });
    await backend.settled();
    const weights = await Promise.all(this.#mainParameters().map(({ value }) => backend.read(value)));
    const before = this.#weights;
    this.#weights = weights;
    const shapes = outputShapes(this.#model);
    const health = this.#mainParameters().map(async (parameter, p): Promise<LayerHealth> => {
      const index = Number(parameter.name.split(".")[1]);
      const shape = shapes[index];
      const activation = activationOf(specs[index]);
      const a = await outputs[index];
      const isHidden = index < layers.length - 1;
      return {
        ...{ layer: layerName(index), activation },
        dead: isHidden && activation === "relu" && a ? deadShare(a, shape[shape.length - 1]) : undefined,
        slope: isHidden && a ? slopeShare(activation, a) : undefined,
        gradient: epoch === 0 ? 0 : await this.#speed(index),
        change: before[p] === undefined ? 0 : changeOf(before[p], weights[p]),
      };
    });
    const checkup = { epoch, loss: totals.loss.total / totals.examples, layers: await Promise.all(health) };
    this.checkups.push(checkup);
    return checkup;
  }

  /** √(mean of (∂C/∂b)²); of a layer without biases that of its weights. */
  async #speed(layer: number): Promise<number> {
    const { parameters, backend } = this.#model;
    const named = (name: string) => parameters.find((parameter) => parameter.name === `${layerName(layer)}.${name}`);
    const parameter = named("bias") ?? named("weights");
    return parameter === undefined ? 0 : rootMeanSquare(await backend.read(parameter.gradient));
  }

  /** The weights of each layer, without biases. */
  #mainParameters(): Parameter[] {
    return this.#model.parameters.filter(({ name }) => /^layers\.\d+\.weights$/.test(name));
  }

  /** The loss of a network that knows nothing: ln(classes) for cross-entropy; undefined for other losses. */
  #guess(): number | undefined {
    const { loss, outputs } = this.#model;
    return loss.type === "crossEntropy" && outputs > 1 ? log(outputs) : undefined;
  }

  #startFindings({ loss }: Checkup): Finding[] {
    const guess = this.#guess();
    if (guess === undefined || !(loss > LIMITS.badStart * guess)) return [];
    const { outputs } = this.#model;
    const sentence =
      `The first loss is ${figure(loss)}, where guessing gives ln ${outputs} = ${figure(guess)}: the first weights ` +
      'or the inputs are too large. Take the initializer "he" or "glorot", and scale the inputs.';
    return [finding("badStart", undefined, loss / guess, "C = −ln p_y", sentence)];
  }

  /** `patience`: epochs that a loss has to be flat, or above its least. */
  #lossFindings(patience: number): Finding[] {
    const losses = this.checkups.map(({ loss }) => loss);
    const [first, last] = [losses[0], losses[losses.length - 1]];
    const epochs = losses.length - 1;
    const unit = this.#guess() ?? first;
    // A loss that is small may be flat, or rise again.
    if (epochs < patience || !(last > unit / 2)) return [];
    const least = Math.min(...losses);
    const change = Math.max(...this.checkups.flatMap(({ layers }) => layers.map((layer) => layer.change)));
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

  #layerFindings({ layers }: Checkup): Finding[] {
    return layers.flatMap(({ layer, activation, dead, slope }) => {
      if (dead !== undefined && dead > LIMITS.deadNeurons) {
        const sentence =
          `In ${layer} ${share(dead)} of the neurons are 0 for every example: ReLU's slope is 0 there, so they learn ` +
          'nothing more. Take a smaller learning rate, the initializer "he", or "leakyRelu".';
        return [finding("deadNeurons", layer, dead, "σ′(z) = 0 for z ≤ 0", sentence)];
      }
      if (slope !== undefined && slope < LIMITS.saturatedNeurons) {
        const sentence =
          `The neurons of ${layer} are saturated: the mean of ${activation}'s slope is ${share(slope)} of its ` +
          'steepest, and the gradient is multiplied by it. Take the initializer "glorot", scale the inputs, or take "relu".';
        return [finding("saturatedNeurons", layer, slope, "δ = ∂C/∂a ⊙ σ′(z)", sentence)];
      }
      return [];
    });
  }

  #gradientFindings({ layers }: Checkup): Finding[] {
    const [first, last] = [layers[0], layers.at(-1)];
    if (layers.length < 3 || first === undefined || last === undefined || !(last.gradient > 0)) return [];
    const ratio = first.gradient / last.gradient;
    if (ratio < LIMITS.vanishingGradient) {
      const sentence =
        `The gradient of ${first.layer} is ${share(ratio)} of that of ${last.layer}: each layer between multiplies it ` +
        'by W and σ′(z), and it vanishes. Take "relu" with the initializer "he", fewer layers, or batch normalisation.';
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
