/**
 * What would change a network's mind: the fewest pixels that have to become ink or paper for it to give another class.
 * It is found greedily, by the gradient of z_other − z_now: the pixel whose full change promises most is changed, and
 * the gradient is taken anew. In the end each change that turns out not to be needed is taken back. A smaller set of
 * pixels may exist: to look at all sets of them would take longer than anybody lives.
 */
import type { ClassPrediction, Network } from "inkling";
import { Lens } from "./lens.ts";
import type { Slices } from "./slices.ts";

/** A change of an image, and what the network says of it. */
export interface Flip {
  /** The class that was wanted. */
  readonly target: number;
  readonly pixels: Uint8Array;
  /** Which pixels were changed, in the order in which it was found. */
  readonly changed: readonly number[];
  readonly prediction: ClassPrediction;
  /** Whether the network now gives the class that was wanted. */
  readonly isReached: boolean;
}

/** More pixels than these are another drawing. */
const MOST = 120;

/** The fewest pixels, greedily, that make the network give `target`. */
export async function flipTo(model: Network, pixels: Uint8Array, target: number, slices: Slices): Promise<Flip> {
  const lens = await Lens.of(model);
  try {
    const changedPixels = pixels.slice();
    const changed: number[] = [];
    let prediction = await said(model, changedPixels);
    while (prediction.label !== target && changed.length < MOST) {
      const direction = new Float32Array(model.outputs);
      direction[target] = 1;
      direction[prediction.label] = -1;
      const { gradients } = await lens.look(changedPixels, [direction]);
      const best = mostPromising(gradients[0] ?? new Float32Array(), changedPixels, changed);
      if (best === undefined) break;
      changed.push(best.index);
      changedPixels[best.index] = best.value;
      prediction = await said(model, changedPixels);
      await slices.pause();
    }
    const isReached = prediction.label === target;
    const needed = isReached ? await onlyNeeded(model, pixels, changedPixels, changed, target, slices) : changed;
    return { target, pixels: changedPixels, changed: needed, prediction: await said(model, changedPixels), isReached };
  } finally {
    lens.close();
  }
}

/** Of the classes that are next in probability, the one that takes the fewest pixels. */
export async function easiestFlip(model: Network, pixels: Uint8Array, slices: Slices): Promise<Flip | undefined> {
  const { label, probabilities } = await said(model, pixels);
  let best: Flip | undefined;
  for (const target of ranked(probabilities)
    .filter((k) => k !== label)
    .slice(0, 3)) {
    const flip = await flipTo(model, pixels, target, slices);
    const isBetter = best === undefined || !best.isReached || flip.changed.length < best.changed.length;
    if (best === undefined || (flip.isReached && isBetter)) best = flip;
  }
  return best;
}

/** Classes, the most probable first. */
export function ranked(probabilities: ArrayLike<number>): number[] {
  const order = Array.from(probabilities, (_, k) => k);
  return order.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);
}

/** The pixel whose change to ink (255) or paper (0) gains most by this gradient; none that was changed already. */
function mostPromising(gradient: Float32Array, pixels: Uint8Array, changed: readonly number[]) {
  const taken = new Set(changed);
  let best: { readonly index: number; readonly value: number; readonly gain: number } | undefined;
  for (let index = 0; index < pixels.length; index++) {
    const [slope, pixel] = [gradient[index] as number, pixels[index] as number];
    const value = slope > 0 ? 255 : 0;
    const gain = slope * (value - pixel);
    if (gain > (best?.gain ?? 0) && !taken.has(index)) best = { index, value, gain };
  }
  return best;
}

/** Takes back each change without which the class stays; `pixels` becomes what is left. */
async function onlyNeeded(
  model: Network,
  before: Uint8Array,
  pixels: Uint8Array,
  changed: readonly number[],
  target: number,
  slices: Slices,
): Promise<number[]> {
  const needed: number[] = [];
  for (const index of changed) {
    const value = pixels[index] as number;
    pixels[index] = before[index] as number;
    if ((await said(model, pixels)).label === target) continue;
    pixels[index] = value;
    needed.push(index);
    await slices.pause();
  }
  return needed;
}

async function said(model: Network, pixels: Uint8Array): Promise<ClassPrediction> {
  return (await model.predict(pixels)) as ClassPrediction;
}
