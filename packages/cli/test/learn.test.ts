// Memory that ends once there is something to lose.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dense, evaluate, type Network, network, table } from "inkling";
import { load } from "inkling/node";
import { completed } from "inkling/presets";
import { Doctor } from "inkling/proofs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { learn } from "../src/training/learn.ts";
import { remarkOf } from "../src/training/saving.ts";

// The real thing, in which a test can let memory end.
vi.mock("inkling", async (original) => {
  const real = await original<typeof import("inkling")>();
  return { ...real, evaluate: vi.fn(real.evaluate) };
});

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-learn-"));
});
afterEach(() => rm(directory, { recursive: true }));

const rows = Array.from({ length: 20 }, (_, i) => [i, i % 3]);
const data = table(
  rows,
  Array.from(rows, (_, i) => i % 2),
);
const sets = {
  train: data,
  validation: undefined,
  test: undefined,
  testPath: undefined,
  isHeldOut: false,
  generator: undefined,
  label: undefined,
  ignore: undefined,
  notes: [],
};
const options = (model: Network, out: string) => ({
  ...{ out, live: false, record: {}, afterEpoch: () => {} },
  ...{ doctor: new Doctor(model, data), found: () => {} },
});
const outOfMemory = () => Promise.reject(new RangeError("Array buffer allocation failed"));

test("in the last evaluation, it says where the model is", async () => {
  const out = join(directory, "model");
  vi.mocked(evaluate).mockImplementationOnce(outOfMemory);
  const configuration = completed({ epochs: 3, batchSize: 5, learningRate: 0.01 });
  const model = network([2], [dense(2)]);
  const learning = learn(model, sets, configuration, options(model, out));
  expect(remarkOf(await learning.catch((error) => error))).toBe(` The weights after epoch 3 are in ${out}.`);
  expect((await load(out)).training?.epochs).toBe(3);
});

test("after an earlier epoch, it saves that one's weights and says so", async () => {
  const out = join(directory, "model");
  const real = vi.mocked(evaluate).getMockImplementation() as typeof evaluate;
  vi.mocked(evaluate).mockImplementationOnce(real).mockImplementationOnce(outOfMemory);
  const configuration = completed({ epochs: 9, batchSize: "full", learningRate: 0.01 });
  const model = network([2], [dense(2)]);
  const learning = learn(model, sets, configuration, options(model, out));
  expect(remarkOf(await learning.catch((error) => error))).toBe(` The weights after epoch 2 are in ${out}.`);
  expect((await load(out)).training?.epochs).toBe(2);
});
