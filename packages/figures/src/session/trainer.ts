/**
 * A training that can be stepped, gone back in, and whose learning rate can be changed on the way. It runs in the
 * worker; nothing in it needs a browser. A plan and a number of steps decide every bit of the weights: going back takes
 * a moment that was kept and computes the steps after it again.
 */
import { type Dataset, DivergenceError, evaluate, type Network, type Progress, type Run, train } from "inkling";
import type { Backend } from "inkling/backends";
import { fillMissing } from "inkling/formats";
import { buildOptimizer } from "inkling/presets";
import { Doctor, type Finding } from "inkling/proofs";
import type { RateChange } from "../state/address.ts";
import { Course } from "./course.ts";
import type { Curve } from "./curve.ts";
import type { PhasedStep, PhasesReport } from "./phases.ts";
import { type Prepared, prepare } from "./preparing.ts";
import type { Divergence, EpochPoint, Mark, Plan, SentOptimizer, Standing, WeightHistory } from "./protocol.ts";
import { courseOf, memoryOfOptimizer } from "./recall.ts";
import { Snapshots } from "./snapshots.ts";
import type { Sources } from "./sources.ts";
import { Told } from "./told.ts";

/** A moment is kept after so many milliseconds; and keeping may take at most this share of the time. */
const [EVERY, SHARE] = [200, 0.02];

export class Trainer {
  readonly plan: Plan;
  readonly snapshots = new Snapshots<Mark>();
  readonly told = new Told();
  readonly #examples: Dataset;
  readonly #sources: Sources;
  readonly #backend: Backend;
  #changes: readonly RateChange[];
  #prepared: Prepared;
  #run: Run;
  /** The rate that the run was made with. */
  #runRate: number;
  #doctor: Doctor;
  #total = 0;
  #divergence: Divergence | undefined;
  #phased: PhasedStep | undefined;
  readonly course: Course;
  /** What it is tested on, as it reads it. */
  #test: Promise<Dataset> | undefined;
  #keptAt = 0;
  #cost = 0;

  private constructor(plan: Plan, examples: Dataset, sources: Sources, backend: Backend) {
    this.plan = plan;
    this.#examples = examples;
    this.#sources = sources;
    this.#backend = backend;
    this.#changes = plan.changes;
    this.#prepared = prepare(plan.experiment, examples, backend);
    this.#runRate = this.rate;
    this.#run = this.#newRun(undefined);
    this.#doctor = new Doctor(this.model, this.train);
    const numbers = this.model.tensors.reduce((sum, { value }) => sum + value.rows * value.columns, 0);
    this.course = new Course(this.epochs * this.steps, numbers);
  }

  /** Prepares a plan. Throws an InklingError for what cannot be trained. */
  static async begin(plan: Plan, examples: Dataset, sources: Sources, backend: Backend): Promise<Trainer> {
    const trainer = new Trainer(plan, examples, sources, backend);
    await trainer.#doctor.before();
    await trainer.course.note(0, trainer.model);
    return trainer;
  }

  get model(): Network {
    return this.#prepared.model;
  }

  get configuration(): Prepared["configuration"] {
    return this.#prepared.configuration;
  }

  get train(): Dataset {
    return this.#prepared.train;
  }

  get total(): number {
    return this.#total;
  }

  get standing(): Standing | undefined {
    return this.told.standing;
  }

  get changes(): readonly RateChange[] {
    return this.#changes;
  }

  get divergence(): Divergence | undefined {
    return this.#divergence;
  }

  get phases(): PhasesReport | undefined {
    return this.#phased?.report;
  }

  get findings(): readonly Finding[] {
    return this.#doctor.findings;
  }

  get epochsDone(): readonly EpochPoint[] {
    return this.told.epochsDone;
  }

  get curve(): Curve {
    return this.told.curve;
  }

  get epochs(): number {
    return this.plan.experiment.configuration.epochs;
  }

  /** Steps in an epoch. */
  get steps(): number {
    const { batchSize } = this.plan.experiment.configuration;
    return batchSize === "full" ? 1 : Math.ceil(this.train.count / batchSize);
  }

