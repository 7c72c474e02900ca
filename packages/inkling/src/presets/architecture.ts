/**
 * Hidden layers in the shorthand of the field, as 20c5,p2,40c5,p2,100:
 *
 *   128      a dense layer of 128 neurons
 *   20c5     a convolution with 20 filters of 5 × 5; 20c5s2 moves by 2 pixels, 20c5p1 has 1 pixel of padding around
 *            the image, 20c5same as many as the output needs to have the image's size
 *   p2       max pooling of 2 × 2; p3s2 moves by 2 pixels
 *   a2       average pooling of 2 × 2
 *   g        global average pooling: one number a channel
 *   bn       batch normalisation
 *   d0.5     dropout of one half
 *
 * A dense layer or a convolution has the hidden layers' activation. Where batch normalisation follows it, after pooling
 * too, the activation comes after that. Images become rows before the first dense layer.
 */
import { activation } from "../layers/activation.ts";
import { batchNorm } from "../layers/batch-norm.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import type { InitializerName } from "../layers/initializers.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { averagePool2d, globalAveragePool2d, maxPool2d } from "../layers/pool2d.ts";
import type { ActivationName } from "../numbers/activations.ts";

/** A hidden layer as text or, if it is dense, its width. */
export type HiddenLayer = number | string;

const CONVOLUTION = /^([1-9]\d*)c([1-9]\d*)(?:s([1-9]\d*))?(same|p\d+)?$/;
const POOLING = /^([pa])([1-9]\d*)(?:s([1-9]\d*))?$/;
const DROPOUT = /^d(0?\.\d+|0)$/;

/** Whether a text is one of those above; a dense layer is a number. */
export function isHiddenLayer(text: string): boolean {
  return text === "g" || text === "bn" || [CONVOLUTION, POOLING, DROPOUT].some((form) => form.test(text));
}

/**
 * The layers of a list, with what images need before the first dense layer; `isImage`: whether an example is one. The
 * texts are those that `isHiddenLayer` accepts. The last layer, which is dense, comes after them.
 */
export function hiddenLayers(
  layers: readonly HiddenLayer[],
  isImage: boolean,
  sigma: ActivationName,
  initializer: InitializerName,
): LayerSpec[] {
  const all = layers.flatMap((layer, at) => {
    const own = { activation: isNormalised(layers, at) ? "identity" : sigma, initializer } as const;
    if (typeof layer === "number") return [dense(layer, own)];
    if (layer === "bn") return followsWeights(layers, at) ? [batchNorm(), activation(sigma)] : [batchNorm()];
    if (layer === "g") return [globalAveragePool2d()];
    return [convolution(layer, own) ?? pooling(layer) ?? dropout(Number(layer.slice(1)))];
  });
  if (!isImage || layers.includes("g")) return all;
  const firstDense = all.findIndex(({ type }) => type === "dense");
  return firstDense === -1 ? [...all, flatten()] : all.toSpliced(firstDense, 0, flatten());
}

function convolution(text: string, own: { activation: ActivationName; initializer: InitializerName }) {
  const found = CONVOLUTION.exec(text);
  if (found === null) return undefined;
  const [, filters, window, stride = "1", padding = "p0"] = found;
  return conv2d(Number(filters), Number(window), {
    ...own,
    stride: Number(stride),
    padding: padding === "same" ? padding : Number(padding.slice(1)),
  });
}

function pooling(text: string) {
  const found = POOLING.exec(text);
  if (found === null) return undefined;
  const [, kind, window, stride = window] = found;
  return (kind === "p" ? maxPool2d : averagePool2d)(Number(window), { stride: Number(stride) });
}

const isPooling = (layer: HiddenLayer | undefined) => layer === "g" || POOLING.test(String(layer));
const hasWeights = (layer: HiddenLayer | undefined) => typeof layer === "number" || CONVOLUTION.test(String(layer));

/** Whether batch normalisation follows a layer, directly or after pooling. */
function isNormalised(layers: readonly HiddenLayer[], at: number): boolean {
  return layers.slice(at + 1).find((layer) => !isPooling(layer)) === "bn";
}

/** Whether a layer follows a dense layer or a convolution, directly or after pooling. */
function followsWeights(layers: readonly HiddenLayer[], at: number): boolean {
  return hasWeights(layers.slice(0, at).findLast((layer) => !isPooling(layer)));
}
