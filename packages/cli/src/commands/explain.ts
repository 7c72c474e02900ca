/**
 * `inkling explain`: the worked example. One example through a saved model and back, with every number and its
 * equation.
 */
import type { Command } from "commander";
import { ArgumentError, type Dataset, type Network, sgd } from "inkling";
import { buildAugmentation, fields } from "inkling/presets";
import { type LayerTrace, Reference, trace } from "inkling/proofs";
import { DATA, dataPath, loadTestData, readingFor } from "../data.ts";
import { digitsAt, someOf } from "../found.ts";
import { addMemberOption, type ModelOptions, networkFrom } from "../model.ts";
import { addCommonOptions, type CommonOptions, wholeNumber } from "../options.ts";
import { printJson } from "../printable.ts";
import { temperedText } from "../report/certainty.ts";
import { explanationLines, quietLines } from "../report/explanation.ts";
import { placeOf } from "../report/explanation-place.ts";
import type { Explanation } from "../report/explanation-types.ts";
import { exampleWord } from "../report/names.ts";
import { count, terminalOf, wrap } from "../report/terminal.ts";
import { addAskingOptions, type TableOptions, tableReading } from "../table-options.ts";
import { chosenFrom } from "./explain-choice.ts";

interface ExplainOptions extends CommonOptions, ModelOptions, TableOptions {
  readonly data?: string;
  readonly index: string;
  readonly label?: string;
  readonly target?: string;
  readonly learningRate?: string;
  readonly layer?: string;
  readonly neuron?: string;
  readonly filter?: string;
  readonly at?: string;
  readonly weight?: string;
  readonly epoch?: string;
  readonly augmentation?: string;
  readonly full?: true;
  readonly raw?: true;
}

/** η where neither the option nor a training by gradient descent says it. */
const LEARNING_RATE = 0.01;
/** So many examples of the data, at most and at least, are looked at for dead neurons. */
const SAMPLE = 1000;
const LEAST_SAMPLE = 20;
/** A longer list of numbers is summed up in JSON: the weights of 784-128-10 are all there, those of 784-512 are not. */
const LONGEST_LIST = 200_000;

/** Declares arguments, options and action of the command. */
export function declareExplain(command: Command): void {
  command
    .argument("<model>", "a model file, as train saves it")
    .argument("[data]", `a picture (PNG, JPEG), ${DATA}; of a pair the test examples`)
    .option("--data <path>", "the same; MNIST's test images if absent")
    .option("--index <n>", "which example, from 0; of a picture which of its digits", "0")
    .option("--raw", "take a picture as it is: do not look for digits in it")
    .option("--label <class>", "the class of the example, where the data do not say it, or another than they say")
    .option("--target <numbers>", "the same for a model that predicts numbers, as 12.5 or 1,2")
    .option(
      "--learning-rate <number>",
      `η of the step; the training's if it was gradient descent, else ${LEARNING_RATE}`,
    )
    .option(
      "--layer <n>",
      "which layer to work a number out of, 1 for the first dense layer or convolution; or by its name, as layers.3",
      "1",
    )
    .option("--neuron <n>", "which neuron of a dense layer, from 0; the one with the largest δ if absent")
    .option("--filter <n>", "which filter of a convolution, or channel of pooling, from 0; in the same way")
    .option("--at <row,column>", "where in the image that comes out of it, from 0,0; in the same way")
    .option(
      "--weight <n>",
      "which of its weights (a window's taps), from 0; the one with the largest gradient if absent",
    )
    .option(
      "--epoch <n>",
      "show a pass of a training too, as in this epoch: dropout, a batch's statistics, augmentation",
    )
    .option(
      "--augmentation <changes>",
      "with --epoch: how images change, shift=2,rotation=15 …; the training's if absent",
    )
    .option(
      "--full",
      `with --json: all numbers of lists of more than ${count(LONGEST_LIST)} too, not only how many, least, most, mean`,
    )
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling explain model.safetensors --index 7 --layer 2 --neuron 4",
        "  inkling explain convolutions.safetensors --layer 1 --filter 3 --at 5,7",
        "  inkling explain model.safetensors --epoch 3",
        "  inkling explain model.safetensors photo.jpg --index 2",
      ].join("\n"),
    );
  addMemberOption(addAskingOptions(command));
  addCommonOptions(command).action((path: string, data: string | undefined, options: ExplainOptions) =>
    run(path, data, options),
  );
}

async function run(path: string, argument: string | undefined, options: ExplainOptions): Promise<void> {
  const model = await networkFrom(path, options, new Reference());
  const place = dataPath(argument, options.data);
  const found = options.raw ? undefined : await digitsAt(place, model);
  const data = found ? someOf(found) : await loadTestData(place, readingFor(model, tableReading(options)));
  const index = wholeNumber("--index", options.index);
  const explanation = await explain(model, data, index, options, found !== undefined);
  if (options.json) {
    printJson({ model: path, data: data.name, index, ...toJson(explanation, options.full === true) });
    return;
  }
  const lines = options.quiet ? quietLines : explanationLines;
  const terminal = terminalOf(process.stdout);
  console.log(lines(explanation, terminal).join("\n"));
  const tempered = await temperedText(model, data.example(index));
  if (tempered !== undefined) console.log(wrap(tempered, terminal.width, "").join("\n"));
}

