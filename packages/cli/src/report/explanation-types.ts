/** What the page of explain shows, and what its layers, inputs and weights are called. */
import type { ConvolutionTrace, DenseTrace, DifferenceTrace, LayerTrace, StepTrace, Trace } from "inkling/proofs";
import { printable } from "../printable.ts";
import { sub } from "./explanation-page.ts";

/** Everything that the page shows. */
export interface Explanation {
  /** Image 0 of MNIST test */
  readonly what: string;
  readonly trace: Trace;
  /** The name of the loss: crossEntropy … */
  readonly loss: string;
  /** The class that the example has; undefined if nobody says it, or where numbers are predicted. */
  readonly label: number | undefined;
  /** The numbers that should be predicted, in their own units. */
  readonly target: ArrayLike<number> | undefined;
  /** The shape of the example: an image has three lengths. */
  readonly shape: readonly number[];
  readonly columnNames: readonly string[] | undefined;
  readonly classNames: readonly string[] | undefined;
  /** What is worked out by hand. */
  readonly chosen: Chosen;
  /** The weight's central difference; undefined without a way back. */
  readonly difference: DifferenceTrace | undefined;
  /** A step ten times as long. */
  readonly longer: StepTrace | undefined;
  /** How many examples were looked at for dead neurons. */
  readonly sample: number;
  /** How the model was trained, if its file says so. */
  readonly trained:
    | { readonly optimizer: string; readonly learningRate: number; readonly batchSize: number | "full" }
    | undefined;
}

/** Whether the loss is cross-entropy with label smoothing or class weights. */
export function isWeighted({ calls }: Pick<Trace, "calls">): boolean {
  return calls.some(({ operation }) => operation === "weightedCrossEntropy");
}

/** The neuron and the weight that are worked out by hand; of images the number at one place. */
export interface Chosen {
  /** The layer's place among the trace's layers; of one inside of another, the other's. */
  readonly layer: number;
  /** layers.1.layers.0; layers.<layer> if absent. */
  readonly name?: string;
  /** The neuron; the filter of a convolution, the channel of pooling. */
  readonly neuron: number;
  /** The input that the weight comes from, or the tap of the window; undefined for a layer without weights. */
  readonly weight?: number | undefined;
  /** Where in the image that comes out; undefined for a dense layer. */
  readonly at?: { readonly row: number; readonly column: number } | undefined;
}

/** The name of the layer that is worked out by hand. */
export function chosenName({ chosen }: Pick<Explanation, "chosen">): string {
  return chosen.name ?? `layers.${chosen.layer}`;
}

/** Layers with those inside of them: each, then what it holds. */
export function everyLayer(layers: readonly LayerTrace[]): LayerTrace[] {
  return layers.flatMap((layer) => [layer, ...everyLayer(layer.layers)]);
}

interface Numbered {
  /** 1 for the first layer with weights, dense or convolution. */
  readonly number: number;
  /** layers.1.layers.0 */
  readonly name: string;
  /** Its place among its neighbours. */
  readonly index: number;
  /** The layers that it stands among. */
  readonly neighbours: readonly LayerTrace[];
}

/** A dense layer with its number. */
export interface NumberedLayer extends DenseTrace, Numbered {}

/** A convolution with its number. */
export interface NumberedConvolution extends ConvolutionTrace, Numbered {}

/** The layers of the book's kind of weights, in their order. */
function numberedLayers(layers: readonly LayerTrace[]): (Omit<Numbered, "number"> & LayerTrace)[] {
  return layers.flatMap((layer) => {
    const isWeighted = layer.dense !== undefined || layer.convolution !== undefined;
    return [...(isWeighted ? [{ ...layer, neighbours: layers }] : []), ...numberedLayers(layer.layers)];
  });
}

/** The dense layers of a model, with their numbers among all that have weights. */
export function denseLayers({ trace }: Pick<Explanation, "trace">): NumberedLayer[] {
  return numberedLayers(trace.layers).flatMap(({ dense, name, index, neighbours }, i) =>
    dense ? [{ ...dense, name, index, neighbours, number: i + 1 }] : [],
  );
}

/** The convolutions of a model, in the same way. */
export function convolutions({ trace }: Pick<Explanation, "trace">): NumberedConvolution[] {
  return numberedLayers(trace.layers).flatMap(({ convolution, name, index, neighbours }, i) =>
    convolution ? [{ ...convolution, name, index, neighbours, number: i + 1 }] : [],
  );
}

/** Layers that make each number of one, so that what comes in keeps its place. */
const KEEPING = ["flatten", "activation", "batchNorm", "dropout"];

/** What stands at place k of a layer's input: a pixel, a column, or a neuron of the layer below. */
export function inputName(explanation: Explanation, layer: NumberedLayer, k: number): string {
  const { shape, columnNames, trace } = explanation;
  const lower = layer.neighbours.slice(0, layer.index);
  const below = lower.findLast(({ type }) => !KEEPING.includes(type));
  if (below !== undefined) return outputName(explanation, below, k);
  const isFirst = layer.neighbours === trace.layers && lower.every(({ type }) => type === "flatten");
  if (!isFirst) return `input ${k}`;
  const [height, width, channels] = shape;
  if (height !== undefined && width !== undefined && channels === 1) {
    return `the pixel in row ${Math.floor(k / width)}, column ${k % width}`;
  }
  const name = columnNames?.[k];
  return name === undefined ? `input ${k}` : printable(name).slice(0, 30);
}

/** Number k that comes out of a layer. */
function outputName(explanation: Explanation, { name, dense, outputShape }: LayerTrace, k: number): string {
  const numbered = dense && denseLayers(explanation).find((one) => one.name === name);
  if (numbered !== undefined) return `neuron ${k} of layer ${numbered.number}`;
  const [, width, channels] = outputShape;
  if (width === undefined || channels === undefined) return `number ${k} of ${name}`;
  const position = Math.floor(k / channels);
  return `row ${Math.floor(position / width)}, column ${position % width}, channel ${k % channels} of ${name}`;
}

/** "W(406, 3)": from input 406 to neuron 3. */
export function weightName(k: number, j: number): string {
  return `W(${k}, ${j})`;
}

/** x₄₀₆ */
export function indexed(letter: string, index: number): string {
  return `${letter}${sub(index)}`;
}
