/**
 * The next step of a training, one phase at a time, and what each phase makes: forward, loss, backward. They are
 * computed on a copy of the network, on the same batch, with the same order, dropout and changed images as the step
 * itself, so they are its numbers to the last bit. The copy is never updated: the training does that, in the fourth
 * phase.
 */
import type { Dataset, Network, TrainOptions } from "inkling";
import { inOrder, labels, type Matrix, type Numbers, Totals } from "inkling/backends";
import { describe, type Pass } from "inkling/layers";
import { Stream } from "inkling/numbers";
import { buildAugmentation, type Configuration } from "inkling/presets";
import { copyOf } from "inkling/proofs";
import { type AnotherBatch, compared, type Gradients } from "./another-batch.ts";
import { heldInputs } from "./held-inputs.ts";

export const stepPhases = ["forward", "loss", "backward", "update"] as const;
export type StepPhase = (typeof stepPhases)[number];

/** What a layer made of the batch. */
export interface LayerReport {
  /** layers.1 */
  readonly name: string;
  readonly description: string;
  /** Numbers of one example. */
  readonly units: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** The share of its numbers that are 0. */
  readonly zeros: number;
}

/** What happens to the numbers of a parameter. */
export interface ParameterReport {
  /** layers.1.weights */
  readonly name: string;
  readonly count: number;
  /** √Σ of its squares, before the step. */
  readonly size: number;
  /** √Σ of its gradient's squares. */
  readonly gradient: number;
  /** The gradient's largest number, by size. */
  readonly largest: number;
  /** √Σ of the squares of what the step adds; undefined before it. */
  readonly change: number | undefined;
}

/** One of the batch's first examples. */
export interface BatchExample {
  /** As the network sees it: an image that the step changes is the changed one. */
  readonly numbers: Uint8Array | Float32Array;
  readonly label: number | undefined;
  /** What the network reads it as, and how sure it is; undefined where numbers are predicted. */
  readonly guess: { readonly label: number; readonly probability: number } | undefined;
  readonly loss: number | undefined;
}

export interface PhasesReport {
  /** The last phase that was done. */
  readonly done: StepPhase;
  /** Over all epochs, from 1. */
  readonly step: number;
  /** Examples in the batch. */
  readonly count: number;
  readonly shape: readonly number[];
  readonly examples: readonly BatchExample[];
  readonly layers: readonly LayerReport[];
  /** The mean of the batch, and how many of it are read right. */
  readonly loss: number | undefined;
  readonly hits: number | undefined;
  readonly parameters: readonly ParameterReport[];
  /** With the gradients: what the next batch of the epoch would have taught; undefined where there is only one. */
  readonly another: AnotherBatch | undefined;
  /** Batches of an epoch. */
  readonly batches: number;
  /** After the update: the learning rate that it had, and the loss of the same batch now. */
  readonly rate: number | undefined;
  readonly lossAfter: number | undefined;
}

/** So many examples of a batch are shown. */
const SHOWN = 12;

export interface PhasedTraining {
  readonly model: Network;
  readonly train: Dataset;
  readonly options: TrainOptions;
  readonly configuration: Configuration;
  /** Steps that have been done. */
  readonly total: number;
  /** Steps in an epoch. */
  readonly steps: number;
}

export class PhasedStep {
  readonly #training: PhasedTraining;
  readonly #pass: Pass;
  /** Examples of a batch; the last one of an epoch may have fewer. */
  readonly #size: number;
  readonly #before: ReadonlyMap<string, Numbers>;
  report: PhasesReport;

