/**
 * A training as an object: what it computes with, what it remembers, and one method for one step. Everything that it
 * remembers can be taken out and put back by name, and it then goes on to the last bit. Random numbers need no state:
 * they are counted by epoch and example (numbers/random.ts).
 *
 * One step: forward, loss, backward, update. Chapter 1, "Learning with gradient descent"; chapter 2, "The
 * backpropagation algorithm".
 */
import { Totals } from "../backends/backend.ts";
import { Batches } from "../data/batches.ts";
import { DivergenceError } from "../errors.ts";
import type { Pass } from "../layers/layer.ts";
import { compareWith } from "../losses/loss.ts";
import { inOrder, type Matrix } from "../matrix.ts";
import { Stream } from "../numbers/random.ts";
import { version } from "../version.ts";
import { yieldIfDue } from "../yielding.ts";
import { copyOf, type Memories, putBack } from "./memory.ts";
import type { Updater } from "./optimizers.ts";
import type { Plan } from "./plan.ts";
import { identityOf } from "./resume.ts";
import type { TrainingState } from "./state.ts";

/** A step that took longer than this, in milliseconds, makes the next ones pause between their layers. */
const LONG_STEP = 50;

export class Training {
  readonly plan: Plan;
  /** Steps in an epoch. */
  readonly steps: number;
  /** What it remembers: the model's tensors, the optimizer's, its place and the sums of the epoch so far. */
  readonly memories: Memories;
  readonly place = { epoch: 1, step: 0, t: 0, epochsBefore: 0, loss: 0, hits: 0, examples: 0, seconds: 0 };
  readonly #batches: Batches;
  readonly #updater: Updater;
  readonly #stream: Stream;
  readonly #order: Uint32Array;
  readonly #totals = new Totals();
  readonly #size: number;
  /** The model's tensors from before the epoch, for a training that diverges. */
  readonly #before: readonly Matrix[];
  #isInEpoch = false;
  #lastStep = Number.POSITIVE_INFINITY;

  constructor(plan: Plan) {
    const { model, data, batchSize, optimizer, seed, resume } = plan;
    const { backend } = model;
    this.plan = plan;
    this.#size = batchSize === "full" ? data.count : batchSize;
    this.steps = Math.ceil(data.count / this.#size);
    this.#batches = new Batches(backend, data, model.scaling, model.targetScaling);
    this.#stream = new Stream(seed, "shuffle");
    this.#order = inOrder(data.count);
    this.#updater = optimizer.prepare(backend, model.parameters);
    this.#before = model.tensors.map(({ value }) => backend.keep(value.rows, value.columns));
    this.place.epochsBefore = model.training?.epochs ?? 0;
    this.memories = {
      model: { tensors: new Map(model.tensors.map(({ name, value }) => [name, value])), numbers: {} },
      optimizer: this.#updater,
      training: { tensors: new Map(), numbers: this.place },
    };
    if (resume !== undefined) putBack(backend, this.memories, resume);
  }

  get epochHasEnded(): boolean {
    return this.place.step === this.steps;
  }

  get isDone(): boolean {
    return this.epochHasEnded && this.place.epoch >= this.plan.epochs;
  }

  /** Over all trainings of this model, the one under way included. */
  get epochs(): number {
    return this.place.epochsBefore + this.place.epoch;
  }

  /**
   * One step, at once; a promise where it may pause between its layers. Throws a DivergenceError, see `checkHealth`.
   */
  computeStep(): Promise<void> | undefined {
    if (this.epochHasEnded) this.#goToNextEpoch();
    if (!this.#isInEpoch) this.#beginEpoch();
    const started = performance.now();
    const { backend } = this.plan.model;
    const ended = () => {
      this.#afterStep();
      this.#lastStep = performance.now() - started;
    };
    if (this.#lastStep > LONG_STEP) return backend.longStep(() => this.#pausingStep()).then(ended);
    backend.step(() => this.#wholeStep());
    ended();
    return undefined;
  }

  /** Forward, loss, backward, update. */
  #wholeStep(): void {
    const { model } = this.plan;
    const { x, pass, rows } = this.#nextBatch();
    const outputs = model.forward(x, pass);
    model.backward(this.#lossOf(outputs, pass, rows));
    this.#update();
  }

  /** The same, with a pause after each layer if one is due: a page can paint, a signal can arrive. */
  async #pausingStep(): Promise<void> {
    const { model } = this.plan;
    const { x, pass, rows } = this.#nextBatch();
    const outputs = await model.forwardPausing(x, pass, yieldIfDue);
    const dOutputs = this.#lossOf(outputs, pass, rows);
    await model.backwardPausing(dOutputs, yieldIfDue);
    this.#update();
  }

  #nextBatch(): { x: Matrix; pass: Pass; rows: number } {
    const { place } = this;
    const order = this.#order;
    const size = this.#size;
    const start = place.step * size;
    const rows = Math.min(size, this.plan.data.count - start);
    const x = this.#batches.batch(order, start, rows);
    return { x, pass: { purpose: "training", epoch: this.epochs, order, start }, rows };
  }

  /** Adds the batch's losses and hits to the totals and returns ∂C/∂outputs. */
  #lossOf(outputs: Matrix, { order, start }: Pass, rows: number): Matrix {
    return compareWith(this.#batches.targetsOf(order, start, rows), outputs, this.plan.model, this.#totals);
  }

  #update(): void {
    const { optimizer, schedule, epochs } = this.plan;
    this.#updater.update(optimizer.learningRate * schedule.factor(this.place.t, epochs * this.steps));
  }

  /** An epoch's loss is the sum of its steps' losses, step after step. */
  #afterStep(): void {
    const { place } = this;
    const totals = this.#totals;
    place.loss += totals.loss.total;
    place.hits += totals.hits;
    place.examples += totals.examples;
    totals.reset();
    place.t++;
    place.step++;
  }

