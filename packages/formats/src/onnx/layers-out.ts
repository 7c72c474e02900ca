/**
 * Each kind of layer as nodes of ONNX. Images stand in Inkling as height × width × channels, and so they come into the
 * graph; ONNX's convolutions, pools and batch norms want channels × height × width. A Transpose stands before the first
 * of them, and one before a layer that reads the image as a row.
 *
 *   dense         z = x·W + b       Gemm: W as it is stored, inputs × outputs
 *   conv2d        Conv: W from rows × columns × in × out to out × in × rows × columns
 *   batchNorm     BatchNormalization, with the running mean and variance
 *   residual      the layers inside, Mul by the scale unless it is 1, Add
 *   dropout       nothing
 */
import type { ActivationName, LayerSpec, Pair, Shape } from "inkling";
import { outputShape } from "inkling/layers";
import type { GraphWriter } from "./graph-writer.ts";

/** A value of the graph: its name, the shape of one example as Inkling has it, and whether its channels stand first. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly isChannelsFirst: boolean;
}

/** What a layer is written with. */
interface Writing {
  readonly graph: GraphWriter;
  /** Its place in the model: layers.3 */
  readonly place: string;
  /** The numbers of its tensor of this name. */
  numbers(name: string): ArrayLike<number>;
}

type LayerOut = (spec: never, x: Value, writing: Writing) => Value;

/** How each kind is written. */
const kinds: Readonly<Record<string, LayerOut>> = {
  flatten: (_spec, x, { graph, place }) => flat(x, graph, place),
  dropout: (_spec, x) => x,
  dense: writeDense,
  conv2d: writeConv2d,
  batchNorm: writeBatchNorm,
  residual: writeResidual,
  activation: ({ activation }: { activation: ActivationName }, x, { graph, place }) => {
    return { ...x, name: writeActivation(activation, x.name, graph, place) };
  },
  maxPool2d: (spec: PoolSpec, x, writing) => writePool("MaxPool", spec, x, writing),
  averagePool2d: (spec: PoolSpec, x, writing) => writePool("AveragePool", spec, x, writing),
  globalAveragePool2d: (_spec, x, { graph, place }) => {
    const pooled = graph.add("GlobalAveragePool", place, [channelsFirst(x, graph, place).name]);
    return {
      name: graph.add("Flatten", place, [pooled], { axis: 1 }),
      shape: x.shape.slice(2),
      isChannelsFirst: false,
    };
  },
};

/** The kinds of layers that can be written. */
export const writtenKinds: readonly string[] = Object.keys(kinds);

/**
 * Writes a layer that stands at `place`, and returns what comes out of it. `numbers`: a model's tensor, by its name.
 */
export function writeLayer(
  spec: LayerSpec,
  x: Value,
  graph: GraphWriter,
  place: string,
  numbers: (name: string) => ArrayLike<number>,
): Value {
  const write = kinds[spec.type] as LayerOut;
  return write(spec as never, x, { graph, place, numbers: (name) => numbers(`${place}.${name}`) });
}

/** The channels of an image first: N × channels × height × width. */
function channelsFirst(x: Value, graph: GraphWriter, place: string): Value {
  if (x.isChannelsFirst) return x;
  return { ...x, name: graph.add("Transpose", place, [x.name], { perm: [0, 3, 1, 2] }), isChannelsFirst: true };
}

/** The channels of an image last, as Inkling has them. */
function channelsLast(x: Value, graph: GraphWriter, place: string): Value {
  if (!x.isChannelsFirst) return x;
  return { ...x, name: graph.add("Transpose", place, [x.name], { perm: [0, 2, 3, 1] }), isChannelsFirst: false };
}

/** One row of numbers an example, in Inkling's order. One channel, or one pixel, has the same order in both layouts. */
export function flat(x: Value, graph: GraphWriter, place: string): Value {
  if (x.shape.length === 1) return x;
  const [height = 1, width = 1, channels = 1] = x.shape;
  const isSame = channels === 1 || height * width === 1;
  const ordered = isSame ? x : channelsLast(x, graph, place);
  const size = x.shape.reduce((product, length) => product * length, 1);
  return { name: graph.add("Flatten", place, [ordered.name], { axis: 1 }), shape: [size], isChannelsFirst: false };
}

function writeDense(
  { outputs, activation }: { outputs: number; activation: ActivationName },
  x: Value,
  { graph, place, numbers }: Writing,
): Value {
  const row = flat(x, graph, place);
  const inputs = row.shape[0] ?? 0;
  const W = graph.numbers(`${place}.weights`, [inputs, outputs], numbers("weights"));
  const b = graph.numbers(`${place}.bias`, [outputs], numbers("bias"));
  const z = graph.add("Gemm", place, [row.name, W, b]);
  return { name: writeActivation(activation, z, graph, place), shape: [outputs], isChannelsFirst: false };
}

interface WindowSpec extends LayerSpec {
  readonly window: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair | "same";
  readonly dilation?: Pair;
}

interface PoolSpec extends WindowSpec {}

interface ConvSpec extends WindowSpec {
  readonly filters: number;
  readonly activation: ActivationName;
}

