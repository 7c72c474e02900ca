/** What the page of explain shows, and what its layers, inputs and weights are called. */
import type { DenseTrace, DifferenceTrace, StepTrace, Trace } from "inkling/proofs";
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
  /** The neuron and the weight that are worked out by hand; `layer` is a place among the trace's layers. */
  readonly chosen: { readonly layer: number; readonly neuron: number; readonly weight: number };
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

/** A dense layer with its number, 1 for the first one. */
export interface NumberedLayer extends DenseTrace {
  readonly number: number;
  /** Its place among the trace's layers. */
  readonly index: number;
}

/** The dense layers of a model, numbered from 1. */
export function denseLayers({ trace }: Pick<Explanation, "trace">): NumberedLayer[] {
  const found = trace.layers.flatMap(({ dense, index }) => (dense ? [{ ...dense, index }] : []));
  return found.map((layer, i) => ({ ...layer, number: i + 1 }));
}

/** What stands at place k of a layer's input: a pixel, a column, or a neuron of the layer below. */
export function inputName(explanation: Explanation, layer: NumberedLayer, k: number): string {
  const { shape, columnNames, trace } = explanation;
  const isFirst = trace.layers.slice(0, layer.index).every(({ type }) => type === "flatten");
  if (!isFirst) return layer.number > 1 ? `neuron ${k} of layer ${layer.number - 1}` : `input ${k}`;
  const [height, width, channels] = shape;
  if (height !== undefined && width !== undefined && channels === 1) {
    return `the pixel in row ${Math.floor(k / width)}, column ${k % width}`;
  }
  const name = columnNames?.[k];
  return name === undefined ? `input ${k}` : printable(name).slice(0, 30);
}

/** "W(406, 3)": from input 406 to neuron 3. */
export function weightName(k: number, j: number): string {
  return `W(${k}, ${j})`;
}

/** x₄₀₆ */
export function indexed(letter: string, index: number): string {
  return `${letter}${sub(index)}`;
}
