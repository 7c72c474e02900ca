/**
 * Finds what the pictures of each class looked like (evaluation/familiarity.ts): the directions are the first 12 of
 * Σ x·xᵀ over 200 pictures of the class, found by orthogonal iteration (numbers/subspace.ts) and kept as bytes. Other
 * examples of the training set the threshold: 1 of 100 is above it.
 */
import type { Dataset } from "../data/dataset.ts";
import { type Familiarity, setFamiliarity } from "../network/certainty.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { principalDirections } from "../numbers/subspace.ts";
import { checkOptions } from "../options.ts";
import { type EvaluateOptions, predictAll } from "./evaluate.ts";
import { coarseOf, leftOver, MOST_NUMBERS } from "./familiarity.ts";
import { checkFits } from "./fits.ts";

/** The most cells along a side. */
const SIDE = 10;
const DIRECTIONS = 12;
/** At most so many examples of each class make its directions, and at most half of those that there are. */
const PER_CLASS = 200;
/** So many others set the threshold, at least and at most. */
const [FEWEST, MOST] = [100, 1000];
const FALSE_ALARMS = 0.01;

/**
 * Notes in a model what its training examples looked like, so that `familiarity` can say how unlike them another
 * picture is. `data`: the examples that it was trained on, in their order. Gives what it found; undefined, and the
 * model as it was, where there is nothing to be found: for examples that are no pictures, for numbers to be predicted,
 * and for fewer than about 200 examples. Needs one pass over 3,000 of them.
 *
 * @example
 * await train(model, digits.train);
 * await learnFamiliarity(model, digits.train);
 * const { label } = await model.predict(image);
 * familiarity(model, image, label); // { leftOver: 0.11, threshold: 0.27, isUnfamiliar: false }
 */
export async function learnFamiliarity(
  model: Network,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<Familiarity | undefined> {
  checkNetwork("learnFamiliarity", model);
  checkFits("learnFamiliarity", model, data, { needsTargets: true });
  checkOptions("learnFamiliarity", options, ["signal"]);
  const { labels } = data;
  if (model.inputShape.length !== 3 || labels === undefined) return undefined;
  const { ofClass, others } = divided(labels, model.outputs);
  const [height, width] = model.inputShape.map((length) => Math.min(SIDE, length));
  const coarse = ({ inputs }: Dataset) => coarseOf(model.inputShape, height, width, inputs);
  const directions = Math.min(DIRECTIONS, height * width);
  if (others.length < FEWEST || model.outputs * directions * height * width > MOST_NUMBERS) return undefined;

  const cells = height * width;
  const learned = coarse(data.pick(ofClass.flat()));
  let at = 0;
  const bases = ofClass.map(({ length }) => {
    const own = learned.subarray(at * cells, (at + length) * cells);
    at += length;
    return asBytes(principalDirections(own, cells, directions), cells);
  });
  const rest = data.pick(others);
  const pictures = coarse(rest);
  const read = (await predictAll(model, rest, options)).labels ?? [];
  const left = Float64Array.from(others, (_, i) => {
    return leftOver(pictures.subarray(i * cells, (i + 1) * cells), bases[read[i]]);
  }).sort();
  const familiarity: Familiarity = {
    ...{ height, width, bases },
    threshold: left[Math.ceil((1 - FALSE_ALARMS) * left.length) - 1],
    falseAlarms: FALSE_ALARMS,
    examples: { bases: learned.length / cells, threshold: others.length },
  };
  setFamiliarity(model, familiarity);
  return familiarity;
}

/** Which examples make the bases, class by class, and which set the threshold: in the order of the data. */
function divided(labels: ArrayLike<number>, classes: number): { ofClass: number[][]; others: number[] } {
  const count = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) count[labels[i]]++;
  const ofClass = count.map((): number[] => []);
  const others: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (ofClass[label].length < Math.min(PER_CLASS, Math.ceil(count[label] / 2))) ofClass[label].push(i);
    else if (others.length < MOST) others.push(i);
  }
  return { ofClass, others };
}

/** Directions as whole numbers from −127 to 127, the largest of each ±127. */
function asBytes(directions: readonly Float64Array[], cells: number): Int8Array {
  const bytes = new Int8Array(directions.length * cells);
  for (const [d, v] of directions.entries()) {
    const most = v.reduce((max, number) => Math.max(max, Math.abs(number)), 0);
    for (let j = 0; j < cells; j++) bytes[d * cells + j] = Math.round((127 * v[j]) / most);
  }
  return bytes;
}