  get ended(): Progress["ended"] {
    return this.standing?.ended;
  }

  /** The learning rate of the next step, without the schedule's factor. */
  get rate(): number {
    const changed = this.#changes.findLast(({ step }) => step <= this.#total);
    return changed?.rate ?? this.plan.experiment.configuration.learningRate;
  }

  /** The learning rate of the next step, with the schedule's factor. */
  get stepRate(): number {
    const { schedule } = this.#prepared.options;
    if (schedule === undefined) return this.rate;
    // One that follows the scores tells its factor by the last step. After the last step of all there is no other rate.
    if (schedule.follow === undefined) {
      const all = this.epochs * this.steps;
      return this.rate * schedule.factor(Math.min(this.#total, all - 1), all, this.steps);
    }
    return this.standing === undefined || this.rate !== this.#runRate ? this.rate : this.standing.learningRate;
  }

  /** What the optimizer remembers, by the names of its own. */
  async optimizerMemory(): Promise<SentOptimizer["memory"]> {
    return this.#total === 0 ? undefined : memoryOfOptimizer(await this.#run.state());
  }

  /** The course of one number of a tensor over the training until now. */
  history(tensor: string, place: number): Promise<WeightHistory> {
    return courseOf(this, this.course, tensor, place);
  }

  /** From the next step on it learns with this rate. */
  setRate(rate: number): void {
    const before = this.#changes.filter(({ step }) => step < this.#total);
    this.#changes = before;
    if (this.rate !== rate) this.#changes = [...before, { step: this.#total, rate }];
    this.#divergence = undefined;
  }

  /**
   * The next phase of the next step. In the fourth the step is done; until then no weight has moved, and whatever else
   * is asked for drops the phases.
   */
  async phase(): Promise<void> {
    const begun = this.#phased;
    if (this.ended !== undefined) return;
    if (begun === undefined || begun.report.done === "update") {
      const { model, train: examples, options, configuration } = this.#prepared;
      const where = { total: this.#total, steps: this.steps };
      const { PhasedStep } = await import("./phases.ts");
      this.#phased = await PhasedStep.begin({ model, train: examples, options, configuration, ...where });
    } else if (begun.next === "update") {
      await this.advance();
      if (this.#divergence !== undefined) return;
      await begun.updated(this.standing?.learningRate ?? this.rate);
      this.#phased = begun;
    } else await begun.go();
  }

  /** One step. Nothing happens where the training is over; one that diverges stays before the step that does. */
  async advance(): Promise<void> {
    this.#phased = undefined;
    if (this.ended !== undefined) return;
    if (this.rate !== this.#runRate) await this.#takeRate();
    try {
      const { value } = await this.#run.next();
      if (value !== undefined) await this.#take(value);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      await this.#diverge(error);
    }
  }

  /**
   * Goes to a step: back to a moment that was kept, and forward by computing. `goesOn`: whether to go on with it;
   * `between` is awaited between steps.
   */
  async goTo(total: number, goesOn: () => boolean, between: () => Promise<void> | undefined): Promise<void> {
    this.#phased = undefined;
    if (total < this.#total || this.#divergence !== undefined) {
      const mark = this.snapshots.before(Math.min(total, this.#total));
      this.#changes = this.#changes.filter(({ step }) => step <= total);
      if (mark !== undefined) await this.#restore(mark);
      else await this.#restart();
      this.snapshots.forgetFrom(this.#total + 1);
      this.course.forgetFrom(this.#total + 1);
    }
    while (this.#total < total && this.ended === undefined && this.#divergence === undefined && goesOn()) {
      await this.advance();
      await between();
    }
  }

  /** Goes on from a moment that another worker kept. */
  async takeMark(mark: Mark): Promise<void> {
    await this.#restore(mark);
    this.snapshots.add(mark);
  }

  /** Where it stands, with everything that is needed to go on. */
  async mark(): Promise<Mark | undefined> {
    if (this.#total === 0) return undefined;
    if (this.snapshots.last?.total !== this.#total) await this.keep();
    return this.snapshots.last;
  }

  /** Keeps this moment, to come back to it. */
  async keep(): Promise<void> {
    const started = performance.now();
    const state = await this.#run.state();
    const doctor = this.#doctor.memory();
    const [tensors, weights] = [bytesOf(state.tensors), bytesOf(doctor.weights)];
    // The doctor's copy of the weights is the same one throughout an epoch.
    const isShared = this.snapshots.last?.epochsDone === this.epochsDone;
    const bytes = tensors + (isShared ? 0 : weights);
    this.snapshots.add({ total: this.#total, bytes, state, doctor, ...this.told.state() });
    this.#keptAt = performance.now();
    this.#cost = this.#keptAt - started;
  }

  /** Notes in the model what its examples looked like, until its next step. */
  async learnFamiliar(): Promise<void> {
    if (this.model.familiarity !== undefined) return;
    const { learnFamiliarity } = await import("./later.ts");
    await learnFamiliarity(this.model, this.train);
  }

  close(): void {
    this.model.close();
  }

  /** The run from here on, with the rate that is valid here. */
  #newRun(state: Mark["state"]): Run {
    const { experiment } = this.plan;
    const { model, train: images, options } = this.#prepared;
    this.#runRate = this.rate;
    const optimizer = buildOptimizer({ ...experiment.configuration, learningRate: this.#runRate });
    if (state === undefined) return train(model, images, { ...options, optimizer });
    // A state says with which optimizer it was taken; it goes on with another rate.
    const resume = { ...state, options: { ...state.options, optimizer } };
    return train(model, images, { ...options, optimizer, resume });
  }

  async #takeRate(): Promise<void> {
    this.#run = this.#newRun(this.#total === 0 ? undefined : await this.#run.state());
  }

  async #take(progress: Progress): Promise<void> {
    const { epoch, step, steps } = progress;
    this.#total = (epoch - 1) * steps + step;
    this.told.step(progress, this.#total);
    if (progress.epochEnded) await this.#endEpoch(progress);
    await this.course.note(this.#total, this.model);
    const sinceKept = performance.now() - this.#keptAt;
    if (sinceKept > Math.max(EVERY, this.#cost / SHARE)) await this.keep();
  }

  async #endEpoch(progress: Progress): Promise<void> {
    await this.#doctor.after(progress);
    const { batchSize } = this.plan.experiment.configuration;
    const measured = batchSize === "full" ? await evaluate(this.model, this.train) : progress;
    // Empty cells of a table are read as the training rows say.
    this.#test ??= this.#sources.test().then((test) => fillMissing(test, this.train));
    this.told.epoch(progress, this.#total, measured, await evaluate(this.model, await this.#test));
  }

  /**
   * The step that diverges has left the weights from before its epoch: those from before the step are computed again.
   */
  async #diverge(error: DivergenceError): Promise<void> {
    const [said] = this.#doctor.onError(error);
    const total = this.#total;
    const mark = this.snapshots.before(total);
    if (mark !== undefined) await this.#restore(mark);
    else await this.#restart();
    while (this.#total < total) await this.advance();
    const { epoch, step, learningRate } = error;
    const { overflowingLayer } = await import("./overflow.ts");
    const layer = await overflowingLayer(this.model, this.train);
    this.#divergence = { epoch, step, layer, learningRate, sentence: said?.sentence ?? error.message };
  }

  async #restore(mark: Mark): Promise<void> {
    this.#total = mark.total;
    this.#doctor = new Doctor(this.model, this.train, mark.doctor && { memory: mark.doctor });
    this.told.take(mark);
    this.#divergence = undefined;
    this.#run = this.#newRun(mark.state);
    // A run takes the state over when it is first asked for something.
    await this.#run.state();
  }

  /** As if no step had been done: the first weights are drawn again. */
  async #restart(): Promise<void> {
    this.model.close();
    this.#prepared = prepare(this.plan.experiment, this.#examples, this.#backend);
    this.#total = 0;
    this.told.take(undefined);
    this.#divergence = undefined;
    this.#run = this.#newRun(undefined);
    this.#doctor = new Doctor(this.model, this.train);
    await this.#doctor.before();
  }
}

function bytesOf(tensors: Readonly<Record<string, { readonly byteLength: number }>>): number {
  return Object.values(tensors).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
