/** A data set whose images were changed once: a harder test for a model, and always the same one. */
import type { Backend } from "../backends/backend.ts";
import { defaultBackend } from "../backends/default.ts";
import { checkWhole } from "../checks.ts";
import { inOrder } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { yieldIfDue } from "../yielding.ts";
import { type Augmentation, checkAugmentation } from "./augmentation.ts";
import { Dataset } from "./dataset.ts";

export interface AugmentedCopyOptions {
  /** Where the random numbers come from; 1 if absent. */
  readonly seed?: number | undefined;
  /** Which copy, from 1 up; 1 if absent. Test-time augmentation by the same seed looks at the same copies. */
  readonly copy?: number | undefined;
  /** What computes it; if absent the fastest that runs here, on one thread. The result is the same. */
  readonly backend?: Backend | undefined;
}

/** Images at a time. */
const CHUNK = 1024;

/**
 * The same examples with changed images. Throws a DataError for what are no images in bytes.
 *
 * @example
 * const warped = await augmentedCopy(digits.test, augment({ rotation: 15, scale: [0.8, 1.2], shear: 10, shift: 3 }));
 * (await evaluate(model, warped)).accuracy;
 */
export async function augmentedCopy(
  data: Dataset,
  augmentation: Augmentation,
  options: AugmentedCopyOptions = {},
): Promise<Dataset> {
  const where = "augmentedCopy";
  checkOptions(where, options, ["seed", "copy", "backend"]);
  const { seed = 1, copy = 1, backend = defaultBackend() } = options;
  checkAugmentation(where, augmentation);
  checkWhole(where, "seed", seed, 0);
  checkWhole(where, "copy", copy, 1);
  const warp = augmentation.warpFor(where, data, seed);
  const { count, columns } = data;
  const images = backend.pixels(data.inputs as Uint8Array, columns);
  const inputs = new Uint8Array(count * columns);
  const order = inOrder(count);
  for (let start = 0; start < count; start += CHUNK) {
    const rows = Math.min(CHUNK, count - start);
    while (backend.busy !== undefined) await backend.busy;
    const read = backend.step(() => {
      const chunk = backend.select(images, order, start, rows);
      return backend.read(backend.unpack(backend.augment(chunk, warp, { epoch: 0, copy, order, start })));
    });
    const numbers = await read;
    // byte / 255, times 255
    for (let e = 0; e < numbers.length; e++) inputs[start * columns + e] = Math.round(255 * numbers[e]);
    await yieldIfDue();
  }
  return new Dataset({ ...data, name: `${data.name}, augmented`, inputs });
}
