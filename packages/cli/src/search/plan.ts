/**
 * What a search is to do: its trials with their configurations, its rungs, its examples. All is checked before it
 * begins.
 */
import { ArgumentError, type Dataset, type Fold, folds, InklingError, type Network } from "inkling";
import type { Backend } from "inkling/backends";
import { fillMissing } from "inkling/formats";
import { readWhole } from "inkling/node";
import {
  buildAugmentation,
  type Configuration,
  dashed,
  drawTrials,
  fieldNames,
  fields,
  type GivenSpace,
  givenSpaceFromJson,
  halvingRungs,
  type SearchSpace,
  searchSpace,
  type Trial,
  triedFromText,
} from "inkling/presets";
import { configurationOf, flagOf, type Named, type NamedConfiguration, withCountedWeights } from "../configuring.ts";
import { buildFor, fittingBatch } from "../training/building.ts";
import { checkTraining } from "../training/learn.ts";
import { filledIn, type Sets } from "../training/sets.ts";
import { type SearchSets, setsFor } from "./sets.ts";

export type Strategy = "random" | "halving";
export type Score = "accuracy" | "loss" | "rmse";

/** How a search is asked for, besides its space: words of the command line that have been read. */
export interface Asked {
  readonly trials: number;
  readonly strategy: Strategy;
  readonly eta: number;
  readonly folds: number | undefined;
  readonly score: string | undefined;
}

/** Where trials train for so many epochs; undefined for as many as each trial's own configuration says. */
export interface Stage {
  readonly trials: number;
  readonly epochs: number | undefined;
}

export interface SearchPlan extends Omit<Asked, "score"> {
  readonly space: SearchSpace;
  /** What all trials have in common. */
  readonly base: NamedConfiguration;
  readonly drawn: readonly Trial[];
  /** One for a random search, several for halving. */
  readonly stages: readonly Stage[];
  readonly score: Score;
  readonly sets: Sets;
  /** What a trial trains on and is scored on: one pair, or one a fold. */
  readonly parts: () => Iterable<Fold>;
  readonly configurationOf: (trial: Trial, epochs: number | undefined) => NamedConfiguration;
  /** The same for a training on these examples: with a batch that fits, and class weights that are counted. */
  readonly fittedTo: (training: Dataset, trial: Trial, epochs: number | undefined) => NamedConfiguration;
}

/** The space of a file and of --try. Throws an ArgumentError or a DataError. */
export async function spaceOf(file: string | undefined, tried: readonly string[]): Promise<SearchSpace> {
  const text = file === undefined ? "{}" : Buffer.from(await readWhole(file, 1 << 20)).toString("utf8");
  const given: Record<string, unknown> = { ...givenSpaceFromJson(text, file ?? "--try") };
  const plain = (name: string) => fieldNames.find((field) => field === name || dashed(field) === name) ?? name;
  for (const word of tried) {
    const at = word.indexOf("=");
    if (at < 1) throw new ArgumentError("--try", "an option and its values, as layers=64|128", JSON.stringify(word));
    const name = plain(word.slice(0, at).trim().replace(/^--/, ""));
    if (Object.keys(given).some((key) => plain(key) === name)) {
      throw new ArgumentError("--try", "every option once", `${name} twice`);
    }
    given[name] = triedFromText(word.slice(at + 1).trim());
  }
  return searchSpace(given as GivenSpace, file !== undefined && tried.length === 0 ? file : "--try");
}

/**
 * Loads the data, draws the trials, and checks each of them. Throws the caller's mistakes, before anything is written.
 */
export async function planOf(
  space: SearchSpace,
  named: Named,
  asked: Asked,
  data: Parameters<typeof setsFor>[1],
  backend: Backend,
): Promise<SearchPlan> {
  checkSpace(space, named, asked);
  const found = await setsFor(named, data, asked.folds);
  const { preset, loss } = found.configuration;
  const whole = (tries: Partial<Configuration>) => {
    return configurationOf({ preset, fields: { ...found.fields, ...tries } }, preset, loss);
  };
  const trialOf = ({ tries }: Trial, epochs: number | undefined) => {
    return whole({ ...tries, ...(epochs !== undefined && { epochs }) });
  };
  const base = whole({});
  checkUses(space, base);
  const drawn = drawTrials(space, { seed: base.seed, trials: asked.trials, complete: whole });
  const rungs = { trials: drawn.length, epochs: base.epochs, eta: asked.eta };
  const plan: SearchPlan = {
    ...asked,
    ...{ space, base, drawn },
    score: scoreOf(asked.score, found.sets.train, space),
    stages: asked.strategy === "halving" ? halvingRungs(rungs) : [{ trials: drawn.length, epochs: undefined }],
    sets: filledIn(found.sets),
    parts: () => partsOf(found, asked.folds, base.seed),
    configurationOf: trialOf,
    fittedTo: (training, trial, epochs) => {
      const all = trialOf(trial, epochs);
      const batchSize = fittingBatch(all, { preset, fields: { ...found.fields, ...trial.tries } }, training);
      return withCountedWeights({ ...all, batchSize }, training);
    },
  };
  checkTrials(plan, backend);
  return plan;
}

function partsOf({ sets: { train, validation } }: SearchSets, count: number | undefined, seed: number): Iterable<Fold> {
  if (count !== undefined) return filledFolds(train, count, seed);
  return validation === undefined ? [] : [{ train, validation }];
}

