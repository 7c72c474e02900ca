/** `inkling train --ensemble n`: several networks, the score of each, and what they reach together. */
import {
  ArgumentError,
  type Combination,
  type Ensemble,
  type Evaluation,
  ensembleSeeds,
  evaluate,
  type Network,
} from "inkling";
import type { NamedConfiguration } from "../configuring.ts";
import type { Following } from "../following/following.ts";
import { onInterrupt } from "../interrupt.ts";
import type { Machines } from "../machines/machines.ts";
import { combinationFrom, ensembleJson, ensembleText } from "../model.ts";
import { wholeNumber } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { certaintyLines } from "../report/certainty.ts";
import { diagnosisLines } from "../report/diagnosis.ts";
import { nextLines } from "../report/next.ts";
import { fitText } from "../report/numbers.ts";
import { findings, printResults } from "../report/outcome.ts";
import { percent, type Terminal, titled } from "../report/terminal.ts";
import { digestLines, type EpochColumns, endLines, epochTitles, lossCurve } from "../report/training.ts";
import { becomeSure, certaintyJson, saveSure } from "../training/certainty.ts";
import { type EnsemblePlan, learnEnsemble, type TrainedMember } from "../training/ensemble.ts";
import { learnOnMachines } from "../training/ensemble-farm.ts";
import { scores } from "../training/results.ts";
import { withRemark } from "../training/saving.ts";
import type { SetOptions, Sets } from "../training/sets.ts";

interface EnsembleOptions extends SetOptions {
  readonly ensemble?: string;
  readonly combine?: string;
  readonly json?: true;
  readonly verbose?: true;
  readonly diagnose?: true;
}

/** The most networks that a file can hold. */
const MOST = 100;

/** The networks that an ensemble is to have; undefined if none is asked for. Throws an ArgumentError if none can be. */
export function checkedEnsemble(
  { ensemble, combine }: EnsembleOptions,
  { loss }: Network,
  { seed, init }: NamedConfiguration,
): Pick<EnsemblePlan, "seeds" | "combine"> | undefined {
  if (ensemble === undefined) {
    if (combine === undefined) return undefined;
    throw new ArgumentError("--combine", "--ensemble beside it", "none", "Add --ensemble 5.");
  }
  const count = wholeNumber("--ensemble", ensemble, 1);
  if (count > MOST) throw new ArgumentError("--ensemble", `a whole number from 1 to ${MOST}`, ensemble);
  if (init === "numpy") {
    const advice = "NumPy's generator has one order of draws, for one network.";
    throw new ArgumentError("--ensemble", "another --init", "numpy", advice);
  }
  const way: Combination = combine === undefined ? "mean" : combinationFrom(combine);
  if (way === "vote" && loss.task === "numbers") {
    throw new ArgumentError("--combine", "mean (the networks predict numbers)", way);
  }
  return { seeds: ensembleSeeds(seed, count), combine: way };
}

/** How a training is reported, of one network or of several. */
export interface Reporting {
  readonly options: EnsembleOptions;
  readonly columns: EpochColumns;
  readonly terminal: Terminal;
  readonly say: (...lines: string[]) => void;
  readonly events: Following;
}

