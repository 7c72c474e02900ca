/** Several machines, measured and planned: docs/scale.md is made from what this measures. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { choose, commandLine, commitOf, count, leave, machine } from "./command-line.js";
import { secondsOf } from "./scale/model.js";
import { pageWith, plotOf } from "./scale/page.js";
import { accuracies } from "./scale/rates.js";
import { median } from "./tasks/result.js";

const HELP = `One machine against two processes, what an exchange takes, what is to be expected of 2 to 64 machines, and
what large batches reach. Needs Open MPI. About 15 minutes on two quiet cores; docs/scale.md is written anew.

    node bench/scale.js [options]

  --parts speed,rates     what is measured; the rest stays as it is in the file
  --tasks T4,T10          of bench/tasks/tasks.json
  --batches 256,1024,4096,8192
  --rounds 3              how often each arrangement is measured
  --seeds 3               of the trainings with large batches
  --out FILE              where the results go; bench/results/scale.json if absent

With --parts page nothing is measured: the page is made from the file.`;

/** @typedef {{ size: number, seconds: number }} Predicted */
/**
 * Seconds of a step: one process with two threads, two processes with one each over shared memory and over TCP, and the
 * seconds of a step in the calls and in carrying bytes. Predicted: the same by the model, and several machines of two
 * threads on each network.
 *
 * @typedef {object} Row
 * @property {string} task
 * @property {number} batch
 * @property {number} one
 * @property {boolean} [isExtended] the batch does not fit in one process: `one` is the line through smaller batches
 * @property {number} two
 * @property {number} twoOverTcp
 * @property {number} inCalls
 * @property {number} carrying
 * @property {number} megabytes that one of two machines sends in a step
 * @property {{ two: number, twoOverTcp: number }} model
 * @property {Record<string, Predicted[]>} predicted by network
 */
/** @typedef {import("./scale/model.js").Link} Link */
/** @typedef {{ size: number, ratio: number, rate: number, warmUp: boolean, mean: number, deviation: number }} Accuracy */
/**
 * @typedef {object} Results
 * @property {string} [commit]
 * @property {ReturnType<typeof machine>} [machine]
 * @property {string} [library]
 * @property {Record<"shared memory" | "TCP", Link>} [links] measured
 * @property {Record<string, Link>} [networks] assumed
 * @property {Row[]} [rows]
 * @property {{ epochs: number, seeds: number, accuracies: Accuracy[] }} [rates]
 */

const page = fileURLToPath(new URL("../docs/scale.md", import.meta.url));
const plot = fileURLToPath(new URL("../docs/pictures/scale.svg", import.meta.url));
const rank = fileURLToPath(new URL("scale/rank.js", import.meta.url));
const parts = { speed: measureSpeed, rates: measureRates, page: () => {} };
const sizes = [2, 4, 8, 16, 32, 64];
const TCP = ["--mca", "pml", "ob1", "--mca", "btl", "tcp,self"];
/** What is added to the latency of TCP on one machine for the cables and a switch, in seconds. */
const WIRE = 20e-6;
/**
 * The most examples in a step of one process: an engine's memory has 2 GiB, and a step of T10 with 4,096 takes more.
 *
 * @type {Record<string, number>}
 */
const MOST = { T10: 2048 };

/** @type {Record<"parts" | "tasks" | "batches" | "rounds" | "seeds" | "out", string>} */
const defaults = {
  parts: "speed,rates",
  tasks: "T4,T10",
  batches: "256,1024,4096,8192",
  rounds: "3",
  seeds: "3",
  out: fileURLToPath(new URL("results/scale.json", import.meta.url)),
};
const { values: given, positionals } = commandLine(HELP, defaults);
const values = /** @type {typeof defaults} */ (given);
if (positionals.length > 0) leave(`expected options only, got ${positionals[0]}. See --help.`);
const asked = choose("part", values.parts, parts);
const [rounds, seeds] = [count("rounds", values.rounds), count("seeds", values.seeds)];
const batches = values.batches.split(",").map((batch) => count("batches", batch, 128));

/** @type {Results} */
const results = readResults();
for (const part of asked) await parts[/** @type {keyof typeof parts} */ (part)]();
if (asked.some((part) => part !== "page")) writeFileSync(values.out, `${JSON.stringify(results, undefined, 1)}\n`);
writeFileSync(page, pageWith(readFileSync(page, "utf8"), results));
writeFileSync(plot, plotOf(results));

