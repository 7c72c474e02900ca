/**
 * The table of configuration fields: what a training's options are called, what they may be, their usual values, and
 * how the command line reads and explains them. A new option is one entry here; the type, presets, configuration files,
 * flags, help and records come from it.
 */
import { type InitializerName, initializers } from "../layers/initializers.ts";
import type { LossName } from "../losses/loss.ts";
import { losses } from "../losses/losses.ts";
import { activations } from "../numbers/activations.ts";
import { type OptimizerName, optimizers } from "../training/optimizers.ts";
import type { ScheduleName } from "../training/schedule.ts";
import { schedules } from "../training/schedules.ts";
import {
  aboveZero,
  atLeastZero,
  betweenZeroAndOne,
  changes,
  flag,
  isWhole,
  type Kind,
  number,
  oneOf,
  share,
  weights,
  whole,
  wholeOr,
  widths,
} from "./field-kinds.ts";

interface Facts<Value> {
  /** One line for the help. */
  readonly help: string;
  /** Its value where neither an option nor a preset says one; undefined where that depends on the other fields. */
  readonly usual: Value | undefined;
  /** Whether it says what the network is, rather than how it is trained. */
  readonly isOfNetwork?: true;
  /** The optimizers that use it; all if absent. */
  readonly optimizers?: readonly OptimizerName[];
  /** The losses that use it; all if absent. */
  readonly losses?: readonly LossName[];
  /** The schedules that use it; all if absent. */
  readonly schedules?: readonly ScheduleName[];
  /** What its schedule calls it. */
  readonly option?: string;
  /** Whether a preset's value was chosen for the preset's optimizer: naming another one drops it. */
  readonly isTuned?: true;
  /** Whether a line that shows a configuration leaves it out while it has its usual value: it does nothing then. */
  readonly isOff?: true;
}

export interface Field<Value> extends Kind<Value>, Facts<Value> {}

function field<Value>(kind: Kind<Value>, facts: Facts<NoInfer<Value>>): Field<Value> {
  return { ...kind, ...facts };
}

function keys<Table extends object>(table: Table): (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[];
}

/** The numbers of schedules. */
function scheduleFields() {
  const of = (schedule: ScheduleName, option: string) => ({ schedules: [schedule], option, isTuned: true }) as const;
  return {
    warmUp: field(
      number("a share from 0 to below 1, or a whole number of steps", (value) => {
        return (value >= 0 && value < 1) || isWhole(value, 1);
      }),
      {
        help: "the learning rate rises during the first steps: a share of all, as 0.05, or so many; 0 for no warm-up",
        usual: 0,
        isTuned: true,
        isOff: true,
      },
    ),
    stepEvery: field(whole(1), {
      help: "the learning rate falls every so many epochs",
      usual: 10,
      ...of("step", "every"),
    }),
    stepFactor: field(betweenZeroAndOne, {
      help: "what it is multiplied with then",
      usual: 0.1,
      ...of("step", "factor"),
    }),
    exponentialFactor: field(betweenZeroAndOne, {
      help: "what the learning rate is multiplied with after each epoch",
      usual: 0.95,
      ...of("exponential", "factor"),
    }),
    cosineEnd: field(share, {
      help: "the share of the learning rate that is left after the last step",
      usual: 0,
      ...of("cosine", "end"),
    }),
    plateauPatience: field(whole(1), {
      help: "the learning rate falls after so many epochs without a better score",
      usual: 3,
      ...of("reduceOnPlateau", "patience"),
    }),
    plateauFactor: field(betweenZeroAndOne, {
      help: "what it is multiplied with then",
      usual: 0.5,
      ...of("reduceOnPlateau", "factor"),
    }),
    plateauStop: field(share, {
      help: "the training ends when this share of the learning rate is left, as the book's 1/128 = 0.0078125; 0 for never",
      usual: 0,
      ...of("reduceOnPlateau", "stopAt"),
    }),
  };
}

const startingWeights: (InitializerName | "numpy")[] = [...keys(initializers), "numpy"];
const adams: readonly OptimizerName[] = ["adam", "adamW"];

