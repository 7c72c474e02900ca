/** `inkling predict`: what a saved model says of images or rows, one by one, or of a whole file into a CSV file. */
import type { Command } from "commander";
import { ArgumentError, type Dataset, type Predictions, predictAll } from "inkling";
import { checkWritable, writeWhole } from "inkling/node";
import { DATA, dataPath, loadTest, readingFor } from "../data.ts";
import { digitsAt, readsDigits, someOf, writeCuts } from "../found.ts";
import { addLookOptions, type LookOptions, looksFrom } from "../looks.ts";
import { Machines } from "../machines/machines.ts";
import { addCombineOption, addMemberOption, type Model, type ModelOptions, modelFrom } from "../model.ts";
import { addCommonOptions, backendFrom, wholeNumber } from "../options.ts";
import { predictionsCsv, submissionCsv } from "../predictions-file.ts";
import { printable, printJson } from "../printable.ts";
import { calibrationText, familiarAt, unfamiliarLines } from "../report/certainty.ts";
import { drawImage } from "../report/digit.ts";
import { drawable } from "../report/evaluation.ts";
import { className, exampleWord, withArticle } from "../report/names.ts";
import { count, percent, short, type Terminal, terminalOf, wrap } from "../report/terminal.ts";
import { addAskingOptions, type TableOptions, tableNotes, tableReading } from "../table-options.ts";
import { predictFound } from "./predict-found.ts";

interface PredictOptions extends LookOptions, ModelOptions, TableOptions {
  readonly data?: string;
  readonly label?: string;
  readonly index?: string;
  readonly out?: string;
  readonly submission?: string;
  readonly raw?: true;
  readonly cut?: string;
}

/** More classes than this do not get a bar each. */
const MOST_BARS = 14;
/** More images than this are not drawn, and more rows of a table are not printed unless they are named. */
const MOST_SHOWN = 20;

/** Declares arguments, options and action of the command. */
export function declarePredict(command: Command): void {
  command
    .argument("<model>", "a model file, as train saves it")
    .argument("[data]", `a picture (PNG, JPEG), ${DATA}, with or without answers; of a pair the test examples`)
    .option("--data <path>", "the same; MNIST's test images if absent")
    .option("--label <column>", "the column of a table that holds the truth, if there is one")
    .option("--index <list>", "which images or rows, from 0: as 7, 0..9 or 3,5,8")
    .option("--out <file>", "write the predictions as a CSV file: of all examples, or of those of --index")
    .option("--raw", "take a picture as it is: do not look for digits in it")
    .option("--cut <dir>", "save each digit that was found in a picture, as the model sees it, as a PNG file")
    .option("--submission <file>", "write the predictions of all images as Kaggle's ImageId,Label")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling predict model.safetensors --index 0..9",
        "  inkling predict model.safetensors photo.jpg",
        "  inkling predict model.safetensors new.csv --out predictions.csv",
        "  inkling predict model.safetensors test.csv --submission submission.csv",
        "  inkling predict model.safetensors --index 7 --augmentation shift=1,rotation=5 --copies 5",
      ].join("\n"),
    );
  addAskingOptions(command);
  addCombineOption(addMemberOption(addLookOptions(command)), "as its file says if absent");
  addCommonOptions(command).action((path: string, data: string | undefined, options: PredictOptions) =>
    run(path, data, options),
  );
}

async function run(path: string, argument: string | undefined, options: PredictOptions): Promise<void> {
  const machines = await Machines.of();
  try {
    await runOn(machines, path, argument, options);
  } catch (error) {
    throw machines?.failed(error) ?? error;
  }
}