function measureSpeed() {
  Object.assign(results, { commit: commitOf(fileURLToPath(new URL(".", import.meta.url))), machine: machine() });
  const version = spawnSync("mpirun", ["--version"], { encoding: "utf8" }).stdout ?? "";
  results.library = version.split("\n")[0].replace("mpirun (Open MPI)", "Open MPI");
  const links = { "shared memory": onTwo(["link"]), TCP: onTwo(["link"], TCP) };
  results.links = links;
  results.networks = {
    "10 Gbit/s": { latency: links.TCP.latency + WIRE, bandwidth: 10e9 / 8 },
    "100 Gbit/s": { latency: links.TCP.latency + WIRE, bandwidth: 100e9 / 8 },
  };
  results.rows = choose("task", values.tasks, { T3: 1, T4: 1, T10: 1 }).flatMap((task) => {
    // Each of two processes has half of the batch.
    return batches.filter((batch) => batch <= 2 * mostOf(task)).map((batch) => rowOf(task, batch));
  });
}

/**
 * @param {string} task
 * @param {number} batch
 * @returns {Row}
 */
function rowOf(task, batch) {
  // 32,768 examples, and four steps or more: what a training does once has to be little beside its steps.
  const wordsOf = (/** @type {number} */ size) => {
    return ["train", task, "--batch", `${size}`, "--steps", `${32_768 / size}`];
  };
  const words = wordsOf(batch);
  const most = mostOf(task);
  const isExtended = batch > most;
  const one = [];
  const two = [];
  const tcp = [];
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`${task}, batch ${batch}, round ${round} of ${rounds}\n`);
    const [large, small] = (isExtended ? [most, most / 2] : [batch]).map((size) => {
      const { seconds, steps } = alone([...wordsOf(size), "--threads", "2"]);
      return seconds / steps;
    });
    const slope = isExtended ? (large - small) / (most / 2) : 0;
    one.push({ seconds: large + (isExtended ? batch - most : 0) * slope, steps: 1 });
    two.push(onTwo([...words, "--threads", "1"]));
    tcp.push(onTwo([...words, "--threads", "1"], TCP));
  }
  /** @param {{ [field: string]: number }[]} lines @param {string} field */
  const step = (lines, field) => median(lines.map((line) => line[field] / line.steps));
  const own = machineOf([...words, "--threads", "1"], 2);
  const { "shared memory": memory, TCP: loop } = /** @type {Record<string, Link>} */ (results.links);
  const predicted = sizes.map((size) => ({ size, ...machineOf([...words, "--threads", "2"], size) }));
  return {
    ...{ task, batch, one: step(one, "seconds"), two: step(two, "seconds"), twoOverTcp: step(tcp, "seconds") },
    ...(isExtended && { isExtended }),
    ...{ inCalls: step(two, "inCalls"), carrying: step(two, "carrying") },
    megabytes: own.calls.reduce((sum, { sent }) => sum + sent, 0) / 1e6,
    model: {
      two: own.seconds + secondsOf(own.calls, memory, 2),
      twoOverTcp: own.seconds + secondsOf(own.calls, loop, 2),
    },
    predicted: Object.fromEntries(
      Object.entries(results.networks ?? {}).map(([name, link]) => [
        name,
        predicted.map(({ size, seconds, calls }) => ({ size, seconds: seconds + secondsOf(calls, link, size) })),
      ]),
    ),
  };
}

/** @param {string} task */
function mostOf(task) {
  return MOST[task] ?? Number.POSITIVE_INFINITY;
}

/**
 * A step of the busiest of `size` machines: seconds without the calls, and the calls. The median of three.
 *
 * @param {string[]} words
 * @param {number} size
 * @returns {{ seconds: number, calls: import("./scale/groups.js").Call[] }}
 */
function machineOf(words, size) {
  const lines = [1, 2, 3].map(() => alone([...words, "--lone", `${size}`]));
  const { steps, calls } = lines[0];
  // All steps have the same calls, but for the shorter last batch of an epoch.
  const length = Math.round(calls.length / steps);
  return { seconds: median(lines.map((line) => line.seconds / steps)), calls: calls.slice(0, length) };
}

async function measureRates() {
  const epochs = 10;
  results.rates = { epochs, seeds, accuracies: await accuracies(epochs, seeds) };
}

/** @param {string[]} words */
function alone(words) {
  return resultOf(process.execPath, [rank, ...words]);
}

/**
 * @param {string[]} words
 * @param {string[]} transport
 */
function onTwo(words, transport = []) {
  const root = process.getuid?.() === 0 ? ["--allow-run-as-root"] : [];
  return resultOf("mpirun", [...root, ...transport, "-n", "2", process.execPath, rank, ...words]);
}

/**
 * Runs a program and reads its last line.
 *
 * @param {string} program
 * @param {string[]} words
 */
function resultOf(program, words) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) leave(`${program} ended with ${error?.message ?? status}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** @returns {Results} */
function readResults() {
  try {
    return JSON.parse(readFileSync(values.out, "utf8"));
  } catch {
    return {};
  }
}
