// What the doctor finds in a whole training.
import { type DataPair, type Dataset, type Network, type TrainOptions, train } from "inkling";
import { chooseBackend } from "inkling/node";
import { buildNetwork, buildTrainOptions, type PresetName, presets } from "inkling/presets";
import { Doctor, type Finding } from "inkling/proofs";

/** Everything that the doctor finds before and during a training. */
export async function diagnosed(
  model: Network,
  data: Dataset,
  options: TrainOptions,
  tested?: Dataset,
): Promise<readonly Finding[]> {
  const doctor = new Doctor(model, data, tested && { test: tested });
  await doctor.before();
  try {
    for await (const progress of train(model, data, options)) await doctor.after(progress);
  } catch (error) {
    if (doctor.onError(error).length === 0) throw error;
  }
  return doctor.findings;
}

/** The presets for images of digits. */
export const presetsOfDigits = (Object.keys(presets) as PresetName[]).filter((name) => name !== "table");

/** The same of a preset on the first examples of MNIST, or on all of them. */
export async function diagnosedPreset(
  name: PresetName,
  { train: all, test }: DataPair,
  examples: number | "all",
  epochs: number,
): Promise<readonly Finding[]> {
  const configuration = { ...presets[name], epochs };
  const { backend } = await chooseBackend();
  const model = buildNetwork(configuration, [28, 28, 1], 10, { backend });
  const data = examples === "all" ? all : all.take(examples);
  const { batchSize, seed } = configuration;
  return diagnosed(model, data, { epochs, batchSize, seed, ...buildTrainOptions(configuration) }, test);
}
