/** What is looked at of a layer with weights, and its numbers: all of them from the trace. */
import {
  type ConvolutionTrace,
  convolutionAt,
  type DenseTrace,
  type ImagePlace,
  type LayerTrace,
} from "inkling/proofs";
import { type Arrangement, arrangementOf, columnOf } from "./arrangement.ts";

/** The five pictures of a neuron's weights. */
export const views = ["weights", "products", "gradient", "change", "difference"] as const;
export type View = (typeof views)[number];

/** A dense layer, whose columns of W are neurons, or a convolution, whose columns are filters. */
export interface Weighted {
  readonly layer: LayerTrace;
  readonly own: DenseTrace | ConvolutionTrace;
  readonly isDense: boolean;
  /** Neurons or filters. */
  readonly count: number;
  /** Weights of each. */
  readonly inputs: number;
  /** How the weights of one are drawn. */
  readonly tile: Arrangement;
}

/** The event `weight-pick`. */
export interface WeightPickDetail {
  readonly layer: string;
  readonly neuron: number;
  /** undefined for the bias. */
  readonly weight: number | undefined;
  /** Where it stands in its tensor. */
  readonly place: number;
}

/**
 * The layer as one with weights; undefined for one without. `inputShape` is that of the numbers before they were a row.
 */
export function weightedOf(layer: LayerTrace, inputShape: readonly number[]): Weighted | undefined {
  const { dense, convolution } = layer;
  const own = dense ?? convolution;
  if (own === undefined) return undefined;
  const window = convolution?.window;
  const shape = window === undefined ? inputShape : [window.rows, window.columns, window.channels];
  const { rows, columns } = own.W;
  return { layer, own, isDense: dense !== undefined, count: columns, inputs: rows, tile: arrangementOf(shape) };
}

/** All layers in their order, those inside of others after the one that holds them. */
export function allLayers(layers: readonly LayerTrace[]): LayerTrace[] {
  return layers.flatMap((layer) => [layer, ...allLayers(layer.layers)]);
}

/** The shape of what a layer takes, before flatten made a row of it. */
export function shapeBefore(layers: readonly LayerTrace[], layer: LayerTrace): readonly number[] {
  const at = layers.findIndex(({ name }) => name === layer.name);
  for (let i = at - 1; i >= 0; i--) {
    const below = layers[i] as LayerTrace;
    if (below.type === "flatten") return below.inputShape;
    if (below.type !== "dropout") break;
  }
  return layer.inputShape;
}

/** What the weights of neuron j are multiplied with: x, or of a convolution what its window sees at this place. */
export function inputsOf({ own, isDense }: Weighted, place: ImagePlace | undefined): ArrayLike<number> | undefined {
  if (isDense) return own.x;
  return place && convolutionAt(own as ConvolutionTrace, { ...place, channel: 0 }).terms.map(({ x }) => x);
}

/** The numbers of neuron j in one view; undefined where there are none: no way back, nothing measured yet. */
export function numbersOf(
  weighted: Weighted,
  view: View,
  j: number,
  { place, measured }: { readonly place?: ImagePlace | undefined; readonly measured?: ArrayLike<number> | undefined },
): ArrayLike<number> | undefined {
  const { own } = weighted;
  if (view === "weights") return columnOf(own.W, j);
  if (view === "gradient") return own.back && columnOf(own.back.dW, j);
  if (view === "difference") return measured;
  if (view === "change") {
    const after = own.back && columnOf(own.back.WAfter, j);
    return after && columnOf(own.W, j).map((w, i) => (after[i] as number) - w);
  }
  const x = inputsOf(weighted, place);
  return x && columnOf(own.W, j).map((w, i) => Math.fround((x[i] as number) * w));
}

/** Where a layer of images gives the most: the place in the picture that comes out of it. */
export function busiest(a: ArrayLike<number>, filters: number, width: number): { row: number; column: number } {
  let most = 0;
  for (let o = 1; o < a.length; o++) if ((a[o] as number) > (a[most] as number)) most = o;
  const position = Math.floor(most / filters);
  return { row: Math.floor(position / width), column: position % width };
}

/** The lists of layers that stand beside each other: the network's, and those inside of a layer. */
export function listsOf(layers: readonly LayerTrace[]): (readonly LayerTrace[])[] {
  return [layers, ...layers.flatMap((layer) => (layer.layers.length > 0 ? listsOf(layer.layers) : []))];
}
