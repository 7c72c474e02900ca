/** Shared by the measured JavaScript processes: arguments, tasks, warm-up, clock, peak memory and line of result. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/**
 * One task of tasks.json. A batch as large as the data is a full batch.
 *
 * @typedef {object} Task
 * @property {string} title
 * @property {Convolutional[]} [convolutional] what stands before the dense layers, on images of 28 × 28 × 1
 * @property {number[]} layers the inputs of the first dense layer, then each dense layer's outputs
 * @property {{ mean: number, deviation: number }} [standardise] the inputs are (pixel / 255 − mean) / deviation; if
 *   absent, pixel / 255
 * @property {"uniform"} [initializer] weights and biases are drawn from −0.5 to 0.5; if absent, as a peer does it
 * @property {"sgd" | "adam"} optimizer
 * @property {number} learningRate
 * @property {number} [beta2]
 * @property {"one-cycle"} [schedule]
 * @property {number} examples
 * @property {number} batchSize
 * @property {number} epochs
 * @property {[number, number]} accuracy the band of test accuracies of peers that have learned as they should
 * @property {string[]} peers
 * @property {Measure[]} measures
 */
/**
 * A convolution with ReLU, a max pool, or dropout. There is no padding; a pool's windows do not overlap.
 *
 * @typedef {{ filters: number, window: number } | { pool: number } | { dropout: number }} Convolutional
 */
/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {string} field of the result line
 * @property {"s" | "ms" | "µs" | "MiB"} unit
 * @property {Record<string, number>} [goals] by how many times Inkling is to be better than the fastest peer, or than a
 *   named one; `most`: the largest figure allowed
 * @property {Record<string, number>} [wasmGoals] the same for Inkling on WebAssembly
 */

/**
 * Examples of a warm-up that is not the work itself: 15 batches of 128 and one of 96. The last batch of 60,000 examples
 * has 96, too, so nothing is left to be compiled later.
 */
export const WARM_UP = 2016;

/** @type {Record<string, Task>} */
export const tasks = JSON.parse(readFileSync(new URL("tasks.json", import.meta.url), "utf8"));

/** The arguments of a measured process: `TASK [--threads N] [--seed N] [--times N]`. */
export function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      threads: { type: "string", default: "2" },
      seed: { type: "string", default: "1" },
      times: { type: "string", default: "1" },
      backend: { type: "string" },
    },
  });
  const [name] = positionals;
  const task = tasks[name];
  if (task === undefined) throw new Error(`expected a task of ${Object.keys(tasks).join(", ")}, got ${name}.`);
  const { threads, seed, times, backend } = values;
  return { name, task, threads: Number(threads), seed: Number(seed), times: Number(times), backend };
}

/** The most memory that this process has held. On Linux it excludes what its parent process had held before. */
export function peakRssMiB() {
  try {
    // `maxRSS` of a fresh process is at least its parent's.
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

/**
 * Prints the result line: the last line of a measured process's standard output.
 *
 * @param {Record<string, unknown>} result
 */
export function report(result) {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...result, peakRssMiB: peakRssMiB(), cpuSeconds: (user + system) / 1e6 }));
}

/**
 * Does the work again and again for a second, at least once.
 *
 * @param {() => unknown} work
 */
export async function warmUp(work) {
  const started = performance.now();
  do await work();
  while (performance.now() - started < 1000);
}

/**
 * The median of how long `work` takes, in seconds.
 *
 * @param {number} calls
 * @param {(call: number) => unknown} work
 */
export async function medianSeconds(calls, work) {
  const seconds = [];
  for (let call = 0; call < calls; call++) {
    const started = performance.now();
    await work(call);
    seconds.push((performance.now() - started) / 1000);
  }
  return median(seconds);
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
