/** The end of a training's report: what the tests found, and what was reached. */
import type { Dataset, Evaluation } from "inkling";
import type { NamedConfiguration } from "../configuring.ts";
import type { Model } from "../model.ts";
import { printable } from "../printable.ts";
import type { Outcome } from "../training/learn.ts";
import type { Sets } from "../training/sets.ts";
import { confusionLines, furtherLines, mistakeLines, perClassLines } from "./evaluation.ts";
import { answerLines, perOutputLines, worstLines } from "./numbers.ts";
import { type Terminal, wrap } from "./terminal.ts";
import { doubts, resultLines } from "./training.ts";

/** What was found on the test examples: confusions and mistakes, or the predictions that are farthest off. */
export async function findings(
  model: Model,
  tested: Evaluation,
  test: Dataset,
  verbose = false,
  terminal: Terminal,
): Promise<string[]> {
  if (tested.task === "numbers") {
    const far = await worstLines(model, test, terminal, verbose ? 10 : 3);
    return [...far, ...(verbose ? ["", ...perOutputLines(tested, terminal)] : []), ...answerLines(tested, terminal)];
  }
  return [
    ...confusionLines(tested, model, terminal),
    "",
    ...(verbose ? [...perClassLines(tested, model, terminal), "", ...furtherLines(tested, terminal), ""] : []),
    ...mistakeLines(tested, test, model, terminal, verbose),
  ];
}

/** Prints what was reached, and a doubt where nothing was learnt. */
export function printResults(
  model: Model,
  { learningRate }: NamedConfiguration,
  { train }: Sets,
  { trained, history, seconds }: Pick<Outcome, "trained" | "history" | "seconds">,
  tested: Evaluation | undefined,
  terminal: Terminal,
  isIll: boolean,
): void {
  console.log(resultLines(trained, tested, seconds, terminal).join("\n"));
  if (!tested) {
    const what = model.loss.task === "classes" ? "Test accuracy" : "Test R²";
    console.log(`${what} unknown: ${printable(train.name)} has no examples to test on. Name some with --test.`);
  }
  // The doctor has said what is wrong.
  const doubt = isIll ? undefined : doubts(trained, train, history, learningRate);
  if (doubt !== undefined) {
    for (const line of wrap(doubt, terminal.width, "")) console.log(terminal.style("yellow", line));
  }
}
