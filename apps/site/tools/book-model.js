/**
 * Trains the networks that the book shows, and writes them as files of the site. They have the same bits on every
 * machine, so that every reader sees the same weights. `npm run build` and `npm run dev` run it first; it takes about
 * fifteen seconds, and none where the files are there.
 *
 *   book                  784-30-10, as in chapter 3 of the book that it follows
 *   convolution           two convolutions with max pooling, as in its chapter 6 but smaller: 5,994 numbers
 *   convolution-shifted   the same on images that are moved from epoch to epoch
 *
 *   pages/public/models/NAME.bin    its numbers as little-endian float16, in declared order
 *   pages/public/models/NAME.json   the command that trains it, its digest, its accuracy before and after rounding
 */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { evaluate, train } from "inkling";
import { fromFloat16 } from "inkling/formats";
import { chooseBackend, mnist } from "inkling/node";
import { buildNetwork, buildTrainOptions, completed } from "inkling/presets";
import { writeWhole } from "./write-whole.js";

const folder = new URL("../pages/public/models/", import.meta.url);

/** @type {Partial<import("inkling/presets").Configuration>} */
const convolution = { layers: ["8c5", "p2", "16c5", "p2"], seed: 1, learningRate: 0.01, schedule: "oneCycle" };
const convolutionCommand = "inkling train --layers 8c5,p2,16c5,p2 --seed 1 --learning-rate 0.01 --schedule oneCycle";

/** @typedef {{ name: string, recipe: import("inkling/presets").Configuration, command: string }} Model */

/** @type {Model[]} */
const models = [
  {
    name: "book",
    recipe: completed({
      ...{ layers: [30], activation: "sigmoid", loss: "crossEntropy", init: "scaledNormal", seed: 1 },
      ...{ optimizer: "sgd", learningRate: 0.5, batchSize: 10, epochs: 10 },
    }),
    command:
      "inkling train --layers 30 --activation sigmoid --loss crossEntropy --init scaledNormal --seed 1" +
      " --optimizer sgd --learning-rate 0.5 --batch-size 10 --epochs 10 --schedule constant",
  },
  {
    name: "convolution",
    recipe: completed({ ...convolution, epochs: 3 }),
    command: `${convolutionCommand} --epochs 3`,
  },
  {
    name: "convolution-shifted",
    recipe: completed({ ...convolution, epochs: 3, augmentation: "shift=4" }),
    command: `${convolutionCommand} --epochs 3 --augmentation shift=4`,
  },
];

/** Every float16 number from 0 up to the largest, 65,504, in ascending order: its bits are its place. */
const halves = Float64Array.from({ length: 0x7c00 }, (_, bits) => fromFloat16(bits));

/**
 * The bits of the float16 number that is nearest; between two, the even one.
 *
 * @param {number} value
 */
function toFloat16(value) {
  const size = Math.abs(value);
  if (!(size <= halves[halves.length - 1])) throw new Error(`${value} has no place among float16 numbers.`);
  let [low, high] = [0, halves.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (halves[middle] <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - halves[low], halves[high] - size];
  const bits = below < above || (below === above && low % 2 === 0) ? low : high;
  return value < 0 ? bits | 0x8000 : bits;
}

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * Whether the files are there, made by this command.
 *
 * @param {Model} model
 */
async function isThere({ name, command }) {
  try {
    const [about, numbers] = await Promise.all(
      [`${name}.json`, `${name}.bin`].map((file) => readFile(new URL(file, folder))),
    );
    const found = JSON.parse(about.toString());
    return found.command === command && sha256(numbers) === found.fileSha256;
  } catch {
    return false;
  }
}

/** @param {Model} model */
async function write({ name, recipe, command }) {
  const { backend } = await chooseBackend();
  const digits = await mnist();
  const model = buildNetwork(recipe, [28, 28, 1], 10, { backend });
  const { batchSize, epochs } = recipe;
  await train(model, digits.train, { ...buildTrainOptions(recipe), batchSize, epochs });
  const weightsSha256 = await model.weightsSha256();
  const { accuracy: accuracyBefore } = await evaluate(model, digits.test);

  const parameters = model.parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0);
  const bytes = new DataView(new ArrayBuffer(2 * parameters));
  let at = 0;
  for (const { value } of model.parameters) {
    const rounded = Float32Array.from(await backend.read(value), (number) => {
      const bits = toFloat16(number);
      bytes.setUint16(at, bits, true);
      at += 2;
      return fromFloat16(bits);
    });
    backend.write(value, rounded);
  }
  const { accuracy = 0, loss } = await evaluate(model, digits.test);
  const file = new Uint8Array(bytes.buffer);
  const about = {
    ...{ command, weightsSha256, accuracyBefore },
    // What follows is said of the rounded numbers.
    ...{ accuracy, loss, roundedSha256: await model.weightsSha256(), fileSha256: sha256(file) },
  };

  await mkdir(folder, { recursive: true });
  await writeWhole(new URL(`${name}.bin`, folder), file);
  await writeWhole(new URL(`${name}.json`, folder), `${JSON.stringify(about, undefined, 2)}\n`);
  console.log(`The book's network ${name}: ${(100 * accuracy).toFixed(2)} % on the test images.`);
}

for (const model of models) {
  if (!(await isThere(model))) await write(model);
}
