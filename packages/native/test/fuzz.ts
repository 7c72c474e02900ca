// Random trainings of dense and of convolutional networks, each on WebAssembly and as machine code: the same weights.
import {
  type ActivationName,
  activation,
  adagrad,
  adam,
  adamW,
  averagePool2d,
  batchNorm,
  conv2d,
  Dataset,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  meanSquared,
  momentum,
  network,
  oneCycle,
  quadratic,
  residual,
  rmsprop,
  sgd,
  standardize,
  train,
} from "inkling";
import type { Backend } from "inkling/backends";
import { Stream } from "inkling/numbers";

/** What a training is drawn with. */
interface Draws {
  below(n: number): number;
  oneOf<Kind>(kinds: readonly Kind[]): Kind;
  activation(): ActivationName;
}

/** Sometimes batch norm and an activation, sometimes dropout. */
function between({ below, activation: sigma }: Draws): LayerSpec[] {
  const normalized = below(3) === 0 ? [batchNorm(), activation(sigma())] : [];
  return [...normalized, ...(below(5) === 0 ? [dropout(0.2)] : [])];
}

/** Layers on images of height × width: convolutions, pooling and skip connections, until the images are small. */
function imageLayers(draws: Draws, height: number, width: number): LayerSpec[] {
  const { below, oneOf } = draws;
  const layers: LayerSpec[] = [];
  let [least, filters] = [Math.min(height, width), 0];
  const count = 1 + below(3);
  for (let i = 0; i < count && least > 1; i++) {
    filters = oneOf([1, 3, 8, 9, 16, 20, 33]);
    const [size, stride] = [1 + below(Math.min(least, 5)), 1 + below(2)];
    const padding = size === 1 ? 0 : oneOf([0, 1, "same"] as const);
    layers.push(conv2d(filters, size, { activation: draws.activation(), stride, padding }), ...between(draws));
    least = Math.floor(((padding === "same" ? least + size - 1 : least + 2 * padding) - size) / stride) + 1;
    if (below(3) === 0) {
      const inside = conv2d(filters, 3, { activation: draws.activation(), padding: "same" });
      layers.push(residual([inside, ...between(draws)], { scale: oneOf([1, 0.5]) }));
    }
    if (least > 1 && below(2) === 0) {
      const [pool, step] = [oneOf([maxPool2d, averagePool2d]), 1 + below(2)];
      layers.push(pool(2, { stride: step }));
      least = Math.floor((least - 2) / step) + 1;
    }
  }
  return [...layers, ...(below(3) === 0 ? [globalAveragePool2d()] : [flatten()])];
}

/**
 * Trains the network of this number, from 0, and gives the digest of its weights, or the sentence of its divergence.
 */
export async function digestOf(number: number, backend: Backend): Promise<string> {
  const stream = new Stream(number, "fuzz");
  let drawn = 0;
  const below = (n: number) => stream.below(n, drawn++);
  const oneOf = <Kind>(kinds: readonly Kind[]): Kind => kinds[below(kinds.length)] as Kind;
  const width = () => 1 + below(oneOf([4, 20, 70, 140]));
  const [sizes, channels] = [[2 + below(11), 2 + below(11)] as const, oneOf([1, 1, 2, 3, 8])];
  const hasWindows = below(2) === 0;
  const shape = hasWindows ? [...sizes, channels] : [1 + below(oneOf([10, 130, 300]))];
  const columns = shape.reduce((product, length) => product * length, 1);
  const examples = 1 + below(oneOf(hasWindows ? [10, 40, 150] : [10, 150, 700]));
  const isImage = below(2) === 0;
  const isNumbers = below(4) === 0;
  const [classes, values] = [1 + below(oneOf([3, 12, 40])), new Stream(number, "values")];
  const data = new Dataset({
    name: "fuzz",
    shape,
    inputs: isImage
      ? Uint8Array.from({ length: examples * columns }, (_, e) =>
          values.below(3, e) === 0 ? values.below(256, e, 1) : 0,
        )
      : Float32Array.from({ length: examples * columns }, (_, e) => values.normal(e)),
    ...(isNumbers
      ? { targets: Float32Array.from({ length: examples * classes }, (_, e) => values.normal(e, 2)) }
      : { labels: Uint8Array.from({ length: examples }, (_, e) => values.below(classes, e, 3)), classes }),
  });
  const names = ["relu", "leakyRelu", "sigmoid", "tanh", "identity", "gelu", "silu", "elu"] as const;
  const draws: Draws = { below, oneOf, activation: () => oneOf(names) };
  const first = hasWindows ? imageLayers(draws, ...sizes) : [flatten()];
  const hidden = Array.from({ length: below(hasWindows ? 2 : 4) }, () => [
    dense(width(), { activation: draws.activation() }),
    ...between(draws),
  ]).flat();
  const isQuadratic = !isNumbers && below(4) === 0;
  const last = dense(classes, { activation: isQuadratic ? "sigmoid" : "identity" });
  const weightDecay = oneOf([0, 0, 0.01]);
  const optimizer = oneOf([
    () => sgd({ learningRate: 0.1, weightDecay }),
    () => momentum({ learningRate: 0.05, nesterov: below(2) === 0, weightDecay }),
    () => adam({ learningRate: 0.01, weightDecay }),
    () => adamW({ learningRate: 0.01, weightDecay }),
    () => rmsprop({ weightDecay }),
    () => adagrad({ weightDecay }),
  ])();
  const model = network(shape, [...first, ...hidden, last], {
    seed: number,
    backend,
    ...(isNumbers && { loss: meanSquared() }),
    ...(isQuadratic && { loss: quadratic() }),
    ...(!isImage && below(2) === 0 && { scaling: standardize(data) }),
  });
  try {
    await train(model, data, {
      epochs: 1 + below(3),
      batchSize: below(4) === 0 ? "full" : 1 + below(Math.min(examples, oneOf([5, 64, 300]))),
      optimizer,
      ...(below(3) === 0 && { schedule: oneCycle() }),
    });
    return await model.weightsSha256();
  } catch (error) {
    return String(error);
  } finally {
    model.close();
  }
}
