/** `inkling explain`: the worked example. One image, and every number that the network computes from it. */
import { Command } from "commander";
import {
  ArgumentError,
  type Backend,
  BugError,
  type Call,
  inOrder,
  Labels,
  losses,
  type Network,
  Reference,
  recording,
  type Snapshot,
  type Totals,
} from "inkling";
import { load } from "inkling/node";
import { loadTestData } from "../data.ts";
import { addCommonOptions, backendFrom, type CommonOptions, wholeNumber } from "../options.ts";
import { drawImage } from "../report/digit.ts";
import { drawable, withArticle } from "../report/evaluation.ts";
import { explanationLines } from "../report/explanation.ts";
import { terminalOf } from "../report/terminal.ts";

interface ExplainOptions extends CommonOptions {
  readonly data?: string;
  readonly index: string;
  readonly layer?: string;
  readonly neuron?: string;
  readonly weight?: string;
}

/** What one dense layer saw and said, forwards and backwards; row vectors, and W and ∂C/∂W as inputs × outputs. */
export interface LayerTrace {
  /** 1 for the first dense layer. */
  readonly number: number;
  /** Where its parameters are in the model: layers.1 */
  readonly name: string;
  readonly activation: string;
  readonly x: ArrayLike<number>;
  readonly W: Snapshot;
  readonly b: ArrayLike<number>;
  readonly z: ArrayLike<number>;
  readonly a: ArrayLike<number>;
  readonly dA: ArrayLike<number>;
  readonly delta: ArrayLike<number>;
  readonly dW: Snapshot;
  readonly db: ArrayLike<number>;
}

/** Everything that the page shows. */
export interface Explanation {
  readonly index: number;
  readonly label: number;
  readonly lossName: string;
  readonly loss: number;
  readonly probabilities: ArrayLike<number>;
  readonly layers: readonly LayerTrace[];
  /** The neuron and the weight that are worked out by hand. */
  readonly chosen: { readonly layer: number; readonly neuron: number; readonly weight: number };
  /** The weight's gradient in float64, and the central difference beside it. */
  readonly difference: {
    readonly h: number;
    readonly above: number;
    readonly below: number;
    readonly numeric: number;
    readonly analytic: number;
  };
}

export function explainCommand(): Command {
  const command = new Command("explain")
    .description("The worked example: one image through a saved model and back, with every number and its equation.")
    .argument("<model>", "a model file, as train saves it")
    .option("--index <n>", "which image, from 0", "0")
    .option("--data <path>", "a directory with the four IDX files (its test images), or a CSV file with labels")
    .option("--layer <n>", "which layer's neuron to work out by hand, 1 for the first dense layer", "1")
    .option("--neuron <n>", "which neuron, from 0; the one with the largest error if absent")
    .option("--weight <n>", "which of its weights, from 0; the one with the largest input if absent")
    .addHelpText("after", "\nExample:\n  inkling explain model.safetensors --index 7 --layer 2 --neuron 4");
  return addCommonOptions(command).action((path: string, options: ExplainOptions) => run(path, options));
}

async function run(path: string, options: ExplainOptions): Promise<void> {
  const { backend, calls } = recording(backendFrom(options).backend);
  const model = await load(path, { backend });
  const data = await loadTestData(options.data, model.outputs);
  const index = wholeNumber("--index", options.index);
  const example = data.example(index);
  const label = data.labels?.[index];
  if (label === undefined) {
    throw new ArgumentError("--data", "examples with labels, because the loss compares with them", "none");
  }
  if (!(example instanceof Uint8Array)) throw new ArgumentError("--data", "images", "a table");

  const labels = new Labels(Uint8Array.of(label), inOrder(1), 0, 1);
  const outputs = model.forward(backend.pixels(example, model.inputs));
  const cost = losses[model.loss](backend, outputs, labels);
  model.backward(cost.dOutputs);
  const layers = traces(model, calls, example);
  const chosen = choose(layers, options);
  const exact = await load(path, { backend: new Reference("float64") });
  const explanation: Explanation = {
    index,
    label,
    lossName: model.loss,
    loss: (await backend.read(cost.losses))[0] ?? Number.NaN,
    probabilities: await backend.read(model.probabilities(outputs)),
    layers,
    chosen,
    difference: centralDifference(exact, example, labels, layers, chosen),
  };
  if (options.json) {
    console.log(JSON.stringify({ model: path, data: data.name, ...explanation }, plainArrays));
    return;
  }
  const terminal = terminalOf(process.stdout);
  const image = drawable(data, index);
  console.log(terminal.style("bold", `Image ${index} of ${data.name}: ${withArticle(label)}`));
  if (image && image.width <= terminal.width) console.log(drawImage(image, terminal).join("\n"));
  for (const line of explanationLines(explanation, terminal)) console.log(line);
}

