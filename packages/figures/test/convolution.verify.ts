// What the chapter on convolution says of all 10,000 test digits: moved, and with mixed pixels.
import { readFile } from "node:fs/promises";
import { Dataset, evaluate, train } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { Stream } from "inkling/numbers";
import { buildNetwork, buildTrainOptions, completed } from "inkling/presets";
import { expect, test } from "vitest";
import { shiftedSet } from "../src/figures/shifted.ts";
import { convolutionNetworks } from "./convolution-networks.ts";

const chapter = await readFile(new URL("../../../apps/site/pages/book/convolution.md", import.meta.url), "utf8");
const PIXELS = 784;
const rule = Uint32Array.from({ length: PIXELS }, (_, k) => k);
new Stream(1, "mixed pixels").shuffle(rule);

test("so many moved digits are read", async () => {
  const { dense, convolution, taught } = await convolutionNetworks();
  const digits = (await mnist()).test;
  const rows = chapter.split("\n");
  for (const [start, model] of [
    ["| dense, 23,860", dense],
    ["| convolutional, 5,994", convolution],
    ["| convolutional, taught", taught],
  ] as const) {
    const cells = rows
      .find((line) => line.startsWith(start))
      ?.split("|")
      .slice(2, -1);
    for (const [i, left] of [0, 1, 2, 4, 6].entries()) {
      const { accuracy = 0 } = await evaluate(model, shiftedSet(digits, digits.count, { right: -left, down: 0 }));
      expect(cells?.[i]?.trim()).toBe(`${(100 * accuracy).toFixed(1)} %`);
    }
  }
});

test("a convolutional network learns worse where all pixels are mixed up", async () => {
  const { backend } = await chooseBackend();
  const digits = await mnist();
  const recipe = completed({
    ...{ layers: ["8c5", "p2", "16c5", "p2"], seed: 1, learningRate: 0.01, schedule: "oneCycle", epochs: 3 },
  });
  const { batchSize, epochs } = recipe;
  for (const [learn, judge] of [
    [digits.train, digits.test],
    [mixed(digits.train), mixed(digits.test)],
  ] as const) {
    const model = buildNetwork(recipe, [28, 28, 1], 10, { backend });
    await train(model, learn, { ...buildTrainOptions(recipe), batchSize, epochs });
    const { accuracy = 0 } = await evaluate(model, judge);
    expect(chapter).toContain(`${(100 * accuracy).toFixed(2)} %`);
  }
});

function mixed(set: Dataset): Dataset {
  const inputs = Uint8Array.from(set.inputs, (_, e) => {
    const k = e % PIXELS;
    return set.inputs[e - k + (rule[k] ?? 0)] ?? 0;
  });
  const labels = Uint8Array.from(set.labels ?? []);
  return new Dataset({ name: "mixed", shape: [28, 28, 1], inputs, labels, classes: 10 });
}
