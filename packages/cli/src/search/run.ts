/** A search at work: rung by rung, trial by trial, each result saved when it is there. */
import { DataError, type TrainingState } from "inkling";
import { ranked, survivors, type Trial } from "inkling/presets";
import type { Machines } from "../machines/machines.ts";
import { handOut, serveRuns } from "../machines/runs.ts";
import { type Shard, shareOf } from "../saved-json.ts";
import type { SearchPlan, Stage } from "./plan.ts";
import { betterOf, loadResults, type Results, saveResult, type TrialResult } from "./results.ts";
import { dropAllStates, dropStates, loadStates, saveState } from "./states.ts";
import { runTrial, type Trained, type TrialContext } from "./trial.ts";

export interface Work extends TrialContext {
  /** The directory of the search. */
  readonly out: string;
  readonly shard: Shard;
  /** Who does trials, too. */
  readonly machines: Machines | undefined;
  /** No trial is begun that would end later. */
  readonly seconds: number;
  /** Called where a rung begins, with the trials in it and how many of them are to be done here. */
  readonly onStage: (stage: Stage, at: number, entrants: number, todo: number) => void;
  readonly onTrial: (result: TrialResult) => void;
}

/** Why a search ended: all was done, or it was interrupted, or the time was over, or other shards are not so far. */
export type Ending = "whole" | "interrupted" | "time" | "others";

export interface Searched {
  readonly results: Results;
  readonly ending: Ending;
}

/** How long a trial trains in a stage. */
export function epochsOf({ configurationOf }: SearchPlan, trial: Trial, { epochs }: Stage): number {
  return epochs ?? configurationOf(trial, undefined).epochs;
}

/** A trial in a rung, as it is handed to a machine. */
interface Task {
  readonly trial: Trial;
  readonly epochs: number;
  readonly before: TrialResult | undefined;
  readonly goesOn: boolean;
  /** Where its trainings stood at the end of the rung before, of each part. */
  readonly states: readonly (TrainingState | undefined)[];
}

/** What comes back: the seconds of it all, too. */
type Done = Trained & { readonly wall: number };

/** Does a task, on any machine. */
async function compute(task: Task, context: TrialContext): Promise<Done> {
  const started = performance.now();
  const trained = await runTrial(task.trial, task.epochs, task, context);
  return { ...trained, wall: (performance.now() - started) / 1000 };
}

/** What another machine than the first does in a search. */
export function serveSearch(machines: Machines, context: TrialContext, interruption: AbortController): Promise<void> {
  return serveRuns<Task, Done>(machines, (task) => compute(task, context), interruption);
}

/** Does what is to be done. The results that are there already are not computed again. */
export async function search(work: Work): Promise<Searched> {
  const { plan, out } = work;
  const { stages, folds = 1 } = plan;
  const clock = new Clock(work.seconds);
  let entrants: readonly Trial[] = plan.drawn;
  let results = await loadResults(out);
  for (const [at, stage] of stages.entries()) {
    const resultOf = (trial: Trial) => checked(results.of(trial.trial, epochsOf(plan, trial, stage)), trial, out);
    const todo = shareOf(entrants, work.shard).filter((trial) => resultOf(trial) === undefined);
    work.onStage(stage, at, entrants.length, todo.length);
    const stop = await allTrials(todo, at, results, clock, work);
    if (stop !== undefined) return { results, ending: stop };
    // Other processes have put theirs there meanwhile.
    results = await loadResults(out);
    const found = entrants.map(resultOf).filter((result) => result !== undefined);
    if (found.length < entrants.length) return { results, ending: "others" };
    const next = stages[at + 1];
    if (next === undefined) break;
    const going = new Set(survivors(found, betterOf(plan.score), next).map(({ trial }) => trial));
    const gone = entrants.filter(({ trial }) => !going.has(trial)).map(({ trial }) => trial);
    await dropStates(out, gone, folds);
    entrants = entrants.filter(({ trial }) => going.has(trial));
  }
  await dropAllStates(out);
  return { results, ending: "whole" };
}

/** Runs trials of a rung, each on a machine that is free, and saves their results; says why not all were done. */
async function allTrials(
  trials: readonly Trial[],
  at: number,
  results: Results,
  clock: Clock,
  work: Work,
): Promise<Ending | undefined> {
  const { plan, out, signal, machines } = work;
  const stage = plan.stages[at] as Stage;
  const earlier = plan.stages[at - 1];
  const goesOn = at < plan.stages.length - 1;
  let begun = 0;
  const next = async (): Promise<Task | undefined> => {
    const trial = trials[begun];
    if (trial === undefined) return undefined;
    const epochs = epochsOf(plan, trial, stage);
    if (clock.isOver(epochs, results)) return undefined;
    begun++;
    const before = earlier && results.of(trial.trial, epochsOf(plan, trial, earlier));
    const states = before === undefined ? [] : await loadStates(out, trial.trial, plan.folds ?? 1);
    return { trial, epochs, before, goesOn, states };
  };
  const take = async ({ result, states, wall }: Done) => {
    clock.add(result.epochs, wall);
    // The result first: a state without its result would be one that has nothing left to train.
    await saveResult(out, result);
    for (const [part, state] of states.entries()) await saveState(out, result.trial, part, state);
    results.add(result);
    work.onTrial(result);
  };
  const ended = await handOut(machines, { next, compute: (task) => compute(task, work), take, signal });
  if (ended === "stopped") return "interrupted";
  return begun < trials.length ? "time" : undefined;
}

/** A result that is there has to be one of this search. */
function checked(result: TrialResult | undefined, { trial, tries }: Trial, out: string): TrialResult | undefined {
  if (result === undefined || JSON.stringify(result.tries) === JSON.stringify(tries)) return result;
  const got = JSON.stringify(result.tries);
  throw new DataError(`${out}, trial ${trial}`, `the values ${JSON.stringify(tries)}`, got, "Take another --out.");
}

/** The time of a search, and how long a trial will probably take: as the ones before, by the epoch. */
class Clock {
  readonly #started = performance.now();
  readonly #seconds: number;
  #spent = 0;
  #epochs = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Whether a trial of so many epochs would probably end too late. */
  isOver(epochs: number, results: Results): boolean {
    let [spent, trained] = [this.#spent, this.#epochs];
    if (trained === 0) {
      for (const result of results.all) {
        spent += result.seconds;
        trained += result.epochs;
      }
    }
    const expected = trained === 0 ? 0 : (spent / trained) * epochs;
    return (performance.now() - this.#started) / 1000 + expected > this.#seconds;
  }

  /** A trial of so many epochs took so many seconds. */
  add(epochs: number, seconds: number): void {
    this.#spent += seconds;
    this.#epochs += epochs;
  }
}

/** Each trial's result of its longest training: first those that came furthest, of these the best first. */
export function standings(plan: SearchPlan, results: Results): TrialResult[] {
  const { stages, drawn, score } = plan;
  const better = betterOf(score);
  const seen = new Set<number>();
  return stages.toReversed().flatMap((stage) => {
    const found = drawn
      .filter(({ trial }) => !seen.has(trial))
      .map((trial) => results.of(trial.trial, epochsOf(plan, trial, stage)))
      .filter((result) => result !== undefined);
    for (const { trial } of found) seen.add(trial);
    return ranked(found, better);
  });
}
