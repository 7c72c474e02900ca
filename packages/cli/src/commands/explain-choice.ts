/** Which number `inkling explain` works out by hand: --layer, --neuron, --filter, --at and --weight. */
import { ArgumentError } from "inkling";
import type { ConvolutionTrace, LayerTrace, PoolingTrace, Trace } from "inkling/proofs";
import { largestAt } from "../report/explanation-page.ts";
import { type Chosen, convolutions, denseLayers, everyLayer } from "../report/explanation-types.ts";

interface ChoiceOptions {
  readonly layer?: string;
  readonly neuron?: string;
  readonly filter?: string;
  readonly at?: string;
  readonly weight?: string;
}

/** The reader's choice; otherwise the neuron or place with the largest δ, and the weight with the largest gradient. */
export function chosenFrom(found: Trace, options: ChoiceOptions): Chosen & { readonly name: string } {
  const layer = layerOf(found, options.layer ?? "1");
  const { convolution, pooling } = layer;
  const top = Number(layer.name.split(".")[1]);
  const chosen = { layer: top, name: layer.name };
  if (convolution !== undefined) {
    refuse(layer, options, ["neuron"], "Take --filter and --at.");
    return { ...chosen, ...tapOf(convolution, placeIn(convolution, convolution.filters, options), options) };
  }
  if (pooling !== undefined) {
    refuse(layer, options, ["neuron", "weight"], "Take --filter and --at.");
    return { ...chosen, ...placeIn(pooling, pooling.window.channels, options) };
  }
  refuse(layer, options, ["filter", "at"], "Take --neuron.");
  return { ...chosen, ...neuronOf(layer, options) };
}

/** By its number among the layers with weights, or by its name. */
function layerOf({ layers }: Trace, word: string): LayerTrace {
  const all = everyLayer(layers);
  if (!word.startsWith("layers.")) {
    const weighted = [...denseLayers({ trace: { layers } as Trace }), ...convolutions({ trace: { layers } as Trace })];
    if (weighted.length === 0) {
      throw new ArgumentError("explain", "a model with a dense layer or a convolution", "none");
    }
    const number = within("--layer", word, 1, weighted.length, "Or name the layer, as layers.0.");
    const name = weighted.find((layer) => layer.number === number)?.name;
    return all.find((layer) => layer.name === name) as LayerTrace;
  }
  const layer = all.find(({ name }) => name === word);
  if (layer?.dense ?? layer?.convolution ?? layer?.pooling) return layer as LayerTrace;
  const names = all.filter((one) => one.dense ?? one.convolution ?? one.pooling).map(({ name }) => name);
  const got = layer === undefined ? JSON.stringify(word) : `${word}, ${layer.description}`;
  throw new ArgumentError("--layer", `a dense layer, a convolution or pooling (${names.join(", ")})`, got);
}

function refuse(
  { name, description }: LayerTrace,
  options: ChoiceOptions,
  names: readonly (keyof ChoiceOptions)[],
  advice: string,
): void {
  const given = names.find((option) => options[option] !== undefined);
  if (given === undefined) return;
  const kinds = { neuron: "a dense layer", weight: "a layer with weights" } as const;
  const expected = given === "neuron" || given === "weight" ? kinds[given] : "a convolution or pooling";
  throw new ArgumentError(`--${given}`, expected, `${name}, ${description}`, advice);
}

function within(option: string, word: string, least: number, most: number, advice?: string): number {
  if (/^\d+$/.test(word) && Number(word) >= least && Number(word) <= most) return Number(word);
  throw new ArgumentError(
    option,
    `a whole number from ${least} to ${most}`,
    /^\d+$/.test(word) ? word : JSON.stringify(word),
    advice,
  );
}

function neuronOf({ dense }: LayerTrace, options: ChoiceOptions): Pick<Chosen, "neuron" | "weight"> {
  if (dense === undefined) throw new ArgumentError("explain", "a model with a dense layer or a convolution", "none");
  const { x, a, W, back } = dense;
  const neuron =
    options.neuron === undefined ? largestAt(back?.delta ?? a) : within("--neuron", options.neuron, 0, a.length - 1);
  const products = Array.from(x, (xk, k) => xk * (W.values[k * W.columns + neuron] ?? 0));
  const gradients = back && Array.from(x, (_, k) => back.dW.values[k * W.columns + neuron] ?? 0);
  const usual = gradients?.some((gradient) => gradient !== 0) ? gradients : products;
  const weight = options.weight === undefined ? largestAt(usual) : within("--weight", options.weight, 0, x.length - 1);
  return { neuron, weight };
}

type Place = Pick<Chosen, "neuron"> & { readonly at: { readonly row: number; readonly column: number } };

/**
 * The filter and the place; what the reader leaves open is where δ (without a way back, the number) is largest, and of
 * max pooling where the maximum is not 0: a window of zeros shows nothing.
 */
function placeIn(layer: ConvolutionTrace | PoolingTrace, channels: number, { filter, at }: ChoiceOptions): Place {
  const { outHeight, outWidth } = layer.window;
  const isMaximum = "keeps" in layer && layer.keeps === "maximum";
  const channel = filter === undefined ? undefined : within("--filter", filter, 0, channels - 1);
  const place = at === undefined ? undefined : placeFrom(at, outHeight, outWidth);
  const sizes = Array.from(layer.back?.delta ?? layer.z, (value, o) => {
    const isLeft = channel === undefined || o % channels === channel;
    const isHere = place === undefined || Math.floor(o / channels) === place.row * outWidth + place.column;
    if (!isLeft || !isHere) return -1;
    return isMaximum && layer.z[o] === 0 ? -0.5 : Math.abs(value) || 0;
  });
  const o = sizes.indexOf(sizes.reduce((most, size) => Math.max(most, size), -1));
  const position = Math.floor(o / channels);
  return { neuron: o % channels, at: { row: Math.floor(position / outWidth), column: position % outWidth } };
}

function placeFrom(word: string, outHeight: number, outWidth: number): Place["at"] {
  const [, row, column] = /^(\d+),(\d+)$/.exec(word) ?? [];
  const at = { row: Number(row ?? Number.NaN), column: Number(column ?? Number.NaN) };
  if (at.row < outHeight && at.column < outWidth) return at;
  const expected = `a row and a column, from 0,0 to ${outHeight - 1},${outWidth - 1}`;
  throw new ArgumentError("--at", expected, JSON.stringify(word));
}

function tapOf(
  { W, b, back }: ConvolutionTrace,
  place: Place,
  { weight }: ChoiceOptions,
): Place & Required<Pick<Chosen, "weight">> {
  const gradients = Array.from({ length: W.rows }, (_, tap) => {
    const at = tap * b.length + place.neuron;
    return (back?.dW ?? W).values[at] ?? 0;
  });
  const tap = weight === undefined ? largestAt(gradients) : within("--weight", weight, 0, W.rows - 1);
  return { ...place, weight: tap };
}
