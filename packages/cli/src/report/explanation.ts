/**
 * The worked example as a page: forwards, one neuron by hand, backwards, one weight from beginning to end. Each number
 * comes from the library's trace, and each equation says in which file and line it stands.
 */
import { printable } from "../printable.ts";
import { backwardLines } from "./explanation-backward.ts";
import { forwardLines, neuronLines, pictureLines } from "./explanation-forward.ts";
import { fine, number, Page } from "./explanation-page.ts";
import { placeLines, tapLines } from "./explanation-place.ts";
import { trainingLines } from "./explanation-training.ts";
import { denseLayers, type Explanation } from "./explanation-types.ts";
import { weightLines } from "./explanation-weight.ts";
import { percent, type Terminal } from "./terminal.ts";

/** The whole page. */
export function explanationLines(explanation: Explanation, terminal: Terminal): string[] {
  const page = new Page(terminal);
  const layers = denseLayers(explanation);
  headLines(page, explanation);
  pictureLines(page, explanation, layers);
  page.title("Forwards: from the input to what it says");
  forwardLines(page, explanation, layers);
  neuronLines(page, explanation, layers);
  placeLines(page, explanation);
  if (explanation.trace.back === undefined) {
    page.title("There is no way back");
    page.line(2, withoutGoal(explanation));
  } else {
    page.title("Backwards: how the loss depends on each number");
    backwardLines(page, explanation, layers);
    weightLines(page, explanation, layers);
    tapLines(page, explanation);
  }
  trainingLines(page, explanation);
  page.lines.push("");
  page.line(0, "Files: packages/inkling/src/ (reference/ is in backends/).");
  page.line(0, "All numbers: --json; with --full the longest lists of weights too.");
  return page.lines;
}

/** What matters most: what it says, and what one step changes. */
export function quietLines(explanation: Explanation, terminal: Terminal): string[] {
  const page = new Page(terminal);
  headLines(page, explanation);
  const { back } = explanation.trace;
  if (back !== undefined) {
    const { learningRate, loss } = back.step;
    page.line(2, `One step with η = ${learningRate} changes its loss from ${fine(back.loss)} to ${fine(loss)}.`);
  }
  return page.lines;
}

function headLines(page: Page, explanation: Explanation): void {
  const { what, label, trace, target } = explanation;
  const { prediction } = trace;
  const { style } = page.terminal;
  if (prediction.task === "classes") {
    const truth = label === undefined ? "" : `: ${nameOf(explanation, label)}`;
    page.lines.push(style("bold", printable(what) + truth));
    const right = label === undefined ? "." : label === prediction.label ? ": right." : ": wrong.";
    const sure = explanation.trace.softmax && `, with ${percent(prediction.probabilities[prediction.label] ?? 0)}`;
    page.line(2, `It is read as ${nameOf(explanation, prediction.label)}${sure ?? ""}${right}`);
    return;
  }
  page.lines.push(style("bold", printable(what)));
  const values = Array.from(prediction.values, number).join(", ");
  const truth = target === undefined ? "" : `; it should be ${Array.from(target, number).join(", ")}`;
  page.line(2, `Predicted: ${values}${truth}.`);
}

/** "a 7", "an 8"; a class with a name of its own as it is. */
function nameOf({ classNames }: Explanation, label: number): string {
  if (classNames !== undefined) return printable(classNames[label] ?? label);
  return `${/^(8|11$|18$)/.test(String(label)) ? "an" : "a"} ${label}`;
}

function withoutGoal({ trace }: Explanation): string {
  const { task } = trace.prediction;
  const option = task === "classes" ? "--label 7 (its class)" : "--target 12.5 (the number)";
  return `The loss needs the answer, and the data do not say it. ${option} adds the way back.`;
}
