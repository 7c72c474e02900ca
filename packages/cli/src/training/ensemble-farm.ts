/**
 * The networks of an ensemble on several machines: each is trained by one of them alone, and rank 0 takes what came of
 * it. What a training says (its epochs, what the doctor finds, the events of a log) travels with it, and rank 0 says it
 * in the order of the networks, so that the report is that of one machine. After each network all that are whole are
 * saved as one file.
 */
import { writeSync } from "node:fs";
import { DivergenceError, Ensemble, evaluate, type Network } from "inkling";
import { decodeModel, encodeEnsemble, encodeModel } from "inkling/formats";
import { Doctor, type Finding } from "inkling/proofs";
import type { NamedConfiguration } from "../configuring.ts";
import type { RunEvent } from "../following/events.ts";
import { interruptedCode, onInterrupt } from "../interrupt.ts";
import type { Machines } from "../machines/machines.ts";
import { handOut, serveRuns } from "../machines/runs.ts";
import type { EpochRecord } from "../report/training.ts";
import { beforeText, type EnsemblePlan, nameOf, newOf, type TrainedMember } from "./ensemble.ts";
import { learn } from "./learn.ts";
import { saveSomewhere, withRemark } from "./saving.ts";
import type { Sets } from "./sets.ts";

type MemberPlan = Pick<EnsemblePlan, "seeds" | "out" | "build" | "following" | "recorded">;

/** What a training said, in its order. */
type Told =
  | { readonly found: readonly Finding[] }
  | { readonly epoch: EpochRecord; readonly isLast: boolean }
  | { readonly event: RunEvent };

/** What comes back of network k. */
type Result = { readonly k: number; readonly told: readonly Told[] } & (
  | (Omit<TrainedMember, "model" | "seed"> & { readonly bytes: Uint8Array; readonly diverged?: undefined })
  | { readonly diverged: Pick<DivergenceError, "message" | "epoch" | "step" | "loss" | "learningRate"> }
);

/** Trains and tests network k, and writes nothing. Rejects with the signal's reason. */
async function trainMember(
  k: number,
  sets: Sets,
  configuration: NamedConfiguration,
  plan: MemberPlan,
  interruption: AbortController,
): Promise<Result> {
  const { seeds, out } = plan;
  const { test } = sets;
  const own = { ...configuration, seed: seeds[k] as number };
  const model = plan.build(own);
  const told: Told[] = [];
  const events = plan.recorded((event) => {
    if (event.event === "step" || event.event === "epoch") told.push({ event });
  });
  events.beginMember(k + 1, model);
  const doctor = new Doctor(model, sets.train, { ...(test && { test }) });
  try {
    const outcome = await learn(model, sets, own, {
      ...plan.following(own),
      ...{ doctor, events, out, interruption },
      found: (found) => void told.push({ found }),
      afterEpoch: (epoch, isLast) => void told.push({ epoch, isLast }),
      member: {
        ...{ name: nameOf(k, seeds.length), isFirst: k === 0, isLast: k === seeds.length - 1 },
        ...{ before: "", save: async () => out },
      },
    });
    const { checkups, findings } = doctor;
    const tested = test && (await evaluate(model, test));
    return { k, told, bytes: await encodeModel(model), outcome, doctor: { checkups, findings }, tested };
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const { message, epoch, step, loss, learningRate } = error;
    return { k, told, diverged: { message, epoch, step, loss, learningRate } };
  }
}

/** What another machine than the first does. */
export function serveMembers(
  machines: Machines,
  sets: Sets,
  configuration: NamedConfiguration,
  plan: MemberPlan,
): Promise<void> {
  const interruption = new AbortController();
  const compute = (k: number) => trainMember(k, sets, configuration, plan, interruption);
  return serveRuns(machines, compute, interruption);
}

/**
 * Trains all members, with the other machines. Exits if one is interrupted, and throws a DivergenceError if a network
 * diverges; those that are whole are saved then, and the others are let go.
 */
