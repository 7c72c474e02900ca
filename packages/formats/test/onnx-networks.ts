/** Networks of every kind of layer, activation and loss, drawn from seeds: what ONNX files are made of in tests. */
import {
  type ActivationName,
  activation,
  averagePool2d,
  batchNorm,
  binaryCrossEntropy,
  conv2d,
  dense,
  dropout,
  Ensemble,
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
  sigmoidCrossEntropy,
} from "inkling";
import { decodeAny, decodeTensors, encodeEnsemble, encodeModel, encodeTensors } from "inkling/formats";

const activations: ActivationName[] = ["identity", "relu", "leakyRelu", "sigmoid", "tanh", "gelu", "silu", "elu"];

/** Weights and biases that are both drawn, so that a bias that is lost is seen. */
const drawn = { initializer: "scaledNormal" } as const;
const row = (outputs: number, activation: ActivationName = "identity") => dense(outputs, { activation, ...drawn });

/** A network whose batch norms have moved: their numbers are counted off, row-major. */
function moved<T extends "classes" | "numbers" = "classes">(
  shape: number[],
  specs: LayerSpec[],
  options: NetworkOptions<T> = {},
): Network<T> {
  const fresh = network(shape, specs, options);
  const values = fresh.tensors
    .filter(({ name }) => /\.(?:scale|shift|mean|variance)$/.test(name))
    .map(({ name, value }) => {
      const least = name.endsWith("variance") || name.endsWith("scale") ? 0.5 : -0.2;
      return [name, Array.from({ length: value.columns }, (_, j) => least + ((j * 7) % 11) / 10)] as const;
    });
  fresh.close();
  return network(shape, specs, { ...options, initialValues: new Map(values) });
}

const ofImages = (...specs: LayerSpec[]) => moved([28, 28, 1], specs);
const mlp = (seed: number) => network([28, 28, 1], [flatten(), row(16, "relu"), row(10)], { seed });

const scaling = new Scaling([2010.3, 0.0005, -17.25], [5.7, 0.00029, 288_675]);
const targetScaling = new Scaling([812.5, -0.1], [173.2, 2.9]);

/** A model with this temperature, as `calibrate` would have measured it. */
async function calibrated<M extends Network | Ensemble>(model: M, temperature: number): Promise<M> {
  const isOne = !(model instanceof Ensemble);
  const bytes = await (isOne ? encodeModel(model) : encodeEnsemble(model));
  const file = decodeTensors(bytes, "model");
  const calibration = {
    temperature,
    data: { name: "validation", examples: 100, sha256: null },
    expectedCalibrationError: { raw: 0.02, calibrated: 0.01 },
  };
  const metadata = { ...file.metadata, "inkling.calibration": JSON.stringify(calibration) };
  return decodeAny(encodeTensors({ ...file, metadata })) as M;
}

