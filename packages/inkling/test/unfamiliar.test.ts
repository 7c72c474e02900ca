// A model of digits calls noise, empty pages and most letters unfamiliar. The whole presets are in
// unfamiliar.verify.ts.
import { evaluate, learnFamiliarity } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { buildNetwork, buildTrainOptions, presets } from "inkling/presets";
import { expect, test } from "vitest";
import { train } from "../src/training/train.ts";
import { auroc, leftOvers, strangers } from "./strangers.ts";

test("after one epoch of 6,000 digits", async () => {
  const digits = await mnist();
  const few = digits.train.take(6000);
  const configuration = { ...presets.mlp, epochs: 1 };
  const { backend } = await chooseBackend({ threads: 1 });
  const model = buildNetwork(configuration, few.shape, 10, { backend });
  await train(model, few, { epochs: 1, batchSize: 100, ...buildTrainOptions(configuration) });
  await learnFamiliarity(model, few);
  const test = digits.test.take(1000);
  expect((await evaluate(model, test)).accuracy).toBeGreaterThan(0.8);
  const known = await leftOvers(model, test);
  expect(known.unfamiliar).toBeLessThan(0.03);
  for (const [name, set] of Object.entries(await strangers(test.take(100)))) {
    const found = auroc(known.leftOver, (await leftOvers(model, set)).leftOver);
    const least = /scribbles|upside|like/.test(name) ? 0.8 : /letters/.test(name) ? 0.95 : 0.999;
    expect([name, found]).toEqual([name, expect.toSatisfy((area: number) => area > least)]);
  }
});
