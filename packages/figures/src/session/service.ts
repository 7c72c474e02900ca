/**
 * What the worker does: it answers questions (protocol.ts) about one training at a time. While the training runs it
 * looks for questions every few milliseconds. What changes the training is done one after the other, and stops what
 * runs; a view is answered at once.
 */
import { InklingError, type Network, type Scaling } from "inkling";
import type { Backend } from "inkling/backends";
import { imagesOf } from "../state/experiment.ts";
import { factsOf, type OwnData, received } from "../state/own-data.ts";
import type { CourseMoment } from "./course.ts";
import { Curve } from "./curve.ts";
import { learntPlaces } from "./divided.ts";
import {
  type Answer,
  type Mark,
  type Methods,
  type Phase,
  type Plan,
  type Question,
  type SentScaling,
  stands,
  type Until,
  type View,
  type WeightHistory,
  type Weights,
} from "./protocol.ts";
import type { Sources } from "./sources.ts";
import { Trainer } from "./trainer.ts";
import { nextTurn } from "./turn.ts";

/** Milliseconds between two looks for questions: a page that paints 60 times a second asks as often. */
const TURN = 12;

/** The methods as the worker has them: they may take their time. */
type Served = { readonly [M in keyof Methods]: (...given: Parameters<Methods[M]>) => unknown };

export interface Surroundings {
  readonly sources: Sources;
  readonly backend: () => Promise<{ readonly backend: Backend; readonly reason: string }>;
}

export class Service implements Served {
  readonly #surroundings: Surroundings;
  #trainer: Trainer | undefined;
  #plan: Plan | undefined;
  #phase: Phase = "loading";
  #goal: number | undefined;
  #problem: string | undefined;
  #reason: string | undefined;
  #digest: string | undefined;
  #until: Until = "end";
  /** How much was asked for that has not begun: what runs makes way for it. */
  #waiting = 0;
  #lastTurn = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Answers a question; a sentence where it cannot. */
  async answer({ id, method, given }: Question): Promise<Answer> {
    try {
      const call = this[method] as (...all: readonly unknown[]) => unknown;
      return { id, value: await call.apply(this, [...given]) };
    } catch (error) {
      return { id, problem: sentenceOf(error) };
    }
  }

