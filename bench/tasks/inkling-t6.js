/**
 * T6: from the shell to a trained model, as a user would write it. The whole process is timed, not `seconds` alone.
 *
 *     node bench/tasks/inkling-t6.js T6 [--threads 2] [--seed 1] [--backend wasm]
 */
import { adam, dense, evaluate, flatten, network, oneCycle, train, version } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { readArguments, report } from "./result.js";

const { name, task, threads, seed, backend: backendName } = readArguments();
const digits = await mnist();
const widths = task.layers.slice(1, -1);
const layers = [flatten(), ...widths.map((outputs) => dense(outputs, "relu")), dense(10)];
const { backend } = await chooseBackend({
  threads,
  .../** @type {{}} */ (backendName && { backend: backendName }),
});
const model = network([28, 28, 1], layers, { seed, backend });
const started = performance.now();
const { epochs, batchSize, learningRate, beta2 = 0.999 } = task;
const optimizer = adam({ learningRate, beta2 });
await train(model, digits.train, { epochs, batchSize, optimizer, schedule: oneCycle() });
const seconds = (performance.now() - started) / 1000;
const { accuracy, loss } = await evaluate(model, digits.test);
report({ task: name, seconds, accuracy, loss, versions: { inkling: version } });
