/**
 * Tests a saved model on MNIST's test images, or on those of `--data`, and on their warped copy:
 *
 *     node bench/accuracy/score.js model.safetensors [--data DIRECTORY] [--backend wasm] [--threads 2]
 *
 * The warped copy is the same on every machine: rotation ±15°, scale 0.8 to 1.2, shear ±10°, shift ±3 pixels, seed 1.
 */
import { parseArgs } from "node:util";
import { augment, augmentedCopy, evaluate } from "inkling";
import { chooseBackend, idxDirectory, load, mnist } from "inkling/node";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, backend: { type: "string" }, threads: { type: "string", default: "1" } },
});
const { data, backend: name, threads } = values;
const { backend } = await chooseBackend({ threads: Number(threads), ...(name !== undefined && { backend: name }) });
const model = await load(positionals[0], { backend });
const { test } = data === undefined ? await mnist() : await idxDirectory(data);
const warp = augment({ rotation: 15, scale: [0.8, 1.2], shear: 10, shift: 3 });
const warped = await augmentedCopy(test, warp, { seed: 1, backend });
const [clean, moved] = [await evaluate(model, test), await evaluate(model, warped)];
const weights = model.parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0);
console.log(JSON.stringify({ accuracy: clean.accuracy, warpedAccuracy: moved.accuracy, weights }));
backend.close?.();