async function runOn(
  machines: Machines | undefined,
  path: string,
  argument: string | undefined,
  options: PredictOptions,
): Promise<void> {
  // A few images take one thread less time than to start the others.
  const { threads = options.index === undefined ? undefined : "1" } = options;
  const { backend } = await backendFrom({ ...options, ...(threads !== undefined && { threads }) });
  machines?.join(backend);
  const isFirst = machines?.isFirst ?? true;
  const looks = { ...looksFrom(options), together: machines !== undefined };
  const model = await modelFrom(path, options, backend);
  const reading = readingFor(model, { label: options.label, ...tableReading(options) });
  const place = dataPath(argument, options.data);
  const found = options.raw ? undefined : await digitsAt(place, model);
  if (options.cut !== undefined && found === undefined) {
    throw new ArgumentError("--cut", "a PNG or JPEG picture in which digits are looked for", place ?? "MNIST's images");
  }
  if (isFirst && options.cut !== undefined && found !== undefined) await writeCuts(options.cut, found);
  const { out, submission, index } = options;
  const { augmentation, copies, seed, combine, member } = options;
  const how = JSON.stringify({ augmentation, copies, seed, combine, member, index, isFile: out ?? submission });
  const facts = { model: machines === undefined ? "" : await model.weightsSha256(), options: how };
  if (found !== undefined && out === undefined && submission === undefined) {
    // The digits of one picture are the first machine's.
    machines?.start(facts);
    if (!isFirst) return;
    const indices = index === undefined ? undefined : indicesFrom(index, someOf(found));
    await predictFound(path, model, found, indices, options, {
      json: (predictions, i) => jsonOf(model, someOf(found), predictions, i, i),
      bars: (predictions, i, terminal) =>
        pictureAndBars(model, someOf(found), i, probabilitiesOf(model, predictions, i), terminal),
    });
    if (options.cut !== undefined && found.set !== undefined && !options.json && !options.quiet) {
      console.log(`The digits are in ${printable(options.cut)}, each as a PNG file.`);
    }
    return;
  }
  const { set: data, paths } = found ? { set: someOf(found), paths: undefined } : await loadTest(place, reading);
  if (out !== undefined && submission !== undefined) {
    throw new ArgumentError("--submission", "one file to write", "--out too");
  }
  const indices = index === undefined ? undefined : indicesFrom(index, data);
  const file = out ?? submission;
  const isWhole = indices === undefined || submission !== undefined;
  if (file !== undefined && isFirst) await checkWritable(file, 8 * (isWhole ? data.count : indices.length));
  machines?.start({ ...facts, data: await data.sha256() });
  if (file !== undefined) {
    const chosen = isWhole ? data : data.pick(indices);
    const files = indices === undefined ? paths : paths && indices.map((i) => paths[i] ?? "");
    const predictions = await predictAll(model, chosen, looks);
    return isFirst ? writePredictions(model, chosen, predictions, files, file, options) : undefined;
  }

  const isTable = exampleWord(data) === "Row";
  const areSome = isTable || paths !== undefined;
  const shown = indices ?? (areSome ? Array.from({ length: Math.min(data.count, MOST_SHOWN) }, (_, i) => i) : [0]);
  const picked = data.pick(shown);
  const predictions = await predictAll(model, picked, looks);
  if (!isFirst) return;
  if (options.json) {
    printJson({
      model: path,
      data: data.name,
      calibration: model.calibration ?? null,
      predictions: shown.map((at, i) => ({
        ...jsonOf(model, picked, predictions, at, i),
        ...(paths && { file: paths[at] }),
      })),
    });
    return;
  }
  const terminal = terminalOf(process.stdout);
  if (!options.quiet) for (const line of tableNotes(data, options, terminal)) console.log(line);
  // Of a folder's pictures nobody asked to see each.
  const draws = !options.quiet && !isTable && shown.length <= (indices === undefined ? 1 : MOST_SHOWN);
  for (const [i, at] of shown.entries()) {
    const example = printable(paths?.[at] ?? `${exampleWord(data)} ${at}`);
    console.log(sentence(model, picked, predictions, example, i, terminal));
    const found = familiarAt(model, picked, predictions, i);
    for (const line of unfamiliarLines(model, predictions.labels?.[i] ?? 0, found, terminal)) console.log(line);
    if (!draws || predictions.task === "numbers") continue;
    const p = probabilitiesOf(model, predictions, i);
    for (const line of pictureAndBars(model, data, at, p, terminal)) console.log(line);
  }
  // Those of a folder, and one from standard input: people may expect that digits are looked for there, too.
  if (paths !== undefined && !options.raw && !options.quiet && readsDigits(model)) {
    const note = "Each picture was read as a whole. In a picture that is named by itself, digits are looked for.";
    for (const line of wrap(note, terminal.width, "")) console.log(terminal.style("dim", line));
  }
  const calibrated = calibrationText(model);
  if (calibrated !== undefined && !options.quiet) {
    for (const line of wrap(calibrated, terminal.width, "")) console.log(terminal.style("dim", line));
  }
  if (indices === undefined && areSome && data.count > shown.length && !options.quiet) {
    const what = isTable ? "rows" : "pictures";
    console.log(`… and ${count(data.count - shown.length)} more ${what}: --out predictions.csv writes all of them.`);
  }
}

/** What the model gives each class of example i. */
function probabilitiesOf({ outputs }: Model, predictions: Predictions, i: number): number[] {
  if (predictions.task !== "classes") return [];
  return Array.from(predictions.probabilities.subarray(i * outputs, (i + 1) * outputs));
}

/** Writes the predictions of all examples, or of some, to a file. */
async function writePredictions(
  model: Model,
  chosen: Dataset,
  predictions: Predictions,
  paths: readonly string[] | undefined,
  file: string,
  { json, submission }: PredictOptions,
): Promise<void> {
  const text = submission === undefined ? predictionsCsv(model, predictions, paths) : submissionCsv(model, predictions);
  await writeWhole(file, Buffer.from(text));
  if (json) {
    printJson({ [submission === undefined ? "out" : "submission"]: file, examples: chosen.count });
    return;
  }
  const what = exampleWord(chosen) === "Row" ? "rows" : "images";
  console.log(`Predictions for ${count(chosen.count)} ${what} written to ${printable(file)}`);
}

