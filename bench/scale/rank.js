/**
 * One machine of a measurement; `bench/scale.js` starts it, with mpirun or without.
 *
 *     node bench/scale/rank.js train T4 --batch 4096 --steps 4 --threads 1 [--lone 8]
 *     mpirun -n 2 node bench/scale/rank.js link
 *
 * `train` measures steps of a training, with --lone as the busiest of so many machines, of which the others do not
 * exist. `link` measures how long small and large exchanges take. Rank 0 prints the result as a line of JSON.
 */
import { parseArgs } from "node:util";
import { blocksOf, joinGroup, sharesOf } from "inkling/groups";
import { chooseBackend, mnist } from "inkling/node";
import { launched, startGroup } from "inkling-mpi";
import { median, tasks } from "../tasks/result.js";
import { build, learn } from "../tasks/work.js";
import { LoneGroup, TimedGroup } from "./groups.js";

/** @import { Group } from "inkling/groups" */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: "string", default: "128" },
    steps: { type: "string", default: "4" },
    threads: { type: "string", default: "1" },
    lone: { type: "string", default: "0" },
  },
});
const [what, name] = positionals;
const group = launched(process.env) === undefined ? undefined : await startGroup();
const result = what === "link" && group !== undefined ? link(group) : await training();
if (group === undefined || group.rank === 0) console.log(JSON.stringify(result));

async function training() {
  const [batchSize, steps, threads, lone] = ["batch", "steps", "threads", "lone"].map((option) => {
    return Number(values[/** @type {keyof typeof values} */ (option)]);
  });
  const { backend } = await chooseBackend({ threads });
  const alone = lone > 1 ? new LoneGroup(busiest(batchSize, lone), lone) : undefined;
  const timed = group && new TimedGroup(group);
  const used = timed ?? alone;
  if (used !== undefined) joinGroup(backend, used);
  const pair = await mnist();
  // The optimizer's step is the same at any rate. A lone machine's gradients are wrong, and small ones cannot diverge.
  const task = { ...tasks[name], batchSize, ...(alone && { learningRate: 1e-9 }) };
  const examples = pair.train.take(Math.min(pair.train.count, steps * batchSize));
  await learn(task, build(task, 1, backend), examples);

  const model = build(task, 1, backend);
  const before = { alone: alone?.calls.length ?? 0, timed: timed?.seconds.length ?? 0 };
  group?.barrier();
  const started = performance.now();
  await learn(task, model, examples);
  group?.barrier();
  const seconds = (performance.now() - started) / 1000;
  return {
    seconds,
    steps: Math.ceil(examples.count / batchSize),
    examples: examples.count,
    ...(alone && { calls: alone.calls.slice(before.alone) }),
    ...(timed && group && exchanged(group, timed.seconds.slice(before.timed))),
  };
}

/**
 * The machine with the most blocks: all others wait for it.
 *
 * @param {number} batchSize
 * @param {number} size
 */
function busiest(batchSize, size) {
  const lengths = sharesOf(blocksOf(batchSize), size).map(({ first, end }) => end - first);
  return lengths.indexOf(Math.max(...lengths));
}

/**
 * The seconds that each machine spent in its calls, on average; and those that the calls took from the moment that the
 * last machine called: the rest is waiting for others, who still compute.
 *
 * @param {Group} group
 * @param {number[]} own
 */
function exchanged(group, own) {
  const { size } = group;
  const all = new Float64Array(own.length * size);
  const counts = new Int32Array(size).fill(8 * own.length);
  const offsets = Int32Array.from({ length: size }, (_, rank) => 8 * own.length * rank);
  group.gather(new Uint8Array(Float64Array.from(own).buffer), new Uint8Array(all.buffer), { counts, offsets });
  let carrying = 0;
  for (let call = 0; call < own.length; call++) {
    let least = Number.POSITIVE_INFINITY;
    for (let rank = 0; rank < size; rank++) least = Math.min(least, all[rank * own.length + call]);
    carrying += least;
  }
  return { inCalls: all.reduce((sum, seconds) => sum + seconds, 0) / size, carrying, calls: own.length };
}

/**
 * Seconds of a gather of a few bytes, and of an exchange of so many MiB each way, as medians.
 *
 * @param {Group} group
 */
function link(group) {
  const [few, many] = [64, 2 ** 22];
  /** @param {number} bytes @param {number} times */
  const exchanging = (bytes, times) => {
    const [sent, received] = [new Uint8Array(2 * bytes), new Uint8Array(2 * bytes)];
    const pieces = { counts: Int32Array.of(bytes, bytes), offsets: Int32Array.of(0, bytes) };
    return timesOf(times, () => group.exchange(sent, pieces, received, pieces));
  };
  /** @param {number} times @param {() => void} call */
  const timesOf = (times, call) => {
    const seconds = Array.from({ length: times }, () => {
      group.barrier();
      const started = performance.now();
      call();
      return (performance.now() - started) / 1000;
    });
    return median(seconds.slice(times >> 2));
  };
  const [own, all] = [new Uint8Array(few), new Uint8Array(2 * few)];
  const pieces = { counts: Int32Array.of(few, few), offsets: Int32Array.of(0, few) };
  const latency = timesOf(2000, () => group.gather(own, all, pieces));
  const large = exchanging(many, 60);
  return { latency, bandwidth: many / (large - latency) };
}