/** The folds, each without empty cells: the fold's own training rows say what they are read as. */
function* filledFolds(data: Dataset, count: number, seed: number): Generator<Fold> {
  for (const { train, validation } of folds(data, count, { seed })) {
    const filled = fillMissing(train);
    yield { train: filled, validation: fillMissing(validation, filled) };
  }
}

/** What a search of this kind cannot try. */
function checkSpace(space: SearchSpace, named: Named, { strategy, folds: count }: Asked): void {
  if (strategy === "halving" && space.epochs !== undefined) {
    const advice = "Give --epochs once: what the last trials train for.";
    throw new ArgumentError(
      "--try, epochs",
      "another option: halving itself says how long a trial trains",
      "epochs",
      advice,
    );
  }
  const inits = space.init && ("values" in space.init ? space.init.values : []);
  if (named.fields.init === "numpy" || inits?.includes("numpy")) {
    const advice = "numpy repeats one experiment of the original program, examples included.";
    throw new ArgumentError("search, init", "first weights other than numpy", "numpy", advice);
  }
  if (count !== undefined && (space.patience !== undefined || (named.fields.patience ?? 0) > 0)) {
    const advice = "The best settings then train on all examples, and none is left to watch.";
    throw new ArgumentError("--patience", "no early stopping with --folds", "one", advice);
  }
}

/** Throws an ArgumentError for an option that no trial has a use for: the number of an optimizer that is not tried. */
function checkUses(space: SearchSpace, base: NamedConfiguration): void {
  for (const name of fieldNames.filter((field) => space[field] !== undefined)) {
    for (const kind of ["optimizer", "loss", "schedule"] as const) {
      const list = ({ optimizer: "optimizers", loss: "losses", schedule: "schedules" } as const)[kind];
      const users: readonly string[] | undefined = fields[name][list];
      const entry = space[kind];
      const tried: readonly unknown[] = entry !== undefined && "values" in entry ? entry.values : [base[kind]];
      if (users === undefined || tried.some((value) => users.includes(String(value)))) continue;
      const expected = `the ${kind} ${users.join(" or ")}`;
      throw new ArgumentError(`--try, ${name}`, expected, tried.join(", "), `Add --${kind} ${dashed(users[0] ?? "")}.`);
    }
  }
}

/**
 * The score that ranks the trials. Throws an ArgumentError for one that these data do not have, or that would not do.
 */
function scoreOf(word: string | undefined, { task }: Dataset, space: SearchSpace): Score {
  const known: readonly Score[] = task === "numbers" ? ["rmse", "loss"] : ["accuracy", "loss"];
  const score = known.find((name) => name === (word ?? known[0]));
  if (score === undefined) {
    const what = task === "numbers" ? "numbers to predict" : "classes";
    throw new ArgumentError("--score", `${known.join(" or ")} for ${what}`, JSON.stringify(word));
  }
  const changing = (["loss", "labelSmoothing", "classWeights", "huberDelta"] as const).find((name) => space[name]);
  if (score === "loss" && changing !== undefined) {
    const expected = `${known[0]}: trials that differ in ${changing} have losses that cannot be compared`;
    throw new ArgumentError("--score", expected, score);
  }
  return score;
}

/** Checks each trial's network and training, at the first length and at the last; a network is built once. */
function checkTrials(plan: SearchPlan, backend: Backend): void {
  const [part] = plan.parts();
  if (part === undefined) throw new ArgumentError("--validation", "validation examples", "none");
  const { train, validation } = part;
  const own: Sets = { ...plan.sets, train, validation: plan.folds === undefined ? validation : undefined };
  const groups = new Map<string, Trial[]>();
  for (const trial of plan.drawn) {
    const network = Object.entries(trial.tries).filter(([name]) => fields[name as keyof Configuration].isOfNetwork);
    const key = JSON.stringify(network);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  for (const group of groups.values()) checkGroup(group, plan, own, backend);
}

/** Trials that have one network. */
function checkGroup(group: readonly Trial[], plan: SearchPlan, own: Sets, backend: Backend): void {
  let model: Network | undefined;
  const lengths = new Set([plan.stages[0]?.epochs, plan.stages.at(-1)?.epochs]);
  try {
    for (const trial of group) {
      for (const epochs of lengths) {
        inTrial(trial, () => {
          const configuration = plan.fittedTo(own.train, trial, epochs);
          buildAugmentation(configuration)?.warpFor("train", own.train, configuration.seed);
          model ??= buildFor(own, configuration, backend);
          checkTraining(model, own, configuration);
        });
      }
    }
  } finally {
    model?.close();
  }
}

/** What is refused is refused in the trial's name. */
function inTrial({ trial }: Trial, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    const { where, expected, got, advice } = error;
    const remedy = `${advice} Such a trial cannot be trained; change the space.`.trim();
    throw new ArgumentError(`trial ${trial}, ${where}`, expected, got, remedy);
  }
}

/** An option that is given once for all trials and tried as well. */
export function checkOnce(space: SearchSpace, given: readonly (keyof Configuration)[]): void {
  const name = given.find((field) => space[field] !== undefined);
  if (name === undefined) return;
  throw new ArgumentError(flagOf(name), `${name} fixed or tried`, "both", "Leave one of them out.");
}
