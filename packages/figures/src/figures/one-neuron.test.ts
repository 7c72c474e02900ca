// The neuron of the slow start is the one that `inkling reproduce 3a` and 3b measure.
import { experimentsNamed, runExperiment } from "inkling/presets";
import { Reference } from "inkling/proofs";
import { expect, test } from "vitest";
import { outputsOf } from "./one-neuron.ts";

test.each(["3a-near", "3a-far", "3b-near", "3b-far"])("%s, epoch by epoch", async (id) => {
  const [experiment] = experimentsNamed(id, "test");
  if (experiment === undefined || !("neuron" in experiment)) throw new Error(`${id} is no neuron.`);
  const { weight, bias, cost, learningRate, epochs } = experiment.neuron;
  const { epochs: measured } = await runExperiment(experiment, 1, {} as never, { backend: new Reference() });
  const start = 1 / (1 + Math.exp(-weight - bias));
  const expected = measured.map(({ training }) => training?.output ?? Number.NaN);
  for (const [epoch, a] of outputsOf(cost, start, learningRate, epochs).entries()) {
    expect(a).toBeCloseTo(expected[epoch] ?? Number.NaN, 9);
  }
});
