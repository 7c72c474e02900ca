/**
 * A training in a worker, as the page sees it:
 *
 *   const session = new Session();
 *   session.watch((view) => { … });            called when there is something new, at most once a frame
 *   await session.open({ experiment, changes: [] });
 *   await session.run("end");
 *
 * The page pulls views when it is about to paint, and nothing is pushed to it. Now and then it also takes a mark, so
 * that the training can go on when the browser has ended the worker.
 */
import type { Network, Optimizer } from "inkling";
import { dataBase } from "../data/base.ts";
import { firstState, type RateChange } from "../state/address.ts";
import { factsOf } from "../state/own-data.ts";
import { inWhole } from "../words/messages.ts";
import { CopiedNetwork } from "./copied-network.ts";
import { optimizerFrom } from "./copied-optimizer.ts";
import type { CourseMoment } from "./course.ts";
import type { CurveData } from "./curve.ts";
import type { Mark, Plan, Until, View, WeightHistory } from "./protocol.ts";
import { Remote } from "./remote.ts";
import { startWorker } from "./start.ts";
import { words } from "./words.ts";

export interface SessionOptions {
  /** Where the site's files lie; the page's own if absent. */
  readonly base?: string;
  /** Milliseconds without an answer after which a worker is lost; 20,000 if absent. */
  readonly patience?: number;
}

/** Milliseconds between two curves, between two marks while it trains, and before the first one. */
const [CURVES, MARKS, FIRST_MARK] = [250, 10_000, 1000];
/** Milliseconds between two views where there are no frames. */
const CALM = 500;

const moving: readonly View["phase"][] = ["loading", "working", "running"];

const nothing: View = {
  ...{
    phase: "loading",
    task: "classes",
    total: 0,
    goal: undefined,
    epoch: 1,
    epochs: 0,
    step: 0,
    steps: 0,
    rate: 0,
    seconds: 0,
  },
  ...{ loss: undefined, accuracy: undefined, stepRate: undefined, perSecond: undefined, epochsDone: [], findings: [] },
  ...{ changes: [], divergence: undefined, digest: undefined, ended: undefined, loaded: undefined },
  ...{ backend: undefined, problem: undefined, phases: undefined },
  curve: undefined,
};

export class Session {
  readonly #base: string;
  readonly #patience: number;
  readonly #listeners = new Set<(view: View) => void>();
  readonly #copies = new CopiedNetwork();
  #remote: Remote | undefined;
  #starting: Promise<Remote> | undefined;
  #view: View = nothing;
  #curve: CurveData | undefined;
  #plan: Plan = { experiment: firstState().experiment, changes: [] };
  #mark: Mark | undefined;
  #isPulling = false;
  #curveAt = Number.NEGATIVE_INFINITY;
  #markAt = 0;
  #isClosed = false;

  constructor({ base = dataBase(), patience = 20_000 }: SessionOptions = {}) {
    this.#base = base;
    this.#patience = patience;
  }

  get view(): View {
    return this.#view;
  }

  get curve(): CurveData | undefined {
    return this.#curve;
  }

  /** What is trained, with the changes of the rate that were made until now. */
  get plan(): Plan {
    return this.#plan;
  }

