/** A search at work: rung by rung, trial by trial, each result saved when it is there. */
import { DataError } from "inkling";
import { ranked, survivors, type Trial } from "inkling/presets";
import { type Shard, shareOf } from "../saved-json.ts";
import type { SearchPlan, Stage } from "./plan.ts";
import { betterOf, loadResults, type Results, saveResult, type TrialResult } from "./results.ts";
import { dropAllStates, dropStates, saveState } from "./states.ts";
import { runTrial, type TrialContext } from "./trial.ts";

export interface Work extends TrialContext {
  readonly shard: Shard;
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
    for (const trial of todo) {
      const stop = await oneTrial(trial, at, results, clock, work);
      if (stop !== undefined) return { results, ending: stop };
    }
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

/** Runs a trial and saves its result; says so where the search is to stop instead. */
async function oneTrial(
  trial: Trial,
  at: number,
  results: Results,
  clock: Clock,
  work: Work,
): Promise<Ending | undefined> {
  const { plan, out, signal } = work;
  const stage = plan.stages[at] as Stage;
  const earlier = plan.stages[at - 1];
  const epochs = epochsOf(plan, trial, stage);
  const before = earlier && results.of(trial.trial, epochsOf(plan, trial, earlier));
  if (signal.aborted) return "interrupted";
  if (clock.isOver(epochs, results)) return "time";
  try {
    const goesOn = at < plan.stages.length - 1;
    const { result, states } = await clock.timed(epochs, () => runTrial(trial, epochs, { before, goesOn }, work));
    // The result first: a state without its result would be one that has nothing left to train.
    await saveResult(out, result);
    for (const [part, state] of states.entries()) await saveState(out, trial.trial, part, state);
    results.add(result);
    work.onTrial(result);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return signal.aborted ? "interrupted" : undefined;
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

  async timed<T>(epochs: number, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work();
    this.#spent += (performance.now() - started) / 1000;
    this.#epochs += epochs;
    return result;
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