export const fields = {
  layers: field(widths, {
    help: 'hidden layers: widths as 128,64, or 20c5,p2,100 for images (see below); "none" for no hidden layer',
    usual: [128],
    isOfNetwork: true,
  }),
  activation: field(oneOf(keys(activations)), {
    help: `of the hidden layers: ${keys(activations).join(", ")}`,
    usual: "relu",
    isOfNetwork: true,
  }),
  loss: field(oneOf(keys(losses)), {
    help: "classes: crossEntropy, sigmoidCrossEntropy, quadratic; numbers: meanSquared, meanAbsolute, huber, binaryCrossEntropy",
    usual: "crossEntropy",
    isOfNetwork: true,
  }),
  labelSmoothing: field(share, {
    help: "the share of the target that is spread over all classes",
    usual: 0,
    isOfNetwork: true,
    losses: ["crossEntropy"],
    isOff: true,
  }),
  classWeights: field(weights, {
    help: "how much each class counts, as 1,2,0.5 or cat=2,dog=0.5; balanced: rare ones as much as others",
    usual: [],
    isOfNetwork: true,
    losses: ["crossEntropy"],
    isOff: true,
  }),
  huberDelta: field(aboveZero, {
    help: "δ: the distance from which on the loss is a straight line",
    usual: 1,
    isOfNetwork: true,
    losses: ["huber"],
  }),
  init: field(oneOf(startingWeights), {
    help: `first weights: ${keys(initializers).join(", ")}, or numpy (the original's draws)`,
    usual: "he",
    isOfNetwork: true,
  }),
  optimizer: field(oneOf(keys(optimizers)), { help: keys(optimizers).join(", "), usual: "adam" }),
  learningRate: field(aboveZero, {
    help: "η; without it, the preset's or the named optimizer's own",
    usual: undefined,
    isTuned: true,
  }),
  momentum: field(share, {
    help: "μ: the share of its velocity that a weight keeps",
    usual: 0.9,
    optimizers: ["momentum"],
  }),
  nesterov: field(flag, { help: "Nesterov's variant", usual: false, optimizers: ["momentum"], isOff: true }),
  beta1: field(share, { help: "β₁: how long the mean of the gradients remembers", usual: 0.9, optimizers: adams }),
  beta2: field(share, { help: "β₂: how long the mean of their squares remembers", usual: 0.999, optimizers: adams }),
  schedule: field(oneOf(keys(schedules)), {
    help: `of the learning rate: ${keys(schedules).join(", ")}`,
    usual: "constant",
    isTuned: true,
    isOff: true,
  }),
  ...scheduleFields(),
  weightDecay: field(atLeastZero, {
    help: "λ: adds λ·W to every weight's gradient (the book's λ / n)",
    usual: 0,
    isOff: true,
  }),
  l1: field(atLeastZero, {
    help: "adds λ·sign(W) to every weight's gradient (the book's λ / n); 0 for none",
    usual: 0,
    isOff: true,
  }),
  clipNorm: field(atLeastZero, {
    help: "the most that the norm of all gradients together may be; 0 for no limit",
    usual: 0,
    isOff: true,
  }),
  maxNorm: field(atLeastZero, {
    help: "the most that the norm of a neuron's incoming weights may be; 0 for no limit",
    usual: 0,
    isOff: true,
  }),
  average: field(share, {
    help: "the model gets an average of its weights over the steps that keeps this share in each, as 0.999; 0 for none",
    usual: 0,
    isOff: true,
  }),
  patience: field(whole(0), {
    help: "stops after so many epochs without a better validation score, with the best weights; 0 for never",
    usual: 0,
    isOff: true,
  }),
  watch: field(oneOf<"loss" | "accuracy">(["loss", "accuracy"]), {
    help: "the score that --patience and the schedule reduceOnPlateau look at: loss or accuracy",
    usual: "loss",
    isOff: true,
  }),
  improvement: field(atLeastZero, {
    help: "how much better than the best that score has to be",
    usual: 0,
    isOff: true,
  }),
  keepLast: field(flag, {
    help: "with --patience: keep the last epoch's weights rather than the best ones",
    usual: false,
    isOff: true,
  }),
  batchSize: field(wholeOr(1, "full"), {
    help: 'examples in a step, or "full" for plain gradient descent',
    usual: 128,
  }),
  augmentation: field(changes, {
    help: "how training images change, anew in every epoch: shift=2,rotation=15,scale=0.85..1.15,elastic=34/4 …",
    usual: "none",
    isOff: true,
  }),
  epochs: field(whole(1), { help: "passes over the training examples", usual: 5 }),
  seed: field(whole(0), { help: "where all random numbers come from", usual: 1, isOfNetwork: true }),
  validation: field(whole(0), {
    help: "training examples held out for validation, drawn by the seed",
    usual: 0,
    isOff: true,
  }),
  examples: field(wholeOr(1, "all"), {
    help: 'use only the first N training examples, or "all"',
    usual: "all",
    isOff: true,
  }),
};

/** What a training is made of: a value for each field. */
export type Configuration = {
  readonly [Name in keyof typeof fields]: (typeof fields)[Name] extends Field<infer Value> ? Value : never;
};

/** The names of a configuration's fields, in the order of the help. */
export const fieldNames = Object.keys(fields) as (keyof Configuration)[];
