// What the presets of digits call unfamiliar, and how well their probabilities are calibrated. The table of
// docs/your-digits.md comes from here.
import { calibrate, evaluate, learnFamiliarity, reliability } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { buildNetwork, buildTrainOptions, presets } from "inkling/presets";
import { expect, test } from "vitest";
import { train } from "../src/training/train.ts";
import { auroc, leftOvers, strangers } from "./strangers.ts";

const digits = await mnist();
const { train: learned, validation } = digits.train.split(5000, { seed: 1 });
const sets = await strangers(digits.test.take(2000));

test.each(["mlp", "cnn-fast", "cnn"] as const)("%s, with 5,000 validation images", async (name) => {
  const { backend } = await chooseBackend();
  const configuration = presets[name];
  const { epochs, batchSize } = configuration;
  const model = buildNetwork(configuration, learned.shape, 10, { backend });
  await train(model, learned, { epochs, batchSize, ...buildTrainOptions(configuration) });
  await learnFamiliarity(model, learned);
  const { temperature } = await calibrate(model, validation);
  const { raw, calibrated } = await reliability(model, digits.test);
  const known = await leftOvers(model, digits.test);
  const lines = [
    `${name}: accuracy ${(await evaluate(model, digits.test)).accuracy}, T = ${temperature.toFixed(3)}, calibration error ` +
      `${raw.expectedCalibrationError.toFixed(5)}, with T ${calibrated.expectedCalibrationError.toFixed(5)}`,
    `  test digits called unfamiliar: ${known.unfamiliar}, threshold ${model.familiarity?.threshold.toFixed(4)}`,
  ];
  expect(calibrated.expectedCalibrationError).toBeLessThanOrEqual(0.01);
  expect(known.unfamiliar).toBeLessThan(0.02);
  for (const [kind, set] of Object.entries(sets)) {
    const { leftOver, unfamiliar } = await leftOvers(model, set);
    const area = auroc(known.leftOver, leftOver);
    lines.push(
      `  ${kind}: AUROC ${area.toFixed(4)}, called unfamiliar ${(100 * unfamiliar).toFixed(1)} % of ${set.count}`,
    );
    // Reported only: what is like digits, and strokes of a pen.
    if (!/scribbles|upside|like/.test(kind)) expect(area).toBeGreaterThanOrEqual(0.95);
  }
  console.log(lines.join("\n"));
});
