/** A small model that has learned a little, its file, and files like it with some of it replaced. */
import { Reference } from "../src/backends/reference/reference.ts";
import { table } from "../src/data/table.ts";
import { encodeModel } from "../src/formats/model-file.ts";
import { decodeTensors, encodeTensors, type Tensor } from "../src/formats/safetensors.ts";
import { dense } from "../src/layers/dense.ts";
import type { Precision } from "../src/matrix.ts";
import { type Network, network } from "../src/network/network.ts";
import { train } from "../src/training/train.ts";

const points = table(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  [0, 1, 1, 0],
  { name: "xor" },
);

/** A small model that has learned for one epoch. */
export async function trained(precision: Precision = "float32"): Promise<Network> {
  const model = network([2], [dense(3, "tanh"), dense(2)], { seed: 7, backend: new Reference(precision) });
  await train(model, points, { epochs: 1, batchSize: 2 });
  return model;
}

/** Every parameter's name and numbers. */
export const numbers = ({ parameters, backend }: Network) =>
  Promise.all(parameters.map(async ({ name, value }) => [name, Array.from(await backend.read(value))]));

/** Its file, and what is in it. */
export const whole = await encodeModel(await trained());
export const { metadata, tensors } = decodeTensors(whole, "whole");
export const architecture = JSON.parse(metadata["inkling.architecture"]);

/** The file of the small model, with some of it replaced. */
export function altered(changes: {
  architecture?: unknown;
  training?: string;
  roles?: string;
  tensors?: readonly Tensor[];
}): Uint8Array {
  return encodeTensors({
    metadata: {
      ...metadata,
      "inkling.architecture": JSON.stringify(changes.architecture ?? architecture),
      ...(changes.training !== undefined && { "inkling.training": changes.training }),
      ...(changes.roles !== undefined && { "inkling.roles": changes.roles }),
    },
    tensors: changes.tensors ?? tensors,
  });
}
