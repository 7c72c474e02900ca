/** Which runs are still to be done, in which order, and how long they will take. */
import { type Experiment, type ExperimentRun, workOf } from "inkling/presets";
import { type Shard, shareOf } from "../saved-json.ts";

/** A run that is to be done. */
export interface Planned {
  readonly experiment: Experiment;
  readonly seed: number;
}

/** Seconds of so many multiplications and additions, where nothing was measured yet: a slow machine's. */
const SECONDS_A_UNIT = 1 / 2e9;

/** Every run that is not there yet, the cheapest experiments first. `shard`: every so-manieth run, from 1. */
export function plannedRuns(
  experiments: readonly Experiment[],
  done: ReadonlyMap<string, readonly ExperimentRun[]>,
  seeds: number | undefined,
  shard: Shard,
): Planned[] {
  const all = experiments
    .toSorted((a, b) => workOf(a) - workOf(b))
    .flatMap((experiment) => {
      const count = seeds ?? experiment.seeds;
      return Array.from({ length: count }, (_, i) => ({ experiment, seed: i + 1 }));
    });
  return shareOf(all, shard).filter(
    ({ experiment, seed }) => !done.get(experiment.id)?.some((run) => run.seed === seed),
  );
}

/** Expected seconds of a run: as runs of this experiment took or, where there is none, as the others' work says. */
export function expectedSeconds(
  experiment: Experiment,
  done: ReadonlyMap<string, readonly ExperimentRun[]>,
  experiments: readonly Experiment[],
): number {
  const own = done.get(experiment.id) ?? [];
  if (own.length > 0) return own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length;
  const rates = experiments.flatMap((other) =>
    (done.get(other.id) ?? []).map(({ seconds }) => seconds / workOf(other)),
  );
  const rate = rates.length > 0 ? rates.toSorted((a, b) => a - b)[rates.length >> 1] : SECONDS_A_UNIT;
  return (rate ?? SECONDS_A_UNIT) * workOf(experiment);
}
