/** The operators that are layers: products, convolutions, pools, batch norms. Their weights have to be constants. */
import type { Pair, Shape } from "inkling";
import { transposed } from "./constants.ts";
import {
  type Coefficients,
  type Flow,
  flattened,
  flowAt,
  imageView,
  memoryMap,
  type Place,
  rowView,
  size,
  Unsupported,
} from "./flow.ts";
import type { Node } from "./graph-in.ts";
import { imageOf, rowOf } from "./input-memory.ts";
import type { Step, WindowFields } from "./steps.ts";
import type { Constant } from "./tensors.ts";

/** x·W + b, W (inputs × outputs) as ONNX counts the inputs; our rows of W stand in the order of our memory. */
export function denseFlow(title: string, x: Flow, W: Constant, bias: Constant | undefined): Flow {
  const { at, count } = rowOf(x, title);
  const [inputs = 0, outputs = 0] = W.shape;
  if (W.shape.length !== 2 || inputs !== count || outputs === 0) {
    throw new Unsupported(`${title} (weights of ${W.shape.join(" × ")} for rows of ${count})`);
  }
  const map = memoryMap(x.view);
  const weights = new Float32Array(inputs * outputs);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < outputs; j++) weights[(map[i] ?? 0) * outputs + j] = W.values[i * outputs + j] ?? 0;
  }
  const b = bias && spread(title, bias, outputs);
  return flowAt({ kind: "dense", outputs, weights, bias: b }, flattened(at), [outputs], rowView(outputs));
}

/** A bias of one number for all, or one each. */
function spread(title: string, { values, shape }: Constant, outputs: number): ArrayLike<number> {
  if (values.length === outputs && shape.at(-1) === outputs) return values;
  if (values.length === 1) return new Float32Array(outputs).fill(values[0] ?? 0);
  throw new Unsupported(`${title} (a bias of ${shape.join(" × ")} for ${outputs} outputs)`);
}

export function gemm(node: Node, x: Flow, [, W, bias]: readonly (Constant | undefined)[]): Flow {
  if (W === undefined || W.shape.length !== 2) throw new Unsupported(`${node.title} (weights that are no constants)`);
  const [alpha, beta] = [node.number("alpha", 1), node.number("beta", 1)];
  if (node.whole("transA", 0) !== 0) throw new Unsupported(`${node.title} (transA 1)`);
  const turned = node.whole("transB", 0) === 0 ? W : transposed(W, [1, 0]);
  return denseFlow(node.title, x, times(turned, alpha), bias && times(bias, beta));
}

function times(constant: Constant, factor: number): Constant {
  return factor === 1
    ? constant
    : { ...constant, values: Float64Array.from(constant.values, (value) => factor * value) };
}

export function conv(node: Node, x: Flow, [, W, bias]: readonly (Constant | undefined)[]): Flow {
  if (W === undefined) throw new Unsupported(`${node.title} (weights that are no constants)`);
  const [filters = 0, channels = 0, rows = 0, columns = 0] = W.shape;
  if (W.shape.length !== 4) throw new Unsupported(`${node.title} (weights of ${W.shape.join(" × ")}: not of images)`);
  if (node.whole("group", 1) !== 1) throw new Unsupported(`${node.title} (group ${node.whole("group", 1)})`);
  const { at, shape } = imageOf(x, node.title);
  if (channels !== shape[2]) throw new Unsupported(`${node.title} (${shape[2]} channels for weights of ${channels})`);
  const dilation = pairOf(node, "dilations");
  const { fields, out } = windowOf(node, shape, [rows, columns], dilation);
  const weights = transposed(W, [2, 3, 1, 0]).values;
  const step: Step = {
    kind: "conv2d",
    filters,
    fields: { ...fields, dilation: short(dilation) },
    weights,
    bias: bias && spread(node.title, bias, filters),
  };
  const outShape = [...out, filters];
  return flowAt(step, at, outShape, imageView(outShape));
}

export function pool(node: Node, x: Flow): Flow {
  const { at, shape } = imageOf(x, node.title);
  const isMean = node.operator === "AveragePool";
  if (node.outputs.length > 1) throw new Unsupported(`${node.title} (the places of the maxima)`);
  if (pairOf(node, "dilations").some((dilation) => dilation !== 1)) throw new Unsupported(`${node.title} (dilations)`);
  const window = node.wholes("kernel_shape") ?? [];
  if (window.length !== 2) throw new Unsupported(`${node.title} (a window of ${window.join(" × ")})`);
  const { fields, out } = windowOf(node, shape, window as [number, number], [1, 1]);
  const hasPadding = fields.padding !== 0;
  if (isMean && hasPadding && node.whole("count_include_pad", 0) !== 0) {
    throw new Unsupported(`${node.title} (count_include_pad 1: Inkling's means do not count padding)`);
  }
  const step: Step = { kind: isMean ? "averagePool2d" : "maxPool2d", fields };
  const outShape = [...out, shape[2]];
  return flowAt(step, at, outShape, imageView(outShape));
}

