/**
 * A training as an object: what it computes with, what it remembers, and one method for one step. Everything that it
 * remembers can be taken out and put back by name, and it then goes on to the last bit. Random numbers need no state:
 * they are counted by epoch and example (numbers/random.ts).
 *
 * What follows a training (a schedule that looks at scores, early stopping) takes each epoch's scores once: `judge`.
 *
 * One step: forward, loss, backward, update. Chapter 1, "Learning with gradient descent"; chapter 2, "The
 * backpropagation algorithm".
 */
import { Totals } from "../backends/totals.ts";
import { Batches } from "../data/batches.ts";
import { DivergenceError } from "../errors.ts";
import type { Pass } from "../layers/layer.ts";
import { compareWith } from "../losses/loss.ts";
import { inOrder, type Matrix } from "../matrix.ts";
import { digestOf } from "../network/record.ts";
import { Stream } from "../numbers/random.ts";
import { version } from "../version.ts";
import { yieldIfDue } from "../yielding.ts";
import { Averaging, averagedStatistics } from "./averaging.ts";
import { Constraints } from "./constraints.ts";
import { copyOf, type Memories, putBack } from "./memory.ts";
import type { Updater } from "./optimizers.ts";
import type { Scores } from "./patience.ts";
import type { Plan } from "./plan.ts";
import { identityOf } from "./resume.ts";
import type { Follower } from "./schedule.ts";
import type { TrainingState } from "./state.ts";
import { Stopping } from "./stopping.ts";

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
  readonly #constraints: Constraints;
  readonly #follower: Follower | undefined;
  readonly #averaging: Averaging | undefined;
  readonly #stopping: Stopping | undefined;
  readonly #stream: Stream;
  readonly #order: Uint32Array;
  readonly #totals = new Totals();
  readonly #size: number;
  /** The model's tensors from before the epoch, for a training that diverges. */
  readonly #before: readonly Matrix[];
  #isInEpoch = false;
  #lastStep = Number.POSITIVE_INFINITY;
  #learningRate: number | undefined;

  constructor(plan: Plan) {
    const { model, data, batchSize, optimizer, schedule, seed, averaging, stopping, resume } = plan;
    const { backend } = model;
    this.plan = plan;
    this.#size = batchSize === "full" ? data.count : batchSize;
    this.steps = Math.ceil(data.count / this.#size);
    this.#batches = new Batches(backend, data, model.scaling, model.targetScaling);
    this.#stream = new Stream(seed, "shuffle");
    this.#order = inOrder(data.count);
    this.#updater = optimizer.prepare(backend, model.parameters);
    this.#constraints = new Constraints(backend, model.parameters, plan.constraints);
    this.#follower = schedule.follow?.();
    const statistics = model.tensors.filter(({ role }) => role === "statistic");
    this.#averaging = averaging && new Averaging(backend, model.parameters, averaging, statistics);
    this.#stopping = stopping && new Stopping(backend, model.tensors, stopping);
    this.#before = model.tensors.map(({ value }) => backend.keep(value.rows, value.columns));
    this.place.epochsBefore = model.training?.epochs ?? 0;
    this.memories = {
      model: { tensors: new Map(model.tensors.map(({ name, value }) => [name, value])), numbers: {} },
      optimizer: this.#updater,
      training: { tensors: new Map(), numbers: this.place },
      ...(this.#follower && { schedule: this.#follower }),
      ...(this.#averaging && { averaging: this.#averaging }),
      ...(this.#stopping && { stopping: this.#stopping }),
    };
    if (resume !== undefined) putBack(backend, this.memories, resume);
  }

  get epochHasEnded(): boolean {
    return this.place.step === this.steps;
  }

  get isDone(): boolean {
    return this.ended !== undefined;
  }

  /** Why it is over: all epochs are done, or early stopping or the schedule ended it; undefined while it goes on. */
  get ended(): "epochs" | "stopping" | "schedule" | undefined {
    if (!this.epochHasEnded || this.awaitsScores) return undefined;
    if (this.#stopping?.isOver()) return "stopping";
    if (this.#follower?.isOver()) return "schedule";
    return this.place.epoch >= this.plan.epochs ? "epochs" : undefined;
  }

  /** Whether an epoch has ended whose scores `judge` has not taken. */
  get awaitsScores(): boolean {
    const { epoch } = this.place;
    return this.epochHasEnded && this.#followers.some(({ numbers }) => numbers.judged < epoch);
  }

  /** Of early stopping: the epoch with the best scores so far. */
  get bestEpoch(): number | undefined {
    return this.#stopping?.numbers.bestEpoch || undefined;
  }

  /** That of the last step. Where a training was resumed and has done none since, it is computed again. */
  get learningRate(): number {
    return this.#learningRate ?? this.#rateOf(Math.max(0, this.place.t - 1));
  }

  /** The optimizer's learning rate, times the schedule's factor in step t. */
  #rateOf(t: number): number {
    const { optimizer, schedule, epochs } = this.plan;
    const { factor } = this.#follower ?? schedule;
    return optimizer.learningRate * factor(t, epochs * this.steps, this.steps);
  }

  get #followers(): (Follower | Stopping)[] {
    return [this.#follower, this.#stopping].filter((follower) => follower !== undefined);
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
    // Also after an error a backend of several machines computes for itself again.
    const own = () => backend.sharing?.end();
    if (this.#lastStep > LONG_STEP)
      return backend
        .longStep(() => this.#pausingStep())
        .finally(own)
        .then(ended);
    try {
      backend.step(() => this.#wholeStep());
    } finally {
      own();
    }
    ended();
    return undefined;
  }

  /** Forward, loss, backward, update. */
  #wholeStep(): void {
    const { model } = this.plan;
    const { x, pass } = this.#nextBatch();
    const outputs = model.forward(x, pass);
    model.backward(this.#lossOf(outputs, pass));
    this.#update();
  }

  /** The same, with a pause after each layer if one is due: a page can paint, a signal can arrive. */
  async #pausingStep(): Promise<void> {
    const { model } = this.plan;
    const { x, pass } = this.#nextBatch();
    const outputs = await model.forwardPausing(x, pass, yieldIfDue);
    const dOutputs = this.#lossOf(outputs, pass);
    await model.backwardPausing(dOutputs, yieldIfDue);
    this.#update();
  }

  /** The next batch's examples, or this machine's part of them. */
  #nextBatch(): { x: Matrix; pass: Pass } {
    const { model, warp, data } = this.plan;
    const order = this.#order;
    const first = this.place.step * this.#size;
    const examples = Math.min(this.#size, data.count - first);
    const own = model.backend.sharing?.begin(examples) ?? { first: 0, rows: examples };
    const start = first + own.first;
    const pass: Pass = { purpose: "training", epoch: this.epochs, order, start, examples };
    const images = this.#batches.batch(order, start, own.rows);
    const x = warp === undefined ? images : model.backend.augment(images, warp, { ...pass, copy: 0 });
    return { x, pass };
  }

  /** Adds the batch's losses and hits to the totals and returns ∂C/∂outputs. */
  #lossOf(outputs: Matrix, { order, start }: Pass): Matrix {
    return compareWith(this.#batches.targetsOf(order, start, outputs.rows), outputs, this.plan.model, this.#totals);
  }

  #update(): void {
    this.#learningRate = this.#rateOf(this.place.t);
    this.#constraints.beforeUpdate();
    this.#updater.update(this.#learningRate);
    this.#constraints.afterUpdate();
    this.#averaging?.afterStep();
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
    // What the model shows, so that a training that diverges ends with what was shown before the epoch.
    for (const [i, { value }] of model.tensors.entries()) model.backend.copy(value, this.#before[i]);
    // Where a training that was over becomes longer, the last weights come back, then those behind the averages.
    this.#stopping?.undo();
    this.#averaging?.hide();
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

  /** After an epoch the model shows the averages, if there are any, with the statistics that fit them. */
  async showAverages(): Promise<void> {
    if (!this.epochHasEnded || this.#averaging?.show() !== true) return;
    const { model, data } = this.plan;
    await averagedStatistics(model, this.#batches, data.count, this.#size);
  }

  /** Takes the scores of the epoch that has ended, once. */
  judge(scores: Scores): void {
    const { epoch } = this.place;
    for (const follower of this.#followers) follower.afterEpoch(epoch, scores);
  }

  /** At the end of the training: gives the model the best weights. Returns whether they are others than the last. */
  restoreBest(): boolean {
    return this.#stopping?.restore() ?? false;
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
    const { constraints, stopping, averaging, augmentation } = this.plan;
    const copy = await copyOf(model.backend, this.memories);
    return {
      version,
      options: {
        ...{ epochs, batchSize, seed, shuffle },
        optimizer: { name: optimizer.name, settings: optimizer.settings },
        schedule: { name: schedule.name, settings: schedule.settings },
        ...constraints,
        ...(stopping && { stopping }),
        ...(averaging && { averaging }),
        ...(augmentation && { augmentation: augmentation.settings }),
      },
      network: identityOf(model),
      data: { name: data.name, examples: data.count, columns: data.columns, sha256: await digestOf(data) },
      ...copy,
    };
  }
}