/** Trains the ensemble and reports it, member by member and together. */
export async function reportEnsemble(
  sets: Sets,
  configuration: NamedConfiguration,
  plan: Omit<EnsemblePlan, "beforeMember" | "afterMember">,
  { options, columns, terminal, say, events }: Reporting,
  machines: Machines | undefined,
): Promise<void> {
  const told: EnsemblePlan = {
    ...plan,
    beforeMember: (name, seed) => {
      say("", `${terminal.style("bold", capital(name))}, seed ${seed}`, ...epochTitles(columns, terminal));
    },
    afterMember: (name, { outcome, doctor, tested }) => {
      if (options.diagnose) say(...diagnosisLines(doctor.checkups, doctor.findings, terminal), "");
      say(...endLines(outcome, configuration, terminal), ...lossCurve(outcome.history, terminal));
      say(`${capital(name)}: ${reached(outcome.trained, tested)}`);
    },
  };
  const { ensemble, members, out } = machines
    ? await learnOnMachines(sets, configuration, told, machines)
    : await learnEnsemble(sets, configuration, told);
  onInterrupt();
  try {
    const unsure = await becomeSure(ensemble, sets);
    await saveSure(ensemble, out);
    const trained = await evaluate(ensemble, sets.train);
    const tested = sets.test && (await evaluate(ensemble, sets.test));
    const { members: each, ...result } = await jsonOf(ensemble, configuration, members, out, { trained, tested });
    const withoutHistory = each.map(({ history: _, ...member }) => member);
    await events.end({ ...result, members: withoutHistory }, { model: ensemble, trained, tested });
    if (options.json) return printJson({ ...result, members: each });
    say("", ...titled("Together", ensembleText(ensemble) ?? "", terminal), "");
    if (tested && sets.test) say(...(await findings(ensemble, tested, sets.test, options.verbose, terminal)), "");
    const isIll = members.some(({ doctor }) => doctor.findings.length > 0);
    printResults(
      ensemble,
      configuration,
      sets,
      { trained, history: [], seconds: result.seconds },
      tested,
      terminal,
      isIll,
    );
    say(...certaintyLines(ensemble, unsure, terminal));
    say(...digestLines(result.weightsSha256, terminal), "");
    console.log(`Model saved in ${printable(out)}`);
    say(...events.lines);
    say(...nextLines(out, options, sets, tested, terminal, true));
  } catch (error) {
    throw withRemark(error, `The trained networks are in ${out}.`);
  }
}

/** What one network reached: on the test examples, or where there are none, on those that it learnt from. */
function reached(trained: Evaluation, tested: Evaluation | undefined): string {
  const result = tested ?? trained;
  const of = tested === undefined ? "train" : "test";
  return `${of} ${result.task === "classes" ? `accuracy ${percent(result.accuracy)}` : fitText(result)}`;
}

/** What --json prints. */
async function jsonOf(
  ensemble: Ensemble,
  configuration: NamedConfiguration,
  members: readonly TrainedMember[],
  out: string,
  { trained, tested }: { readonly trained: Evaluation; readonly tested: Evaluation | undefined },
) {
  const { backend, classNames, columnNames, targetNames } = ensemble;
  return {
    testAccuracy: tested?.accuracy ?? null,
    trainAccuracy: trained.accuracy ?? null,
    ...(trained.task === "numbers" && { testRmse: null, testR2: null }),
    ...scores("train", trained),
    ...(tested && scores("test", tested)),
    ...{ loss: trained.loss, testLoss: tested?.loss ?? null },
    epochs: Math.max(...members.map(({ outcome }) => outcome.history.length)),
    seconds: members.reduce((sum, { outcome }) => sum + outcome.seconds, 0),
    weightsSha256: await ensemble.weightsSha256(),
    ...{ backend: backend.name, threads: backend.threads },
    ...{ arithmetic: backend.arithmetic, precision: backend.precision },
    ...{ seed: configuration.seed, modelFile: out },
    ...(classNames && { classNames }),
    ...(columnNames && { columnNames }),
    ...(targetNames && { targetNames }),
    ...ensembleJson(ensemble),
    ...certaintyJson(ensemble),
    members: await Promise.all(members.map(memberJson)),
    configuration,
    confusion: tested?.task === "classes" ? tested.confusion : null,
    findings: members.flatMap(({ doctor }) => doctor.findings),
  };
}

/** One member in --json. */
async function memberJson({ model, seed, outcome, tested }: TrainedMember) {
  const { trained, history, seconds, ended } = outcome;
  return {
    seed,
    testAccuracy: tested?.accuracy ?? null,
    trainAccuracy: trained.accuracy ?? null,
    ...scores("train", trained),
    ...(tested && scores("test", tested)),
    ...{ loss: trained.loss, testLoss: tested?.loss ?? null },
    ...{ epochs: history.length, ended, seconds },
    weightsSha256: await model.weightsSha256(),
    history,
  };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
