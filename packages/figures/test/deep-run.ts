/** What the figures of overfitting and of vanishing gradients compute, for their tests. */
import { type Dataset, evaluate } from "inkling";
import type { Cure, Plan } from "../src/figures/cures.ts";
import { type Depth, deepNetwork, gradientsOf, stepsOf } from "../src/figures/deep.ts";
import { follow, halvesOf } from "../src/figures/learning.ts";

/** A training with these cures, as strong as the figure has them at first. */
export const planOf = (...cures: Cure[]): Plan => {
  return {
    cures,
    lambda: cures.includes("decay") ? 10 ** -2.5 : 0,
    rate: cures.includes("dropout") ? 0.3 : 0,
  };
};

/** Six hidden layers of sigmoids, as the figure has them at first. */
export const sigmoids: Depth = {
  activation: "sigmoid",
  initializer: "glorot",
  layers: 6,
  normalizes: false,
  skips: false,
};

/** What the figure of vanishing gradients shows of one network: of digit 18, and after its training. */
export async function deepRun(digits: Dataset, depth: Depth) {
  const { learn, judge } = halvesOf(digits);
  const place = Math.min(18, digits.count - 1);
  const model = deepNetwork(depth, learn);
  const gradients = await gradientsOf(model, digits.example(place) as Uint8Array, digits.labels?.[place] ?? 0);
  const ratio = (gradients.at(-1)?.weights ?? 0) / (gradients[0]?.weights ?? 0);
  const ending = await follow(model, learn, stepsOf(depth.activation), () => true);
  return { gradients, ratio, ending, accuracy: (await evaluate(model, judge)).accuracy };
}