  /** Calls back when there is something new, until the function that it returns is called. */
  watch(listener: (view: View) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins a training, and computes to a step of it. Resolves when it stands there. */
  async open(plan: Plan, total = 0): Promise<void> {
    this.#plan = plan;
    this.#mark = undefined;
    this.#curve = undefined;
    await this.#opened(plan, total);
  }

  run(until: Until): Promise<void> {
    this.#markAt = performance.now() - MARKS + FIRST_MARK;
    return this.#do((remote) => remote.ask("run", until), "running");
  }

  pause(): Promise<void> {
    return this.#do((remote) => remote.ask("pause"));
  }

  /** One phase of the next step: forward, loss, backward, update. */
  phase(): Promise<void> {
    return this.#do((remote) => remote.ask("phase"));
  }

  /**
   * Goes so many steps back: the weights are, to the last bit, what they were. A step of which some phases are done is
   * the first of them.
   */
  back(steps: number): Promise<void> {
    const { total, phases } = this.#view;
    const isBegun = phases !== undefined && phases.done !== "update";
    return this.#do((remote) => remote.ask("backTo", Math.max(0, total - steps + (isBegun ? 1 : 0))), "working");
  }

  reset(): Promise<void> {
    return this.open({ experiment: this.#plan.experiment, changes: [] });
  }

  setRate(rate: number): Promise<void> {
    return this.#do((remote) => remote.ask("setRate", rate));
  }

  /** After a training that diverged: back, and on with half the rate. */
  async halveRate(steps: number): Promise<void> {
    await this.back(steps);
    await this.setRate(this.#view.rate / 2);
  }

  /** The worker's network as it is now, copied to the page. A copy stays whole until two more have been made. */
  async network(): Promise<Network> {
    return (await this.copy()).model;
  }

  /**
   * The network, and the optimizer that makes its next step. `isFamiliar`: of a training that stands still, the network
   * knows what its examples looked like (`familiarity` of the library).
   */
  async copy(
    isFamiliar = false,
  ): Promise<{ readonly model: Network; readonly optimizer: Optimizer; readonly total: number }> {
    const remote = await this.#ready();
    const weights = await remote.ask("weights", isFamiliar);
    return {
      model: await this.#copies.from(weights),
      optimizer: await optimizerFrom(weights),
      total: weights.total,
    };
  }

  /** The values that one number of a tensor, as layers.1.weights, had in the training until now. */
  async history(tensor: string, place: number): Promise<WeightHistory> {
    const remote = await this.#ready();
    return remote.ask("history", tensor, place);
  }

  /** Which of its examples the training learns from, by their places: not those that it holds out. */
  async learnt(): Promise<Uint32Array> {
    const remote = await this.#ready();
    return remote.ask("learnt");
  }

  /** The weights at moments of the training until now, the beginning among them; at most so many. */
  async course(most: number): Promise<readonly CourseMoment[]> {
    const remote = await this.#ready();
    return remote.ask("course", most);
  }

  /** After the worker was lost: another one goes on from the page's last mark, to where the training was. */
  async goOn(): Promise<void> {
    const { total } = this.#view;
    await this.#opened(this.#plan, total, this.#mark);
  }

  /** Ends the worker. */
  close(): void {
    this.#isClosed = true;
    this.#remote?.end(words().closed);
    this.#remote = undefined;
    this.#copies.close();
    this.#listeners.clear();
  }

  #opened(plan: Plan, total: number, mark?: Mark): Promise<void> {
    const { configuration, data } = plan.experiment;
    this.#show({ ...nothing, task: factsOf(data).task, rate: configuration.learningRate, changes: plan.changes });
    return this.#do((remote) => remote.ask("open", plan, total, mark), "loading");
  }

  /** Asks the worker for something, and shows what comes of it. */
  async #do(ask: (remote: Remote) => Promise<unknown>, phase = this.#view.phase): Promise<void> {
    if (this.#isClosed) throw new Error(words().closed);
    let remote: Remote;
    try {
      remote = await this.#ready();
    } catch (error) {
      this.#show({ ...this.#view, phase: "failed", problem: error instanceof Error ? error.message : String(error) });
      throw error;
    }
    const asked = ask(remote);
    if (phase !== this.#view.phase) this.#show({ ...this.#view, phase });
    void this.#follow();
    await asked;
    await this.#pull(remote);
  }

  async #ready(): Promise<Remote> {
    if (this.#remote !== undefined) return this.#remote;
    this.#starting ??= startWorker().then((worker) => new Remote(worker, this.#base, () => this.#lose()));
    try {
      this.#remote = await this.#starting;
    } finally {
      this.#starting = undefined;
    }
    return this.#remote;
  }

  /** Pulls a view before each frame, as long as something moves. */
  async #follow(): Promise<void> {
    if (this.#isPulling) return;
    this.#isPulling = true;
    try {
      do {
        await frame();
        if (this.#remote !== undefined) await this.#pull(this.#remote);
      } while (this.#remote !== undefined && !this.#isClosed && moving.includes(this.#view.phase));
    } catch {
      // What is wrong is shown by whoever asked.
    } finally {
      this.#isPulling = false;
    }
  }

  async #pull(remote: Remote): Promise<void> {
    const withCurve = performance.now() - this.#curveAt > CURVES || !moving.includes(this.#view.phase);
    const patience = setTimeout(() => this.#lose(), this.#patience);
    const view = await remote.ask("pull", withCurve).finally(() => clearTimeout(patience));
    if (remote !== this.#remote) return;
    const hasStopped = !moving.includes(view.phase);
    if (view.curve !== undefined) {
      this.#curve = view.curve;
      this.#curveAt = performance.now();
    }
    this.#plan = { ...this.#plan, changes: view.changes as RateChange[] };
    const isNews = hasStopped && this.#mark?.total !== view.total;
    if (isNews || (view.phase === "running" && performance.now() - this.#markAt > MARKS)) {
      this.#markAt = performance.now();
      void remote.ask("mark").then(
        (mark) => {
          if (remote === this.#remote) this.#mark = mark;
        },
        () => {},
      );
    }
    if (hasStopped && !withCurve) return this.#pull(remote);
    this.#show(view);
  }

  #lose(): void {
    if (this.#remote === undefined) return;
    const sentence = words().lost(inWhole(this.#mark?.total ?? 0));
    this.#remote.end(sentence);
    this.#remote = undefined;
    this.#show({ ...this.#view, phase: "lost", problem: sentence });
  }

  #show(view: View): void {
    this.#view = view;
    for (const listener of this.#listeners) listener(view);
    // Whoever showed it: what moves is followed. A view that was on its way from before may have ended the following.
    if (moving.includes(view.phase)) void this.#follow();
  }
}

/**
 * Before the next frame; twice a second where motion is reduced. A page that nobody sees, or that the browser does not
 * paint, is told twice a second, too: the frame may never come.
 */
function frame(): Promise<void> {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return new Promise((resolve) => {
    setTimeout(resolve, CALM);
    if (!isCalm) requestAnimationFrame(() => resolve());
  });
}