/** One number a channel, of the whole image. `dims`: the lengths that ONNX says. */
export function globalPool(title: string, x: Flow, isMean: boolean, keepsAxes: boolean): Flow {
  const { at, shape } = imageOf(x, title);
  const [height, width, channels] = shape;
  const view = { ...rowView(channels), dims: keepsAxes ? [channels, 1, 1] : [channels] };
  if (isMean) return flowAt({ kind: "globalAveragePool2d" }, at, [channels], view);
  const fields: WindowFields = { window: [height, width], stride: [height, width], padding: 0 };
  const pooled: Place = { step: { kind: "maxPool2d", fields }, parent: at, shape: [1, 1, channels] };
  return flowAt({ kind: "flatten" }, pooled, [channels], view);
}

function pairOf(node: Node, attribute: string): readonly [number, number] {
  const [down = 1, across = 1] = node.wholes(attribute) ?? [];
  return [down, across];
}

/** One number where both directions have the same. */
function short([down, across]: readonly [number, number]): Pair {
  return down === across ? down : [down, across];
}

/** How a window slides, as Inkling says it, and how many positions it has down and across. */
function windowOf(
  node: Node,
  [height, width]: Shape,
  window: readonly [number, number],
  dilation: readonly [number, number],
): { readonly fields: WindowFields; readonly out: readonly [number, number] } {
  const strides = pairOf(node, "strides");
  const mode = node.word("auto_pad", "NOTSET");
  const pads = node.wholes("pads") ?? [0, 0, 0, 0];
  const isCeil = node.whole("ceil_mode", 0) !== 0;
  const sides = ([0, 1] as const).map((side) => {
    const length = (side === 0 ? height : width) ?? 1;
    const [stride, reach] = [strides[side], (window[side] - 1) * dilation[side] + 1];
    const missing = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
    const same = [Math.floor(missing / 2), Math.ceil(missing / 2)];
    const [before = 0, after = 0] =
      mode === "SAME_UPPER"
        ? same
        : mode === "SAME_LOWER"
          ? same.toReversed()
          : mode === "VALID"
            ? []
            : [pads[side], pads[side + 2]];
    const positions = (padding: number) => (length + padding - reach) / stride + 1;
    const count = Math.floor(positions(before + after));
    const isOdd = isCeil && Math.ceil(positions(before + after)) !== count;
    const isEven = Math.floor(positions(2 * before)) === count;
    return { before, count, isOdd, isEven, isSame: before === same[0] && count === Math.ceil(length / stride) };
  });
  const [down, across] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const isSound = [...strides, ...dilation, ...window, down.count, across.count].every(
    (n) => Number.isSafeInteger(n) && n >= 1,
  );
  if (!isSound || [down, across].some(({ before }) => !Number.isSafeInteger(before) || before < 0)) {
    throw new Unsupported(`${node.title} (a window of ${window.join(" × ")} on ${height} × ${width})`);
  }
  if (down.isOdd || across.isOdd) throw new Unsupported(`${node.title} (ceil_mode 1, which looks beyond the image)`);
  const isEven = down.isEven && across.isEven;
  if (!isEven && !(down.isSame && across.isSame)) {
    throw new Unsupported(`${node.title} (pads ${pads.join()}: Inkling pads both sides alike, or "same")`);
  }
  const padding = isEven ? short([down.before, across.before]) : "same";
  return {
    fields: { window: short(window), stride: short(strides), padding },
    out: [down.count, across.count],
  };
}

/** `each`: constants along ONNX's channels in the order of Inkling's. */
export function batchNorm(
  node: Node,
  x: Flow,
  inputs: readonly (Constant | undefined)[],
  each: (constant: Constant) => Coefficients,
): Flow {
  const numbers = inputs.slice(1, 5);
  const channels = x.view.dims[0] ?? 0;
  const isSound = numbers.length === 4 && numbers.every((one) => one?.values.length === channels);
  if (!isSound || node.whole("training_mode", 0) !== 0)
    throw new Unsupported(`${node.title} (statistics that are no constants)`);
  // The kinds of places: images, whose channels are the last axis, and rows.
  const isImage = x.view.dims.length === 3 && x.core.at.shape.length === 3;
  const { at } = isImage ? imageOf(x, node.title) : rowOf(rowLike(x), node.title);
  const spreadOut = numbers.map((one) =>
    each({ kind: "constant", shape: [channels, ...x.view.dims.slice(1).map(() => 1)], values: one?.values ?? [] }),
  );
  const isFull = spreadOut.some((values) => typeof values !== "number" && values.length === size(at.shape));
  const parent = isFull ? flattened(at) : at;
  const count = parent.shape.at(-1) ?? 0;
  const [scale, shift, mean, variance] = spreadOut.map((values) =>
    typeof values === "number" ? new Float64Array(count).fill(values) : values,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const step: Step = {
    kind: "batchNorm",
    momentum: Math.min(1, Math.max(2 ** -20, 1 - node.number("momentum", 0.9))),
    epsilon: node.number("epsilon", 1e-5),
    ...{ scale, shift, mean, variance },
  };
  return flowAt(step, parent, parent.shape, x.view);
}

/** A column of channels without pixels is a row. */
function rowLike(x: Flow): Flow {
  return { ...x, view: { ...x.view, dims: [size(x.view.dims)] } };
}
