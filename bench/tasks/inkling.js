/**
 * One task, done once by Inkling, through its public API:
 *
 *     node bench/tasks/inkling.js T3 [--threads 2] [--seed 1] [--times 1] [--backend wasm]
 *
 * `--times N` repeats the examples N times (T8). T6 is in inkling-t6.js.
 */
import { adam, Dataset, dense, evaluate, flatten, network, predictAll, sgd, train, version } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { medianSeconds, peakRssMiB, readArguments, report, WARM_UP, warmUp } from "./result.js";

const { name, task, threads, seed, times, backend: backendName } = readArguments();
const { backend } = await chooseBackend({ threads, .../** @type {{}} */ (backendName && { backend: backendName }) });
const pair = await mnist();
const digits = { train: prepared(pair.train), test: prepared(pair.test) };
const examples = repeated(digits.train.take(task.examples), times);
const whole = task.batchSize === examples.count;
const options = { epochs: task.epochs, batchSize: whole ? /** @type {const} */ ("full") : task.batchSize };

// The warm-up is the work itself: it also brings the examples into the backend's memory, where the peers have theirs.
// T8 (growing data) measures memory too, so its warm-up is short; T7 (peak memory) has none.
const few = digits.train.take(WARM_UP);
if (name !== "T7") await warmUp(() => learn(build(), name === "T8" ? few : examples, options));

const model = build();
const started = performance.now();
await learn(model, examples, options);
const seconds = (performance.now() - started) / 1000;
const dataMiB = examples.inputs.byteLength / 2 ** 20;
const beyondDataMiB = peakRssMiB() - dataMiB;

const { accuracy, loss } = await evaluate(model, digits.test);
report({
  task: name,
  ...(name === "T5" ? await predicting() : { seconds }),
  ...(name === "T8" && { secondsPerExample: seconds / examples.count, dataMiB, beyondDataMiB }),
  accuracy,
  loss,
  weightsSha256: await model.weightsSha256(),
  versions: { inkling: version },
});

function build() {
  const initializer = task.initializer;
  const layers = task.layers.slice(1).map((outputs, i, { length }) => {
    return dense(outputs, { activation: i < length - 1 ? "relu" : "identity", ...(initializer && { initializer }) });
  });
  return network(examples.shape, [flatten(), ...layers], { seed, backend });
}

/**
 * @param {import("inkling").Network} model
 * @param {Dataset} data
 * @param {import("inkling").TrainOptions} options
 */
async function learn(model, data, options) {
  const { learningRate } = task;
  const optimizer = task.optimizer === "adam" ? adam({ learningRate }) : sgd({ learningRate });
  await train(model, data, { ...options, optimizer });
}

/** T5: seconds for all test images at once, and for one. */
async function predicting() {
  const seconds = await medianSeconds(20, () => predictAll(model, digits.test));
  const images = Array.from({ length: 2000 }, (_, i) => digits.test.example(i));
  for (const image of images) await model.predict(image);
  return { seconds, secondsOne: await medianSeconds(images.length, (call) => model.predict(images[call])) };
}

/**
 * The images as the task wants them: as they are, or (T11) as standardised float32 numbers, in the steps of
 * peers/measuring.py. None of these numbers is 0, so no multiplication can be skipped.
 *
 * @param {Dataset} data
 */
function prepared(data) {
  if (task.standardise === undefined) return data;
  const { fround } = Math;
  const [mean, deviation] = [fround(task.standardise.mean), fround(task.standardise.deviation)];
  const standardised = Float32Array.from({ length: 256 }, (_, pixel) => fround(fround(pixel / 255) - mean) / deviation);
  const inputs = new Float32Array(data.inputs.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = standardised[data.inputs[i]];
  return new Dataset({ ...data, shape: [784], inputs });
}

/**
 * The examples, repeated so many times.
 *
 * @param {Dataset} data
 * @param {number} times
 */
function repeated(data, times) {
  const { inputs, labels } = data;
  if (times === 1 || labels === undefined) return data;
  const [manyInputs, manyLabels] = [new Uint8Array(times * inputs.length), new Uint8Array(times * labels.length)];
  for (let i = 0; i < times; i++) {
    manyInputs.set(inputs, i * inputs.length);
    manyLabels.set(labels, i * labels.length);
  }
  return new Dataset({ ...data, inputs: manyInputs, labels: manyLabels });
}
