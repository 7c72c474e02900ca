/**
 * Networks that leave and come back: together they have every kind of layer in every position that matters to another
 * program, with numbers everywhere that are neither 0 nor 1. And examples for them.
 */
import {
  activation,
  averagePool2d,
  batchNorm,
  binaryCrossEntropy,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  meanSquared,
  type Network,
  type NetworkOptions,
  network,
  quadratic,
  residual,
  Scaling,
  type Shape,
  sigmoidCrossEntropy,
} from "inkling";
import { decodeTensors, encodeModel } from "inkling/formats";
import { Reference } from "inkling/proofs";
import { setCalibration } from "../src/network/certainty.ts";
import { declaredTensors } from "../src/network/tensors.ts";
import { kinked } from "../src/numbers/activations.ts";
import { size } from "../src/shapes.ts";

type Options = Omit<NetworkOptions, "backend" | "initialValues">;
type Definition = readonly [input: Shape, layers: readonly LayerSpec[], options?: Options];

const sigmas = Object.keys(kinked) as (keyof typeof kinked)[];
const scaling = new Scaling([1, -2, 0.5], [3, 0.25, 10]);

const definitions: Readonly<Record<string, Definition>> = {
  "a dense network": [[6], [dense(5, "relu"), dense(4)]],
  "every activation of a dense layer": [[6], [...sigmas.map((sigma) => dense(7, sigma)), dense(3)]],
  "every activation by itself": [[6], [...sigmas.flatMap((sigma) => [dense(7), activation(sigma)]), dense(3)]],
  "an image that becomes a row": [
    [4, 3, 1],
    [flatten(), dense(5, "tanh"), dense(3)],
  ],
  "a colour image that becomes a row": [
    [4, 3, 3],
    [flatten(), dense(5, "tanh"), dense(3)],
  ],
  "a dense layer on an image": [
    [4, 3, 2],
    [dense(5, "sigmoid"), dense(3)],
  ],
  dropout: [[6], [dropout(0.25), dense(5, "relu"), dropout(0.5), dense(4)]],
  convolutions: [
    [9, 8, 3],
    [
      conv2d(4, [3, 2], { stride: [1, 2], padding: [1, 0], activation: "relu" }),
      conv2d(5, 2, { dilation: [2, 1], activation: "gelu" }),
      flatten(),
      dense(6, "silu"),
      dense(3),
    ],
  ],
  "batch normalization of images and rows": [
    [6, 5, 2],
    [
      conv2d(4, 3),
      batchNorm({ momentum: 0.2, epsilon: 0.001 }),
      activation("relu"),
      flatten(),
      batchNorm(),
      dropout(0.5),
      dense(6),
      batchNorm(),
      activation("elu"),
      dense(3),
    ],
  ],
  pooling: [
    [11, 10, 3],
    [
      conv2d(4, 2, "leakyRelu"),
      maxPool2d(3, { stride: [1, 2], padding: 1 }),
      averagePool2d([3, 2], { stride: 2, padding: [1, 0] }),
      maxPool2d(2),
      flatten(),
      dense(3),
    ],
  ],
  "padding on one side more": [
    [10, 9, 2],
    [
      conv2d(3, 2, { padding: "same", activation: "relu" }),
      conv2d(4, 3, { stride: 2, padding: "same" }),
      maxPool2d(2, { stride: 1, padding: "same" }),
      averagePool2d(2, { stride: 2, padding: "same" }),
      maxPool2d(3, { stride: 2, padding: 2 }),
      globalAveragePool2d(),
      dense(3),
    ],
  ],
  "means over whole images": [
    [6, 5, 2],
    [conv2d(3, 3), globalAveragePool2d()],
  ],
  "a skip connection around rows": [
    [6],
    [dense(5, "relu"), residual([dense(7, "tanh"), dropout(0.5), dense(5)], { scale: 0.5 }), dense(3)],
  ],
  "a skip connection around images": [
    [5, 4, 2],
    [residual([conv2d(2, 3, { padding: "same" }), batchNorm(), residual([activation("relu")])]), flatten(), dense(3)],
  ],
  "a table and a number": [
    [3],
    [dense(4, "tanh"), dense(1)],
    { loss: meanSquared(), scaling, targetScaling: new Scaling([100], [7]), targetNames: ["price"] },
  ],
  "yes or no": [[3], [dense(4, "relu"), dense(2)], { loss: binaryCrossEntropy(), scaling }],
  "the book's cross-entropy": [[3], [dense(4, "sigmoid"), dense(3)], { loss: sigmoidCrossEntropy() }],
  "the quadratic loss": [[3], [dense(4, "sigmoid"), dense(3, "sigmoid")], { loss: quadratic() }],
  "probabilities with a temperature": [[3], [dense(4, "relu"), dense(3)]],
  "yes or no with a temperature": [[3], [dense(4, "relu"), dense(2)], { loss: binaryCrossEntropy() }],
  "names of classes": [
    [3],
    [dense(3)],
    {
      classNames: ['a "cat"', "</script><b>dog", ["\u2028 mouse's `\\`$", "{1+1}"].join("")],
      columnNames: ["a", "b", "__proto__"],
    },
  ],
};

