/** Which runs are still to be done, in which order, and how long they will take. */
import { meanOf } from "inkling/numbers";
import { type Experiment, type ExperimentRun, experimentsNamed, workOf, workOfImage } from "inkling/presets";
import { type Shard, shareOf } from "../saved-json.ts";

/** A run that is to be done. */
export interface Planned {
  readonly experiment: Experiment;
  readonly seed: number;
}

/** Runs by the id of their experiment. */
export type Runs = ReadonlyMap<string, readonly ExperimentRun[]>;

/** Seconds of so many multiplications and additions, where nothing was measured yet: a slow machine's. */
const SECONDS_A_UNIT = 1 / 2e9;

/** The runs that an experiment is made of, and how many; a vote has another's. None where it is only cited. */
function runsOf(experiment: Experiment, seeds: number | undefined): Planned[] {
  if ("isCited" in experiment) return [];
  const isVote = "votesOf" in experiment;
  const of = isVote ? (experimentsNamed(experiment.votesOf, "reproduce")[0] as Experiment) : experiment;
  // Where nothing is drawn, or where so many vote, another number of seeds makes no sense.
  const isFixed = isVote || "neuron" in experiment || ("baseline" in experiment && experiment.seeds === 1);
  const count = isFixed ? experiment.seeds : (seeds ?? experiment.seeds);
  return Array.from({ length: count }, (_, i) => ({ experiment: of, seed: i + 1 }));
}

/**
 * Every run that is not there yet. `shard`: every so-manieth run, from 1; which those are depends on the counted work
 * alone, so that several machines agree.
 */
export function plannedRuns(
  experiments: readonly Experiment[],
  done: Runs,
  seeds: number | undefined,
  shard: Shard,
): Planned[] {
  const all = new Map<string, Planned>();
  for (const experiment of experiments) {
    for (const run of runsOf(experiment, seeds)) all.set(`${run.experiment.id} ${run.seed}`, run);
  }
  const ordered = [...all.values()].toSorted((a, b) => workOf(a.experiment) - workOf(b.experiment));
  return shareOf(ordered, shard).filter(
    ({ experiment, seed }) => !done.get(experiment.id)?.some((run) => run.seed === seed),
  );
}

/**
 * Expected seconds of a run, with what is measured after its epochs: as runs of this experiment took; where there is
 * none, as a short training of its own says; else as the runs of the experiment whose work for an image is nearest.
 */
export function expectedSeconds(
  experiment: Experiment,
  done: Runs,
  experiments: readonly Experiment[],
  probed: ReadonlyMap<string, number> = new Map(),
): number {
  if ("votesOf" in experiment) {
    const of = experimentsNamed(experiment.votesOf, "reproduce")[0] as Experiment;
    return experiment.seeds * expectedSeconds(of, done, experiments, probed);
  }
  const own = done.get(experiment.id) ?? [];
  if (own.length > 0) return meanWall(own);
  const known = probed.get(experiment.id);
  if (known !== undefined) return known;
  const distance = (other: Experiment) => Math.abs(Math.log(workOfImage(other) / workOfImage(experiment)));
  const [nearest] = experiments
    .filter((other) => workOf(other) > 0 && (done.get(other.id) ?? []).length > 0)
    .toSorted((a, b) => distance(a) - distance(b));
  const rate = nearest && meanWall(done.get(nearest.id) ?? []) / workOf(nearest);
  return (rate ?? SECONDS_A_UNIT) * workOf(experiment);
}

function meanWall(runs: readonly ExperimentRun[]): number {
  return meanOf(runs.map(({ wall }) => wall));
}

/** The runs in the order in which a budget serves most: the cheapest first. */
export function cheapestFirst(planned: readonly Planned[], expected: (experiment: Experiment) => number): Planned[] {
  const seconds = new Map(planned.map(({ experiment }) => [experiment, expected(experiment)]));
  return planned.toSorted((a, b) => (seconds.get(a.experiment) ?? 0) - (seconds.get(b.experiment) ?? 0));
}
