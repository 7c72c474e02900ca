// One step, phase by phase: what is shown of the batch is what the network has seen.
import { Dataset, evaluate } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { buildNetwork, buildTrainOptions } from "inkling/presets";
import { expect, test } from "vitest";
import { experimentOf } from "../state/experiment.ts";
import { PhasedStep } from "./phases.ts";

test.each(["none", "shift=4"])(
  "examples are shown as the network sees them (augmentation %s)",
  async (augmentation) => {
    const train = (await mnist()).train.take(200);
    const { configuration } = experimentOf("mlp", { layers: [12], batchSize: 50, augmentation });
    const model = buildNetwork(configuration, [28, 28, 1], 10, { backend: (await chooseBackend()).backend });
    const options = { batchSize: 50, seed: 1, ...buildTrainOptions(configuration) };
    const phased = await PhasedStep.begin({ model, train, options, configuration, total: 0, steps: 4 });
    await phased.go();
    const { examples } = phased.report;
    expect(examples).toHaveLength(12);
    const isChanged = examples.some(({ numbers, label }) => {
      const own = Array.from({ length: train.count }, (_, i) => i).filter((i) => train.labels?.[i] === label);
      return own.every((i) => train.example(i).some((value, e) => value !== numbers[e]));
    });
    expect(isChanged).toBe(augmentation !== "none");
    for (const { numbers, label = 0, loss } of examples) {
      const alone = { name: "shown", shape: [28, 28, 1], classes: 10, labels: Uint8Array.of(label) };
      const found = await evaluate(model, new Dataset({ ...alone, inputs: numbers as Uint8Array }));
      expect(loss).toBeCloseTo(found.loss, 5);
    }
  },
);