/** Each network by its name; those of tables have three columns. */
export const networks: Readonly<Record<string, () => Network | Ensemble | Promise<Network | Ensemble>>> = {
  ...Object.fromEntries(
    activations.map((name) => [`dense ${name}`, () => ofImages(flatten(), row(32, name), row(10))]),
  ),
  ...Object.fromEntries(
    activations.map((name) => [
      `activation ${name}`,
      () => ofImages(conv2d(3, 5, drawn), maxPool2d(3), activation(name), flatten(), row(10)),
    ]),
  ),
  "conv2d with strides, padding and dilation": () =>
    ofImages(
      conv2d(4, 5, { stride: 2, padding: "same", activation: "relu", ...drawn }),
      conv2d(6, [3, 2], { padding: [1, 0], dilation: [1, 2], activation: "elu", ...drawn }),
      flatten(),
      row(10),
    ),
  "conv2d without padding": () =>
    ofImages(conv2d(4, [3, 5], { stride: [3, 2], activation: "relu", ...drawn }), row(10)),
  "max pool with padding": () =>
    ofImages(
      conv2d(4, 3, drawn),
      maxPool2d(3, { stride: 2, padding: 1 }),
      maxPool2d([2, 3], { padding: "same" }),
      row(10),
    ),
  "average pool with padding": () =>
    ofImages(
      conv2d(4, 3, drawn),
      averagePool2d(3, { stride: 2, padding: 1 }),
      averagePool2d(2, { stride: 1, padding: "same" }),
      flatten(),
      row(10),
    ),
  "global average pool": () => ofImages(conv2d(8, 3, { activation: "silu", ...drawn }), globalAveragePool2d(), row(10)),
  "batch norm of images": () =>
    ofImages(batchNorm(), conv2d(4, 3, drawn), batchNorm({ epsilon: 0.01 }), activation("relu"), flatten(), row(10)),
  "batch norm of rows": () => ofImages(flatten(), row(32), batchNorm(), activation("relu"), row(10)),
  "batch norm behind flatten": () => ofImages(conv2d(4, 5, drawn), maxPool2d(4), flatten(), batchNorm(), row(10)),
  dropout: () => ofImages(dropout(0.2), flatten(), row(32, "relu"), dropout(0.5), row(10)),
  "residual of images": () =>
    ofImages(
      conv2d(6, 3, { padding: "same", activation: "relu", ...drawn }),
      residual([conv2d(6, 3, { padding: 1, ...drawn }), batchNorm(), activation("relu"), conv2d(6, 1, drawn)], {
        scale: 0.5,
      }),
      globalAveragePool2d(),
      row(10),
    ),
  "residual on the image itself": () =>
    ofImages(residual([conv2d(1, 3, { padding: 1, ...drawn })]), residual([activation("tanh")]), flatten(), row(10)),
  "residual of rows, within another": () =>
    ofImages(flatten(), row(24), residual([row(24, "gelu"), residual([row(24)], { scale: -1 }), row(24)]), row(10)),
  "channels through a flatten": () => ofImages(conv2d(5, 9, { stride: 4, ...drawn }), dropout(0.1), flatten(), row(10)),
  "the quadratic loss": () =>
    network([28, 28, 1], [flatten(), row(20, "sigmoid"), row(10, "sigmoid")], { loss: quadratic() }),
  "sigmoid cross-entropy": () => network([28, 28, 1], [flatten(), row(10)], { loss: sigmoidCrossEntropy() }),
  "class names": () => network([28, 28, 1], [flatten(), row(3)], { classNames: ["cat", "</script>", "naïve ☃"] }),
  "an ensemble by its mean": () => new Ensemble([mlp(1), mlp(2), mlp(3)]),
  "an ensemble by a vote": () => new Ensemble([mlp(1), mlp(2), mlp(3)], { combine: "vote" }),
  "a temperature": () => calibrated(mlp(4), 2.5),
  "a temperature of yes or no": () =>
    calibrated(network([28, 28, 1], [flatten(), row(3)], { loss: binaryCrossEntropy() }), 0.6),
  "an ensemble with a temperature": () => calibrated(new Ensemble([mlp(1), mlp(2)]), 1.7),
  "an ensemble of yes or no with a temperature": () =>
    calibrated(
      new Ensemble([5, 6].map((seed) => network([3], [row(2)], { scaling, seed, loss: binaryCrossEntropy() }))),
      1.7,
    ),
  "a table": () => network([3], [row(16, "tanh"), row(4)], { scaling, columnNames: ["year", "share", "balance"] }),
  "numbers of a table": () =>
    network([3], [row(16, "tanh"), row(2)], { scaling, targetScaling, loss: meanSquared(), targetNames: ["a", "b"] }),
  "yes or no of a table": () => network([3], [row(8, "relu"), row(2)], { scaling, loss: binaryCrossEntropy() }),
  "an ensemble of numbers": () =>
    new Ensemble([1, 2].map((seed) => network([3], [row(2)], { scaling, targetScaling, seed, loss: meanSquared() }))),
};

/** Rows of a table: years, shares and balances, far from 0, near to it, and large. */
export function tableRows(count: number): Float32Array {
  return Float32Array.from({ length: 3 * count }, (_, i) => {
    const share = ((i * 7919) % 1009) / 1009;
    return [2000 + 20 * share, share / 1000, (share - 0.5) * 1e6][i % 3];
  });
}

/** Images: bytes, two thirds of them 0. */
export function images(count: number): Uint8Array {
  return Uint8Array.from({ length: 784 * count }, (_, i) => ((i * 31) % 97 < 64 ? 0 : (i * 7919) % 256));
}

/** What a model makes of each example: probabilities or numbers, and the outputs before, if it is no ensemble. */
export async function saidOf(model: Network | Ensemble, inputs: Uint8Array | Float32Array) {
  const meanings: number[][] = [];
  const logits: number[][] = [];
  for (let i = 0; i < inputs.length; i += model.inputs) {
    const example = inputs.slice(i, i + model.inputs);
    const found = await model.predict(example as ArrayLike<number>);
    meanings.push(Array.from(found.task === "classes" ? found.probabilities : found.values));
    if (model instanceof Ensemble) continue;
    const { backend, scaling } = model;
    const x = backend.matrix(1, model.inputs);
    const numbers = example instanceof Uint8Array ? Float32Array.from(example, (p) => p / 255) : example;
    backend.write(x, scaling?.apply(numbers) ?? numbers);
    logits.push(Array.from(await backend.read(model.forward(x))));
  }
  return { meanings, logits };
}
