/**
 * The training of an ensemble: one network after the other, from seeds that come from one. After each, all that are
 * whole are saved as one file. So an interruption, or a network that diverges, costs the network under way and no other.
 */
import { writeSync } from "node:fs";
import { type Combination, Ensemble, type Evaluation, evaluate, type Network } from "inkling";
import { encodeEnsemble } from "inkling/formats";
import { Doctor, type Finding } from "inkling/proofs";
import type { NamedConfiguration } from "../configuring.ts";
import { onInterrupt } from "../interrupt.ts";
import { printable } from "../printable.ts";
import { type LearnOptions, learn, type Outcome } from "./learn.ts";
import { saveSomewhere } from "./saving.ts";
import type { Sets } from "./sets.ts";

/** A network of an ensemble, trained and tested. */
export interface TrainedMember {
  readonly model: Network;
  readonly seed: number;
  readonly outcome: Outcome;
  readonly doctor: Doctor;
  readonly tested: Evaluation | undefined;
}

export interface EnsemblePlan {
  readonly seeds: readonly number[];
  readonly combine: Combination;
  readonly out: string;
  /** The network of a seed, before its training. */
  readonly build: (configuration: NamedConfiguration) => Network;
  /** How each is followed and recorded. */
  readonly following: (configuration: NamedConfiguration) => Omit<LearnOptions, "doctor" | "member" | "out">;
  readonly beforeMember: (name: string, seed: number) => void;
  readonly afterMember: (name: string, member: TrainedMember) => void;
}

/** Trains all members. Exits 130 if interrupted, and throws a DivergenceError if one diverges, with the others saved. */
export async function learnEnsemble(
  sets: Sets,
  configuration: NamedConfiguration,
  plan: EnsemblePlan,
): Promise<{ readonly ensemble: Ensemble; readonly members: readonly TrainedMember[]; readonly out: string }> {
  const { seeds, combine, build } = plan;
  const members: TrainedMember[] = [];
  const together = (...more: Network[]) => new Ensemble([...members.map(({ model }) => model), ...more], { combine });
  const said = new Set<string>();
  let out = plan.out;
  for (const [k, seed] of seeds.entries()) {
    const name = `network ${k + 1} of ${seeds.length}`;
    const own = { ...configuration, seed };
    const model = build(own);
    plan.beforeMember(name, seed);
    const doctor = new Doctor(model, sets.train, sets.test && { test: sets.test });
    const following = plan.following(own);
    following.events?.beginMember(k + 1, model);
    const outcome = await learn(model, sets, own, {
      ...following,
      ...{ doctor, out: plan.out },
      // What is wrong with the data is said once, not for each network.
      found: (all) => following.found(newOf(all, said)),
      member: {
        name,
        before: beforeText(k, out),
        save: async (whole) => saveSomewhere(await encodeEnsemble(together(whole)), plan.out),
      },
    });
    out = outcome.out;
    onInterrupt(() => {
      writeSync(2, `Interrupted after ${name}. ${beforeText(k + 1, out)}\n`);
      process.exit(130);
    });
    const tested = sets.test && (await evaluate(model, sets.test));
    const member = { model, seed, outcome, doctor, tested };
    members.push(member);
    plan.afterMember(name, member);
  }
  return { ensemble: together(), members, out };
}

/** Where so many whole networks are. */
function beforeText(count: number, out: string): string {
  if (count === 0) return "No network was whole, so nothing was saved.";
  const which = count === 1 ? "The network that is whole is" : `The ${count} networks that are whole are`;
  return `${which} in ${printable(out)}.`;
}

/** The findings whose sentence was not said yet. */
function newOf(findings: readonly Finding[], said: Set<string>): Finding[] {
  const fresh = findings.filter(({ sentence }) => !said.has(sentence));
  for (const { sentence } of fresh) said.add(sentence);
  return fresh;
}
