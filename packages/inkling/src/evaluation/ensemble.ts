/**
 * An ensemble: several networks for one task, asked together (Hansen and Salamon 1990; chapter 6 lets five of them
 * vote). They were trained from different seeds, so they make different mistakes, and together fewer.
 *
 *   mean   p = (p₁ + … + pₙ) / n, class by class: added in the order of the members in float64, divided, and rounded to
 *          float32 once. The class with the largest p is the answer; of equal ones the first.
 *   vote   each network names its class, and the class that is named most often is the answer; of those that are named
 *          equally often the one with the largest p of the mean, of equal ones the first.
 *
 * Numbers are predicted by the mean, each network's in the units of the data. Members and order are the same on every
 * backend, and so is every bit.
 */
import type { Backend } from "../backends/backend.ts";
import { checkName, checkWhole, checkWithin } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Loss, Task } from "../losses/loss.ts";
import { largest, type Numbers } from "../matrix.ts";
import { type Calibration, calibrationOf, type Familiarity } from "../network/certainty.ts";
import type { LookOptions } from "../network/looks.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import type { Prediction, PredictionOf } from "../network/prediction.ts";
import type { TrainingRecord } from "../network/record.ts";
import { Stream } from "../numbers/random.ts";
import { joinedBytes, sha256 } from "../numbers/sha256.ts";
import { checkOptions } from "../options.ts";
import { type Shape, shapeText } from "../shapes.ts";
import { listed, shown } from "../shown.ts";
import { tempered } from "./temperature.ts";

/** How the members' answers become one. */
export type Combination = "mean" | "vote";

export const combinations: readonly Combination[] = ["mean", "vote"];

/** The most members that an ensemble can have. */
export const MOST_MEMBERS = 100;

export interface EnsembleOptions {
  /** "mean" (the default): the mean of the probabilities decides. "vote": the majority of the networks. */
  readonly combine?: Combination;
}

/** What an ensemble makes of one example: together, and each of its members. */
export type EnsemblePrediction<T extends Task = Task> = PredictionOf[T] & {
  readonly members: readonly PredictionOf[T][];
};

/** What a network made of some examples: its outputs, and what they mean. */
interface Found {
  readonly outputs: Numbers;
  /** Probabilities, or numbers in the units of the data. */
  readonly meaning: Numbers;
}

/**
 * Several networks as one model: `evaluate`, `predictAll` and `save` take it as they take a network.
 *
 * @example
 * const five = new Ensemble(networks, { combine: "vote" });
 * await evaluate(five, digits.test);
 */
export class Ensemble<T extends Task = Task> {
  readonly members: readonly Network<T>[];
  readonly combine: Combination;

  /**
   * `members`: 1 to 100 networks, each once, of the same inputs, outputs, loss and names; they keep what they computed
   * with. Throws an ArgumentError for others, and for a vote about numbers.
   */
  constructor(members: readonly Network<T>[], options: EnsembleOptions = {}) {
    checkOptions("Ensemble", options, ["combine"]);
    const { combine = "mean" } = options;
    checkName("Ensemble", "combine", combine, combinations);
    checkMembers(members);
    if (combine === "vote" && members[0].loss.task === "numbers") {
      throw new ArgumentError("Ensemble", 'combine "mean" (the networks predict numbers)', shown(combine));
    }
    this.members = [...members];
    this.combine = combine;
  }

  get inputShape(): Shape {
    return this.members[0].inputShape;
  }

  get outputShape(): Shape {
    return this.members[0].outputShape;
  }

  get inputs(): number {
    return this.members[0].inputs;
  }

  get outputs(): number {
    return this.members[0].outputs;
  }

  /** What the first member's training made small; all have the same one, perhaps with other settings. */
  get loss(): Loss<T> {
    return this.members[0].loss;
  }

  /** What the first member computes with. */
  get backend(): Backend {
    return this.members[0].backend;
  }

  /** The first member's seed. */
  get seed(): number {
    return this.members[0].seed;
  }