export async function learnOnMachines(
  sets: Sets,
  configuration: NamedConfiguration,
  plan: EnsemblePlan,
  machines: Machines,
): Promise<{ readonly ensemble: Ensemble; readonly members: readonly TrainedMember[]; readonly out: string }> {
  const { seeds, combine, keeping } = plan;
  const interruption = new AbortController();
  const { signal } = interruption;
  onInterrupt(() => interruption.abort());
  const results: Result[] = [];
  const models: Network[] = [];
  const members: TrainedMember[] = [];
  const teller = new Teller(configuration, plan);
  let out = plan.out;
  let [begun, hasDiverged] = [0, false];
  const whole = () => models.filter((model) => model !== undefined);
  const together = () => new Ensemble(whole(), { combine });

  /** Says what there is to say of the networks that have come in order. */
  const tellAll = async () => {
    for (;;) {
      const result = results[members.length];
      const model = models[members.length];
      if (result === undefined || result.diverged || model === undefined) return;
      const { k, told, outcome, doctor, tested } = result;
      const member = { model, seed: seeds[k] as number, outcome: { ...outcome, out }, doctor, tested };
      await teller.tell(k, told, model);
      members.push(member);
      plan.afterMember(nameOf(k, seeds.length), member);
    }
  };
  const take = async (result: Result) => {
    results[result.k] = result;
    hasDiverged ||= result.diverged !== undefined;
    if (result.diverged === undefined) {
      models[result.k] = decodeModel(result.bytes, { backend: plan.backend });
      out = await saveSomewhere(await encodeEnsemble(together()), plan.out, () => keeping.keeper.makeRoom());
    }
    await tellAll();
  };
  const next = () => (hasDiverged || begun === seeds.length ? undefined : begun++);
  const compute = (k: number) => trainMember(k, sets, configuration, plan, interruption);
  const ended = await handOut(machines, { next, compute, take, signal });
  await keeping.keeper.close();

  const events = plan.following(configuration).events;
  const bad = results.find((result) => result?.diverged !== undefined);
  if (bad?.diverged !== undefined) {
    const { message, ...numbers } = bad.diverged;
    const error = Object.assign(new DivergenceError("", numbers), { message });
    const own = { ...configuration, seed: seeds[bad.k] as number };
    await teller.tell(bad.k, bad.told, plan.build(own));
    await events?.broken(error, false);
    machines.letGo(3);
    throw withRemark(error, `It was ${nameOf(bad.k, seeds.length)}. ${beforeText(whole().length, out)}`);
  }
  if (ended === "stopped") {
    await events?.broken(undefined, true);
    writeSync(2, `Interrupted. ${beforeText(whole().length, out)}\n`);
    machines.letGo(interruptedCode());
    process.exit(interruptedCode());
  }
  return { ensemble: together(), members, out };
}

/** Says what the training of a network said, wherever that was. */
class Teller {
  readonly #configuration: NamedConfiguration;
  readonly #plan: EnsemblePlan;
  /** What is wrong with the data is said once, not for each network. */
  readonly #said = new Set<string>();

  constructor(configuration: NamedConfiguration, plan: EnsemblePlan) {
    this.#configuration = configuration;
    this.#plan = plan;
  }

  async tell(k: number, told: readonly Told[], model: Network): Promise<void> {
    const { seeds, beforeMember, following } = this.#plan;
    const seed = seeds[k] as number;
    const { found, afterEpoch, events } = following({ ...this.#configuration, seed });
    beforeMember(nameOf(k, seeds.length), seed);
    events?.beginMember(k + 1, model);
    for (const one of told) {
      if ("found" in one) found(newOf(one.found, this.#said));
      else if ("epoch" in one) afterEpoch(one.epoch, one.isLast);
      else await events?.pass(one.event);
    }
  }
}
