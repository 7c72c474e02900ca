/**
 * One task, done once by Inkling, through its public API:
 *
 *     node bench/tasks/inkling.js T3 [--threads 2] [--seed 1] [--times 1] [--backend wasm]
 *
 * `--times N` repeats the examples N times (T8). T6 is in inkling-t6.js.
 */
import { Dataset, evaluate, predictAll, version } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { medianSeconds, peakRssMiB, readArguments, report, WARM_UP, warmUp } from "./result.js";
import { build, learn, prepared } from "./work.js";

const { name, task, threads, seed, times, backend: backendName } = readArguments();
const { backend } = await chooseBackend({ threads, .../** @type {{}} */ (backendName && { backend: backendName }) });
const pair = await mnist();
const digits = { train: prepared(task, pair.train), test: prepared(task, pair.test) };
const examples = repeated(digits.train.take(task.examples), times);

// The warm-up is the work itself: it also brings the examples into the backend's memory, where the peers have theirs.
// T8 (growing data) measures memory too, so its warm-up is short; T7 (peak memory) has none.
const few = digits.train.take(WARM_UP);
if (name !== "T7") await warmUp(() => learn(task, build(task, seed, backend), name === "T8" ? few : examples));

const model = build(task, seed, backend);
const started = performance.now();
await learn(task, model, examples);
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

/** T5: seconds for all test images at once, and for one. */
async function predicting() {
  const seconds = await medianSeconds(20, () => predictAll(model, digits.test));
  const images = Array.from({ length: 2000 }, (_, i) => digits.test.example(i));
  for (const image of images) await model.predict(image);
  return { seconds, secondsOne: await medianSeconds(images.length, (call) => model.predict(images[call])) };
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