/** One prediction; `at` is the example's place in the file, i in what was picked of it. */
function jsonOf(model: Model, picked: Dataset, predictions: Predictions, at: number, i: number) {
  const { outputs, classNames, targetNames } = model;
  if (predictions.task === "numbers") {
    const row = (values: Float32Array) => Array.from(values.subarray(i * outputs, (i + 1) * outputs));
    return {
      index: at,
      predicted: row(predictions.values),
      truth: picked.targets ? row(picked.targets) : null,
      ...(targetNames && { targetNames }),
    };
  }
  const predicted = predictions.labels[i] ?? 0;
  const label = picked.labels?.[i] ?? null;
  return {
    index: at,
    predicted,
    ...(classNames && { className: classNames[predicted] }),
    label,
    ...(classNames && label !== null && { labelName: classNames[label] }),
    probabilities: Array.from(predictions.probabilities.subarray(i * outputs, (i + 1) * outputs)),
    familiarity: familiarAt(model, picked, predictions, i) ?? null,
  };
}

/** "Image 7: an 8, with 93.10 %  (it is a 3)" */
function sentence(
  model: Model,
  picked: Dataset,
  predictions: Predictions,
  example: string,
  i: number,
  terminal: Terminal,
): string {
  const { outputs } = model;
  if (predictions.task === "numbers") {
    const names = model.targetNames ?? [];
    const parts = Array.from({ length: outputs }, (_, j) => {
      const truth = picked.targets?.[i * outputs + j];
      const known = truth === undefined ? "" : `  (it is ${short(truth, 7)})`;
      return `${printable(names[j] ?? "the number")} ${short(predictions.values[i * outputs + j] ?? 0, 6)}${known}`;
    });
    return terminal.style("bold", `${example}: ${parts.join(", ")}`);
  }
  const predicted = predictions.labels[i] ?? 0;
  const label = picked.labels?.[i];
  const truth = label === undefined ? "" : label === predicted ? "  (right)" : `  (it is ${withArticle(model, label)})`;
  const sure = percent(predictions.probabilities[i * outputs + predicted] ?? 0);
  const text = `${example}: ${withArticle(model, predicted)}, with ${sure}${truth}`;
  return terminal.style(label !== undefined && label !== predicted ? "red" : "bold", text);
}

/** The image, and beside it the probability of each class as a bar; in a narrow window below it. */
function pictureAndBars(
  model: Model,
  data: Dataset,
  index: number,
  probabilities: readonly number[],
  terminal: Terminal,
): string[] {
  const shown = Array.from(probabilities.entries());
  // Of many classes, the most probable.
  if (shown.length > MOST_BARS) shown.sort(([, p], [, q]) => q - p).splice(MOST_BARS);
  const names = shown.map(([label]) => className(model, label).slice(0, 20));
  const first = Math.max(2, ...names.map(({ length }) => length));
  const longest = Math.max(4, Math.min(20, terminal.width - first - 14));
  const bars = shown.map(([, p], i) => {
    const bar = "█".repeat(Math.round(Math.min(1, Math.max(0, p)) * longest)).padEnd(longest);
    return `  ${names[i]?.padStart(first)} ${terminal.style("cyan", bar)} ${percent(p).padStart(9)}`;
  });
  const image = drawable(data, index);
  if (image === undefined || image.width > terminal.width) return [...bars, ""];
  const picture = drawImage(image, terminal);
  if (image.width + first + longest + 14 > terminal.width) return [...picture, ...bars, ""];
  const rows = Math.max(picture.length, bars.length);
  const blank = " ".repeat(image.width);
  const skip = Math.max(0, Math.floor((rows - bars.length) / 2));
  return [...Array.from({ length: rows }, (_, i) => `${picture[i] ?? blank}${bars[i - skip] ?? ""}`.trimEnd()), ""];
}

/** "7", "0..9" or "3,5..8" as indices of the data. Throws an ArgumentError for anything else. */
function indicesFrom(words: string, data: Dataset): number[] {
  const indices: number[] = [];
  const what = exampleWord(data) === "Row" ? "rows" : "images";
  for (const word of words.split(",")) {
    const [first = "", last = first, ...more] = word.trim().split("..");
    const [from, to] = [wholeNumber("--index", first), wholeNumber("--index", last)];
    const end = data.count - 1;
    if (more.length > 0 || to < from || to > end) {
      throw new ArgumentError("--index", `${what} from 0 to ${end} of ${data.name}, as 7, 0..9 or 3,5,8`, words);
    }
    for (let i = from; i <= to; i++) indices.push(i);
  }
  return indices;
}
