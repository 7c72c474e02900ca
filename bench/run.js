/**
 * The benchmark: the same work in Inkling and in its peers, each in a process of its own, one after the other, round
 * by round. README.md says how to read it.
 *
 *     node bench/run.js [--tasks T1,T3] [--peers inkling,torch] [--runs 5] [--threads 2] [--out bench/results/latest.json]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./measure.js";
import { isInstalled, peers } from "./peers.js";
import { describeTask, markdown, summary } from "./report.js";
import { tasks } from "./tasks/result.js";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: Object.keys(tasks).join() },
    peers: { type: "string", default: Object.keys(peers).join() },
    runs: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    out: { type: "string", default: fileURLToPath(new URL("results/latest.json", import.meta.url)) },
  },
});
const taskNames = choose("task", values.tasks, tasks);
const peerNames = choose("peer", values.peers, peers);
const [runs, threads] = [count("runs", values.runs), count("threads", values.threads)];

const missing = peerNames.filter((name) => !isInstalled(peers[name]));
/** @type {string[]} */
const failed = [];
/** @type {Record<string, Record<string, import("./measure.js").Line[]>>} */
const results = {};
const loadBefore = loadavg()[0];
const started = new Date();

for (const task of taskNames) {
  const names = tasks[task].peers.filter((name) => peerNames.includes(name) && !missing.includes(name));
  /** @type {Record<string, import("./measure.js").Line[]>} */
  const rounds = {};
  for (let round = 1; round <= runs; round++) {
    for (const name of names) {
      if (failed.includes(`${task} ${name}`)) continue;
      process.stderr.write(`${task}, round ${round} of ${runs}: ${peers[name].title}\n`);
      try {
        const options = ["--threads", `${threads}`, "--seed", `${round}`];
        const line = await measure([...peers[name].command(task), task, ...options], threads);
        rounds[name] = [...(rounds[name] ?? []), line];
      } catch (error) {
        failed.push(`${task} ${name}`);
        delete rounds[name];
        console.error(`${task} ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  results[task] = rounds;
  console.log(`${describeTask(task, rounds)}\n`);
}
console.log(`${markdown(results)}\n`);
console.log(listing("missing", missing, "peers missing (bench/peers/setup installs them)"));
console.log(listing("failed", failed, "measurements failed"));
write(values.out);
process.exitCode = failed.length > 0 ? 1 : 0;

/** @param {string} file */
function write(file) {
  const lines = Object.values(results).flatMap((rounds) => Object.values(rounds).flat());
  const [{ model: cpu }] = cpus();
  const document = {
    date: started.toISOString(),
    machine: {
      cpu,
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()} ${arch()}`,
      loadBefore,
    },
    versions: Object.assign({ node: process.versions.node }, ...lines.map(({ versions }) => versions)),
    commit: spawnSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).stdout?.trim(),
    runs,
    threads,
    missing,
    failed,
    tasks: Object.fromEntries(Object.entries(results).map(([task, rounds]) => [task, summary(task, rounds)])),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}

/**
 * The names of a list, or an error that says which there are.
 *
 * @param {string} kind
 * @param {string} list
 * @param {Record<string, unknown>} known
 */
function choose(kind, list, known) {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) leave(`expected ${kind}s of ${Object.keys(known).join(", ")}; got ${unknown}.`);
  return names;
}

/**
 * @param {string} name
 * @param {string} value
 */
function count(name, value) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) leave(`expected --${name} to be a whole number from 1, got ${value}.`);
  return number;
}

/** @param {string} sentence */
function leave(sentence) {
  console.error(`bench: ${sentence}`);
  process.exit(2);
}

/**
 * @param {string} word
 * @param {string[]} names
 * @param {string} sentence
 */
function listing(word, names, sentence) {
  return names.length === 0 ? `0 ${word}` : `${names.length} ${sentence}: ${names.join(", ")}`;
}
