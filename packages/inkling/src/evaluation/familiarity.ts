/**
 * Is this picture like anything that the model has learned? A network answers every input with one of its classes, an
 * empty page too. So a model keeps, beside its weights, what the pictures of each class looked like: a subspace, the
 * few directions in which most of them lie. A picture is redrawn within the subspace of the class that it was read as,
 * and what is left over says how unlike it is:
 *
 *   u = 1 − Σ_d (v_d·x)² / (‖v_d‖²·‖x‖²)                  x: the picture, v_d: direction d of that class
 *
 * That is sin² of the angle between the picture and the subspace: 0 for a picture that is wholly in it, 1 for one that
 * has nothing of it; brighter or darker makes no difference, and an empty picture has u = 1. It is one of the oldest
 * ways to recognise letters (Watanabe's CLAFIC, 1967; Oja 1983, "Subspace methods of pattern recognition").
 *
 * Pictures are looked at coarsely: at most 10 × 10 cells, each the sum of the pixels (of all channels) that it covers.
 * The sums are whole numbers, with pixels counted in parts of a cell, so bytes lose nothing and no order matters. The
 * directions are the first 12 of Σ x·xᵀ over 200 pictures of the class, found by orthogonal iteration
 * (numbers/subspace.ts) and kept as bytes. Other examples of the training set the threshold: 1 of 100 is above it.
 */
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { type Familiarity, setFamiliarity } from "../network/certainty.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { principalDirections } from "../numbers/subspace.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";
import type { Ensemble } from "./ensemble.ts";
import { type EvaluateOptions, predictAll } from "./evaluate.ts";
import { checkFits } from "./fits.ts";

/** The most cells along a side. */
const SIDE = 10;
const DIRECTIONS = 12;
/** At most so many examples of each class make its directions, and at most half of those that there are. */
const PER_CLASS = 200;
/** So many others set the threshold, at least and at most. */
const [FEWEST, MOST] = [100, 1000];
const FALSE_ALARMS = 0.01;
/** The most numbers that all bases together may have: 1 MiB in a file. */
export const MOST_NUMBERS = 2 ** 20;

/** How familiar one picture is. */
export interface Familiar {
  /** The share of the picture that is left over, 0 to 1: u. */
  readonly leftOver: number;
  /** Above it a picture is called unfamiliar. */
  readonly threshold: number;
  readonly isUnfamiliar: boolean;
}

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

/**
 * How familiar a picture is to a model that has read it as class `label`; undefined for a model that does not know what
 * its examples looked like. `example`: as `predict` takes it. Of an ensemble, its first network's examples count.
 */
export function familiarity(
  model: Network | Ensemble,
  example: ArrayLike<number>,
  label: number,
): Familiar | undefined {
  const known = model.familiarity;
  if (known === undefined) return undefined;
  if (example?.length !== model.inputs) {
    const got = example?.length === undefined ? shown(example) : String(example.length);
    throw new ShapeError("familiarity", `${model.inputs} numbers (the network's inputs)`, got);
  }
  const basis = known.bases[label];
  if (basis === undefined) {
    throw new ArgumentError("familiarity", `a class from 0 to ${known.bases.length - 1}`, shown(label));
  }
  const share = leftOver(coarseOf(model.inputShape, known.height, known.width, example), basis);
  return { leftOver: share, threshold: known.threshold, isUnfamiliar: share > known.threshold };
}

/** u = 1 − Σ_d (v_d·x)² / (‖v_d‖²·‖x‖²); 1 for an empty picture. A number that is none leaves everything over. */
function leftOver(x: Float64Array, basis: ArrayLike<number>): number {
  const cells = x.length;
  let size = 0;
  for (let j = 0; j < cells; j++) size += x[j] * x[j];
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return 1;
  let within = 0;
  for (let d = 0; d < basis.length / cells; d++) {
    let [product, length] = [0, 0];
    for (let j = 0; j < cells; j++) {
      const v = basis[d * cells + j];
      product += v * x[j];
      length += v * v;
    }
    if (length > 0) within += (product / size) * (product / length);
  }
  return Math.max(0, 1 - within);
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

/** Looks at pictures of a shape coarsely, as height × width cells: all those of `inputs`, one after the other. */
function coarseOf([rows, columns, channels]: Shape, height: number, width: number, inputs: ArrayLike<number>) {
  const [down, across] = [overlaps(rows, height), overlaps(columns, width)];
  const { first, inFirst, inNext } = across;
  const count = inputs.length / (rows * columns * channels);
  const cells = new Float64Array(count * height * width);
  // One cell more, for the nothing that a last pixel has in the next one.
  const line = new Float64Array(width + 1);
  let at = 0;
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < rows; i++) {
      // Each line of pixels goes to the cells across, then down.
      line.fill(0);
      for (let j = 0; j < columns; j++) {
        let pixel = inputs[at++];
        for (let c = 1; c < channels; c++) pixel += inputs[at++];
        if (pixel === 0) continue;
        const x = first[j];
        line[x] += pixel * inFirst[j];
        line[x + 1] += pixel * inNext[j];
      }
      const y = (k * height + down.first[i]) * width;
      for (let x = 0; x < width; x++) cells[y + x] += line[x] * down.inFirst[i];
      if (down.inNext[i] === 0) continue;
      for (let x = 0; x < width; x++) cells[y + width + x] += line[x] * down.inNext[i];
    }
  }
  return cells;
}

/**
 * Of `pixels` in a line of `cells`: in which cell each begins, and how much of it lies in that cell and in the next. A
 * pixel is `cells` long and a cell `pixels`, so that all lengths are whole.
 */
function overlaps(pixels: number, cells: number) {
  const first = new Int32Array(pixels);
  const inFirst = new Float64Array(pixels);
  const inNext = new Float64Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const from = i * cells;
    first[i] = Math.floor(from / pixels);
    inFirst[i] = Math.min(from + cells, (first[i] + 1) * pixels) - from;
    inNext[i] = cells - inFirst[i];
  }
  return { first, inFirst, inNext };
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
