/** What a group of machines does together in the tests, and one machine alone. */
import {
  adam,
  augment,
  batchNorm,
  type DataPair,
  Dataset,
  dense,
  evaluate,
  flatten,
  type Network,
  network,
  predictAll,
  train,
} from "inkling";
import type { Backend } from "inkling/backends";
import { type LayerKind, layerSpec } from "inkling/layers";
import { digestOf, trainings } from "../same-bits/trainings.ts";

export type Name = keyof typeof trainings;
export const names = Object.keys(trainings) as Name[];
export type Digests = Record<string, [pinned: string, larger: string]>;

/** Examples in a batch: six blocks, the last one short, and then fewer. */
const EXAMPLES = 660;

/** The pinned trainings; and with batches of several blocks, so that each machine has something to add. */
export async function digestsOf(chosen: readonly Name[], images: Dataset, backend: Backend): Promise<Digests> {
  const digests: Digests = {};
  for (const name of chosen) {
    digests[name] = [await digestOf(trainings[name], images, backend), await digestOfLarger(name, images, backend)];
  }
  return digests;
}

async function digestOfLarger(name: Name, images: Dataset, backend: Backend): Promise<string> {
  const training = trainings[name];
  const data = training.data(images);
  const model = training.model(backend);
  const batchSize = training.options.batchSize === "full" ? "full" : Math.min(EXAMPLES, data.count);
  // A schedule may be longer than what is left of the training.
  const { schedule: _, ...options } = training.options;
  await train(model, data, { ...options, batchSize });
  return model.weightsSha256();
}

/** One step with a batch of so many blocks, the last one short; the digest of the weights, and the loss. */
export async function stepOfBlocks(blocks: number, backend: Backend): Promise<[digest: string, loss: number]> {
  const [count, columns] = [128 * blocks - 5, 7];
  const inputs = Float32Array.from({ length: count * columns }, (_, e) => Math.fround(((e * 7919) % 2003) / 500 - 2));
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * 31) % 3);
  const data = new Dataset({ name: "blocks", shape: [columns], inputs, labels, classes: 3 });
  const model = network([columns], [dense(5, "tanh"), batchNorm(), dense(3)], { backend, seed: 4 });
  const last = await train(model, data, { epochs: 1, batchSize: "full", optimizer: adam() });
  return [await model.weightsSha256(), last?.loss ?? Number.NaN];
}

export function digitsModel(backend: Backend): Network<"classes"> {
  return network([28, 28, 1], [flatten(), dense(12, "relu"), dense(10)], { backend, seed: 3 });
}

/** An evaluation of 3,000 digits, one of several looks, and the predictions, as text. */
export async function evaluationOf({ test: digits }: DataPair, backend: Backend, together: boolean): Promise<string> {
  const model = digitsModel(backend);
  const some = digits.take(3000);
  const evaluation = await evaluate(model, some, { together });
  const looks = { augmentation: augment({ shift: 1 }), copies: 3, together };
  const looked = await evaluate(model, some.take(1500), looks);
  const { labels, probabilities } = await predictAll(model, some, { together });
  const many = await predictAll(model, some.take(1500), looks);
  return JSON.stringify([evaluation, looked, labels, many.labels, Array.from(probabilities)]);
}

/** A training in which a layer of a user's own fails after so many steps: the first one pauses between its layers. */
export async function failingStep(digits: Dataset, backend: Backend, after: number): Promise<void> {
  let steps = 0;
  const kind: LayerKind<object> = {
    type: "failing",
    check() {},
    outputShape: (_, shape) => shape,
    tensors: () => [],
    describe: () => "failing",
    build: () => ({
      forward(x) {
        if (steps++ === after) throw new Error("a layer failed");
        return x;
      },
      backward: (delta) => delta,
    }),
  };
  const model = network([28, 28, 1], [flatten(), dense(5), layerSpec(kind, {}), dense(10)], { backend });
  await train(model, digits, { batchSize: 200 }).then(
    () => Promise.reject(new Error("The layer did not fail.")),
    () => {},
  );
}
