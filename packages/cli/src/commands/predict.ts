/** `inkling predict`: what a saved model sees in images, one by one, or a whole file of them for Kaggle. */
import { Command } from "commander";
import { ArgumentError, type Dataset, predictAll } from "inkling";
import { checkWritable, load, writeWhole } from "inkling/node";
import { loadTestData } from "../data.ts";
import { addCommonOptions, backendFrom, type CommonOptions, wholeNumber } from "../options.ts";
import { drawImage } from "../report/digit.ts";
import { drawable, withArticle } from "../report/evaluation.ts";
import { count, percent, type Terminal, terminalOf } from "../report/terminal.ts";

interface PredictOptions extends CommonOptions {
  readonly data?: string;
  readonly index?: string;
  readonly submission?: string;
}

/** More classes than this do not get a bar each. */
const MOST_BARS = 14;
/** More images than this are not drawn. */
const MOST_DRAWN = 20;

export function predictCommand(): Command {
  const command = new Command("predict")
    .description("Say what a saved model sees in images: of MNIST's test images, or of other data.")
    .argument("<model>", "a model file, as train saves it")
    .option(
      "--data <path>",
      "a directory with the four IDX files (its test images), or a CSV file, with or without labels",
    )
    .option("--index <list>", "which images, from 0: as 7, 0..9 or 3,5,8", "0")
    .option("--submission <file>", "write the predictions of all images as Kaggle's ImageId,Label")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling predict model.safetensors --index 0..9",
        "  inkling predict model.safetensors --data test.csv --submission out.csv",
      ].join("\n"),
    );
  return addCommonOptions(command).action((path: string, options: PredictOptions) => run(path, options));
}

async function run(path: string, options: PredictOptions): Promise<void> {
  const { backend } = backendFrom(options);
  const model = await load(path, { backend });
  const all = await loadTestData(options.data, model.outputs);
  if (options.submission !== undefined) {
    await checkWritable(options.submission, 8 * all.count);
    const { labels } = await predictAll(model, all);
    const rows = Array.from(labels, (label, i) => `${i + 1},${label}`);
    await writeWhole(options.submission, Buffer.from(`ImageId,Label\n${rows.join("\n")}\n`));
    if (options.json) console.log(JSON.stringify({ submission: options.submission, examples: all.count }));
    else console.log(`Predictions for ${count(all.count)} images written to ${options.submission}`);
    return;
  }
  const indices = indicesFrom(options.index ?? "0", all);
  const picked = all.pick(Uint32Array.from(indices));
  const { labels, probabilities } = await predictAll(model, picked);
  const predictions = indices.map((index, i) => ({
    index,
    predicted: labels[i] ?? 0,
    label: all.labels?.[index] ?? null,
    probabilities: Array.from(probabilities.subarray(i * model.outputs, (i + 1) * model.outputs)),
  }));
  if (options.json) {
    console.log(JSON.stringify({ model: path, data: all.name, predictions }));
    return;
  }
  const terminal = terminalOf(process.stdout);
  for (const { index, predicted, label, probabilities: p } of predictions) {
    const truth = label === null ? "" : label === predicted ? "  (right)" : `  (it is ${withArticle(label)})`;
    const text = `Image ${index}: ${withArticle(predicted)}, with ${percent(p[predicted] ?? 0)}${truth}`;
    console.log(terminal.style(label !== null && label !== predicted ? "red" : "bold", text));
    if (!options.quiet && predictions.length <= MOST_DRAWN) {
      for (const line of pictureAndBars(all, index, p, terminal)) console.log(line);
    }
  }
}

/** The image, and beside it the probability of each class as a bar. */
function pictureAndBars(data: Dataset, index: number, probabilities: readonly number[], terminal: Terminal): string[] {
  const image = drawable(data, index);
  const picture = image && image.width + 30 <= terminal.width ? drawImage(image, terminal) : [];
  const longest = 20;
  const shown = Array.from(probabilities.entries());
  // Of many classes, the most probable.
  if (shown.length > MOST_BARS) shown.sort(([, p], [, q]) => q - p).splice(MOST_BARS);
  const bars = shown.map(([label, p]) => {
    const bar = "█".repeat(Math.round(Math.min(1, Math.max(0, p)) * longest)).padEnd(longest);
    return `  ${String(label).padStart(2)} ${terminal.style("cyan", bar)} ${percent(p).padStart(9)}`;
  });
  const rows = Math.max(picture.length, bars.length);
  const blank = picture.length > 0 && image ? " ".repeat(image.width) : "";
  const skip = Math.max(0, Math.floor((rows - bars.length) / 2));
  return [...Array.from({ length: rows }, (_, i) => `${picture[i] ?? blank}${bars[i - skip] ?? ""}`.trimEnd()), ""];
}

/** "7", "0..9" or "3,5..8" as indices of the data. Throws an ArgumentError for anything else. */
function indicesFrom(words: string, data: Dataset): number[] {
  const indices: number[] = [];
  for (const word of words.split(",")) {
    const [first = "", last = first, ...more] = word.trim().split("..");
    const [from, to] = [wholeNumber("--index", first), wholeNumber("--index", last)];
    const end = data.count - 1;
    if (more.length > 0 || to < from || to > end) {
      throw new ArgumentError("--index", `images from 0 to ${end} of ${data.name}, as 7, 0..9 or 3,5,8`, words);
    }
    for (let i = from; i <= to; i++) indices.push(i);
  }
  return indices;
}
