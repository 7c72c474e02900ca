/**
 * The training of an ensemble: one network after the other, from seeds that come from one. After each, all that are
 * whole are saved as one file. So an interruption, or a network that diverges, costs the network under way and no
 * other.
 */
import { type Combination, DataError, Ensemble, type Evaluation, evaluate, type Network } from "inkling";
import type { Backend } from "inkling/backends";
import { decodeModel, encodeEnsemble, encodeModel } from "inkling/formats";
import type { FoundCheckpoint } from "inkling/node";
import { Doctor, type Finding } from "inkling/proofs";
import type { NamedConfiguration } from "../configuring.ts";
import type { RunEvent } from "../following/events.ts";
import type { Following } from "../following/following.ts";
import { interruptedCode, onInterrupt } from "../interrupt.ts";
import { printable } from "../printable.ts";
import { type Keeping, type LearnOptions, learn, type Outcome } from "./learn.ts";
import { bytesOf, numbersOf } from "./notes.ts";
import { saveSomewhere } from "./saving.ts";
import type { Sets } from "./sets.ts";

/** A network of an ensemble, trained and tested. */
export interface TrainedMember {
  readonly model: Network;
  readonly seed: number;
  readonly outcome: Outcome;
  readonly doctor: Pick<Doctor, "checkups" | "findings">;
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
  /** On several machines: what each training tells is recorded, for the first of them to tell. */
  readonly recorded: (take: (event: RunEvent) => void) => Following;
  readonly backend: Backend;
  /** Where checkpoints go, and what stands in them. */
  readonly keeping: Keeping;
  /** Of an ensemble that goes on: the networks that were whole, and the one under way. */
  readonly resume?: { readonly finished: readonly Finished[]; readonly model: Network } & NonNullable<
    LearnOptions["resume"]
  >;
}

/** A network that is whole, as it stands in a checkpoint. */
export interface Finished {
  readonly bytes: Uint8Array;
  readonly seed: number;
  readonly outcome: Pick<Outcome, "history" | "seconds" | "ended" | "bestEpoch">;
  readonly doctor: Pick<Doctor, "checkups" | "findings">;
}

/** Trains all members. Exits if interrupted, and throws a DivergenceError if one diverges, with the others saved. */
export async function learnEnsemble(
  sets: Sets,
  configuration: NamedConfiguration,
  plan: EnsemblePlan,
): Promise<{ readonly ensemble: Ensemble; readonly members: readonly TrainedMember[]; readonly out: string }> {
  const { seeds, combine, resume, keeping } = plan;
  const finished = [...(resume?.finished ?? [])];
  const members: TrainedMember[] = [];
  const together = (...more: Network[]) => new Ensemble([...members.map(({ model }) => model), ...more], { combine });
  const said = new Set<string>();
  let out = plan.out;
  let isInterrupted = false;
  for (const [k, seed] of seeds.entries()) {
    const name = nameOf(k, seeds.length);
    const own = { ...configuration, seed };
    plan.beforeMember(name, seed);
    const before = finished[k];
    if (before !== undefined) {
      const member = await trainedBefore(before, sets, resume?.model, out);
      members.push(member);
      plan.afterMember(name, member);
      continue;
    }
    const goesOn = resume !== undefined && k === resume.finished.length;
    const model = goesOn ? resume.model : plan.build(own);
    const { test } = sets;
    const memory = goesOn ? { memory: resume.learned.doctor } : {};
    const doctor = new Doctor(model, sets.train, { ...(test && { test }), ...memory });
    const following = plan.following(own);
    following.events?.beginMember(k + 1, model);
    const outcome = await learn(model, sets, own, {
      ...following,
      ...{ doctor, out: plan.out, isInterrupted },
      ...(goesOn && { resume }),
      keeping: { keeper: keeping.keeper, more: async () => withFinished(await keeping.more(), finished) },
      // What is wrong with the data is said once, not for each network.
      found: (all) => following.found(newOf(all, said)),
      member: {
        ...{ name, isFirst: k === 0, isLast: k === seeds.length - 1 },
        before: beforeText(k, out),
        save: async (whole) =>
          saveSomewhere(await encodeEnsemble(together(whole)), plan.out, () => keeping.keeper.makeRoom()),
      },
    });
    out = outcome.out;
    // The next network hears of it, and leaves before its first step.
    onInterrupt(() => {
      isInterrupted = true;
      if (k === seeds.length - 1) process.exit(interruptedCode());
    });
    const tested = sets.test && (await evaluate(model, sets.test));
    const member = { model, seed, outcome, doctor, tested };
    members.push(member);
    finished.push({ bytes: await encodeModel(model), seed, outcome, doctor });
    plan.afterMember(name, member);
  }
  return { ensemble: together(), members, out };
}

/** A network that was whole when its ensemble was stopped. */
async function trainedBefore(
  { bytes, seed, outcome, doctor }: Finished,
  sets: Sets,
  like: Network | undefined,
  out: string,
): Promise<TrainedMember> {
  const model = decodeModel(bytes, { ...(like && { backend: like.backend }) });
  const trained = await evaluate(model, sets.train);
  const tested = sets.test && (await evaluate(model, sets.test));
  return { model, seed, outcome: { ...outcome, trained, out }, doctor, tested };
}

/** What stands in a checkpoint, with the networks that are whole. */
function withFinished(
  { notes, values }: Awaited<ReturnType<Keeping["more"]>>,
  finished: readonly Finished[],
): Awaited<ReturnType<Keeping["more"]>> {
  const told = finished.map(({ seed, outcome, doctor }) => {
    const { history, seconds, ended, bestEpoch } = outcome;
    const { checkups, findings } = doctor;
    return { seed, outcome: { history, seconds, ended, bestEpoch }, doctor: { checkups, findings } };
  });
  const files = finished.map(({ bytes }, k) => [`finished.${k}`, numbersOf(bytes)]);
  return { notes: { ...notes, finished: told }, values: { ...values, ...Object.fromEntries(files) } };
}

/** The networks of a checkpoint that were whole. Throws a DataError for notes that this command has not written. */
export function finishedFrom(
  where: string,
  { notes, values }: Pick<FoundCheckpoint, "notes" | "values">,
): readonly Finished[] {
  const told = notes.finished ?? [];
  const isSound =
    Array.isArray(told) && told.every(({ outcome, doctor }, k) => outcome && doctor && values[`finished.${k}`]);
  if (!isSound) throw new DataError(where, "a checkpoint of inkling train --ensemble", "one without its networks");
  return told.map((member, k) => ({ ...member, bytes: bytesOf(values[`finished.${k}`] ?? new Float32Array()) }));
}

/** "network 3 of 5" */
export function nameOf(k: number, count: number): string {
  return `network ${k + 1} of ${count}`;
}

/** Where so many whole networks are. */
export function beforeText(count: number, out: string): string {
  if (count === 0) return "No network was whole, so no model was saved.";
  const which = count === 1 ? "The network that is whole is" : `The ${count} networks that are whole are`;
  return `${which} in ${printable(out)}.`;
}

/** The findings whose sentence was not said yet. */
export function newOf(findings: readonly Finding[], said: Set<string>): Finding[] {
  const fresh = findings.filter(({ sentence }) => !said.has(sentence));
  for (const { sentence } of fresh) said.add(sentence);
  return fresh;
}