  open({ experiment, changes }: Plan, total: number, mark?: Mark): Promise<void> {
    return this.#inTurn(async () => {
      const plan = { experiment: { ...experiment, data: experiment.data && received(experiment.data) }, changes };
      this.#plan = plan;
      this.#phase = "loading";
      this.#problem = this.#digest = undefined;
      this.#trainer?.close();
      this.#trainer = undefined;
      try {
        const { backend } = this.#surroundings;
        const { configuration, data } = plan.experiment;
        const sources = this.#sourcesFor(data);
        const [examples, choice] = await Promise.all([
          sources.train(imagesOf(configuration, factsOf(data))),
          backend(),
        ]);
        this.#reason = choice.reason;
        // They are needed when the first epoch ends.
        void sources.test().catch(() => {});
        this.#trainer = await Trainer.begin(plan, examples, sources, choice.backend);
        if (mark !== undefined) await this.#trainer.takeMark(mark);
        if (total > this.#trainer.total) await this.#goTo(this.#trainer, total);
        await this.#rest(this.#trainer);
      } catch (error) {
        this.#fail(error);
        throw error;
      }
    });
  }

  /** Begins to train, until the step, epoch or training has ended, or something else is asked for. */
  run(until: Until): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#inTurn(async () => {
        const trainer = this.#trained();
        // The answer says that it has begun, not that it has ended.
        resolve();
        if (this.#phase !== "paused") return;
        this.#until = until;
        this.#phase = "running";
        this.#digest = undefined;
        await this.#loop(trainer, until);
      }).catch(reject);
    });
  }

  pause(): Promise<void> {
    return this.#inTurn(async () => {});
  }

  phase(): Promise<void> {
    return this.#inTurn(async () => {
      const trainer = this.#trained();
      await trainer.phase();
      await this.#rest(trainer);
    });
  }

  backTo(total: number): Promise<void> {
    return this.#inTurn(async () => {
      const trainer = this.#trained();
      await this.#goTo(trainer, Math.max(0, total));
      await this.#rest(trainer);
    });
  }

  /** A training that runs goes on with the new rate. */
  setRate(rate: number): Promise<void> {
    const wasRunning = this.#phase === "running" && this.#waiting === 0;
    return this.#inTurn(async () => {
      const trainer = this.#trained();
      trainer.setRate(rate);
      await this.#rest(trainer);
      if (wasRunning) void this.run(this.#until);
    });
  }

  async weights(learnsFamiliar: boolean): Promise<Weights> {
    const trainer = this.#trained();
    // Before its first step it has learnt nothing that could be familiar.
    const isFree = this.#waiting === 0 && stands({ phase: this.#phase });
    if (learnsFamiliar && isFree && trainer.total > 0) await this.#inTurn(() => trainer.learnFamiliar());
    const { total, configuration, model } = trainer;
    const { inputShape, outputs, scaling, targetScaling } = model;
    const { classNames, columnNames, tableColumns, targetNames } = model;
    return {
      ...{ total, configuration, inputShape, outputs },
      names: { classNames, columnNames, tableColumns, targetNames },
      ...{ scaling: sentScaling(scaling), targetScaling: sentScaling(targetScaling) },
      familiarity: model.familiarity,
      optimizer: { learningRate: trainer.stepRate, memory: await trainer.optimizerMemory() },
      tensors: await valuesOf(model),
    };
  }

  history(tensor: string, place: number): Promise<WeightHistory> {
    return this.#trained().history(tensor, place);
  }

  course(most: number): readonly CourseMoment[] {
    const { course, total } = this.#trained();
    return course.all(total, most);
  }

  learnt(): Uint32Array {
    const { configuration, data } = this.#trained().plan.experiment;
    const added = data?.isAdded ? data.train.count : 0;
    return learntPlaces(imagesOf(configuration, factsOf(data)) + added, configuration);
  }

  async mark(): Promise<Mark | undefined> {
    const trainer = this.#trained();
    // While it runs, the last one that was kept: a run has one asker.
    if (this.#phase === "running" || this.#phase === "working") return trainer.snapshots.last;
    return trainer.mark();
  }

  pull(withCurve: boolean): View {
    const trainer = this.#trainer;
    const { standing } = trainer ?? {};
    const { configuration } = this.#plan?.experiment ?? {};
    return {
      ...{ phase: this.#phase, task: factsOf(this.#plan?.experiment.data).task },
      ...{ total: trainer?.total ?? 0, goal: this.#goal },
      ...{ epoch: standing?.epoch ?? 1, epochs: configuration?.epochs ?? 0 },
      ...{ step: standing?.step ?? 0, steps: trainer?.steps ?? 0 },
      ...{ loss: standing?.loss, accuracy: standing?.accuracy, stepRate: standing?.learningRate },
      rate: trainer?.rate ?? configuration?.learningRate ?? 0,
      perSecond: trainer?.told.speed.perSecond,
      seconds: standing?.seconds ?? 0,
      epochsDone: trainer?.epochsDone ?? [],
      findings: trainer?.findings ?? [],
      changes: trainer?.changes ?? this.#plan?.changes ?? [],
      divergence: trainer?.divergence,
      digest: this.#digest,
      ended: trainer?.ended,
      loaded: this.#phase === "loading" ? { ...this.#surroundings.sources.progress } : undefined,
      backend: this.#reason,
      problem: this.#problem,
      phases: trainer?.phases,
      curve: withCurve ? (trainer?.curve ?? new Curve()).data() : undefined,
    };
  }

  /** MNIST, or the data that have come with the plan. */
  #sourcesFor(data: OwnData | undefined): Sources {
    const { sources } = this.#surroundings;
    return {
      train: async (count) => (data === undefined || data.isAdded ? sources.train(count) : data.train),
      test: async () => data?.test ?? sources.test(),
      get progress() {
        return sources.progress;
      },
    };
  }

  /** Stops what runs, waits until it stands still, and then does this. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#waiting++;
    const result = this.#queue.then(() => {
      this.#waiting--;
      return work();
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  async #loop(trainer: Trainer, until: Until): Promise<void> {
    try {
      const epoch = Math.floor(trainer.total / trainer.steps);
      const isThere = () => {
        if (until === "step") return true;
        return until === "epoch" && Math.floor(trainer.total / trainer.steps) > epoch;
      };
      do {
        await trainer.advance();
        await this.#turn();
      } while (this.#waiting === 0 && !isThere() && trainer.ended === undefined && trainer.divergence === undefined);
      await this.#rest(trainer);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #goTo(trainer: Trainer, total: number): Promise<void> {
    this.#phase = "working";
    this.#goal = total;
    this.#digest = undefined;
    const goesOn = () => this.#waiting === 0;
    await trainer.goTo(total, goesOn, () => this.#turn());
    this.#goal = undefined;
  }

  /** Lets questions in, if it is time. */
  #turn(): Promise<void> | undefined {
    if (performance.now() - this.#lastTurn < TURN) return undefined;
    return nextTurn().then(() => {
      this.#lastTurn = performance.now();
    });
  }

  /** The training stands still: its moment is kept, and its weights have their digest. */
  async #rest(trainer: Trainer): Promise<void> {
    await trainer.mark();
    this.#digest = await trainer.model.weightsSha256();
    this.#phase = trainer.divergence !== undefined ? "diverged" : trainer.ended !== undefined ? "done" : "paused";
  }

  #fail(error: unknown): void {
    this.#phase = "failed";
    this.#goal = undefined;
    this.#problem = sentenceOf(error);
  }

  #trained(): Trainer {
    if (this.#trainer === undefined) throw new Error(this.#problem ?? "Nothing is being trained yet.");
    return this.#trainer;
  }
}

async function valuesOf({ tensors, backend }: Network): Promise<Weights["tensors"]> {
  return Promise.all(
    tensors.map(async ({ name, value }) => [name, (await backend.read(value)) as Float32Array] as const),
  );
}

function sentScaling(scaling: Scaling | undefined): SentScaling | undefined {
  return scaling && { means: scaling.means, deviations: scaling.deviations };
}

/** Ours are sentences for people; of others their kind is worth knowing. */
function sentenceOf(error: unknown): string {
  return error instanceof InklingError ? error.message : String(error);
}
