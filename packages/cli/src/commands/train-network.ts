/** `inkling train` of one network: its training, and what is printed, written and saved at its end. */
import { type Evaluation, evaluate, type Network } from "inkling";
import { Doctor } from "inkling/proofs";
import type { NamedConfiguration } from "../configuring.ts";
import { onInterrupt } from "../interrupt.ts";
import { printable, printJson } from "../printable.ts";
import { certaintyLines } from "../report/certainty.ts";
import { diagnosisLines } from "../report/diagnosis.ts";
import { nextLines } from "../report/next.ts";
import { findings, printResults } from "../report/outcome.ts";
import { percent, type Terminal, wrap } from "../report/terminal.ts";
import { digestLines, endLines, epochTitles, lossCurve } from "../report/training.ts";
import { becomeSure } from "../training/certainty.ts";
import { type LearnOptions, learn, type Outcome } from "../training/learn.ts";
import { jsonOf, saveMetrics } from "../training/results.ts";
import { withRemark } from "../training/saving.ts";
import type { Sets } from "../training/sets.ts";
import type { Reporting } from "./train-ensemble.ts";

/** Trains the network and reports it. */
export async function reportNetwork(
  model: Network,
  sets: Sets,
  configuration: NamedConfiguration,
  plan: Omit<LearnOptions, "doctor">,
  { options, columns, terminal, say, events }: Reporting,
): Promise<void> {
  say(...epochTitles(columns, terminal));
  const { history: before = [], doctor: memory } = plan.resume?.learned ?? {};
  for (const record of before) plan.afterEpoch(record, false);
  const { test } = sets;
  const doctor = new Doctor(model, sets.train, { ...(test && { test }), ...(memory && { memory }) });
  const outcome = await learn(model, sets, configuration, { ...plan, doctor });
  onInterrupt();
  try {
    const together = model.backend.sharing !== undefined;
    const tested = test && (await evaluate(model, test, { together }));
    const unsure = await becomeSure(model, sets);
    if (plan.machines?.isFirst === false) return;
    await saveMetrics(model, outcome, configuration, tested);
    const weightsSha256 = await model.weightsSha256();
    const { history, ...result } = jsonOf(model, configuration, outcome, tested, weightsSha256);
    await events.end({ ...result, findings: doctor.findings }, { model, trained: outcome.trained, tested });
    if (options.json) return printJson({ ...result, history, findings: doctor.findings });
    if (options.diagnose) say(...diagnosisLines(doctor.checkups, doctor.findings, terminal), "");
    say(...endLines(outcome, configuration, terminal), ...lossCurve(outcome.history, terminal), "");
    if (tested && test) say(...(await findings(model, tested, test, options.verbose, terminal)), "");
    printResults(model, configuration, sets, outcome, tested, terminal, doctor.findings.length > 0);
    if (configuration.preset === "original" && sets.train.shape.length === 3)
      say(...originalLines(outcome, tested, terminal));
    say(...certaintyLines(model, unsure, terminal));
    say(...digestLines(weightsSha256, terminal), "");
    console.log(`Model saved in ${printable(outcome.out)}`);
    say(...events.lines);
    say(...nextLines(outcome.out, options, sets, tested, terminal));
  } catch (error) {
    throw withRemark(error, `The trained model is in ${outcome.out}.`);
  }
}

/** What the original's experiment found, beside what its author reported. */
function originalLines({ trained, history }: Outcome, tested: Evaluation | undefined, terminal: Terminal): string[] {
  const validation = history.at(-1)?.validationAccuracy;
  const shown = (accuracy: number | undefined) => (accuracy === undefined ? "–" : percent(accuracy));
  const found = `${shown(trained.accuracy)} on the training images, ${shown(validation)} on the validation images, `;
  return [
    "",
    "The original reported around 85 %. Found here:",
    ...wrap(`${found}${shown(tested?.accuracy)} on test images that the original never used.`, terminal.width),
    ...wrap(
      "At η = 1 this training is chaotic: other seeds end between 66 and 86 % (docs/original.md).",
      terminal.width,
      "",
    ),
    "",
  ];
}
