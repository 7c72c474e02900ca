/** Which examples a training learns from, and which it holds out: as the command line divides them. */
import { Dataset } from "inkling";
import { inOrder } from "inkling/backends";
import { MersenneTwister } from "inkling/numbers";
import type { Configuration } from "inkling/presets";

type Fields = Pick<Configuration, "init" | "seed" | "validation">;

/**
 * The examples to learn from, and those held out. With NumPy's draws the original's shuffle of the rows comes first.
 */
export function divided(images: Dataset, { init, seed, validation: held }: Fields) {
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  const order = inOrder(images.count);
  generator?.shuffle(order);
  if (held === 0) return { train: generator ? images.pick(order) : images, validation: undefined, generator };
  return { ...images.split(held, generator ? { order } : { seed }), generator };
}

/** The places, rising, of those of `count` examples that are learnt from. */
export function learntPlaces(count: number, fields: Fields): Uint32Array {
  if (fields.validation === 0) return inOrder(count);
  // How they are divided depends on how many they are, and not on what they are.
  const places = new Dataset({ name: "places", shape: [1], inputs: Float32Array.from(inOrder(count)) });
  return Uint32Array.from(divided(places, fields).train.inputs).sort();
}
