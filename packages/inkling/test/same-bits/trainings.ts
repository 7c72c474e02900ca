/** Trainings that between them use everything, and the digest of the weights that each ends with. */
import {
  activation,
  adagrad,
  adam,
  adamW,
  augment,
  averagePool2d,
  batchNorm,
  binaryCrossEntropy,
  conv2d,
  cosine,
  crossEntropy,
  Dataset,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  huber,
  maxPool2d,
  momentum,
  type Network,
  network,
  oneCycle,
  quadratic,
  reduceOnPlateau,
  residual,
  rmsprop,
  sgd,
  type TrainOptions,
  train,
  warmUp,
} from "inkling";
import type { Backend } from "inkling/backends";
import { type LayerKind, layerSpec } from "inkling/layers";

/** The first of MNIST's training images. */
const digits = (mnist: Dataset) => mnist.take(700);
/** The same digits as numbers, cut to 14 × 14: a table. */
const small = (mnist: Dataset) =>
  new Dataset({
    name: "small digits",
    shape: [196],
    classes: 10,
    inputs: Float32Array.from({ length: 700 * 196 }, (_, e) => {
      const [i, at] = [Math.floor(e / 196), e % 196];
      return mnist.inputs[i * 784 + 2 * Math.floor(at / 14) * 28 + 2 * (at % 14)] / 255 - 0.13;
    }),
    labels: digits(mnist).labels,
  });

/** How bright the upper and the lower half of each digit is, to be predicted from the small digits. */
const halves = (mnist: Dataset) => {
  const { inputs } = small(mnist);
  const targets = Float32Array.from({ length: 1400 }, (_, e) => {
    const [i, half] = [Math.floor(e / 2), e % 2];
    let sum = 0;
    for (let at = 392 * half; at < 392 * (half + 1); at++) sum += mnist.inputs[i * 784 + at];
    return sum / 10_000;
  });
  return new Dataset({ name: "halves", shape: [196], inputs, targets });
};

/** Ten questions of each digit: is it a 0, is it a 1 … */
const questions = (mnist: Dataset) => {
  const { inputs, labels = [] } = digits(mnist);
  const targets = Float32Array.from({ length: 7000 }, (_, e) => (labels[Math.floor(e / 10)] === e % 10 ? 1 : 0));
  return new Dataset({ name: "questions", shape: [28, 28, 1], inputs, targets });
};

/** The small digits as images of numbers. */
const smallImages = (mnist: Dataset) => {
  const { inputs, labels } = small(mnist).take(300);
  return new Dataset({ name: "small images", shape: [14, 14, 1], classes: 10, inputs, labels });
};

interface Training {
  /** What it learns from, made of MNIST's training images: Node reads them, and a page fetches them. */
  readonly data: (mnist: Dataset) => Dataset;
  readonly model: (backend: Backend) => Network;
  readonly options: TrainOptions;
}

const images = [28, 28, 1];

/** Reads a row of numbers as images, so that layers with weights can stand below pooling. */
const imageKind: LayerKind<{ shape: readonly number[] }> = {
  type: "image",
  check: () => {},
  outputShape: ({ shape }) => shape,
  build: () => ({ forward: (x) => x, backward: (dOutput) => dOutput }),
  describe: () => "image",
};
const image = (...shape: number[]) => layerSpec(imageKind, { shape });

