/** `train --report`: one training, or that of an ensemble, as a page. */
import type { Dataset } from "inkling";
import type { BrokenEvent, EndEvent, EpochEvent, StartEvent, StepEvent } from "../../following/events.ts";
import type { Found } from "../../following/following.ts";
import type { Model } from "../../model.ts";
import { intervalMeaning, intervalText } from "../intervals.ts";
import { count, duration, percent, short } from "../terminal.ts";
import { certaintySection } from "./certainty.ts";
import { type Course, curves, epochTable } from "./curves.ts";
import { classSections } from "./evaluation.ts";
import { dataTable, facts, networkSections, optionsTable, pre } from "./making.ts";
import { numberSections } from "./numbers.ts";
import { type Html, keyNumbers, page, paragraph, section } from "./page.ts";

/** What is known of a training. */
export interface TrainingRun {
  readonly start: StartEvent;
  readonly epochs: readonly EpochEvent[];
  readonly steps: readonly StepEvent[];
  /** How it ended. */
  readonly ended: EndEvent | BrokenEvent;
  /** The network as it is at the end; of a whole training what was found is known, too. */
  readonly model: Model;
  readonly found: Found | undefined;
  readonly test: Dataset | undefined;
}

/** The whole page. */
export async function trainingReport(run: TrainingRun): Promise<string> {
  const { start, ended, found, test, model } = run;
  const all = coursesOf(run);
  const title = `${start.data.train.name}: ${titleOf(run)}`;
  const tested = found?.tested;
  return page(title, `${start.network}. Inkling ${start.version}, ${start.time}`, [
    numbersOf(run),
    "message" in ended ? paragraph(`The training did not end. ${ended.message}`, "warning") : "",
    ...findingsOf(ended).map((sentence) => paragraph(sentence, "warning")),
    section("How it went", [await curves(all), ...all.map(epochTable)]),
    ...(tested && test
      ? tested.task === "classes"
        ? await classSections(found.model, tested, test)
        : await numberSections(found.model, tested, test)
      : []),
    found && test ? await certaintySection(found.model, test) : "",
    // What a training that diverged leaves is from before; it says nothing about this network.
    ...(ended.event === "diverged" ? [] : await networkSections(found?.model ?? model)),
    section("To repeat it", making(run)),
  ]);
}

function titleOf({ found, ended }: TrainingRun): string {
  if (ended.event !== "end")
    return `a training that ${ended.event === "failed" ? "failed" : ended.event === "diverged" ? "diverged" : "was interrupted"}`;
  const { tested, trained } = found ?? {};
  const result = tested ?? trained;
  const on = tested === undefined ? "training" : "test";
  if (result === undefined) return "a training";
  return result.task === "classes"
    ? `${on} accuracy ${percent(result.accuracy)}`
    : `${on} R² ${short(result.rSquared, 3)}`;
}

/** What one looks for first. */
function numbersOf({ start, epochs, ended, found }: TrainingRun): Html {
  const { tested, trained } = found ?? {};
  const numbers: [string, string, string?][] = [];
  for (const [name, result] of [
    ["test", tested],
    ["training", trained],
  ] as const) {
    if (result?.task === "classes") {
      // Examples that a network has learnt from are no draw of others.
      const interval = name === "test" ? intervalText(result.accuracy, result.examples) : "";
      numbers.push([`${name} accuracy`, percent(result.accuracy), interval]);
    }
    if (result?.task === "numbers") {
      numbers.push([`${name} R²`, short(result.rSquared, 3)], [`${name} RMSE`, short(result.rootMeanSquaredError)]);
    }
    if (result !== undefined) numbers.push([`${name} loss`, short(result.loss)]);
  }
  const seconds = "seconds" in ended ? Number(ended.seconds) : epochs.at(-1)?.seconds;
  const asked = Number(start.configuration.epochs);
  const done = Math.max(0, ...epochs.map(({ epoch }) => epoch));
  const of = done === asked ? "" : `of ${count(asked)}`;
  numbers.push(["epochs", count(done), of], ["parameters", count(start.parameters)]);
  if (seconds !== undefined) numbers.push(["training took", duration(seconds)]);
  const meaning =
    tested?.task === "classes" ? paragraph(intervalMeaning(`${count(tested.examples)} test examples`), "faint") : "";
  return keyNumbers(numbers) + meaning;
}

/** The courses of all networks that were trained. */
function coursesOf({ epochs, steps }: TrainingRun): Course[] {
  const members = [...new Set(epochs.map(({ member }) => member))];
  return members.map((member) => ({
    name: member === undefined ? "The training" : `Network ${member}`,
    epochs: epochs.filter((event) => event.member === member),
    steps: steps.filter((event) => event.member === member),
  }));
}

/** What the doctor said. */
function findingsOf(ended: EndEvent | BrokenEvent): string[] {
  const { findings = [] } = ended as { findings?: readonly { readonly sentence: string }[] };
  return findings.map(({ sentence }) => `Doctor: ${sentence}`);
}

function making({ start, ended }: TrainingRun): Html[] {
  const { command, data, configuration, version, backend, threads, arithmetic, precision, seed, time, modelFile } =
    start;
  const digest = "weightsSha256" in ended ? String(ended.weightsSha256) : undefined;
  return [
    paragraph("This command repeats the training, to the last bit of every weight:"),
    pre(command),
    digest === undefined ? "" : paragraph("The SHA-256 of all weights, which it gives again:") + pre(digest),
    dataTable({ training: data.train, validation: data.validation, test: data.test }),
    facts({
      ...{ "Inkling's version": version, backend, threads, arithmetic, precision, seed },
      ...{ "begun at": time, "model file": "modelFile" in ended ? String(ended.modelFile) : modelFile },
    }),
    optionsTable(configuration),
  ];
}