  private constructor(training: PhasedTraining, before: ReadonlyMap<string, Numbers>) {
    this.#training = training;
    this.#before = before;
    const { train, options, total, steps: batches } = training;
    const { batchSize, seed = 0 } = options;
    const [epoch, step] = [Math.floor(total / batches) + 1, total % batches];
    const size = batchSize === "full" || batchSize === undefined ? train.count : batchSize;
    const order = inOrder(train.count);
    // As training.ts of the library does it: from the file's order each time.
    if (batchSize !== "full") new Stream(seed, "shuffle").shuffle(order, epoch);
    this.#pass = { purpose: "training", epoch, order, start: step * size };
    this.#size = size;
    const count = this.#rowsFrom(step * size);
    const shown = order.subarray(step * size, step * size + Math.min(SHOWN, count));
    this.report = {
      ...{ done: "forward", step: total + 1, count, shape: train.shape, batches },
      examples: Array.from(shown, (i) => {
        return { numbers: train.example(i).slice(), label: train.labels?.[i], guess: undefined, loss: undefined };
      }),
      ...{
        layers: [],
        loss: undefined,
        hits: undefined,
        parameters: [],
        another: undefined,
        rate: undefined,
        lossAfter: undefined,
      },
    };
  }

  /** The next step of a training; its first phase is done. */
  static async begin(training: PhasedTraining): Promise<PhasedStep> {
    const { backend, tensors } = training.model;
    const values = await Promise.all(
      tensors.map(async ({ name, value }) => [name, await backend.read(value)] as const),
    );
    const phased = new PhasedStep(training, new Map(values.map(([name, value]) => [name, value.slice()])));
    await phased.#to("forward");
    return phased;
  }

  get next(): StepPhase {
    return stepPhases[stepPhases.indexOf(this.report.done) + 1] ?? "update";
  }

  /** Loss, then backward; `update` is told by `updated`. */
  async go(): Promise<void> {
    await this.#to(this.next);
  }

  /** The training has done its step, with this learning rate. */
  async updated(rate: number): Promise<void> {
    const { model } = this.#training;
    const parameters = await Promise.all(
      this.report.parameters.map(async (parameter) => {
        const tensor = model.tensors.find(({ name }) => name === parameter.name);
        const after = tensor && (await model.backend.read(tensor.value));
        const before = this.#before.get(parameter.name);
        const change = after && before && normOf(after.map((value, i) => value - (before[i] ?? 0)));
        return { ...parameter, change };
      }),
    );
    const { loss: lossAfter } = await this.#computed("loss");
    this.report = { ...this.report, done: "update", parameters, rate, lossAfter };
  }

