/**
 * `train`: a training that you wait for, or follow value by value. It is a thin shell around training.ts: it asks for
 * steps, says where the training stands, and stops when it is not asked for more. A command line or a page only reads
 * what it gives.
 */
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError, DivergenceError } from "../errors.ts";
import { type Evaluation, evaluate, type MeasureOptions } from "../evaluation/evaluate.ts";
import type { Task } from "../losses/loss.ts";
import { forgetCertainty } from "../network/certainty.ts";
import type { Network } from "../network/network.ts";
import { remember } from "../network/record.ts";
import { isYieldDue, yieldIfDue } from "../yielding.ts";
import { checkClaim, claimOf } from "./claims.ts";
import { type Plan, planOf } from "./plan.ts";
import type { ClassProgress, NumberProgress, Progress } from "./progress.ts";
import { recordFor } from "./recording.ts";
import { checkDigest } from "./resume.ts";
import type { TrainingState } from "./state.ts";
import type { TrainOptions } from "./train-options.ts";
import { Training } from "./training.ts";

interface ProgressOf {
  readonly classes: ClassProgress;
  readonly numbers: NumberProgress;
}

/**
 * A training under way. `await` it for its end, or follow it with `for await`. It begins when it is first asked, and it
 * has one consumer.
 */
export class Run<T extends Task = Task>
  implements AsyncIterable<ProgressOf[T]>, PromiseLike<ProgressOf[T] | undefined>
{
  readonly #plan: Plan;
  readonly #clock: () => number;
  readonly #token = {};
  #training: Training | undefined;
  /** Which run had changed the model last when this one began. */
  #before: object | undefined;
  #latest: ProgressOf[T] | undefined;
  #hasIterator = false;
  #hasEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #ending: Promise<ProgressOf[T] | undefined> | undefined;
  /** What was asked for is done one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** See `train`. `clock`: milliseconds. */
  constructor(plan: Plan, clock = () => performance.now()) {
    this.#plan = plan;
    this.#clock = clock;
  }

  /** Trains until there is something to say. */
  next(): Promise<IteratorResult<ProgressOf[T], undefined>> {
    return this.#inTurn(async () => {
      if (this.#hasEnded) return { done: true, value: undefined };
      try {
        const value = (await this.#advance()) as ProgressOf[T] | undefined;
        if (value === undefined) {
          this.#hasEnded = true;
          return { done: true, value };
        }
        this.#latest = value;
        return { done: false, value };
      } catch (error) {
        this.#hasEnded = true;
        this.#failure = { error };
        throw error;
      }
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<ProgressOf[T], undefined> {
    if (this.#hasIterator) {
      throw new ArgumentError("train", "one loop over a run", "a second one", "Call train again for another training.");
    }
    this.#hasIterator = true;
    return {
      next: () => this.next(),
      return: () => {
        this.#hasEnded = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /** Trains to the end and gives the last progress. After a loop that was left with `break` it trains no further. */
  // biome-ignore lint/suspicious/noThenProperty: a run is what one awaits.
  then<Done = ProgressOf[T] | undefined, Failed = never>(
    onFulfilled?: ((last: ProgressOf[T] | undefined) => Done | PromiseLike<Done>) | null,
    onRejected?: ((error: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    this.#ending ??= this.#toTheEnd();
    return this.#ending.then(onFulfilled, onRejected);
  }

  catch<Failed = never>(onRejected?: ((error: unknown) => Failed | PromiseLike<Failed>) | null) {
    return this.then(undefined, onRejected);
  }

  finally(onEnd?: (() => void) | null) {
    return this.then().finally(onEnd);
  }

  /**
   * All that is needed to go on from here, with `train(model, data, { resume: state })`. To be asked between values; a
   * run that has not begun begins. Rejects with an ArgumentError if the training diverged, or if another one has
   * changed the model since: then there is nothing to go on from.
   */
  state(): Promise<TrainingState> {
    return this.#inTurn(async () => {
      if (this.#failure?.error instanceof DivergenceError) {
        const advice = "Resume from a state that was taken before.";
        throw new ArgumentError("state", "a training that did not diverge", "one that did", advice);
      }
      const { model } = this.#plan;
      while (model.backend.busy !== undefined) await model.backend.busy;
      const training = await this.#begun();
      checkClaim(model, this.#token, this.#before);
      return training.state();
    });
  }

  /**
   * Notes in the model's record where the training stands inside an epoch (`position`), for a model that is saved
   * there. To be asked between values. After an epoch the record says it by itself.
   */
  note(): Promise<void> {
    return this.#inTurn(async () => {
      const { model, data, validation } = this.#plan;
      const training = await this.#begun();
      if (training.epochHasEnded) return;
      remember(model, recordFor(this.#plan, training, this.#progress(training, undefined)), data, validation);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #toTheEnd(): Promise<ProgressOf[T] | undefined> {
    while (!(await this.next()).done);
    if (this.#failure) throw this.#failure.error;
    return this.#latest;
  }

  async #begun(): Promise<Training> {
    if (this.#training === undefined) {
      const { resume, data, model } = this.#plan;
      if (resume !== undefined) await checkDigest(resume, data);
      this.#before = claimOf(model).last;
      this.#training = new Training(this.#plan);
      model.takeNames(data);
    }
    return this.#training;
  }

  /** Steps until there is something to say; undefined where the training is over. */
  async #advance(): Promise<Progress | undefined> {
    const { model } = this.#plan;
    const training = await this.#begun();
    if (training.isDone) return undefined;
    checkClaim(model, this.#token, this.#before);
    this.#stopIfAsked();
    const claim = claimOf(model);
    claim.active = this.#token;
    claim.last = this.#token;
    forgetCertainty(model);
    try {
      // A training that was stopped between an epoch's end and its scores goes on with the scores.
      if (!training.awaitsScores) {
        const started = this.#clock();
        await this.#steps(training);
        await training.checkHealth();
        await training.showAverages();
        training.place.seconds += (this.#clock() - started) / 1000;
      }
    } finally {
      claim.active = undefined;
    }
    return this.#report(training);
  }

  /** Says where the training stands; after an epoch with the validation examples, and for the model's record. */
  async #report(training: Training): Promise<Progress> {
    const { model, data, validation } = this.#plan;
    const ended = training.epochHasEnded;
    const note = (progress: Progress) => {
      if (ended) remember(model, recordFor(this.#plan, training, progress), data, validation);
      return progress;
    };
    const progress = note(this.#progress(training, undefined));
    if (training.isDone) training.end();
    this.#stopIfAsked();
    if (!ended) return progress;
    const found = validation && (await evaluate(model, validation, this.#evaluating));
    training.judge(found ?? progress);
    const result = note(this.#progress(training, found));
    if (training.isDone) {
      training.end();
      // The record is of the model: of the best weights, where those are not the last.
      if (training.restoreBest() && validation)
        note({ ...result, validation: await evaluate(model, validation, this.#evaluating) });
    }
    return result;
  }

  /**
   * Steps until the epoch ends or, where every step is a value, one step. It is not part of `advance`, so that the
   * engine compiles little while threads need the second core: with both in one function an epoch of MNIST through
   * 784-128-10, in batches of 128, took 0.20 s instead of 0.16.
   */
  async #steps(training: Training): Promise<void> {
    const { model, every } = this.#plan;
    const { backend } = model;
    do {
      while (backend.busy !== undefined) await backend.busy;
      const computing = training.computeStep();
      if (computing !== undefined) await computing;
      const relief = backend.relieved();
      if (relief !== undefined) await relief;
      if (isYieldDue()) await yieldIfDue();
    } while (
      every === "epoch" &&
      !training.epochHasEnded &&
      Number.isFinite(training.place.loss) &&
      !this.#isAskedToStop()
    );
    const settled = backend.settled();
    if (settled !== undefined) await settled;
  }

  /** Machines of a group evaluate together, and nobody may leave before the end. */
  get #evaluating(): MeasureOptions {
    const { signal, model } = this.#plan;
    if (model.backend.sharing !== undefined) return { together: true };
    return signal === undefined ? {} : { signal };
  }

  /** Whether the caller wants it to end; of a group of machines, whether one of the callers does. */
  #isAskedToStop(): boolean {
    const { signal, model } = this.#plan;
    const own = signal?.aborted === true;
    return model.backend.sharing?.any(own) ?? own;
  }

  #stopIfAsked(): void {
    if (!this.#isAskedToStop()) return;
    const { signal, model } = this.#plan;
    throw signal?.aborted ? signal.reason : model.backend.sharing?.reason;
  }

  #progress(training: Training, validation: Evaluation | undefined): Progress {
    const { epoch, step, loss, hits, examples, seconds } = training.place;
    const standing = {
      ...{ epoch, step, steps: training.steps, loss: loss / examples, examples, seconds },
      epochEnded: training.epochHasEnded,
      validation,
      ended: training.ended,
      ...{ bestEpoch: training.bestEpoch, learningRate: training.learningRate },
    };
    if (this.#plan.model.loss.task === "numbers") return { task: "numbers", ...standing };
    return { task: "classes", ...standing, accuracy: hits / examples };
  }
}

/**
 * Trains a network on a data set, in place. `await train(…)` trains to the end and gives the last progress;
 * `for await (const progress of train(…))` gives one after each epoch, or step, and waits until it is asked to go on.
 * (An `async` function that returns a run waits for its end, as for a promise: return `{ run }` instead.)
 *
 * Without `resume` a new training begins: optimizer and schedule start again, and the order of the examples goes on
 * from the epochs of the model's record.
 *
 * Throws an ArgumentError for options that no training can have and a ShapeError or DataError if data and network do
 * not fit, at once. The run rejects with a DivergenceError when the loss or a weight is no longer finite: the network
 * then has the weights from before that epoch.
 */
export function train<T extends Task>(model: Network<T>, data: Dataset, options: TrainOptions = {}): Run<T> {
  return new Run<T>(planOf(model, data, options));
}
