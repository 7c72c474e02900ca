// What the original program draws after np.random.seed(S): the order of the rows and the first weights, to the bit.
import { readFileSync } from "node:fs";
import { inOrder } from "inkling/backends";
import { decodeTensors } from "inkling/formats";
import { mnist } from "inkling/node";
import { MersenneTwister } from "inkling/numbers";
import { buildNetwork, presets } from "inkling/presets";
import { Reference } from "inkling/proofs";
import { expect, test } from "vitest";

const golden = (file: string) => readFileSync(new URL(`golden/${file}`, import.meta.url));

test.each([0, 1])("after np.random.seed(%i) rows and first weights are the original's", async (seed) => {
  const { firstRowsLabels } = JSON.parse(golden(`seed-trajectory-${seed}.json`).toString());
  const generator = new MersenneTwister(seed);
  const order = inOrder(42_000);
  generator.shuffle(order);
  const rows = (await mnist()).train.pick(order.subarray(0, 20));
  expect(Array.from(rows.labels ?? [])).toEqual(firstRowsLabels);

  const configuration = { ...presets.original, init: "numpy" as const };
  const backend = new Reference("float64");
  const model = buildNetwork(configuration, [784], 10, { backend, generator });
  const { tensors } = decodeTensors(golden(`seed${seed}-initial.safetensors`), "golden");
  const wanted = new Map(tensors.map(({ name, values }) => [name, values]));
  for (const { name, value } of model.parameters) expect(await backend.read(value), name).toEqual(wanted.get(name));
});