  get tableColumns(): Network["tableColumns"] {
    return this.members[0].tableColumns;
  }

  get columnNames(): readonly string[] | undefined {
    return this.members[0].columnNames;
  }

  get classNames(): readonly string[] | undefined {
    return this.members[0].classNames;
  }

  get targetNames(): readonly string[] | undefined {
    return this.members[0].targetNames;
  }

  /** How the first member was trained; undefined before. */
  get training(): TrainingRecord | undefined {
    return this.members[0].training;
  }

  /** The temperature of its mean probabilities; undefined before `calibrate`. */
  get calibration(): Calibration | undefined {
    return calibrationOf(this);
  }

  /** What the first member's examples looked like. */
  get familiarity(): Familiarity | undefined {
    return this.members[0].familiarity;
  }

  /** As a network's `predict`; besides, what each member makes of the example. All look at the same changed copies. */
  async predict(example: ArrayLike<number>, options: LookOptions = {}): Promise<EnsemblePrediction<T>> {
    const members: Prediction[] = [];
    const looks = options.augmentation === undefined ? options : { seed: this.seed, ...options };
    for (const member of this.members) members.push(await member.predict(example, looks));
    const labels = members.map(({ label = 0 }) => label);
    const found = members.map((one) => (one.task === "classes" ? one.probabilities : one.values));
    const { outputs, meaning } = this.#combined(found, (k) => labels[k], 1);
    return { ...this.#prediction(outputs, meaning), members } as unknown as EnsemblePrediction<T>;
  }

  #prediction(outputs: Numbers, meaning: Float32Array): Prediction {
    if (this.loss.task === "numbers") return { task: "numbers", values: meaning };
    const label = largest(outputs, 0, this.outputs);
    const className = this.classNames?.[label];
    return { task: "classes", label, ...(className !== undefined && { className }), probabilities: meaning };
  }

  /** What the members made of some examples, each under its place, as one: `outputs` are in the order of the answer. */
  combined(found: readonly Found[], rows: number): Found {
    const named = (k: number, i: number) => largest(found[k].outputs, i, this.outputs);
    return this.#combined(
      found.map(({ meaning }) => meaning),
      named,
      rows,
    );
  }

  /** `named`: the class that member k names for row i. */
  #combined(meanings: readonly Numbers[], named: (k: number, i: number) => number, rows: number) {
    const n = this.outputs;
    const mean = meanOf(meanings, rows * n);
    const { calibration, loss } = this;
    const meaning = calibration === undefined ? mean : tempered(mean, n, calibration.temperature, loss.type);
    if (this.combine === "mean") return { outputs: mean, meaning };
    const outputs = new Float64Array(rows * n);
    for (let i = 0; i < rows; i++) {
      const votes = new Uint32Array(n);
      for (let k = 0; k < meanings.length; k++) votes[named(k, i)]++;
      outputs.set(standings(votes, mean.subarray(i * n, (i + 1) * n)), i * n);
    }
    return { outputs, meaning };
  }

  /** SHA-256 over the little-endian float32 bytes of all members' tensors, member after member, in hexadecimal. */
  async weightsSha256(): Promise<string> {
    const values: Numbers[] = [];
    for (const { backend, tensors } of this.members) {
      values.push(...(await Promise.all(tensors.map(({ value }) => backend.read(value)))));
      await backend.relieved();
    }
    return sha256(joinedBytes(values.map((numbers) => Float32Array.from(numbers))));
  }

  /** Gives the memory of all members back at once. Neither they nor the ensemble can be used afterwards. */
  close(): void {
    for (const member of this.members) member.close();
  }
}

/**
 * The seeds of so many networks, from one: the first is the seed itself, so that the first network is the one that a
 * training by itself gives; the others are drawn from it (the stream "ensemble"). All are different. Throws an
 * ArgumentError for a count that is not from 1 to 100.
 *
 * @example
 * for (const seed of ensembleSeeds(1, 5)) members.push(network([784], [dense(10)], { seed }));
 */
