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
import { ArgumentError, DivergenceError } from "../errors.ts";
import { checkFits } from "../evaluation/fits.ts";
import { EVALUATION, type Parameter } from "../layers/layer.ts";
import { compareWith } from "../losses/loss.ts";
import type { Matrix, Numbers } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import { checkOptions } from "../options.ts";
import type { Progress } from "../training/progress.ts";
import { examineData } from "./data-doctor.ts";
import { type Finding, figure, share } from "./findings.ts";
import {
  activationOf,
  areColumnsEqual,
  changeOf,
  deadShare,
  isNormalised,
  outputShapes,
  rootMeanSquare,
  slopeShare,
} from "./health.ts";
import { type Checkup, examineEpoch, examineStart, guessOf, type LayerHealth } from "./network-doctor.ts";

/** Training examples that are sent through the network, spread evenly over all. */
const EXAMPLES = 256;

/** The loss is flat, or rises, when it has done so for so many epochs and steps. */
const [EPOCHS, STEPS] = [3, 10];

export interface DoctorOptions {
  /** The examples to test on: training examples among them are an illness, too. */
  readonly test?: Dataset;
  /** What a doctor of the same training remembered: this one goes on from there, without `before`. */
  readonly memory?: DoctorMemory;
}

/** All that a doctor remembers. */
export interface DoctorMemory {
  readonly checkups: readonly Checkup[];
  readonly findings: readonly Finding[];
  /** Of each layer's weights, the root of their mean square before the training. */
  readonly firstSizes: readonly number[];
  /** Each layer's weights when they were last looked at, by name; others beside them do not matter. */
  readonly weights: Readonly<Record<string, Numbers>>;
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
  /** Of each layer's weights, the root of their mean square when they were first looked at. */
  #firstSizes: readonly number[] = [];

  /** Throws a ShapeError or a DataError if model and data do not fit. */
  constructor(model: Network, data: Dataset, options: DoctorOptions = {}) {
    checkNetwork("Doctor", model);
    checkOptions("Doctor", options, ["test", "memory"]);
    checkFits("Doctor", model, data, { needsTargets: true });
    this.#model = model;
    this.#data = data;
    this.#test = options.test;
    if (options.memory !== undefined) this.#remember(options.memory);
    this.#batches = new Batches(model.backend, data, model.scaling, model.targetScaling);
    const count = Math.min(EXAMPLES, data.count);
    this.#order = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * data.count) / count));
  }

  /** All that it remembers: with it another doctor goes on where this one is. */
  memory(): DoctorMemory {
    const named = this.#mainParameters().map(({ name }, i) => [name, this.#weights[i]] as const);
    const weights = Object.fromEntries(named.filter(([, values]) => values !== undefined));
    return { checkups: [...this.checkups], findings: [...this.findings], firstSizes: this.#firstSizes, weights };
  }

  #remember({ checkups, findings, firstSizes, weights }: DoctorMemory): void {
    const parameters = this.#mainParameters();
    for (const { name, value } of parameters) {
      const [expected, got] = [value.rows * value.columns, weights[name]?.length ?? 0];
      if (expected !== got) throw new ArgumentError(`Doctor, memory, ${name}`, `${expected} numbers`, String(got));
    }
    for (const checkup of checkups) this.checkups.push(checkup);
    this.findings.push(...findings);
    this.#firstSizes = firstSizes;
    this.#weights = parameters.map(({ name }) => weights[name]);
  }

  /** Examines the data, and the network as it is now. Returns what it has not said before. */
  async before(): Promise<Finding[]> {
    const checkup = await this.#look(0);
    return this.#news([...examineData(this.#model, this.#data, this.#test), ...examineStart(this.#model, checkup)]);
  }

  /** Examines the network after an epoch; inside one it finds nothing. Returns what it has not said before. */
  async after({ epoch, epochEnded, steps, loss, ended }: Progress): Promise<Finding[]> {
    if (!epochEnded) return [];
    await this.#look(epoch, { loss, hasEnded: ended !== undefined });
    const found = examineEpoch(this.#model, this.checkups, Math.max(EPOCHS, Math.ceil(STEPS / steps)));
    // Targets that are far from 0 say why the loss is flat.
    const isExplained = this.findings.some(({ illness }) => illness === "unscaledTargets");
    return this.#news(found.filter(({ illness }) => !(isExplained && illness === "flatLoss")));
  }

  /** What a training died of; nothing for an error that is no divergence. */
  onError(error: unknown): Finding[] {
    if (!(error instanceof DivergenceError)) return [];
    const { learningRate, epoch, step } = error;
    const value = Math.max(0, ...this.checkups.flatMap(({ layers }) => layers.map(({ change }) => change)));
    const change = value > 10 ? `${figure(value)} times` : `${share(value)} of`;
    return this.#news([
      {
        ...{ illness: "divergence", layer: undefined, value: learningRate, limit: Number.POSITIVE_INFINITY },
        equation: "W ← W − η·∂C/∂W",
        sentence:
          `The numbers overflowed in epoch ${epoch}, step ${step}: the steps are too large. ` +
          `The learning rate is ${figure(learningRate)}` +
          (value > 0 ? `, and an epoch changed the weights by ${change} their size. ` : ". ") +
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
  async #look(epoch: number, training?: Checkup["training"]): Promise<Checkup> {
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
    if (this.#firstSizes.length === 0) this.#firstSizes = weights.map(rootMeanSquare);
    const shapes = outputShapes(this.#model);
    const isSlopePartOfDelta = !this.#model.loss.wantsLogits;
    const health = this.#mainParameters().map(async (parameter, p): Promise<LayerHealth> => {
      const index = Number(parameter.name.split(".")[1]);
      const shape = shapes[index];
      const activation = activationOf(specs[index]);
      const a = await outputs[index];
      const isHidden = index < layers.length - 1;
      return {
        ...{ layer: layerName(index), activation, isOutput: !isHidden },
        alike: isHidden && epoch === 0 && areColumnsEqual(weights[p], parameter.value.columns),
        dead: isHidden && activation === "relu" && a ? deadShare(a, shape[shape.length - 1]) : undefined,
        slope: a && (isHidden || isSlopePartOfDelta) ? slopeShare(activation, a) : undefined,
        gradient: epoch === 0 ? 0 : await this.#speed(index),
        change: before[p] === undefined ? 0 : changeOf(before[p], weights[p]),
        size: this.#firstSizes[p] > 0 ? rootMeanSquare(weights[p]) / this.#firstSizes[p] : 1,
      };
    });
    const { labels } = this.#data;
    const guess = guessOf(this.#model, labels === undefined ? [] : Array.from(this.#order, (i) => labels[i]));
    const loss = totals.loss.total / totals.examples;
    const checkup = { epoch, loss, guess, training, layers: await Promise.all(health) };
    this.checkups.push(checkup);
    return checkup;
  }

  /**
   * √(mean of (∂C/∂b)²); of a layer without biases, or whose biases batch norm takes away again, that of its weights.
   */
  async #speed(layer: number): Promise<number> {
    const { parameters, backend, specs } = this.#model;
    const named = (name: string) => parameters.find((parameter) => parameter.name === `${layerName(layer)}.${name}`);
    const parameter = (isNormalised(specs, layer) ? undefined : named("bias")) ?? named("weights");
    return parameter === undefined ? 0 : rootMeanSquare(await backend.read(parameter.gradient));
  }

  /** The weights of each layer, without biases. */
  #mainParameters(): Parameter[] {
    return this.#model.parameters.filter(({ name }) => /^layers\.\d+\.weights$/.test(name));
  }
}