  #beginEpoch(): void {
    const { model, shuffle, batchSize } = this.plan;
    for (const [i, { value }] of model.tensors.entries()) model.backend.copy(value, this.#before[i]);
    // From the file's order each time, so that an epoch's order does not depend on the epochs before.
    if (shuffle && batchSize !== "full") {
      for (let i = 0; i < this.#order.length; i++) this.#order[i] = i;
      this.#stream.shuffle(this.#order, this.epochs);
    }
    this.#isInEpoch = true;
  }

  #goToNextEpoch(): void {
    Object.assign(this.place, { epoch: this.place.epoch + 1, step: 0, loss: 0, hits: 0, examples: 0 });
    this.#isInEpoch = false;
  }

  /**
   * Throws a DivergenceError if the loss, or after an epoch a weight, is no longer finite. The model then has the
   * numbers from before the epoch (or from where the training was resumed in it).
   */
  async checkHealth(): Promise<void> {
    const { model, optimizer } = this.plan;
    const { loss, epoch, step } = this.place;
    const lossIsFinite = Number.isFinite(loss);
    if (lossIsFinite && (!this.epochHasEnded || (await this.#allFinite()))) return;
    for (const [i, { value }] of model.tensors.entries()) model.backend.copy(this.#before[i], value);
    const what = lossIsFinite
      ? "a weight left the finite numbers"
      : `the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"}`;
    throw new DivergenceError(what, { epoch, step, loss, learningRate: optimizer.learningRate });
  }

  async #allFinite(): Promise<boolean> {
    const { backend, tensors } = this.plan.model;
    for (const { value } of tensors) if (!(await backend.read(value)).every(Number.isFinite)) return false;
    return true;
  }

  /** Gives back what is only needed while steps are computed: the copies from before the epoch. */
  end(): void {
    for (const matrix of this.#before) this.plan.model.backend.release(matrix);
  }

  /** All that is needed to go on from here, between two steps. */
  async state(): Promise<TrainingState> {
    const { model, data, epochs, batchSize, seed, shuffle, optimizer, schedule } = this.plan;
    const copy = await copyOf(model.backend, this.memories);
    return {
      version,
      options: {
        ...{ epochs, batchSize, seed, shuffle },
        optimizer: { name: optimizer.name, settings: optimizer.settings },
        schedule: { name: schedule.name, settings: schedule.settings },
      },
      network: identityOf(model),
      data: {
        name: data.name,
        examples: data.count,
        columns: data.columns,
        sha256: await data.sha256().catch(() => null),
      },
      ...copy,
    };
  }
}