/** As it could have been measured. */
export const calibrated = {
  temperature: 1.37,
  data: { name: "some", examples: 500, sha256: null },
  expectedCalibrationError: { raw: 0.1, calibrated: 0.01 },
};

export const exchanged: readonly string[] = Object.keys(definitions);

/** Small numbers that look random, the same every time: from −1 to 1. */
export function drawn(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (2 * state) / 2147483648 - 1;
  });
}

/** A network of the list; its biases, scales and statistics are no round numbers either. */
export function exchangedNetwork(name: string, backend = new Reference("float32")): Network {
  const [input, layers, options] = definitions[name];
  const initialValues = new Map(
    declaredTensors(input, layers).map(({ name: tensor, shape }, i) => {
      const numbers = drawn(size(shape), i + 1);
      const change =
        tensor.endsWith("variance") || tensor.endsWith("scale") ? (v: number) => 1.5 + v : (v: number) => v;
      const small = tensor.endsWith("weights") ? 1 / Math.sqrt(size(shape) / shape[shape.length - 1]) : 1;
      return [tensor, numbers.map((value) => change(value) * (small === 1 ? 1 : 2 * small))] as const;
    }),
  );
  const model = network(input, layers, { ...options, seed: 3, backend, initialValues } as NetworkOptions) as Network;
  if (name.endsWith("with a temperature")) setCalibration(model, calibrated);
  return model;
}

/** Examples as a data set has them: bytes of images, or numbers. */
export function examplesFor(model: Network, count: number): (Uint8Array | Float32Array)[] {
  const isImage = model.inputShape.length === 3 && model.scaling === undefined;
  return Array.from({ length: count }, (_, i) => {
    const numbers = drawn(model.inputs, 1000 + i);
    return isImage ? Uint8Array.from(numbers, (x) => (x < -0.3 ? 0 : Math.floor(128 + 127 * x))) : numbers;
  });
}

/** What comes out of the last layer, before the loss says what it means. */
export async function outputsOf(model: Network, example: Uint8Array | Float32Array): Promise<number[]> {
  const { backend } = model;
  const numbers = example instanceof Uint8Array ? Float32Array.from(example, (p) => Math.fround(p / 255)) : example;
  const x = backend.matrix(1, model.inputs);
  backend.write(x, model.scaling?.apply(numbers) ?? numbers);
  return Array.from(await backend.read(model.forward(x)));
}

/** All that a model's file holds, as values: the order of the keys in its texts does not matter. */
export async function contentOf(model: Network): Promise<object> {
  const { metadata, tensors } = decodeTensors(await encodeModel(model), "model");
  const values = Object.entries(metadata).map(([name, text]) => [
    name,
    name.startsWith("inkling.") ? JSON.parse(text) : text,
  ]);
  return { tensors, metadata: Object.fromEntries(values) };
}