export function ensembleSeeds(seed: number, count: number): number[] {
  checkWhole("ensembleSeeds", "seed", seed, 0);
  checkWithin("ensembleSeeds", `a count from 1 to ${MOST_MEMBERS}`, count, 1, MOST_MEMBERS);
  const stream = new Stream(seed, "ensemble");
  const seeds = [seed];
  for (let draw = 0; seeds.length < count; draw++) {
    const drawn = stream.words(draw)[0];
    if (!seeds.includes(drawn)) seeds.push(drawn);
  }
  return seeds;
}

/** Throws an ArgumentError, in the name of `where`, for what is no ensemble. */
export function checkEnsemble(where: string, model: unknown): asserts model is Ensemble {
  if (model instanceof Ensemble) return;
  throw new ArgumentError(where, "an ensemble", shown(model), "Make one with new Ensemble([network, …]).");
}

/** (p₁ + … + pₙ) / n: added in float64 in the order of the members, rounded once. */
function meanOf(meanings: readonly Numbers[], length: number): Float32Array {
  const sums = new Float64Array(length);
  for (const meaning of meanings) for (let e = 0; e < length; e++) sums[e] += meaning[e];
  return Float32Array.from(sums, (sum) => sum / meanings.length);
}

/**
 * A number for each class, larger for a class that stands before another one: by its votes, then by p, then by its
 * place. Of two classes the second has how far it leads, so that examples can be compared for the ROC curve.
 */
function standings(votes: Uint32Array, p: Float32Array): ArrayLike<number> {
  if (votes.length === 2) return [0, 2 * (votes[1] - votes[0]) + Math.max(-1, Math.min(1, p[1] - p[0]))];
  const order = Array.from(votes.keys()).sort((a, b) => votes[b] - votes[a] || p[b] - p[a] || a - b);
  const places = new Float64Array(votes.length);
  for (const [place, c] of order.entries()) places[c] = votes.length - place;
  return places;
}

/** Throws an ArgumentError unless these are networks for one task. */
function checkMembers(members: unknown): asserts members is readonly Network[] {
  if (!Array.isArray(members)) {
    throw new ArgumentError("Ensemble", "a list of networks", shown(members), "Write new Ensemble([network, …]).");
  }
  checkWithin("Ensemble", `1 to ${MOST_MEMBERS} networks`, members.length, 1, MOST_MEMBERS);
  for (const [k, member] of members.entries()) checkNetwork(`Ensemble, members[${k}]`, member);
  const all = members as readonly Network[];
  for (const [k, member] of all.entries()) {
    const first = all.indexOf(member);
    if (first !== k)
      throw new ArgumentError(`Ensemble, members[${k}]`, "every network once", `members[${first}] again`);
    checkLike(`Ensemble, members[${k}]`, member, all[0]);
  }
}

/** Throws an ArgumentError unless a member takes, tells apart and calls things as the first one does. */
function checkLike(where: string, member: Network, first: Network): void {
  const textOf = (names: readonly string[] | undefined) => (names === undefined ? "none" : listed(names));
  const check = (what: string, expected: string, got: string) => {
    if (got !== expected) throw new ArgumentError(`${where}, ${what}`, `${expected}, as members[0]`, got);
  };
  for (const [name, of] of Object.entries(common)) check(name, of(first), of(member));
  for (const field of ["classNames", "targetNames", "columnNames"] as const) {
    const [expected, got] = [first[field], member[field]];
    if (expected === undefined || got === undefined) check(field, textOf(expected), textOf(got));
    else for (const [i, name] of expected.entries()) check(`${field}[${i}]`, shown(name), shown(got[i]));
  }
}

/** What all members have in common, as text. */
const common: Readonly<Record<string, (model: Network) => string>> = {
  "input shape": ({ inputShape }) => shapeText(inputShape),
  outputs: ({ outputs }) => String(outputs),
  loss: ({ loss }) => loss.type,
};
