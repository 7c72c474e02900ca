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
 * The sums are whole numbers, with pixels counted in parts of a cell, so bytes lose nothing and no order matters. How
 * the directions and the threshold are found is in evaluation/learn-familiarity.ts.
 */
import { ArgumentError, ShapeError } from "../errors.ts";
import { type Familiarity, setFamiliarity } from "../network/certainty.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";
import type { Ensemble } from "./ensemble.ts";

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
 * Gives a model what another one with the same weights knows of its examples: a copy in a page of a model that a worker
 * trains. Throws an ArgumentError where it is of other classes.
 */
export function takeFamiliarity(model: Network, familiarity: Familiarity): void {
  checkNetwork("takeFamiliarity", model);
  const classes = familiarity?.bases?.length;
  if (classes !== model.outputs) {
    throw new ArgumentError("takeFamiliarity", `what a network of ${model.outputs} classes knows`, shown(classes));
  }
  setFamiliarity(model, familiarity);
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
export function leftOver(x: Float64Array, basis: ArrayLike<number>): number {
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

/** Looks at pictures of a shape coarsely, as height × width cells: all those of `inputs`, one after the other. */
export function coarseOf([rows, columns, channels]: Shape, height: number, width: number, inputs: ArrayLike<number>) {
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
