// Random trainings, each on WebAssembly and as machine code: the same weights.
import {
  adagrad,
  adam,
  adamW,
  Dataset,
  dense,
  flatten,
  meanSquared,
  momentum,
  network,
  oneCycle,
  quadratic,
  rmsprop,
  sgd,
  standardize,
  train,
} from "inkling";
import type { Backend } from "inkling/backends";
import { Stream } from "inkling/numbers";

/**
 * Trains the network of this number, from 0, and gives the digest of its weights, or the sentence of its divergence.
 */
export async function digestOf(number: number, backend: Backend): Promise<string> {
  const stream = new Stream(number, "fuzz");
  let drawn = 0;
  const below = (n: number) => stream.below(n, drawn++);
  const oneOf = <Kind>(kinds: readonly Kind[]): Kind => kinds[below(kinds.length)] as Kind;
  const width = () => 1 + below(oneOf([4, 20, 70, 140]));
  const [examples, columns] = [1 + below(oneOf([10, 150, 700])), 1 + below(oneOf([10, 130, 300]))];
  const isImage = below(2) === 0;
  const isNumbers = below(4) === 0;
  const [classes, values] = [1 + below(oneOf([3, 12, 40])), new Stream(number, "values")];
  const data = new Dataset({
    name: "fuzz",
    shape: [columns],
    inputs: isImage
      ? Uint8Array.from({ length: examples * columns }, (_, e) =>
          values.below(3, e) === 0 ? values.below(256, e, 1) : 0,
        )
      : Float32Array.from({ length: examples * columns }, (_, e) => values.normal(e)),
    ...(isNumbers
      ? { targets: Float32Array.from({ length: examples * classes }, (_, e) => values.normal(e, 2)) }
      : { labels: Uint8Array.from({ length: examples }, (_, e) => values.below(classes, e, 3)), classes }),
  });
  const activation = () => oneOf(["relu", "leakyRelu", "sigmoid", "tanh", "identity"] as const);
  const hidden = Array.from({ length: below(4) }, () => dense(width(), { activation: activation() }));
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
  const model = network([columns], [flatten(), ...hidden, last], {
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