/** Puts the recorded operations in the order of the layers. */
function traces(model: Network, calls: readonly Call[], example: Uint8Array): LayerTrace[] {
  const forward = calls.filter(({ operation }) => operation === "affine");
  // Backwards the layers came in reverse.
  const backward = (operation: keyof Backend) => calls.filter((call) => call.operation === operation).reverse();
  const [slopes, sums, products] = [backward("activateBackward"), backward("meanRows"), backward("meanOuter")];
  const names = model.layers.flatMap(({ parameters }, i) => (parameters.length > 0 ? [`layers.${i}`] : []));
  let x: ArrayLike<number> = Float32Array.from(example, (p) => p / 255);
  return names.map((name, i) => {
    const [affine, slope, sum, product] = [forward[i], slopes[i], sums[i], products[i]];
    if (!affine || !slope || !sum || !product) throw new BugError(`nothing was recorded of ${name}.`);
    const [, W, b, activation] = affine.inputs as [unknown, Snapshot, Snapshot, string];
    const { z, a } = affine.output as { z: Snapshot; a: Snapshot };
    const trace: LayerTrace = {
      number: i + 1,
      name,
      activation,
      x,
      W,
      b: b.values,
      z: z.values,
      a: a.values,
      dA: (slope.inputs[1] as Snapshot).values,
      delta: (slope.output as Snapshot).values,
      db: (sum.output as Snapshot).values,
      dW: product.output as Snapshot,
    };
    x = a.values;
    return trace;
  });
}

/** The neuron and the weight of the reader's choice; otherwise the ones with the largest error and input. */
function choose(layers: readonly LayerTrace[], options: ExplainOptions): Explanation["chosen"] {
  const within = (option: string, word: string, least: number, most: number) => {
    const value = wholeNumber(option, word, least);
    if (value > most) throw new ArgumentError(option, `a whole number from ${least} to ${most}`, word);
    return value;
  };
  const layer = within("--layer", options.layer ?? "1", 1, layers.length);
  const { x, delta } = layers[layer - 1] as LayerTrace;
  return {
    layer,
    neuron: options.neuron === undefined ? largest(delta) : within("--neuron", options.neuron, 0, delta.length - 1),
    weight: options.weight === undefined ? largest(x) : within("--weight", options.weight, 0, x.length - 1),
  };
}

function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] ?? 0) > Math.abs(values[best] ?? 0)) best = i;
  return best;
}

/** (C(w + h) − C(w − h)) / 2h of the chosen weight, in float64, beside what backpropagation finds in float64. */
function centralDifference(
  model: Network,
  example: Uint8Array,
  labels: Labels,
  layers: readonly LayerTrace[],
  { layer, neuron, weight }: Explanation["chosen"],
): Explanation["difference"] {
  const { backend } = model;
  const { name } = layers[layer - 1] as LayerTrace;
  const parameter = model.parameters.find((candidate) => candidate.name === `${name}.weights`);
  if (parameter === undefined) throw new ArgumentError("explain", `parameters ${name}.weights`, "none");
  const { value } = parameter;
  const at = weight * value.columns + neuron;
  const x = backend.pixels(example, model.inputs);
  const lossNow = () => {
    const totals: Totals = { loss: 0, correct: 0, examples: 0 };
    const outputs = model.forward(x);
    const cost = losses[model.loss](backend, outputs, labels);
    backend.tally(outputs, cost.losses, labels, totals);
    return { loss: totals.loss, dOutputs: cost.dOutputs };
  };
  model.backward(lossNow().dOutputs);
  const analytic = parameter.gradient.data[at] ?? Number.NaN;
  const h = 1e-5;
  const w = value.data[at] ?? Number.NaN;
  value.data[at] = w + h;
  const above = lossNow().loss;
  value.data[at] = w - h;
  const below = lossNow().loss;
  value.data[at] = w;
  return { h, above, below, numeric: (above - below) / (2 * h), analytic };
}

/** Typed arrays as arrays, for JSON. */
function plainArrays(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
}
