/** Watches a network's layers, also those inside of others: what each took and gave in its last pass. */
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import { BugError } from "../errors.ts";
import type { Layer, LayerSpec, Pass } from "../layers/layer.ts";
import { describe, innerPlace, innerSpecs, outputShape } from "../layers/specs.ts";
import { type Matrix, type Numbers, Pixels } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import { float32 } from "../numbers/float32.ts";
import type { Shape } from "../shapes.ts";

/** A layer at its place in a network. */
export interface Place {
  /** Among the layers of the network, or of the layer that it is inside of; from 0. */
  readonly index: number;
  /** layers.3.layers.0 */
  readonly name: string;
  readonly spec: LayerSpec;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** The layers inside of it. */
  readonly inner: readonly Place[];
}

/** The matrices of a layer's last pass; of the way back, those that there were. */
export interface Seen {
  readonly input: Matrix;
  readonly output: Matrix;
  dInput?: Matrix | undefined;
  dOutput?: Matrix;
}

/** A network's layers with their names and shapes. */
export function placesOf({ specs, inputShape }: Pick<Network, "specs" | "inputShape">): Place[] {
  return placed(specs, inputShape, layerName);
}

function placed(specs: readonly LayerSpec[], inputShape: Shape, nameOf: (i: number) => string): Place[] {
  let shape = inputShape;
  return specs.map((spec, index) => {
    const [name, own] = [nameOf(index), shape];
    shape = outputShape(spec, own);
    const inner = placed(innerSpecs(spec), own, (i) => innerPlace(name, i));
    return { index, name, spec, inputShape: own, outputShape: shape, inner };
  });
}

/** Places with those inside of them: each, then what it holds. */
export function allPlaces(places: readonly Place[]): Place[] {
  return places.flatMap((place) => [place, ...allPlaces(place.inner)]);
}

/** What a check or a page says of a network's layers, those inside of others too. */
export function layersOf(
  model: Pick<Network, "specs" | "inputShape">,
): { readonly name: string; readonly type: string; readonly description: string; readonly isFrozen: boolean }[] {
  const list = (places: readonly Place[], isFrozen: boolean): ReturnType<typeof layersOf> =>
    places.flatMap(({ name, spec, inner }) => {
      const own = isFrozen || spec.trainable === false;
      return [{ name, type: spec.type, description: describe(spec), isFrozen: own }, ...list(inner, own)];
    });
  return list(placesOf(model), false);
}

/** From now on, what each layer of this network sees, by its name. The network is a copy that belongs to the caller. */
export function watched({ layers }: Network): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const [i, layer] of layers.entries()) watch(layer, layerName(i), seen);
  return seen;
}

function watch(layer: Layer, name: string, seen: Map<string, Seen>): void {
  const [forward, backward] = [layer.forward, layer.backward];
  layer.forward = (x: Matrix, pass: Pass) => {
    const output = forward.call(layer, x, pass);
    seen.set(name, { input: x, output });
    return output;
  };
  layer.backward = (dOutput: Matrix, isWanted: boolean) => {
    const dInput = backward.call(layer, dOutput, isWanted);
    const own = seen.get(name);
    if (own === undefined) throw new BugError(`${name} went backwards before it went forwards.`);
    own.dOutput = dOutput;
    own.dInput = dInput;
    return dInput;
  };
  for (const [i, inner] of (layer.inner ?? []).entries()) watch(inner, innerPlace(name, i), seen);
}

/** A copy of row i of a matrix of the reference; of pixels byte / 255. */
export function rowOf(matrix: Matrix, i = 0): Numbers {
  const { columns } = matrix;
  if (matrix instanceof Pixels) {
    const own = matrix.bytes.subarray(matrix.offset(i), matrix.offset(i) + columns);
    return Float32Array.from(own, (byte) => float32.round(byte / 255));
  }
  return (matrix as CpuMatrix).data.slice(i * columns, (i + 1) * columns);
}