function writeConv2d(spec: ConvSpec, x: Value, { graph, place, numbers }: Writing): Value {
  const { filters, activation } = spec;
  const [rows, columns] = both(spec.window);
  const channels = x.shape[2] ?? 0;
  const weights = channelsFirstWeights(numbers("weights"), [rows, columns, channels, filters]);
  const W = graph.numbers(`${place}.weights`, [filters, channels, rows, columns], weights);
  const b = graph.numbers(`${place}.bias`, [filters], numbers("bias"));
  const dilations = both(spec.dilation ?? 1);
  const attributes = { ...windowAttributes(spec, x.shape), dilations, group: 1 };
  const z = graph.add("Conv", place, [channelsFirst(x, graph, place).name, W, b], attributes);
  const shape = outputShape(spec, x.shape);
  return { name: writeActivation(activation, z, graph, place), shape, isChannelsFirst: true };
}

/** From rows × columns × in × out to out × in × rows × columns. */
function channelsFirstWeights(W: ArrayLike<number>, shape: readonly [number, number, number, number]): Float32Array {
  const [rows, columns, channels, filters] = shape;
  const result = new Float32Array(W.length);
  for (let i = 0, pixel = 0; pixel < rows * columns; pixel++) {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) result[(f * channels + c) * rows * columns + pixel] = W[i++] ?? 0;
    }
  }
  return result;
}

function writePool(operator: "MaxPool" | "AveragePool", spec: PoolSpec, x: Value, { graph, place }: Writing): Value {
  const image = channelsFirst(x, graph, place);
  // Padding is no pixel: a mean does not count it.
  const counted = operator === "AveragePool" ? { count_include_pad: 0 } : {};
  const attributes = { ...windowAttributes(spec, x.shape), ceil_mode: 0, ...counted };
  return { ...image, name: graph.add(operator, place, [image.name], attributes), shape: outputShape(spec, x.shape) };
}

/** One number for both directions, or two. */
function both(pair: Pair): readonly [down: number, across: number] {
  return typeof pair === "number" ? [pair, pair] : pair;
}

/** How a window slides. "same" becomes the padding that it stands for. */
function windowAttributes(spec: WindowSpec, [height = 1, width = 1]: Shape) {
  const window = both(spec.window);
  const strides = both(spec.stride ?? 1);
  const dilations = both(spec.dilation ?? 1);
  const padding = spec.padding ?? 0;
  const pads = [height, width].map((size, direction) => {
    const side = direction as 0 | 1;
    if (padding !== "same") return [both(padding)[side], both(padding)[side]];
    const reach = (window[side] - 1) * dilations[side] + 1;
    const missing = Math.max(0, (Math.ceil(size / strides[side]) - 1) * strides[side] + reach - size);
    return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  });
  const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = pads;
  return { kernel_shape: window, strides, pads: [top, left, bottom, right] };
}

function writeBatchNorm({ epsilon }: { epsilon: number }, x: Value, { graph, place, numbers }: Writing): Value {
  const image = x.shape.length === 3 ? channelsFirst(x, graph, place) : x;
  const channels = x.shape.at(-1) ?? 0;
  const inputs = ["scale", "shift", "mean", "variance"].map((name) =>
    graph.numbers(`${place}.${name}`, [channels], numbers(name)),
  );
  const attributes = { epsilon: { float: epsilon } };
  return { ...image, name: graph.add("BatchNormalization", place, [image.name, ...inputs], attributes) };
}

function writeResidual(
  { layers, scale }: { layers: readonly LayerSpec[]; scale: number },
  x: Value,
  { graph, place, numbers }: Writing,
): Value {
  const f = layers.reduce((a, spec, i) => {
    // The numbers of a layer inside have its place in their name already.
    const named = (name: string) => numbers(name.slice(place.length + 1));
    return writeLayer(spec, a, graph, `${place}.layers.${i}`, named);
  }, x);
  const scaled = scale === 1 ? f.name : graph.add("Mul", place, [f.name, graph.number(scale)]);
  const like = x.isChannelsFirst === f.isChannelsFirst ? x : channelsFirst(x, graph, place);
  const fLike = channelsFirstAs(like, { ...f, name: scaled }, graph, place);
  return { ...like, name: graph.add("Add", place, [like.name, fLike.name]) };
}

function channelsFirstAs(other: Value, x: Value, graph: GraphWriter, place: string): Value {
  return other.isChannelsFirst && x.shape.length === 3 ? channelsFirst(x, graph, place) : x;
}

/** a = σ(z). GELU and SiLU, which opset 13 lacks, are composed of what it has. */
function writeActivation(activation: ActivationName, z: string, graph: GraphWriter, place: string): string {
  const add = (operator: string, ...inputs: string[]) => graph.add(operator, place, inputs);
  switch (activation) {
    case "identity":
      return z;
    case "relu":
      return add("Relu", z);
    case "leakyRelu":
      return graph.add("LeakyRelu", place, [z], { alpha: { float: 0.01 } });
    case "sigmoid":
      return add("Sigmoid", z);
    case "tanh":
      return add("Tanh", z);
    case "elu":
      return graph.add("Elu", place, [z], { alpha: { float: 1 } });
    case "silu":
      // a = z·s, s = 1 / (1 + e⁻ᶻ)
      return add("Mul", z, add("Sigmoid", z));
    case "gelu": {
      // a = z·Φ(z), Φ(z) = ½·(1 + erf(z / √2))
      const erf = add("Erf", add("Div", z, graph.number(Math.SQRT2)));
      return add("Mul", z, add("Mul", add("Add", erf, graph.number(1)), graph.number(0.5)));
    }
  }
}