export const trainings: Readonly<Record<string, Training>> = {
  "pixels, ReLU, batches of 64, momentum": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(32, "relu"), dense(10)], { seed: 1, backend }),
    options: { epochs: 2, batchSize: 64, optimizer: momentum() },
  },
  "pixels, no hidden layer, full batch": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(10)], { seed: 2, backend }),
    options: { epochs: 3, batchSize: "full", optimizer: sgd({ learningRate: 0.5 }) },
  },
  "pixels, the original's network, full batch of six blocks": {
    data: digits,
    model: (backend) =>
      network(
        images,
        [flatten(), dense(10, { activation: "relu", initializer: "uniform" }), dense(10, { initializer: "uniform" })],
        {
          seed: 3,
          backend,
        },
      ),
    options: { epochs: 4, batchSize: "full", optimizer: sgd({ learningRate: 1 }) },
  },
  "pixels, sigmoid, quadratic loss, batches of 10": {
    data: digits,
    model: (backend) =>
      network(images, [flatten(), dense(30, { activation: "sigmoid", initializer: "normal" }), dense(10, "sigmoid")], {
        seed: 4,
        backend,
      }),
    options: { epochs: 1, batchSize: 10, optimizer: sgd({ learningRate: 3 }) },
  },
  "pixels, tanh, two odd layers, batches of 33, Nesterov, weight decay": {
    data: digits,
    model: (backend) =>
      network(images, [flatten(), dense(37, "tanh"), dense(19, "tanh"), dense(10)], { seed: 5, backend }),
    options: { epochs: 2, batchSize: 33, optimizer: momentum({ nesterov: true, weightDecay: 0.001 }) },
  },
  "pixels, leaky ReLU, batches of 300": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(45, "leakyRelu"), dense(10)], { seed: 6, backend }),
    options: { epochs: 3, batchSize: 300, optimizer: sgd({ learningRate: 0.3, weightDecay: 0.0001 }) },
  },
  "pixels, one example at a time": {
    data: (mnist) => mnist.take(60),
    model: (backend) => network(images, [flatten(), dense(16, "relu"), dense(10)], { seed: 7, backend }),
    options: { epochs: 1, batchSize: 1, optimizer: sgd({ learningRate: 0.05 }) },
  },
  "pixels, wide layers, batches of 128": {
    data: digits,
    model: (backend) =>
      network(images, [flatten(), dense(200, "relu"), dense(129, "relu"), dense(10)], { seed: 8, backend }),
    options: { epochs: 1, batchSize: 128, optimizer: momentum({ learningRate: 0.02 }) },
  },
  "pixels, ReLU, batches of 128, Adam, one cycle": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(64, "relu"), dense(10)], { seed: 13, backend }),
    options: { epochs: 2, batchSize: 128, optimizer: adam({ learningRate: 0.004, beta2: 0.98 }), schedule: oneCycle() },
  },
  "numbers, tanh, batches of 90, AdamW": {
    data: small,
    model: (backend) => network([196], [dense(23, "tanh"), dense(10)], { seed: 14, backend }),
    options: { epochs: 2, batchSize: 90, optimizer: adamW({ learningRate: 0.01, weightDecay: 0.1 }) },
  },
  "pixels, sigmoid, batches of 70, RMSprop": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(21, "sigmoid"), dense(10)], { seed: 15, backend }),
    options: { epochs: 1, batchSize: 70, optimizer: rmsprop({ weightDecay: 0.001 }) },
  },
  "numbers, ReLU, batches of 25, Adagrad": {
    data: small,
    model: (backend) => network([196], [dense(17, "relu"), dense(10)], { seed: 16, backend }),
    options: { epochs: 2, batchSize: 25, optimizer: adagrad() },
  },
  "numbers, ReLU, batches of 50": {
    data: small,
    model: (backend) => network([196], [dense(40, "relu"), dense(10)], { seed: 9, backend }),
    options: { epochs: 2, batchSize: 50, optimizer: momentum() },
  },
  "numbers, sigmoid, full batch": {
    data: small,
    model: (backend) =>
      network([196], [dense(25, { activation: "sigmoid", initializer: "scaledNormal" }), dense(10)], {
        seed: 10,
        backend,
      }),
    options: { epochs: 4, batchSize: "full", optimizer: sgd({ learningRate: 0.5 }) },
  },
  "numbers, tanh, batches of 257, without shuffling": {
    data: small,
    model: (backend) => network([196], [dense(31, "tanh"), dense(10)], { seed: 11, backend }),
    options: { epochs: 2, batchSize: 257, shuffle: false, optimizer: sgd() },
  },
  "augmented pixels, affine and elastic, batches of 96, Adam": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(40, "relu"), dense(10)], { seed: 54, backend }),
    options: {
      ...{ epochs: 2, batchSize: 96, optimizer: adam() },
      augmentation: augment({
        ...{ shift: 2, rotation: 15, scale: [0.85, 1.15], shear: 10 },
        elastic: { alpha: 34, sigma: 4 },
      }),
    },
  },
  "augmented pixels of two channels, every change, batches of 33": {
    data: (mnist) => new Dataset({ ...digits(mnist), shape: [14, 28, 2] }),
    model: (backend) => network([14, 28, 2], [flatten(), dense(20, "tanh"), dense(10)], { seed: 55, backend }),
    options: {
      ...{ epochs: 1, batchSize: 33, optimizer: momentum() },
      augmentation: augment({
        ...{ shift: 1, rotation: 5, scale: [0.9, 1.1], shear: 3, flip: true, noise: 4 },
        ...{ elastic: { alpha: 20, sigma: 3.5 }, erase: { size: [2, 5], fill: 9 } },
      }),
    },
  },
  "numbers, quadratic loss on outputs without activation": {
    data: small,
    model: (backend) => network([196], [dense(12, "leakyRelu"), dense(10)], { seed: 12, backend, loss: quadratic() }),
    options: { epochs: 2, batchSize: 20, optimizer: sgd({ learningRate: 0.05 }) },
  },
  "pixels, max pooling, an activation by itself, batches of 50": {
    data: digits,
    model: (backend) =>
      network(images, [maxPool2d(2), activation("tanh"), flatten(), dense(10)], { seed: 17, backend }),
    options: { epochs: 1, batchSize: 50, optimizer: momentum() },
  },
  "numbers, pooling of every kind with weights below, batches of 75": {
    data: (mnist) => small(mnist).take(200),
    model: (backend) =>
      network(
        [196],
        [
          ...[dense(7 * 8 * 6), image(7, 8, 6), maxPool2d(2, { stride: 1 }), activation("relu")],
          ...[averagePool2d(3, { stride: 2, padding: 1 }), flatten(), dense(9 * 9 * 3, "tanh"), image(9, 9, 3)],
          ...[averagePool2d([2, 1]), maxPool2d(3, { stride: 2, padding: "same" }), globalAveragePool2d(), dense(10)],
        ],
        { seed: 18, backend },
      ),
    options: { epochs: 1, batchSize: 75, optimizer: adam() },
  },
  "images of one channel and rows, batch norm, batches of 150": {
    data: digits,
    model: (backend) =>
      network(
        images,
        [batchNorm(), flatten(), dense(37), batchNorm({ momentum: 0.3 }), dense(24, "relu"), batchNorm(), dense(10)],
        { seed: 17, backend },
      ),
    options: { epochs: 2, batchSize: 150, optimizer: adam({ learningRate: 0.003, weightDecay: 0.001 }) },
  },
  "images of 14 channels, batch norm before flatten and on the logits, full batch": {
    data: (mnist) => new Dataset({ ...small(mnist), name: "wide digits", shape: [2, 7, 14] }),
    model: (backend) =>
      network([2, 7, 14], [batchNorm(), flatten(), dense(20, "tanh"), dense(10), batchNorm({ epsilon: 0.001 })], {
        seed: 18,
        backend,
      }),
    options: { epochs: 3, batchSize: "full", optimizer: momentum({ learningRate: 0.2 }) },
  },
  "pixels, dropout of images and of two layers, batches of 70, momentum": {
    data: digits,
    model: (backend) =>
      network(
        images,
        [dropout(0.2), flatten(), dense(50, "relu"), dropout(0.5), dense(37, "relu"), dropout(0.3), dense(10)],
        { seed: 17, backend },
      ),
    options: { epochs: 2, batchSize: 70, optimizer: momentum() },
  },
  "numbers, residual layers, one in another, with dropout, batches of 40, Adam": {
    data: small,
    model: (backend) => {
      const inside = residual([dense(33, "tanh"), dropout(0.25), dense(24)]);
      const layers = [
        dense(24, "relu"),
        residual([dense(24, "leakyRelu"), inside], { scale: 0.3 }),
        residual([inside]),
      ];
      return network([196], [...layers, dense(10)], { seed: 18, backend });
    },
    options: { epochs: 2, batchSize: 40, optimizer: adam({ learningRate: 0.004 }) },
  },
  "pixels, a frozen layer and a frozen residual, batches of 64, RMSprop": {
    data: digits,
    model: (backend) => {
      const frozen = { trainable: false };
      const layers = [dense(30, { activation: "relu", ...frozen }), dense(20, "tanh"), residual([dense(20)], frozen)];
      return network(images, [flatten(), ...layers, dense(10)], { seed: 19, backend });
    },
    options: { epochs: 2, batchSize: 64, optimizer: rmsprop() },
  },
  "pixels, ReLU, batches of 140, cross-entropy with label smoothing and class weights": {
    data: digits,
    model: (backend) =>
      network(images, [flatten(), dense(20, "relu"), dense(10)], {
        ...{ seed: 17, backend },
        loss: crossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0.5, 2, 1, 1.5, 3, 1, 0.25, 1, 0] }),
      }),
    options: { epochs: 2, batchSize: 140, optimizer: momentum() },
  },
  "numbers, tanh, batches of 150, Huber's loss, two outputs": {
    data: halves,
    model: (backend) =>
      network([196], [dense(15, "tanh"), dense(2)], { seed: 18, backend, loss: huber({ delta: 0.5 }) }),
    options: { epochs: 3, batchSize: 150, optimizer: adam() },
  },
  "pixels, ReLU, batches of 60, binary cross-entropy, ten questions": {
    data: questions,
    model: (backend) =>
      network(images, [flatten(), dense(18, "relu"), dense(10)], { seed: 19, backend, loss: binaryCrossEntropy() }),
    options: { epochs: 2, batchSize: 60, optimizer: momentum() },
  },
  "pixels, ReLU, batches of 50, Adam, cosine behind a warm-up, clipping, averages": {
    data: digits,
    model: (backend) => network(images, [flatten(), dense(47, "relu"), dense(10)], { seed: 17, backend }),
    options: {
      ...{ epochs: 2, batchSize: 50, optimizer: adam({ learningRate: 0.01 }) },
      schedule: warmUp(cosine({ end: 0.1 }), { steps: 6 }),
      ...{ clipNorm: 0.9, averaging: { decay: 0.9 } },
    },
  },
  "pixels, batch norm of rows, dropout, batches of 130, averages with statistics of their own": {
    data: digits,
    model: (backend) =>
      network(images, [flatten(), dense(21), batchNorm(), activation("relu"), dropout(0.2), dense(10), batchNorm()], {
        seed: 22,
        backend,
      }),
    options: { epochs: 2, batchSize: 130, optimizer: momentum(), averaging: { decay: 0.8 } },
  },
  "numbers, ReLU, batches of 64, L1, max-norm, a schedule that looks at the loss": {
    data: small,
    model: (backend) => network([196], [dense(35, "relu"), dense(10)], { seed: 18, backend }),
    options: {
      ...{ epochs: 4, batchSize: 64, optimizer: momentum({ learningRate: 0.1 }) },
      schedule: reduceOnPlateau({ patience: 1, improvement: 0.9 }),
      ...{ l1: 0.0005, maxNorm: 1.2, clipNorm: 0.8 },
    },
  },
  "numbers, GELU, SiLU and ELU, batches of 60": {
    data: small,
    model: (backend) =>
      network([196], [dense(31, "gelu"), dense(22, "silu"), dense(18), activation("elu"), dense(10)], {
        seed: 19,
        backend,
      }),
    options: { epochs: 2, batchSize: 60, optimizer: momentum() },
  },
  "pixels, two convolutions, batches of 300, Adam": {
    data: (mnist) => mnist.take(400),
    model: (backend) =>
      network(images, [conv2d(4, 5, { activation: "relu", stride: 2 }), conv2d(9, 3, "relu"), flatten(), dense(10)], {
        seed: 20,
        backend,
      }),
    options: { epochs: 1, batchSize: 300, optimizer: adam() },
  },
  "numbers, convolutions with padding and dilation, batches of 150": {
    data: smallImages,
    model: (backend) =>
      network(
        [14, 14, 1],
        [
          conv2d(3, 3, { activation: "tanh", padding: "same" }),
          conv2d(10, [3, 2], { activation: "leakyRelu", stride: [2, 3], dilation: 2, padding: [1, 1] }),
          flatten(),
          dense(10),
        ],
        { seed: 21, backend },
      ),
    options: { epochs: 1, batchSize: 150, optimizer: momentum() },
  },
};

/** The data of trainings, made once for all backends. */
const made = new Map<Training, Dataset>();

/** Trains to the end, on data made of MNIST's training images; the digest of the weights. */
export async function digestOf(training: Training, mnist: Dataset, backend: Backend): Promise<string> {
  const data = made.get(training) ?? training.data(mnist);
  made.set(training, data);
  const model = training.model(backend);
  await train(model, data, training.options);
  return model.weightsSha256();
}