  async #to(done: StepPhase): Promise<void> {
    const { gradients, ...found } = await this.#computed(done);
    const another = done === "backward" ? await this.#another(gradients) : undefined;
    this.report = { ...this.report, ...found, another, done };
  }

  /** What the next batch would teach; after the last one of the epoch, its first one. */
  async #another(own: Gradients): Promise<AnotherBatch | undefined> {
    const { total, steps } = this.#training;
    if (steps === 1) return undefined;
    const step = (total + 1) % steps;
    const start = step * this.#size;
    const { gradients } = await this.#computed("backward", start);
    return { place: step + 1, of: steps, count: this.#rowsFrom(start), ...compared(own, gradients) };
  }

  #rowsFrom(start: number): number {
    return Math.min(this.#size, this.#training.train.count - start);
  }

  /** Everything up to a phase, on a copy of the network as it is now, for the batch that begins at a place. */
  async #computed(until: StepPhase, start = this.#pass.start) {
    const { model, train, configuration } = this.#training;
    const copy = await copyOf(model, model.backend);
    const { backend, loss } = copy;
    const [pass, rows, { classes }] = [{ ...this.#pass, start }, this.#rowsFrom(start), train];
    const { order } = pass;
    const batch = train.pick(order.subarray(start, start + rows));
    const held = heldInputs(copy, batch);
    const warp = buildAugmentation(configuration)?.warpFor("train", train, configuration.seed);
    const targets = batch.targets && heldTargets(copy, batch);
    const answers = labels(batch.labels ?? []);
    try {
      const totals = new Totals();
      const made = backend.step((): Made => {
        const x = backend.select(held, inOrder(rows), 0, rows);
        let a: Matrix = warp === undefined ? x : backend.augment(x, warp, { ...pass, copy: 0 });
        const seen = warp && backend.read(backend.unpack(a));
        const outputs = copy.layers.map((layer) => {
          a = copy.forwardThrough(layer, a, pass);
          return { units: a.columns, values: backend.read(a.isPixels ? backend.unpack(a) : a) };
        });
        if (until === "forward") return { outputs, seen };
        const cost = loss.compute(backend, a, targets ?? answers);
        backend.sumLosses(cost.losses, totals);
        if (!targets) backend.countHits(a, answers, totals);
        const compared = { outputs, seen, losses: backend.read(cost.losses), meaning: backend.read(copy.meaning(a)) };
        if (until === "loss") return compared;
        copy.backward(cost.dOutputs);
        const gradients = copy.parameters.map(({ name, gradient }) => ({ name, values: backend.read(gradient) }));
        return { ...compared, gradients };
      });
      const { outputs, losses, meaning, gradients = [] } = made;
      const [each, said, seen] = [await losses, await meaning, await made.seen];
      const known = await Promise.all(gradients.map(async ({ name, values }) => [name, await values] as const));
      return {
        layers: await Promise.all(
          outputs.map(async ({ units, values }, i) => layerReport(copy, i, units, await values)),
        ),
        ...(each && { loss: totals.loss.total / rows, ...(classes > 0 && { hits: totals.hits }) }),
        examples: this.report.examples.map((example, i) => ({
          ...example,
          numbers: seen === undefined ? example.numbers : bytesOf(seen, i, train.columns),
          loss: each?.[i],
          guess: said && classes > 0 ? guessOf(said.subarray(i * classes, (i + 1) * classes)) : undefined,
        })),
        parameters: known.map(([name, values]) => parameterReport(name, this.#before.get(name), values)),
        gradients: new Map(known),
      };
    } finally {
      backend.release(held);
      if (targets) backend.release(targets);
      copy.close();
    }
  }
}

/** What is read of a pass, as far as it went. */
interface Made {
  readonly outputs: readonly { readonly units: number; readonly values: Promise<Numbers> }[];
  /** The images as they were changed for this step; undefined where none is. */
  readonly seen: Promise<Numbers> | undefined;
  readonly losses?: Promise<Numbers>;
  readonly meaning?: Promise<Numbers>;
  readonly gradients?: readonly { readonly name: string; readonly values: Promise<Numbers> }[];
}

/** Example i of images of shares: byte / 255, times 255. */
function bytesOf(shares: Numbers, i: number, columns: number): Uint8Array {
  return Uint8Array.from({ length: columns }, (_, e) => Math.round(255 * (shares[i * columns + e] ?? 0)));
}

function heldTargets({ backend, targetScaling }: Network, { targets, outputs, count }: Dataset): Matrix {
  const rows = backend.matrix(count, outputs);
  backend.write(rows, targetScaling?.apply(targets as Float32Array) ?? (targets as Float32Array));
  return rows;
}

function layerReport(model: Network, i: number, units: number, values: Numbers): LayerReport {
  let [sum, zeros, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    sum += value;
    if (value === 0) zeros++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const [spec, count] = [model.specs[i], Math.max(1, values.length)];
  const description = spec === undefined ? "" : describe(spec);
  return { name: `layers.${i}`, description, units, mean: sum / count, least, most, zeros: zeros / count };
}

function parameterReport(name: string, before: Numbers | undefined, gradient: Numbers): ParameterReport {
  let largest = 0;
  for (const value of gradient) if (Math.abs(value) > Math.abs(largest)) largest = value;
  const [size, count] = [normOf(before ?? []), gradient.length];
  return { name, count, size, gradient: normOf(gradient), largest, change: undefined };
}

function guessOf(probabilities: Numbers): BatchExample["guess"] {
  let label = 0;
  for (let k = 1; k < probabilities.length; k++) {
    if ((probabilities[k] ?? 0) > (probabilities[label] ?? 0)) label = k;
  }
  return { label, probability: probabilities[label] ?? 0 };
}

function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}
