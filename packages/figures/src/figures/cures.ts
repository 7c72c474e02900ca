/** The cures of overfitting, as trainings of a small network: what each changes in it, or in how it is trained. */
import {
  type Augmentation,
  augment,
  dense,
  dropout,
  evaluate,
  flatten,
  type InitializerName,
  type Network,
  network,
} from "inkling";
import type { Point } from "../parts/plot.ts";
import { follow, type Halves, type Steps } from "./learning.ts";

/** Steps in a training, and digits in a batch. */
export const STEPS = 1000;
const BATCH = 10;
/** Between two looks at both losses, in steps. */
const LOOK = 25;
/** The share of what can be learnt from that is learnt from without the cure of more digits. */
export const FEW = 0.2;

export type Cure = "decay" | "dropout" | "changed" | "more" | "small";
export const CURES: readonly Cure[] = ["decay", "dropout", "changed", "more", "small"];

/** What a training is told. */
export interface Plan {
  readonly cures: readonly Cure[];
  /** λ, where there is L2. */
  readonly lambda: number;
  /** The share that dropout leaves out, where there is dropout. */
  readonly rate: number;
}

/** A training, as far as it has come. */
export interface Run {
  readonly plan: Plan;
  readonly learnt: readonly Point[];
  readonly others: readonly Point[];
  /** Shares that are read at the end; undefined before it. */
  readonly end: { readonly learnt: number; readonly others: number } | undefined;
}

/** Trains as the plan says, and tells how far it has come; ends where the listener returns false. */
export async function trained(
  plan: Plan,
  halves: Halves,
  tell: (run: Run) => boolean | Promise<boolean>,
): Promise<Run> {
  const { judge } = halves;
  const share = plan.cures.includes("more") ? 1 : FEW;
  const learn = halves.learn.take(Math.max(1, Math.round(halves.learn.count * share)));
  const model = planned(plan);
  let run: Run = { plan, learnt: [], others: [], end: undefined };
  let [step, isWanted] = [0, true];
  const look = async () => {
    const [own, other] = [await evaluate(model, learn), await evaluate(model, judge)];
    const end = step === STEPS ? { learnt: own.accuracy, others: other.accuracy } : undefined;
    run = { plan, learnt: [...run.learnt, [step, own.loss]], others: [...run.others, [step, other.loss]], end };
    isWanted = await tell(run);
  };
  await look();
  await follow(model, learn, stepsOf(plan, learn.count), async () => {
    if (++step % LOOK === 0) await look();
    return step < STEPS && isWanted;
  });
  model.close();
  return run;
}

/** The network of a plan, as its seed makes it. */
function planned({ cures, rate }: Plan): Network<"classes"> {
  const initializer: InitializerName = cures.includes("small") ? "scaledNormal" : "normal";
  const hidden = dense(30, { activation: "sigmoid", initializer });
  const between = rate > 0 ? [dropout(rate)] : [];
  return network([28, 28, 1], [flatten(), hidden, ...between, dense(10, { initializer })], { seed: 1 });
}

/** How a plan trains on so many digits. */
function stepsOf({ cures, lambda }: Plan, count: number): Steps {
  const perEpoch = Math.ceil(count / BATCH);
  return {
    epochs: Math.ceil(STEPS / perEpoch),
    batchSize: BATCH,
    learningRate: 0.5,
    weightDecay: lambda,
    augmentation: cures.includes("changed") ? changing() : undefined,
  };
}

function changing(): Augmentation {
  return augment({ shift: 1, rotation: 10, scale: [0.9, 1.1] });
}

/** Equal for equal plans. */
export function keyOf({ cures, lambda, rate }: Plan): string {
  return [...cures, lambda.toPrecision(3), rate.toFixed(1)].join(" ");
}