async function explain(
  model: Network,
  data: Dataset,
  index: number,
  options: ExplainOptions,
  isFound: boolean,
): Promise<Explanation> {
  const example = data.example(index);
  const { label, target } = answerOf(model, data, index, options);
  const trained = trainedBy(model);
  const learningRate = learningRateFrom(options.learningRate) ?? usualRate(trained);
  const sample = data.take(SAMPLE);
  const enough = sample.count >= LEAST_SAMPLE ? { sample } : {};
  const training = trainingFrom(model, index, options);
  const found = await trace(model, example, { label, target, learningRate, ...enough, training });
  const chosen = chosenFrom(found, options);
  const hasWayBack = found.back !== undefined;
  return {
    what: `${isFound ? "Digit" : exampleWord(data)} ${index} of ${data.name}`,
    trace: found,
    loss: model.loss.type,
    ...{ label, target, chosen, trained },
    shape: model.inputShape,
    columnNames: model.columnNames,
    classNames: model.classNames,
    difference:
      hasWayBack && chosen.weight !== undefined
        ? await found.difference(chosen.name, chosen.neuron, chosen.weight)
        : undefined,
    longer: hasWayBack ? await found.step(sgd({ learningRate: 10 * learningRate })) : undefined,
    sample: sample.count,
  };
}

/** What the example should give: what the options say, else what the data say. */
function answerOf(
  { loss, classNames, outputs }: Network,
  data: Dataset,
  index: number,
  options: ExplainOptions,
): Pick<Explanation, "label" | "target"> {
  if (loss.task === "numbers") {
    if (options.label !== undefined)
      throw new ArgumentError("--label", "a model of classes", "one that predicts numbers", "Take --target.");
    const own = data.targets?.subarray(index * data.outputs, (index + 1) * data.outputs);
    return { label: undefined, target: options.target === undefined ? own : numbersFrom(options.target, outputs) };
  }
  if (options.target !== undefined)
    throw new ArgumentError("--target", "a model that predicts numbers", "one of classes", "Take --label.");
  const word = options.label;
  if (word === undefined) return { label: data.labels?.[index], target: undefined };
  const named = classNames?.indexOf(word) ?? -1;
  const label = named >= 0 ? named : wholeNumber("--label", word);
  if (label >= outputs) throw new ArgumentError("--label", `a class from 0 to ${outputs - 1}`, String(label));
  return { label, target: undefined };
}

function numbersFrom(words: string, count: number): number[] {
  const values = words.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
  if (values.length === count && values.every((value) => Number.isFinite(value))) return values;
  const expected = count === 1 ? "a number, as 12.5" : `${count} numbers, as 1,2`;
  throw new ArgumentError("--target", expected, JSON.stringify(words));
}

function learningRateFrom(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const value = Number(word);
  if (word.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new ArgumentError("--learning-rate", "a number above 0", JSON.stringify(word));
}

/** How the model was trained, as far as its file says so. */
function trainedBy({ training }: Network): Explanation["trained"] {
  const { optimizer, learningRate, batchSize } = training?.configuration ?? {};
  if (typeof optimizer !== "string" || typeof learningRate !== "number") return undefined;
  if (typeof batchSize !== "number" && batchSize !== "full") return undefined;
  return { optimizer, learningRate, batchSize };
}

/** Another optimizer's η would be another thing. */
function usualRate(trained: Explanation["trained"]): number {
  return trained?.optimizer === "sgd" ? trained.learningRate : LEARNING_RATE;
}

/** The pass of a training that is to be shown; the example has its number in the data. */
function trainingFrom({ training }: Network, index: number, { epoch, augmentation }: ExplainOptions) {
  if (epoch === undefined) {
    if (augmentation === undefined) return undefined;
    throw new ArgumentError("--augmentation", "--epoch beside it", "none", "Add --epoch 1.");
  }
  const { holds, expected } = fields.augmentation;
  if (augmentation !== undefined && !holds(augmentation)) {
    throw new ArgumentError("--augmentation", expected, JSON.stringify(augmentation));
  }
  const own = augmentation ?? training?.configuration.augmentation ?? "none";
  const built = holds(own) ? buildAugmentation({ augmentation: String(own) }) : undefined;
  return { epoch: wholeNumber("--epoch", epoch, 1), example: index, augmentation: built };
}

/**
 * All numbers, each once: operations are left out, because the layers hold what they computed; parameters and the
 * step's new ones, because a dense layer holds them in the book's letters.
 */
function toJson(explanation: Explanation, isFull: boolean): object {
  const { trace: found, loss, label, target, chosen, difference, longer, sample } = explanation;
  const { inputs, prediction, outputs, softmax } = found;
  const layers = found.layers.map(layerJson);
  const { parameters: _, ...step } = found.back?.step ?? {};
  const back = found.back && { ...found.back, step };
  const answers = { label: label ?? null, target: target ?? null, lossName: loss };
  const numbers = { prediction, inputs, outputs, softmax, layers, back, difference, tenTimesTheStep: longer };
  const more = { workedOut: placeOf(explanation), training: found.training };
  return plain({ ...answers, chosen, sample, ...numbers, ...more }, isFull) as object;
}

/** A layer without its parameters, where its equations hold them, or the layers inside of it do. */
function layerJson({ parameters, layers, ...layer }: LayerTrace): object {
  const inner = layers.length > 0 ? { layers: layers.map(layerJson) } : {};
  const holdsThem = layer.dense !== undefined || layer.convolution !== undefined || layers.length > 0;
  return holdsThem ? { ...layer, ...inner } : { ...layer, parameters };
}

/** Typed arrays as arrays, for JSON; long ones as a summary, unless all numbers are asked for. */
function plain(value: unknown, isFull: boolean): unknown {
  if (ArrayBuffer.isView(value)) {
    const list = value as Float32Array;
    return list.length > LONGEST_LIST && !isFull ? summary(list) : Array.from(list);
  }
  if (Array.isArray(value)) return value.map((inner) => plain(inner, isFull));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner, isFull)]));
}

function summary(list: Float32Array) {
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of list) {
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
  }
  return { numbers: list.length, least, most, mean: sum / list.length };
}
